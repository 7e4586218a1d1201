//! Cards, tables, figures.

use super::{Icon, Tone, classes, filled};
use leptos::prelude::*;

/// A sheet with a title.
#[component]
pub fn Card(
    /// Title; left out when empty.
    #[prop(into, optional)]
    title: String,
    /// Icon before the title.
    #[prop(into, optional)]
    icon: String,
    /// What stands right of the title.
    #[prop(into, optional)]
    aside: ViewFn,
    /// Extra classes, such as `card-flush` for a table to the edges.
    #[prop(into, optional)]
    class: String,
    /// The content.
    children: Children,
) -> impl IntoView {
    let icon = filled(icon).map(|name| view! { <Icon name=name /> });
    let head = filled(title).map(|title| {
        view! {
            <header class="card-head">
                <h2 class="row row-nowrap">{icon}{title}</h2>
                {aside.run()}
            </header>
        }
    });
    view! { <section class=classes(["card", &class])>{head} <div class="card-body">{children()}</div></section> }
}

/// A wide table in a box that scrolls sideways, reachable by keyboard. Children are `<thead>` and `<tbody>`.
#[component]
pub fn Table(
    /// What the table shows; read out, and seen when `show_caption`.
    #[prop(into)]
    caption: String,
    /// Show the caption.
    #[prop(optional)]
    show_caption: bool,
    /// Extra classes for the table, such as `board-table table-cards`.
    #[prop(into, optional)]
    class: String,
    /// Keep the head in sight by letting the box scroll by itself.
    #[prop(optional)]
    tall: bool,
    /// `<thead>`, `<tbody>`, `<tfoot>`.
    children: Children,
) -> impl IntoView {
    let caption_class = if show_caption { "" } else { "visually-hidden" };
    let wrap = if tall { "table-wrap table-tall" } else { "table-wrap" };
    let label = caption.clone();
    view! {
        <div class=wrap role="region" aria-label=label tabindex="0">
            <table class=classes(["table", &class])>
                <caption class=caption_class>{caption}</caption>
                {children()}
            </table>
        </div>
    }
}

/// Ruled cells with a small name above each value, as on an appliance's rating plate.
#[component]
pub fn Plate(
    /// Name and value of each cell.
    rows: Vec<(String, AnyView)>,
) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|(name, value)| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="plate">{rows}</dl> }
}

/// Names and values, a line each.
#[component]
pub fn Facts(
    /// Name and value of each line.
    rows: Vec<(String, AnyView)>,
) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|(name, value)| {
            view! {
                <dt>{name}</dt>
                <dd>{value}</dd>
            }
        })
        .collect_view();
    view! { <dl class="facts">{rows}</dl> }
}

/// One figure of a dashboard; stands in a `kpis` box.
#[component]
pub fn Kpi(
    /// What is measured.
    #[prop(into)]
    label: String,
    /// The figure, already formatted.
    #[prop(into)]
    value: String,
    /// Its unit.
    #[prop(into, optional)]
    unit: String,
    /// Target, change or alarm in words.
    #[prop(into, optional)]
    note: String,
    /// What the note means.
    #[prop(optional)]
    tone: Tone,
    /// Where the figure comes from.
    #[prop(into, optional)]
    href: String,
) -> impl IntoView {
    let unit = filled(unit).map(|unit| view! { <small>{unit}</small> });
    let toned = tone != Tone::Neutral;
    let note = filled(note).map(|note| {
        let icon = toned.then(|| view! { <Icon name=tone.icon() /> });
        let class = if toned { classes(["kpi-note", tone.class()]) } else { "kpi-note".to_owned() };
        view! { <span class=class>{icon}{note}</span> }
    });
    let body = view! {
        <span class="kpi-label">{label}</span>
        <span class="kpi-value">{value}{unit}</span>
        {note}
    };
    if href.is_empty() {
        view! { <div class="kpi">{body}</div> }.into_any()
    } else {
        view! {
            <a class="kpi" href=href>
                {body}
            </a>
        }
        .into_any()
    }
}
