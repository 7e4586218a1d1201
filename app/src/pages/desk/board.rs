//! One board: a dense table of the orders that stand there.

use super::console::{Console, Counts, News, is_late};
use crate::{
    api::{
        self,
        desk::{BulkCommand, ORDER},
    },
    components::{Button, ButtonKind, Choice, EmptyState, Field, Icon, LinkButton, Notice, Pager, Select, Skeleton, Table, Tag, Tone, Won},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        errors::Problem,
        frame::Head,
        order_parts::{age, row_badges, waits_words},
    },
};
use jumun::{
    ids::{OrderNumber, PartyId},
    order::{Kind, Waits},
    refusal::{Problem::Missing, Refusal},
    time::Time,
    view::{BoardQuery, BoardView, OrderRow, bulk_commands},
};
use leptos::{ev, prelude::*};
use leptos_router::{
    components::Form,
    hooks::{use_params_map, use_query_map},
};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

type Found = Option<Result<BoardView, Refused>>;

/// `/desk/boards/:board`
#[component]
pub fn Board() -> impl IntoView {
    let tr = use_tr();
    let (params, query) = (use_params_map(), use_query_map());
    let board = Memo::new(move |_| params.read().get("board").unwrap_or_default());
    let wish = Memo::new(move |_| {
        let field = |name: &str| query.read().get(name).filter(|text| !text.trim().is_empty());
        BoardQuery {
            q: field("q"),
            from: field("from"),
            to: field("to"),
            least: field("least"),
            most: field("most"),
            waits: field("waits"),
            who: field("who"),
            installer: field("installer"),
            cursor: field("cursor"),
        }
    });
    let data = load(move || (board.get(), wish.get()), |(board, wish)| api::desk::board(board, wish));
    let seen = RwSignal::new(false);
    Effect::new(move |_| seen.set(matches!(data.get(), Some(Ok(_)))));
    let counts = Signal::derive(move || data.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    let bulk = ServerAction::<BulkCommand>::new();
    Effect::new(move |before: Option<usize>| {
        let now = bulk.version().get();
        if before.is_some_and(|before| before != now) {
            data.refetch();
        }
        now
    });
    let rows = StoredValue::new(0_usize);
    let at = use_cursor(rows);
    let title = move || tr.t(&format!("board.{}", board.get()));
    let shown = move || {
        let found: Found = data.get();
        found.map(|found| match found {
            Ok(view) => {
                at.set(None);
                rows.set_value(view.list.rows.len());
                table(tr, &view, &wish.get_untracked(), bulk, at)
            }
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    let about = move || {
        let found: Found = data.get();
        found.and_then(Result::ok).map(|view| about(tr, &view))
    };
    let people = Signal::derive(move || data.get().and_then(Result::ok).map(|view: BoardView| view.installers).unwrap_or_default());
    let tools = move || tools(tr, &board.get(), &wish.get(), people.get());
    let hint = move || (board.get() == "purchase-ordered").then(|| view! { <p class="hint">{tr.t("desk.purchase_ordered_hint")}</p> });
    view! {
        <Console counts=counts>
            {move || view! { <Head title=title() /> }} <div class="page-head">
                <div>
                    <h1>{title}</h1>
                    <Transition>{about}</Transition>
                    {hint}
                </div>
                <p class="hint only-wide">
                    <kbd>"j"</kbd>
                    " "
                    <kbd>"k"</kbd>
                    " "
                    <kbd>"Enter"</kbd>
                    " "
                    {tr.t("desk.keys")}
                </p>
            </div> <Transition>{tools}</Transition> <div class="stack stack-s">
                <News shown=seen.into() on_refresh=Callback::new(move |()| data.refetch()) />
                {move || outcome(tr, bulk)}
                <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

/// What is looked for here, and the same as a file.
fn tools(tr: Tr, board: &str, wish: &BoardQuery, people: Vec<(PartyId, String)>) -> AnyView {
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    let [q, from, to, least, most, who] = [&wish.q, &wish.from, &wish.to, &wish.least, &wish.most, &wish.who].map(given);
    let (waiting, working) = (given(&wish.waits), given(&wish.installer));
    let here = format!("/desk/boards/{board}");
    let asked = wish.asked();
    let more = asked.iter().filter(|(name, _)| *name != "q").count();
    let active = (more > 0).then(|| view! { <Tag icon="filter">{tr.with("desk.filter.active", &[("n", &more.to_string())])}</Tag> });
    let any = || std::iter::once(Choice::new("", tr.t("desk.filter.any")));
    let waits = any().chain(Waits::ALL.iter().filter(|it| **it != Waits::Nothing).map(|it| Choice::new(it.name(), waits_words(tr, *it)))).collect();
    let installer = (!people.is_empty()).then(|| {
        let choices = any().chain(people.into_iter().map(|(id, name)| Choice::new(id.to_string(), name))).collect();
        view! { <Select label=tr.t("desk.filter.installer") name="installer" choices=choices value=working /> }
    });
    let file = |kind: &str| with(format!("{here}/orders.{kind}"), &asked);
    let clear = (!asked.is_empty()).then(|| view! { <LinkButton href=here.clone()>{tr.t("desk.filter.clear")}</LinkButton> });
    view! {
        <div class="board-tools">
            <Form method="GET" action="" attr:class="board-find" attr:role="search">
                <div class="search">
                    <Icon name="search" />
                    <input
                        class="input"
                        type="search"
                        name="q"
                        value=q
                        placeholder=tr.t("desk.find_here")
                        aria-label=tr.t("desk.find_here")
                        maxlength="60"
                    />
                </div>
                <details class="board-filter" open=more != 0>
                    <summary class="btn btn-quiet">
                        <Icon name="filter" />
                        {tr.t("desk.filter.title")}
                        " "
                        {active}
                    </summary>
                    <div class="board-fields">
                        <Field label=tr.t("desk.filter.from") name="from" r#type="date" value=from />
                        <Field label=tr.t("desk.filter.to") name="to" r#type="date" value=to />
                        <Field label=tr.t("desk.filter.least") name="least" inputmode="numeric" maxlength=15 value=least />
                        <Field label=tr.t("desk.filter.most") name="most" inputmode="numeric" maxlength=15 value=most />
                        <Select label=tr.t("desk.filter.waits") name="waits" choices=waits value=waiting />
                        <Field label=tr.t("desk.filter.who") name="who" maxlength=40 value=who />
                        {installer}
                        <div class="board-do">
                            <Button kind=ButtonKind::Primary icon="filter">
                                {tr.t("desk.filter.do")}
                            </Button>
                            {clear}
                        </div>
                    </div>
                </details>
            </Form>
            <div class="board-files">
                <a class="btn btn-quiet" href=file("csv") rel="external" download="">
                    <Icon name="download" />
                    {tr.t("desk.export.csv")}
                </a>
                <a class="btn btn-quiet" href=file("xlsx") rel="external" download="">
                    <Icon name="download" />
                    {tr.t("desk.export.xlsx")}
                </a>
            </div>
        </div>
    }
    .into_any()
}

/// What came of a command to several orders.
fn outcome(tr: Tr, bulk: ServerAction<BulkCommand>) -> Option<AnyView> {
    let told = bulk.value().get()?;
    let (done, refused) = match told {
        Ok(outcome) => (outcome.done, outcome.refused),
        Err(Refused(refusal)) => {
            let none = refusal == Refusal::invalid("orders", Missing);
            let title = if none { tr.t("desk.bulk.none") } else { tr.refusal(&refusal) };
            return Some(view! { <Notice tone=Tone::Trouble title=title icon="alert-circle" /> }.into_any());
        }
    };
    let done = (done > 0).then(|| {
        let title = tr.with("desk.bulk.done", &[("n", &done.to_string())]);
        view! { <Notice tone=Tone::Done title=title icon="check" /> }
    });
    let refused = (!refused.is_empty()).then(|| {
        let title = tr.with("desk.bulk.refused", &[("n", &refused.len().to_string())]);
        let one = |(number, refusal): (OrderNumber, Refusal)| {
            view! {
                <li>
                    <a href=format!("/desk/orders/{number}")>{number.to_string()}</a>
                    " "
                    {tr.refusal(&refusal)}
                </li>
            }
        };
        let list = refused.into_iter().map(one).collect_view();
        view! {
            <Notice tone=Tone::Trouble title=title icon="alert-circle">
                <ul>{list}</ul>
            </Notice>
        }
    });
    Some(
        view! {
            <div class="stack stack-s" role="status">
                {done}
                {refused}
            </div>
        }
        .into_any(),
    )
}

/// An address with what is asked for in its query.
fn with(address: String, asked: &[(&str, &str)]) -> String {
    let query: Vec<String> = asked.iter().map(|(name, text)| format!("{name}={}", encode(text))).collect();
    if query.is_empty() { address } else { format!("{address}?{}", query.join("&")) }
}

/// The row that `j` and `k` move to; Enter then opens its link. Only in the browser.
pub fn use_cursor(rows: StoredValue<usize>) -> RwSignal<Option<usize>> {
    let at = RwSignal::new(None::<usize>);
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
            let typing = target.is_some_and(|target| matches!(target.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA"));
            let rows = rows.get_value();
            if typing || rows == 0 || event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            // The key's place, not its letter: a Korean keyboard types ㅓ and ㅏ there.
            let next = match (event.code().as_str(), at.get_untracked()) {
                ("KeyJ", Some(row)) => (row + 1).min(rows - 1),
                ("KeyK", Some(row)) => row.saturating_sub(1),
                ("KeyJ" | "KeyK", None) => 0,
                ("KeyX", Some(row)) => {
                    let tick = document().get_element_by_id(&format!("pick-{row}")).and_then(|tick| tick.dyn_into::<web_sys::HtmlElement>().ok());
                    tick.inspect(|tick| tick.click());
                    return;
                }
                _ => return,
            };
            at.set(Some(next));
            if let Some(link) = document().get_element_by_id(&format!("row-{next}")).and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = link.focus();
            }
        });
        on_cleanup(move || handle.remove());
    });
    at
}

fn about(tr: Tr, view: &BoardView) -> AnyView {
    let count = view.counts.iter().find(|count| count.board == view.board);
    let units = tr.with("desk.orders", &[("n", &count.map_or(0, |count| count.count).to_string())]);
    let oldest = count.and_then(|count| count.oldest).map(|since| tr.with("desk.oldest", &[("age", &age(tr, since, view.now))]));
    let text = oldest.map_or(units.clone(), |oldest| format!("{units} · {oldest}"));
    view! { <p>{text}</p> }.into_any()
}

fn table(tr: Tr, view: &BoardView, wish: &BoardQuery, bulk: ServerAction<BulkCommand>, at: RwSignal<Option<usize>>) -> AnyView {
    let here = format!("/desk/boards/{}", view.board.name());
    let (asked, later) = (wish.asked(), wish.cursor.is_some());
    if view.list.rows.is_empty() {
        return if !asked.is_empty() || later {
            view! {
                <EmptyState icon="search" title=tr.t("desk.nothing_found") text=tr.t("desk.nothing_found_text")>
                    <LinkButton href=here>{tr.t("desk.whole_board")}</LinkButton>
                </EmptyState>
            }
            .into_any()
        } else {
            view! { <EmptyState icon="inbox" title=tr.t("desk.empty_board") text=tr.t("desk.empty_board_text") /> }.into_any()
        };
    }
    let commands = bulk_commands(view.board);
    let late = |row: &OrderRow| is_late(view.board, row.since, view.now);
    let pick = |index: usize, row: &OrderRow| {
        (!commands.is_empty()).then(|| {
            let label = tr.with("desk.bulk.pick", &[("number", row.number.as_str())]);
            let name = format!("orders[{ORDER}{}]", row.order);
            view! {
                <td class="col-pick">
                    <input type="checkbox" id=format!("pick-{index}") name=name value="on" aria-label=label />
                </td>
            }
        })
    };
    let rows = view
        .list
        .rows
        .iter()
        .enumerate()
        .map(|(index, row)| {
            let class = move || if at.get() == Some(index) { "is-cursor" } else { "" };
            view! { <tr class=class>{pick(index, row)} {order_cells(tr, row, "buyer", view.now, late(row), Some(index))}</tr> }
        })
        .collect_view();
    let newest = if later { with(here.clone(), &asked) } else { String::new() };
    let further = |next: &String| with(here.clone(), &[asked.as_slice(), &[("cursor", next)]].concat());
    let next = view.list.next.as_ref().map(further).unwrap_or_default();
    let heads = if commands.is_empty() { order_heads(tr, "buyer") } else { picked_heads(tr) };
    let table = view! {
        <Table caption=tr.t(&format!("board.{}", view.board.name())) class="board-table table-cards">
            {heads}
            <tbody>{rows}</tbody>
        </Table>
    };
    let list = if commands.is_empty() {
        table.into_any()
    } else {
        // Sales are agreed to by themselves: only what another store bought waits for an answer.
        let asked_for = view.list.rows.iter().any(|row| row.waits == Waits::Acceptance);
        let buttons = commands
            .iter()
            .filter(|command| **command != "accept-order" || asked_for)
            .map(|command| {
                view! {
                    <Button name="command" value=*command class="btn-s" disabled=bulk.pending()>
                        {tr.t(&format!("command.{command}"))}
                    </Button>
                }
            })
            .collect_view();
        view! {
            <ActionForm action=bulk>
                {table} <div class="bulk" role="group" aria-label=tr.t("desk.bulk.title")>
                    <span class="soft">{tr.t("desk.bulk.title")}</span>
                    {buttons}
                    <span class="hint only-wide">{tr.t("desk.bulk.keys")}</span>
                </div>
            </ActionForm>
        }
        .into_any()
    };
    view! { <div>{list} <Pager previous=newest next=next previous_label=tr.t("orders.newest") next_label=tr.t("orders.older") /></div> }.into_any()
}

/// Heads of a table whose rows can be ticked, with one tick for all of them.
fn picked_heads(tr: Tr) -> AnyView {
    let tick_all = move |event: ev::Event| {
        let all = event_target_checked(&event);
        let tick = |index: usize| document().get_element_by_id(&format!("pick-{index}")).and_then(|tick| tick.dyn_into::<HtmlInputElement>().ok());
        for tick in (0..).map_while(tick) {
            tick.set_checked(all);
        }
    };
    view! {
        <thead>
            <tr>
                <th scope="col" class="col-pick">
                    <input type="checkbox" aria-label=tr.t("desk.bulk.all") on:change=tick_all />
                </th>
                {head_cells(tr, "buyer")}
            </tr>
        </thead>
    }
    .into_any()
}

/// Text as a value in an address.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The heads of [`order_cells`]; whose name stands there, the `buyer`'s or the `seller`'s.
pub fn order_heads(tr: Tr, counterpart: &'static str) -> AnyView {
    view! {
        <thead>
            <tr>{head_cells(tr, counterpart)}</tr>
        </thead>
    }
    .into_any()
}

fn head_cells(tr: Tr, counterpart: &'static str) -> AnyView {
    let head = move |key: &str, class: &'static str| {
        view! {
            <th scope="col" class=class>
                {tr.t(&format!("desk.col.{key}"))}
            </th>
        }
    };
    view! {
        {head("number", "")}
        {head("status", "")}
        {head("waits", "")}
        {head(counterpart, "")}
        {head("goods", "")}
        {head("units", "end")}
        {head("amount", "end")}
    }
    .into_any()
}

/// The cells of an order in a table of the desk, under [`order_heads`] with the same counterpart.
pub fn order_cells(tr: Tr, row: &OrderRow, counterpart: &str, now: Time, late: bool, index: Option<usize>) -> AnyView {
    let label = |key: &str| tr.t(&format!("desk.col.{key}"));
    let word = tr.t(&format!("order.kind.{}", row.kind.name()));
    let kind = (row.kind != Kind::Sale).then(|| view! { <Tag icon="warehouse">{word}</Tag> });
    let mut goods = tr.of(&row.title);
    if row.more_lines > 0 {
        goods = tr.with("order.and_more", &[("title", &goods), ("n", &row.more_lines.to_string())]);
    }
    let waits = waits_words(tr, row.waits);
    let buyer = tr.of(&row.counterpart);
    let age_class = if late { "sub age is-late" } else { "sub age" };
    let mark = late.then(|| view! { <Icon name="alert-circle" /> });
    let placed = row.placed_at.kst_minute();
    let short = placed.get(5..).unwrap_or_default().to_owned();
    // Attributes are made after what they stand on: what is cut short stands whole in its title.
    let (whole_waits, whole_buyer, whole_goods) = (waits.clone(), buyer.clone(), goods.clone());
    view! {
        <td class="col-num">
            <a class="main-link" id=index.map(|index| format!("row-{index}")) href=format!("/desk/orders/{}", row.number)>
                {row.number.to_string()}
            </a>
            <span class="sub" title=placed>
                {short}
            </span>
        </td>
        <td data-label=label("status")>{row_badges(tr, row)} {kind}</td>
        <td class="col-clip" data-label=label("waits") title=whole_waits>
            <div>
                {waits} <span class=age_class title=row.since.kst_minute()>
                    {mark}
                    {age(tr, row.since, now)}
                </span>
            </div>
        </td>
        <td class="col-clip" data-label=label(counterpart) title=whole_buyer>
            {buyer}
        </td>
        <td class="col-goods" data-label=label("goods") title=whole_goods>
            {goods}
        </td>
        <td class="end" data-label=label("units")>
            {row.units.to_string()}
        </td>
        <td class="end" data-label=label("amount")>
            <Won amount=row.total.0 lang=tr.0.code() />
        </td>
    }
    .into_any()
}
