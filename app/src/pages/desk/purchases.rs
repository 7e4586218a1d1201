//! What the store buys of its partners, newest first.

use super::{
    board::{order_cells, order_heads},
    console::{Console, Counts, News, page_head},
};
use crate::{
    api,
    components::{EmptyState, Pager, Skeleton, TabItem, Table, Tabs},
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
    let asked = move |name: &str| query.read().get(name).filter(|text| !text.is_empty());
    let wish = Memo::new(move |_| (asked("cursor"), asked("returns").is_some()));
    let desk = load(|| (), |()| api::desk::desk());
    let data = load(move || wish.get(), |(cursor, returns)| api::desk::bought(cursor, returns.then(|| "on".to_owned())));
    let counts = Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    let seen = RwSignal::new(false);
    Effect::new(move |_| seen.set(matches!(data.get(), Some(Ok(_)))));
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => list(tr, &view, &wish.get_untracked()),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    // What is on its way back to a partner stands by itself too.
    let tabs = move || {
        let (_, returns) = wish.get();
        let items = vec![
            TabItem::new(HERE.to_owned(), tr.t("desk.purchases.all"), !returns),
            TabItem::new(format!("{HERE}?returns=on"), tr.t("desk.purchases.returns"), returns),
        ];
        view! { <Tabs items=items label=tr.t("desk.purchases.title") /> }
    };
    view! {
        <Console counts=counts>
            <Head title=tr.t("desk.purchases.title") />
            {page_head(tr.t("desk.purchases.title"), tr.t("desk.purchases.about"))}
            <div class="stack stack-s">
                <News shown=seen.into() on_refresh=Callback::new(move |()| data.refetch()) />
                {tabs}
                <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

/// The page's own address.
const HERE: &str = "/desk/purchases";

fn list(tr: Tr, view: &PurchasesView, (cursor, returns): &(Option<String>, bool)) -> AnyView {
    let page = &view.list;
    if page.rows.is_empty() && *returns {
        let (title, text) = (tr.t("desk.purchases.no_returns"), tr.t("desk.purchases.no_returns_text"));
        return view! { <EmptyState icon="undo" title=title text=text /> }.into_any();
    }
    if page.rows.is_empty() {
        return view! { <EmptyState icon="warehouse" title=tr.t("desk.purchases.empty") text=tr.t("desk.purchases.empty_text") /> }.into_any();
    }
    let rows = page.rows.iter().map(|row| view! { <tr>{order_cells(tr, row, "seller", view.now, false, None)}</tr> }).collect_view();
    let of = if *returns { "&returns=on" } else { "" };
    let newest = cursor.as_ref().map(|_| if *returns { format!("{HERE}?returns=on") } else { HERE.to_owned() }).unwrap_or_default();
    let next = page.next.as_ref().map(|next| format!("{HERE}?cursor={next}{of}")).unwrap_or_default();
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
