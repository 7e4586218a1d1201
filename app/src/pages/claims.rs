//! Returns in a queue: what waits for an answer, what is on its way back, whose money waits. A store looks at its own and head
//! office at everybody's, in the same words. What is looked for stands in the address.

pub mod one;

pub use one::ClaimDesk;

use crate::{
    api::{
        self,
        claims::{ApproveReturns, CLAIM, ForgetClaimFilter, KeepClaimFilter},
    },
    components::{
        Button, ButtonKind, Choice, EmptyState, Field, Icon, IconButton, LinkButton, Notice, Pager, Select, Skeleton, TabItem, Tabs, Tag, Tone, Won,
    },
    error::Refused,
    i18n::{Tr, use_tr},
    live::{EVERYTHING, use_live},
    load::{Loaded, derived, load},
    pages::{
        admin::console::{address, after, when},
        desk::board::use_cursor,
        errors::{Problem, Said, refused},
        order_parts::{Asked, Returns, age, claim_badge, claim_reason, forms, left, photo_row},
    },
};
use jumun::{
    ids::PartyId,
    order::{ClaimWay, Fault, Kind, ReturnReason, ReturnState},
    text::Words,
    time::Time,
    view::{BulkOutcome, ClaimFilter, ClaimQuery, ClaimRow, ClaimsView},
};
use leptos::prelude::*;
use leptos_router::{components::Form, hooks::use_query_map};

/// Whose queue it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// A store's own.
    Store,
    /// Every store's, for head office.
    Chain,
}

/// What head office says about returns: looking at goods is their store's work.
pub const OF_CHAIN: [&str; 6] = ["reject-refund", "approve-return", "approve-exchange", "reject-return", "ask-about-return", "approve-refund"];

impl Whose {
    fn here(self) -> &'static str {
        match self {
            Self::Store => "/desk/claims",
            Self::Chain => "/admin/claims",
        }
    }

    fn claim(self, row: &ClaimRow) -> String {
        format!("{}/{}", self.here(), row.id)
    }

    fn order(self, number: &str) -> String {
        match self {
            Self::Store => format!("/desk/orders/{number}"),
            Self::Chain => format!("/admin/orders/{number}"),
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Store => "claims.title",
            Self::Chain => "claims.rail_chain",
        }
    }

    /// What is said from a row. Whoever says no, or asks, reads the whole return first.
    fn in_row(self, row: &ClaimRow) -> &'static [&'static str] {
        match (self, row.way) {
            (Self::Store, ClaimWay::Return) => &["approve-return", "inspect-return", "pass-return-on"],
            (Self::Chain, ClaimWay::Return) => &["approve-return", "approve-refund"],
            // What comes instead is chosen where the whole of it stands.
            (Self::Store, ClaimWay::Exchange) => &["inspect-return", "pass-return-on"],
            (Self::Chain, ClaimWay::Exchange) => &["approve-refund"],
        }
    }
}

/// The states that have a tab of their own.
const TABS: &[ReturnState] =
    &[ReturnState::Requested, ReturnState::Approved, ReturnState::Collecting, ReturnState::Collected, ReturnState::AwaitingRefundApproval];
/// The returns that moved, of whoever looks.
const TOPIC: &str = "claims:mine";
/// The form that the ticks of the rows belong to.
const BULK: &str = "bulk";

/// What the queue's own forms do.
#[derive(Clone, Copy)]
struct Deeds {
    returns: Returns,
    approve_all: ServerAction<ApproveReturns>,
    keep: ServerAction<KeepClaimFilter>,
    forget: ServerAction<ForgetClaimFilter>,
}

