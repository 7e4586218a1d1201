//! Who calls, in which language, and what a server function may do to the browser's cookies.

use jumun::{actor::Actor, text::Locale};
use std::net::IpAddr;

/// Whoever sent a request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// The hash of the session's token.
    pub session: Option<String>,
    /// The language of the answers.
    pub locale: Locale,
    /// Which request: the correlation id of everything it causes.
    pub request: String,
    /// From where, as far as that is known: wrong passwords are counted by it.
    pub address: Option<IpAddr>,
}

/// The name of the cookie that carries the reader's language.
pub const LOCALE_COOKIE: &str = "locale";

/// How this server writes its session cookie.
#[derive(Clone, Debug)]
pub struct SessionCookie {
    /// `__Host-…` where the public address is https, a plain name on loopback.
    pub name: &'static str,
    /// Only over https.
    pub secure: bool,
}

/// Where forms may lead beside our own pages: the payment and identity providers.
#[derive(Clone, Debug)]
pub struct FormTargets(pub String);

/// The language of the page: the server decides it, the browser reads it from `<html lang>`.
pub fn page_locale() -> Locale {
    #[cfg(feature = "ssr")]
    {
        use_caller().map(|caller| caller.locale).unwrap_or_default()
    }
    #[cfg(not(feature = "ssr"))]
    {
        leptos::prelude::document()
            .document_element()
            .and_then(|root| root.get_attribute("lang"))
            .and_then(|lang| Locale::from_code(&lang))
            .unwrap_or_default()
    }
}

/// What the server adds to the answer before a page is drawn.
pub fn prepare_page() {
    #[cfg(feature = "ssr")]
    secure_page();
    crate::i18n::bring_at_once(page_locale());
}

/// What this field held in a form that came back without scripts; never a password.
pub fn typed(field: &str) -> Option<String> {
    #[cfg(feature = "ssr")]
    {
        typed_before(field)
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = field;
        None
    }
}

#[cfg(feature = "ssr")]
pub use server_side::*;

#[cfg(feature = "ssr")]
mod server_side {
    use super::{Caller, SessionCookie};
    use crate::backend::House;
    use http::{HeaderMap, HeaderValue, header::SET_COOKIE, request::Parts};
    use jumun::refusal::{Problem, Refusal};
    use leptos::prelude::*;
    use leptos_axum::ResponseOptions;
    use leptos_router::location::Url;

    /// The caller, where a request is being answered.
    pub fn use_caller() -> Option<Caller> {
        use_context::<Parts>().and_then(|parts| parts.extensions.get::<Caller>().cloned())
    }

    /// The caller and the house.
    ///
    /// # Errors
    /// Broken when called outside a request.
    pub fn at_work() -> Result<(House, Caller), Refusal> {
        use_context::<House>().zip(use_caller()).ok_or(Refusal::Broken)
    }

