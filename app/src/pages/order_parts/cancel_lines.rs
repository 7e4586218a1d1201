//! Taking part of an order back: how many of what, and what comes back for it, before anything happens.

use super::live::{Asks, Page};
use crate::{
    api::orders::LINE,
    components::{Button, ButtonKind, Choice, Confirm, PriceRow, PriceTable, Select, escape_text},
    i18n::{Tr, use_tr},
};
use jumun::{
    ids::{LineId, OrderId, OrderNumber},
    money::Won,
    pricing::Amounts,
    view::OrderView,
};
use leptos::prelude::*;

/// What the form depends on. While it stays the same it stays in place.
#[derive(Clone, PartialEq, Eq)]
struct Takeable {
    order: OrderId,
    number: OrderNumber,
    /// Line, name, units that may be taken out.
    lines: Vec<(LineId, String, u32)>,
    paid: bool,
}

impl Takeable {
    fn of(tr: Tr, order: &OrderView) -> Option<Self> {
        let named = |line: &jumun::view::LineView| format!("{} · {}", tr.of(&line.title), tr.of(&line.option));
        let lines: Vec<_> = order.lines.iter().filter(|line| line.cancellable > 0).map(|line| (line.id, named(line), line.cancellable)).collect();
        // Taking the only unit out is cancelling the order, which has a button of its own.
        let units: u32 = lines.iter().map(|(.., units)| units).sum();
        let live: u32 = order.lines.iter().map(|line| line.quantity.saturating_sub(line.cancelled)).sum();
        let offered = order.offers.iter().any(|offer| offer.command == "cancel-lines") && units > 0 && live > 1;
        offered.then(|| Self { order: order.id, number: order.number.clone(), lines, paid: order.paid > Won::ZERO })
    }
}

/// The form that takes units out of an order; nothing where none may be.
#[component]
pub fn CancelLines(
    /// The order.
    page: Page,
) -> impl IntoView {
    let tr = use_tr();
    let takeable = Memo::new(move |_| page.order.read().as_ref().and_then(|order| Takeable::of(tr, order)));
    move || takeable.get().map(|of| form(tr, of, page))
}

fn form(tr: Tr, of: Takeable, page: Page) -> AnyView {
    let Page { picked, asks, .. } = page;
    let open = !picked.units.read_untracked().is_empty();
    let selects = of
        .lines
        .iter()
        .enumerate()
        .map(|(index, (line, name, most))| {
            let line = format!("{LINE}{line}");
            let units = picked.units.read_untracked().get(&line).copied().unwrap_or(0).min(*most);
            let choices = (0..=*most).map(|n| Choice::new(n.to_string(), tr.with("order.units", &[("n", &n.to_string())]))).collect();
            let named = format!("units[{line}]");
            let pick = Callback::new(move |n: String| {
                picked.units.update(|units| match n.parse::<u32>() {
                    Ok(n) if n > 0 => drop(units.insert(line.clone(), n)),
                    Ok(_) | Err(_) => drop(units.remove(&line)),
                });
            });
            view! { <Select label=name.clone() name=named id=format!("units-{index}") choices=choices value=units.to_string() on_change=pick /> }
        })
        .collect_view();
    // Without scripts the page comes back with what the chosen units are worth.
    let look = format!(
        r#"<button class="btn" type="submit" formmethod="get" formaction="/orders/{}">{}</button>"#,
        of.number,
        escape_text(&tr.t("order.take_out.look"))
    );
    let paid = of.paid;
    let outcome = move || {
        let chosen = !picked.units.read().is_empty();
        picked.worth.get().and_then(Result::ok).flatten().filter(|_| chosen).map(|back| outcome(tr, back, paid, asks))
    };
    view! {
        <Confirm label=tr.t("order.take_out.open") kind=ButtonKind::Secondary icon="minus" title=tr.t("order.take_out.title") open=open>
            <p class="soft text-s">{tr.t("order.take_out.text")}</p>
            <ActionForm action=asks.cancel_lines attr:class="form">
                <input type="hidden" name="order" value=of.order.to_string() />
                <input type="hidden" name="number" value=of.number.to_string() />
                {selects}
                <noscript inner_html=look></noscript>
                <div class="stack" aria-live="polite">
                    {outcome}
                </div>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

/// What comes back, won by won, and the button that does it.
fn outcome(tr: Tr, back: Amounts, paid: bool, asks: Asks) -> AnyView {
    let mut rows = vec![PriceRow::new(tr.t("order.price.goods"), back.goods.0)];
    let more = [
        ("promotion", -back.promotion),
        ("coupon", -back.coupon),
        ("tier", -back.tier),
        ("shipping", back.shipping),
        ("island", back.island),
        ("installation", back.installation),
        ("points", -back.points),
    ];
    for (key, amount) in more.into_iter().filter(|(_, amount)| *amount != Won::ZERO) {
        let row = PriceRow::new(tr.t(&format!("order.price.{key}")), amount.0);
        let charged = key == "shipping" && amount < Won::ZERO;
        rows.push(if charged { row.hint(tr.t("order.take_out.shipping")) } else { row });
    }
    let total = tr.t(if paid { "order.take_out.back" } else { "order.take_out.less" });
    let busy = Signal::from(asks.cancel_lines.pending());
    view! {
        <PriceTable rows=rows total_label=total.clone() total=back.payable().0 caption=total lang=tr.0.code() />
        <p class="hint">{tr.t(if paid { "order.take_out.back_text" } else { "order.take_out.less_text" })}</p>
        <Button kind=ButtonKind::DangerSolid class="btn-wide" disabled=busy>
            {tr.t("order.take_out.do")}
        </Button>
    }
    .into_any()
}
