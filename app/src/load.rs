//! What a page reads from the server: fetched while the server draws, sent along in the page, fetched again when what it
//! hangs on changes.

use crate::error::Refused;
use leptos::{
    prelude::*,
    server::codee::{Decoder, Encoder},
};
use serde::{Serialize, de::DeserializeOwned};

/// JSON, read as answers of server functions are: another reader of the same values would weigh as much again.
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// What was read, or why not.
pub type Loaded<T> = Resource<Result<T, Refused>, Json>;

/// Reads with `fetch`, and again whenever `source` changes.
pub fn load<S, T, Answer>(source: impl Fn() -> S + Send + Sync + 'static, fetch: impl Fn(S) -> Answer + Send + Sync + 'static) -> Loaded<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    Answer: Future<Output = Result<T, Refused>> + Send + 'static,
{
    Resource::new_with_options(source, fetch, false)
}

/// Worked out from what is loaded. The browser keeps it; the server works it out at each reading, because it may draw a page in the
/// moment in which what was waited for is there and what hangs on it has not heard of it (leptos tells the page first).
pub fn derived<T>(f: impl Fn() -> T + Send + Sync + 'static) -> Signal<T>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    if cfg!(feature = "ssr") { Signal::derive(f) } else { Memo::new(move |_| f()).into() }
}
