//! Hints from the server that something moved on. A hint carries no data: the page fetches its own view again.

use leptos::prelude::*;
use serde::Deserialize;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

/// A topic has a newer version.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Hint {
    /// For instance `order:…`.
    pub topic: String,
    /// Counted up with every change.
    pub version: i64,
}

/// Calls `on_change` for every hint about one of the topics (separated by commas) that is newer than the one before. Only
/// in the browser, which reconnects by itself; the stream ends with the page or when the topics change.
pub fn use_live(topics: Signal<String>, on_change: impl Fn(Hint) + Clone + 'static) {
    Effect::new(move |_| {
        let topics = topics.get();
        if topics.is_empty() {
            return;
        }
        let Ok(source) = EventSource::new(&format!("/live?topics={topics}")) else {
            return;
        };
        let on_change = on_change.clone();
        let mut newest: Vec<Hint> = Vec::new();
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            let Some(hint) = message.data().as_string().and_then(|text| serde_json::from_str::<Hint>(&text).ok()) else {
                return;
            };
            match newest.iter_mut().find(|known| known.topic == hint.topic) {
                Some(known) if known.version >= hint.version => return,
                Some(known) => known.version = hint.version,
                None => newest.push(hint.clone()),
            }
            on_change(hint);
        });
        source.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        let open = StoredValue::new_local((source, heard));
        on_cleanup(move || {
            open.try_with_value(|(source, _)| source.close());
        });
    });
}
