//! Fields that a scanner can type into: a hand scanner, which ends each code with Enter, or the camera of a phone.

use super::{ButtonKind, Icon, classes};
use jumun::text::SerialNumber;
use leptos::{
    ev::{ClipboardEvent, Event, KeyboardEvent},
    html::{Div, Video},
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, JsValue},
};
use std::{collections::BTreeSet, time::Duration};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, HtmlInputElement, HtmlVideoElement,
    js_sys::{Array, Function, Object, Promise, Reflect},
};

/// How long the camera looks between two readings.
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// Fields for codes on goods: put one [`super::Field`] a code inside. Enter goes on to the next one and never sends the form; several
/// codes in one fill those after it. Where the browser can read codes and has a camera there is a button for that. Without scripts
/// they are fields like others, and Enter does nothing.
#[component]
pub fn ScanFields(
    /// The button that opens the camera.
    #[prop(into)]
    open: String,
    /// The button that closes it.
    #[prop(into)]
    close: String,
    /// What to do with the camera.
    #[prop(into)]
    aim: String,
    /// What it says when the camera may not be used.
    #[prop(into)]
    denied: String,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let group = NodeRef::<Div>::new();
    let video = NodeRef::<Video>::new();
    let (can_look, set_can_look) = signal(false);
    let (looks, set_looks) = signal(false);
    let (failed, set_failed) = signal(false);
    Effect::new(move |_| {
        spawn_local(async move {
            if has_camera().await {
                let _ = set_can_look.try_set(true);
            }
        });
    });
    // The page may be left while the camera looks.
    let fields = move || group.try_get_untracked().flatten().map(|group| inputs(&group)).unwrap_or_default();
    let at = move |event: &Event| {
        let target = event.target()?.dyn_into::<HtmlInputElement>().ok()?;
        let fields = fields();
        let nth = fields.iter().position(|field| *field == target)?;
        Some((fields, nth))
    };
    let enter = move |event: KeyboardEvent| {
        if event.key() != "Enter" || event.is_composing() {
            return;
        }
        if let Some((fields, nth)) = at(&event) {
            event.prevent_default();
            let next = fill(&fields, nth, &codes(&fields[nth].value()));
            go_to(&fields, next);
        }
    };
    let paste = move |event: ClipboardEvent| {
        let codes = codes(&pasted(&event));
        if let Some((fields, nth)) = at(&event).filter(|_| codes.len() > 1) {
            event.prevent_default();
            let next = fill(&fields, nth, &codes);
            go_to(&fields, next);
        }
    };
    let tidy = move |event: Event| {
        if let Some((fields, nth)) = at(&event) {
            fill(&fields, nth, &codes(&fields[nth].value()));
        }
    };
    let toggle = move |_| {
        let begins = !looks.get_untracked();
        set_failed.set(false);
        set_looks.set(begins);
        if begins {
            spawn_local(async move {
                // The page draws the picture first.
                pause(Duration::ZERO).await;
                let Some(video) = video.get_untracked() else { return };
                let goes_on = move || looks.try_get_untracked() == Some(true);
                if look(&video, goes_on, move |code| take(&fields(), code)).await.is_err() {
                    let _ = set_failed.try_set(true);
                }
                let _ = set_looks.try_set(false);
            });
        }
    };
    let word = move || if looks.get() { close.clone() } else { open.clone() };
    view! {
        // A scanner ends what it types with Enter, which presses a form's first submit button: one that cannot be pressed.
        <button type="submit" disabled hidden></button>
        <div class="scan" node_ref=group on:keydown=enter on:paste=paste on:change=tidy>
            {children()}
        </div>
        <Show when=move || can_look.get()>
            <div class="scan-camera">
                <button type="button" class=classes(["btn", ButtonKind::Secondary.class()]) on:click=toggle>
                    <Icon name="scan" />
                    {word.clone()}
                </button>
                <Show when=move || looks.get()>
                    <video class="scan-picture" node_ref=video muted playsinline></video>
                </Show>
                <p class="hint" aria-live="polite">
                    {
                        let (aim, denied) = (aim.clone(), denied.clone());
                        move || match (looks.get(), failed.get()) {
                            (true, _) => aim.clone(),
                            (false, true) => denied.clone(),
                            (false, false) => String::new(),
                        }
                    }
                </p>
            </div>
        </Show>
    }
}

/// The codes in a text, one or several, as they are written on goods.
fn codes(text: &str) -> Vec<String> {
    let apart = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
    text.split(apart).filter(|code| !code.is_empty()).map(str::to_ascii_uppercase).collect()
}

fn inputs(group: &Element) -> Vec<HtmlInputElement> {
    let found = group.get_elements_by_tag_name("input");
    (0..found.length()).filter_map(|nth| found.item(nth)?.dyn_into().ok()).collect()
}