/// The tabs, the tools and the rows.
#[component]
pub fn ClaimQueue(
    /// Whose queue it is.
    whose: Whose,
    /// Something was done from it.
    on_done: Callback<()>,
) -> impl IntoView {
    let tr = use_tr();
    let query = use_query_map();
    let wish = Memo::new(move |_| {
        let field = |name: &str| query.read().get(name).filter(|text| !text.trim().is_empty());
        ClaimQuery {
            state: field("state"),
            q: field("q"),
            reason: field("reason"),
            fault: field("fault"),
            seller: field("seller"),
            days: field("days"),
            least: field("least"),
            most: field("most"),
            mine: field("mine"),
            cursor: field("cursor"),
        }
    });
    let data = load(move || wish.get(), api::claims::claims);
    let deeds = Deeds { returns: Returns::new(), approve_all: ServerAction::new(), keep: ServerAction::new(), forget: ServerAction::new() };
    let done = move || {
        data.refetch();
        on_done.run(());
    };
    Effect::new(move |before: Option<usize>| {
        let now = deeds.returns.answered();
        if before.is_some_and(|before| before != now) {
            done();
        }
        now
    });
    after(deeds.approve_all, done);
    after(deeds.keep, move || data.refetch());
    after(deeds.forget, move || data.refetch());
    let rows = StoredValue::new(0_usize);
    let at = use_cursor(rows);
    let shown = Shown { data, wish, whose, deeds, rows, at };
    let outcome = move || query.read().get("outcome").and_then(|text| serde_json::from_str::<BulkOutcome>(&text).ok()).map(|it| told(tr, it, whose));
    let here = RwSignal::new(false);
    Effect::new(move |_| here.set(matches!(data.get(), Some(Ok(_)))));
    view! {
        <div class="stack">
            {outcome} <Said refusal=deeds.returns.refusal() /> <Said refusal=refused(deeds.approve_all) /> <Said refusal=refused(deeds.keep) />
            <Moved shown=here.into() on_refresh=Callback::new(move |()| done()) />
            <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>
                <Queue shown=shown />
            </Transition>
        </div>
    }
}

/// What the queue is drawn from.
#[derive(Clone, Copy)]
struct Shown {
    data: Loaded<ClaimsView>,
    wish: Memo<ClaimQuery>,
    whose: Whose,
    deeds: Deeds,
    /// How many rows there are, and the one that the keys are at.
    rows: StoredValue<usize>,
    at: RwSignal<Option<usize>>,
}

/// The queue, or why there is none. Belongs inside a `Transition`.
#[component]
fn Queue(
    /// What it is drawn from.
    shown: Shown,
) -> impl IntoView {
    let tr = use_tr();
    let Shown { data, wish, whose, deeds, rows, at } = shown;
    let view = derived(move || data.get().and_then(Result::ok));
    let refusal = derived(move || data.get().and_then(Result::err));
    // What is being filled in stays when rows come and go.
    let kept = derived(move || view.read().as_ref().map(|view| (view.sellers.clone(), view.filters.clone())));
    let tabs = move || view.read().as_ref().map(|view| tabs(tr, view, &wish.get(), whose));
    let tools = move || kept.get().map(|(sellers, filters)| tools(tr, &sellers, &filters, &wish.get(), whose, deeds));
    let list = move || {
        view.read().as_ref().map(|view| {
            at.set(None);
            rows.set_value(view.rows.len());
            list(tr, view, &wish.get_untracked(), whose, deeds, at)
        })
    };
    view! {
        {move || refusal.get().map(|Refused(refusal)| view! { <Problem refusal=refusal /> })}
        {tabs}
        {tools}
        {list}
    }
}

/// A bar that says that returns moved. What is on the page moves only when it is pressed.
#[component]
fn Moved(
    /// The page has its data.
    shown: Signal<bool>,
    /// Fetches it again.
    on_refresh: Callback<()>,
) -> impl IntoView {
    let tr = use_tr();
    let waiting = RwSignal::new(0_u32);
    let topics = Memo::new(move |_| if shown.get() { TOPIC.to_owned() } else { String::new() });
    use_live(topics.into(), move |hint| {
        if hint.topic != EVERYTHING {
            waiting.update(|count| *count += 1);
        }
    });
    move || {
        let count = waiting.get();
        (count > 0).then(|| {
            let refresh = move |_| {
                waiting.set(0);
                on_refresh.run(());
            };
            view! {
                <button type="button" class="live-bar" on:click=refresh>
                    <span class="live-dot"></span>
                    {tr.with("claims.news", &[("n", &count.to_string())])}
                </button>
            }
        })
    }
}

