//! Hints from the server that something moved on. A hint carries no data: the page fetches its own view again.

use leptos::prelude::*;
use serde::Deserialize;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

/// A topic has moved on.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Hint {
    /// For instance `order:…`; [`EVERYTHING`] when something may have been missed.
    pub topic: String,
    /// The version of the order that moved; 0 where there is none.
    pub version: i64,
}

/// The topic of a hint that asks to look at everything again.
pub const EVERYTHING: &str = "*";

/// Calls `on_change` with every hint about the topics (separated by commas), and once whenever the stream opens, because
/// something may have moved while nobody listened. Only in the browser, which reconnects by itself; the stream ends with
/// the page or when the topics change.
pub fn use_live(topics: Signal<String>, on_change: impl Fn(Hint) + Clone + 'static) {
    Effect::new(move |_| {
        let topics = topics.get();
        if topics.is_empty() {
            return;
        }
        let Ok(source) = EventSource::new(&format!("/live?topics={topics}")) else { return };
        let (on_open, on_change) = (on_change.clone(), on_change.clone());
        let opened = Closure::<dyn FnMut()>::new(move || on_open(Hint { topic: EVERYTHING.to_owned(), version: 0 }));
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            if let Some(hint) = message.data().as_string().and_then(|text| serde_json::from_str(&text).ok()) {
                on_change(hint);
            }
        });
        source.set_onopen(Some(opened.as_ref().unchecked_ref()));
        source.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        let open = StoredValue::new_local((source, opened, heard));
        on_cleanup(move || {
            open.try_with_value(|(source, _, _)| source.close());
        });
    });
}
