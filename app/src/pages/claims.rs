//! Returns in a queue: what waits for an answer, what is on its way back, whose money waits. A store looks at its own and head
//! office at everybody's, in the same words.

use crate::{
    api::{
        self,
        claims::{ApproveRefund, ApproveReturn, InspectReturn},
    },
    components::{Button, ButtonKind, Confirm, EmptyState, Icon, LinkButton, Skeleton, TabItem, Tabs, Tag, Tone, Won},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        admin::console::{address, after, asked, given, when},
        desk::board::use_cursor,
        errors::{Problem, Said, refused},
        order_parts::{age, claim_badge, claim_reason, left, site_photo},
    },
};
use jumun::{
    order::{ClaimWay, Fault, ReturnState},
    time::Time,
    view::{ClaimRow, ClaimsView},
};
use leptos::prelude::*;

/// Whose queue it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// A store's own.
    Store,
    /// Every store's, for head office.
    Chain,
}

impl Whose {
    fn here(self) -> &'static str {
        match self {
            Self::Store => "/desk/claims",
            Self::Chain => "/admin/claims",
        }
    }

    fn order(self, row: &ClaimRow) -> String {
        match self {
            Self::Store => format!("/desk/orders/{}", row.number),
            Self::Chain => format!("/admin/orders/{}", row.number),
        }
    }
}

/// The states that have a tab of their own.
const TABS: &[ReturnState] = &[ReturnState::Requested, ReturnState::Collecting, ReturnState::Collected, ReturnState::AwaitingRefundApproval];

/// What is done from a row. Whoever says no reads the whole order first.
#[derive(Clone, Copy)]
struct Deeds {
    approve: ServerAction<ApproveReturn>,
    inspect: ServerAction<InspectReturn>,
    pay: ServerAction<ApproveRefund>,
}

/// The tabs and the rows.
#[component]
pub fn ClaimQueue(
    /// Whose queue it is.
    whose: Whose,
    /// Something was done from it.
    on_done: Callback<()>,
) -> impl IntoView {
    let tr = use_tr();
    let wanted = asked("state");
    let data = load(move || wanted.get(), |wanted| api::claims::claims(given(wanted)));
    let deeds = Deeds { approve: ServerAction::new(), inspect: ServerAction::new(), pay: ServerAction::new() };
    let done = move || {
        data.refetch();
        on_done.run(());
    };
    after(deeds.approve, done);
    after(deeds.inspect, done);
    after(deeds.pay, done);
    let rows = StoredValue::new(0_usize);
    let at = use_cursor(rows);
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => {
                at.set(None);
                rows.set_value(view.rows.len());
                list(tr, &view, &wanted.get_untracked(), whose, deeds, at)
            }
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <div class="stack">
            <Said refusal=refused(deeds.approve) />
            <Said refusal=refused(deeds.inspect) />
            <Said refusal=refused(deeds.pay) />
            <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>{shown}</Transition>
        </div>
    }
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