/// What came of agreeing to several, return by return.
fn told(tr: Tr, outcome: BulkOutcome, whose: Whose) -> AnyView {
    let done = (outcome.done > 0).then(|| {
        let title = tr.with("claims.bulk.done", &[("n", &outcome.done.to_string())]);
        view! { <Notice tone=Tone::Done title=title icon="check" /> }
    });
    let refused = (!outcome.refused.is_empty()).then(|| {
        let title = tr.with("claims.bulk.refused", &[("n", &outcome.refused.len().to_string())]);
        let rows = outcome.refused.iter().map(|(number, refusal)| {
            view! {
                <li>
                    <a href=whose.order(number.as_str())>{number.to_string()}</a>
                    " "
                    {tr.refusal(refusal)}
                </li>
            }
        });
        let rows = rows.collect_view();
        view! {
            <Notice tone=Tone::Trouble title=title icon="alert-circle">
                <ul>{rows}</ul>
            </Notice>
        }
    });
    view! {
        <div class="stack stack-s" role="status">
            {done}
            {refused}
        </div>
    }
    .into_any()
}

/// The keys that move in the queue, for its page's head.
pub fn claim_keys(tr: Tr) -> AnyView {
    view! {
        <p class="hint only-wide">
            <kbd>"j"</kbd>
            " "
            <kbd>"k"</kbd>
            " "
            <kbd>"Enter"</kbd>
            " "
            {tr.t("desk.keys")}
        </p>
    }
    .into_any()
}

/// What is asked for, with another value in one place.
fn asking<'a>(wish: &'a ClaimQuery, name: &'static str, value: &'a str) -> Vec<(&'static str, &'a str)> {
    wish.asked().into_iter().filter(|(known, _)| *known != name).chain([(name, value)]).collect()
}

fn tabs(tr: Tr, view: &ClaimsView, wish: &ClaimQuery, whose: Whose) -> AnyView {
    let here = whose.here();
    let wanted = wish.state.as_deref().unwrap_or_default();
    let open: u32 = view.counts.iter().map(|(_, count)| count).sum();
    let count = |state: ReturnState| view.counts.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count);
    let tab =
        |state: &str, word: &str| TabItem::new(address(here, &asking(wish, "state", state)), tr.t(&format!("claims.tab.{word}")), wanted == state);
    let of_state = |state: &ReturnState| tab(state.name(), state.name()).count(count(*state).into());
    let asked = tab("asked", "asked").count(view.asked.into());
    let tabs = [tab("", "all").count(open.into())].into_iter().chain(TABS.iter().map(of_state)).chain([asked, tab("over", "over")]);
    let tabs = tabs.collect::<Vec<_>>();
    view! { <Tabs items=tabs label=tr.t("claims.title") /> }.into_any()
}

fn list(tr: Tr, view: &ClaimsView, wish: &ClaimQuery, whose: Whose, deeds: Deeds, at: RwSignal<Option<usize>>) -> AnyView {
    let here = whose.here();
    let wanted = wish.state.as_deref().unwrap_or_default();
    let filtered = wish.asked().iter().any(|(name, _)| *name != "state");
    let rows = if view.rows.is_empty() && filtered {
        let all = address(here, &[("state", wanted)]);
        view! {
            <EmptyState icon="search" title=tr.t("claims.nothing_found") text=tr.t("claims.nothing_found_text")>
                <LinkButton href=all>{tr.t("desk.filter.clear")}</LinkButton>
            </EmptyState>
        }
        .into_any()
    } else if view.rows.is_empty() {
        view! { <EmptyState icon="undo" title=tr.t("claims.empty") text=tr.t("claims.empty_text") /> }.into_any()
    } else {
        let rows = view.rows.iter().enumerate().map(|(nth, row)| entry(tr, nth, row, view, whose, deeds, at)).collect_view();
        view! { <ul class="cases">{rows}</ul> }.into_any()
    };
    let plain = view.rows.iter().any(|row| row.plain && may_approve(row));
    let bulk = plain.then(|| bulk(tr, address(here, &wish.asked()), deeds));
    let (asked, later) = (wish.asked(), wish.cursor.is_some());
    let first = if later { address(here, &asked) } else { String::new() };
    let next = view.next.as_ref().map(|next| address(here, &[asked.as_slice(), &[("cursor", next)]].concat())).unwrap_or_default();
    view! { <div>{rows} {bulk} <Pager previous=first next=next previous_label=tr.t("claims.first") next_label=tr.t("claims.further") /></div> }
        .into_any()
}

