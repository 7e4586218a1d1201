//! Fields: label, hint and error wired to the input, usable without script.

use super::{Icon, classes, filled};
use leptos::prelude::*;

/// `&`, `<` and `>` made harmless for the text of an element.
pub fn escape_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Ids of the hint and the error, for `aria-describedby`.
fn described_by(id: &str, hint: bool, error: bool) -> Option<String> {
    match (hint, error) {
        (false, false) => None,
        (true, false) => Some(format!("{id}-hint")),
        (false, true) => Some(format!("{id}-error")),
        (true, true) => Some(format!("{id}-error {id}-hint")),
    }
}

fn hint_view(id: &str, hint: String) -> Option<AnyView> {
    let hint_id = format!("{id}-hint");
    filled(hint).map(|text| {
        view! {
            <p class="hint" id=hint_id>
                {text}
            </p>
        }
        .into_any()
    })
}

fn error_view(id: &str, error: Signal<String>) -> AnyView {
    let error_id = format!("{id}-error");
    (move || {
        let error_id = error_id.clone();
        filled(error.get()).map(|text| {
            view! {
                <p class="error" id=error_id>
                    <Icon name="alert-circle" />
                    <span>{text}</span>
                </p>
            }
        })
    })
    .into_any()
}

fn label_view(id: &str, label: String, optional_label: String) -> AnyView {
    let mark = filled(optional_label).map(|word| view! { <span class="field-optional">{word}</span> });
    view! {
        <label class="field-label" for=id.to_owned()>
            {label}
            {mark}
        </label>
    }
    .into_any()
}

/// One line of input.
#[component]
pub fn Field(
    /// What is asked.
    #[prop(into)]
    label: String,
    /// Name sent with the form; also the id unless `id` is given.
    #[prop(into)]
    name: String,
    /// Unique in the page.
    #[prop(into, optional)]
    id: String,
    /// Kind of input: `text`, `email`, `tel`, `password`, `number`, `date`, `search`, …
    #[prop(default = "text")]
    r#type: &'static str,
    /// What it holds at first.
    #[prop(into, optional)]
    value: String,
    /// Help under the input.
    #[prop(into, optional)]
    hint: String,
    /// What is wrong; empty when nothing is.
    #[prop(into, optional)]
    error: Signal<String>,
    /// Word after the label when it may stay empty, such as `선택`.
    #[prop(into, optional)]
    optional_label: String,
    /// Example of an answer.
    #[prop(into, optional)]
    placeholder: String,
    /// What the browser may fill in, such as `tel` or `street-address`.
    #[prop(into, optional)]
    autocomplete: String,
    /// Keyboard on a phone: `numeric`, `decimal`, `tel`, `email`.
    #[prop(into, optional)]
    inputmode: String,
    /// Must be filled.
    #[prop(optional)]
    required: bool,
    /// Least number or date.
    #[prop(into, optional)]
    min: String,
    /// Greatest number or date.
    #[prop(into, optional)]
    max: String,
    /// Step of a number.
    #[prop(into, optional)]
    step: String,
    /// Most letters.
    #[prop(optional)]
    maxlength: u32,
    /// Shape the answer must have.
    #[prop(into, optional)]
    pattern: String,
    /// Shown, sent, not changed.
    #[prop(optional)]
    readonly: bool,
    /// Cannot be used now.
    #[prop(into, optional)]
    disabled: Signal<bool>,
    /// Id of a `<datalist>` with suggestions.
    #[prop(into, optional)]
    list: String,
    /// Extra classes for the field.
    #[prop(into, optional)]
    class: String,
    /// Called in the browser with each change.
    #[prop(into, optional)]
    on_input: Option<Callback<String>>,
) -> impl IntoView {
    let id = if id.is_empty() { name.clone() } else { id };
    let hinted = !hint.is_empty();
    let wired = id.clone();
    let value = if r#type == "password" { value } else { crate::session::typed(&name).unwrap_or(value) };
    view! {
        <div class=classes([
            "field",
            &class,
        ])>
            {label_view(&id, label, optional_label)}
            <input
                class="input"
                id=id.clone()
                name=name
                type=r#type
                value=filled(value)
                placeholder=filled(placeholder)
                autocomplete=filled(autocomplete)
                inputmode=filled(inputmode)
                required=required
                min=filled(min)
                max=filled(max)
                step=filled(step)
                maxlength=(maxlength > 0).then(|| maxlength.to_string())
                pattern=filled(pattern)
                readonly=readonly
                disabled=disabled
                list=filled(list)
                aria-invalid=move || (!error.read().is_empty()).then_some("true")
                aria-describedby=move || described_by(&wired, hinted, !error.read().is_empty())
                on:input=move |event| {
                    if let Some(call) = on_input {
                        call.run(event_target_value(&event));
                    }
                }
            /> {hint_view(&id, hint)} {error_view(&id, error)}
        </div>
    }
}