    /// The caller's own key for a request: with it a change happens once, however often it is asked for.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the header's name.
    pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
        let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
        let text = value.to_str().ok().filter(|text| (1..=200).contains(&text.len()));
        text.map(|text| Some(text.to_owned())).ok_or_else(|| Refusal::invalid("idempotency-key", Problem::Malformed))
    }

    /// The key of the request that is being answered: pages keep steps that may not have arrived, and send them again under it.
    ///
    /// # Errors
    /// As [`idempotency_key`].
    pub fn own_key() -> Result<Option<String>, Refusal> {
        use_context::<Parts>().map_or(Ok(None), |parts| idempotency_key(&parts.headers))
    }

    /// Tells the browser what the page may load and run: our own files, the script with this answer's nonce, nothing else.
    pub fn secure_page() {
        let (Some(options), Some(nonce)) = (use_context::<ResponseOptions>(), leptos::nonce::use_nonce()) else { return };
        let targets = use_context::<super::FormTargets>().map(|targets| targets.0).unwrap_or_default();
        let policy = format!(
            "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
             font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self' {targets}; base-uri 'none'; frame-ancestors 'none'"
        );
        if let Ok(value) = HeaderValue::from_str(&policy) {
            options.insert_header(http::header::CONTENT_SECURITY_POLICY, value);
        }
    }

    /// Gives the browser the token of its new session, or takes it away.
    pub fn set_session_cookie(token: Option<&str>) {
        let (Some(options), Some(cookie)) = (use_context::<ResponseOptions>(), use_context::<SessionCookie>()) else { return };
        let secure = if cookie.secure { "; Secure" } else { "" };
        let (value, age) = token.map_or(("", 0), |token| (token, 60 * 60 * 24 * 30));
        let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}", cookie.name);
        if let Ok(value) = HeaderValue::from_str(&text) {
            options.append_header(SET_COOKIE, value);
        }
    }

    /// Remembers the reader's language for a year.
    pub fn set_locale_cookie(locale: jumun::text::Locale) {
        let text = format!("{}={}; Path=/; SameSite=Lax; Max-Age=31536000", super::LOCALE_COOKIE, locale.code());
        if let (Some(options), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&text)) {
            options.append_header(SET_COOKIE, value);
        }
    }

    /// The cookie that carries what was typed back to a form that was refused.
    const TYPED: &str = "typed";

    #[derive(Clone)]
    struct Typed(String);

    /// Notes what a form holds, so that a refusal can give it back. Never a password.
    pub fn hold_typed(fields: &[(&str, &str)]) {
        let pairs: Vec<String> = fields.iter().map(|(name, text)| format!("{name}={}", Url::escape(text))).collect();
        provide_context(Typed(pairs.join("&")));
    }

    /// Gives what a form held back to a browser without scripts, for the one page that follows.
    pub fn keep_typed() {
        let (Some(Typed(text)), Some(options)) = (use_context(), use_context::<ResponseOptions>()) else { return };
        let text = format!("{TYPED}={text}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60");
        // A browser drops a cookie of 4 KiB.
        if let (true, Ok(value)) = (crate::error::is_plain_form() && text.len() < 4_000, HeaderValue::from_str(&text)) {
            options.append_header(SET_COOKIE, value);
        }
    }

    pub(super) fn typed_before(field: &str) -> Option<String> {
        let parts = use_context::<Parts>()?;
        let query = parts.uri.query().unwrap_or_default();
        let came_back = query.split('&').any(|pair| pair.starts_with("__err=") || pair.starts_with("at="));
        let cookies = parts.headers.get(http::header::COOKIE).filter(|_| came_back)?.to_str().ok()?;
        let held = cookies.split("; ").find_map(|cookie| cookie.strip_prefix(TYPED)?.strip_prefix('='))?;
        held.split('&').find_map(|pair| pair.strip_prefix(field)?.strip_prefix('=')).map(Url::unescape)
    }

    /// The cookie of who gave the right password and owes a code.
    const PENDING: &str = "pending";

    /// Gives the browser the token that the second step asks for, or takes it away.
    pub fn set_pending_cookie(token: Option<&str>) {
        let (Some(options), Some(cookie)) = (use_context::<ResponseOptions>(), use_context::<SessionCookie>()) else { return };
        let secure = if cookie.secure { "; Secure" } else { "" };
        let (value, age) = token.map_or(("", 0), |token| (token, jumun::signing::PENDING.as_seconds()));
        let text = format!("{PENDING}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}");
        if let Ok(value) = HeaderValue::from_str(&text) {
            options.append_header(SET_COOKIE, value);
        }
    }

    /// The token of a sign-in that owes a code.
    pub fn pending() -> Option<String> {
        let parts = use_context::<Parts>()?;
        let cookies = parts.headers.get(http::header::COOKIE)?.to_str().ok()?;
        cookies.split("; ").find_map(|cookie| cookie.strip_prefix(PENDING)?.strip_prefix('=')).map(str::to_owned)
    }

    /// The cookie that carries what is shown once to the page that shows it.
    const ONCE: &str = "once";

    fn once_cookie(value: &str, age: u32) {
        let (Some(options), Some(cookie)) = (use_context::<ResponseOptions>(), use_context::<SessionCookie>()) else { return };
        let secure = if cookie.secure { "; Secure" } else { "" };
        let text = format!("{ONCE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}");
        if let Ok(value) = HeaderValue::from_str(&text) {
            options.append_header(SET_COOKIE, value);
        }
    }

    /// Gives a fresh key or secret to the page that follows, in the browser of who made it and nowhere else. `what` says which
    /// page asks for it.
    pub fn show_once(what: &str, text: &str) {
        once_cookie(&format!("{what}~{text}"), 120);
    }

    /// What is to be shown once, if this page asks for it; it is gone then.
    pub fn shown_once(what: &str) -> Option<String> {
        let parts = use_context::<Parts>()?;
        let cookies = parts.headers.get(http::header::COOKIE)?.to_str().ok()?;
        let held = cookies.split("; ").find_map(|cookie| cookie.strip_prefix(ONCE)?.strip_prefix('=')?.strip_prefix(what)?.strip_prefix('~'))?;
        let held = held.to_owned();
        once_cookie("", 0);
        Some(held)
    }

    /// Sends the browser to a page of ours. Anything that is not a plain path of this site goes to the front page instead,
    /// so that no form can send people elsewhere.
    pub fn go_to(path: &str) {
        let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && path.bytes().all(|b| b.is_ascii_graphic());
        leptos_axum::redirect(if ours { path } else { "/" });
    }

    /// Sends the browser to a provider's page, at an address that we built.
    pub fn go_to_provider(url: &str) {
        if url.bytes().all(|b| b.is_ascii_graphic()) {
            leptos_axum::redirect(url);
        }
    }
}
