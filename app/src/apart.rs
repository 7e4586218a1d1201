//! What comes to the browser in a file of its own. Without `--split` the module is whole, and nothing is fetched.

/// A function that is fetched when it is first called. On the server it has the page announce its file, so that a browser
/// fetches it beside the rest.
macro_rules! apart {
    ($(#[$about:meta])* fn $name:ident($($argument:ident: $type:ty)?) -> $answer:ty $body:block) => {
        $(#[$about])*
        #[cfg(any(feature = "ssr", feature = "split"))]
        #[leptos::lazy]
        fn $name($($argument: $type)?) -> $answer $body

        $(#[$about])*
        #[cfg(not(any(feature = "ssr", feature = "split")))]
        async fn $name($($argument: $type)?) -> $answer $body
    };
}

/// Pages that come together: the file is fetched when the first of them is opened.
macro_rules! chunk {
    ($(#[$about:meta])* $chunk:ident, $open:ident, $fetch:ident: $($page:ident => $view:path,)+) => {
        $(#[$about])*
        #[derive(Clone, Copy)]
        enum $chunk {
            $($page,)+
        }

        $crate::apart::apart! {
            fn $open(page: $chunk) -> leptos::prelude::AnyView {
                match page {
                    $($chunk::$page => leptos::prelude::IntoAny::into_any($view()),)+
                }
            }
        }

        impl leptos_router::ChooseView for $chunk {
            async fn choose(self) -> leptos::prelude::AnyView {
                $open(self).await
            }

            async fn preload(&self) {
                #[cfg(all(feature = "split", target_arch = "wasm32"))]
                $fetch().await;
            }
        }
    };
}

pub(crate) use {apart, chunk};