/// Several lines of input. Leptos 0.8 does not escape the text of a `<textarea>` on the server, so this is
/// the only place that writes the tag: it escapes by itself.
#[component]
pub fn TextArea(
    /// What is asked.
    #[prop(into)]
    label: String,
    /// Name sent with the form; also the id unless `id` is given.
    #[prop(into)]
    name: String,
    /// Unique in the page.
    #[prop(into, optional)]
    id: String,
    /// What it holds at first.
    #[prop(into, optional)]
    value: String,
    /// Help under the input.
    #[prop(into, optional)]
    hint: String,
    /// What is wrong; empty when nothing is.
    #[prop(into, optional)]
    error: Signal<String>,
    /// Word after the label when it may stay empty.
    #[prop(into, optional)]
    optional_label: String,
    /// Example of an answer.
    #[prop(into, optional)]
    placeholder: String,
    /// Lines shown.
    #[prop(default = 4)]
    rows: u32,
    /// Most letters.
    #[prop(optional)]
    maxlength: u32,
    /// Must be filled.
    #[prop(optional)]
    required: bool,
    /// Called in the browser with each change.
    #[prop(into, optional)]
    on_input: Option<Callback<String>>,
) -> impl IntoView {
    let id = if id.is_empty() { name.clone() } else { id };
    let hinted = !hint.is_empty();
    let wired = id.clone();
    // The parser drops one line break at the start, so a text that begins with one needs two.
    let lead = if value.starts_with('\n') { "\n" } else { "" };
    let inner = format!("{lead}{}", escape_text(&value));
    view! {
        <div class="field">
            {label_view(&id, label, optional_label)}
            <textarea
                class="input"
                id=id.clone()
                name=name
                rows=rows.to_string()
                placeholder=filled(placeholder)
                maxlength=(maxlength > 0).then(|| maxlength.to_string())
                required=required
                aria-invalid=move || (!error.read().is_empty()).then_some("true")
                aria-describedby=move || described_by(&wired, hinted, !error.read().is_empty())
                prop:value=value
                inner_html=inner
                on:input=move |event| {
                    if let Some(call) = on_input {
                        call.run(event_target_value(&event));
                    }
                }
            ></textarea> {hint_view(&id, hint)} {error_view(&id, error)}
        </div>
    }
}

/// One choice of a [`Select`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Sent with the form.
    pub value: String,
    /// Shown.
    pub label: String,
    /// Cannot be chosen now.
    pub disabled: bool,
}

impl Choice {
    /// A choice that can be made.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), disabled: false }
    }
}

