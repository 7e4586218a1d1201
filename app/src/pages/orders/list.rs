//! The buyer's orders, newest first.

use crate::{
    api,
    components::{ButtonKind, EmptyState, LinkButton, Pager, Skeleton, Won},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        errors::Problem,
        frame::Head,
        order_parts::{picture, row_badges, waits_words},
    },
};
use jumun::{
    order::Waits,
    view::{OrderList, OrderRow},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `/orders`
#[component]
pub fn Orders() -> impl IntoView {
    let tr = use_tr();
    let query = use_query_map();
    let cursor = Memo::new(move |_| query.read().get("cursor").filter(|cursor| !cursor.is_empty()));
    let data = load(move || cursor.get(), api::orders::purchases);
    let shown = move || {
        data.get().map(|found| match found {
            Ok(page) => {
                let list = list(tr, &page, cursor.get_untracked().is_some());
                view! {
                    {head(tr)}
                    {list}
                }
                .into_any()
            }
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Head title=tr.t("orders.title") />
        <Transition fallback=move || view! { <Skeleton lines=6 label=tr.t("order.loading") /> }>{shown}</Transition>
    }
}

fn head(tr: Tr) -> AnyView {
    view! {
        <div class="page-head">
            <div>
                <h1>{tr.t("orders.title")}</h1>
            </div>
            <div class="btn-row">
                <LinkButton href="/find" kind=ButtonKind::Quiet icon="search">
                    {tr.t("orders.find")}
                </LinkButton>
            </div>
        </div>
    }
    .into_any()
}

fn list(tr: Tr, page: &OrderList, later: bool) -> AnyView {
    if page.rows.is_empty() && !later {
        return view! {
            <EmptyState icon="package" title=tr.t("orders.empty") text=tr.t("orders.empty_text")>
                <LinkButton href="/" kind=ButtonKind::Primary>
                    {tr.t("orders.shop")}
                </LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    let rows = page.rows.iter().map(|row| item(tr, row)).collect_view();
    let newest = if later { "/orders" } else { "" };
    let next = page.next.as_ref().map(|next| format!("/orders?cursor={next}")).unwrap_or_default();
    view! {
        <ul class="order-list">{rows}</ul>
        <Pager previous=newest next=next previous_label=tr.t("orders.newest") next_label=tr.t("orders.older") />
    }
    .into_any()
}

fn item(tr: Tr, row: &OrderRow) -> AnyView {
    let href = format!("/orders/{}", row.number);
    let mut title = tr.of(&row.title);
    if row.more_lines > 0 {
        title = tr.with("order.and_more", &[("title", &title), ("n", &row.more_lines.to_string())]);
    }
    let about = format!("{} · {} · ", row.placed_at.kst_date(), tr.of(&row.counterpart));
    let waits = (row.waits != Waits::Nothing).then(|| {
        let what = waits_words(tr, row.waits);
        view! { <p class="soft">{tr.with("orders.waits", &[("what", &what)])}</p> }
    });
    view! {
        <li class="order-item">
            <a class="line-pic" href=href.clone() tabindex="-1" aria-hidden="true">
                <img src=picture(&row.drawing) alt="" width="160" height="120" loading="lazy" />
            </a>
            <div class="row row-between">
                {row_badges(tr, row)} <span class="strong">
                    <Won amount=row.total.0 lang=tr.0.code() />
                </span>
            </div>
            <div>
                <p class="line-name">
                    <a href=href>{title}</a>
                </p>
                {waits}
            </div>
            <p class="line-note">{about}<span class="nowrap">{row.number.to_string()}</span></p>
        </li>
    }
    .into_any()
}
