//! What comes back: each return with where it stands, what was said about it, and what whoever looks can say now.

use super::{
    installer::pickup_badge,
    live::{Page, Returns},
    put_up::{bounced, photo_row, small_picture},
    scan::{Numbered, serial_fields},
    words::moment,
};
use crate::{
    components::{Button, ButtonKind, Card, Checkbox, Choice, Confirm, Facts, PriceRow, PriceTable, Select, StatusBadge, TextArea, Tone, Won},
    i18n::Tr,
};
use jumun::{
    actor::Chair,
    ids::{ClaimId, OrderId, OrderNumber},
    money,
    order::{Claim, ClaimWay, Fault, Kind, RejectReason, ReturnReason, ReturnState},
    pricing::Amounts,
    view::{ClaimNoteView, ClaimRow, ClaimView, CollectionView, ExchangeView, OrderView},
};
use leptos::prelude::*;

/// Photos that can wait for what a buyer says next.
const MOST_PHOTOS: usize = 5;

/// The returns of an order, the newest first; nothing when there are none.
pub fn claims(tr: Tr, page: Page) -> impl IntoView {
    let order = page.order;
    let ids = Memo::new(move |_| {
        let ids = |order: &OrderView| order.claims.iter().rev().map(|claim| claim.id).collect::<Vec<ClaimId>>();
        order.read().as_ref().map(ids).unwrap_or_default()
    });
    move || ids.get().into_iter().map(|id| one(tr, page, id)).collect_view()
}

fn one(tr: Tr, page: Page, id: ClaimId) -> AnyView {
    let order = page.order;
    let of = move |draw: fn(Tr, &OrderView, &ClaimView) -> AnyView| {
        move || order.read().as_ref().and_then(|order| Some(draw(tr, order, order.claims.iter().find(|claim| claim.id == id)?)))
    };
    let asked = Memo::new(move |_| order.read().as_ref().and_then(|order| Asked::of(tr, order, id)));
    let exchanged = order.read_untracked().as_ref().is_some_and(|order| order.claims.iter().any(|claim| claim.id == id && claim.exchange.is_some()));
    let title = tr.t(if exchanged { "order.claim.exchange.title" } else { "order.claim.title" });
    let answers = move || asked.get().map(|asked| answers(tr, &asked, page.asks.returns));
    view! {
        <Card title=title icon="undo" class="claim">
            <div class="stack">{of(standing)} {of(talk)} {of(photos)} {of(worth)}</div>
            {answers}
        </Card>
    }
    .into_any()
}

/// Where a claim stands, as a badge.
pub fn claim_badge(tr: Tr, way: ClaimWay, state: ReturnState) -> AnyView {
    let (tone, icon) = match state {
        ReturnState::Requested | ReturnState::AwaitingRefundApproval => (Tone::Waiting, "clock"),
        ReturnState::Approved | ReturnState::Collecting | ReturnState::Collected | ReturnState::Inspected => (Tone::Moving, "undo"),
        ReturnState::Refunding => (Tone::Moving, "wallet"),
        ReturnState::Replacing => (Tone::Moving, "repeat"),
        ReturnState::Closed => (Tone::Done, "check-circle"),
        ReturnState::Rejected | ReturnState::Withdrawn | ReturnState::RefundRejected => (Tone::Neutral, "ban"),
    };
    view! { <StatusBadge tone=tone label=claim_state(tr, way, state) icon=icon /> }.into_any()
}

/// Where a claim stands, in words: of an exchange some of them are others.
fn claim_state(tr: Tr, way: ClaimWay, state: ReturnState) -> String {
    match (way, state) {
        (
            ClaimWay::Exchange,
            ReturnState::Requested
            | ReturnState::Approved
            | ReturnState::Rejected
            | ReturnState::Withdrawn
            | ReturnState::Replacing
            | ReturnState::Closed,
        ) => tr.t(&format!("order.claim.exchange.state.{}", state.name())),
        _ => tr.t(&format!("order.claim.state.{}", state.name())),
    }
}

/// Why goods come back, in words.
pub fn claim_reason(tr: Tr, reason: ReturnReason) -> String {
    tr.t(&format!("order.claim.reason.{}", reason.slug()))
}

