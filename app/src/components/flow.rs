//! The way of an order: steps, timeline, tree. Drawn once, used in every chair.

use super::{Icon, StatusBadge, Tone, Won, classes, filled};
use leptos::prelude::*;

/// Where a step or an event stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// Behind us.
    Done,
    /// Here.
    Now,
    /// Ahead.
    #[default]
    Todo,
    /// Ended here.
    Stopped,
}

impl Progress {
    /// The class that draws it.
    pub fn class(self) -> &'static str {
        match self {
            Self::Done => "is-done",
            Self::Now => "is-now",
            Self::Todo => "is-todo",
            Self::Stopped => "is-now is-stopped",
        }
    }
}

/// One of four to six steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The step.
    pub label: String,
    /// Under it, such as a date; empty for none.
    pub note: String,
    /// Where it stands.
    pub progress: Progress,
}

/// How far an order has come.
#[component]
pub fn Steps(
    /// Four to six steps.
    steps: Vec<Step>,
    /// Name of the list for screen readers.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let steps = steps
        .into_iter()
        .map(|step| {
            let current = matches!(step.progress, Progress::Now | Progress::Stopped);
            let mark = match step.progress {
                Progress::Done => Some("check"),
                Progress::Stopped => Some("x"),
                Progress::Now | Progress::Todo => None,
            };
            let mark = mark.map(|name| view! { <Icon name=name /> });
            let note = filled(step.note).map(|note| view! { <small>{note}</small> });
            view! {
                <li class=step.progress.class() aria-current=current.then_some("step")>
                    <span class="steps-dot">{mark}</span>
                    <span>{step.label}{note}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <ol class="steps" aria-label=label>
            {steps}
        </ol>
    }
}

/// Something that happened, happens or will.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimelineEvent {
    /// The time as read, such as `3분 전`.
    pub time: String,
    /// The time for machines and the tooltip; empty for none.
    pub datetime: String,
    /// What.
    pub title: String,
    /// More about it; empty for none.
    pub text: String,
    /// Where it stands.
    pub progress: Progress,
}

/// Events in order.
#[component]
pub fn Timeline(
    /// The events, top to bottom.
    events: Vec<TimelineEvent>,
    /// Name of the list for screen readers.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let events = events
        .into_iter()
        .map(|event| {
            let machine = filled(event.datetime);
            let time = filled(event.time).map(|time| {
                view! {
                    <time class="timeline-time" datetime=machine.clone() title=machine>
                        {time}
                    </time>
                }
            });
            let text = filled(event.text).map(|text| view! { <p class="timeline-text">{text}</p> });
            let current = (event.progress == Progress::Now).then_some("step");
            view! {
                <li class=classes(["timeline-item", event.progress.class()]) aria-current=current>
                    <span class="timeline-dot"></span>
                    <div>
                        <div class="timeline-head">
                            <span class="timeline-title">{event.title}</span>
                            {time}
                        </div>
                        {text}
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <ol class="timeline" aria-label=label>
            {events}
        </ol>
    }
}

/// The sentence at the head of an order: what it waits for. Mark the thing itself with `<em>`.
#[component]
pub fn OrderSentence(
    /// What the state means.
    tone: Tone,
    /// The words before the thing.
    #[prop(into, optional)]
    before: String,
    /// The thing waited for.
    #[prop(into)]
    what: String,
    /// The words after it.
    #[prop(into, optional)]
    after: String,
) -> impl IntoView {
    view! { <p class=classes(["order-sentence", tone.class()])>{before}<em>{what}</em>{after}</p> }
}

/// A card of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TreeNode {
    /// Names the node in edges.
    pub id: String,
    /// Icon of its kind, such as `user`, `store`, `warehouse`, `wrench`, `receipt`.
    pub icon: String,
    /// Whose it is.
    pub who: String,
    /// What it is: number, goods.
    pub what: String,
    /// What its state means.
    pub tone: Tone,
    /// Its state in words.
    pub state: String,
    /// Icon of the state; the tone's own when empty.
    pub state_icon: String,
    /// The amount, if this chair may see it.
    pub amount: Option<i64>,
    /// Where it leads, if this chair may go; empty for none.
    pub href: String,
    /// It is moving now.
    pub live: bool,
    /// It is the page we are on.
    pub here: bool,
    /// It was called off.
    pub off: bool,
}

/// What led from one card to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TreeEdge {
    /// Id of the card before.
    pub from: String,
    /// Id of the card after.
    pub to: String,
    /// The kind in words, such as `파트너 매입`.
    pub label: String,
}

fn tree_card(node: &TreeNode, edge: Option<&str>, lang: &'static str) -> AnyView {
    let class = classes([
        "tree-card",
        node.tone.class(),
        if node.live { "is-live" } else { "" },
        if node.here { "is-here" } else { "" },
        if node.off { "is-off" } else { "" },
    ]);
    let edge = edge.filter(|label| !label.is_empty()).map(|label| {
        view! {
            <span class="tree-edge">
                <Icon name="arrow-right" />
                {label.to_owned()}
            </span>
        }
    });
    let what = filled(node.what.clone()).map(|what| view! { <span class="tree-what">{what}</span> });
    let amount = node.amount.map(|amount| view! { <Won amount=amount lang=lang /> });
    let body = view! {
        {edge}
        <span class="tree-who">
            <Icon name=node.icon.clone() />
            {node.who.clone()}
        </span>
        {what}
        <span class="tree-foot">
            <StatusBadge tone=node.tone label=node.state.clone() icon=node.state_icon.clone() />
            {amount}
        </span>
    };
    let current = node.here.then_some("true");
    if node.href.is_empty() {
        view! {
            <div class=class aria-current=current>
                {body}
            </div>
        }
        .into_any()
    } else {
        view! {
            <a class=class href=node.href.clone() aria-current=current>
                {body}
            </a>
        }
        .into_any()
    }
}

fn tree_item(index: usize, edge: Option<&str>, nodes: &[TreeNode], edges: &[TreeEdge], seen: &mut [bool], lang: &'static str) -> Option<AnyView> {
    let node = nodes.get(index)?;
    // Each card is drawn once, so a ring in the data cannot run for ever.
    if std::mem::replace(seen.get_mut(index)?, true) {
        return None;
    }
    let mut children = Vec::new();
    for link in edges.iter().filter(|link| link.from == node.id) {
        if let Some(next) = nodes.iter().position(|other| other.id == link.to)
            && let Some(item) = tree_item(next, Some(&link.label), nodes, edges, seen, lang)
        {
            children.push(item);
        }
    }
    let branch = (!children.is_empty()).then(|| view! { <ol class="tree-branch">{children}</ol> });
    Some(view! { <li class="tree-node">{tree_card(node, edge, lang)}{branch}</li> }.into_any())
}

/// The order tree, left to right from the buyer to the installer; an indented list where it is narrow.
#[component]
pub fn OrderTree(
    /// The cards; those no edge leads to are roots.
    nodes: Vec<TreeNode>,
    /// What led from which to which, in the order to draw.
    edges: Vec<TreeEdge>,
    /// Name of the tree for screen readers.
    #[prop(into)]
    label: String,
    /// Language tag of the page.
    #[prop(default = "ko")]
    lang: &'static str,
) -> impl IntoView {
    let mut seen = vec![false; nodes.len()];
    let mut items = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        if !edges.iter().any(|edge| edge.to == node.id) {
            items.extend(tree_item(index, None, &nodes, &edges, &mut seen, lang));
        }
    }
    view! {
        <div class="tree-box">
            <div class="tree-scroll" role="region" aria-label=label tabindex="0">
                <ol class="tree">{items}</ol>
            </div>
        </div>
    }
}
