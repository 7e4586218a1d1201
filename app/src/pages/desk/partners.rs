//! Whom the store buys of and how it asks them, and how it fills its own shelf.

use super::console::{Console, Counts, page_head};
use crate::{
    api::{self, desk::Restock, partners::AskPartner},
    components::{Button, ButtonKind, Card, Choice, EmptyState, Field, Icon, Select, Skeleton, StatusBadge, TabItem, Tabs, Tag, TextArea, Tone, Won},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        admin::console::after,
        errors::{Problem, Said, flaw, refused},
        frame::Head,
    },
};
use jumun::{
    partner::Standing,
    view::{AgreementRow, PartnersView, RestockRow},
};
use leptos::prelude::*;

/// `/desk/partners`
#[component]
pub fn Partners() -> impl IntoView {
    let tr = use_tr();
    let desk = load(|| (), |()| api::desk::desk());
    let data = load(|| (), |()| api::desk::partners());
    let (restock, ask) = (ServerAction::<Restock>::new(), ServerAction::<AskPartner>::new());
    after(ask, move || data.refetch());
    let counts = Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => body(tr, &view, restock, ask),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Console counts=counts>
            <Head title=tr.t("desk.partners.title") />
            {page_head(tr.t("desk.partners.title"), tr.t("desk.partners.about"))}
            <div class="stack">
                {ways(tr, false)} <Said refusal=refused(restock) />
                <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

/// The two sides of a store's partners.
pub(super) fn ways(tr: Tr, selling: bool) -> AnyView {
    let items = vec![
        TabItem::new("/desk/partners", tr.t("partners.buying_tab"), !selling),
        TabItem::new("/desk/partners/selling", tr.t("partners.selling_tab"), selling),
    ];
    view! { <Tabs items=items label=tr.t("desk.partners.title") /> }.into_any()
}

/// How somebody stands: a word, an icon and a tone.
pub fn standing(tr: Tr, standing: Standing) -> AnyView {
    let (tone, icon) = match standing {
        Standing::Applied => (Tone::Waiting, "hourglass"),
        Standing::Approved => (Tone::Done, "check"),
        Standing::Suspended => (Tone::Trouble, "pause"),
        Standing::Rejected => (Tone::Neutral, "ban"),
    };
    view! { <StatusBadge tone=tone icon=icon label=tr.t(&format!("standing.{}", standing.slug())) /> }.into_any()
}

/// An agreement, with what can be done about it.
pub(super) fn case(tr: Tr, row: &AgreementRow, acts: Option<AnyView>) -> AnyView {
    let lang = tr.0.code();
    let fact = |name: String, value: AnyView| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let label = move |key: &str| tr.t(&format!("desk.partners.{key}"));
    let money = row.standing.has_terms().then(|| {
        let amounts = [("limit", row.credit_limit), ("owed", row.owed), ("left", row.left())];
        amounts.map(|(key, amount)| fact(label(key), view! { <Won amount=amount.0 lang=lang /> }.into_any())).collect_view()
    });
    let number = row.business_number.clone();
    let since = if row.standing == Standing::Applied { tr.t("partners.asked_on") } else { label("since") };
    let message = row.message.clone().map(|text| fact(tr.t("partners.message"), text.into_any()));
    let reason = row.reason.clone().map(|text| fact(tr.t("field.reason"), text.into_any()));
    view! {
        <li class="case">
            <div class="case-mark">{standing(tr, row.standing)}</div>
            <div class="case-main">
                <p class="case-title">{tr.of(&row.name)}</p>
                <p class="case-sub">
                    <Tag>{number}</Tag>
                </p>
                <dl class="case-facts">{money} {fact(since, row.since.kst_date().to_string().into_any())} {message} {reason}</dl>
            </div>
            <div class="case-side">{acts}</div>
        </li>
    }
    .into_any()
}

fn body(tr: Tr, view: &PartnersView, restock: ServerAction<Restock>, ask: ServerAction<AskPartner>) -> AnyView {
    let partners = if view.partners.is_empty() {
        view! { <EmptyState icon="store" title=tr.t("desk.partners.empty") text=tr.t("desk.partners.empty_text") /> }.into_any()
    } else {
        let rows = view.partners.iter().map(|partner| case(tr, partner, None)).collect_view();
        view! { <ul class="cases">{rows}</ul> }.into_any()
    };
    let warehouses: Vec<Choice> = view.warehouses.iter().map(|(id, name)| Choice::new(id.to_string(), tr.of(name))).collect();
    let goods = view.goods.iter().map(|row| goods_row(tr, row, &warehouses, restock)).collect_view();
    let goods = (!view.goods.is_empty()).then(|| {
        view! {
            <Card title=tr.t("desk.partners.goods") icon="boxes">
                <ul class="source-list">{goods}</ul>
            </Card>
        }
    });
    view! { <div class="stack">{partners} {ask_form(tr, view, ask)} {goods}</div> }.into_any()
}

/// Asking another store of the chain to sell on credit.
fn ask_form(tr: Tr, view: &PartnersView, ask: ServerAction<AskPartner>) -> Option<AnyView> {
    if !view.manager || view.others.is_empty() {
        return None;
    }
    let choices = view.others.iter().map(|(id, name)| Choice::new(id.to_string(), tr.of(name))).collect::<Vec<_>>();
    let said = refused(ask);
    let busy = ask.pending();
    Some(
        view! {
            <Card title=tr.t("partners.ask") icon="plus">
                <ActionForm action=ask attr:class="stack stack-s">
                    <Said refusal=said />
                    <p class="soft">{tr.t("partners.ask_about")}</p>
                    <Select label=tr.t("field.seller") name="seller" choices=choices required=true />
                    <TextArea
                        label=tr.t("field.message")
                        name="message"
                        rows=2
                        maxlength=200
                        required=true
                        hint=tr.t("partners.message_hint")
                        error=flaw(tr, said, "message")
                    />
                    <div>
                        <Button kind=ButtonKind::Primary icon="send" disabled=busy>
                            {tr.t("partners.ask_do")}
                        </Button>
                    </div>
                </ActionForm>
            </Card>
        }
        .into_any(),
    )
}

/// Goods that a partner sells too: what is here, what he asks for, and the form that buys.
fn goods_row(tr: Tr, row: &RestockRow, warehouses: &[Choice], restock: ServerAction<Restock>) -> AnyView {
    let offer = &row.offer;
    let name = [tr.of(&row.title), tr.of(&row.option)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let steps = offer.steps.iter().map(|step| tr.with("desk.partners.step", &[("n", &step.from.to_string()), ("price", &tr.won(step.price))]));
    let terms = [
        tr.of(&offer.seller_name),
        tr.with("order.sources.stock", &[("n", &offer.available.to_string())]),
        tr.with("order.sources.lead", &[("n", &offer.lead_days.to_string())]),
    ];
    let terms = terms.into_iter().chain(steps).collect::<Vec<_>>().join(" · ");
    let here = tr.with("desk.partners.here", &[("n", &row.available.to_string())]);
    let busy = Signal::from(restock.pending());
    let field = format!("{}-{}", offer.ours, offer.variant);
    let (ours, theirs, least, most) = (offer.ours.to_string(), offer.variant.to_string(), offer.least.to_string(), offer.available.to_string());
    let warehouses = warehouses.to_vec();
    let form = (offer.available >= offer.least).then(|| {
        view! {
            <details class="source-outside">
                <summary>{tr.t("desk.partners.buy")}</summary>
                <ActionForm action=restock attr:class="form">
                    <input type="hidden" name="variant" value=ours />
                    <input type="hidden" name="partner_variant" value=theirs />
                    <div class="grid-2">
                        <Field
                            label=tr.t("order.sources.buy.units")
                            name="quantity"
                            id=format!("units-{field}")
                            r#type="number"
                            inputmode="numeric"
                            value=least.clone()
                            min=least
                            max=most
                            required=true
                        />
                        <Select label=tr.t("desk.partners.to") name="warehouse" id=format!("to-{field}") choices=warehouses required=true />
                    </div>
                    <Button kind=ButtonKind::Primary icon="send" disabled=busy>
                        {tr.t("order.sources.buy.do")}
                    </Button>
                </ActionForm>
            </details>
        }
    });
    view! {
        <li class="source">
            <span class="source-who">
                <Icon name="package" />
                <span>
                    <strong>{name}</strong>
                    " "
                    <span class="soft nowrap">{here}</span>
                    <span class="source-margin">{terms}</span>
                </span>
            </span>
            {form}
        </li>
    }
    .into_any()
}
