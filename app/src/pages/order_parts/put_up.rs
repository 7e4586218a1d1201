//! What shows how goods were put up: the installer's photos and the hand of who signed.

use crate::{
    components::{Card, Icon, Notice, Tone},
    i18n::Tr,
};
use jumun::{order::PutUp, view::OrderView};
use leptos::prelude::*;

/// A picture of an order.
pub fn site_photo(number: &str, hash: &str, words: String) -> AnyView {
    small_picture(format!("/photos/{number}/{hash}"), words)
}

/// A small picture that leads to itself, as large as it was kept.
pub fn small_picture(address: String, words: String) -> AnyView {
    let large = address.clone();
    view! {
        <a class="site-photo" href=large rel="external">
            <img src=address alt=words loading="lazy" />
        </a>
    }
    .into_any()
}

/// Pictures of an order beside each other, the words for each by its place; nothing where there are none.
pub fn photo_row<'a>(tr: Tr, number: &str, (class, words): (&'static str, &str), photos: impl IntoIterator<Item = &'a String>) -> Option<AnyView> {
    let one = |(nth, hash): (usize, &'a String)| {
        let photo = site_photo(number, hash, tr.with(words, &[("n", &(nth + 1).to_string())]));
        view! { <li>{photo}</li> }
    };
    let row: Vec<_> = photos.into_iter().enumerate().map(one).collect();
    (!row.is_empty()).then(|| view! { <ul class=class>{row}</ul> }.into_any())
}

/// The pictures of what was put up; nothing where there are none.
pub fn put_up(tr: Tr, order: &OrderView) -> AnyView {
    let of_goods = order.fulfilments.iter().filter_map(|goods| goods.installer.as_ref()).map(|given| &given.shown);
    let shown: Vec<&PutUp> = of_goods.chain(order.job.iter().map(|view| &view.job.shown)).filter(|shown| !shown.is_nothing()).collect();
    if shown.is_empty() {
        return ().into_any();
    }
    let number = order.number.as_str();
    let photos = photo_row(tr, number, ("site-photos", "put_up.photo"), shown.iter().flat_map(|shown| &shown.photos));
    let signatures = shown
        .iter()
        .filter_map(|shown| shown.signature.as_ref())
        .map(|hash| {
            let signature = site_photo(number, hash, tr.t("put_up.signature"));
            view! { <div class="signed">{signature}</div> }
        })
        .collect_view();
    let checked = shown.iter().flat_map(|shown| &shown.checked);
    let checked = checked
        .map(|check| {
            view! {
                <li>
                    <Icon name="check" />
                    {tr.t(&format!("job.check.{}", check.slug()))}
                </li>
            }
        })
        .collect_view();
    view! {
        <Card title=tr.t("put_up.title") icon="camera">
            <div class="stack stack-s">
                <ul class="checked">{checked}</ul>
                {photos}
                {signatures}
            </div>
        </Card>
    }
    .into_any()
}

/// Why what was sent with a file was not taken, as the address says; the words for anything else are those of the page.
pub fn bounced(tr: Tr, words: &'static str) -> impl IntoView {
    let query = leptos_router::hooks::use_query_map();
    move || {
        let why = query.read().get("refused")?;
        let text = match jumun::refusal::PictureFlaw::from_slug(&why) {
            Some(flaw) => tr.t(&format!("picture_flaw.{}", flaw.slug())),
            None => tr.t(&format!("{words}_text")),
        };
        Some(view! {
            <Notice tone=Tone::Trouble title=tr.t(words)>
                <p>{text}</p>
            </Notice>
        })
    }
}
