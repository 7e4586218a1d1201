//! The console around every desk page: the rail with the boards, and what all pages of the desk share.

use crate::{
    components::{Icon, group_digits},
    i18n::{Tr, use_tr},
    live::{EVERYTHING, use_live},
    pages::{frame::use_visit, order_parts::age},
};
use jumun::{
    order::Board,
    time::{Span, Time},
    view::BoardCount,
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Every change at the caller's own store, whichever it is.
pub const STORE_TOPIC: &str = "store:desk";

/// The boards' counts, and when they were counted.
#[derive(Clone, PartialEq)]
pub struct Counts {
    /// By board.
    pub boards: Vec<BoardCount>,
    /// Now.
    pub now: Time,
}

/// How long an order may stand on a board before it counts as late; none where time does not press.
fn patience(board: Board) -> Option<Span> {
    match board {
        Board::Orders | Board::OutOfStock | Board::PurchaseOrdered | Board::PurchaseCompleted => Some(Span::days(1)),
        Board::Preparing | Board::Returns | Board::Exchanges => Some(Span::days(2)),
        Board::AwaitingPayment | Board::Cancelled | Board::Shipped | Board::Completed => None,
    }
}

/// Whether an order that stands on a board since `since` is late.
pub fn is_late(board: Board, since: Time, now: Time) -> bool {
    patience(board).is_some_and(|patience| now.since(since) > patience)
}

fn entry(tr: Tr, path: &str, href: &'static str, icon: &'static str, key: &str) -> AnyView {
    let here = path == href || (href != "/desk" && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')));
    view! {
        <li>
            <a class="rail-item" href=href aria-current=here.then_some("page")>
                <Icon name=icon />
                <span>{tr.t(key)}</span>
            </a>
        </li>
    }
    .into_any()
}

fn board_entry(tr: Tr, path: &str, board: Board, counts: Option<&Counts>) -> AnyView {
    let href = format!("/desk/boards/{}", board.name());
    let current = (path == href).then_some("page");
    let found = counts.and_then(|counts| counts.boards.iter().find(|count| count.board == board).map(|count| (count, counts.now)));
    let name = tr.t(&format!("board.{}", board.name()));
    let title = name.clone();
    let class = if found.is_some_and(|(count, _)| count.count > 0) { "rail-item has-work" } else { "rail-item" };
    let figures = found.map(|(count, now)| {
        let class = if count.count == 0 { "is-zero" } else { "" };
        let oldest = count.oldest.filter(|_| count.count > 0 && !matches!(board, Board::Cancelled | Board::Completed)).map(|since| {
            let words = age(tr, since, now);
            let title = tr.with("desk.oldest", &[("age", &words)]);
            if is_late(board, since, now) {
                view! {
                    <span class="rail-late" title=title>
                        <Icon name="alert-circle" />
                        {words}
                        <span class="visually-hidden">{tr.t("desk.late")}</span>
                    </span>
                }
                .into_any()
            } else {
                view! {
                    <span class="muted" title=title>
                        {words}
                    </span>
                }
                .into_any()
            }
        });
        view! {
            <span class=format!("rail-count {class}")>
                <span class="row row-nowrap">{oldest}<span>{group_digits(count.count.into())}</span></span>
            </span>
        }
    });
    view! {
        <li>
            <a class=class href=href aria-current=current title=title>
                <span class="clip grow">{name}</span>
                {figures}
            </a>
        </li>
    }
    .into_any()
}

/// The rail and the page.
#[component]
pub fn Console(
    /// The counts of the boards, once they are known. Read inside a `Transition`.
    counts: Signal<Option<Counts>>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let tr = use_tr();
    let path = use_location().pathname;
    let visit = use_visit();
    let rail = move |path: String, counts: Option<Counts>, manager: bool| {
        let boards = Board::ALL.iter().map(|board| board_entry(tr, &path, *board, counts.as_ref())).collect_view();
        // What opens the store to others is its manager's.
        let doors = manager.then(|| {
            view! {
                {entry(tr, &path, "/desk/webhooks", "send", "webhook.title")}
                {entry(tr, &path, "/desk/keys", "key", "keys.title")}
            }
        });
        view! {
            <div>
                <ul class="rail-group">{entry(tr, &path, "/desk", "home", "desk.today")}</ul>
            </div>
            <div>
                <p class="rail-title">{tr.t("desk.boards")}</p>
                <ul class="rail-group rail-pipe grid-3">{boards}</ul>
            </div>
            <div>
                <p class="rail-title">{tr.t("desk.store")}</p>
                <ul class="rail-group">
                    {entry(tr, &path, "/desk/claims", "undo", "claims.title")} {entry(tr, &path, "/desk/reviews", "star", "review.desk_title")}
                    {entry(tr, &path, "/desk/purchases", "warehouse", "desk.purchases.title")}
                    {entry(tr, &path, "/desk/partners", "store", "desk.partners.title")} {entry(tr, &path, "/desk/stock", "boxes", "desk.stock")}
                    {entry(tr, &path, "/desk/products", "package", "desk.products")} {entry(tr, &path, "/desk/coupons", "ticket", "coupons.title")}
                    {entry(tr, &path, "/desk/team", "users", "team.title")} {doors}
                </ul>
            </div>
        }
        .into_any()
    };
    let shown = move || rail(path.get(), counts.get(), visit.0.get().and_then(Result::ok).is_some_and(|visitor| visitor.manager));
    view! {
        <nav class="rail" aria-label=tr.t("desk.rail")>
            <Transition fallback=move || rail(path.get_untracked(), None, false)>{shown}</Transition>
        </nav>
        <main id="main" class="console-main" tabindex="-1">
            {children()}
        </main>
    }
}

/// A bar that says that something changed. What is on the page moves only when it is pressed.
#[component]
pub fn News(
    /// The page has its data: who is refused the page is not let near the stream either.
    shown: Signal<bool>,
    /// Fetches the page's data again.
    on_refresh: Callback<()>,
) -> impl IntoView {
    let tr = use_tr();
    let waiting = RwSignal::new(0_u32);
    let topics = Memo::new(move |_| if shown.get() { STORE_TOPIC.to_owned() } else { String::new() });
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
                    {tr.with("desk.news", &[("n", &count.to_string())])}
                </button>
            }
        })
    }
}

/// The head of a desk page.
pub fn page_head(title: String, about: String) -> AnyView {
    view! {
        <div class="page-head">
            <div>
                <h1>{title}</h1>
                <p>{about}</p>
            </div>
        </div>
    }
    .into_any()
}
