//! Another try after a failed delivery: when, and where to if the address was wrong.

use super::live::Asks;
use crate::{
    components::{Button, ButtonKind, Choice, Confirm, Select, Tone},
    i18n::Tr,
    pages::{address_fields::address_fields, errors::refused},
};
use jumun::{
    actor::Chair,
    order::FulfilmentState,
    time::Span,
    view::{FulfilmentView, OrderView},
};
use leptos::prelude::*;

/// Days that can be chosen.
const DAYS: i64 = 7;

/// The form beside goods that nobody took; nothing beside others.
pub fn redeliver(tr: Tr, order: &OrderView, goods: &FulfilmentView, asks: Asks) -> AnyView {
    let offered = order.offers.iter().any(|offer| offer.command == "redeliver" && offer.fulfilment == Some(goods.id));
    let given_up = order.timers.iter().any(|timer| timer.kind == "return-to-sender");
    if !offered || given_up || goods.state != FulfilmentState::DeliveryFailed {
        return ().into_any();
    }
    let action = asks.redeliver;
    let days: Vec<Choice> = (1..=DAYS).map(|n| (order.now + Span::days(n)).kst_date().to_string()).map(|day| Choice::new(day.clone(), day)).collect();
    let chosen = goods.redeliver_on.map(|day| day.to_string()).unwrap_or_default();
    let buyer = order.chair == Chair::Buyer;
    let place = buyer.then(|| {
        view! {
            <details>
                <summary class="link text-s">{tr.t("order.redeliver.address")}</summary>
                <div class="form">{address_fields(tr, order.ship_to.as_ref(), refused(action), None, None)}</div>
            </details>
        }
    });
    let (order_id, goods_id) = (order.id.to_string(), goods.id.to_string());
    let pending = action.pending();
    view! {
        <Confirm
            label=tr.t("order.redeliver.ask")
            icon="calendar"
            kind=ButtonKind::Secondary
            tone=Tone::Neutral
            title=tr.t("order.redeliver.title")
            open=buyer && goods.redeliver_on.is_none()
        >
            <ActionForm action=action attr:class="form">
                <input type="hidden" name="order" value=order_id />
                <input type="hidden" name="fulfilment" value=goods_id />
                <Select label=tr.t("order.redeliver.day") name="on" choices=days value=chosen />
                {place}
                <Button kind=ButtonKind::Primary class="btn-wide" disabled=pending>
                    {tr.t("order.redeliver.do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}
