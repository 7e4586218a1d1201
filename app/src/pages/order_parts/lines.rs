//! What was ordered.

use super::words::{picture, pre_order};
use crate::{
    components::{Tag, Won},
    i18n::Tr,
};
use jumun::view::OrderView;
use leptos::prelude::*;

/// The lines with their pictures.
pub fn lines(tr: Tr, order: &OrderView) -> AnyView {
    let lang = tr.0.code();
    let lines = order
        .lines
        .iter()
        .map(|line| {
            let href = format!("/products/{}", line.product);
            let units = tr.with("order.units", &[("n", &line.quantity.saturating_sub(line.cancelled).to_string())]);
            let gone = (line.cancelled > 0).then(|| {
                let n = line.cancelled.to_string();
                view! {
                    <p>
                        <Tag icon="minus">{tr.with("order.line.cancelled", &[("n", &n)])}</Tag>
                    </p>
                }
            });
            let sum = line.shares.goods - line.shares.of_units(line.quantity, 0, line.cancelled).goods;
            view! {
                <li class="cart-line">
                    <a class="line-pic" href=href.clone() tabindex="-1" aria-hidden="true">
                        <img src=picture(&line.drawing) alt="" width="160" height="120" loading="lazy" />
                    </a>
                    <div>
                        <p class="line-name">
                            <a href=href>{tr.of(&line.title)}</a>
                        </p>
                        <p class="line-note">{tr.of(&line.option)}</p>
                        {pre_order(tr, line.ship_by)}
                        {installed(tr, line.installed)}
                        {gone}
                    </div>
                    <div class="line-foot">
                        <span class="soft num">{tr.won(line.unit_price)}" × "{units}</span>
                        <span class="line-sum">
                            <Won amount=sum.0 lang=lang />
                        </span>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! { <ul>{lines}</ul> }.into_any()
}

/// That somebody puts the goods up.
fn installed(tr: Tr, installed: bool) -> Option<AnyView> {
    installed.then(|| {
        view! {
            <p>
                <Tag icon="wrench">{tr.t("installation.included")}</Tag>
            </p>
        }
        .into_any()
    })
}
