//! Buttons and links that look like them, tabs, crumbs, pages.

use super::{Icon, classes, filled};
use leptos::prelude::*;

/// How much a button asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one thing the page is for.
    Primary,
    /// Anything else.
    #[default]
    Secondary,
    /// Small help beside other things.
    Quiet,
    /// Harm: shown in red outline.
    Danger,
    /// The last step of a harmful act: filled red.
    DangerSolid,
}

impl ButtonKind {
    /// The class this kind adds to `btn`.
    pub fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn-primary",
            Self::Secondary => "",
            Self::Quiet => "btn-quiet",
            Self::Danger => "btn-danger",
            Self::DangerSolid => "btn-danger btn-solid",
        }
    }
}

/// A button; a submit button unless told otherwise, so that forms work without script.
#[component]
pub fn Button(
    /// How much it asks for.
    #[prop(optional)]
    kind: ButtonKind,
    /// `submit`, `button` or `reset`.
    #[prop(default = "submit")]
    r#type: &'static str,
    /// Name sent with the form.
    #[prop(into, optional)]
    name: String,
    /// Value sent with the form.
    #[prop(into, optional)]
    value: String,
    /// Icon before the words.
    #[prop(into, optional)]
    icon: String,
    /// Extra classes, such as `btn-s`, `btn-l`, `btn-wide`.
    #[prop(into, optional)]
    class: String,
    /// Id of the form it belongs to when it stands outside.
    #[prop(into, optional)]
    form: String,
    /// Address that takes the form instead of the form's own.
    #[prop(into, optional)]
    formaction: String,
    /// Cannot be used now.
    #[prop(into, optional)]
    disabled: Signal<bool>,
    /// The verb.
    children: Children,
) -> impl IntoView {
    let icon = filled(icon).map(|name| view! { <Icon name=name /> });
    view! {
        <button
            type=r#type
            class=classes(["btn", kind.class(), &class])
            name=filled(name)
            value=filled(value)
            form=filled(form)
            formaction=filled(formaction)
            disabled=disabled
        >
            {icon}
            {children()}
        </button>
    }
}

/// A link that looks like a button. Addresses come from our own routes, never from stored text.
#[component]
pub fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// How much it asks for.
    #[prop(optional)]
    kind: ButtonKind,
    /// Icon before the words.
    #[prop(into, optional)]
    icon: String,
    /// Extra classes.
    #[prop(into, optional)]
    class: String,
    /// The words.
    children: Children,
) -> impl IntoView {
    let icon = filled(icon).map(|name| view! { <Icon name=name /> });
    view! {
        <a href=href class=classes(["btn", kind.class(), &class])>
            {icon}
            {children()}
        </a>
    }
}

/// A button with an icon only; the label is read out and shown on hover.
#[component]
pub fn IconButton(
    /// The icon.
    #[prop(into)]
    icon: String,
    /// What it does.
    #[prop(into)]
    label: String,
    /// `submit` or `button`.
    #[prop(default = "submit")]
    r#type: &'static str,
    /// Name sent with the form.
    #[prop(into, optional)]
    name: String,
    /// Value sent with the form.
    #[prop(into, optional)]
    value: String,
    /// Extra classes.
    #[prop(into, optional)]
    class: String,
) -> impl IntoView {
    view! {
        <button
            type=r#type
            class=classes(["btn btn-quiet btn-icon", &class])
            name=filled(name)
            value=filled(value)
            aria-label=label.clone()
            title=label
        >
            <Icon name=icon />
        </button>
    }
}

/// A choice of [`Tabs`], or a chip.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TabItem {
    /// Where it leads.
    pub href: String,
    /// The word.
    pub label: String,
    /// How many there are, if it counts something.
    pub count: Option<u64>,
    /// Whether this is the one shown.
    pub current: bool,
}

impl TabItem {
    /// A choice without a count.
    pub fn new(href: impl Into<String>, label: impl Into<String>, current: bool) -> Self {
        Self { href: href.into(), label: label.into(), count: None, current }
    }

    /// The same choice with a count.
    #[must_use]
    pub fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }
}

fn tab_links(items: Vec<TabItem>, class: &'static str) -> AnyView {
    items
        .into_iter()
        .map(|item| {
            let count = item.count.map(|n| view! { <span class="count">{n.to_string()}</span> });
            view! {
                <a class=class href=item.href aria-current=item.current.then_some("page")>
                    {item.label}
                    {count}
                </a>
            }
        })
        .collect_view()
        .into_any()
}

/// Views of one thing, as links.
#[component]
pub fn Tabs(
    /// The views.
    items: Vec<TabItem>,
    /// Name of the group for screen readers.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label=label>
            {tab_links(items, "tab")}
        </nav>
    }
}

/// Quick choices, as links in pills.
#[component]
pub fn Chips(
    /// The choices.
    items: Vec<TabItem>,
    /// Name of the group for screen readers.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <nav class="chips" aria-label=label>
            {tab_links(items, "chip")}
        </nav>
    }
}

/// The way here. The last entry is the page itself; its address is not used.
#[component]
pub fn Breadcrumbs(
    /// Address and word of each step.
    items: Vec<(String, String)>,
    /// Name of the list for screen readers.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let last = items.len().saturating_sub(1);
    let items = items
        .into_iter()
        .enumerate()
        .map(|(index, (href, word))| {
            if index == last {
                view! {
                    <li>
                        <span aria-current="page">{word}</span>
                    </li>
                }
                .into_any()
            } else {
                view! {
                    <li>
                        <a href=href>{word}</a>
                        <Icon name="chevron-right" />
                    </li>
                }
                .into_any()
            }
        })
        .collect_view();
    view! {
        <nav class="breadcrumbs" aria-label=label>
            <ol>{items}</ol>
        </nav>
    }
}

/// Backward and forward through a list; an empty address hides that way.
#[component]
pub fn Pager(
    /// Address of the page before.
    #[prop(into, optional)]
    previous: String,
    /// Address of the page after.
    #[prop(into, optional)]
    next: String,
    /// Word for before.
    #[prop(into)]
    previous_label: String,
    /// Word for after.
    #[prop(into)]
    next_label: String,
    /// Where one is, such as `1–50 / 1,204`.
    #[prop(into, optional)]
    note: String,
) -> impl IntoView {
    if previous.is_empty() && next.is_empty() && note.is_empty() {
        return ().into_any();
    }
    let back = filled(previous).map(|href| {
        view! {
            <a class="btn btn-s" rel="prev" href=href>
                <Icon name="arrow-left" />
                {previous_label}
            </a>
        }
    });
    let forth = filled(next).map(|href| {
        view! {
            <a class="btn btn-s" rel="next" href=href>
                {next_label}
                <Icon name="arrow-right" />
            </a>
        }
    });
    let label = filled(note.clone());
    view! {
        <nav class="pager" aria-label=label>
            <span>{back}</span>
            <span class="pager-note">{note}</span>
            <span>{forth}</span>
        </nav>
    }
    .into_any()
}
