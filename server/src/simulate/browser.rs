//! A buyer's browser with scripting off: pages, forms, redirects, and a cookie jar of its own.

use super::{World, form, form::Form};
use base64::Engine as _;
use jumun::refusal::Refusal;
use reqwest::{Method, Url, header};
use serde::de::DeserializeOwned;
use std::{
    collections::BTreeMap,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

/// How long a server that is being restarted is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a browser follows a redirect.
const HOPS: u32 = 10;

/// Why a visit ended early.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    /// The shop said no, and why.
    Refused(Box<Refusal>),
    /// Something that must not happen.
    Failed(String),
}

pub(super) type Went<T> = Result<T, Stop>;

pub(super) fn failed<T>(what: impl Into<String>) -> Went<T> {
    Err(Stop::Failed(what.into()))
}

/// A page that was loaded.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// Where it is, after redirects.
    pub(super) url: Url,
    /// Its markup.
    pub(super) body: String,
}

impl Page {
    /// The form that goes to this path.
    pub(super) fn form(&self, path: &str) -> Option<Form> {
        form::forms(&self.body).into_iter().find(|form| self.url.join(&form.action).is_ok_and(|url| url.path() == path))
    }

    /// The one of several forms to a path that carries this field.
    pub(super) fn form_with(&self, path: &str, name: &str, value: &str) -> Option<Form> {
        let forms = form::forms(&self.body).into_iter().filter(|form| self.url.join(&form.action).is_ok_and(|url| url.path() == path));
        forms.into_iter().find(|form| form.fields.iter().any(|field| field.0 == name && field.1 == value))
    }

    /// The link whose path begins so.
    pub(super) fn link(&self, beginning: &str) -> Option<String> {
        form::links(&self.body).into_iter().find(|link| link.starts_with(beginning))
    }
}

/// One answer.
struct Answer {
    status: u16,
    location: Option<Url>,
    body: String,
}

/// A browser.
#[derive(Clone)]
pub(super) struct Browser<'a> {
    world: &'a World,
    cookies: BTreeMap<String, String>,
    at: Url,
}

impl<'a> Browser<'a> {
    /// A fresh one, or one that brings cookies from before.
    pub(super) fn new(world: &'a World, cookies: BTreeMap<String, String>) -> Self {
        Self { world, cookies, at: world.shop.clone() }
    }

