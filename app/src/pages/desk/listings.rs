//! The store's products: options, prices, units that can be sold.

use super::{
    console::{Console, Counts, page_head},
    pre_order::{Work, figures, forms},
};
use crate::{
    api,
    components::{Button, ButtonKind, EmptyState, Icon, Notice, Skeleton, Table, Tone, Won},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{admin::console::asked, errors::Problem, frame::Head, order_parts::picture},
};
use jumun::{
    catalogue::Supply,
    refusal::PictureFlaw,
    view::{ListingRow, ProductCard},
};
use leptos::prelude::*;

/// `/desk/products`
#[component]
pub fn Listings() -> impl IntoView {
    let tr = use_tr();
    let desk = load(|| (), |()| api::desk::desk());
    let counts = Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    let (changed, flaw, product, option) = (asked("changed"), asked("refused"), asked("product"), asked("option"));
    let work = Work { set: ServerAction::new(), end: ServerAction::new(), to_order: ServerAction::new() };
    let (set, ended, to_order) = (work.set.value(), work.end.value(), work.to_order.value());
    let changes = move || (work.set.version().get(), work.end.version().get(), work.to_order.version().get());
    let data = load(changes, |_| api::desk::listings());
    // Only the last of the forms has something to say.
    let (setting, ending, starting) = (work.set.pending(), work.end.pending(), work.to_order.pending());
    Effect::new(move |_| {
        if setting.get() {
            ended.set(None);
            to_order.set(None);
        }
    });
    Effect::new(move |_| {
        if ending.get() {
            set.set(None);
            to_order.set(None);
        }
    });
    Effect::new(move |_| {
        if starting.get() {
            set.set(None);
            ended.set(None);
        }
    });
    // What was said about one option does not belong to the next.
    Effect::new(move |before: Option<String>| {
        let option = option.get();
        if before.is_some_and(|before| before != option) {
            set.set(None);
            ended.set(None);
            to_order.set(None);
        }
        option
    });
    let shown = move || {
        let said = told(&changed.get(), &flaw.get(), &product.get());
        data.get().map(|found| match found {
            Ok(rows) => listings(tr, &rows, said, &option.get(), work),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Console counts=counts>
            <Head title=tr.t("desk.products") />
            <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>{shown}</Transition>
        </Console>
    }
}

/// How bringing a picture went, as the address says: the product, and what was wrong.
fn told(changed: &str, flaw: &str, product: &str) -> Option<(String, Option<PictureFlaw>)> {
    match PictureFlaw::from_slug(flaw) {
        Some(why) => Some((product.to_owned(), Some(why))),
        None => (!changed.is_empty()).then(|| (changed.to_owned(), None)),
    }
}

/// The same for whoever brought it; nothing when the store has no such product.
fn notice(tr: Tr, rows: &[ListingRow], (product, flaw): (String, Option<PictureFlaw>)) -> Option<AnyView> {
    let row = rows.iter().find(|row| row.card.id.as_str() == product)?;
    let (tone, title, text) = match flaw {
        Some(why) => (Tone::Trouble, "picture.refused", tr.t(&format!("picture_flaw.{}", why.slug()))),
        None => (Tone::Done, "picture.changed", tr.t("picture.changed_text")),
    };
    let title = tr.with(title, &[("name", &tr.of(&row.card.name))]);
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
    let hint = format!("{id}-hint");
    let product = tr.of(&card.name);
    let named = tr.with("picture.of", &[("name", &product)]);
    let word = move || tr.t(if sending.get() { "picture.sending" } else { "picture.send" });
    view! {
        <div class="listing-photo">
            <img src=picture(&card.drawing) alt=named width="800" height="600" loading="lazy" />
            <details class="confirm">
                <summary class="btn btn-s">
                    <Icon name="camera" />
                    {tr.t("picture.change")}
                    <span class="visually-hidden">{product}</span>
                </summary>
                <form
                    method="post"
                    action=format!("/uploads/product-picture/{}", card.id)
                    enctype="multipart/form-data"
                    class="confirm-panel"
                    on:submit=move |_| set_sending.set(true)
                >
                    <div class="field">
                        <label class="field-label" for=id.clone()>
                            {tr.t("picture.file")}
                        </label>
                        <input
                            id=id
                            class="input"
                            type="file"
                            name="picture"
                            accept="image/jpeg,image/png,image/webp"
                            aria-describedby=hint.clone()
                            required
                        />
                        <p class="hint" id=hint>
                            {tr.t("picture.hint")}
                        </p>
                    </div>
                    <div aria-live="polite">
                        <Button kind=ButtonKind::Primary icon="upload" disabled=sending>
                            {word}
                        </Button>
                    </div>
                </form>
            </details>
        </div>
    }
    .into_any()
}

fn listings(tr: Tr, rows: &[ListingRow], said: Option<(String, Option<PictureFlaw>)>, option: &str, work: Work) -> AnyView {
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
    let said = said.and_then(|said| notice(tr, rows, said));
    let open = rows.iter().find_map(|row| Some(forms(tr, row, row.variants.iter().find(|variant| variant.id.as_str() == option)?, work)));
    let label = move |key: &str| tr.t(&format!("desk.col.{key}"));
    let rows = rows
        .iter()
        .flat_map(|row| row.variants.iter().enumerate().map(move |(nth, variant)| (row, nth, variant)))
        .map(|(row, nth, variant)| {
            let card = &row.card;
            // The options of a product share its picture.
            let photo = (nth == 0).then(|| photo(tr, card));
            let supply = tr.t(&format!("desk.supply.{}", card.supply.slug()));
            let code = super::board::encode(variant.id.as_str());
            let stock = format!("/desk/stock?q={code}");
            let cap = row.pre_orders.iter().find(|cap| cap.variant == variant.id).filter(|_| card.supply == Supply::PreOrder);
            let cap = cap.map(|cap| view! { <span class="sub">{figures(tr, cap)}</span> });
            let fee = if card.shipping_fee == jumun::money::Won::ZERO { tr.t("desk.listings.free") } else { tr.won(card.shipping_fee) };
            view! {
                <tr>
                    <td data-label=label("product")>
                        <div>
                            <a class="main-link" href=format!("/products/{}", card.id)>
                                {tr.of(&card.name)}
                            </a>
                            <span class="sub">{card.brand.clone()}" · "{tr.t(&format!("category.{}", card.category.slug()))}</span>
                        </div>
                        {photo}
                    </td>
                    <td data-label=label("option")>{tr.of(&variant.option)}</td>
                    <td class="col-num" data-label=label("code")>
                        {variant.id.to_string()}
                    </td>
                    <td data-label=label("supply")>
                        <div>
                            <a class="link" href=format!("/desk/products?option={code}#pre-order")>
                                {supply}
                                <span class="visually-hidden">{tr.of(&variant.option)}</span>
                            </a>
                            {cap}
                        </div>
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
        <div class="stack">
            {said} {open} <Table caption=tr.t("desk.products") class="board-table table-cards">
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
