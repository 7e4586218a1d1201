//! Charts drawn on the server.

use super::{classes, filled};
use leptos::prelude::*;

/// One bar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// Under the bar.
    pub label: String,
    /// Its height.
    pub value: u64,
    /// The value as read, such as `1,204건`.
    pub text: String,
    /// Beyond its limit: drawn in the colour of trouble.
    pub alarm: bool,
}

/// Bars over time or kinds, with a target line, a description and the same figures as a table.
#[component]
pub fn BarChart(
    /// What the chart shows.
    #[prop(into)]
    title: String,
    /// What it says, in a sentence.
    #[prop(into)]
    desc: String,
    /// Unique in the page.
    #[prop(into)]
    id: String,
    /// The bars, left to right.
    bars: Vec<Bar>,
    /// A dashed line at this height.
    #[prop(optional)]
    target: Option<u64>,
    /// Word on the fold with the table, such as `표로 보기`.
    #[prop(into)]
    table_label: String,
) -> impl IntoView {
    const WIDTH: u64 = 640;
    const TOP: u64 = 18;
    const HEIGHT: u64 = 150;
    const FOOT: u64 = 22;
    let count = u64::try_from(bars.len()).unwrap_or(1).max(1);
    let most = bars.iter().map(|bar| bar.value).chain(target).max().unwrap_or(0).max(1);
    let slot = WIDTH / count;
    let thick = (slot * 6 / 10).clamp(1, 48);
    // With many bars only every n-th has its words.
    let every = count.div_ceil(12).max(1);
    let y = move |value: u64| TOP + HEIGHT - value.saturating_mul(HEIGHT) / most;
    let shapes = bars
        .iter()
        .zip(0_u64..)
        .map(|(bar, index)| {
            let x = index * slot + (slot - thick) / 2;
            let middle = index * slot + slot / 2;
            let top = y(bar.value);
            let named = index % every == 0;
            let value = named.then(|| {
                view! {
                    <text class="chart-value" x=middle.to_string() y=(top - 5).to_string() text-anchor="middle">
                        {bar.text.clone()}
                    </text>
                }
            });
            let label = named.then(|| {
                view! {
                    <text class="chart-text" x=middle.to_string() y=(TOP + HEIGHT + 16).to_string() text-anchor="middle">
                        {bar.label.clone()}
                    </text>
                }
            });
            view! {
                <rect
                    class=classes(["chart-bar", if bar.alarm { "is-alarm" } else { "" }])
                    x=x.to_string()
                    y=top.to_string()
                    width=thick.to_string()
                    height=(TOP + HEIGHT - top).to_string()
                    rx="2"
                ></rect>
                {value}
                {label}
            }
        })
        .collect_view();
    let grid = [4_u64, 2]
        .map(|part| {
            let at = (TOP + HEIGHT - HEIGHT * part / 4).to_string();
            view! { <line class="chart-grid" x1="0" x2=WIDTH.to_string() y1=at.clone() y2=at></line> }
        })
        .collect_view();
    let target = target.map(|value| {
        let at = y(value).to_string();
        view! { <line class="chart-target" x1="0" x2=WIDTH.to_string() y1=at.clone() y2=at></line> }
    });
    let rows = bars
        .iter()
        .map(|bar| {
            view! {
                <tr>
                    <th scope="row">{bar.label.clone()}</th>
                    <td class="end">{bar.text.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    let base = (TOP + HEIGHT).to_string();
    let (title_id, desc_id) = (format!("{id}-title"), format!("{id}-desc"));
    let named = format!("{title_id} {desc_id}");
    view! {
        <div class="chart">
            <svg viewBox=format!("0 0 {WIDTH} {}", TOP + HEIGHT + FOOT) role="img" aria-labelledby=named>
                <title id=title_id>{title}</title>
                <desc id=desc_id>{filled(desc)}</desc>
                {grid}
                {shapes}
                <line class="chart-axis" x1="0" x2=WIDTH.to_string() y1=base.clone() y2=base></line>
                {target}
            </svg>
            <details>
                <summary>{table_label}</summary>
                <table class="table">
                    <tbody>{rows}</tbody>
                </table>
            </details>
        </div>
    }
}
