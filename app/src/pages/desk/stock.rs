//! Units by option and warehouse; receiving and adjusting them.

use super::{
    board::encode,
    console::{Console, Counts, page_head},
};
use crate::{
    api::{
        self,
        desk::{AdjustStock, ReceiveGoods},
    },
    components::{Button, ButtonKind, Card, EmptyState, Field, Icon, LinkButton, Notice, Skeleton, Table, Tone, group_digits},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        errors::{Problem, Said, refused},
        frame::Head,
    },
};
use jumun::view::{StockRow, StockView};
use leptos::prelude::*;
use leptos_router::{components::Form, hooks::use_query_map};
use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
};

#[derive(Clone, Copy)]
struct Work {
    receive: ServerAction<ReceiveGoods>,
    adjust: ServerAction<AdjustStock>,
}

/// `/desk/stock`
#[component]
pub fn Stock() -> impl IntoView {
    let tr = use_tr();
    let query = use_query_map();
    let q = Memo::new(move |_| query.read().get("q").filter(|q| !q.trim().is_empty()));
    let open = Memo::new(move |_| query.read().get("row").filter(|row| !row.is_empty()));
    let desk = load(|| (), |()| api::desk::desk());
    let counts = Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    let data = load(move || q.get(), api::desk::stock);
    let work = Work { receive: ServerAction::new(), adjust: ServerAction::new() };
    let (received, adjusted) = (work.receive.value(), work.adjust.value());
    Effect::new(move |_| {
        if matches!(received.get(), Some(Ok(()))) || matches!(adjusted.get(), Some(Ok(()))) {
            data.refetch();
        }
    });
    // Only the last of the two forms has something to say.
    let (receiving, adjusting) = (work.receive.pending(), work.adjust.pending());
    Effect::new(move |_| {
        if receiving.get() {
            adjusted.set(None);
        }
    });
    Effect::new(move |_| {
        if adjusting.get() {
            received.set(None);
        }
    });
    // What was said about one row does not belong to the next.
    Effect::new(move |before: Option<Option<String>>| {
        let row = open.get();
        if before.is_some_and(|before| before != row) {
            received.set(None);
            adjusted.set(None);
        }
        row
    });
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => table(tr, &view, q.get_untracked(), open.get(), work),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Console counts=counts>
            <Head title=tr.t("desk.stock") />
            {page_head(tr.t("desk.stock"), tr.t("desk.stock_page.about"))}
            <Form method="GET" action="" attr:class="board-tools" attr:role="search">
                <div class="search">
                    <Icon name="search" />
                    <input
                        class="input"
                        type="search"
                        name="q"
                        value=q.get_untracked()
                        prop:value=move || q.get().unwrap_or_default()
                        placeholder=tr.t("desk.stock_page.find")
                        aria-label=tr.t("desk.stock_page.find")
                        maxlength="60"
                    />
                </div>
            </Form>
            <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>{shown}</Transition>
        </Console>
    }
}

/// Units with their thousands apart.
fn group(units: i64) -> String {
    let sign = if units < 0 { "−" } else { "" };
    format!("{sign}{}", group_digits(units.unsigned_abs()))
}

fn row_name(row: &StockRow) -> String {
    format!("{}:{}", row.warehouse, row.variant)
}