/// A choice from a list.
#[component]
pub fn Select(
    /// What is asked.
    #[prop(into)]
    label: String,
    /// Name sent with the form; also the id unless `id` is given.
    #[prop(into)]
    name: String,
    /// Unique in the page.
    #[prop(into, optional)]
    id: String,
    /// The choices.
    choices: Vec<Choice>,
    /// Value of the one chosen at first.
    #[prop(into, optional)]
    value: String,
    /// Help under the list.
    #[prop(into, optional)]
    hint: String,
    /// What is wrong; empty when nothing is.
    #[prop(into, optional)]
    error: Signal<String>,
    /// Word after the label when it may stay empty.
    #[prop(into, optional)]
    optional_label: String,
    /// Must be chosen.
    #[prop(optional)]
    required: bool,
    /// Read out the label, do not show it.
    #[prop(optional)]
    hide_label: bool,
    /// Called in the browser with each change.
    #[prop(into, optional)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    let id = if id.is_empty() { name.clone() } else { id };
    let hinted = !hint.is_empty();
    let wired = id.clone();
    let options = choices
        .into_iter()
        .map(|choice| {
            let selected = choice.value == value;
            view! {
                <option value=choice.value selected=selected disabled=choice.disabled>
                    {choice.label}
                </option>
            }
        })
        .collect_view();
    let head = if hide_label {
        view! {
            <label class="visually-hidden" for=id.clone()>
                {label}
            </label>
        }
        .into_any()
    } else {
        label_view(&id, label, optional_label)
    };
    view! {
        <div class="field">
            {head}
            <select
                class="input"
                id=id.clone()
                name=name
                required=required
                aria-invalid=move || (!error.read().is_empty()).then_some("true")
                aria-describedby=move || described_by(&wired, hinted, !error.read().is_empty())
                on:change=move |event| {
                    if let Some(call) = on_change {
                        call.run(event_target_value(&event));
                    }
                }
            >
                {options}
            </select> {hint_view(&id, hint)} {error_view(&id, error)}
        </div>
    }
}

/// A box to tick.
#[component]
pub fn Checkbox(
    /// What is agreed or chosen.
    #[prop(into)]
    label: String,
    /// Name sent with the form.
    #[prop(into)]
    name: String,
    /// Sent when ticked.
    #[prop(into, default = "1".to_owned())]
    value: String,
    /// Unique in the page; made of name and value when left out.
    #[prop(into, optional)]
    id: String,
    /// Ticked at first.
    #[prop(optional)]
    checked: bool,
    /// Must be ticked.
    #[prop(optional)]
    required: bool,
    /// Help under the words.
    #[prop(into, optional)]
    hint: String,
    /// What is wrong; empty when nothing is.
    #[prop(into, optional)]
    error: Signal<String>,
    /// Called in the browser with each change.
    #[prop(into, optional)]
    on_change: Option<Callback<bool>>,
) -> impl IntoView {
    let id = if id.is_empty() { format!("{name}-{value}") } else { id };
    let hinted = !hint.is_empty();
    let wired = id.clone();
    view! {
        <label class="check" for=id.clone()>
            <input
                type="checkbox"
                id=id.clone()
                name=name
                value=value
                checked=checked
                required=required
                aria-invalid=move || (!error.read().is_empty()).then_some("true")
                aria-describedby=move || described_by(&wired, hinted, !error.read().is_empty())
                on:change=move |event| {
                    if let Some(call) = on_change {
                        call.run(event_target_checked(&event));
                    }
                }
            />
            <span>{label}</span>
            {filled(hint)
                .map(|text| {
                    view! {
                        <span class="hint" id=format!("{id}-hint")>
                            {text}
                        </span>
                    }
                })}
            {error_view(&id, error)}
        </label>
    }
}

