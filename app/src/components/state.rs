//! State: badges, notices, waits, empty places.

use super::{Icon, classes, filled};
use leptos::prelude::*;
use std::time::Duration;

/// What a state means for the person who looks. Never shown by colour alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Somebody has to do something, or time has to pass.
    Waiting,
    /// On its way by itself.
    Moving,
    /// Finished well.
    Done,
    /// Needs help.
    Trouble,
    /// None of these.
    #[default]
    Neutral,
}

impl Tone {
    /// The class that sets the tone's colours.
    pub fn class(self) -> &'static str {
        match self {
            Self::Waiting => "tone-waiting",
            Self::Moving => "tone-moving",
            Self::Done => "tone-done",
            Self::Trouble => "tone-trouble",
            Self::Neutral => "tone-neutral",
        }
    }

    /// The icon used when nothing more telling is known.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Waiting => "clock",
            Self::Moving => "circle-dot",
            Self::Done => "check-circle",
            Self::Trouble => "alert-triangle",
            Self::Neutral => "circle",
        }
    }
}

/// The one badge for a status, everywhere.
#[component]
pub fn StatusBadge(
    /// What the state means.
    tone: Tone,
    /// The status in words.
    #[prop(into)]
    label: String,
    /// Icon; the tone's own when left out.
    #[prop(into, optional)]
    icon: String,
    /// For the head of a page.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let icon = if icon.is_empty() { tone.icon().to_owned() } else { icon };
    let size = if large { "badge-l" } else { "" };
    view! {
        <span class=classes(["badge", tone.class(), size])>
            <Icon name=icon />
            {label}
        </span>
    }
}

/// A word about a thing that is not its state.
#[component]
pub fn Tag(
    /// Icon before the word.
    #[prop(into, optional)]
    icon: String,
    /// In the brand's colour.
    #[prop(optional)]
    brand: bool,
    /// The word.
    children: Children,
) -> impl IntoView {
    let icon = filled(icon).map(|name| view! { <Icon name=name /> });
    view! { <span class=if brand { "tag tag-brand" } else { "tag" }>{icon}{children()}</span> }
}

/// A message in the page. Trouble is announced at once, the rest when there is time.
#[component]
pub fn Notice(
    /// What it means.
    tone: Tone,
    /// What happened.
    #[prop(into)]
    title: String,
    /// Icon; the tone's own when left out.
    #[prop(into, optional)]
    icon: String,
    /// What stays safe and what to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let icon = if icon.is_empty() { if tone == Tone::Neutral { "info".to_owned() } else { tone.icon().to_owned() } } else { icon };
    let role = if tone == Tone::Trouble { "alert" } else { "status" };
    let body = children.map(|body| view! { <div class="notice-body">{body()}</div> });
    view! {
        <div class=classes(["notice", tone.class()]) role=role>
            <Icon name=icon />
            <p class="notice-title">{title}</p>
            {body}
        </div>
    }
}

/// An empty place that says why and what to do.
#[component]
pub fn EmptyState(
    /// Picture.
    #[prop(into)]
    icon: String,
    /// What is not here.
    #[prop(into)]
    title: String,
    /// Why, or what will bring it.
    #[prop(into, optional)]
    text: String,
    /// It stands for the whole page: its title is the page's heading.
    #[prop(optional)]
    page: bool,
    /// A link or form that helps.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let text = filled(text).map(|text| view! { <p>{text}</p> });
    let action = children.map(|action| view! { <div class="empty-action">{action()}</div> });
    view! {
        <div class="empty">
            <div class="empty-art">
                <Icon name=icon />
            </div>
            {if page { view! { <h1 class="empty-title">{title}</h1> }.into_any() } else { view! { <p class="empty-title">{title}</p> }.into_any() }}
            {text}
            {action}
        </div>
    }
}

/// Grey lines where words will be; only where the server cannot know yet.
#[component]
pub fn Skeleton(
    /// How many lines.
    #[prop(default = 3)]
    lines: usize,
    /// Read out instead of the lines.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let lines = (0..lines).map(|_| view! { <span class="skeleton skeleton-line"></span> }).collect_view();
    view! {
        <div role="status">
            <span class="visually-hidden">{label}</span>
            <div aria-hidden="true">{lines}</div>
        </div>
    }
}

