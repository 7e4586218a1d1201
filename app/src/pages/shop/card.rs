//! A product on a shelf: name, price, and honest words about delivery and stock.

use super::reviews::in_short;
use crate::{
    components::{Icon, Tag, Won},
    i18n::{Tr, use_tr},
    pages::order_parts::picture,
};
use jumun::{
    catalogue::{Category, Supply},
    money::Won as Money,
    time::Date,
    view::ProductCard,
};
use leptos::prelude::*;

/// From this many units on, how many there are is nobody's worry.
const FEW: u32 = 5;

/// `3대`, `3개` or `3건`.
pub(super) fn units(tr: Tr, category: Category, n: u32) -> String {
    let key = match category {
        Category::Parts => "unit.part",
        Category::Services => "unit.service",
        Category::Wall | Category::Stand | Category::TwoInOne | Category::Ceiling | Category::Portable | Category::Purifier => "unit.piece",
    };
    tr.with(key, &[("n", &n.to_string())])
}

/// What is to be said of the stock: a class, an icon and the words.
pub(super) struct StockNote {
    pub(super) class: &'static str,
    pub(super) icon: &'static str,
    pub(super) text: String,
}

/// The stock of a product or one of its options, in words; a pre-order's day among them.
pub(super) fn stock_note(tr: Tr, category: Category, supply: Supply, available: u32, ship_by: Option<Date>) -> StockNote {
    let left = || tr.with("shop.left", &[("units", &units(tr, category, available))]);
    let note = |class, icon, text| StockNote { class, icon, text };
    match (available, supply) {
        (0, _) => note("stock-out", "x-circle", tr.t("shop.sold_out")),
        (_, Supply::PreOrder) => {
            let by = ship_by.map(|day| tr.with("shop.ship_by", &[("day", &tr.day(day))]));
            note("", "calendar", [by, Some(left())].into_iter().flatten().collect::<Vec<_>>().join(" · "))
        }
        (_, Supply::ToOrder) => note("", "history", tr.t("shop.to_order")),
        (1..=FEW, Supply::Stocked) => note("stock-low", "hourglass", left()),
        (_, Supply::Stocked) if category == Category::Services => note("", "check-circle", tr.t("shop.bookable")),
        (_, Supply::Stocked) => note("", "package-check", tr.t("shop.in_stock")),
    }
}

/// What delivery costs, in words.
pub(super) fn shipping_words(tr: Tr, fee: Money) -> String {
    if fee == Money::ZERO { tr.t("shop.ships_free") } else { tr.with("shop.ships_for", &[("fee", &tr.won(fee))]) }
}

/// Delivery and stock.
pub(super) fn promises(tr: Tr, card: &ProductCard) -> AnyView {
    let stock = stock_note(tr, card.category, card.supply, card.available, card.ship_by);
    view! {
        <ul class="promise">
            <li>
                <Icon name="truck" />
                {shipping_words(tr, card.shipping_fee)}
            </li>
            <li class=stock.class>
                <Icon name=stock.icon />
                {stock.text}
            </li>
        </ul>
    }
    .into_any()
}

fn on_shelf(tr: Tr, card: &ProductCard) -> AnyView {
    let mark = match card.supply {
        Supply::PreOrder => Some(tr.t("shop.pre_order")),
        Supply::Stocked | Supply::ToOrder => None,
    };
    let mark = mark.map(|word| {
        view! {
            <span class="product-marks">
                <Tag>{word}</Tag>
            </span>
        }
    });
    view! {
        <li class=if card.available == 0 { "product-card is-out" } else { "product-card" }>
            <div class="product-pic">
                <img src=picture(&card.drawing) alt="" width="800" height="600" loading="lazy" />
                {mark}
            </div>
            <div class="product-text">
                <h3>
                    <a href=format!("/products/{}", card.id)>{tr.of(&card.name)}</a>
                </h3>
                <p class="product-spec">{format!("{} · {}", card.brand, tr.of(&card.seller_name))}</p>
                {in_short(tr, &card.rating)}
                <p class="price">
                    <span class="price-now">
                        <Won amount=card.price.0 lang=tr.0.code() />
                    </span>
                </p>
                {promises(tr, card)}
            </div>
        </li>
    }
    .into_any()
}

/// Products side by side.
#[component]
pub(super) fn Shelf(
    /// The products.
    cards: Vec<ProductCard>,
) -> impl IntoView {
    let tr = use_tr();
    view! { <ul class="grid-products">{cards.iter().map(|card| on_shelf(tr, card)).collect_view()}</ul> }
}