/// What is looked for, the same as a file, and what one looks for again and again.
fn tools(tr: Tr, sellers: &[(PartyId, Words)], filters: &[ClaimFilter], wish: &ClaimQuery, whose: Whose, deeds: Deeds) -> AnyView {
    let here = whose.here();
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    let [q, days, least, most] = [&wish.q, &wish.days, &wish.least, &wish.most].map(given);
    let asked = wish.asked();
    let more = asked.iter().filter(|(name, _)| !matches!(*name, "q" | "state")).count();
    let active = (more > 0).then(|| view! { <Tag icon="filter">{tr.with("desk.filter.active", &[("n", &more.to_string())])}</Tag> });
    let any = || std::iter::once(Choice::new("", tr.t("desk.filter.any")));
    let reasons = any().chain(ReturnReason::ALL.iter().map(|reason| Choice::new(reason.slug(), claim_reason(tr, *reason)))).collect();
    let fault = |fault: &Fault| Choice::new(fault.slug(), tr.t(&format!("order.claim.fault_of.{}", fault.slug())));
    let faults = any().chain([Fault::Buyer, Fault::Seller, Fault::Nobody].iter().map(fault)).collect();
    let seller = (whose == Whose::Chain).then(|| {
        let choices: Vec<Choice> = any().chain(sellers.iter().map(|(id, name)| Choice::new(id.to_string(), tr.of(name)))).collect();
        let value = given(&wish.seller);
        view! { <Select label=tr.t("claims.seller") name="seller" choices=choices value=value /> }
    });
    let state = wish.state.clone().map(|state| view! { <input type="hidden" name="state" value=state /> });
    let all = address(here, &[("state", wish.state.as_deref().unwrap_or_default())]);
    let clear = (more > 0 || wish.q.is_some()).then(|| view! { <LinkButton href=all>{tr.t("desk.filter.clear")}</LinkButton> });
    let file = address(&format!("{here}/returns.csv"), &asked);
    let mine = wish.mine.is_some();
    let to_mine = if mine {
        let others: Vec<(&str, &str)> = asked.iter().copied().filter(|(name, _)| *name != "mine").collect();
        address(here, &others)
    } else {
        address(here, &asking(wish, "mine", "on"))
    };
    let (reason, whose_fault) = (given(&wish.reason), given(&wish.fault));
    let filters = kept(tr, filters, wish, here, deeds);
    // Whose they are has a button of its own.
    let unfolded = more > usize::from(mine);
    let keeps_mine = mine.then(|| view! { <input type="hidden" name="mine" value="on" /> });
    view! {
        <div class="board-tools">
            <Form method="GET" action="" attr:class="board-find" attr:role="search">
                {state}
                {keeps_mine}
                <div class="search">
                    <Icon name="search" />
                    <input
                        class="input"
                        type="search"
                        name="q"
                        value=q
                        placeholder=tr.t("claims.find")
                        aria-label=tr.t("claims.find")
                        maxlength="60"
                    />
                </div>
                <a class="btn btn-quiet" href=to_mine aria-current=mine.then_some("true")>
                    <Icon name=if mine { "check" } else { "user" } />
                    {tr.t("claims.mine")}
                </a>
                <details class="board-filter" open=unfolded>
                    <summary class="btn btn-quiet">
                        <Icon name="filter" />
                        {tr.t("desk.filter.title")}
                        " "
                        {active}
                    </summary>
                    <div class="board-fields">
                        <Select label=tr.t("claims.why") name="reason" choices=reasons value=reason />
                        <Select label=tr.t("claims.fault") name="fault" choices=faults value=whose_fault />
                        {seller}
                        <Field label=tr.t("claims.days") name="days" inputmode="numeric" maxlength=4 value=days />
                        <Field label=tr.t("desk.filter.least") name="least" inputmode="numeric" maxlength=15 value=least />
                        <Field label=tr.t("desk.filter.most") name="most" inputmode="numeric" maxlength=15 value=most />
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
                <a class="btn btn-quiet" href=file rel="external" download="">
                    <Icon name="download" />
                    {tr.t("desk.export.csv")}
                </a>
            </div>
        </div>
        {filters}
    }
    .into_any()
}

