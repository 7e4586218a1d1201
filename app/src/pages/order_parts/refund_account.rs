//! Where money goes that was paid into a virtual account: it cannot go back the way it came.

use super::live::Page;
use crate::{
    components::{Button, ButtonKind, Card, Field},
    i18n::{Tr, use_tr},
};
use jumun::{order::Waits, view::OrderView};
use leptos::prelude::*;

/// Banks that people name; others can be typed.
const BANKS: &[&str] = &["국민은행", "신한은행", "우리은행", "하나은행", "농협은행", "기업은행", "카카오뱅크", "토스뱅크", "케이뱅크", "새마을금고"];

/// Asks the buyer where his money shall go; once he has said it, he can say it anew until it is there.
#[component]
pub fn RefundAccountCard(
    /// The order.
    page: Page,
) -> impl IntoView {
    let tr = use_tr();
    let asked = Memo::new(move |_| {
        let about = |order: &OrderView| {
            let open = order.offers.iter().any(|offer| offer.command == "give-refund-account");
            open.then(|| (order.id.to_string(), order.waits == Waits::RefundAccount))
        };
        page.order.read().as_ref().and_then(about)
    });
    move || asked.get().map(|(order, missing)| form(tr, page, order, missing))
}

fn form(tr: Tr, page: Page, order: String, missing: bool) -> AnyView {
    let banks = BANKS.iter().map(|bank| view! { <option value=*bank></option> }).collect_view();
    let busy = page.asks.refund_account.pending();
    view! {
        <Card title=tr.t("refund_account.title") icon="wallet">
            <p class="soft">{tr.t(if missing { "refund_account.text" } else { "refund_account.known" })}</p>
            <ActionForm action=page.asks.refund_account attr:class="form">
                <input type="hidden" name="order" value=order />
                <Field label=tr.t("refund_account.bank") name="bank" list="refund-banks" maxlength=30_u32 required=true />
                <datalist id="refund-banks">{banks}</datalist>
                <Field
                    label=tr.t("refund_account.number")
                    name="account"
                    inputmode="numeric"
                    hint=tr.t("refund_account.number_hint")
                    maxlength=30_u32
                    required=true
                />
                <Field label=tr.t("refund_account.holder") name="holder" autocomplete="name" maxlength=40_u32 required=true />
                <Button kind=ButtonKind::Primary class="btn-wide" icon="wallet" disabled=busy>
                    {tr.t("refund_account.do")}
                </Button>
            </ActionForm>
        </Card>
    }
    .into_any()
}
