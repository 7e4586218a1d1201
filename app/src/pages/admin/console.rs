//! The console around every page of the chain: the rail with what needs a person, and what all its pages share.

use crate::{
    api,
    components::{Icon, StatusBadge, Tone},
    error::Refused,
    i18n::{Tr, use_tr},
    load::{Loaded, load},
};
use jumun::{
    alert::Severity,
    ids::OrderNumber,
    time::Time,
    view::{ChainView, Proof},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_location;

/// How the chain stands: asked by every page for the rail, and again after every command.
pub type Chain = Loaded<ChainView>;

/// How the chain stands.
pub fn use_chain() -> Chain {
    load(|| (), |()| api::admin::chain())
}

/// Calls `refresh` whenever the action has been answered.
pub fn after<S>(action: ServerAction<S>, refresh: impl Fn() + 'static)
where
    S: ServerFn<Error = Refused> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let version = action.version();
    Effect::new(move |before: Option<usize>| {
        let now = version.get();
        if before.is_some_and(|before| before != now) {
            refresh();
        }
        now
    });
}

/// What stands at the end of a rail entry: how many, and whether somebody is needed.
struct Mark {
    count: u32,
    urgent: u32,
}

fn mark(tr: Tr, mark: &Mark) -> AnyView {
    let Mark { count, urgent } = *mark;
    let urgent = (urgent > 0).then(|| {
        view! {
            <span class="rail-late">
                <Icon name="alert-circle" />
                {urgent.to_string()}
                <span class="visually-hidden">{tr.t("admin.urgent")}</span>
            </span>
        }
    });
    let calm = if count == 0 { "rail-count is-zero" } else { "rail-count" };
    let rest = urgent.is_none().then(|| view! { <span>{count.to_string()}</span> });
    view! {
        <span class=calm>
            <span class="row row-nowrap">{urgent} {rest}</span>
        </span>
    }
    .into_any()
}

fn entry(tr: Tr, path: &str, href: &'static str, icon: &'static str, key: &str, figures: Option<Mark>) -> AnyView {
    let here = path == href || (href != "/admin" && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')));
    view! {
        <li>
            <a class="rail-item" href=href aria-current=here.then_some("page")>
                <Icon name=icon />
                <span>{tr.t(key)}</span>
                {figures.map(|figures| mark(tr, &figures))}
            </a>
        </li>
    }
    .into_any()
}

/// The rail and the page.
#[component]
pub fn Console(
    /// How the chain stands, once it is known.
    chain: Chain,
    /// The page.
    children: Children,
) -> impl IntoView {
    let tr = use_tr();
    let path = use_location().pathname;
    let rail = move |path: String, chain: Option<ChainView>| {
        let alerts = chain.as_ref().map(|chain| Mark { count: chain.high + chain.medium, urgent: chain.high });
        let sagas = chain.as_ref().map(|chain| Mark { count: chain.queues.parked, urgent: chain.queues.parked });
        let found = |proof: &Proof| u32::try_from(proof.findings.len()).unwrap_or(u32::MAX);
        let proof = chain.as_ref().and_then(|chain| chain.proof.as_ref()).map(found).map(|found| Mark { count: found, urgent: found });
        let returns = chain.as_ref().map(|chain| Mark { count: chain.returns, urgent: 0 });
        view! {
            <div>
                <ul class="rail-group">{entry(tr, &path, "/admin", "home", "admin.today.title", None)}</ul>
            </div>
            <div>
                <p class="rail-title">{tr.t("admin.watch")}</p>
                <ul class="rail-group">
                    {entry(tr, &path, "/admin/alerts", "bell", "admin.alerts.title", alerts)}
                    {entry(tr, &path, "/admin/claims", "undo", "claims.rail_chain", returns)}
                    {entry(tr, &path, "/admin/sagas", "activity", "admin.sagas.title", sagas)}
                    {entry(tr, &path, "/admin/proof", "shield-check", "admin.proof.title", proof)}
                    {entry(tr, &path, "/admin/queues", "layers", "admin.queues.page", None)}
                </ul>
            </div>
            <div>
                <p class="rail-title">{tr.t("admin.who")}</p>
                <ul class="rail-group">
                    {entry(tr, &path, "/admin/partners", "store", "stores.title", None)}
                    {entry(tr, &path, "/admin/people", "users", "people.title", None)}
                    {entry(tr, &path, "/admin/channels", "key", "channels.title", None)}
                </ul>
            </div>
            <div>
                <p class="rail-title">{tr.t("admin.look")}</p>
                <ul class="rail-group">
                    {entry(tr, &path, "/admin/orders", "package", "admin.orders.title", None)}
                    {entry(tr, &path, "/admin/coupons", "ticket", "coupons.title", None)}
                    {entry(tr, &path, "/admin/events", "history", "admin.events.title", None)}
                    {entry(tr, &path, "/admin/audit", "book", "admin.audit.title", None)}
                </ul>
            </div>
        }
        .into_any()
    };
    view! {
        <nav class="rail" aria-label=tr.t("admin.rail")>
            <Transition fallback=move || rail(path.get_untracked(), None)>{move || rail(path.get(), chain.get().and_then(Result::ok))}</Transition>
        </nav>
        <main id="main" class="console-main" tabindex="-1">
            {children()}
        </main>
    }
}

/// The head of a page; `aside` stands at its right.
pub fn page_head(title: String, about: String, aside: impl IntoView + 'static) -> AnyView {
    view! {
        <div class="page-head">
            <div>
                <h1>{title}</h1>
                <p>{about}</p>
            </div>
            {aside.into_any()}
        </div>
    }
    .into_any()
}

/// A search field in a form that is sent by Enter.
pub fn search(value: String, label: String) -> AnyView {
    view! {
        <div class="search">
            <Icon name="search" />
            <input class="input" type="search" name="q" value=value placeholder=label.clone() aria-label=label maxlength="40" />
        </div>
    }
    .into_any()
}

/// How soon somebody has to look: a word, an icon and a tone.
pub fn severity(tr: Tr, severity: Severity) -> AnyView {
    let (tone, icon) = match severity {
        Severity::High => (Tone::Trouble, "alert-triangle"),
        Severity::Medium => (Tone::Waiting, "alert-circle"),
    };
    view! { <StatusBadge tone=tone icon=icon label=tr.t(&format!("admin.severity.{}", severity.slug())) /> }.into_any()
}

/// How long ago, with the moment on hover.
pub fn when(tr: Tr, at: Time, now: Time) -> AnyView {
    view! {
        <time class="nowrap" datetime=at.rfc3339() title=exactly(at)>
            {tr.ago(at, now)}
        </time>
    }
    .into_any()
}

/// How long until then, with the moment on hover.
pub fn until(tr: Tr, due: Time, now: Time) -> AnyView {
    let seconds = due.since(now).as_seconds();
    let (key, n) = match seconds {
        ..=0 => ("admin.in.now", 0),
        1..60 => ("admin.in.seconds", seconds),
        60..3_600 => ("admin.in.minutes", seconds / 60),
        3_600..86_400 => ("admin.in.hours", seconds / 3_600),
        _ => ("admin.in.days", seconds / 86_400),
    };
    view! {
        <time class="nowrap" datetime=due.rfc3339() title=exactly(due)>
            {tr.with(key, &[("n", &n.to_string())])}
        </time>
    }
    .into_any()
}

/// The moment to the second.
pub fn exactly(at: Time) -> String {
    let (hour, minute, second) = at.kst_clock();
    format!("{} {hour:02}:{minute:02}:{second:02}", at.kst_date())
}

/// How long something took: `420 ms`, `1.2 s`.
pub fn took(tr: Tr, micros: i64) -> String {
    let (key, n) = match micros.max(0) {
        micros @ 0..1_000_000 => ("admin.took.millis", (micros / 1_000).to_string()),
        micros => ("admin.took.seconds", format!("{}.{}", micros / 1_000_000, micros / 100_000 % 10)),
    };
    tr.with(key, &[("n", &n)])
}

/// The words of a name that comes from rows; who wrote none for it sees the name itself.
pub fn words_of(tr: Tr, area: &str, name: &str) -> String {
    let key = format!("{area}.{}", name.replace('.', "_"));
    let said = tr.t(&key);
    if said.ends_with(&key) { name.to_owned() } else { said }
}

/// A link to the chain's page of an order.
pub fn order_link(number: &OrderNumber) -> AnyView {
    view! {
        <a class="main-link mono nowrap" href=format!("/admin/orders/{number}")>
            {number.to_string()}
        </a>
    }
    .into_any()
}

/// A line that says that all is well, where a list would be.
pub fn all_well(title: String, text: String) -> AnyView {
    view! {
        <p class="well tone-done">
            <span class="tone-text">
                <Icon name="check-circle" />
            </span>
            <span>
                <b>{title}</b>
                " "
                <span class="soft">{text}</span>
            </span>
        </p>
    }
    .into_any()
}

/// An address with those of the values that are filled.
pub fn address(path: &str, values: &[(&str, &str)]) -> String {
    let query: Vec<String> = values
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", crate::pages::desk::board::encode(value)))
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// A value of the page's address; empty where there is none.
pub fn asked(name: &'static str) -> Memo<String> {
    let query = leptos_router::hooks::use_query_map();
    Memo::new(move |_| query.read().get(name).map(|value| value.trim().to_owned()).unwrap_or_default())
}

/// For a server function: nothing where nothing was asked.
pub fn given(value: String) -> Option<String> {
    (!value.is_empty()).then_some(value)
}