/// What the reader keeps under names: a link each, with a way to forget it, and a form to keep what he looks for now.
fn kept(tr: Tr, filters: &[ClaimFilter], wish: &ClaimQuery, here: &'static str, deeds: Deeds) -> AnyView {
    let same = |filter: &ClaimFilter| filter.query.asked() == wish.asked();
    let row = |filter: &ClaimFilter| {
        let current = same(filter).then_some("true");
        let (name, id) = (filter.name.clone(), filter.id.clone());
        let (way, forget) = (address(here, &filter.query.asked()), tr.with("claims.filters.forget", &[("name", &name)]));
        view! {
            <li class="kept-filter">
                <a class="chip" href=way aria-current=current>
                    {name}
                </a>
                <ActionForm action=deeds.forget>
                    <input type="hidden" name="filter" value=id />
                    <IconButton icon="x" label=forget class="btn-s" />
                </ActionForm>
            </li>
        }
    };
    let rows = filters.iter().map(row).collect_view();
    let list = (!filters.is_empty()).then(|| {
        view! {
            <ul class="kept-filters" aria-label=tr.t("claims.filters.title")>
                {rows}
            </ul>
        }
    });
    let new = !wish.asked().is_empty() && !filters.iter().any(same);
    let field = |(name, value): (&str, &str)| {
        let (name, value) = (format!("query[{name}]"), value.to_owned());
        view! { <input type="hidden" name=name value=value /> }
    };
    let keep = new.then(|| {
        let fields = wish.asked().into_iter().map(field).collect_view().into_any();
        view! {
            <details class="keep-filter">
                <summary class="btn btn-quiet btn-s">
                    <Icon name="star" />
                    {tr.t("claims.filters.keep")}
                </summary>
                <ActionForm action=deeds.keep attr:class="row">
                    {fields}
                    <Field label=tr.t("claims.filters.name") name="name" id="filter-name" maxlength=60 required=true />
                    <Button kind=ButtonKind::Primary disabled=deeds.keep.pending()>
                        {tr.t("claims.filters.do")}
                    </Button>
                </ActionForm>
            </details>
        }
    });
    if list.is_none() && keep.is_none() {
        return ().into_any();
    }
    view! { <div class="kept">{list} {keep}</div> }.into_any()
}

fn may_approve(row: &ClaimRow) -> bool {
    row.offers.iter().any(|offer| offer == "approve-return")
}

/// Agrees to everything that is ticked: changes of mind in time, about which there is nothing to judge.
fn bulk(tr: Tr, back: String, deeds: Deeds) -> AnyView {
    view! {
        <ActionForm action=deeds.approve_all attr:id=BULK attr:class="bulk">
            <input type="hidden" name="back" value=back />
            <span class="soft">{tr.t("claims.bulk.title")}</span>
            <Button class="btn-s" icon="check" disabled=deeds.approve_all.pending()>
                {tr.t("claims.bulk.approve")}
            </Button>
            <span class="hint only-wide">{tr.t("claims.bulk.keys")}</span>
        </ActionForm>
    }
    .into_any()
}

