//! What the chain's own people must look at, and what they wrote about it.

use super::console::{Console, after, all_well, asked, order_link, page_head, severity, use_chain, when};
use crate::{
    api::{self, admin::ResolveAlert},
    components::{Button, ButtonKind, Card, Confirm, EmptyState, Icon, Skeleton, TabItem, Tabs, TextArea, Tone},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        errors::{Problem, Said, flaw, refused},
        frame::Head,
    },
};
use jumun::{
    alert::Alert,
    time::Time,
    view::{AlertView, AlertsView},
};
use leptos::prelude::*;

/// `/admin/alerts`
#[component]
pub fn Alerts() -> impl IntoView {
    let tr = use_tr();
    let chain = use_chain();
    let show = asked("show");
    let resolved = Memo::new(move |_| show.get() == "resolved");
    let data = load(move || resolved.get(), |resolved| api::admin::alerts(resolved.then(|| "1".to_owned())));
    let action = ServerAction::<ResolveAlert>::new();
    after(action, move || {
        data.refetch();
        chain.refetch();
    });
    let tabs = move || {
        let open = chain.get().and_then(Result::ok).map(|chain| u64::from(chain.high) + u64::from(chain.medium));
        let first = TabItem::new("/admin/alerts", tr.t("admin.alerts.open"), !resolved.get());
        let items = vec![
            open.map_or(first.clone(), |open| first.clone().count(open)),
            TabItem::new("/admin/alerts?show=resolved", tr.t("admin.alerts.resolved"), resolved.get()),
        ];
        view! { <Tabs items=items label=tr.t("admin.alerts.title") /> }
    };
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) if view.rows.is_empty() => nothing(tr, resolved.get_untracked()),
            Ok(view) => view! { <Card>{list(tr, &view, usize::MAX, Some(action))}</Card> }.into_any(),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Console chain=chain>
            <Head title=tr.t("admin.alerts.title") />
            {page_head(tr.t("admin.alerts.title"), tr.t("admin.alerts.about"), ())}
            <div class="stack">
                <Transition>{tabs}</Transition>
                <Said refusal=refused(action) />
                <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("admin.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

fn nothing(tr: Tr, resolved: bool) -> AnyView {
    if resolved {
        view! { <EmptyState icon="bell" title=tr.t("admin.alerts.none_resolved") text=tr.t("admin.alerts.none_resolved_text") /> }.into_any()
    } else {
        view! { <EmptyState icon="check-circle" title=tr.t("admin.alerts.none_open") text=tr.t("admin.alerts.none_open_text") /> }.into_any()
    }
}

/// Alerts as a list, or the word that there are none. With the action open ones can be resolved in place.
pub fn list(tr: Tr, view: &AlertsView, most: usize, action: Option<ServerAction<ResolveAlert>>) -> AnyView {
    if view.rows.is_empty() {
        return all_well(tr.t("admin.alerts.none_open"), tr.t("admin.alerts.none_open_text"));
    }
    let cases = view.rows.iter().take(most).map(|alert| case(tr, alert, view.now, action)).collect_view();
    view! { <ul class="cases">{cases}</ul> }.into_any()
}

fn case(tr: Tr, alert: &AlertView, now: Time, action: Option<ServerAction<ResolveAlert>>) -> AnyView {
    let order = alert.number.as_ref().map(order_link);
    let parked = (alert.kind == Alert::SagaParked && alert.resolved_at.is_none()).then(|| {
        view! {
            <a class="link" href="/admin/sagas">
                {tr.t("admin.alerts.to_sagas")}
            </a>
        }
    });
    let problem = alert.problem.clone().map(|problem| {
        view! {
            <p class="case-problem">
                <Icon name="plug" />
                <code>{problem}</code>
            </p>
        }
    });
    let end = alert.resolved_at.map(|at| {
        let who = alert.resolved_by.clone().unwrap_or_else(|| tr.t("admin.alerts.by_itself"));
        let note = alert.note.clone().map(|note| view! { <q>{note}</q> });
        view! {
            <p class="case-end tone-done">
                <span class="tone-text">
                    <Icon name="check" />
                </span>
                <span>{who}" · "{when(tr, at, now)}" "{note}</span>
            </p>
        }
    });
    let act = action.filter(|_| alert.resolved_at.is_none()).map(|action| resolve(tr, alert, action));
    view! {
        <li class="case">
            <div class="case-mark">{severity(tr, alert.severity)} {when(tr, alert.raised_at, now)}</div>
            <div class="case-main">
                <p class="case-title">{tr.t(&format!("alert.{}", alert.kind.slug()))}</p>
                <p class="case-sub">{order} {parked}</p>
                {problem}
                {end}
            </div>
            <div class="case-side">{act}</div>
        </li>
    }
    .into_any()
}

/// Somebody has looked: a button that opens the form with the note.
fn resolve(tr: Tr, alert: &AlertView, action: ServerAction<ResolveAlert>) -> AnyView {
    let id = alert.id.clone();
    let field = format!("note-{}", alert.id);
    let error = flaw(tr, refused(action), "reason");
    view! {
        <Confirm
            label=tr.t("admin.alerts.resolve")
            icon="check"
            kind=ButtonKind::Secondary
            tone=Tone::Neutral
            title=tr.t("admin.alerts.resolve_title")
        >
            <ActionForm action=action attr:class="stack stack-s">
                <input type="hidden" name="alert" value=id />
                <TextArea
                    label=tr.t("admin.alerts.note")
                    name="note"
                    id=field
                    rows=3
                    maxlength=200
                    required=true
                    hint=tr.t("admin.alerts.note_hint")
                    error=error
                />
                <div>
                    <Button kind=ButtonKind::Primary icon="check" disabled=action.pending()>
                        {tr.t("admin.alerts.resolve_do")}
                    </Button>
                </div>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}
