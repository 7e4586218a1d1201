//! Stars: as a figure, and as a choice.

use super::Icon;
use jumun::order::Stars;
use leptos::prelude::*;

/// So many of five; `words` is what is read out.
#[component]
pub fn StarRow(
    /// How many are filled.
    filled: u8,
    /// What it says.
    #[prop(into)]
    words: String,
) -> impl IntoView {
    let star = |nth: u8| {
        let class = if nth <= filled { "star is-on" } else { "star" };
        view! {
            <span class=class>
                <Icon name="star-filled" />
            </span>
        }
    };
    view! {
        <span class="stars" role="img" aria-label=words>
            {(1..=Stars::MOST).map(star).collect_view()}
        </span>
    }
}

/// A choice of one to five: radio buttons that look like stars, so that arrow keys move along them and a form sends them.
#[component]
pub fn StarChoice(
    /// What is asked.
    #[prop(into)]
    label: String,
    /// Name sent with the form.
    #[prop(into)]
    name: String,
    /// The one chosen at first.
    #[prop(into)]
    chosen: Option<Stars>,
    /// What is read out for each.
    words: impl Fn(Stars) -> String,
) -> impl IntoView {
    let mut each: Vec<Stars> = Stars::all().collect();
    each.reverse();
    let choices = each
        .into_iter()
        .map(|stars| {
            view! {
                <label class="star">
                    <input type="radio" name=name.clone() value=stars.get().to_string() checked=chosen == Some(stars) required />
                    <Icon name="star-filled" />
                    <span class="visually-hidden">{words(stars)}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="fieldset">
            <legend>{label}</legend>
            <div class="star-choice">{choices}</div>
        </fieldset>
    }
}
