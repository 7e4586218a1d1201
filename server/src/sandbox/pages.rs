//! Pages for people: a frame, and the front page.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::Shared;

const STYLE: &str = "
:root{color-scheme:light dark;--line:#8884;--ink:#1b64da}
body{font:16px/1.6 Pretendard,NanumGothic,system-ui,sans-serif;word-break:keep-all;margin:0 auto;padding:1.5rem 1rem 4rem;max-width:44rem}
h1{font-size:1.35rem;margin:.5rem 0 1rem}
.tag{font-size:.8rem;border:1px solid var(--line);border-radius:1rem;padding:.1rem .6rem}
.card{border:1px solid var(--line);border-radius:.8rem;padding:1rem 1.2rem;margin:0 0 1rem}
.card p{margin:.2rem 0}.amount{font-size:1.8rem;font-weight:700;font-variant-numeric:tabular-nums}
form{display:grid;gap:.5rem;margin:0}form.row{display:flex;flex-wrap:wrap;align-items:center}
button{font:inherit;min-height:2.75rem;padding:.4rem 1rem;border:1px solid var(--line);border-radius:.6rem;background:none;color:inherit;cursor:pointer}
button.main{background:var(--ink);border-color:var(--ink);color:#fff;font-weight:600}
button:focus-visible,a:focus-visible,input:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
input{font:inherit;padding:.5rem;border:1px solid var(--line);border-radius:.6rem;background:none;color:inherit}
fieldset{border:0;padding:0;margin:1rem 0 0;display:grid;gap:.5rem}legend{padding:0 0 .5rem;font-size:.9rem;opacity:.75}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}
td{font-variant-numeric:tabular-nums}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0;font:inherit}
code{font-size:.85rem;overflow-wrap:anywhere}
";

/// Language of a page: Korean unless `?lang=en`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lang {
    Ko,
    En,
}

/// The `lang` of a query.
#[derive(Deserialize)]
pub(super) struct LangQuery {
    lang: Option<String>,
}

impl LangQuery {
    pub(super) fn lang(&self) -> Lang {
        Lang::of(self.lang.as_deref())
    }
}

impl Lang {
    pub(super) fn of(name: Option<&str>) -> Self {
        if name == Some("en") { Self::En } else { Self::Ko }
    }

    pub(super) fn code(self) -> &'static str {
        self.pick("ko", "en")
    }

    /// The words in this language.
    pub(super) fn pick<'a>(self, ko: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Ko => ko,
            Self::En => en,
        }
    }
}

/// Text made safe between tags and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// A hidden field of a form.
pub(super) fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value))
}

/// Won with separators.
pub(super) fn won(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    format!("{}{out}", if amount < 0 { "-" } else { "" })
}

/// A whole page. `title` is text, `body` is markup whose parts are already escaped.
pub(super) fn page(lang: Lang, title: &str, body: &str) -> Response {
    let title = escape(title);
    let html = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title>\
<link rel=\"icon\" href=\"data:,\"><style>{STYLE}</style></head>\
<body><header><a class=\"tag\" href=\"/\">SANDBOX</a></header><main><h1>{title}</h1>{body}</main></body></html>",
        lang.code()
    );
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'";
    let headers = [(header::CONTENT_SECURITY_POLICY, policy), (header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")];
    (headers, Html(html)).into_response()
}

/// A table; the heads are text, the cells markup.
pub(super) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let heads: String = heads.iter().map(|head| format!("<th scope=\"col\">{}</th>", escape(head))).collect();
    let rows: String = rows
        .iter()
        .map(|row| {
            let cells: String = row.iter().map(|cell| format!("<td>{cell}</td>")).collect();
            format!("<tr>{cells}</tr>")
        })
        .collect();
    format!("<div class=\"scroll\"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>")
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/", get(index))
}

async fn index(State(sandbox): State<Shared>, axum::extract::Query(query): axum::extract::Query<LangQuery>) -> Response {
    let lang = query.lang();
    let links = [
        ("/psp", "결제: 최근 결제와 가상계좌 입금", "Payments: recent ones, deposits"),
        ("/psp/sandbox/ledger", "결제 원장 (JSON)", "Payment ledger (JSON)"),
        ("/wms", "창고: 출고 지시", "Warehouse: outbound orders"),
        ("/carrier", "택배: 배송 조회", "Carrier: parcels"),
        ("/notifier", "알림함", "Inbox of notices"),
        ("/chat", "당직 채팅", "Chat of the people on duty"),
        ("/faults", "켜 둔 장애 (JSON)", "Faults switched on (JSON)"),
    ];
    let mut body = String::from("<ul>");
    for (href, ko, en) in links {
        body += &format!("<li><a href=\"{href}\">{}</a></li>", lang.pick(ko, en));
    }
    body += "</ul>";
    let faults = sandbox.faults.list();
    body += &format!("<h2>{}</h2>", lang.pick("장애", "Faults"));
    if faults.is_empty() {
        body += &format!("<p>{}</p>", lang.pick("켜 둔 장애가 없습니다.", "None."));
    }
    for fault in faults {
        body += &format!("<p><code>{}</code></p>", escape(&fault.line()));
    }
    body += "<p><code>curl -X PUT /faults -H 'Content-Type: application/json' -d \
'{&quot;provider&quot;:&quot;psp&quot;,&quot;call&quot;:&quot;confirm&quot;,&quot;fault&quot;:&quot;fail_after&quot;,&quot;times&quot;:1}'</code></p>";
    page(lang, lang.pick("모의 제공자", "Provider sandboxes"), &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(escape("<a b=\"c\">'&"), "&lt;a b=&quot;c&quot;&gt;&#39;&amp;");
        assert_eq!(won(1_234_567), "1,234,567");
        assert_eq!(won(100), "100");
        assert_eq!(won(-1_000), "-1,000");
    }
}
