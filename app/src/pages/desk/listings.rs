//! The store's products: options, prices, units that can be sold.

use super::console::{Console, Counts, page_head};
use crate::{
    api,
    components::{Button, EmptyState, Notice, Skeleton, Table, Tag, Tone, Won},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{admin::console::asked, errors::Problem, frame::Head, order_parts::picture},
};
use jumun::{
    refusal::{PictureFlaw, Refusal},
    view::{ListingRow, ProductCard},
};
use leptos::prelude::*;

/// `/desk/products`
#[component]
pub fn Listings() -> impl IntoView {
    let tr = use_tr();
    let desk = load(|| (), |()| api::desk::desk());
    let counts = Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    let data = load(|| (), |()| api::desk::listings());
    let shown = move || {
        data.get().map(|found| match found {
            Ok(rows) => listings(tr, &rows),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    let (changed, flaw) = (asked("changed"), asked("refused"));
    let said = move || told(tr, &changed.get(), &flaw.get());
    view! {
        <Console counts=counts>
            <Head title=tr.t("desk.products") />
            {said}
            <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>{shown}</Transition>
        </Console>
    }
}

/// How bringing a picture went.
fn told(tr: Tr, changed: &str, flaw: &str) -> Option<AnyView> {
    let (tone, title, text) = match PictureFlaw::from_slug(flaw) {
        Some(why) => (Tone::Trouble, "picture.refused", tr.refusal(&Refusal::PictureRefused { why })),
        None if !changed.is_empty() => (Tone::Done, "picture.changed", tr.t("picture.changed_text")),
        None => return None,
    };
    let title = tr.t(title);
    Some(
        view! {
            <Notice tone=tone title=title>
                <p>{text}</p>
            </Notice>
        }
        .into_any(),
    )
}

/// The product's picture, and the form that brings another: a plain one, because it carries a file.
fn photo(tr: Tr, card: &ProductCard) -> AnyView {
    let (sending, set_sending) = signal(false);
    let id = format!("picture-{}", card.id);
    let named = tr.with("picture.of", &[("name", &tr.of(&card.name))]);
    let word = move || tr.t(if sending.get() { "picture.sending" } else { "picture.send" });
    view! {
        <div class="listing-photo">
            <img src=picture(&card.drawing) alt=named width="800" height="600" loading="lazy" />
            <details>
                <summary class="link text-s">{tr.t("picture.change")}</summary>
                <form
                    method="post"
                    action=format!("/uploads/product-picture/{}", card.id)
                    enctype="multipart/form-data"
                    class="stack stack-s"
                    on:submit=move |_| set_sending.set(true)
                >
                    <label class="text-s" for=id.clone()>
                        {tr.t("picture.file")}
                    </label>
                    <input id=id type="file" name="picture" accept="image/jpeg,image/png,image/webp" required />
                    <p class="hint">{tr.t("picture.hint")}</p>
                    <div aria-live="polite">
                        <Button icon="upload" class="btn-s" disabled=sending>
                            {word}
                        </Button>
                    </div>
                </form>
            </details>
        </div>
    }
    .into_any()
}

fn listings(tr: Tr, rows: &[ListingRow]) -> AnyView {
    let options: usize = rows.iter().map(|row| row.variants.len()).sum();
    let about = tr.with("desk.listings.about", &[("n", &rows.len().to_string()), ("options", &options.to_string())]);
    let head = page_head(tr.t("desk.products"), about);
    if rows.is_empty() {
        let empty = view! { <EmptyState icon="package" title=tr.t("desk.listings.empty") text=tr.t("desk.listings.empty_text") /> };
        return view! {
            {head}
            {empty}
        }
        .into_any();
    }
    let label = move |key: &str| tr.t(&format!("desk.col.{key}"));
    let rows = rows
        .iter()
        .flat_map(|row| row.variants.iter().enumerate().map(move |(nth, variant)| (row, nth, variant)))
        .map(|(row, nth, variant)| {
            let card = &row.card;
            // The options of a product share its picture.
            let photo = (nth == 0).then(|| photo(tr, card));
            let supply = tr.t(&format!("desk.supply.{}", card.supply.slug()));
            let stock = format!("/desk/stock?q={}", super::board::encode(variant.id.as_str()));
            let fee = if card.shipping_fee == jumun::money::Won::ZERO { tr.t("desk.listings.free") } else { tr.won(card.shipping_fee) };
            view! {
                <tr>
                    <td data-label=label("product")>
                        <div>
                            <a class="main-link" href=format!("/products/{}", card.id)>
                                {tr.of(&card.name)}
                            </a>
                            <span class="sub">{card.brand.clone()}" · "{tr.t(&format!("category.{}", card.category.slug()))}</span>
                            {photo}
                        </div>
                    </td>
                    <td data-label=label("option")>{tr.of(&variant.option)}</td>
                    <td class="col-num" data-label=label("code")>
                        {variant.id.to_string()}
                    </td>
                    <td data-label=label("supply")>
                        <Tag>{supply}</Tag>
                    </td>
                    <td class="end" data-label=label("shipping")>
                        {fee}
                    </td>
                    <td class="end" data-label=label("price")>
                        <Won amount=variant.price.0 lang=tr.0.code() />
                    </td>
                    <td class="end" data-label=label("available")>
                        <a class="link" href=stock>
                            {variant.available.to_string()}
                        </a>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let column = move |key: &str, class: &'static str| {
        view! {
            <th scope="col" class=class>
                {label(key)}
            </th>
        }
    };
    view! {
        {head}
        <div>
            <Table caption=tr.t("desk.products") class="board-table table-cards">
                <thead>
                    <tr>
                        {column("product", "")} {column("option", "")} {column("code", "")} {column("supply", "")} {column("shipping", "end")}
                        {column("price", "end")} {column("available", "end")}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </div>
    }
    .into_any()
}