/// A short answer at the foot of the screen, after something was done. Also in the page after a form post.
#[component]
pub fn Toast(
    /// What it means.
    #[prop(optional)]
    tone: Tone,
    /// The answer.
    #[prop(into)]
    text: String,
    /// A link or button, such as undo.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let icon = if tone == Tone::Neutral { "info" } else { tone.icon() };
    view! {
        <div class="toasts" role="status">
            <div class=classes(["toast", tone.class()])>
                <Icon name=icon />
                <span class="grow">{text}</span>
                {children.map(|action| action())}
            </div>
        </div>
    }
}

/// A rating out of five, in halves rounded down to whole stars, with its number.
#[component]
pub fn Stars(
    /// Ten times the rating: 47 is 4.7.
    tenths: u32,
    /// Read out instead of the stars, such as `5점 만점에 4.7점`.
    #[prop(into)]
    label: String,
    /// How many rated; left out when nought.
    #[prop(optional)]
    count: u64,
) -> impl IntoView {
    let full = (tenths.min(50) + 5) / 10;
    let stars = (0..5)
        .map(|index| {
            let off = index >= full;
            let class = if off { "icon is-off" } else { "icon" };
            view! {
                <svg class=class aria-hidden="true" focusable="false">
                    <use href="/icons.svg#star-filled"></use>
                </svg>
            }
        })
        .collect_view();
    let figure = format!("{}.{}", tenths / 10, tenths % 10);
    let count = (count > 0).then(|| view! { <span class="muted">{format!("({count})")}</span> });
    view! {
        <span class="stars">
            <span class="stars-row" role="img" aria-label=label>
                {stars}
            </span>
            <span class="num">{figure}</span>
            {count}
        </span>
    }
}

/// `m:ss`, or `h:mm:ss` from an hour on.
pub fn clock_text(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{rest:02}") } else { format!("{minutes}:{rest:02}") }
}

/// A wait that runs: a thin ring and the time left. The server draws where it stands; the browser ticks on.
#[component]
pub fn Countdown(
    /// Seconds left when the page was made.
    seconds_left: u64,
    /// Seconds of the whole wait.
    total: u64,
    /// What is waited for.
    #[prop(into, optional)]
    label: String,
    /// For a table row: one line, small ring.
    #[prop(optional)]
    small: bool,
    /// Called once in the browser when the time is up.
    #[prop(into, optional)]
    on_end: Option<Callback<()>>,
) -> impl IntoView {
    let left = RwSignal::new(seconds_left);
    // Effects run in the browser only, and the handle ends the ticking with the page.
    Effect::new(move |_| {
        if left.get_untracked() == 0 {
            return;
        }
        let handle = set_interval_with_handle(
            move || {
                let now = left.get_untracked();
                if now > 0 {
                    left.set(now - 1);
                    if now == 1
                        && let Some(call) = on_end
                    {
                        call.run(());
                    }
                }
            },
            Duration::from_secs(1),
        );
        on_cleanup(move || {
            if let Ok(handle) = handle {
                handle.clear();
            }
        });
    });
    let size = if small { "countdown-s" } else { "" };
    let class = move || {
        let now = left.get();
        let state = if now == 0 {
            "is-over"
        } else if now.saturating_mul(5) < total {
            "is-short"
        } else {
            ""
        };
        classes(["countdown", size, state])
    };
    let offset = move || {
        let part = left.get().min(total).saturating_mul(1000).checked_div(total).unwrap_or(0);
        let gone = 1000 - part;
        format!("{}.{}", gone / 10, gone % 10)
    };
    let label = filled(label).map(|text| view! { <span class="countdown-label">{text}</span> });
    view! {
        <span class=class role="timer">
            <svg class="countdown-ring" viewBox="0 0 36 36" aria-hidden="true" focusable="false">
                <circle class="track" cx="18" cy="18" r="16"></circle>
                <circle class="run" cx="18" cy="18" r="16" pathLength="100" stroke-dasharray="100" stroke-dashoffset=offset></circle>
            </svg>
            <span class="countdown-text">{label} <span class="countdown-time">{move || clock_text(left.get())}</span></span>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::clock_text;

    #[test]
    fn clock_shows_hours_only_when_there_are_some() {
        assert_eq!(clock_text(0), "0:00");
        assert_eq!(clock_text(412), "6:52");
        assert_eq!(clock_text(3_600), "1:00:00");
        assert_eq!(clock_text(90_061), "25:01:01");
    }
}
