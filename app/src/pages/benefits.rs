//! Coupons, points and tier on the visitor's own page, and the words that other pages share.

use super::errors::{Said, flaw, refused};
use crate::{
    api::benefits::{SetBirthday, TakeCoupon, wallet},
    components::{Button, ButtonKind, Card, EmptyState, Field, Icon, LinkButton, Table, Tag, group_digits},
    i18n::{Tr, use_tr},
    load::load,
};
use jumun::{
    membership::Tier,
    money::Won as Money,
    promotion::{CouponState, CouponTerms, Off},
    text::Words,
    time::Time,
    view::{CouponOffer, CouponView, PointsRow, WalletView},
};
use leptos::prelude::*;

/// What a coupon says: how much off, from what amount on, of which goods.
pub fn coupon_words(tr: Tr, terms: &CouponTerms) -> String {
    let off = match terms.off {
        Off::Amount { amount } => tr.with("benefits.off_amount", &[("amount", &tr.won(amount))]),
        Off::Percent { percent, most } => tr.with("benefits.off_percent", &[("percent", &percent.to_string()), ("most", &tr.won(most))]),
    };
    let minimum = (terms.minimum > Money::ZERO).then(|| tr.with("benefits.from_amount", &[("amount", &tr.won(terms.minimum))]));
    let category = terms.category.map(|category| tr.t(&format!("category.{}", category.slug())));
    [category, minimum, Some(off)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The tier's name as a tag.
pub fn tier_tag(tr: Tr, tier: Tier) -> AnyView {
    let special = tier > Tier::Basic;
    view! { <Tag brand=special>{tr.t(&format!("tier.{}", tier.slug()))}</Tag> }.into_any()
}

#[derive(Clone, Copy)]
struct Pens {
    take: ServerAction<TakeCoupon>,
    birthday: ServerAction<SetBirthday>,
}

/// The cards of a customer's page.
#[component]
pub fn Wallet() -> impl IntoView {
    let tr = use_tr();
    let pens = Pens { take: ServerAction::new(), birthday: ServerAction::new() };
    let data = load(move || (pens.take.version().get(), pens.birthday.version().get()), |_| wallet());
    let cards = move || Suspend::new(async move { data.await.ok().map(|view| cards(tr, &view, pens)) });
    view! { <Transition>{cards}</Transition> }
}

fn cards(tr: Tr, view: &WalletView, pens: Pens) -> AnyView {
    view! {
        {standing(tr, view, pens)}
        {coupons(tr, view, pens)}
        {points(tr, view)}
    }
    .into_any()
}

/// Tier, points, and the way to the next tier.
fn standing(tr: Tr, view: &WalletView, pens: Pens) -> AnyView {
    let way = view.next.map(|(next, from)| {
        let missing = (from - view.spent).at_least(Money::ZERO);
        let words = tr.with("benefits.to_next", &[("amount", &tr.won(missing)), ("tier", &tr.t(&format!("tier.{}", next.slug())))]);
        view! {
            <div class="stack stack-s">
                <progress class="meter" max=from.0.to_string() value=view.spent.0.to_string() aria-label=words.clone()></progress>
                <p class="text-s soft">{words}</p>
            </div>
        }
    });
    let kept = (!view.kept).then(|| view! { <p class="text-s soft">{tr.t("benefits.falls")}</p> });
    let held =
        (view.held > Money::ZERO).then(|| view! { <p class="text-s soft">{tr.with("benefits.held", &[("points", &tr.points(view.held))])}</p> });
    let lapsing = view.lapsing.map(|(points, day)| {
        let words = tr.with("benefits.lapsing", &[("points", &tr.points(points)), ("day", &tr.day(day))]);
        view! {
            <p class="text-s stock-low row row-nowrap">
                <Icon name="hourglass" />
                {words}
            </p>
        }
    });
    let birthday = match view.birthday {
        Some(date) => view! { <p class="text-s soft">{tr.with("benefits.birthday_known", &[("month", &date.month.to_string()), ("day", &date.day.to_string())])}</p> }.into_any(),
        None => {
            let said = refused(pens.birthday);
            view! {
                <details>
                    <summary class="link text-s">{tr.t("benefits.birthday_ask")}</summary>
                    <ActionForm action=pens.birthday attr:class="form">
                        <Field
                            label=tr.t("field.birthday")
                            name="birthday"
                            r#type="date"
                            hint=tr.t("benefits.birthday_hint")
                            autocomplete="bday"
                            required=true
                            error=flaw(tr, said, "birthday")
                        />
                        <Button>{tr.t("benefits.birthday_save")}</Button>
                    </ActionForm>
                </details>
            }
            .into_any()
        }
    };
    let (tier, points) = (tier_tag(tr, view.tier), tr.points(view.points));
    let spent = tr.with("benefits.spent", &[("amount", &tr.won(view.spent))]);
    view! {
        <Card title=tr.t("benefits.standing") icon="star">
            <div class="stack">
                <div class="row row-between">
                    <p class="row">{tier} <span class="soft">{spent}</span></p>
                    <p class="points-sum num">{points}</p>
                </div>
                {way}
                {kept}
                {lapsing}
                {held}
                {birthday}
            </div>
        </Card>
    }
    .into_any()
}

fn coupons(tr: Tr, view: &WalletView, pens: Pens) -> AnyView {
    let mine = view.coupons.iter().map(|coupon| coupon_row(tr, coupon, view.now)).collect_view();
    let offers = view.offers.iter().map(|offer| offer_row(tr, offer, pens)).collect_view();
    let offers = (!view.offers.is_empty()).then(|| {
        view! {
            <h3>{tr.t("benefits.offers")}</h3>
            <ul class="stack coupons">{offers}</ul>
        }
    });
    let empty = view
        .coupons
        .is_empty()
        .then(|| view! { <EmptyState icon="ticket" title=tr.t("benefits.no_coupons") text=tr.t("benefits.no_coupons_text") /> });
    let said = refused(pens.take);
    view! {
        <Card title=tr.t("benefits.coupons") icon="ticket">
            <div class="stack">
                <Said refusal=said />
                {empty}
                <ul class="stack coupons">{mine}</ul>
                {offers}
                <ActionForm action=pens.take attr:class="form-inline">
                    <Field label=tr.t("benefits.code") name="code" maxlength=20 required=true autocomplete="off" />
                    <Button>{tr.t("benefits.take_code")}</Button>
                </ActionForm>
            </div>
        </Card>
    }
    .into_any()
}

/// What a coupon is, where it can be used and until when.
fn face(tr: Tr, name: &Words, store: Option<&Words>, terms: &CouponTerms, until: Time) -> AnyView {
    let whose = store.map_or_else(|| tr.t("benefits.anywhere"), |store| tr.with("benefits.at_store", &[("store", &tr.of(store))]));
    view! {
        <div>
            <p class="strong">{tr.of(name)}</p>
            <p>{coupon_words(tr, terms)}</p>
            <p class="text-s soft">{whose}" · "{tr.with("benefits.until", &[("day", &until.kst_date().to_string())])}</p>
        </div>
    }
    .into_any()
}

fn coupon_row(tr: Tr, coupon: &CouponView, now: Time) -> AnyView {
    let over = coupon.state == CouponState::Ready && coupon.valid_until < now;
    let (key, class) = match (coupon.state, over) {
        (CouponState::Ready, true) => ("benefits.state.expired", "coupon coupon-over"),
        (CouponState::Ready, false) => ("benefits.state.ready", "coupon"),
        (CouponState::Held, _) => ("benefits.state.held", "coupon coupon-over"),
        (CouponState::Used, _) => ("benefits.state.used", "coupon coupon-over"),
    };
    let order = coupon.order.as_ref().map(|number| {
        view! {
            <a class="link text-s" href=format!("/orders/{number}")>
                {number.to_string()}
            </a>
        }
    });
    view! {
        <li class=class>
            {face(tr, &coupon.name, coupon.store.as_ref(), &coupon.terms, coupon.valid_until)} <p class="stack stack-s end">
                <Tag>{tr.t(key)}</Tag>
                {order}
            </p>
        </li>
    }
    .into_any()
}

fn offer_row(tr: Tr, offer: &CouponOffer, pens: Pens) -> AnyView {
    let face = face(tr, &offer.name, offer.store.as_ref(), &offer.terms, offer.until);
    let code = offer.code.clone();
    view! {
        <li class="coupon">
            {face} <ActionForm action=pens.take>
                <input type="hidden" name="code" value=code />
                <Button kind=ButtonKind::Primary class="btn-s">
                    {tr.t("benefits.take")}
                </Button>
            </ActionForm>
        </li>
    }
    .into_any()
}

/// The last movements of points.
fn points(tr: Tr, view: &WalletView) -> AnyView {
    if view.moves.is_empty() {
        return view! {
            <Card title=tr.t("benefits.points_title") icon="coins">
                <EmptyState icon="coins" title=tr.t("benefits.no_points") text=tr.t("benefits.no_points_text")>
                    <LinkButton href="/">{tr.t("errors.to_home")}</LinkButton>
                </EmptyState>
            </Card>
        }
        .into_any();
    }
    let rows = view.moves.iter().map(|row| move_row(tr, row)).collect_view();
    view! {
        <Card title=tr.t("benefits.points_title") icon="coins" class="card-flush">
            <Table caption=tr.t("benefits.points_title")>
                <thead>
                    <tr>
                        <th scope="col">{tr.t("benefits.when")}</th>
                        <th scope="col">{tr.t("benefits.what")}</th>
                        <th scope="col" class="end">
                            {tr.t("benefits.points")}
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </Card>
    }
    .into_any()
}

fn move_row(tr: Tr, row: &PointsRow) -> AnyView {
    let order = row.order.as_ref().map(|number| {
        view! {
            <a class="link text-s" href=format!("/orders/{number}")>
                {number.to_string()}
            </a>
        }
    });
    let sign = if row.points < Money::ZERO { "−" } else { "+" };
    view! {
        <tr>
            <td>{row.at.kst_date().to_string()}</td>
            <td>
                <div>{tr.t(&format!("event.{}", row.event.replace('.', "_")))} " " {order}</div>
            </td>
            <td class="end num">{format!("{sign}{}", group_digits(row.points.0.unsigned_abs()))}</td>
        </tr>
    }
    .into_any()
}