/// Where a return stands, and what it is about.
pub fn standing(tr: Tr, order: &OrderView, claim: &ClaimView) -> AnyView {
    let lang = tr.0.code();
    let goods = claim.units.iter().filter_map(|units| {
        let line = order.lines.iter().find(|line| line.id == units.line)?;
        Some(tr.with("order.claim.units", &[("title", &tr.of(&line.title)), ("n", &units.quantity.get().to_string())]))
    });
    let mut rows: Vec<(String, AnyView)> = vec![
        (tr.t("order.claim.goods"), goods.collect::<Vec<_>>().join(", ").into_any()),
        (tr.t("order.claim.why"), claim_reason(tr, claim.reason).into_any()),
        (tr.t("order.claim.fault"), tr.t(&format!("order.claim.fault_of.{}", claim.fault.slug())).into_any()),
        (tr.t("order.claim.opened"), moment(tr, claim.requested_at, order.now)),
    ];
    rows.extend(claim.found_on.map(|day| (tr.t("order.claim.found_on"), day.to_string().into_any())));
    if let Some((fetched, who)) = claim.collection.as_ref().and_then(|fetched| Some((fetched, fetched.who.clone()?))) {
        rows.extend(taken_down(tr, fetched, who));
    } else if let Some(fetched) = &claim.collection {
        let day = tr.with(&format!("order.claim.collection.{}", fetched.state.name()), &[("day", &fetched.on.to_string())]);
        rows.push((tr.t("order.claim.fetch"), day.into_any()));
        rows.extend(fetched.tracking.clone().map(|tracking| (tr.t("order.claim.tracking"), tracking.into_any())));
    } else if let Some(day) = claim.pickup_on.filter(|_| matches!(claim.state, ReturnState::Requested | ReturnState::Approved)) {
        rows.push((tr.t("order.claim.fetch"), tr.with("order.claim.wished", &[("day", &day.to_string())]).into_any()));
    }
    let place = |restocked| tr.t(if restocked { "order.claim.shelf" } else { "order.claim.scrap" }).into_any();
    if let Some(restocked) = claim.restocked.filter(|_| order.chair != Chair::Buyer && claim.passed_on.is_empty()) {
        rows.push((tr.t("order.claim.looked_at"), place(restocked)));
    }
    if claim.waived {
        rows.push((tr.t("order.claim.looked_at"), tr.t("order.claim.kept").into_any()));
    }
    if !claim.serials.is_empty() {
        let serials = claim.serials.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        rows.push((tr.t("order.claim.serials"), view! { <span class="mono">{serials}</span> }.into_any()));
    }
    rows.extend(up_the_chain(tr, order, claim));
    rows.extend(claim.put_away.map(|restocked| (tr.t("order.claim.put_away"), place(restocked))));
    if claim.worth.is_none() && claim.back > money::Won::ZERO {
        let amount = claim.back.0;
        rows.push((back_words(tr, order.kind), view! { <Won amount=amount lang=lang /> }.into_any()));
    }
    rows.extend(claim.exchange.as_ref().map(|exchange| instead(tr, order, exchange)).unwrap_or_default());
    rows.extend(claim.pay_by.map(|due| (tr.t("order.claim.pay_by"), due.kst_date().to_string().into_any())));
    rows.extend(claim.closed_at.map(|at| (tr.t("order.claim.closed"), moment(tr, at, order.now))));
    let told = claim.rejected.map(|reason| {
        let refused = if claim.state == ReturnState::RefundRejected { "order.claim.refund_rejected" } else { "order.claim.rejected" };
        view! { <p class="strong">{tr.with(refused, &[("why", &tr.t(&format!("order.claim.reject_reason.{}", reason.slug())))])}</p> }
    });
    let disputed = claim.disputed.filter(|_| claim.state == ReturnState::AwaitingRefundApproval).map(|reason| {
        let why = tr.t(&format!("order.claim.reject_reason.{}", reason.slug()));
        view! { <p class="strong">{tr.with("order.claim.disputed", &[("why", &why)])}</p> }
    });
    let told = told.into_iter().chain(disputed).chain(claim.set_apart.then(|| view! { <p class="strong">{tr.t("order.claim.set_apart")}</p> }));
    view! {
        <div>{claim_badge(tr, claim.way, claim.state)}</div>
        {told.collect_view()}
        <Facts rows=rows />
    }
    .into_any()
}

