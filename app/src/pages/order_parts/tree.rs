//! The agreements that an order stands among, as far as whoever looks has a chair at them.

use super::badge::{status_icon, status_words, tone};
use crate::{
    components::{Card, OrderTree, TreeEdge, TreeNode},
    i18n::Tr,
};
use jumun::{
    actor::Chair,
    order::{Kind, status},
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

/// The tree; nothing for an order that stands alone.
pub fn tree(tr: Tr, order: &OrderView) -> AnyView {
    if order.tree.is_empty() {
        return ().into_any();
    }
    let kind = |kind: Kind| tr.t(&format!("order.kind.{}", kind.name()));
    let card = |node: &jumun::view::TreeNode| TreeNode {
        id: node.number.to_string(),
        icon: kind_icon(node.kind).to_owned(),
        who: tr.of(&node.seller_name),
        what: format!("{} · {} × {}", node.number, tr.of(&node.title), node.units),
        tone: tone(node.tone),
        state: status_words(tr, node.status, false),
        state_icon: status_icon(node.status).to_owned(),
        amount: Some(node.amount.0),
        href: match node.chair {
            _ if node.number == order.number => String::new(),
            Chair::Admin | Chair::System => format!("/admin/orders/{}", node.number),
            Chair::Buyer | Chair::Seller => format!("/desk/orders/{}", node.number),
        },
        live: matches!(node.tone, status::Tone::Moving | status::Tone::Waiting),
        here: node.number == order.number,
        off: node.tone == status::Tone::Neutral,
    };
    let nodes: Vec<TreeNode> = order.tree.iter().map(card).collect();
    let edge = |node: &jumun::view::TreeNode| {
        let parent = node.parent.as_ref()?;
        Some(TreeEdge { from: parent.to_string(), to: node.number.to_string(), label: kind(node.kind) })
    };
    let edges: Vec<TreeEdge> = order.tree.iter().filter_map(edge).collect();
    view! {
        <Card title=tr.t("order.tree.title") icon="git-branch">
            <OrderTree nodes=nodes edges=edges label=tr.t("order.tree.title") lang=tr.0.code() />
        </Card>
    }
    .into_any()
}