    /// Its cookies.
    pub(super) fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.clone()
    }

    /// Loads a page, following redirects. A page of ours that is not there is a failure: buyers only follow links.
    pub(super) async fn open(&mut self, address: &str) -> Went<Page> {
        let mut url = self.at.join(address).map_err(|error| Stop::Failed(format!("{address}: {error}")))?;
        for _ in 0..HOPS {
            let answer = self.send(Method::GET, &url, None, "text/html,application/xhtml+xml").await?;
            match answer.location.filter(|_| (300..400).contains(&answer.status)) {
                Some(next) => url = next,
                None if answer.status == 200 => {
                    self.at = url.clone();
                    return Ok(Page { url, body: answer.body });
                }
                None => return failed(format!("GET {}: {}", url.path(), answer.status)),
            }
        }
        failed(format!("GET {}: too many redirects", url.path()))
    }

    /// Sends a form of a page. Answers where the browser is sent next, if it is sent anywhere.
    pub(super) async fn submit(&mut self, page: &Page, form: &Form) -> Went<Option<Url>> {
        let url = page.url.join(&form.action).map_err(|error| Stop::Failed(format!("{}: {error}", form.action)))?;
        self.at = page.url.clone();
        let answer = self.send(Method::POST, &url, Some(&form.fields), "text/html,application/xhtml+xml").await?;
        if let Some(refusal) = answer.location.as_ref().and_then(refusal_in) {
            return Err(Stop::Refused(Box::new(refusal)));
        }
        match answer.status {
            200..=399 => Ok(answer.location),
            status => Err(refused(&format!("POST {}: {status}", url.path()), &answer.body)),
        }
    }

    /// Reads something as data.
    pub(super) async fn read<T: DeserializeOwned>(&mut self, path: &str, query: &[(&str, &str)]) -> Went<T> {
        let mut url = self.world.shop.join(path).map_err(|error| Stop::Failed(format!("{path}: {error}")))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let answer = self.send(Method::GET, &url, None, "application/json").await?;
        if answer.status != 200 {
            return Err(refused(&format!("GET {path}: {}", answer.status), &answer.body));
        }
        serde_json::from_str(&answer.body).map_err(|error| Stop::Failed(format!("GET {path}: {error}")))
    }

    /// Gives one of our functions its fields and takes the answer as data.
    pub(super) async fn tell(&mut self, path: &str, fields: &[(String, String)]) -> Went<()> {
        let url = self.world.shop.join(path).map_err(|error| Stop::Failed(format!("{path}: {error}")))?;
        let answer = self.send(Method::POST, &url, Some(fields), "application/json").await?;
        if answer.status < 400 { Ok(()) } else { Err(refused(&format!("POST {path}: {}", answer.status), &answer.body)) }
    }

    /// Sends one request, again while the server is away if that is expected, and again later when told to slow down.
    async fn send(&mut self, method: Method, url: &Url, fields: Option<&[(String, String)]>, accept: &str) -> Went<Answer> {
        let ours = url.origin() == self.world.shop.origin();
        let (mut away, mut throttled) = (None::<Instant>, 0);
        loop {
            let sent = self.once(method.clone(), url, fields, accept, ours).await;
            match sent {
                Ok(answer) if answer.status == 429 && throttled < 120 => {
                    throttled += 1;
                    self.world.throttled.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                Ok(answer) if answer.status >= 500 => {
                    let body: String = answer.body.chars().take(120).collect();
                    return failed(format!("{method} {}: {} {body}", url.path(), answer.status));
                }
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    let since = *away.get_or_insert_with(Instant::now);
                    if !self.world.options.tolerant || since.elapsed() > PATIENCE {
                        return failed(format!("{method} {}: {error:#}", url.path()));
                    }
                    self.world.lost.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(150)).await;
                }
            }
        }
    }

    async fn once(&mut self, method: Method, url: &Url, fields: Option<&[(String, String)]>, accept: &str, ours: bool) -> anyhow::Result<Answer> {
        let mut request = self.world.http.request(method.clone(), url.clone()).header(header::ACCEPT, accept);
        if ours {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            if !cookies.is_empty() {
                request = request.header(header::COOKIE, cookies.join("; "));
            }
            if self.at.origin() == url.origin() {
                request = request.header(header::REFERER, self.at.as_str()).header("sec-fetch-site", "same-origin");
            }
        }
        if method == Method::POST {
            request = request.header(header::ORIGIN, self.at.origin().ascii_serialization());
        }
        if let Some(fields) = fields {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(encoded(fields));
        }
        let response = request.send().await?;
        if ours {
            for cookie in response.headers().get_all(header::SET_COOKIE) {
                let first = cookie.to_str().ok().and_then(|text| text.split(';').next()).and_then(|pair| pair.split_once('='));
                match first {
                    Some((name, "")) => drop(self.cookies.remove(name)),
                    Some((name, value)) => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
                    None => {}
                }
            }
        }
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).and_then(|text| url.join(text).ok());
        Ok(Answer { status: response.status().as_u16(), location, body: response.text().await? })
    }
}

/// A form's fields as its body.
fn encoded(fields: &[(String, String)]) -> String {
    let pairs = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Url::parse_with_params("form:", pairs).ok().and_then(|url| url.query().map(str::to_owned)).unwrap_or_default()
}

/// The refusal that a form's answer brings back to the page it came from.
fn refusal_in(location: &Url) -> Option<Refusal> {
    let (_, said) = location.query_pairs().find(|(name, _)| name == "__err")?;
    let text = base64::engine::general_purpose::URL_SAFE.decode(said.as_bytes()).ok()?;
    serde_json::from_slice(&text).ok()
}

fn refused(what: &str, body: &str) -> Stop {
    match serde_json::from_str::<Refusal>(body) {
        Ok(refusal) => Stop::Refused(Box::new(refusal)),
        Err(_) => Stop::Failed(format!("{what} {}", body.chars().take(120).collect::<String>())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_encoded_and_refusals_are_read() {
        let fields = [("name".to_owned(), "홍 길동&".to_owned()), ("empty".to_owned(), String::new())];
        assert_eq!(encoded(&fields), "name=%ED%99%8D+%EA%B8%B8%EB%8F%99%26&empty=");
        let text = "http://127.0.0.1/p?__path=%2Fapi%2Fx&__err=eyJjb2RlIjoibm90X2Zvcl9zYWxlIiwidmFyaWFudCI6IlZBUi1OT1BFIn0%3D";
        let refusal = refusal_in(&Url::parse(text).unwrap()).unwrap();
        assert_eq!(refusal.code(), "not_for_sale");
    }
}
