//! Looking back: the order as it was after each of its events.

use super::{history::event_words, live::Page};
use crate::{
    components::{LinkButton, Notice, Tone, escape_text},
    i18n::{Tr, use_tr},
};
use jumun::view::OrderView;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::Form,
    hooks::{use_location, use_navigate},
};

/// What happened last up to a version, and when, of what whoever looks may know.
fn moment(tr: Tr, order: &OrderView, version: u32) -> (String, String) {
    let last = order.history.iter().filter(|row| row.version <= version).max_by_key(|row| row.version);
    last.map(|row| (event_words(tr, &row.event), row.at.kst_minute())).unwrap_or_default()
}

/// Says that the page shows the past; nothing while it shows the present.
#[component]
pub fn Looking(
    /// The order.
    page: Page,
) -> impl IntoView {
    let tr = use_tr();
    let here = use_location().pathname;
    move || {
        page.as_of.get().map(|version| {
            let (event, at) = page.now.read().as_ref().map(|order| moment(tr, order, version)).unwrap_or_default();
            let here = here.get();
            let text = tr.with("order.past.text", &[("event", &event), ("at", &at)]);
            view! {
                <Notice tone=Tone::Neutral icon="history" title=tr.t("order.past.title")>
                    <p>{text}</p>
                    <p>
                        <a class="link" href=here>
                            {tr.t("order.past.now")}
                        </a>
                    </p>
                </Notice>
            }
        })
    }
}

/// The slider over an order's events. Without scripts a button shows the chosen one.
#[component]
pub fn TimeSlider(
    /// The order.
    page: Page,
) -> impl IntoView {
    let tr = use_tr();
    let here = use_location().pathname;
    let navigate = use_navigate();
    let last = Memo::new(move |_| page.now.read().as_ref().map_or(1, |order| order.version));
    let at = Memo::new(move |_| page.as_of.get().unwrap_or_else(|| last.get()).min(last.get()));
    let told = Memo::new(move |_| page.now.read().as_ref().map(|order| moment(tr, order, at.get())).unwrap_or_default());
    let sentence = move || told.with(|(event, time)| format!("{}/{} · {event} · {time}", at.get(), last.get()));
    let to = move |version: u32| {
        let here = here.get_untracked();
        if version >= last.get_untracked() { here } else { format!("{here}?as_of={version}") }
    };
    let slide = move |version: u32| {
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate(&to(version), options);
    };
    let look = format!(r#"<button class="btn btn-s" type="submit">{}</button>"#, escape_text(&tr.t("order.past.look")));
    let steps = move || {
        let at = at.get();
        let back = (at > 1).then(|| {
            view! {
                <LinkButton href=to(at - 1) class="btn-s" icon="arrow-left">
                    {tr.t("order.past.back")}
                </LinkButton>
            }
        });
        let forth = (at < last.get()).then(|| {
            view! {
                <LinkButton href=to(at + 1) class="btn-s" icon="arrow-right">
                    {tr.t("order.past.forth")}
                </LinkButton>
            }
        });
        view! {
            {back}
            {forth}
        }
    };
    view! {
        <Form method="GET" action="" attr:class="slider no-print">
            <label for="as_of" class="field-label">
                {tr.t("order.past.slider")}
            </label>
            <input
                type="range"
                id="as_of"
                name="as_of"
                min="1"
                step="1"
                max=move || last.get().to_string()
                value=move || at.get().to_string()
                prop:value=move || at.get().to_string()
                aria-valuetext=sentence
                on:input=move |event| {
                    if let Ok(version) = event_target_value(&event).parse() {
                        slide(version);
                    }
                }
            />
            <p class="soft text-s num">{sentence}</p>
            <div class="btn-row">{steps} <noscript inner_html=look></noscript></div>
        </Form>
    }
}
