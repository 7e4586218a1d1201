//! The parts pages are made of. Each renders on the server, works without script, and takes its words
//! already translated. Looks live in `style/`; the catalogue of both is `style/README.md`.

mod chart;
mod controls;
mod data;
mod flow;
mod form;
mod icon;
mod money;
mod overlay;
mod scan;
mod signature;
mod stars;
mod state;

pub use chart::*;
pub use controls::*;
pub use data::*;
pub use flow::*;
pub use form::*;
pub use icon::*;
pub use money::*;
pub use overlay::*;
pub use scan::*;
pub use signature::*;
pub use stars::*;
pub use state::*;

/// Joins class names with spaces and leaves out empty ones.
pub(crate) fn classes<const N: usize>(names: [&str; N]) -> String {
    let mut out = String::new();
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(name);
    }
    out
}

/// `Some` only when the text is not empty: an empty attribute is left out of the page.
pub(crate) fn filled(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
