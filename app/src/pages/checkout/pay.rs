//! Paying an order: how much, how, how long there is time, and what stands in the way.

use crate::{
    api::{
        checkout::{CheckIdentity, RequestPayment, ResumePayment, pay},
        orders::GiveCommand,
    },
    components::{
        Button, ButtonKind, Card, Confirm, Countdown, Facts, LinkButton, Notice, PriceTable, Progress, RadioCard, Skeleton, Step, Steps, Tone, Won,
    },
    error::Refused,
    i18n::{Tr, use_tr},
    load::{Loaded, load},
    pages::{
        cart::price_rows,
        errors::{Problem, Said, refused},
        frame::Head,
    },
};
use jumun::{
    order::{DeclineCause, Deposit, PaymentMethod, Status, Waits},
    view::{AttemptView, PayView},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::time::Duration;

#[derive(Clone, Copy)]
struct Ways {
    request: ServerAction<RequestPayment>,
    resume: ServerAction<ResumePayment>,
    identity: ServerAction<CheckIdentity>,
    command: ServerAction<GiveCommand>,
    again: Callback<()>,
    /// What the order on the page waits for.
    waits: StoredValue<Option<Waits>>,
}

/// The pay page of an order.
#[component]
pub fn Pay() -> impl IntoView {
    let tr = use_tr();
    let params = use_params_map();
    let number = Memo::new(move |_| params.read().get("number").unwrap_or_default());
    let command = ServerAction::<GiveCommand>::new();
    let cancelled = command.version();
    let order = load(move || (number.get(), cancelled.get()), |(number, _)| pay(number));
    let ways = Ways {
        request: ServerAction::new(),
        resume: ServerAction::new(),
        identity: ServerAction::new(),
        command,
        again: Callback::new(move |()| order.refetch()),
        waits: StoredValue::new(None),
    };
    ask_again(order, ways.waits);
    // What an earlier press was refused for is over once the order has changed.
    Effect::new(move |_| {
        if cancelled.get() > 0 {
            ways.request.clear();
            ways.resume.clear();
            ways.identity.clear();
        }
    });
    let page = move || {
        Suspend::new(async move {
            match order.await {
                Ok(view) => sheet(tr, &view, ways),
                Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
            }
        })
    };
    view! {
        <Head title=tr.t("pay.title") />
        <Transition fallback=move || view! { <Skeleton lines=6 label=tr.t("frame.loading") /> }>{page}</Transition>
    }
}

/// While somebody else has to answer, the page looks again by itself: every two seconds at the PSP, every ten at a bank.
fn ask_again(order: Loaded<PayView>, waits: StoredValue<Option<Waits>>) {
    let beat = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let handle = set_interval_with_handle(
            move || {
                beat.update_value(|n| *n = n.wrapping_add(1));
                let due = match waits.get_value() {
                    Some(Waits::PaymentAnswer) => true,
                    Some(Waits::Deposit) => beat.get_value().is_multiple_of(5),
                    Some(_) | None => false,
                };
                if due {
                    order.refetch();
                }
            },
            Duration::from_secs(2),
        );
        on_cleanup(move || {
            if let Ok(handle) = handle {
                handle.clear();
            }
        });
    });
}

/// Where the order stands, as far as paying goes.
enum Stage<'a> {
    Over,
    Paid,
    Confirming,
    Depositing(&'a AttemptView, &'a Deposit),
    Open(&'a AttemptView),
    Proving,
    Choosing,
    Stuck,
}

fn stage(view: &PayView) -> Stage<'_> {
    let unpaid = view.beside || matches!(view.status, Status::Pending | Status::StockReserved | Status::PaymentPending | Status::PaymentFailed);
    if matches!(view.status, Status::Cancelled | Status::Refunded | Status::Returned) {
        return Stage::Over;
    }
    // Missing units are settled on the order's own page.
    if view.waits == Waits::Stock {
        return Stage::Stuck;
    }
    if !unpaid {
        return Stage::Paid;
    }
    match (&view.attempt, view.waits) {
        (_, Waits::PaymentAnswer) => Stage::Confirming,
        (Some(attempt), Waits::Deposit) => match &attempt.deposit {
            Some(deposit) => Stage::Depositing(attempt, deposit),
            None => Stage::Confirming,
        },
        (Some(attempt), _) => Stage::Open(attempt),
        (None, _) if view.can_pay && view.identity_needed => Stage::Proving,
        (None, _) if view.can_pay => Stage::Choosing,
        (None, _) => Stage::Stuck,
    }
}