fn table(tr: Tr, view: &StockView, q: Option<String>, open: Option<String>, work: Work) -> AnyView {
    if view.rows.is_empty() {
        return if q.is_some() {
            view! {
                <EmptyState icon="search" title=tr.t("desk.stock_page.nothing_found") text=tr.t("desk.nothing_found_text")>
                    <LinkButton href="/desk/stock">{tr.t("desk.stock_page.all")}</LinkButton>
                </EmptyState>
            }
            .into_any()
        } else {
            view! { <EmptyState icon="boxes" title=tr.t("desk.stock_page.empty") text=tr.t("desk.stock_page.empty_text") /> }.into_any()
        };
    }
    let label = move |key: &str| tr.t(&format!("desk.col.{key}"));
    let address = |row: Option<&str>| {
        let q = q.as_ref().map(|q| format!("q={}", encode(q)));
        let row = row.map(|row| format!("row={}", encode(row)));
        let query: Vec<String> = q.into_iter().chain(row).collect();
        if query.is_empty() { "/desk/stock".to_owned() } else { format!("/desk/stock?{}", query.join("&")) }
    };
    let rows = view
        .rows
        .iter()
        .map(|row| {
            let name = row_name(row);
            let is_open = open.as_ref() == Some(&name);
            let (href, word, icon) = if is_open {
                (address(None), tr.t("desk.stock_page.close"), "chevron-up")
            } else {
                (format!("{}#work", address(Some(&name))), tr.t("desk.stock_page.open"), "pen")
            };
            let available = if row.available <= 0 { "tone-trouble tone-text" } else { "" };
            view! {
                <tr aria-selected=is_open.then_some("true")>
                    <td data-label=label("product")>
                        <div>
                            <a class="main-link" href=format!("/products/{}", row.product)>
                                {tr.of(&row.title)}
                            </a>
                            <span class="sub">{tr.of(&row.option)}" · "<span class="mono">{row.variant.to_string()}</span></span>
                        </div>
                    </td>
                    <td data-label=label("warehouse")>{tr.of(&row.warehouse_name)}</td>
                    <td class="end" data-label=label("available")>
                        <span class=available>{group(row.available)}</span>
                    </td>
                    <td class="end" data-label=label("held")>
                        {group(row.held)}
                    </td>
                    <td class="end" data-label=label("committed")>
                        {group(row.committed)}
                    </td>
                    <td class="end" data-label=label("in_transit")>
                        {group(row.in_transit)}
                    </td>
                    <td class="end">
                        <LinkButton href=href icon=icon class="btn-s">
                            {word}
                        </LinkButton>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let column = move |key: &str, class: &'static str| {
        view! {
            <th scope="col" class=class>
                {label(key)}
            </th>
        }
    };
    let chosen = view.rows.iter().find(|row| open.as_deref() == Some(row_name(row).as_str())).map(|row| forms(tr, row, work));
    view! {
        <div class="stack">
            {chosen} <Table caption=tr.t("desk.stock") class="board-table table-cards">
                <thead>
                    <tr>
                        {column("product", "")} {column("warehouse", "")} {column("available", "end")} {column("held", "end")}
                        {column("committed", "end")} {column("in_transit", "end")} {column("work", "end")}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </div>
    }
    .into_any()
}

/// A key that no form had before, so that a double click does the work once. The server draws one with the page; the
/// browser, whose hasher is not random, draws its own.
pub(super) fn form_key() -> RwSignal<String> {
    let draw = || RandomState::new().build_hasher().finish();
    let key = RwSignal::new(format!("{:016x}{:016x}", draw(), draw()));
    Effect::new(move |_| {
        use web_sys::js_sys::{Date, Math};
        key.set(format!("{:x}-{:x}", Date::now().to_bits(), Math::random().to_bits()));
    });
    key
}

/// Receiving and adjusting the units of one row.
fn forms(tr: Tr, row: &StockRow, work: Work) -> AnyView {
    let Work { receive, adjust } = work;
    let (warehouse, variant) = (row.warehouse.to_string(), row.variant.to_string());
    let target = move || {
        let (warehouse, variant) = (warehouse.clone(), variant.clone());
        let key = form_key();
        view! {
            <input type="hidden" name="warehouse" value=warehouse />
            <input type="hidden" name="variant" value=variant />
            <input type="hidden" name="key" value=key />
        }
    };
    let (to_receive, to_adjust) = (target.clone(), target);
    let (receiving, adjusting) = (Signal::from(receive.pending()), Signal::from(adjust.pending()));
    let done = move || {
        let done = matches!(receive.value().get(), Some(Ok(()))) || matches!(adjust.value().get(), Some(Ok(())));
        done.then(|| view! { <Notice tone=Tone::Done title=tr.t("desk.stock_page.done") /> })
    };
    let title = format!("{} · {} · {}", tr.of(&row.title), tr.of(&row.option), tr.of(&row.warehouse_name));
    view! {
        <div id="work">
            <Card title=title icon="pen">
                <div class="stack">
                    {done} <Said refusal=refused(receive) /> <Said refusal=refused(adjust) /> <div class="grid-2">
                        <ActionForm action=receive attr:class="stack stack-s">
                            {to_receive()}
                            <Field
                                label=tr.t("desk.receive.quantity")
                                name="quantity"
                                id="receive-quantity"
                                r#type="number"
                                inputmode="numeric"
                                min="1"
                                max="9999"
                                value="1"
                                required=true
                            />
                            <div>
                                <Button kind=ButtonKind::Primary icon="package-check" disabled=receiving>
                                    {tr.t("command.receive-goods")}
                                </Button>
                            </div>
                        </ActionForm>
                        <ActionForm action=adjust attr:class="stack stack-s">
                            {to_adjust()}
                            <div class="form-row">
                                <Field
                                    label=tr.t("desk.adjust.delta")
                                    name="delta"
                                    id="adjust-delta"
                                    r#type="number"
                                    hint=tr.t("desk.adjust.delta_hint")
                                    min="-9999"
                                    max="9999"
                                    required=true
                                />
                                <Field label=tr.t("desk.adjust.reason") name="reason" id="adjust-reason" maxlength=200 required=true />
                            </div>
                            <div>
                                <Button icon="scale" disabled=adjusting>
                                    {tr.t("command.adjust-stock")}
                                </Button>
                            </div>
                        </ActionForm>
                    </div>
                </div>
            </Card>
        </div>
    }
    .into_any()
}
