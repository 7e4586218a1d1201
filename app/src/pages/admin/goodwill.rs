//! Goodwill that waits for a second person: what a store would give its buyer, above the returns that wait for the same people.

use super::console::{after, when};
use crate::{
    api::{
        self,
        goodwill::{ApproveGoodwill, RejectGoodwill},
    },
    components::{Card, Won},
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        errors::{Said, refused},
        order_parts::{goodwill::answers, goodwill_reason},
    },
};
use jumun::{
    time::Time,
    view::{GoodwillRow, GoodwillsView},
};
use leptos::prelude::*;

/// The queue; nothing while nothing waits.
#[component]
pub fn Goodwills() -> impl IntoView {
    let tr = use_tr();
    let data = load(|| (), |()| api::goodwill::goodwills());
    let (approve, reject) = (ServerAction::<ApproveGoodwill>::new(), ServerAction::<RejectGoodwill>::new());
    after(approve, move || data.refetch());
    after(reject, move || data.refetch());
    let shown = move || {
        let view: GoodwillsView = data.get()?.ok()?;
        (!view.rows.is_empty()).then(|| {
            let rows = view.rows.iter().map(|row| entry(tr, row, view.now, approve, reject)).collect_view();
            view! {
                <Card title=tr.t("goodwills.title") icon="wallet">
                    <p class="soft">{tr.t("goodwills.about")}</p>
                    <ul class="cases">{rows}</ul>
                </Card>
            }
        })
    };
    view! {
        <Said refusal=refused(approve) />
        <Said refusal=refused(reject) />
        <Transition>{shown}</Transition>
    }
}

fn entry(tr: Tr, row: &GoodwillRow, now: Time, approve: ServerAction<ApproveGoodwill>, reject: ServerAction<RejectGoodwill>) -> AnyView {
    let fact = |name: &str, value: AnyView| {
        view! {
            <div>
                <dt>{tr.t(name)}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let (amount, most, lang) = (row.amount.0, row.most.0, tr.0.code());
    view! {
        <li class="case">
            <div class="case-mark">{when(tr, row.proposed_at, now)}</div>
            <div class="case-main">
                <p class="case-title">
                    <a class="main-link mono" href=format!("/admin/orders/{}", row.number)>
                        {row.number.to_string()}
                    </a>
                </p>
                <dl class="case-facts">
                    {fact("claims.buyer", row.buyer_name.clone().into_any())} {fact("claims.seller", tr.of(&row.seller_name).into_any())}
                    {fact("order.goodwill.reason", goodwill_reason(tr, row.reason).into_any())}
                    {fact("claims.amount", view! { <Won amount=amount lang=lang /> }.into_any())}
                    {fact("goodwills.most", view! { <Won amount=most lang=lang /> }.into_any())}
                </dl>
            </div>
            <div class="case-side">{answers(tr, row.order, row.amount, approve, reject)}</div>
        </li>
    }
    .into_any()
}
