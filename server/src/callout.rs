//! Calling addresses that strangers gave us. What is called lies on the open internet, whatever a name leads to at that
//! moment; nobody is followed elsewhere, waited for long or listened to at length.

use jumun::{
    refusal::{AddressFlaw, Refusal},
    time::Span,
    webhook::{Heard, Miss, is_public},
};
use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER},
};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

/// How long an answer is waited for.
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// How long a connection is waited for.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read. The rest stays with who sends it.
const READ: usize = 1_024;
/// Characters of an answer that are kept.
const KEPT: usize = 200;
/// The longest address.
const LONGEST: usize = 500;
/// Ports of the web.
const PORTS: &[u16] = &[80, 443, 8080, 8443];

/// Which addresses may be called besides https on the open internet. Only the demo and tests allow more.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reach {
    /// Plain http.
    pub plain: bool,
    /// This machine, at any port.
    pub loopback: bool,
}

impl Reach {
    fn allows(self, address: IpAddr) -> bool {
        is_public(address) || self.loopback && address.to_canonical().is_loopback()
    }

    /// Reads an address, or says what is wrong with it. A name is looked up when it is called, not here: it may lead
    /// elsewhere by then.
    ///
    /// # Errors
    /// [`Refusal::AddressRefused`].
    pub fn target(self, text: &str) -> Result<Url, Refusal> {
        self.check(text).map_err(|why| Refusal::AddressRefused { why })
    }

    fn check(self, text: &str) -> Result<Url, AddressFlaw> {
        let text = text.trim();
        if text.len() > LONGEST || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(AddressFlaw::Malformed);
        }
        let url = Url::parse(text).map_err(|_| AddressFlaw::Malformed)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(AddressFlaw::Malformed)?;
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        let named_here = host == "localhost" || host.ends_with(".localhost");
        let here = named_here || address.is_some_and(|address| address.to_canonical().is_loopback());
        match url.scheme() {
            "https" => {}
            "http" if self.plain || here && self.loopback => {}
            "http" => return Err(AddressFlaw::NotHttps),
            _ => return Err(AddressFlaw::Malformed),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressFlaw::Credentials);
        }
        if url.fragment().is_some() {
            return Err(AddressFlaw::Fragment);
        }
        if named_here && !self.loopback || address.is_some_and(|address| !self.allows(address)) {
            return Err(AddressFlaw::Private);
        }
        let port = url.port_or_known_default().ok_or(AddressFlaw::Malformed)?;
        if !(here && self.loopback) && !PORTS.contains(&port) {
            return Err(AddressFlaw::Port);
        }
        Ok(url)
    }
}

/// A name led to an address that may not be called.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that is not on the open internet")]
struct Closed;

