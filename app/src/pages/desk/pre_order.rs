//! Selling an option before it is there: the cap, the promised day, and the way back to the shelf.

use super::stock::form_key;
use crate::{
    api::desk::{EndPreOrder, SetPreOrder},
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
    pub(super) end: ServerAction<EndPreOrder>,
}

/// `12/40 · 12월 5일까지`: what is sold of the cap, and until when it leaves.
pub(super) fn figures(tr: Tr, cap: &PreOrder) -> String {
    let values = [("sold", cap.sold.to_string()), ("cap", cap.cap.to_string()), ("day", tr.day(cap.ship_by))];
    tr.with("desk.pre_order.figures", &values.each_ref().map(|(name, value)| (*name, value.as_str())))
}

/// The forms of one option.
pub(super) fn forms(tr: Tr, row: &ListingRow, variant: &VariantView, work: Work) -> AnyView {
    let Work { set, end } = work;
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
    }
    .into_any()
}