fn sheet(tr: Tr, view: &PayView, ways: Ways) -> AnyView {
    let lang = tr.0.code();
    ways.waits.set_value(Some(view.waits));
    let stage = stage(view);
    let paying = !matches!(stage, Stage::Over | Stage::Paid);
    let sum = match stage {
        Stage::Over => tr.t("pay.amount_of_order"),
        Stage::Paid => tr.t("pay.amount_paid"),
        _ if view.beside => tr.t("pay.beside"),
        Stage::Confirming | Stage::Depositing(..) | Stage::Open(_) | Stage::Proving | Stage::Choosing | Stage::Stuck => tr.t("price.payable"),
    };
    let mut title = tr.of(&view.title);
    if view.more_lines > 0 {
        title = tr.with("pay.and_more", &[("title", &title), ("n", &view.more_lines.to_string())]);
    }
    let clock = view.seconds_left.filter(|_| paying).map(|left| {
        let left = u64::try_from(left).unwrap_or_default();
        let total = u64::try_from(view.seconds_total).unwrap_or_default().max(left).max(1);
        let label = if matches!(stage, Stage::Depositing(..)) {
            tr.t("pay.until_deposit")
        } else if view.status == Status::PaymentFailed {
            tr.t("pay.until_retry")
        } else {
            tr.t("pay.until")
        };
        view! { <Countdown seconds_left=left total=total label=label on_end=ways.again /> }
    });
    let cancel = view.can_cancel.then(|| cancel_form(tr, view, ways));
    let rows = price_rows(tr, &view.amounts);
    let payable = view.due.0;
    let rows = if view.beside { Vec::new() } else { rows };
    let identity = (view.identity_needed && paying).then(|| identity_steps(tr));
    let beside = (view.beside && paying).then(|| view! { <p class="soft">{tr.t("pay.beside_text")}</p> });
    let numbered = tr.with("pay.number", &[("number", view.number.as_str())]);
    let body = match stage {
        Stage::Over => over(tr, view),
        Stage::Paid => paid(tr, view),
        Stage::Confirming => confirming(tr, view),
        Stage::Depositing(attempt, deposit) => depositing(tr, attempt, deposit),
        Stage::Open(attempt) => open(tr, view, attempt, ways),
        Stage::Proving => proving(tr, view, ways),
        Stage::Choosing => choosing(tr, view, ways),
        Stage::Stuck => stuck(tr, view),
    };
    view! {
        <div class="pay">
            <h1>{tr.t("pay.title")}</h1>
            <div class="pay-head fins">
                <div>
                    <small>{sum.clone()}</small>
                    <p class="pay-sum">
                        <Won amount=payable lang=lang />
                    </p>
                </div>
                {clock}
            </div>
            <Said refusal=refused(ways.request) />
            <Said refusal=refused(ways.resume) />
            <Said refusal=refused(ways.identity) />
            <Said refusal=refused(ways.command) />
            {beside}
            {identity}
            {body}
            <Card title=title icon="receipt">
                <p class="soft text-s">{numbered}</p>
                <PriceTable rows=rows total_label=sum total=payable caption=tr.t("price.title") lang=lang />
            </Card>
            {cancel}
        </div>
    }
    .into_any()
}

fn to_order(tr: Tr, view: &PayView, kind: ButtonKind) -> AnyView {
    view! {
        <LinkButton href=format!("/orders/{}", view.number) kind=kind class="btn-l btn-wide">
            {tr.t("pay.to_order")}
        </LinkButton>
    }
    .into_any()
}

