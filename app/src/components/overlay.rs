//! Things that open: confirmations, dialogs, menus. All open without script.

use super::{ButtonKind, Icon, Tone, classes, filled};
use leptos::prelude::*;

/// A button that first opens what will happen, with the form that does it inside. For harm only.
#[component]
pub fn Confirm(
    /// The verb on the button.
    #[prop(into)]
    label: String,
    /// Icon on the button.
    #[prop(into, optional)]
    icon: String,
    /// How the button looks.
    #[prop(default = ButtonKind::Danger)]
    kind: ButtonKind,
    /// Colour of the panel's edge.
    #[prop(default = Tone::Trouble)]
    tone: Tone,
    /// What will happen.
    #[prop(into)]
    title: String,
    /// Opened already, where the form comes back half filled.
    #[prop(optional)]
    open: bool,
    /// The form, with what it costs and the button that does it.
    children: Children,
) -> impl IntoView {
    let icon = filled(icon).map(|name| view! { <Icon name=name /> });
    view! {
        <details class="confirm" open=open>
            <summary class=classes(["btn", kind.class()])>{icon}{label}</summary>
            <div class=classes(["confirm-panel", tone.class()])>
                <p class="strong">{title}</p>
                {children()}
            </div>
        </details>
    }
}

/// Content in front of the page, opened by a [`DialogButton`] with the same id; closes with Escape, a tap
/// beside it or its own button. A browser without popovers shows it in the page.
#[component]
pub fn Dialog(
    /// Unique in the page.
    #[prop(into)]
    id: String,
    /// Title.
    #[prop(into)]
    title: String,
    /// Word on the button that closes.
    #[prop(into)]
    close_label: String,
    /// The content.
    children: Children,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let (named, target) = (title_id.clone(), id.clone());
    view! {
        <div class="dialog" id=id popover="auto" role="dialog" aria-labelledby=named>
            <div class="row row-between row-nowrap">
                <h2 class="dialog-title" id=title_id>
                    {title}
                </h2>
                <button type="button" class="btn btn-quiet btn-icon" popovertarget=target popovertargetaction="hide" aria-label=close_label>
                    <Icon name="x" />
                </button>
            </div>
            {children()}
        </div>
    }
}

/// Opens the [`Dialog`] with that id.
#[component]
pub fn DialogButton(
    /// Id of the dialog.
    #[prop(into)]
    target: String,
    /// How it looks.
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
        <button type="button" class=classes(["btn", kind.class(), &class]) popovertarget=target>
            {icon}
            {children()}
        </button>
    }
}

/// A menu under a button; children are `menu-item` links and buttons.
#[component]
pub fn Menu(
    /// What the button says or, with `icon_only`, what is read out.
    #[prop(into)]
    label: String,
    /// Icon of the button.
    #[prop(into, optional)]
    icon: String,
    /// Show the icon only.
    #[prop(optional)]
    icon_only: bool,
    /// Classes of the button.
    #[prop(into, default = "btn".to_owned())]
    class: String,
    /// The entries.
    children: Children,
) -> impl IntoView {
    let icon = filled(icon).map(|name| view! { <Icon name=name /> });
    let word = if icon_only { "visually-hidden" } else { "" };
    view! {
        <details class="menu">
            <summary class=class>{icon}<span class=word>{label}</span></summary>
            <div class="menu-panel">{children()}</div>
        </details>
    }
}