/// Puts codes into a field and those after it; what there is no field for stays in the last one. Answers where to go on.
fn fill(fields: &[HtmlInputElement], from: usize, codes: &[String]) -> usize {
    let room = fields.len() - from;
    let (each, rest) = codes.split_at(codes.len().min(room.saturating_sub(1)));
    for (field, code) in fields[from..].iter().zip(each) {
        field.set_value(code);
    }
    let next = from + each.len();
    if !rest.is_empty() {
        fields[next].set_value(&rest.join(" "));
    }
    next.max(from + 1)
}

fn go_to(fields: &[HtmlInputElement], nth: usize) {
    if let Some(field) = fields.get(nth).or(fields.last()) {
        let _ = field.focus();
        field.select();
    }
}

/// Puts a code that the camera has read into the first empty field, once. Answers whether there is another.
fn take(fields: &[HtmlInputElement], read: &str) -> bool {
    let empty = |field: &&HtmlInputElement| field.value().trim().is_empty();
    // Other codes stand on a box too: those that cannot be one of ours are none.
    if let Ok(serial) = SerialNumber::parse(read)
        && fields.iter().all(|field| field.value() != serial.as_str())
        && let Some(field) = fields.iter().find(empty)
    {
        field.set_value(serial.as_str());
    }
    fields.iter().any(|field| empty(&field))
}

// What follows speaks to parts of the browser that have no types here: who has none of them answers with an error, and nothing
// is shown of it.

fn get(of: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    Reflect::get(of, &name.into())
}

fn call(of: &JsValue, name: &str, with: &[JsValue]) -> Result<JsValue, JsValue> {
    Reflect::apply(get(of, name)?.unchecked_ref::<Function>(), of, &with.iter().collect::<Array>())
}

async fn ask(of: &JsValue, name: &str, with: &[JsValue]) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&call(of, name, with)?)).await
}

fn pasted(event: &ClipboardEvent) -> String {
    let data = get(event, "clipboardData").and_then(|data| call(&data, "getData", &["text".into()]));
    data.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

async fn pause(time: Duration) {
    let wait = Promise::new(&mut |done, _| {
        set_timeout(
            move || {
                let _ = done.call0(&JsValue::NULL);
            },
            time,
        );
    });
    let _ = JsFuture::from(wait).await;
}

fn reader() -> Result<JsValue, JsValue> {
    let reader = get(&window(), "BarcodeDetector")?;
    Reflect::construct(reader.dyn_ref::<Function>().ok_or(JsValue::UNDEFINED)?, &Array::new())
}

fn devices() -> Result<JsValue, JsValue> {
    get(&get(&window(), "navigator")?, "mediaDevices")
}

/// Whether this browser can read codes and there is something to see them with.
async fn has_camera() -> bool {
    let found = async {
        reader()?;
        let devices = ask(&devices()?, "enumerateDevices", &[]).await?;
        Ok::<_, JsValue>(Array::from(&devices).iter().any(|device| get(&device, "kind").is_ok_and(|kind| kind == "videoinput")))
    };
    found.await.unwrap_or(false)
}

/// Looks through the camera until every field is filled or it is closed, and gives the camera back.
async fn look(video: &HtmlVideoElement, goes_on: impl Fn() -> bool, take: impl Fn(&str) -> bool) -> Result<(), JsValue> {
    let (facing, wish) = (Object::new(), Object::new());
    Reflect::set(&facing, &"facingMode".into(), &"environment".into())?;
    Reflect::set(&wish, &"video".into(), &facing)?;
    let stream = ask(&devices()?, "getUserMedia", &[wish.into()]).await?;
    let read = async {
        Reflect::set(video, &"srcObject".into(), &stream)?;
        ask(video, "play", &[]).await?;
        let reader = reader()?;
        let mut seen = BTreeSet::new();
        while goes_on() {
            // A picture that cannot be read is looked at again.
            let found = ask(&reader, "detect", &[video.into()]).await.map(|found| Array::from(&found)).unwrap_or_default();
            let read = found.iter().filter_map(|code| get(&code, "rawValue").ok()?.as_string());
            let new: Vec<String> = read.flat_map(|text| codes(&text)).filter(|code| seen.insert(code.clone())).collect();
            let full = new.iter().fold(false, |_, code| !take(code));
            if full {
                break;
            }
            pause(BETWEEN_LOOKS).await;
        }
        Ok(())
    };
    let looked = read.await;
    for track in Array::from(&call(&stream, "getTracks", &[])?).iter() {
        call(&track, "stop", &[])?;
    }
    looked
}

#[cfg(test)]
mod tests {
    use super::codes;

    #[test]
    fn a_scanner_may_send_several_codes_in_a_row() {
        assert_eq!(codes(" sr-1001 "), ["SR-1001"]);
        assert_eq!(codes("SR-1001\r\nsr-1002,SR-1003; \t"), ["SR-1001", "SR-1002", "SR-1003"]);
        assert!(codes(" \n").is_empty());
    }
}