fn entry(tr: Tr, nth: usize, row: &ClaimRow, view: &ClaimsView, whose: Whose, deeds: Deeds, at: RwSignal<Option<usize>>) -> AnyView {
    let fact = |name: &str, value: AnyView| {
        view! {
            <div>
                <dt>{tr.t(&format!("claims.{name}"))}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let seller = (whose == Whose::Chain).then(|| fact("seller", tr.of(&row.seller_name).into_any()));
    let second = needs_second(row, view.approval_from).then(|| view! { <Tag icon="users">{tr.t("claims.second")}</Tag> });
    let asked = row.asked_at.map(|_| view! { <Tag icon="message">{tr.t("claims.tab.asked")}</Tag> });
    let keeper = row.keeper.clone().map(|keeper| view! { <Tag icon="user">{keeper.name}</Tag> });
    let (amount, lang) = (row.amount.0, tr.0.code());
    let due = row.pay_by.map(|due| fact("due", pay_by(tr, due, view.now)));
    let photos = photo_row(tr, row.number.as_str(), ("claim-photos", "order.claim.photo"), &row.photos);
    let tick = (row.plain && may_approve(row)).then(|| {
        let (id, name) = (format!("pick-{nth}"), format!("claims[{CLAIM}{}]", row.id));
        let label = tr.with("desk.bulk.pick", &[("number", row.number.as_str())]);
        view! { <input type="checkbox" class="case-pick" id=id name=name value="on" form=BULK aria-label=label /> }
    });
    // Whoever says no, or wants to know more, reads the whole of it.
    let look = (!row.offers.is_empty() && !row.plain).then(|| view! { <LinkButton href=whose.claim(row)>{tr.t("claims.look")}</LinkButton> });
    let says = forms(tr, &Asked::in_row(tr, row, whose.in_row(row)), deeds.returns);
    let class = move || if at.get() == Some(nth) { "case is-cursor" } else { "case" };
    view! {
        <li class=class>
            <div class="case-mark">{claim_badge(tr, row.way, row.state)} {when(tr, row.requested_at, view.now)}</div>
            <div class="case-main">
                <p class="case-title">
                    {tick} <a class="main-link mono" id=format!("row-{nth}") href=whose.claim(row)>
                        {row.number.to_string()}
                    </a>
                </p>
                <p class="case-sub">{goods(tr, row)} {asked} {keeper} {second}</p>
                <dl class="case-facts">
                    {fact("buyer", row.buyer_name.clone().into_any())} {seller} {fact("why", claim_reason(tr, row.reason).into_any())}
                    {fact("fault", tr.t(&format!("order.claim.fault_of.{}", row.fault.slug())).into_any())}
                    {fact("amount", view! { <Won amount=amount lang=lang /> }.into_any())} {due}
                </dl>
                {photos}
            </div>
            <div class="case-side">{look} {says}</div>
        </li>
    }
    .into_any()
}

/// Names and units of the goods.
fn goods(tr: Tr, row: &ClaimRow) -> String {
    let units = |(title, n): &(jumun::text::Words, u32)| tr.with("order.claim.units", &[("title", &tr.of(title)), ("n", &n.to_string())]);
    row.goods.iter().map(units).collect::<Vec<_>>().join(", ")
}

/// Whether the refund will need, or needs, a second person.
fn needs_second(row: &ClaimRow, from: jumun::money::Won) -> bool {
    let over = matches!(row.state, ReturnState::Closed | ReturnState::Rejected | ReturnState::Withdrawn);
    // Between stores nothing is paid out.
    !over && row.kind != Kind::Purchase && row.amount >= from && row.amount > jumun::money::Won::ZERO
}

/// When the money is due: plain while there is time, marked on the day and after it.
fn pay_by(tr: Tr, due: Time, now: Time) -> AnyView {
    let day = tr.day(due.kst_date());
    let (tone, words) = if due < now {
        (Some(Tone::Trouble), tr.with("claims.due_past", &[("day", &day), ("late", &age(tr, due, now))]))
    } else if due.kst_date() == now.kst_date() {
        (Some(Tone::Waiting), tr.t("claims.due_today"))
    } else {
        (None, tr.with("claims.due_left", &[("day", &day), ("left", &left(tr, due, now))]))
    };
    match tone {
        Some(tone) => view! {
            <span class=tone.class()>
                <strong class="tone-text row row-nowrap">
                    <Icon name=tone.icon() />
                    {words}
                </strong>
            </span>
        }
        .into_any(),
        None => words.into_any(),
    }
}