fn over(tr: Tr, view: &PayView) -> AnyView {
    view! {
        <Notice tone=Tone::Neutral icon="ban" title=tr.t("pay.over")>
            <p>{tr.t("pay.over_text")}</p>
        </Notice>
        {to_order(tr, view, ButtonKind::Secondary)}
        <LinkButton href="/" kind=ButtonKind::Primary class="btn-l btn-wide">
            {tr.t("errors.to_home")}
        </LinkButton>
    }
    .into_any()
}

fn paid(tr: Tr, view: &PayView) -> AnyView {
    view! {
        <Notice tone=Tone::Done title=tr.t("pay.paid")>
            <p>{tr.t("pay.paid_text")}</p>
        </Notice>
        {to_order(tr, view, ButtonKind::Primary)}
    }
    .into_any()
}

fn stuck(tr: Tr, view: &PayView) -> AnyView {
    let waits = tr.t(&format!("waits.{}", view.waits.name()));
    view! {
        <Notice tone=Tone::Waiting title=tr.t("pay.stuck")>
            <p>{waits}</p>
        </Notice>
        {to_order(tr, view, ButtonKind::Primary)}
    }
    .into_any()
}

fn confirming(tr: Tr, view: &PayView) -> AnyView {
    // A plain link: it works without scripts, and with them the page looks by itself.
    view! {
        <Notice tone=Tone::Moving title=tr.t("pay.confirming")>
            <p>{tr.t("pay.confirming_text")}</p>
        </Notice>
        <a class="btn btn-l btn-wide" href=format!("/pay/{}", view.number) rel="external">
            {tr.t("pay.refresh")}
        </a>
    }
    .into_any()
}

fn depositing(tr: Tr, attempt: &AttemptView, deposit: &Deposit) -> AnyView {
    let amount = attempt.amount.0;
    let facts: Vec<(String, AnyView)> = vec![
        (tr.t("pay.bank"), deposit.bank.clone().into_any()),
        (tr.t("pay.account"), view! { <b class="num">{deposit.account.clone()}</b> }.into_any()),
        (tr.t("pay.amount"), view! { <b><Won amount=amount lang=tr.0.code() /></b> }.into_any()),
        (tr.t("pay.deposit_due"), deposit.due.kst_minute().into_any()),
    ];
    view! {
        <Notice tone=Tone::Waiting title=tr.t("pay.depositing")>
            <p>{tr.t("pay.depositing_text")}</p>
        </Notice>
        <Card title=tr.t("pay.deposit_to") icon="landmark">
            <Facts rows=facts />
        </Card>
    }
    .into_any()
}

fn open(tr: Tr, view: &PayView, attempt: &AttemptView, ways: Ways) -> AnyView {
    let number = view.number.to_string();
    let text = tr.with("pay.open_text", &[("method", &tr.t(&format!("method.{}", attempt.method.slug())))]);
    let pending = ways.resume.pending();
    view! {
        <Notice tone=Tone::Waiting title=tr.t("pay.open")>
            <p>{text}</p>
        </Notice>
        <ActionForm action=ways.resume>
            <input type="hidden" name="number" value=number />
            <Button kind=ButtonKind::Primary class="btn-l btn-wide" icon="arrow-right" disabled=pending>
                {tr.t("pay.resume")}
            </Button>
        </ActionForm>
    }
    .into_any()
}

/// Two steps where an amount needs a proof first.
fn identity_steps(tr: Tr) -> AnyView {
    let step = |key: &str, progress| Step { label: tr.t(key), note: String::new(), progress };
    let steps = vec![step("pay.step_identity", Progress::Now), step("pay.step_pay", Progress::Todo)];
    view! { <Steps steps=steps label=tr.t("pay.steps") /> }.into_any()
}