/// One of several large choices; stands in a `fieldset` with class `fieldset`, within a `radio-cards` box.
#[component]
pub fn RadioCard(
    /// Name shared by the choices.
    #[prop(into)]
    name: String,
    /// Sent when chosen.
    #[prop(into)]
    value: String,
    /// The choice.
    #[prop(into)]
    title: String,
    /// What it means.
    #[prop(into, optional)]
    text: String,
    /// Right of it, such as a price.
    #[prop(into, optional)]
    aside: ViewFn,
    /// Icon before the title.
    #[prop(into, optional)]
    icon: String,
    /// Chosen at first.
    #[prop(optional)]
    checked: bool,
    /// Cannot be chosen now.
    #[prop(optional)]
    disabled: bool,
    /// One of them must be chosen.
    #[prop(optional)]
    required: bool,
    /// Called in the browser with the value when chosen.
    #[prop(into, optional)]
    on_choose: Option<Callback<String>>,
) -> impl IntoView {
    let icon = filled(icon).map(|name| view! { <Icon name=name /> });
    let text = filled(text).map(|text| view! { <span class="radio-card-text">{text}</span> });
    let chosen = value.clone();
    view! {
        <label class="radio-card">
            <input
                type="radio"
                name=name
                value=value
                checked=checked
                disabled=disabled
                required=required
                on:change=move |_| {
                    if let Some(call) = on_choose {
                        call.run(chosen.clone());
                    }
                }
            />
            <span class="radio-card-body">
                <span class="radio-card-title">{icon}{title}</span>
                {text}
            </span>
            <span class="radio-card-aside">{aside.run()}</span>
        </label>
    }
}

/// A quantity with − and +. Without script the buttons send the form with `step_name` = `minus_value` or
/// `plus_value`; Enter in the number sends neither. With `live` the browser counts in place instead.
#[component]
pub fn Stepper(
    /// Name of the number.
    #[prop(into)]
    name: String,
    /// The number at first.
    value: i64,
    /// Least number.
    #[prop(default = 1)]
    min: i64,
    /// Greatest number.
    #[prop(default = 99)]
    max: i64,
    /// What is counted, read out.
    #[prop(into)]
    label: String,
    /// Read out for −.
    #[prop(into)]
    minus_label: String,
    /// Read out for +.
    #[prop(into)]
    plus_label: String,
    /// Name the buttons send.
    #[prop(into, default = "step".to_owned())]
    step_name: String,
    /// Value − sends; put the line's id in it where a form holds several.
    #[prop(into, default = "-1".to_owned())]
    minus_value: String,
    /// Value + sends.
    #[prop(into, default = "1".to_owned())]
    plus_value: String,
    /// Count in the browser instead of sending the form.
    #[prop(optional)]
    live: bool,
    /// Called in the browser with the new number.
    #[prop(into, optional)]
    on_count: Option<Callback<i64>>,
) -> impl IntoView {
    let count = RwSignal::new(value);
    let to = move |next: i64| {
        let next = next.clamp(min, max);
        count.set(next);
        if let Some(call) = on_count {
            call.run(next);
        }
    };
    let at_min = move || count.get() <= min;
    let at_max = move || count.get() >= max;
    let heading = label.clone();
    view! {
        <div class="stepper" role="group" aria-label=heading>
            // Enter in the number presses the form's first submit button: let that be one that changes nothing.
            <button class="stepper-default" type="submit" tabindex="-1" aria-hidden="true"></button>
            <button
                type="submit"
                name=step_name.clone()
                value=minus_value
                aria-label=minus_label
                formnovalidate=true
                disabled=at_min
                on:click=move |event| {
                    if live {
                        event.prevent_default();
                        to(count.get_untracked() - 1);
                    }
                }
            >
                <Icon name="minus" />
            </button>
            <input
                type="number"
                inputmode="numeric"
                name=name
                min=min.to_string()
                max=max.to_string()
                value=value.to_string()
                prop:value=move || count.get().to_string()
                aria-label=label
                on:change=move |event| {
                    if let Ok(next) = event_target_value(&event).parse::<i64>() {
                        to(next);
                    }
                }
            />
            <button
                type="submit"
                name=step_name
                value=plus_value
                aria-label=plus_label
                formnovalidate=true
                disabled=at_max
                on:click=move |event| {
                    if live {
                        event.prevent_default();
                        to(count.get_untracked() + 1);
                    }
                }
            >
                <Icon name="plus" />
            </button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::escape_text;

    #[test]
    fn text_cannot_leave_its_element() {
        assert_eq!(escape_text("</textarea><script>&"), "&lt;/textarea&gt;&lt;script&gt;&amp;");
    }
}