/// Who takes goods down, when, and what he saw of them.
fn taken_down(tr: Tr, fetched: &CollectionView, who: String) -> Vec<(String, AnyView)> {
    let visit = fetched.visit.map(|visit| tr.visit(visit));
    let called = fetched.phone.clone().map(|phone| {
        view! {
            <a class="nowrap" href=format!("tel:{phone}")>
                {phone.clone()}
            </a>
        }
    });
    let stands = view! { <span class="installer-who">{pickup_badge(tr, fetched.state)} <span>{who}</span> {called} <span class="nowrap">{visit}</span></span> };
    let mut rows = vec![(tr.t("order.claim.fetch"), stands.into_any())];
    if let Some(seen) = &fetched.seen {
        let photos = photo_row(tr, fetched.number.as_str(), ("site-photos", "order.claim.photo"), &seen.photos);
        let condition = tr.t(&format!("pickup.condition.{}", seen.condition.slug()));
        rows.push((
            tr.t("pickup.condition_title"),
            view! {
                {condition}
                {photos}
            }
            .into_any(),
        ));
    }
    rows
}

/// What money that goes back is called: between stores it is only owed no more.
pub fn back_words(tr: Tr, kind: Kind) -> String {
    tr.t(if kind == Kind::Purchase { "order.claim.credited" } else { "order.claim.back" })
}

/// The partners who are asked to take goods back, or the order that they came back to.
fn up_the_chain(tr: Tr, order: &OrderView, claim: &ClaimView) -> Vec<(String, AnyView)> {
    let desk = if order.chair == Chair::Admin { "/admin/orders" } else { "/desk/orders" };
    let link = |number: &OrderNumber, words: String| view! { <a href=format!("{desk}/{number}")>{words}</a> }.into_any();
    let asked = claim.passed_on.iter().map(|part| {
        let state = claim_state(tr, ClaimWay::Return, part.state);
        let words = tr.with("order.claim.partner_asked", &[("who", &tr.of(&part.seller_name)), ("n", &part.quantity.to_string()), ("state", &state)]);
        (tr.t("order.claim.partner"), link(&part.number, words))
    });
    let above = claim.above.as_ref().map(|number| (tr.t("order.claim.above"), link(number, number.to_string())));
    asked.chain(above).collect()
}

/// What buyer, seller and head office said to each other about it.
pub fn talk(tr: Tr, order: &OrderView, claim: &ClaimView) -> AnyView {
    let said = |note: &ClaimNoteView| {
        let chair = match note.chair {
            Chair::Buyer => "order.claim.said.buyer",
            Chair::Seller => "order.claim.said.seller",
            Chair::Admin | Chair::System => "order.claim.said.admin",
        };
        view! {
            <blockquote class="claim-note">
                <p>{note.text.clone()}</p>
                <footer class="soft text-s">{tr.t(chair)} " · " {moment(tr, note.at, order.now)}</footer>
            </blockquote>
        }
    };
    claim.notes.iter().map(said).collect_view().into_any()
}

fn photos(tr: Tr, order: &OrderView, claim: &ClaimView) -> AnyView {
    photo_row(tr, order.number.as_str(), ("site-photos", "order.claim.photo"), &claim.photos).into_any()
}

/// What goes back for it; nothing once that is decided for good.
pub fn worth(tr: Tr, order: &OrderView, claim: &ClaimView) -> AnyView {
    claim.worth.map(|worth| slip(tr, worth, claim.back, order.kind)).into_any()
}

/// What comes in the place of goods, what that costs, and the order that brings it.
fn instead(tr: Tr, order: &OrderView, exchange: &ExchangeView) -> Vec<(String, AnyView)> {
    let name = if exchange.same { tr.t("exchange.same") } else { format!("{} · {}", tr.of(&exchange.title), tr.of(&exchange.option)) };
    let way = exchange.way.map(|way| tr.t(&format!("order.claim.exchange.way.{}", way.slug())));
    let mut rows = vec![(way.unwrap_or_else(|| tr.t("order.claim.exchange.wanted")), name.into_any())];
    if exchange.failed {
        rows.push((tr.t("order.claim.exchange.outcome"), tr.t("order.claim.exchange.failed").into_any()));
        return rows;
    }
    if let Some(due) = exchange.due.filter(|due| *due != money::Won::ZERO) {
        let (key, amount) = if due > money::Won::ZERO { ("due", due) } else { ("cheaper", -due) };
        rows.push((tr.t(&format!("order.claim.exchange.{key}")), tr.won(amount).into_any()));
    }
    let of =
        |number: &jumun::ids::OrderNumber| if order.chair == Chair::Buyer { format!("/orders/{number}") } else { format!("/desk/orders/{number}") };
    rows.extend(exchange.replacement.as_ref().filter(|_| order.chair != Chair::Admin).map(|number| {
        let link = view! { <a href=of(number)>{number.to_string()}</a> };
        (tr.t("order.claim.exchange.order"), link.into_any())
    }));
    rows
}