/// Looks names up and refuses a name when any of its addresses may not be called: what was checked is what is connected to,
/// so a name that changes its mind gains nothing.
struct Lookup(Reach);

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.is_empty() || !found.iter().all(|address| reach.allows(address.ip())) {
                return Err(Closed.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// What came of a call.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What the endpoint made of it.
    pub heard: Heard,
    /// The status that was answered.
    pub status: Option<u16>,
    /// How long to wait, when the endpoint said so.
    pub retry_after: Option<Span>,
    /// How the answer began, without anything that does not print.
    pub excerpt: String,
    /// How long it took.
    pub took: Duration,
}

/// The one way out to addresses of strangers.
#[derive(Clone, Debug)]
pub struct Callout {
    http: reqwest::Client,
    reach: Reach,
}

impl Callout {
    /// A way out within this reach.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(reach: Reach) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(Lookup(reach)))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .pool_max_idle_per_host(1)
            .user_agent(concat!("Jumun-Webhooks/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, reach })
    }

    /// Sends a body and says what came of it. A number for a host passes no look-up, so the address is read again here.
    pub async fn post(&self, url: &str, headers: HeaderMap, body: String) -> Outcome {
        crate::failure::point("port", "webhook.send");
        let started = Instant::now();
        let mut outcome = match self.reach.target(url) {
            Ok(url) => self.exchange(url, headers, body).await.unwrap_or_else(|error| Outcome::missed(miss(&error))),
            Err(Refusal::AddressRefused { why: AddressFlaw::Private }) => Outcome::missed(Miss::PrivateAddress),
            Err(_) => Outcome::missed(Miss::BadAddress),
        };
        outcome.took = started.elapsed();
        crate::failure::point("port", "webhook.send");
        outcome
    }

    async fn exchange(&self, url: Url, headers: HeaderMap, body: String) -> reqwest::Result<Outcome> {
        let mut response = self.http.post(url).headers(headers).header(CONTENT_TYPE, "application/json").body(body).send().await?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(wait);
        let mut read = Vec::new();
        // The status has said it: what breaks while the words are read changes nothing.
        while let Ok(Some(chunk)) = response.chunk().await {
            read.extend_from_slice(&chunk);
            if read.len() >= READ {
                break;
            }
        }
        read.truncate(READ);
        Ok(Outcome { status: Some(status), retry_after, excerpt: excerpt(&read), ..Outcome::of(Heard::of_status(status)) })
    }
}

impl Outcome {
    fn of(heard: Heard) -> Self {
        Self { heard, status: None, retry_after: None, excerpt: String::new(), took: Duration::ZERO }
    }

    fn missed(miss: Miss) -> Self {
        Self::of(Heard::Missed(miss))
    }
}

/// `Retry-After` in seconds. A date is not taken: our clocks need not agree.
fn wait(text: &str) -> Option<Span> {
    let seconds = text.trim().parse::<u32>().ok()?;
    Some(Span::seconds(seconds.into()))
}

fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(KEPT).collect()
}

fn miss(error: &reqwest::Error) -> Miss {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<Closed>() {
            return Miss::PrivateAddress;
        }
        cause = error.source();
    }
    if error.is_timeout() {
        Miss::Timeout
    } else if error.is_connect() {
        Miss::Unreachable
    } else {
        Miss::BrokenOff
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const STRICT: Reach = Reach { plain: false, loopback: false };
    const OPEN: Reach = Reach { plain: true, loopback: true };

    #[test]
    fn only_addresses_of_the_open_web_are_taken() {
        for fine in [
            "https://example.com/hook",
            "https://example.com:8443/",
            "https://8.8.8.8/x?y=z",
            "https://[2606:4700::1111]/",
            " https://한글.example/ ",
        ] {
            assert!(STRICT.check(fine).is_ok(), "{fine}");
        }
        for (wrong, why) in [
            ("", AddressFlaw::Malformed),
            ("example.com", AddressFlaw::Malformed),
            ("ftp://example.com/", AddressFlaw::Malformed),
            ("javascript:alert(1)", AddressFlaw::Malformed),
            ("https://", AddressFlaw::Malformed),
            ("https://exa mple.com/", AddressFlaw::Malformed),
            ("http://example.com/", AddressFlaw::NotHttps),
            ("https://user@example.com/", AddressFlaw::Credentials),
            ("https://:secret@example.com/", AddressFlaw::Credentials),
            ("https://example.com/#part", AddressFlaw::Fragment),
            ("https://example.com:22/", AddressFlaw::Port),
            ("https://example.com:6379/", AddressFlaw::Port),
            ("https://127.0.0.1/", AddressFlaw::Private),
            ("https://127.1/", AddressFlaw::Private),
            ("https://2130706433/", AddressFlaw::Private),
            ("https://0x7f000001/", AddressFlaw::Private),
            ("https://0177.0.0.1/", AddressFlaw::Private),
            ("https://[::1]/", AddressFlaw::Private),
            ("https://[::ffff:10.0.0.1]/", AddressFlaw::Private),
            ("https://169.254.169.254/latest/meta-data", AddressFlaw::Private),
            ("https://10.0.0.7/", AddressFlaw::Private),
            ("https://localhost/", AddressFlaw::Private),
            ("https://db.localhost/", AddressFlaw::Private),
        ] {
            assert_eq!(STRICT.check(wrong).map(|_| ()), Err(why), "{wrong}");
        }
        assert_eq!(STRICT.check(&format!("https://example.com/{}", "x".repeat(500))).map(|_| ()), Err(AddressFlaw::Malformed));
        // The demo may call this machine, and nothing else that is closed.
        for fine in ["http://127.0.0.1:4321/", "http://localhost:4321/", "http://example.com/"] {
            assert!(OPEN.check(fine).is_ok(), "{fine}");
        }
        assert_eq!(OPEN.check("http://10.0.0.1/").map(|_| ()), Err(AddressFlaw::Private));
        assert_eq!(OPEN.check("http://example.com:22/").map(|_| ()), Err(AddressFlaw::Port));
    }

    /// A listener that answers everything alike, and its port.
    async fn listener(answer: &'static str) -> u16 {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut read = [0; 4_096];
                    let _ = stream.read(&mut read).await;
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        port
    }

    async fn send(reach: Reach, url: &str) -> Outcome {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Callout::new(reach).unwrap().post(url, HeaderMap::new(), "{}".into()).await
    }

    #[tokio::test]
    async fn a_name_is_checked_when_it_is_called() {
        // `localhost` passes for a name whose owner changed where it leads after the address had been taken.
        let port = listener("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
        let strict = Callout { reach: OPEN, ..Callout::new(STRICT).unwrap() };
        let outcome = strict.post(&format!("http://localhost:{port}/"), HeaderMap::new(), "{}".into()).await;
        assert_eq!(outcome.heard, Heard::Missed(Miss::PrivateAddress));
        // A number is not looked up, so it is read again.
        assert_eq!(send(STRICT, &format!("https://127.0.0.1:{port}/")).await.heard, Heard::Missed(Miss::PrivateAddress));
        assert_eq!(send(STRICT, "http://example.com/").await.heard, Heard::Missed(Miss::BadAddress));
        let outcome = send(OPEN, &format!("http://localhost:{port}/")).await;
        assert_eq!((outcome.heard, outcome.status, outcome.excerpt.as_str()), (Heard::Taken, Some(200), "ok"));
    }

    #[tokio::test]
    async fn nobody_is_followed_or_listened_to_at_length() {
        let elsewhere = listener("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n").await;
        assert_eq!(send(OPEN, &format!("http://127.0.0.1:{elsewhere}/")).await.heard, Heard::Missed(Miss::Redirect));
        let endless =
            listener(concat!("HTTP/1.1 503 Busy\r\nretry-after: 120\r\ncontent-length: 99999999\r\n\r\n", "<b>\u{1}busy</b>\u{0}  now ")).await;
        let outcome = send(OPEN, &format!("http://127.0.0.1:{endless}/")).await;
        assert_eq!((outcome.heard, outcome.retry_after), (Heard::Missed(Miss::Status), Some(Span::seconds(120))));
        assert_eq!(outcome.excerpt, "<b> busy</b> now");
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert_eq!(send(OPEN, &format!("http://{free}/")).await.heard, Heard::Missed(Miss::Unreachable));
        let cut = listener("HTT").await;
        assert_eq!(send(OPEN, &format!("http://127.0.0.1:{cut}/")).await.heard, Heard::Missed(Miss::BrokenOff));
    }

    #[test]
    fn what_an_answer_says_is_kept_short_and_plain() {
        assert_eq!(excerpt(b" a\0b\r\n\tc\xff "), "a b c\u{fffd}");
        assert_eq!(excerpt("가".repeat(999).as_bytes()).chars().count(), KEPT);
        assert_eq!((wait("5"), wait("soon"), wait("-1")), (Some(Span::seconds(5)), None, None));
    }
}
