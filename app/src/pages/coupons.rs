//! The coupons that a store or the chain gives out: the list, a form for a new one, and an end to an old one. The desk and
//! head office show the same.

use super::{
    benefits::coupon_words,
    errors::{Problem, Said, flaw, refused},
};
use crate::{
    api::benefits::{GiveCoupon, StopCoupon, coupons},
    components::{Button, ButtonKind, Card, Checkbox, Choice, Confirm, EmptyState, Field, Select, Skeleton, Table, Tag, group_digits},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
};
use jumun::{
    catalogue::Category,
    time::{Span, Time},
    view::{CouponRow, CouponsView},
};
use leptos::prelude::*;

/// List and form. The chain's coupons say how much of them the seller pays.
#[component]
pub fn Coupons(
    /// Head office looks.
    chain: bool,
) -> impl IntoView {
    let tr = use_tr();
    let (give, stop) = (ServerAction::<GiveCoupon>::new(), ServerAction::<StopCoupon>::new());
    let data = load(move || chain, coupons);
    // What was refused leaves the form as it is.
    let (given, stopped) = (give.value(), stop.value());
    Effect::new(move |_| {
        if matches!(given.get(), Some(Ok(()))) || matches!(stopped.get(), Some(Ok(()))) {
            data.refetch();
        }
    });
    let page = move || {
        Suspend::new(async move {
            match data.await {
                Ok(view) => sheet(tr, &view, chain, give, stop),
                Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=move || view! { <Skeleton lines=6 label=tr.t("frame.loading") /> }>{page}</Transition> }
}

fn sheet(tr: Tr, view: &CouponsView, chain: bool, give: ServerAction<GiveCoupon>, stop: ServerAction<StopCoupon>) -> AnyView {
    let list = if view.rows.is_empty() {
        view! { <EmptyState icon="ticket" title=tr.t("coupons.empty") text=tr.t("coupons.empty_text") /> }.into_any()
    } else {
        let rows = view.rows.iter().map(|row| row_view(tr, row, view.now, stop)).collect_view();
        let column = move |key: &str, class: &'static str| {
            let label = tr.t(&format!("coupons.col.{key}"));
            view! {
                <th scope="col" class=class>
                    {label}
                </th>
            }
        };
        view! {
            <Table caption=tr.t("coupons.title") class="board-table table-cards">
                <thead>
                    <tr>
                        {column("name", "")} {column("terms", "")} {column("until", "")} {column("given", "end")} {column("used", "end")}
                        {column("state", "")} {column("work", "end")}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
        .into_any()
    };
    view! {
        <div class="stack">
            <Said refusal=refused(stop) />
            {list}
            {form(tr, view.now, chain, give)}
        </div>
    }
    .into_any()
}

fn row_view(tr: Tr, row: &CouponRow, now: Time, stop: ServerAction<StopCoupon>) -> AnyView {
    let label = move |key: &str| tr.t(&format!("coupons.col.{key}"));
    let live = row.stopped_at.is_none() && row.until > now && row.given < row.total;
    let state = if row.stopped_at.is_some() {
        "coupons.state.stopped"
    } else if row.until <= now {
        "coupons.state.over"
    } else if row.given >= row.total {
        "coupons.state.gone"
    } else {
        "coupons.state.live"
    };
    let end = live.then(|| {
        let id = row.id.to_string();
        view! {
            <Confirm label=tr.t("coupons.stop") title=tr.with("coupons.stop_title", &[("name", &tr.of(&row.name))])>
                <p>{tr.t("coupons.stop_text")}</p>
                <ActionForm action=stop>
                    <input type="hidden" name="coupon" value=id.clone() />
                    <Button kind=ButtonKind::DangerSolid class="btn-wide">
                        {tr.t("coupons.stop_do")}
                    </Button>
                </ActionForm>
            </Confirm>
        }
    });
    let shown = if row.listed { "coupons.listed" } else { "coupons.by_code" };
    view! {
        <tr>
            <td data-label=label("name")>
                <div>
                    <span class="strong">{tr.of(&row.name)}</span>
                    <span class="sub">
                        <span class="mono">{row.code.clone()}</span>
                        " · "
                        {tr.t(shown)}
                    </span>
                </div>
            </td>
            <td data-label=label("terms")>{coupon_words(tr, &row.terms)}</td>
            <td data-label=label("until")>{row.until.kst_date().to_string()}</td>
            <td class="end" data-label=label("given")>
                {format!("{} / {}", group_digits(u64::from(row.given)), group_digits(u64::from(row.total)))}
            </td>
            <td class="end" data-label=label("used")>
                {group_digits(u64::from(row.used))}
            </td>
            <td data-label=label("state")>
                <Tag>{tr.t(state)}</Tag>
            </td>
            <td class="end">{end}</td>
        </tr>
    }
    .into_any()
}

fn form(tr: Tr, now: Time, chain: bool, give: ServerAction<GiveCoupon>) -> AnyView {
    let said = refused(give);
    let kinds = ["amount", "percent"].map(|kind| Choice::new(kind, tr.t(&format!("coupons.kind.{kind}"))));
    let categories = std::iter::once(Choice::new("", tr.t("coupons.all_goods")))
        .chain(Category::ALL.iter().map(|category| Choice::new(category.slug(), tr.t(&format!("category.{}", category.slug())))))
        .collect();
    let month = (now + Span::days(30)).kst_date().to_string();
    let share = chain.then(|| {
        view! {
            <Field
                label=tr.t("field.seller_percent")
                name="seller_percent"
                r#type="number"
                value="0"
                min="0"
                max="100"
                hint=tr.t("coupons.seller_percent_hint")
                error=flaw(tr, said, "seller_percent")
            />
        }
    });
    let key = format!("coupon-{}", now.0);
    let pending = give.pending();
    view! {
        <Card title=tr.t("coupons.new") icon="plus">
            <div class="stack">
                <Said refusal=said />
                <ActionForm action=give attr:class="form">
                    <input type="hidden" name="key" value=key />
                    <div class="form-row">
                        <Field label=tr.t("coupons.name") name="name" maxlength=60 required=true error=flaw(tr, said, "name") />
                        <Field label=tr.t("coupons.name_en") name="name_en" maxlength=80 optional_label=tr.t("checkout.optional") />
                    </div>
                    <div class="form-row">
                        <Field
                            label=tr.t("field.code")
                            name="code"
                            maxlength=20
                            required=true
                            hint=tr.t("coupons.code_hint")
                            autocomplete="off"
                            error=flaw(tr, said, "code")
                        />
                        <Field label=tr.t("field.until") name="until" r#type="date" value=month required=true error=flaw(tr, said, "until") />
                    </div>
                    <div class="form-row">
                        <Select label=tr.t("field.kind") name="kind" choices=kinds.to_vec() value="amount" error=flaw(tr, said, "kind") />
                        <Field
                            label=tr.t("coupons.value")
                            name="value"
                            r#type="number"
                            min="1"
                            required=true
                            hint=tr.t("coupons.value_hint")
                            error=Signal::derive(move || [flaw(tr, said, "amount"), flaw(tr, said, "percent")].map(|flaw| flaw.get()).concat())
                        />
                        <Field
                            label=tr.t("field.most")
                            name="most"
                            r#type="number"
                            min="100"
                            hint=tr.t("coupons.most_hint")
                            optional_label=tr.t("coupons.for_percent")
                            error=flaw(tr, said, "most")
                        />
                    </div>
                    <div class="form-row">
                        <Field label=tr.t("field.minimum") name="minimum" r#type="number" value="0" min="0" error=flaw(tr, said, "minimum") />
                        <Select label=tr.t("field.category") name="category" choices=categories error=flaw(tr, said, "category") />
                    </div>
                    <div class="form-row">
                        <Field
                            label=tr.t("field.per_customer")
                            name="per_customer"
                            r#type="number"
                            value="1"
                            min="1"
                            max="100"
                            required=true
                            error=flaw(tr, said, "per_customer")
                        />
                        <Field
                            label=tr.t("field.total")
                            name="total"
                            r#type="number"
                            value="100"
                            min="1"
                            required=true
                            error=flaw(tr, said, "total")
                        />
                        {share}
                    </div>
                    <Checkbox label=tr.t("coupons.list_it") name="listed" checked=true hint=tr.t("coupons.list_hint") />
                    <Button kind=ButtonKind::Primary disabled=pending>
                        {tr.t("coupons.give")}
                    </Button>
                </ActionForm>
            </div>
        </Card>
    }
    .into_any()
}
