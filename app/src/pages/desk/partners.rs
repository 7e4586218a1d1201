//! Whom the store buys of, and how it fills its own shelf.

use super::console::{Console, Counts, page_head};
use crate::{
    api::{self, desk::Restock},
    components::{Button, ButtonKind, Card, Choice, EmptyState, Field, Icon, Select, Skeleton, Table, Won},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        errors::{Problem, Said, refused},
        frame::Head,
    },
};
use jumun::view::{PartnersView, RestockRow};
use leptos::prelude::*;

/// `/desk/partners`
#[component]
pub fn Partners() -> impl IntoView {
    let tr = use_tr();
    let desk = load(|| (), |()| api::desk::desk());
    let data = load(|| (), |()| api::desk::partners());
    let restock = ServerAction::<Restock>::new();
    let counts = Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => body(tr, &view, restock),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Console counts=counts>
            <Head title=tr.t("desk.partners.title") />
            {page_head(tr.t("desk.partners.title"), tr.t("desk.partners.about"))}
            <Said refusal=refused(restock) />
            <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>{shown}</Transition>
        </Console>
    }
}

fn body(tr: Tr, view: &PartnersView, restock: ServerAction<Restock>) -> AnyView {
    if view.partners.is_empty() {
        return view! { <EmptyState icon="store" title=tr.t("desk.partners.empty") text=tr.t("desk.partners.empty_text") /> }.into_any();
    }
    let lang = tr.0.code();
    let label = move |key: &str| tr.t(&format!("desk.partners.{key}"));
    let partners = view
        .partners
        .iter()
        .map(|partner| {
            let left = (partner.credit_limit - partner.owed).at_least(jumun::money::Won::ZERO);
            view! {
                <tr>
                    <td class="col-num strong">{tr.of(&partner.name)}</td>
                    <td class="end" data-label=label("limit")>
                        <Won amount=partner.credit_limit.0 lang=lang />
                    </td>
                    <td class="end" data-label=label("owed")>
                        <Won amount=partner.owed.0 lang=lang />
                    </td>
                    <td class="end" data-label=label("left")>
                        <Won amount=left.0 lang=lang />
                    </td>
                    <td class="nowrap" data-label=label("since")>
                        {partner.since.kst_date().to_string()}
                    </td>
                </tr>
            }
        })
        .collect_view();
    let warehouses: Vec<Choice> = view.warehouses.iter().map(|(id, name)| Choice::new(id.to_string(), tr.of(name))).collect();
    let goods = view.goods.iter().map(|row| goods_row(tr, row, &warehouses, restock)).collect_view();
    view! {
        <div class="stack">
            <Table caption=tr.t("desk.partners.title") class="board-table table-cards">
                <thead>
                    <tr>
                        <th scope="col">{label("name")}</th>
                        <th scope="col" class="end">
                            {label("limit")}
                        </th>
                        <th scope="col" class="end">
                            {label("owed")}
                        </th>
                        <th scope="col" class="end">
                            {label("left")}
                        </th>
                        <th scope="col">{label("since")}</th>
                    </tr>
                </thead>
                <tbody>{partners}</tbody>
            </Table>
            <Card title=tr.t("desk.partners.goods") icon="boxes">
                <ul class="source-list">{goods}</ul>
            </Card>
        </div>
    }
    .into_any()
}

/// Goods that a partner sells too: what is here, what he asks for, and the form that buys.
fn goods_row(tr: Tr, row: &RestockRow, warehouses: &[Choice], restock: ServerAction<Restock>) -> AnyView {
    let offer = &row.offer;
    let name = [tr.of(&row.title), tr.of(&row.option)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let steps = offer.steps.iter().map(|(from, price)| tr.with("desk.partners.step", &[("n", &from.to_string()), ("price", &tr.won(*price))]));
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