/// What goes back for a return, won by won, while it is not on its way.
fn slip(tr: Tr, worth: Amounts, back: money::Won, kind: Kind) -> AnyView {
    let mut rows = vec![PriceRow::new(tr.t("order.price.goods"), worth.goods.0)];
    let more = [
        ("promotion", -worth.promotion),
        ("coupon", -worth.coupon),
        ("tier", -worth.tier),
        ("shipping", worth.shipping),
        ("island", worth.island),
        ("installation", worth.installation),
        ("extras", back - worth.payable()),
        ("return_fee", worth.return_fee),
        ("call_out", worth.call_out),
        ("goodwill", -worth.goodwill),
        ("points", -worth.points),
    ];
    for (key, amount) in more.into_iter().filter(|(_, amount)| *amount != money::Won::ZERO) {
        let row = PriceRow::new(tr.t(&format!("order.price.{key}")), amount.0);
        let charged = key == "shipping" && amount < money::Won::ZERO;
        rows.push(if charged { row.hint(tr.t("order.take_out.shipping")) } else { row });
    }
    let total = back_words(tr, kind);
    view! { <PriceTable rows=rows total_label=total.clone() total=back.0 caption=total lang=tr.0.code() /> }.into_any()
}

/// What can be said about a return now. While it stays the same the forms stay in place.
#[derive(Clone, PartialEq)]
pub struct Asked {
    order: OrderId,
    number: String,
    kind: Kind,
    claim: ClaimId,
    reason: ReturnReason,
    /// Units whose numbers are read when they are here.
    units_read: u32,
    amount: money::Won,
    goods: String,
    commands: Vec<String>,
    /// What an exchange can bring: option, words; the one that was asked for comes first.
    instead: Vec<(String, String)>,
    /// What the one that was asked for costs, in words.
    dearer: String,
    /// Photos that the buyer brought for his answer.
    brought: Vec<String>,
}

impl Asked {
    /// On a page that shows the order.
    pub fn of(tr: Tr, order: &OrderView, id: ClaimId) -> Option<Self> {
        let claim = order.claims.iter().find(|claim| claim.id == id)?;
        let over = matches!(claim.state, ReturnState::Rejected | ReturnState::Withdrawn | ReturnState::RefundRejected | ReturnState::Closed);
        if over && !claim.set_apart {
            return None;
        }
        let offered = order.offers.iter().filter(|offer| offer.fulfilment == Some(claim.fulfilment));
        let commands: Vec<String> = offered.map(|offer| offer.command.clone()).filter(|name| Claim::COMMANDS.contains(&name.as_str())).collect();
        let first = claim.units.first().and_then(|units| order.lines.iter().find(|line| line.id == units.line));
        let goods = first.map(|line| tr.of(&line.title)).unwrap_or_default();
        let exchange = claim.exchange.as_ref().filter(|exchange| !exchange.failed);
        let option = |variant: &jumun::ids::VariantId, title: &jumun::text::Words, option: &jumun::text::Words| {
            (variant.to_string(), format!("{} · {}", tr.of(title), tr.of(option)))
        };
        let mut instead: Vec<(String, String)> = Vec::new();
        if let Some(exchange) = exchange {
            instead.push(option(&exchange.variant, &exchange.title, &exchange.option));
            let same = first.map(|line| option(&line.variant, &line.title, &line.option));
            instead.extend(same.filter(|_| !exchange.same));
            let others = exchange.others.iter().filter(|(other, _)| other.variant != exchange.variant);
            instead.extend(others.map(|(other, _)| option(&other.variant, &other.title, &other.option)));
        }
        let dearer = match exchange.and_then(|exchange| exchange.due) {
            None => tr.t("order.claim.exchange.price_unknown"),
            Some(money::Won::ZERO) => tr.t("order.claim.exchange.costs_nothing"),
            Some(due) if due > money::Won::ZERO => tr.with("order.claim.exchange.pays_first", &[("amount", &tr.won(due))]),
            Some(due) => tr.with("order.claim.exchange.gets_back", &[("amount", &tr.won(-due))]),
        };
        let (claim, reason, units_read, amount) = (claim.id, claim.reason, claim.units_read, claim.back);
        let (number, brought) = (order.number.to_string(), order.claim_photos.clone());
        let asked = Self { order: order.id, number, kind: order.kind, claim, reason, units_read, amount, goods, commands, instead, dearer, brought };
        (!asked.commands.is_empty()).then_some(asked)
    }

