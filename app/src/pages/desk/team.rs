//! The people of the store: who runs it, who works there, who has left.

use super::{
    console::{Console, Counts, page_head},
    webhooks::fresh,
};
use crate::{
    api::{
        self,
        team::{AddColleague, InviteAgain, LetGo, MakeManager, MakeStaff, TakeBack},
    },
    components::{Button, ButtonKind, Card, Confirm, Field, Notice, Skeleton, StatusBadge, Tag, Tone},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        admin::console::{after, until, when},
        errors::{Problem, Said, flaw, refused},
        frame::Head,
    },
};
use jumun::{
    team::{Colleague, Deed, Presence},
    time::Time,
    view::{ColleagueRow, TeamView},
};
use leptos::prelude::*;

/// What a manager does about a colleague.
#[derive(Clone, Copy)]
struct Deeds {
    invite: ServerAction<InviteAgain>,
    make_manager: ServerAction<MakeManager>,
    make_staff: ServerAction<MakeStaff>,
    let_go: ServerAction<LetGo>,
    take_back: ServerAction<TakeBack>,
}

/// `/desk/team`
#[component]
pub fn Team() -> impl IntoView {
    let tr = use_tr();
    let desk = load(|| (), |()| api::desk::desk());
    let counts = Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    let data = load(|| (), |()| api::team::team());
    let add = ServerAction::<AddColleague>::new();
    let deeds = Deeds {
        invite: ServerAction::new(),
        make_manager: ServerAction::new(),
        make_staff: ServerAction::new(),
        let_go: ServerAction::new(),
        take_back: ServerAction::new(),
    };
    after(add, move || data.refetch());
    after(deeds.invite, move || data.refetch());
    after(deeds.make_manager, move || data.refetch());
    after(deeds.make_staff, move || data.refetch());
    after(deeds.let_go, move || data.refetch());
    after(deeds.take_back, move || data.refetch());
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => list(tr, &view, deeds),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    let form = move || data.get().is_some_and(|found| found.is_ok_and(|view| view.manager)).then(|| new(tr, add));
    view! {
        <Console counts=counts>
            <Head title=tr.t("team.title") />
            {page_head(tr.t("team.title"), tr.t("team.about"))}
            <div class="stack">
                <Said refusal=refused(deeds.invite) />
                <Said refusal=refused(deeds.make_manager) />
                <Said refusal=refused(deeds.make_staff) />
                <Said refusal=refused(deeds.let_go) />
                <Said refusal=refused(deeds.take_back) />
                <Transition fallback=move || view! { <Skeleton lines=6 label=tr.t("desk.loading") /> }>{shown} {form}</Transition>
            </div>
        </Console>
    }
}

fn list(tr: Tr, view: &TeamView, deeds: Deeds) -> AnyView {
    let link = view.fresh.clone().map(|link| fresh(tr.t("team.fresh_title"), tr.t("team.fresh_text"), link));
    let staff = (!view.manager).then(|| view! { <Notice tone=Tone::Neutral title=tr.t("team.manager_only") /> });
    let rows = view.rows.iter().map(|row| entry(tr, row, view.now, view.manager.then_some(deeds))).collect_view();
    view! {
        {link}
        {staff}
        <Card title=tr.t("team.list") icon="users">
            <ul class="cases">{rows}</ul>
        </Card>
    }
    .into_any()
}

