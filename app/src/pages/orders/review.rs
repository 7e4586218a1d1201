//! Saying what one thinks of goods: stars, words, photos; and saying it otherwise.

use crate::{
    api::reviews::PHOTO,
    components::{Breadcrumbs, Button, ButtonKind, Card, Checkbox, LinkButton, Notice, Skeleton, StarChoice, TextArea, Tone},
    error::set_status,
    i18n::{Tr, use_tr},
    pages::{
        errors::{Problem, Said},
        frame::Head,
        order_parts::{Asks, Page, WithOrder, bounced, bring_photos, picture, site_photo, stars_words, use_order},
    },
};
use jumun::{
    ids::{LineId, OrderId},
    order::{Review as Reviewed, Stars},
    refusal::Refusal,
    view::OrderView,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/orders/:number/review/:line`
#[component]
pub fn Review() -> impl IntoView {
    let tr = use_tr();
    let live = use_order();
    view! {
        <Transition fallback=move || view! { <Skeleton lines=6 label=tr.t("order.loading") /> }>
            <WithOrder live=live body=body />
        </Transition>
    }
}

/// What the form is about. It stays in place while this does.
#[derive(Clone, PartialEq)]
struct Wish {
    order: OrderId,
    number: String,
    line: LineId,
    /// What was said so far: stars, words, photos.
    said: Option<(Stars, String, Vec<String>)>,
    until: Option<String>,
}

/// The form for a line, where something can be said of it now.
fn wish(order: &OrderView, line: LineId) -> Option<Wish> {
    let review = order.reviews.iter().find(|review| review.line == line);
    let changes = review.filter(|review| review.offers.iter().any(|offer| offer == "change-review"));
    (changes.is_some() || order.reviewable.contains(&line)).then(|| Wish {
        order: order.id,
        number: order.number.to_string(),
        line,
        said: changes.map(|review| (review.stars, review.text.clone(), review.photos.clone())),
        until: changes.map(|review| review.change_until.kst_date().to_string()),
    })
}

fn body(tr: Tr, page: Page) -> AnyView {
    let order = page.order;
    let params = use_params_map();
    let line = move || params.read().get("line").and_then(|line| line.parse::<LineId>().ok());
    let known = move |order: &OrderView| line().and_then(|id| order.lines.iter().find(|line| line.id == id).cloned());
    let Some(of) = order.read_untracked().as_ref().and_then(known) else {
        set_status(Refusal::NotFound.status());
        return view! { <Problem refusal=Refusal::NotFound /> }.into_any();
    };
    let number = order.read_untracked().as_ref().map(|order| order.number.to_string()).unwrap_or_default();
    let back = format!("/orders/{number}");
    let crumbs = vec![(back.clone(), number.clone()), (String::new(), tr.t("review.title"))];
    let wish = Memo::new(move |_| order.read().as_ref().and_then(|order| wish(order, of.id)));
    let brought = Memo::new(move |_| order.read().as_ref().map(|order| order.review_photos.clone()).unwrap_or_default());
    let forms = move || match wish.get() {
        Some(wish) => form(tr, &wish, &brought.get(), page.asks),
        None => view! {
            <Notice tone=Tone::Neutral title=tr.t("review.nothing")>
                <p>{tr.t("review.nothing_text")}</p>
            </Notice>
            <LinkButton href=back.clone() class="btn-wide">
                {tr.t("return.to_order")}
            </LinkButton>
        }
        .into_any(),
    };
    view! {
        <Head title=tr.t("review.title") />
        <div class="pay review-page stack">
            <div>
                <Breadcrumbs items=crumbs label=tr.t("order.way") />
                <h1>{tr.t("review.ask")}</h1>
            </div>
            <div class="review-of">
                <img src=picture(&of.drawing) alt="" width="160" height="120" />
                <p>
                    <b>{tr.of(&of.title)}</b>
                    <span class="soft">{tr.of(&of.option)}</span>
                </p>
            </div>
            <Said refusal=page.asks.refusal() />
            {bounced(tr, "review.bounced")}
            {forms}
        </div>
    }
    .into_any()
}

fn form(tr: Tr, wish: &Wish, brought: &[String], asks: Asks) -> AnyView {
    let kept = wish.said.as_ref().map_or(0, |(_, _, photos)| photos.len());
    let shows = format!("review/{}", wish.line);
    let photos = (kept < Reviewed::PHOTOS || !brought.is_empty()).then(|| {
        let forms = bring_photos(tr, &shows, "review.photos_hint", &wish.number, brought);
        view! {
            <Card title=tr.t("review.photos") icon="camera">
                {forms}
            </Card>
        }
    });
    let names = view! {
        <input type="hidden" name="order" value=wish.order.to_string() />
        <input type="hidden" name="number" value=wish.number.clone() />
        <input type="hidden" name="line" value=wish.line.to_string() />
    };
    let (stars, text) = wish.said.as_ref().map(|(stars, text, _)| (*stars, text.clone())).unzip();
    let fields = view! {
        <StarChoice label=tr.t("review.stars") name="stars" chosen=stars words=move |stars| stars_words(tr, stars) />
        <TextArea
            label=tr.t("review.text")
            name="review"
            id="review-text"
            value=text.unwrap_or_default()
            hint=tr.t("review.text_hint")
            rows=6
            maxlength=1000_u32
            required=true
        />
    };
    let public = view! { <p class="hint">{tr.t("review.public")}</p> };
    let form = match &wish.said {
        None => view! {
            <ActionForm action=asks.write_review attr:class="form">
                {names}
                {fields}
                {public}
                <Button kind=ButtonKind::Primary class="btn-l btn-wide" icon="star" disabled=asks.write_review.pending()>
                    {tr.t("review.write_do")}
                </Button>
            </ActionForm>
        }
        .into_any(),
        Some((_, _, photos)) => {
            let photo = |(nth, hash): (usize, &String)| {
                let n = (nth + 1).to_string();
                view! {
                    <li>
                        {site_photo(&wish.number, hash, tr.with("review.photo", &[("n", &n)]))}
                        <Checkbox
                            label=tr.with("review.photo_keep", &[("n", &n)])
                            name=format!("keep[{PHOTO}{hash}]")
                            id=format!("keep-{nth}")
                            value="on"
                            checked=true
                        />
                    </li>
                }
            };
            let kept = (!photos.is_empty()).then(|| {
                view! {
                    <fieldset class="fieldset">
                        <legend>{tr.t("review.photos_kept")}</legend>
                        <ul class="site-photos">{photos.iter().enumerate().map(photo).collect_view()}</ul>
                    </fieldset>
                }
            });
            let until = wish.until.as_ref().map(|day| view! { <p class="hint">{tr.with("review.change_until", &[("day", day)])}</p> });
            view! {
                <ActionForm action=asks.change_review attr:class="form">
                    {names}
                    {fields}
                    {kept}
                    {until}
                    {public}
                    <Button kind=ButtonKind::Primary class="btn-l btn-wide" icon="check" disabled=asks.change_review.pending()>
                        {tr.t("review.change_do")}
                    </Button>
                </ActionForm>
            }
            .into_any()
        }
    };
    view! {
        {photos}
        <Card>{form}</Card>
    }
    .into_any()
}
