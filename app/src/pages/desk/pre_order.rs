//! How an option is sold when it does not lie here: before it is there, up to a cap and for a day; or to order, as far as partners
//! have it; and the way back to the shelf.

use super::stock::form_key;
use crate::{
    api::desk::{SellFromShelf, SellToOrder, SetPreOrder},
    components::{Button, ButtonKind, Card, Confirm, Facts, Field, Notice, Tone},
    i18n::Tr,
    pages::errors::{Said, flaw, refused},
};
use jumun::{
    catalogue::Supply,
    view::{ListingRow, PreOrder, VariantView},
};
use leptos::prelude::*;

/// What the forms do.
#[derive(Clone, Copy)]
pub(super) struct Work {
    pub(super) set: ServerAction<SetPreOrder>,
    pub(super) end: ServerAction<SellFromShelf>,
    pub(super) to_order: ServerAction<SellToOrder>,
}

/// `12/40 · 12월 5일까지`: what is sold of the cap, and until when it leaves.
pub(super) fn figures(tr: Tr, cap: &PreOrder) -> String {
    let values = [("sold", cap.sold.to_string()), ("cap", cap.cap.to_string()), ("day", tr.day(cap.ship_by))];
    tr.with("desk.pre_order.figures", &values.each_ref().map(|(name, value)| (*name, value.as_str())))
}

/// The forms of one option.
pub(super) fn forms(tr: Tr, row: &ListingRow, variant: &VariantView, work: Work) -> AnyView {
    let Work { set, end, .. } = work;
    let known = row.pre_orders.iter().find(|cap| cap.variant == variant.id);
    let sold = known.map_or(0, |cap| cap.sold);
    let facts = known.map(|cap| {
        let units = |n: u32| tr.with("order.units", &[("n", &n.to_string())]).into_any();
        let rows = vec![
            (tr.t("desk.pre_order.free"), units(cap.cap.saturating_sub(cap.sold))),
            (tr.t("desk.pre_order.sold"), units(cap.sold)),
            (tr.t("desk.pre_order.waiting"), units(cap.sold.saturating_sub(cap.come))),
            (tr.t("desk.pre_order.come"), units(cap.come)),
        ];
        view! { <Facts rows=rows /> }
    });
    let is_on = row.card.supply == Supply::PreOrder;
    let product = row.card.id.to_string();
    let ending = end.pending();
    let back = is_on.then(|| {
        view! {
            <Confirm
                label=tr.t("desk.pre_order.end")
                icon="undo"
                kind=ButtonKind::Secondary
                tone=Tone::Neutral
                title=tr.t("desk.pre_order.end_title")
            >
                <ActionForm action=end attr:class="form">
                    <p>{tr.t("desk.pre_order.end_text")}</p>
                    <input type="hidden" name="product" value=product />
                    <input type="hidden" name="key" value=form_key() />
                    <Button kind=ButtonKind::Primary class="btn-wide" disabled=ending>
                        {tr.t("desk.pre_order.end_do")}
                    </Button>
                </ActionForm>
            </Confirm>
        }
    });
    let done = move || {
        let done = matches!(set.value().get(), Some(Ok(()))) || matches!(end.value().get(), Some(Ok(())));
        done.then(|| view! { <Notice tone=Tone::Done title=tr.t("desk.stock_page.done") /> })
    };
    let title = format!("{} · {}", tr.of(&row.card.name), tr.of(&variant.option));
    let about = if is_on { "desk.pre_order.about" } else { "desk.pre_order.about_off" };
    let setting = set.pending();
    let code = variant.id.to_string();
    let (cap, ship_by) = known.map(|cap| (cap.cap.to_string(), cap.ship_by.to_string())).unwrap_or_default();
    view! {
        <div id="pre-order">
            <Card title=title icon="calendar">
                <div class="stack">
                    {done} <Said refusal=refused(set) /> <Said refusal=refused(end) /> <p class="soft">{tr.t(about)}</p> {facts}
                    <ActionForm action=set attr:class="stack stack-s">
                        <input type="hidden" name="variant" value=code />
                        <input type="hidden" name="key" value=form_key() />
                        <div class="form-row">
                            <Field
                                label=tr.t("field.cap")
                                name="cap"
                                r#type="number"
                                inputmode="numeric"
                                hint=tr.with("desk.pre_order.cap_hint", &[("sold", &sold.to_string())])
                                min=sold.to_string()
                                max="100000"
                                value=cap
                                error=flaw(tr, refused(set), "cap")
                                required=true
                            />
                            <Field
                                label=tr.t("field.ship_by")
                                name="ship_by"
                                r#type="date"
                                hint=tr.t("desk.pre_order.ship_by_hint")
                                value=ship_by
                                error=flaw(tr, refused(set), "ship_by")
                                required=true
                            />
                        </div>
                        <div>
                            <Button kind=ButtonKind::Primary icon="calendar" disabled=setting>
                                {tr.t(if is_on { "desk.pre_order.change" } else { "desk.pre_order.start" })}
                            </Button>
                        </div>
                    </ActionForm> {back}
                </div>
            </Card>
        </div>
        {to_order(tr, row, variant, work)}
    }
    .into_any()
}

/// Selling a product to order, where partners have it.
fn to_order(tr: Tr, row: &ListingRow, variant: &VariantView, work: Work) -> Option<AnyView> {
    let Work { end, to_order, .. } = work;
    let is_on = row.card.supply == Supply::ToOrder;
    if !is_on && row.of_partners.is_empty() {
        return None;
    }
    let have = row.of_partners.iter().find(|(of, _)| *of == variant.id).map_or(0, |(_, units)| *units);
    let have = tr.with("order.units", &[("n", &have.to_string())]).into_any();
    let product = row.card.id.to_string();
    let fields = move || {
        let product = product.clone();
        view! {
            <input type="hidden" name="product" value=product />
            <input type="hidden" name="key" value=form_key() />
        }
    };
    let (starting, ending) = (to_order.pending(), end.pending());
    let done =
        move || matches!(to_order.value().get(), Some(Ok(()))).then(|| view! { <Notice tone=Tone::Done title=tr.t("desk.stock_page.done") /> });
    let change = if is_on {
        view! {
            <ActionForm action=end>
                {fields()} <Button icon="undo" disabled=ending>
                    {tr.t("desk.pre_order.end_do")}
                </Button>
            </ActionForm>
        }
        .into_any()
    } else {
        view! {
            <Confirm
                label=tr.t("desk.to_order.start")
                icon="store"
                kind=ButtonKind::Secondary
                tone=Tone::Neutral
                title=tr.t("desk.to_order.start_title")
            >
                <ActionForm action=to_order attr:class="form">
                    <p>{tr.t("desk.to_order.start_text")}</p>
                    {fields()}
                    <Button kind=ButtonKind::Primary class="btn-wide" disabled=starting>
                        {tr.t("desk.to_order.start")}
                    </Button>
                </ActionForm>
            </Confirm>
        }
        .into_any()
    };
    let about = if is_on { "desk.to_order.about" } else { "desk.to_order.about_off" };
    Some(
        view! {
            <div id="to-order">
                <Card title=tr.t("desk.to_order.title") icon="store">
                    <div class="stack">
                        {done} <Said refusal=refused(to_order) /> <p class="soft">{tr.t(about)}</p>
                        <Facts rows=vec![(tr.t("desk.to_order.have"), have)] /> {change}
                    </div>
                </Card>
            </div>
        }
        .into_any(),
    )
}