fn proving(tr: Tr, view: &PayView, ways: Ways) -> AnyView {
    let number = view.number.to_string();
    let pending = ways.identity.pending();
    view! {
        {setback(tr, view)}
        <Notice tone=Tone::Waiting icon="id-card" title=tr.t("pay.identity")>
            <p>{tr.t("pay.identity_text")}</p>
        </Notice>
        <ActionForm action=ways.identity>
            <input type="hidden" name="number" value=number />
            <Button kind=ButtonKind::Primary class="btn-l btn-wide" icon="id-card" disabled=pending>
                {tr.t("pay.identity_go")}
            </Button>
        </ActionForm>
    }
    .into_any()
}

/// The key of a cause in the words.
fn cause_key(cause: DeclineCause) -> &'static str {
    match cause {
        DeclineCause::Balance => "decline.balance",
        DeclineCause::Limit => "decline.limit",
        DeclineCause::CardState => "decline.card_state",
        DeclineCause::CardData => "decline.card_data",
        DeclineCause::System => "decline.system",
        DeclineCause::Buyer => "decline.buyer",
    }
}

/// What went wrong with the attempt before, what to do, and how often it may be tried.
fn setback(tr: Tr, view: &PayView) -> AnyView {
    let words = match view.declined {
        Some(cause) => Some(tr.t(cause_key(cause))),
        None if view.timed_out => Some(tr.t("pay.timed_out")),
        None => None,
    };
    words
        .map(|words| {
            let (title, text) = words.split_once(". ").map(|(title, text)| (title.to_owned(), text.to_owned())).unwrap_or((words, String::new()));
            let left = tr.with("pay.tries_left", &[("n", &view.tries_left.to_string())]);
            view! {
                <Notice tone=Tone::Trouble title=title>
                    <p>{text}</p>
                    <p class="text-s soft">{left}</p>
                </Notice>
            }
        })
        .into_any()
}

fn choosing(tr: Tr, view: &PayView, ways: Ways) -> AnyView {
    let (order, number) = (view.order.to_string(), view.number.to_string());
    let payable = view.due.0;
    let icon = |method| match method {
        PaymentMethod::Card => "credit-card",
        PaymentMethod::Transfer => "landmark",
        PaymentMethod::VirtualAccount => "receipt",
        PaymentMethod::EasyPay => "wallet",
    };
    // What is paid beside an order is paid at once: a bank account would take a day.
    let methods = PaymentMethod::ALL
        .iter()
        .filter(|method| !view.beside || **method != PaymentMethod::VirtualAccount)
        .map(|method| {
            let slug = method.slug();
            view! {
                <RadioCard
                    name="method"
                    value=slug
                    title=tr.t(&format!("method.{slug}"))
                    text=tr.t(&format!("pay.method_text.{slug}"))
                    icon=icon(*method)
                    checked=*method == PaymentMethod::Card
                    required=true
                />
            }
        })
        .collect_view();
    let pending = ways.request.pending();
    view! {
        {setback(tr, view)}
        <ActionForm action=ways.request attr:class="form">
            <input type="hidden" name="order" value=order />
            <input type="hidden" name="number" value=number />
            <fieldset class="fieldset">
                <legend>{tr.t("pay.how")}</legend>
                <div class="radio-cards">{methods}</div>
            </fieldset>
            <Button kind=ButtonKind::Primary class="btn-l btn-wide" icon="lock" disabled=pending>
                <Won amount=payable lang=tr.0.code() />
                " "
                {tr.t("pay.go")}
            </Button>
        </ActionForm>
    }
    .into_any()
}

fn cancel_form(tr: Tr, view: &PayView, ways: Ways) -> AnyView {
    let order = view.order.to_string();
    let title = if view.attempt.is_some() || !matches!(view.status, Status::Paid | Status::Confirmed) {
        tr.t("pay.cancel_unpaid")
    } else {
        tr.with("pay.cancel_paid", &[("amount", &tr.won(view.amounts.payable()))])
    };
    let command = ways.command;
    view! {
        <Confirm label=tr.t("pay.cancel") kind=ButtonKind::Quiet title=title>
            <ActionForm action=command>
                <input type="hidden" name="order" value=order />
                <input type="hidden" name="command" value="cancel" />
                <Button kind=ButtonKind::DangerSolid>{tr.t("pay.cancel_yes")}</Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}
