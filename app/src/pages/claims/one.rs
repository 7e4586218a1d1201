//! One return on its reviewer's desk: what was asked and shown, what it is worth, where its order stands, what is said about it, and
//! what the buyer and the seller did before.

use super::{OF_CHAIN, Whose, pay_by};
use crate::{
    api::{
        self,
        claims::{AssignClaim, CommentOnClaim},
    },
    components::{
        Breadcrumbs, Button, ButtonKind, Card, Choice, Dialog, Facts, LinkButton, Notice, Progress, Select, Skeleton, Tag, TextArea, Timeline,
        TimelineEvent, Tone, Won,
    },
    error::Refused,
    i18n::{Tr, use_tr},
    live::{EVERYTHING, use_live},
    load::{Loaded, derived, load},
    pages::{
        errors::{Problem, Said, refused},
        frame::Head,
        order_parts::{Asked, Returns, back_words, claim_badge, claim_reason, event_words, forms, moment, standing, talk, tree, worth},
    },
};
use jumun::{
    ids::AccountId,
    order::Kind,
    view::{BuyerRecord, ClaimPage, ClaimRow, ClaimView, SellerRecord},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// What is done here beside what is said to the buyer.
#[derive(Clone, Copy)]
struct Deeds {
    returns: Returns,
    comment: ServerAction<CommentOnClaim>,
    assign: ServerAction<AssignClaim>,
}

/// `/desk/claims/:id` and `/admin/claims/:id`, inside their consoles.
#[component]
pub fn ClaimDesk(
    /// Whose desk it is.
    whose: Whose,
    /// Something was done.
    on_done: Callback<()>,
) -> impl IntoView {
    let tr = use_tr();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let data = load(move || id.get(), api::claims::claim);
    let deeds = Deeds { returns: Returns::new(), comment: ServerAction::new(), assign: ServerAction::new() };
    let commented = deeds.comment.version();
    Effect::new(move |before: Option<usize>| {
        let now = deeds.returns.answered() + commented.get() + deeds.assign.version().get();
        if before.is_some_and(|before| before != now) {
            data.refetch();
            on_done.run(());
        }
        now
    });
    view! {
        <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>
            <Found data=data whose=whose deeds=deeds />
        </Transition>
    }
}

/// The return, or why it cannot be shown. Belongs inside a `Transition`.
#[component]
fn Found(
    /// As it was fetched.
    data: Loaded<ClaimPage>,
    /// Whose desk it is.
    whose: Whose,
    /// What is done here.
    deeds: Deeds,
) -> impl IntoView {
    let tr = use_tr();
    let page = derived(move || data.get().and_then(Result::ok));
    let refusal = derived(move || data.get().and_then(Result::err));
    let here = derived(move || page.read().is_some());
    let topic =
        Memo::new(move |_| page.read().as_ref().map(|page| format!("order:{0},tree:{0},talk:{1}", page.order.id, page.id)).unwrap_or_default());
    use_live(topic.into(), move |hint| {
        let newer = page.read_untracked().as_ref().is_some_and(|page| i64::from(page.order.version) < hint.version);
        if newer || hint.topic == EVERYTHING || hint.topic.starts_with("tree:") || hint.topic.starts_with("talk:") {
            data.refetch();
        }
    });
    move || {
        if here.get() {
            Some(body(tr, page, whose, deeds))
        } else {
            refusal.get().map(|Refused(refusal)| view! { <Problem refusal=refusal /> }.into_any())
        }
    }
}

/// The return itself.
fn its(page: &ClaimPage) -> Option<&ClaimView> {
    page.order.claims.iter().find(|claim| claim.id == page.id)
}

fn body(tr: Tr, page: Signal<Option<ClaimPage>>, whose: Whose, deeds: Deeds) -> AnyView {
    let part = move |draw: fn(Tr, &ClaimPage, Whose) -> AnyView| move || page.read().as_ref().map(|page| draw(tr, page, whose));
    // While what can be said stays the same the forms stay in place.
    let asked = Memo::new(move |_| {
        let mut page = page.get()?;
        if whose == Whose::Chain {
            page.order.offers.retain(|offer| OF_CHAIN.contains(&offer.command.as_str()));
        }
        Asked::of(tr, &page.order, page.id)
    });
    let says = move || match asked.get() {
        Some(asked) => view! { <div class="claim-says">{forms(tr, &asked, deeds.returns)}</div> }.into_any(),
        None => view! { <p class="soft">{tr.t("claims.one.nothing")}</p> }.into_any(),
    };
    let keeping = Memo::new(move |_| page.read().as_ref().map(Keeping::of));
    let keeps = move || keeping.get().map(|keeping| keep(tr, &keeping, deeds));
    let claim = page.read_untracked().as_ref().map(|page| page.id.to_string()).unwrap_or_default();
    let number = page.read_untracked().as_ref().map(|page| page.order.number.to_string()).unwrap_or_default();
    let said = deeds.comment.version();
    // An empty box for what is said next.
    let comment = move || {
        said.get();
        let claim = claim.clone();
        view! {
            <ActionForm action=deeds.comment attr:class="form">
                <input type="hidden" name="claim" value=claim />
                <TextArea
                    label=tr.t("claims.comments.new")
                    name="note"
                    id="comment"
                    hint=tr.t("claims.comments.hint")
                    rows=2
                    maxlength=500_u32
                    required=true
                />
                <Button kind=ButtonKind::Secondary icon="message" disabled=deeds.comment.pending()>
                    {tr.t("claims.comments.do")}
                </Button>
            </ActionForm>
        }
    };
    view! {
        <Head title=tr.with("claims.one.title", &[("number", &number)]) />
        <div class="order-page claim-page">
            {part(head)} <Said refusal=deeds.returns.refusal() /> <Said refusal=refused(deeds.comment) /> <Said refusal=refused(deeds.assign) />
            <div class="split">
                <div class="stack">
                    <Card title=tr.t("claims.one.decide") icon="scale" class="claim">
                        {part(stands)}
                        {says}
                    </Card>
                    {part(shows)}
                    {part(conversation)}
                    <Card title=tr.t("claims.one.worth") icon="receipt">
                        {part(slip)}
                    </Card>
                    {part(of_tree)}
                    {part(happened)}
                </div>
                <aside class="side stack">
                    <Card title=tr.t("claims.keeper.title") icon="user">
                        {keeps}
                    </Card>
                    <Card title=tr.t("claims.comments.title") icon="message" class="claim">
                        {part(comments)}
                        {comment}
                    </Card>
                    {part(of_buyer)}
                    {part(of_seller)}
                </aside>
            </div>
        </div>
    }
    .into_any()
}

fn head(tr: Tr, page: &ClaimPage, whose: Whose) -> AnyView {
    let number = page.order.number.to_string();
    let crumbs = vec![(whose.here().to_owned(), tr.t(whose.title())), (String::new(), number.clone())];
    let values = [("seller", &*tr.of(&page.order.seller_name)), ("buyer", &page.order.buyer_name)];
    let about = match whose {
        Whose::Store => tr.with("claims.one.about_store", &values),
        Whose::Chain => tr.with("claims.one.about_chain", &values),
    };
    view! {
        <div class="page-head">
            <div>
                <Breadcrumbs items=crumbs label=tr.t("order.way") />
                <h1>
                    <span class="visually-hidden">{tr.t("claims.title")}" "</span>
                    <span class="order-number">{number.clone()}</span>
                </h1>
                <p>{about}</p>
            </div>
            <div class="btn-row">
                <LinkButton href=whose.order(&number) icon="package">
                    {tr.t("claims.one.to_order")}
                </LinkButton>
            </div>
        </div>
    }
    .into_any()
}

/// Where it stands, what it waits for, and what it is about.
fn stands(tr: Tr, page: &ClaimPage, _: Whose) -> AnyView {
    let Some(claim) = its(page) else { return ().into_any() };
    let now = page.order.now;
    let asked = claim.asked_at.map(|at| {
        view! {
            <Notice tone=Tone::Waiting title=tr.t("claims.one.asked") icon="message">
                <p>{moment(tr, at, now)}</p>
            </Notice>
        }
    });
    let due = claim.pay_by.filter(|_| claim.closed_at.is_none()).map(|due| view! { <p>{tr.t("claims.due")} " " {pay_by(tr, due, now)}</p> });
    let between = page.order.kind == Kind::Purchase;
    let second = (!between && claim.closed_at.is_none() && claim.back >= page.approval_from && claim.back > jumun::money::Won::ZERO)
        .then(|| view! { <Tag icon="users">{tr.t("claims.second")}</Tag> });
    view! { <div class="stack">{asked} {standing(tr, &page.order, claim)} {second} {due}</div> }.into_any()
}

/// The photos side by side; pressed, each stands before the page as large as it was kept.
fn shows(tr: Tr, page: &ClaimPage, _: Whose) -> AnyView {
    let Some(claim) = its(page) else { return ().into_any() };
    let number = page.order.number.to_string();
    let one = |(nth, hash): (usize, &String)| {
        let words = tr.with("order.claim.photo", &[("n", &(nth + 1).to_string())]);
        let (id, address) = (format!("photo-{nth}"), format!("/photos/{number}/{hash}"));
        let (large, target, alt, title, label) =
            (address.clone(), id.clone(), words.clone(), words.clone(), tr.with("claims.one.enlarge", &[("what", &words)]));
        view! {
            <li>
                <button type="button" class="proof" popovertarget=target aria-label=label>
                    <img src=address alt="" loading="lazy" />
                </button>
                <Dialog id=id title=title close_label=tr.t("claims.one.close")>
                    <img class="proof-large" src=large alt=alt loading="lazy" />
                </Dialog>
            </li>
        }
    };
    let photos = claim.photos.iter().enumerate().map(one).collect_view();
    let list = if claim.photos.is_empty() {
        view! { <p class="soft">{tr.t("claims.one.no_photos")}</p> }.into_any()
    } else {
        view! { <ul class="proofs">{photos}</ul> }.into_any()
    };
    view! {
        <Card title=tr.t("claims.one.photos") icon="image">
            {list}
        </Card>
    }
    .into_any()
}

/// What was said to the buyer and by him.
fn conversation(tr: Tr, page: &ClaimPage, _: Whose) -> AnyView {
    let Some(claim) = its(page).filter(|claim| !claim.notes.is_empty()) else { return ().into_any() };
    let said = talk(tr, &page.order, claim);
    view! {
        <Card title=tr.t("claims.one.talk") icon="quote" class="claim">
            {said}
        </Card>
    }
    .into_any()
}

fn slip(tr: Tr, page: &ClaimPage, _: Whose) -> AnyView {
    let Some(claim) = its(page) else { return ().into_any() };
    if claim.worth.is_some() {
        return worth(tr, &page.order, claim);
    }
    let amount = claim.back.0;
    let rows = vec![(back_words(tr, page.order.kind), view! { <Won amount=amount lang=tr.0.code() /> }.into_any())];
    view! { <Facts rows=rows /> }.into_any()
}

fn of_tree(tr: Tr, page: &ClaimPage, _: Whose) -> AnyView {
    tree(tr, &page.order)
}

/// What happened about returns since this one was asked for.
fn happened(tr: Tr, page: &ClaimPage, _: Whose) -> AnyView {
    let Some(claim) = its(page) else { return ().into_any() };
    let about = |event: &str| ["return.", "refund.", "pickup.", "fulfilment.returned"].iter().any(|begins| event.starts_with(begins));
    let ended = claim.closed_at.unwrap_or(page.order.now);
    let rows = page.order.history.iter().rev().filter(|row| about(&row.event) && row.at >= claim.requested_at && row.at <= ended);
    let events = rows
        .enumerate()
        .map(|(index, row)| TimelineEvent {
            time: tr.ago(row.at, page.order.now),
            datetime: row.at.rfc3339(),
            title: event_words(tr, &row.event),
            text: format!("{} · {}", tr.t(&format!("role.{}", row.actor)), row.at.kst_minute()),
            progress: if index == 0 { Progress::Now } else { Progress::Done },
        })
        .collect();
    view! {
        <Card title=tr.t("order.history") icon="history">
            <Timeline events=events label=tr.t("order.history") />
        </Card>
    }
    .into_any()
}

/// Who looks after it, and who else could.
#[derive(Clone, PartialEq)]
struct Keeping {
    claim: String,
    me: AccountId,
    keeper: Option<(AccountId, String)>,
    others: Vec<(AccountId, String)>,
}

impl Keeping {
    fn of(page: &ClaimPage) -> Self {
        let keeper = page.keeper.as_ref().map(|keeper| (keeper.account, keeper.name.clone()));
        let others = page.colleagues.iter().filter(|other| other.account != page.me).map(|other| (other.account, other.name.clone()));
        Self { claim: page.id.to_string(), me: page.me, keeper, others: others.collect() }
    }
}

fn keep(tr: Tr, keeping: &Keeping, deeds: Deeds) -> AnyView {
    let (me, claim) = (keeping.me, keeping.claim.clone());
    let name = || {
        let claim = claim.clone();
        view! { <input type="hidden" name="claim" value=claim /> }.into_any()
    };
    let (who, mine) = match &keeping.keeper {
        Some((account, _)) if *account == me => (tr.t("claims.keeper.me"), true),
        Some((_, name)) => (name.clone(), false),
        None => (tr.t("claims.keeper.nobody"), false),
    };
    let pending = deeds.assign.pending();
    let to_me = (!mine).then(|| {
        let name = name();
        view! {
            <ActionForm action=deeds
                .assign>
                {name} <Button kind=ButtonKind::Primary class="btn-wide" name="to" value=me.to_string() icon="check" disabled=pending>
                    {tr.t("claims.keeper.take")}
                </Button>
            </ActionForm>
        }
    });
    let leave = keeping.keeper.is_some().then(|| {
        let name = name();
        view! {
            <ActionForm action=deeds
                .assign>
                {name} <Button kind=ButtonKind::Quiet class="btn-wide" name="to" value="" disabled=pending>
                    {tr.t("claims.keeper.leave")}
                </Button>
            </ActionForm>
        }
    });
    let keeper = keeping.keeper.as_ref().map(|(account, _)| *account);
    let others: Vec<Choice> = keeping
        .others
        .iter()
        .filter(|(account, _)| Some(*account) != keeper)
        .map(|(account, name)| Choice::new(account.to_string(), name.clone()))
        .collect();
    let give = (!others.is_empty()).then(|| {
        let name = name();
        view! {
            <ActionForm action=deeds.assign attr:class="keeper-give">
                {name}
                <Select label=tr.t("claims.keeper.other") name="to" id="keeper" choices=others required=true />
                <Button class="btn-wide" disabled=pending>
                    {tr.t("claims.keeper.give")}
                </Button>
            </ActionForm>
        }
    });
    view! {
        <div class="stack stack-s">
            <p class="strong">{who}</p>
            {to_me}
            {give}
            {leave}
        </div>
    }
    .into_any()
}

/// What colleagues of one's own side said: the buyer and the other side never see it.
fn comments(tr: Tr, page: &ClaimPage, whose: Whose) -> AnyView {
    let words = match whose {
        Whose::Store => "claims.comments.about_store",
        Whose::Chain => "claims.comments.about_chain",
    };
    let rows = page.comments.iter().map(|comment| {
        let by = if comment.by.account == page.me { tr.t("claims.keeper.me") } else { comment.by.name.clone() };
        view! {
            <blockquote class="claim-note">
                <p>{comment.text.clone()}</p>
                <footer class="soft text-s">{by} " · " {moment(tr, comment.at, page.order.now)}</footer>
            </blockquote>
        }
    });
    view! {
        <div class="stack">
            <p class="hint">{tr.t(words)}</p>
            {rows.collect_view()}
        </div>
    }
    .into_any()
}

/// `3 / 12 (25%)`: a part of a whole in words and figures.
fn share(tr: Tr, part: u32, whole: u32) -> String {
    let percent = (u64::from(part) * 100).checked_div(whole.into()).unwrap_or(0).min(100);
    tr.with("claims.record.share", &[("n", &part.to_string()), ("percent", &percent.to_string())])
}

fn count(tr: Tr, n: u32) -> String {
    tr.with("claims.record.count", &[("n", &n.to_string())])
}

fn of_buyer(tr: Tr, page: &ClaimPage, whose: Whose) -> AnyView {
    let BuyerRecord { orders, sent_back, returns, rejected, paid_back } = page.buyer;
    let (amount, lang) = (paid_back.0, tr.0.code());
    let rows = vec![
        (tr.t("claims.record.orders"), count(tr, orders).into_any()),
        (tr.t("claims.record.sent_back"), share(tr, sent_back, orders).into_any()),
        (tr.t("claims.record.returns"), count(tr, returns).into_any()),
        (tr.t("claims.record.rejected"), count(tr, rejected).into_any()),
        (tr.t("claims.record.paid_back"), view! { <Won amount=amount lang=lang /> }.into_any()),
    ];
    let hint = match whose {
        Whose::Store => "claims.record.buyer_here",
        Whose::Chain => "claims.record.buyer_everywhere",
    };
    let others = page.others.iter().map(|row| other(tr, row, whose)).collect_view();
    let others = (!page.others.is_empty()).then(|| view! { <ul class="others">{others}</ul> });
    view! {
        <Card title=tr.with("claims.record.buyer", &[("name", &page.order.buyer_name)]) icon="id-card">
            <div class="stack">
                <p class="hint">{tr.t(hint)}</p>
                <Facts rows=rows />
                {others}
            </div>
        </Card>
    }
    .into_any()
}

/// Another return of the same buyer.
fn other(tr: Tr, row: &ClaimRow, whose: Whose) -> AnyView {
    let (amount, lang) = (row.amount.0, tr.0.code());
    view! {
        <li>
            <a class="main-link mono text-s" href=whose.claim(row)>
                {row.number.to_string()}
            </a>
            <span class="others-what">{claim_badge(tr, row.way, row.state)} {claim_reason(tr, row.reason)} <Won amount=amount lang=lang /></span>
        </li>
    }
    .into_any()
}

fn of_seller(tr: Tr, page: &ClaimPage, _: Whose) -> AnyView {
    let SellerRecord { returns, rejected, its_fault, open } = page.seller;
    let rows = vec![
        (tr.t("claims.record.returns"), count(tr, returns).into_any()),
        (tr.t("claims.record.open"), count(tr, open).into_any()),
        (tr.t("claims.record.rejected"), share(tr, rejected, returns).into_any()),
        (tr.t("claims.record.its_fault"), share(tr, its_fault, returns).into_any()),
    ];
    view! {
        <Card title=tr.with("claims.record.seller", &[("name", &tr.of(&page.order.seller_name))]) icon="store">
            <div class="stack">
                <p class="hint">{tr.t("claims.record.year")}</p>
                <Facts rows=rows />
            </div>
        </Card>
    }
    .into_any()
}