fn list(tr: Tr, view: &ClaimsView, wanted: &str, whose: Whose, deeds: Deeds, at: RwSignal<Option<usize>>) -> AnyView {
    let here = whose.here();
    let open: u32 = view.counts.iter().map(|(_, count)| count).sum();
    let count = |state: ReturnState| view.counts.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count);
    let tab = |state: &str, word: &str| TabItem::new(address(here, &[("state", state)]), tr.t(&format!("claims.tab.{word}")), wanted == state);
    let of_state = |state: &ReturnState| tab(state.name(), state.name()).count(count(*state).into());
    let tabs = std::iter::once(tab("", "all").count(open.into())).chain(TABS.iter().map(of_state)).chain(std::iter::once(tab("over", "over")));
    let tabs = tabs.collect::<Vec<_>>();
    let rows = if view.rows.is_empty() {
        view! { <EmptyState icon="undo" title=tr.t("claims.empty") text=tr.t("claims.empty_text") /> }.into_any()
    } else {
        let rows = view.rows.iter().enumerate().map(|(nth, row)| entry(tr, nth, row, view, whose, deeds, at)).collect_view();
        view! { <ul class="cases">{rows}</ul> }.into_any()
    };
    view! {
        <Tabs items=tabs label=tr.t("claims.title") />
        {rows}
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
    let units = |(title, n): &(jumun::text::Words, u32)| tr.with("order.claim.units", &[("title", &tr.of(title)), ("n", &n.to_string())]);
    let goods = row.goods.iter().map(units).collect::<Vec<_>>().join(", ");
    let seller = (whose == Whose::Chain).then(|| fact("seller", tr.of(&row.seller_name).into_any()));
    let second = (row.state != ReturnState::Closed && row.amount >= view.approval_from && row.amount > jumun::money::Won::ZERO)
        .then(|| view! { <Tag icon="users">{tr.t("claims.second")}</Tag> });
    let (amount, lang) = (row.amount.0, tr.0.code());
    let due = row.pay_by.map(|due| fact("due", pay_by(tr, due, view.now)));
    let photos = (!row.photos.is_empty()).then(|| {
        let photo = |(nth, hash): (usize, &String)| {
            let words = tr.with("order.claim.photo", &[("n", &(nth + 1).to_string())]);
            view! { <li>{site_photo(row.number.as_str(), hash, words)}</li> }
        };
        let photos = row.photos.iter().enumerate().map(photo).collect_view();
        view! { <ul class="claim-photos">{photos}</ul> }
    });
    let class = move || if at.get() == Some(nth) { "case is-cursor" } else { "case" };
    view! {
        <li class=class>
            <div class="case-mark">{claim_badge(tr, row.way, row.state)} {when(tr, row.requested_at, view.now)}</div>
            <div class="case-main">
                <p class="case-title">
                    <a class="main-link mono" id=format!("row-{nth}") href=whose.order(row)>
                        {row.number.to_string()}
                    </a>
                </p>
                <p class="case-sub">{goods} {second}</p>
                <dl class="case-facts">
                    {fact("buyer", row.buyer_name.clone().into_any())} {seller} {fact("why", claim_reason(tr, row.reason).into_any())}
                    {fact("fault", tr.t(&format!("order.claim.fault_of.{}", row.fault.slug())).into_any())}
                    {fact("amount", view! { <Won amount=amount lang=lang /> }.into_any())} {due}
                </dl>
                {photos}
            </div>
            <div class="case-side">{acts(tr, row, whose, deeds)}</div>
        </li>
    }
    .into_any()
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

/// What can be done about a return from here, as it stands and by whom.
fn acts(tr: Tr, row: &ClaimRow, whose: Whose, deeds: Deeds) -> AnyView {
    let (order, claim) = (row.order.to_string(), row.id.to_string());
    let names = move || {
        view! {
            <input type="hidden" name="order" value=order.clone() />
            <input type="hidden" name="claim" value=claim.clone() />
        }
    };
    let amount = tr.won(row.amount);
    match row.state {
        // What comes instead is chosen where the order is.
        ReturnState::Requested if row.way == ClaimWay::Exchange => {
            view! { <LinkButton href=whose.order(row)>{tr.t("claims.look")}</LinkButton> }.into_any()
        }
        ReturnState::Requested => {
            let goods = row.goods.first().map(|(title, _)| tr.of(title)).unwrap_or_default();
            let text = tr.with("order.claim.approve_text", &[("goods", &goods), ("amount", &amount)]);
            let bears = (row.fault == Fault::Seller).then(|| view! { <p class="soft text-s">{tr.t("order.claim.approve_bears")}</p> });
            // In time, nobody has to say why he does not want them: that cannot be turned down.
            let disputed = (row.fault != Fault::Buyer).then(|| view! { <LinkButton href=whose.order(row)>{tr.t("claims.look")}</LinkButton> });
            view! {
                {disputed}
                <Confirm
                    label=tr.t("command.approve-return")
                    kind=ButtonKind::Primary
                    icon="check"
                    tone=Tone::Waiting
                    title=tr.t("order.claim.approve_title")
                >
                    <p>{text}</p>
                    {bears}
                    <ActionForm action=deeds
                        .approve>
                        {names()} <Button kind=ButtonKind::Primary class="btn-wide" disabled=deeds.approve.pending()>
                            {tr.t("order.claim.approve_do")}
                        </Button>
                    </ActionForm>
                </Confirm>
            }
            .into_any()
        }
        ReturnState::Collected if whose == Whose::Store => {
            let text = tr.with("order.claim.inspect_text", &[("amount", &amount)]);
            view! {
                <Confirm
                    label=tr.t("command.inspect-return")
                    kind=ButtonKind::Primary
                    icon="package-check"
                    tone=Tone::Waiting
                    title=tr.t("order.claim.inspect_title")
                >
                    <p>{text}</p>
                    <ActionForm action=deeds.inspect attr:class="btn-row">
                        {names()}
                        <Button kind=ButtonKind::Primary icon="package-check" name="outcome" value="shelf" disabled=deeds.inspect.pending()>
                            {tr.t("order.back.restock")}
                        </Button>
                        <Button icon="trash" name="outcome" value="scrap" disabled=deeds.inspect.pending()>
                            {tr.t("order.back.scrap")}
                        </Button>
                    </ActionForm>
                </Confirm>
            }
            .into_any()
        }
        ReturnState::AwaitingRefundApproval if whose == Whose::Chain => {
            let (text, does) = (tr.with("order.claim.refund_text", &[("amount", &amount)]), tr.with("order.claim.refund_do", &[("amount", &amount)]));
            view! {
                <Confirm
                    label=tr.t("command.approve-refund")
                    kind=ButtonKind::Primary
                    icon="wallet"
                    tone=Tone::Waiting
                    title=tr.t("order.claim.refund_title")
                >
                    <p>{text}</p>
                    <ActionForm action=deeds
                        .pay>
                        {names()} <Button kind=ButtonKind::Primary class="btn-wide" disabled=deeds.pay.pending()>
                            {does}
                        </Button>
                    </ActionForm>
                </Confirm>
            }
            .into_any()
        }
        ReturnState::Approved
        | ReturnState::Collecting
        | ReturnState::Collected
        | ReturnState::Inspected
        | ReturnState::AwaitingRefundApproval
        | ReturnState::Refunding
        | ReturnState::Replacing
        | ReturnState::Closed
        | ReturnState::Rejected
        | ReturnState::RefundRejected
        | ReturnState::Withdrawn => ().into_any(),
    }
}