    /// In a queue, where `known` is what can be said without looking closer.
    pub fn in_row(tr: Tr, row: &ClaimRow, known: &[&str]) -> Self {
        Self {
            order: row.order,
            number: row.number.to_string(),
            kind: row.kind,
            claim: row.id,
            reason: row.reason,
            units_read: row.units_read,
            amount: row.amount,
            goods: row.goods.first().map(|(title, _)| tr.of(title)).unwrap_or_default(),
            commands: row.offers.iter().filter(|name| known.contains(&name.as_str())).cloned().collect(),
            instead: Vec::new(),
            dearer: String::new(),
            brought: Vec::new(),
        }
    }

    fn may(&self, command: &str) -> bool {
        self.commands.iter().any(|known| known == command)
    }

    /// The words for what is asked: between stores some of them are others.
    fn word(&self, key: &str) -> String {
        let between = if self.kind == Kind::Purchase { ".purchase" } else { "" };
        format!("order.claim{between}.{key}")
    }
}

/// The forms of what can be said.
pub fn answers(tr: Tr, asked: &Asked, returns: Returns) -> AnyView {
    view! { <div class="claim-answers stack stack-s">{forms(tr, asked, returns)}</div> }.into_any()
}

/// The same without a box around them.
pub fn forms(tr: Tr, asked: &Asked, returns: Returns) -> AnyView {
    type Form = fn(Tr, &Asked, Returns) -> AnyView;
    let all: [(&str, Form); 12] = [
        ("answer-about-return", answer),
        ("approve-exchange", exchange),
        ("approve-return", approve),
        ("inspect-return", inspect),
        ("dispute-return", dispute),
        ("put-away", put_away),
        ("approve-refund", pay),
        ("reject-refund", refuse),
        ("ask-about-return", ask),
        ("refund-without-goods", waive),
        ("reject-return", reject),
        ("withdraw-return", withdraw),
    ];
    all.into_iter().filter(|(command, _)| asked.may(command)).map(|(_, form)| form(tr, asked, returns)).collect_view().into_any()
}

fn names(asked: &Asked) -> AnyView {
    let (order, claim) = (asked.order.to_string(), asked.claim.to_string());
    view! {
        <input type="hidden" name="order" value=order />
        <input type="hidden" name="claim" value=claim />
    }
    .into_any()
}

