//! Where an order goes, and sending it elsewhere as long as it has not left.

use super::{live::Page, shipment::ship_to};
use crate::{
    components::{Button, ButtonKind, Confirm, Notice, Tone},
    i18n::{Tr, use_tr},
    pages::{address_fields::address_fields, errors::refused},
};
use jumun::{command::ShipTo, ids::OrderId, view::OrderView};
use leptos::prelude::*;

/// What the form depends on. While it stays the same it stays in place.
#[derive(Clone, PartialEq, Eq)]
struct Readdressable {
    order: OrderId,
    /// The address is missing; otherwise it may be changed.
    fix: bool,
    known: Option<ShipTo>,
}

impl Readdressable {
    fn of(order: &OrderView) -> Option<Self> {
        let offered = |name: &str| order.offers.iter().any(|offer| offer.command == name);
        let fix = offered("fix-address");
        (fix || offered("change-address")).then(|| Self { order: order.id, fix, known: order.ship_to.clone() })
    }
}

/// The address, and the form that changes it where that may be.
#[component]
pub fn ShipToCard(
    /// The order.
    page: Page,
) -> impl IntoView {
    let tr = use_tr();
    let of = Memo::new(move |_| page.order.read().as_ref().and_then(Readdressable::of));
    let asking = move || page.order.read().as_ref().is_some_and(|order| order.readdressing);
    view! {
        <div class="stack">
            {move || page.order.read().as_ref().map(|order| ship_to(tr, order))}
            {move || {
                asking()
                    .then(|| {
                        view! {
                            <Notice tone=Tone::Waiting title=tr.t("order.readdress.asking")>
                                <p>{tr.t("order.readdress.asking_text")}</p>
                            </Notice>
                        }
                    })
            }} {move || of.get().map(|of| form(tr, &of, page))}
        </div>
    }
}

fn form(tr: Tr, of: &Readdressable, page: Page) -> AnyView {
    let action = page.asks.readdress;
    let order = of.order.to_string();
    let (label, title, text) = if of.fix {
        ("order.readdress.fix", "order.readdress.fix_title", "order.readdress.fix_text")
    } else {
        ("order.readdress.change", "order.readdress.change_title", "order.readdress.change_text")
    };
    let fix = of.fix.then(|| view! { <input type="hidden" name="fix" value="1" /> });
    let fields = address_fields(tr, of.known.as_ref(), refused(action), None, None);
    let pending = action.pending();
    view! {
        <Confirm label=tr.t(label) icon="map-pin" kind=ButtonKind::Secondary tone=Tone::Neutral title=tr.t(title) open=of.fix>
            <p class="text-s soft">{tr.t(text)}</p>
            <ActionForm action=action attr:class="form">
                <input type="hidden" name="order" value=order />
                {fix}
                {fields}
                <Button kind=ButtonKind::Primary class="btn-wide" disabled=pending>
                    {tr.t("order.readdress.do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}
