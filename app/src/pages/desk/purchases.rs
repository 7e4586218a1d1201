//! What the store buys of its partners, newest first.

use super::{
    board::{order_cells, order_heads},
    console::{Console, Counts, News, page_head},
};
use crate::{
    api,
    components::{EmptyState, Pager, Skeleton, Table},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{errors::Problem, frame::Head},
};
use jumun::view::PurchasesView;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `/desk/purchases`
#[component]
pub fn Purchases() -> impl IntoView {
    let tr = use_tr();
    let query = use_query_map();
    let cursor = Memo::new(move |_| query.read().get("cursor").filter(|cursor| !cursor.is_empty()));
    let desk = load(|| (), |()| api::desk::desk());
    let data = load(move || cursor.get(), api::desk::bought);
    let counts = Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    let seen = RwSignal::new(false);
    Effect::new(move |_| seen.set(matches!(data.get(), Some(Ok(_)))));
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => list(tr, &view, cursor.get_untracked().is_some()),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Console counts=counts>
            <Head title=tr.t("desk.purchases.title") />
            {page_head(tr.t("desk.purchases.title"), tr.t("desk.purchases.about"))}
            <div class="stack stack-s">
                <News shown=seen.into() on_refresh=Callback::new(move |()| data.refetch()) />
                <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

fn list(tr: Tr, view: &PurchasesView, later: bool) -> AnyView {
    let page = &view.list;
    if page.rows.is_empty() {
        return view! { <EmptyState icon="warehouse" title=tr.t("desk.purchases.empty") text=tr.t("desk.purchases.empty_text") /> }.into_any();
    }
    let rows = page.rows.iter().map(|row| view! { <tr>{order_cells(tr, row, "seller", view.now, false, None)}</tr> }).collect_view();
    let newest = if later { "/desk/purchases".to_owned() } else { String::new() };
    let next = page.next.as_ref().map(|next| format!("/desk/purchases?cursor={next}")).unwrap_or_default();
    view! {
        <div>
            <Table caption=tr.t("desk.purchases.title") class="board-table table-cards">
                {order_heads(tr, "seller")}
                <tbody>{rows}</tbody>
            </Table>
            <Pager previous=newest next=next previous_label=tr.t("orders.newest") next_label=tr.t("orders.older") />
        </div>
    }
    .into_any()
}
