//! Coupon and points at the checkout.

use super::place::Bill;
use crate::{
    components::{Choice, Field, Select},
    i18n::Tr,
    pages::benefits::{coupon_words, tier_tag},
};
use jumun::{money::Won as Money, refusal::Refusal, view::CheckoutBenefits};
use leptos::prelude::*;

/// What a member can use. A visitor without an account sees that there would be something.
pub(super) fn benefits(tr: Tr, has: Option<&CheckoutBenefits>, bill: Bill) -> AnyView {
    let Some(has) = has else {
        return view! {
            <fieldset class="part">
                <h2>{tr.t("benefits.title")}</h2>
                <p class="soft">{tr.t("benefits.for_members")}</p>
            </fieldset>
        }
        .into_any();
    };
    let mut choices = vec![Choice::new("", tr.t(if has.coupons.is_empty() { "benefits.no_coupon" } else { "benefits.without_coupon" }))];
    for choice in &has.coupons {
        let name = tr.of(&choice.coupon.name);
        let (note, disabled) = match (&choice.off, &choice.problem) {
            (Some(off), _) => (tr.with("benefits.takes_off", &[("amount", &tr.won(*off))]), false),
            (None, Some(Refusal::CouponCondition { .. })) => (coupon_words(tr, &choice.coupon.terms), true),
            (None, _) => (tr.t("benefits.not_now"), true),
        };
        choices.push(Choice { disabled, ..Choice::new(choice.coupon.issue.to_string(), format!("{name} · {note}")) });
    }
    let tier = (has.tier_percent > 0).then(|| {
        view! { <p class="row">{tier_tag(tr, has.tier)} <span>{tr.with("benefits.tier_off", &[("percent", &has.tier_percent.to_string())])}</span></p> }
    });
    let objects = move |coupon: bool| {
        Signal::derive(move || {
            bill.objection
                .get()
                .filter(|refusal| {
                    let of_points =
                        matches!(refusal, Refusal::NotEnoughPoints { .. }) || matches!(refusal, Refusal::Invalid { field, .. } if field == "points");
                    of_points != coupon
                })
                .map_or_else(String::new, |refusal| tr.refusal(&refusal))
        })
    };
    let points = has.points;
    let hint = tr.with("benefits.points_hint", &[("points", &tr.points(points))]);
    let all = (points > Money::ZERO).then(|| {
        let label = tr.t("benefits.all_points");
        let use_all = move |_| bill.use_points(points);
        view! {
            <button class="btn btn-s only-scripted" type="button" on:click=use_all>
                {label}
            </button>
        }
    });
    let field = move |_presses: u32| {
        view! {
            <Field
                label=tr.t("benefits.points")
                name="points"
                value=bill.points.get_untracked()
                inputmode="numeric"
                maxlength=9
                hint=hint.clone()
                optional_label=tr.t("checkout.optional")
                error=objects(false)
                on_input=Callback::new(move |text: String| bill.points.set(text.trim().to_owned()))
            />
        }
    };
    view! {
        <fieldset class="part">
            <h2>{tr.t("benefits.title")}</h2>
            {tier}
            <Select
                label=tr.t("benefits.coupon")
                name="coupon"
                choices=choices
                value=bill.coupon.get_untracked()
                error=objects(true)
                on_change=Callback::new(move |issue| bill.coupon.set(issue))
            />
            <div class="field-row">
                <For each=move || std::iter::once(bill.presses.get()) key=|presses| *presses children=field />
                {all}
            </div>
            {super::place::check(tr, "benefits.apply")}
        </fieldset>
    }
    .into_any()
}