/// Others in the place of these, or something more; what that costs may be the seller's.
fn exchange(tr: Tr, asked: &Asked, returns: Returns) -> AnyView {
    let wanted = asked.instead.first().cloned().unwrap_or_default();
    let text = tr.with("order.claim.exchange.swap_text", &[("goods", &asked.goods), ("instead", &wanted.1)]);
    let (names, more) = (names(asked), self::names(asked));
    let choices: Vec<Choice> = asked.instead.iter().map(|(option, words)| Choice::new(option, words)).collect();
    let (id, dearer) = (asked.claim, asked.dearer.clone());
    view! {
        <Confirm
            label=tr.t("command.approve-exchange")
            kind=ButtonKind::Primary
            icon="repeat"
            tone=Tone::Waiting
            title=tr.t("order.claim.exchange.swap_title")
        >
            <p>{text}</p>
            <p>{dearer}</p>
            <ActionForm action=returns.exchange attr:class="form">
                {names}
                <input type="hidden" name="way" value="swap" />
                <input type="hidden" name="variant" value=wanted.0 />
                <Checkbox name="waive" id=format!("waive-swap-{id}") label=tr.t("order.claim.exchange.waive") value="yes" />
                <Button kind=ButtonKind::Primary class="btn-wide" disabled=returns.exchange.pending()>
                    {tr.t("order.claim.exchange.swap_do")}
                </Button>
            </ActionForm>
        </Confirm>
        <Confirm
            label=tr.t("order.claim.exchange.add")
            kind=ButtonKind::Secondary
            icon="plus"
            tone=Tone::Waiting
            title=tr.t("order.claim.exchange.add_title")
        >
            <p>{tr.t("order.claim.exchange.add_text")}</p>
            <ActionForm action=returns.exchange attr:class="form">
                {more}
                <input type="hidden" name="way" value="add" />
                <Select label=tr.t("order.claim.exchange.add_what") name="variant" id=format!("add-{id}") choices=choices required=true />
                <Checkbox name="waive" id=format!("waive-add-{id}") label=tr.t("order.claim.exchange.waive_add") value="yes" />
                <Button kind=ButtonKind::Primary class="btn-wide" disabled=returns.exchange.pending()>
                    {tr.t("order.claim.exchange.add_do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

/// Somebody wants to know more: photos first, because they are brought one by one, and then the words.
fn answer(tr: Tr, asked: &Asked, returns: Returns) -> AnyView {
    let names = names(asked);
    let note = format!("answer-{}", asked.claim);
    view! {
        <section class="claim-question tone-waiting stack">
            <p class="strong">{tr.t("order.claim.answer_title")}</p>
            <p class="soft">{tr.t("order.claim.answer_text")}</p>
            {bounced(tr, "return.bounced")}
            {bring_photos(tr, "answer", "return.photo_hint", &asked.number, &asked.brought)}
            <ActionForm action=returns.answer attr:class="form">
                {names}
                <TextArea label=tr.t("order.claim.answer_note") name="note" id=note hint=tr.t("return.note_hint") maxlength=500_u32 required=true />
                <Button kind=ButtonKind::Primary class="btn-wide" icon="send" disabled=returns.answer.pending()>
                    {tr.t("order.claim.answer_do")}
                </Button>
            </ActionForm>
        </section>
    }
    .into_any()
}

/// Photos that a buyer brought for what he says next, and one more; `hint` says who will see them. Plain forms, because they carry files.
pub fn bring_photos(tr: Tr, shows: &str, hint: &str, number: &str, brought: &[String]) -> AnyView {
    bring_pictures(tr, &format!("/uploads/{shows}/{number}"), hint, brought, MOST_PHOTOS, |hash| format!("/photos/{number}/{hash}"))
}

/// Pictures that somebody brought to an address, where each is seen, and one more of at most so many; each can be taken back.
pub fn bring_pictures(tr: Tr, way: &str, hint: &str, brought: &[String], most: usize, address: impl Fn(&str) -> String) -> AnyView {
    let (sending, set_sending) = signal(false);
    let word = move || tr.t(if sending.get() { "picture.sending" } else { "return.photo_send" });
    let rows = brought.iter().enumerate().map(|(nth, hash)| {
        let words = tr.with("return.photo_nth", &[("n", &(nth + 1).to_string())]);
        let forget = tr.with("return.photo_forget", &[("n", &(nth + 1).to_string())]);
        view! {
            <li>
                {small_picture(address(hash), words)} <form method="post" action=format!("{way}/{hash}/forget")>
                    <Button kind=ButtonKind::Quiet class="btn-s btn-wide">
                        {forget}
                    </Button>
                </form>
            </li>
        }
    });
    let rows = (!brought.is_empty()).then(|| view! { <ul class="site-photos">{rows.collect_view()}</ul> });
    let (way, hint) = (way.to_owned(), tr.t(hint));
    let bring = (brought.len() < most).then(|| {
        view! {
            <form method="post" action=way enctype="multipart/form-data" class="form" on:submit=move |_| set_sending.set(true)>
                <div class="field">
                    <label class="field-label" for="claim-photo">
                        {tr.t("return.photo")}
                    </label>
                    <input id="claim-photo" class="input" type="file" name="picture" accept="image/*" aria-describedby="claim-photo-hint" required />
                    <p class="hint" id="claim-photo-hint">
                        {hint}
                    </p>
                </div>
                <div aria-live="polite">
                    <Button class="btn-wide" icon="camera" disabled=sending>
                        {word}
                    </Button>
                </div>
            </form>
        }
    });
    view! {
        {rows}
        {bring}
    }
    .into_any()
}

/// A question in words, for what cannot be decided yet.
fn ask(tr: Tr, asked: &Asked, returns: Returns) -> AnyView {
    let names = names(asked);
    let note = format!("ask-{}", asked.claim);
    view! {
        <Confirm
            label=tr.t("command.ask-about-return")
            kind=ButtonKind::Secondary
            icon="message"
            tone=Tone::Waiting
            title=tr.t("order.claim.ask_title")
        >
            <p>{tr.t("order.claim.ask_text")}</p>
            <ActionForm action=returns.ask attr:class="form">
                {names}
                <TextArea label=tr.t("order.claim.ask_note") name="note" id=note hint=tr.t("return.note_hint") maxlength=500_u32 required=true />
                <Button kind=ButtonKind::Primary class="btn-wide" disabled=returns.ask.pending()>
                    {tr.t("order.claim.ask_do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

fn approve(tr: Tr, asked: &Asked, returns: Returns) -> AnyView {
    let text = tr.with(&asked.word("approve_text"), &[("goods", &asked.goods), ("amount", &tr.won(asked.amount))]);
    let bears = (asked.reason.fault() == Fault::Seller).then(|| view! { <p class="soft text-s">{tr.t("order.claim.approve_bears")}</p> });
    let names = names(asked);
    view! {
        <Confirm
            label=tr.t(if asked.instead.is_empty() { "command.approve-return" } else { "order.claim.exchange.instead" })
            kind=if asked.instead.is_empty() { ButtonKind::Primary } else { ButtonKind::Secondary }
            icon="check"
            tone=Tone::Waiting
            title=tr.t("order.claim.approve_title")
        >
            <p>{text}</p>
            {bears}
            <ActionForm action=returns
                .approve>
                {names} <Button kind=ButtonKind::Primary class="btn-wide" disabled=returns.approve.pending()>
                    {tr.t("order.claim.approve_do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

/// Why somebody says no, of a closed list, and what shows it.
fn evidence(tr: Tr, asked: &Asked, form: &str, fits: impl Fn(&RejectReason) -> bool) -> AnyView {
    let fitting = RejectReason::ALL.iter().copied().filter(fits);
    let reasons = fitting.map(|reason| Choice::new(reason.slug(), tr.t(&format!("order.claim.reject_reason.{}", reason.slug()))));
    let reasons: Vec<Choice> = reasons.collect();
    let (why, note) = (format!("{form}-{}", asked.claim), format!("{form}-note-{}", asked.claim));
    view! {
        <Select label=tr.t("order.claim.reject_why") name="reason" id=why choices=reasons required=true />
        <TextArea
            label=tr.t("order.claim.reject_note")
            name="note"
            id=note
            hint=tr.t("order.claim.reject_note_hint")
            maxlength=500_u32
            required=true
        />
    }
    .into_any()
}

fn reject(tr: Tr, asked: &Asked, returns: Returns) -> AnyView {
    let (names, evidence) = (names(asked), evidence(tr, asked, "reject", |reason| reason.fits(asked.kind)));
    let text = tr.t(&asked.word("reject_text"));
    view! {
        <Confirm
            label=tr.t(if asked.instead.is_empty() { "command.reject-return" } else { "order.claim.exchange.reject" })
            kind=ButtonKind::Secondary
            title=tr.t("order.claim.reject_title")
        >
            <p>{text}</p>
            <ActionForm action=returns.reject attr:class="form">
                {names}
                {evidence}
                <Button kind=ButtonKind::DangerSolid class="btn-wide" disabled=returns.reject.pending()>
                    {tr.t("order.claim.reject_do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

/// The numbers on the units that came: one box for each.
fn numbers(tr: Tr, asked: &Asked, form: &str, required: bool) -> Option<AnyView> {
    let one = |nth: u32| {
        let label = tr.with("order.claim.serial", &[("n", &(nth + 1).to_string())]);
        Numbered::empty(label, format!("{form}-serial-{nth}-{}", asked.claim))
    };
    let hint = if required { "order.claim.serial_hint" } else { "order.claim.serial_any" };
    (asked.units_read > 0).then(|| serial_fields(tr, (0..asked.units_read).map(one).collect(), hint, required))
}

/// Something is here that nothing should go back for.
fn dispute(tr: Tr, asked: &Asked, returns: Returns) -> AnyView {
    let (names, numbers) = (names(asked), numbers(tr, asked, "dispute", false));
    let evidence = evidence(tr, asked, "dispute", |reason| reason.fits_goods(asked.reason));
    view! {
        <Confirm label=tr.t("command.dispute-return") kind=ButtonKind::Secondary icon="alert-circle" title=tr.t("order.claim.dispute_title")>
            <p>{tr.t("order.claim.dispute_text")}</p>
            <ActionForm action=returns.dispute attr:class="form">
                {names}
                {evidence}
                {numbers}
                <Button kind=ButtonKind::DangerSolid class="btn-wide" disabled=returns.dispute.pending()>
                    {tr.t("order.claim.dispute_do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

/// To fetch the goods is worth less than they are.
fn waive(tr: Tr, asked: &Asked, returns: Returns) -> AnyView {
    let names = names(asked);
    let text = tr.with("order.claim.waive_text", &[("goods", &asked.goods), ("amount", &tr.won(asked.amount))]);
    view! {
        <Confirm
            label=tr.t("command.refund-without-goods")
            kind=ButtonKind::Secondary
            icon="wallet"
            tone=Tone::Waiting
            title=tr.t("order.claim.waive_title")
        >
            <p>{text}</p>
            <ActionForm action=returns
                .waive>
                {names} <Button kind=ButtonKind::Primary class="btn-wide" disabled=returns.waive.pending()>
                    {tr.t("order.claim.waive_do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

fn inspect(tr: Tr, asked: &Asked, returns: Returns) -> AnyView {
    let (names, numbers) = (names(asked), numbers(tr, asked, "inspect", true));
    let text = tr.with(&asked.word("inspect_text"), &[("amount", &tr.won(asked.amount))]);
    let onward = asked.may("pass-return-on").then(|| {
        view! {
            <Button icon="undo" name="outcome" value="partner" disabled=returns.inspect.pending()>
                {tr.t("order.claim.to_partner")}
            </Button>
        }
    });
    let hint = asked.may("pass-return-on").then(|| view! { <p class="hint">{tr.t("order.claim.to_partner_hint")}</p> });
    view! {
        <Confirm
            label=tr.t("command.inspect-return")
            kind=ButtonKind::Primary
            icon="package-check"
            tone=Tone::Waiting
            title=tr.t("order.claim.inspect_title")
        >
            <p>{text}</p>
            <ActionForm action=returns.inspect attr:class="form">
                {names}
                {numbers}
                <div class="btn-row">
                    <Button kind=ButtonKind::Primary icon="package-check" name="outcome" value="shelf" disabled=returns.inspect.pending()>
                        {tr.t("order.back.restock")}
                    </Button>
                    <Button icon="trash" name="outcome" value="scrap" disabled=returns.inspect.pending()>
                        {tr.t("order.back.scrap")}
                    </Button>
                    {onward}
                </div>
            </ActionForm>
            {hint}
        </Confirm>
    }
    .into_any()
}

/// Nobody takes the goods back that lie here set apart.
fn put_away(tr: Tr, asked: &Asked, returns: Returns) -> AnyView {
    let names = names(asked);
    view! {
        <Confirm
            label=tr.t("command.put-away")
            kind=ButtonKind::Primary
            icon="package-check"
            tone=Tone::Waiting
            title=tr.t("order.claim.put_away_title")
        >
            <p>{tr.t("order.claim.put_away_text")}</p>
            <ActionForm action=returns.put_away attr:class="btn-row">
                {names}
                <Button kind=ButtonKind::Primary icon="package-check" name="outcome" value="shelf" disabled=returns.put_away.pending()>
                    {tr.t("order.back.restock")}
                </Button>
                <Button icon="trash" name="outcome" value="scrap" disabled=returns.put_away.pending()>
                    {tr.t("order.back.scrap")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

fn pay(tr: Tr, asked: &Asked, returns: Returns) -> AnyView {
    let names = names(asked);
    let amount = tr.won(asked.amount);
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
            <ActionForm action=returns
                .pay>
                {names} <Button kind=ButtonKind::Primary class="btn-wide" disabled=returns.pay.pending()>
                    {does}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

fn refuse(tr: Tr, asked: &Asked, returns: Returns) -> AnyView {
    let (names, evidence) = (names(asked), evidence(tr, asked, "refuse", |reason| reason.fits(asked.kind)));
    view! {
        <Confirm label=tr.t("command.reject-refund") kind=ButtonKind::Secondary title=tr.t("order.claim.refuse_title")>
            <p>{tr.t("order.claim.refuse_text")}</p>
            <ActionForm action=returns.refuse attr:class="form">
                {names}
                {evidence}
                <Button kind=ButtonKind::DangerSolid class="btn-wide" disabled=returns.refuse.pending()>
                    {tr.t("order.claim.refuse_do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

fn withdraw(tr: Tr, asked: &Asked, returns: Returns) -> AnyView {
    let names = names(asked);
    let text = tr.t(&asked.word("withdraw_text"));
    view! {
        <Confirm label=tr.t("command.withdraw-return") kind=ButtonKind::Quiet tone=Tone::Waiting title=tr.t("order.claim.withdraw_title")>
            <p>{text}</p>
            <ActionForm action=returns
                .withdraw>
                {names} <Button kind=ButtonKind::Secondary class="btn-wide" disabled=returns.withdraw.pending()>
                    {tr.t("order.claim.withdraw_do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}
