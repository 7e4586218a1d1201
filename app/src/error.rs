//! Refusals on their way to the browser: a typed value, the right HTTP status, never a stack trace or SQL text.

use jumun::refusal::{Problem, Refusal};
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// A refusal that a server function answers with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Refused(pub Refusal);

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        set_status(refusal.status());
        #[cfg(feature = "ssr")]
        crate::session::keep_typed();
        Self(refusal)
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.code())
    }
}

impl FromServerFnError for Refused {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Refusal::invalid("form", Problem::Malformed).into()
            }
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_)
            | ServerFnErrorErr::Request(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Serialization(_)
            | ServerFnErrorErr::Response(_) => Refusal::Broken.into(),
        }
    }
}

/// Sets the HTTP status of the answer, on the server. A form sent without scripts is answered by a redirect back to its
/// page, which then shows the refusal: that status stays.
pub fn set_status(status: u16) {
    #[cfg(feature = "ssr")]
    if is_plain_form() {
        return;
    }
    #[cfg(feature = "ssr")]
    if let (Some(options), Ok(status)) = (leptos::prelude::use_context::<leptos_axum::ResponseOptions>(), http::StatusCode::from_u16(status)) {
        options.set_status(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

#[cfg(feature = "ssr")]
pub(crate) fn is_plain_form() -> bool {
    leptos::prelude::use_context::<http::request::Parts>().is_some_and(|parts| {
        let accepts_pages =
            parts.headers.get(http::header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains("text/html"));
        parts.method == http::Method::POST && accepts_pages
    })
}
