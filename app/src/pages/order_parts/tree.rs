//! The agreements that an order stands among, as far as whoever looks has a chair at them.

use super::{
    badge::{status_icon, status_words, tone},
    installer::{job_icon, job_tone, pickup_icon, pickup_tone},
};
use crate::{
    components::{Card, OrderTree, Tone, TreeEdge, TreeNode},
    i18n::Tr,
};
use jumun::{
    actor::Chair,
    ids::OrderNumber,
    order::{CollectionState, InstallationState, Kind},
    view::OrderView,
};
use leptos::prelude::*;

fn kind_icon(kind: Kind) -> &'static str {
    match kind {
        Kind::Sale => "receipt",
        Kind::Purchase => "warehouse",
        Kind::Installation => "wrench",
        Kind::Collection => "truck",
        Kind::Replacement => "repeat",
    }
}

/// Where a node leads; nowhere from its own page, nor where whoever looks has no chair.
fn way(node: &jumun::view::TreeNode, here: &OrderNumber) -> String {
    let Some(number) = node.number.as_ref().filter(|number| *number != here) else { return String::new() };
    match (node.chair, node.kind) {
        (Some(Chair::Admin | Chair::System), _) => format!("/admin/orders/{number}"),
        // What a customer buys; what a store buys stands on its desk.
        (Some(Chair::Buyer), Kind::Sale | Kind::Replacement) => format!("/orders/{number}"),
        (Some(Chair::Buyer), Kind::Purchase | Kind::Installation | Kind::Collection) | (Some(Chair::Seller), _) => format!("/desk/orders/{number}"),
        (None, _) => String::new(),
    }
}

fn card(tr: Tr, node: &jumun::view::TreeNode, id: String, here: &OrderNumber) -> TreeNode {
    let goods = format!("{} × {}", tr.of(&node.title), node.units);
    let comes = node.job.is_some_and(InstallationState::is_live) || node.pickup == Some(CollectionState::Scheduled);
    let visit = node.visit.filter(|_| comes).map(|visit| tr.visit(visit));
    let what = [node.number.as_ref().map(ToString::to_string), Some(goods), visit].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    // A job stands somewhere else than goods do.
    let (tone, state, state_icon) = match (node.job, node.pickup) {
        (Some(job), _) => (job_tone(job), tr.t(&format!("installation.state.{}", job.name())), job_icon(job)),
        (None, Some(pickup)) => (pickup_tone(pickup), tr.t(&format!("pickup.state.{}", pickup.name())), pickup_icon(pickup)),
        (None, None) => (tone(node.tone), status_words(tr, node.status, false), status_icon(node.status)),
    };
    TreeNode {
        id,
        icon: kind_icon(node.kind).to_owned(),
        who: tr.of(&node.seller_name),
        what,
        tone,
        state,
        state_icon: state_icon.to_owned(),
        amount: node.amount.map(|amount| amount.0),
        href: way(node, here),
        live: matches!(tone, Tone::Moving | Tone::Waiting),
        here: node.number.as_ref() == Some(here),
        off: tone == Tone::Neutral,
    }
}

/// The tree; nothing for an order that stands alone, or of which whoever looks may see nothing else.
pub fn tree(tr: Tr, order: &OrderView) -> AnyView {
    if order.tree.is_empty() {
        return ().into_any();
    }
    // A node without a chair has no number to go by: it is named by its place.
    let id = |place: usize, number: Option<&OrderNumber>| number.map_or_else(|| place.to_string(), ToString::to_string);
    let named = || order.tree.iter().enumerate().map(|(place, node)| (id(place, node.number.as_ref()), node));
    let nodes: Vec<TreeNode> = named().map(|(id, node)| card(tr, node, id, &order.number)).collect();
    let edge = |(to, node): (String, &jumun::view::TreeNode)| {
        let from = node.parent.as_ref()?.to_string();
        Some(TreeEdge { from, to, label: tr.t(&format!("order.kind.{}", node.kind.name())) })
    };
    let edges: Vec<TreeEdge> = named().filter_map(edge).collect();
    view! {
        <Card title=tr.t("order.tree.title") icon="git-branch">
            <OrderTree nodes=nodes edges=edges label=tr.t("order.tree.title") lang=tr.0.code() />
        </Card>
    }
    .into_any()
}
