//! The document around every page.

use crate::{routes::App, session::page_locale};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};

/// The HTML document. Scripts carry the nonce of the answer's content security policy.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    crate::session::prepare_page();
    view! {
        <!DOCTYPE html>
        <html lang=page_locale().code()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <HashedStylesheet options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
