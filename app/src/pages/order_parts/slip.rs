//! The refund slip: what was paid, what went back and why, and what remains, won by won.

use super::{live::Page, money::price_table};
use crate::{
    components::{Button, Table, Won},
    i18n::{Tr, use_tr},
};
use jumun::{
    money,
    order::{RefundReason, Status},
    view::OrderView,
};
use leptos::prelude::*;

fn reason(tr: Tr, reason: RefundReason) -> String {
    tr.t(match reason {
        RefundReason::Cancelled => "order.slip.reason.cancelled",
        RefundReason::PartlyCancelled => "order.slip.reason.partly_cancelled",
        RefundReason::Shortage => "order.slip.reason.shortage",
        RefundReason::Exchanged => "order.slip.reason.exchanged",
        RefundReason::Cheaper => "order.slip.reason.cheaper",
        RefundReason::Undeliverable => "order.slip.reason.undeliverable",
        RefundReason::ExtraNotDone => "order.slip.reason.extra_not_done",
        RefundReason::Returned => "order.slip.reason.returned",
        RefundReason::CannotInstall => "order.slip.reason.cannot_install",
        RefundReason::Goodwill => "order.slip.reason.goodwill",
    })
}

/// The refund slip of an order; nothing while no money went back.
#[component]
pub fn Slip(
    /// The order.
    page: Page,
) -> impl IntoView {
    let tr = use_tr();
    move || page.order.read().as_ref().filter(|order| !order.refunds.is_empty()).map(|order| paper(tr, order))
}

fn paper(tr: Tr, order: &OrderView) -> AnyView {
    let lang = tr.0.code();
    let label = move |key: &str| tr.t(&format!("order.slip.{key}"));
    let paid_at = order.history.iter().find(|row| row.event == "payment.approved").map(|row| row.at.kst_minute()).unwrap_or_default();
    let mut rest = order.paid;
    let refunds = order
        .refunds
        .iter()
        .map(|refund| {
            rest -= refund.amount;
            let done = refund.completed_at.map_or_else(|| label("running"), |at| at.kst_minute());
            view! {
                <tr>
                    <th scope="row">{reason(tr, refund.reason)}</th>
                    <td class="nowrap" data-label=label("requested")>
                        {refund.requested_at.kst_minute()}
                    </td>
                    <td class="nowrap" data-label=label("completed")>
                        {done}
                    </td>
                    <td class="end" data-label=label("amount")>
                        <Won amount=-refund.amount.0 lang=lang />
                    </td>
                    <td class="end" data-label=label("rest")>
                        <Won amount=rest.0 lang=lang />
                    </td>
                </tr>
            }
        })
        .collect_view();
    let kept = order.paid - order.refunds.iter().map(|refund| refund.amount).sum::<money::Won>();
    // What is kept of an order whose goods all came back are fees, and each is told.
    let over = order.status == Status::Cancelled || kept == money::Won::ZERO;
    let worth = (!over).then(|| {
        view! {
            <div class="slip-worth">
                <h3>{label("worth")}</h3>
                {price_table(tr, order.amounts)}
            </div>
        }
    });
    let (number, seller) = (order.number.to_string(), tr.of(&order.seller_name));
    let paid = order.paid.0;
    view! {
        <section class="slip stack" aria-labelledby="slip-title">
            <div class="row row-between">
                <h2 id="slip-title">{label("title")}</h2>
                <Button r#type="button" class="btn-s" icon="printer" on:click=move |_| drop(window().print())>
                    {label("print")}
                </Button>
            </div>
            <p class="soft text-s">
                <span class="order-number">{number}</span>
                " · "
                {seller}
            </p>
            <Table caption=label("title") class="table-cards">
                <thead>
                    <tr>
                        <th scope="col">{label("what")}</th>
                        <th scope="col">{label("requested")}</th>
                        <th scope="col">{label("completed")}</th>
                        <th scope="col" class="end">
                            {label("amount")}
                        </th>
                        <th scope="col" class="end">
                            {label("rest")}
                        </th>
                    </tr>
                </thead>
                <tbody>
                    <tr>
                        <th scope="row">{label("payment")}</th>
                        <td class="nowrap" data-label=label("requested")>
                            {paid_at.clone()}
                        </td>
                        <td class="nowrap" data-label=label("completed")>
                            {paid_at}
                        </td>
                        <td class="end" data-label=label("amount")>
                            <Won amount=paid lang=lang />
                        </td>
                        <td class="end" data-label=label("rest")>
                            <Won amount=paid lang=lang />
                        </td>
                    </tr>
                    {refunds}
                </tbody>
                <tfoot>
                    <tr>
                        <th scope="row" colspan="4">
                            {label("kept")}
                        </th>
                        <td class="end">
                            <Won amount=kept.0 lang=lang />
                        </td>
                    </tr>
                </tfoot>
            </Table>
            {worth}
        </section>
    }
    .into_any()
}
