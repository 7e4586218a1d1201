//! Icons from the one sprite.

use leptos::prelude::*;

/// An icon of `/icons.svg`, hidden from screen readers: the word beside it carries the meaning.
#[component]
pub fn Icon(
    /// The symbol's id in the sprite, such as `truck`.
    #[prop(into)]
    name: String,
    /// Half as big again.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let class = if large { "icon icon-l" } else { "icon" };
    view! {
        <svg class=class aria-hidden="true" focusable="false">
            <use href=format!("/icons.svg#{name}")></use>
        </svg>
    }
}