fn entry(tr: Tr, row: &ColleagueRow, now: Time, deeds: Option<Deeds>) -> AnyView {
    let (tone, icon, word) = match row.presence {
        Presence::Here => (Tone::Done, "check", "team.here"),
        Presence::Invited { until } if until > now => (Tone::Waiting, "hourglass", "team.invited"),
        Presence::Invited { .. } => (Tone::Trouble, "clock", "team.expired"),
        Presence::Blocked => (Tone::Trouble, "ban", "team.blocked"),
        Presence::Gone { .. } => (Tone::Neutral, "log-out", "team.gone"),
    };
    let fact = |name: &str, value: AnyView| {
        view! {
            <div>
                <dt>{tr.t(name)}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let role = tr.t(if row.manager { "people.manager" } else { "team.staff" });
    let moment = match row.presence {
        Presence::Invited { until: end } if end > now => Some(fact("team.until", until(tr, end, now))),
        Presence::Gone { since } => Some(fact("team.since", when(tr, since, now))),
        Presence::Invited { .. } | Presence::Here | Presence::Blocked => None,
    };
    let seen = row.last_sign_in.map_or_else(|| tr.t("people.never").into_any(), |at| when(tr, at, now));
    let step = row.second_step.map_or_else(|| tr.t("people.step_off").into_any(), |since| when(tr, since, now));
    let side = match deeds {
        _ if row.own => view! { <p class="text-s soft">{tr.t("people.own")}</p> }.into_any(),
        Some(deeds) => acts(tr, row, deeds),
        None => ().into_any(),
    };
    view! {
        <li class="case">
            <div class="case-mark">
                <StatusBadge tone=tone icon=icon label=tr.t(word) />
            </div>
            <div class="case-main">
                <p class="case-title">{row.name.clone()}</p>
                <p class="case-sub">
                    <Tag>{role}</Tag>
                </p>
                <dl class="case-facts">
                    {fact("people.email", row.email.clone().into_any())} {moment} {fact("people.last_sign_in", seen)}
                    {fact("people.second_step", step)}
                </dl>
            </div>
            <div class="case-side">{side}</div>
        </li>
    }
    .into_any()
}

/// What can be done to somebody as he stands; the rule is asked, not repeated.
fn acts(tr: Tr, row: &ColleagueRow, deeds: Deeds) -> AnyView {
    let colleague = Colleague { account: row.account, manager: row.manager, presence: row.presence };
    let fits = |deed: Deed| deed.fits(&colleague);
    let account = row.account;
    let id = move || {
        let id = account.to_string();
        view! { <input type="hidden" name="account" value=id /> }
    };
    let invite = fits(Deed::Invite).then(|| {
        view! {
            <ActionForm action=deeds
                .invite>
                {id()} <Button icon="link" class="btn-s" disabled=deeds.invite.pending()>
                    {tr.t("team.invite_again")}
                </Button>
            </ActionForm>
        }
    });
    let make_manager = fits(Deed::MakeManager).then(|| {
        let form =
            view! { <ActionForm action=deeds.make_manager>{id()} {press(tr, "make_manager", false, deeds.make_manager.pending())}</ActionForm> };
        asked_first(tr, "make_manager", "key", false, form.into_any())
    });
    let make_staff = fits(Deed::MakeStaff).then(|| {
        let form = view! { <ActionForm action=deeds.make_staff>{id()} {press(tr, "make_staff", true, deeds.make_staff.pending())}</ActionForm> };
        asked_first(tr, "make_staff", "user", true, form.into_any())
    });
    let let_go = fits(Deed::LetGo).then(|| {
        let form = view! { <ActionForm action=deeds.let_go>{id()} {press(tr, "let_go", true, deeds.let_go.pending())}</ActionForm> };
        asked_first(tr, "let_go", "log-out", true, form.into_any())
    });
    let take_back = fits(Deed::TakeBack).then(|| {
        let form = view! { <ActionForm action=deeds.take_back>{id()} {press(tr, "take_back", false, deeds.take_back.pending())}</ActionForm> };
        asked_first(tr, "take_back", "undo", false, form.into_any())
    });
    view! {
        {invite}
        {make_manager}
        {make_staff}
        {let_go}
        {take_back}
    }
    .into_any()
}

fn press(tr: Tr, deed: &str, harm: bool, pending: Memo<bool>) -> AnyView {
    let kind = if harm { ButtonKind::DangerSolid } else { ButtonKind::Primary };
    let word = tr.t(&format!("team.{deed}_do"));
    view! {
        <Button kind=kind disabled=pending>
            {word}
        </Button>
    }
    .into_any()
}

/// A deed that is asked about first.
fn asked_first(tr: Tr, deed: &str, icon: &'static str, harm: bool, form: AnyView) -> AnyView {
    let (kind, tone) = if harm { (ButtonKind::Danger, Tone::Trouble) } else { (ButtonKind::Secondary, Tone::Neutral) };
    let [label, title, text] = ["", "_title", "_text"].map(|part| tr.t(&format!("team.{deed}{part}")));
    view! {
        <Confirm label=label icon=icon kind=kind tone=tone title=title>
            <p>{text}</p>
            {form}
        </Confirm>
    }
    .into_any()
}

fn new(tr: Tr, add: ServerAction<AddColleague>) -> AnyView {
    let said = refused(add);
    view! {
        <Card title=tr.t("team.add") icon="plus">
            <ActionForm action=add attr:class="stack stack-s">
                <Said refusal=said />
                <Field label=tr.t("field.name") name="name" autocomplete="off" required=true maxlength=40 error=flaw(tr, said, "name") />
                <Field
                    label=tr.t("field.email")
                    name="email"
                    r#type="email"
                    inputmode="email"
                    autocomplete="off"
                    required=true
                    maxlength=120
                    hint=tr.t("team.email_hint")
                    error=flaw(tr, said, "email")
                />
                <p class="hint">{tr.t("team.link_later")}</p>
                <div>
                    <Button kind=ButtonKind::Primary icon="plus" disabled=add.pending()>
                        {tr.t("team.add_do")}
                    </Button>
                </div>
            </ActionForm>
        </Card>
    }
    .into_any()
}
