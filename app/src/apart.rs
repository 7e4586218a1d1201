//! What comes to the browser in a file of its own, where the build splits the module (`--split`). Elsewhere the same code is
//! simply there.

use crate::pages::frame::here;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::sync::OnceLock;

/// A function that is fetched when it is first called. On the server it has the page announce its file, so that the browser
/// fetches it beside the rest.
///
/// # Errors
/// When the file could not be fetched; the next call tries again.
macro_rules! apart {
    ($(#[$about:meta])* fn $name:ident, $fetch:ident($($argument:ident: $type:ty)?) -> $answer:ty $body:block) => {
        $(#[$about])*
        #[cfg(feature = "split")]
        #[leptos::wasm_split::wasm_split($name, wasm_split_path = leptos::wasm_split, preload($fetch), fallible)]
        fn $name($($argument: $type)?) -> Result<$answer, leptos::wasm_split::SplitLoaderError> {
            Ok($body)
        }

        $(#[$about])*
        #[cfg(not(feature = "split"))]
        async fn $name($($argument: $type)?) -> Result<$answer, leptos::wasm_split::SplitLoaderError> {
            leptos::prefetch_lazy_fn_on_server(stringify!($name));
            Ok($body)
        }
    };
}

/// Pages that come together: their file is fetched when the first of them is opened.
macro_rules! chunk {
    ($(#[$about:meta])* $chunk:ident, $open:ident, $fetch:ident: $($page:ident => $view:path,)+) => {
        $(#[$about])*
        #[derive(Clone, Copy)]
        enum $chunk {
            $($page,)+
        }

        $crate::apart::apart! {
            fn $open, $fetch(page: $chunk) -> leptos::prelude::AnyView {
                match page {
                    $($chunk::$page => leptos::prelude::IntoAny::into_any($view()),)+
                }
            }
        }

        impl leptos_router::ChooseView for $chunk {
            async fn choose(self) -> leptos::prelude::AnyView {
                match $open(self).await {
                    Ok(view) => view,
                    Err(_) => $crate::apart::without_its_file().await,
                }
            }

            async fn preload(&self) {
                // `choose` deals with what could not be fetched.
                #[cfg(feature = "split")]
                let _ = $fetch().await;
            }
        }
    };
}

pub(crate) use {apart, chunk};

/// The path that this document was drawn for, in a browser.
pub(crate) static DRAWN: OnceLock<String> = OnceLock::new();

/// A page whose file is not to be had, as when a new version has taken its place: the browser loads the whole page. One that the
/// server has just drawn stays as it is and works as without scripts; loading it again would never end.
pub(crate) async fn without_its_file() -> AnyView {
    let path = use_location().pathname.get_untracked();
    if DRAWN.get().is_some_and(|drawn| *drawn != path) {
        location().set_href(&here().get_untracked()).unwrap_or_default();
    }
    std::future::pending().await
}
