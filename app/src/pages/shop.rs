//! The catalogue and one product.

pub mod card;
pub mod product;
mod reviews;

pub use product::Product;

use super::{
    errors::Problem,
    frame::{Head, closes_on_the_way},
    order_parts::picture,
};
use crate::{
    api::catalogue::catalogue,
    components::{ButtonKind, EmptyState, Icon, LinkButton, Pager, Skeleton, Won},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
};
use card::{Shelf, promises};
use jumun::{
    catalogue::Category,
    view::{CatalogueView, ProductCard},
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, location::Url, params::ParamsMap};

/// What the address asks of the catalogue.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
struct Wish {
    category: Option<String>,
    q: Option<String>,
    sort: Option<String>,
    in_stock: bool,
    page: u32,
}

/// The ways to sort; the first is the usual one.
const SORTS: [&str; 4] = ["new", "price-up", "price-down", "name"];

impl Wish {
    fn read(query: &ParamsMap) -> Self {
        let filled = |name: &str| query.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        Self {
            category: filled("category"),
            q: filled("q"),
            sort: filled("sort"),
            in_stock: query.get("in_stock").is_some(),
            page: filled("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1),
        }
    }

    fn href(&self) -> String {
        let mut pairs = Vec::new();
        let mut pair = |name: &str, value: Option<&String>| {
            if let Some(value) = value {
                pairs.push(format!("{name}={}", Url::escape(value)));
            }
        };
        pair("category", self.category.as_ref());
        pair("q", self.q.as_ref());
        pair("sort", self.sort.as_ref());
        pair("in_stock", self.in_stock.then(|| "1".to_owned()).as_ref());
        pair("page", (self.page > 1).then(|| self.page.to_string()).as_ref());
        if pairs.is_empty() { "/".to_owned() } else { format!("/?{}", pairs.join("&")) }
    }

    /// The first page with nothing chosen.
    fn is_front(&self) -> bool {
        *self == Self { page: 1, ..Self::default() }
    }

    fn sorted(&self) -> &str {
        self.sort.as_deref().filter(|sort| SORTS.contains(sort)).unwrap_or(SORTS[0])
    }
}

/// The catalogue.
#[component]
pub fn Home() -> impl IntoView {
    let tr = use_tr();
    let query = use_query_map();
    let wish = Memo::new(move |_| Wish::read(&query.read()));
    let shelf = load(move || wish.get(), |wish| catalogue(wish.category, wish.q, wish.sort, wish.in_stock.then(|| "1".to_owned()), Some(wish.page)));
    let page = move || {
        let wish = wish.get();
        Suspend::new(async move {
            match shelf.await {
                Ok(view) => found(tr, &wish, view),
                Err(Refused(refusal)) => view! {
                    <div class="wrap main">
                        <Problem refusal=refusal />
                    </div>
                }
                .into_any(),
            }
        })
    };
    view! {
        <Transition fallback=move || {
            view! {
                <div class="wrap main">
                    <Skeleton lines=6 label=tr.t("frame.loading") />
                </div>
            }
        }>{page}</Transition>
    }
}

fn found(tr: Tr, wish: &Wish, view: CatalogueView) -> AnyView {
    let category = wish.category.as_deref().and_then(Category::from_slug);
    let front = wish.is_front();
    let title = match (&wish.q, category) {
        (Some(q), _) => tr.with("shop.results_for", &[("q", q)]),
        (None, Some(category)) => tr.t(&format!("category.{}", category.slug())),
        (None, None) => tr.t("shop.all_products"),
    };
    let tab = if front { tr.t("shop.front_title") } else { title.clone() };
    let band = front.then(|| band(tr, &view));
    let heading = if front {
        view! {
            <div class="section-head">
                <h2>{title.clone()}</h2>
            </div>
        }
        .into_any()
    } else {
        view! {
            <div class="page-head">
                <h1>{title.clone()}</h1>
            </div>
        }
        .into_any()
    };
    let goods = if view.cards.is_empty() { nothing(tr, wish) } else { view! { <Shelf cards=view.cards /> }.into_any() };
    let at = |page: u32| Wish { page, ..wish.clone() }.href();
    let previous = if view.page > 1 { at(view.page - 1) } else { String::new() };
    let next = if view.page < view.pages { at(view.page + 1) } else { String::new() };
    let note = if view.pages > 1 { format!("{} / {}", view.page, view.pages) } else { String::new() };
    view! {
        <Head title=tab />
        {band}
        <div class="wrap main">
            {heading} {bar(tr, wish, view.total)}
            <div class="stack stack-l">
                {goods} <Pager previous=previous next=next previous_label=tr.t("shop.previous") next_label=tr.t("shop.next") note=note />
            </div>
        </div>
    }
    .into_any()
}

/// How many there are, only those in stock, and the order of the shelf: all of it links.
fn bar(tr: Tr, wish: &Wish, total: u32) -> AnyView {
    let in_stock = Wish { in_stock: !wish.in_stock, page: 1, ..wish.clone() }.href();
    let current = wish.sorted().to_owned();
    let sorts = SORTS
        .iter()
        .map(|sort| {
            let href = Wish { sort: Some((*sort).to_owned()), page: 1, ..wish.clone() }.href();
            let mark = (*sort == current).then_some("true");
            let icon = if mark.is_some() { "check" } else { "" };
            let icon = (!icon.is_empty()).then(|| view! { <Icon name=icon /> });
            view! {
                <a class="menu-item" href=href aria-current=mark rel="nofollow">
                    {tr.t(&format!("shop.sort.{sort}"))}
                    {icon}
                </a>
            }
        })
        .collect_view();
    view! {
        <div class="result-bar">
            <p class="soft">{tr.with("shop.count", &[("n", &total.to_string())])}</p>
            <div class="row">
                <a class="chip" href=in_stock aria-current=wish.in_stock.then_some("true") rel="nofollow">
                    {wish.in_stock.then(|| view! { <Icon name="check" /> })}
                    {tr.t("shop.in_stock_only")}
                </a>
                <details class="menu" node_ref=closes_on_the_way()>
                    <summary class="btn btn-s">
                        <Icon name="sliders" />
                        {tr.t(&format!("shop.sort.{current}"))}
                    </summary>
                    <div class="menu-panel">{sorts}</div>
                </details>
            </div>
        </div>
    }
    .into_any()
}

fn nothing(tr: Tr, wish: &Wish) -> AnyView {
    let (title, text) = match &wish.q {
        Some(q) => (tr.with("shop.nothing_for", &[("q", q)]), tr.t("shop.nothing_for_text")),
        None => (tr.t("shop.nothing"), tr.t("shop.nothing_text")),
    };
    view! {
        <EmptyState icon="search" title=title text=text>
            <LinkButton href="/" kind=ButtonKind::Primary>
                {tr.t("shop.show_all")}
            </LinkButton>
        </EmptyState>
    }
    .into_any()
}

/// The band of the front page: what the shop is for, the shelves, and one machine of the season that is there now.
fn band(tr: Tr, view: &CatalogueView) -> AnyView {
    let shelves = view
        .categories
        .iter()
        .map(|(category, count)| {
            let slug = category.slug();
            view! {
                <a href=format!("/?category={slug}")>
                    <b>{tr.t(&format!("shop.short.{slug}"))}</b>
                    <span>{tr.with("shop.count_short", &[("n", &count.to_string())])}</span>
                </a>
            }
        })
        .collect_view();
    let cooling = |card: &&ProductCard| card.available > 0 && card.category.needs_installer();
    let there = |card: &&ProductCard| card.available > 0;
    let pick = view.cards.iter().find(cooling).or_else(|| view.cards.iter().find(there)).map(|card| pick(tr, card));
    let promise = |icon: &'static str, key: &str| {
        view! {
            <li>
                <Icon name=icon />
                <div>
                    <b>{tr.t(&format!("shop.promise.{key}"))}</b>
                    <span>{tr.t(&format!("shop.promise.{key}_text"))}</span>
                </div>
            </li>
        }
    };
    view! {
        <section class="hero-band fins">
            <div class="wrap hero">
                <div class="hero-text">
                    <h1>{tr.t("shop.hero")}</h1>
                    <p class="hero-lead">{tr.t("shop.hero_lead")}</p>
                    <nav class="finder" aria-label=tr.t("frame.categories")>
                        <div class="finder-options">{shelves}</div>
                    </nav>
                </div>
                {pick}
            </div>
        </section>
        <div class="promise-strip only-wide">
            <div class="wrap">
                <ul>{promise("boxes", "stock")} {promise("receipt", "price")} {promise("undo", "cancel")} {promise("activity", "track")}</ul>
            </div>
        </div>
    }
    .into_any()
}

fn pick(tr: Tr, card: &ProductCard) -> AnyView {
    view! {
        <a class="hero-pick only-wide" href=format!("/products/{}", card.id)>
            <img src=picture(&card.drawing) alt="" width="800" height="600" />
            <div>
                <span class="text-s soft">{tr.t("shop.pick")}</span>
                <b>{tr.of(&card.name)}</b>
                <p class="price">
                    <span class="price-now">
                        <Won amount=card.price.0 lang=tr.0.code() />
                    </span>
                </p>
                {promises(tr, card)}
            </div>
        </a>
    }
    .into_any()
}
