//! The store's products: options, prices, units that can be sold.

use super::console::{Console, Counts, page_head};
use crate::{
    api,
    components::{EmptyState, Skeleton, Table, Tag, Won},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{errors::Problem, frame::Head},
};
use jumun::view::ListingRow;
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
    view! {
        <Console counts=counts>
            <Head title=tr.t("desk.products") />
            <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>{shown}</Transition>
        </Console>
    }
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
        .flat_map(|row| row.variants.iter().map(move |variant| (row, variant)))
        .map(|(row, variant)| {
            let card = &row.card;
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
