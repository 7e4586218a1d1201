//! Orders over the interface.

use super::{Asked, Keyed, page, read};
use crate::{
    actions::reads::AsOf,
    http::{Shared, session::refuse},
};
use app::session::idempotency_key;
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jumun::{
    actor::Chair,
    command::{Answer, Command, ShipTo, WantedLine},
    ids::{OrderNumber, VariantId},
    money::Won,
    order::{AttemptState, Board, OnShortage, OrderCommand, PaymentMethod, SiteAnswers},
    pricing::Amounts,
    refusal::{Problem, Refusal},
    time::{Date, Time},
    view::{HistoryRow, OrderQuery, OrderRow, OrderView, RefundSlip, TreeView},
    vocabulary::Vocabulary,
};
use serde::{Deserialize, Serialize};

/// The longest code, number or search text.
const LONGEST: usize = 100;

/// Reads a JSON body, or says which field does not read.
pub(super) fn body<T: serde::de::DeserializeOwned>(bytes: &Bytes) -> Result<T, Refusal> {
    let named = |error: serde_json::Error| Refusal::quoted_in(&error.to_string()).unwrap_or_else(|| Refusal::invalid("body", Problem::Malformed));
    serde_json::from_slice(bytes).map_err(named)
}

/// A code, a number or a few words of another system: not empty, not long, nothing invisible.
pub(super) fn plain(field: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Refusal::invalid(field, Problem::Missing)),
        _ if text.chars().any(char::is_control) => Err(Refusal::invalid(field, Problem::Malformed)),
        1..=LONGEST => Ok(text.to_owned()),
        _ => Err(Refusal::invalid(field, Problem::TooLong)),
    }
}

/// The number in an address. What cannot be one names nothing.
fn number(text: &str) -> Result<OrderNumber, Refusal> {
    OrderNumber::parse(text).ok_or(Refusal::NotFound)
}

pub(super) fn answer<T: Serialize>(result: Result<T, Refusal>) -> Response {
    match result {
        Ok(value) => Json(value).into_response(),
        Err(refusal) => refuse(&refusal),
    }
}

fn vocabulary(asked: Option<&str>) -> Result<Vocabulary, Refusal> {
    asked.map_or(Ok(Vocabulary::Ours), |slug| Vocabulary::from_slug(slug).ok_or_else(|| Refusal::invalid("vocabulary", Problem::Unknown)))
}

/// Whose names to speak.
#[derive(Deserialize, Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spoken {
    /// `ours`, `000`, `001` or `003`: whose name of the status `status_name` is.
    vocabulary: Option<String>,
}

/// An order, with its status in the vocabulary that was asked for.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct OrderAnswer {
    #[serde(flatten)]
    order: OrderView,
    /// The status as the vocabulary calls it.
    status_name: &'static str,
}

impl OrderAnswer {
    fn of(order: OrderView, vocabulary: Vocabulary) -> Self {
        Self { status_name: vocabulary.name(order.status), order }
    }
}

/// An order in a list, with its status in the vocabulary that was asked for.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct RowAnswer {
    #[serde(flatten)]
    row: OrderRow,
    /// The status as the vocabulary calls it.
    status_name: &'static str,
}

/// A page of orders, newest first.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ListAnswer {
    /// The orders.
    rows: Vec<RowAnswer>,
    /// What the next page's `cursor` is; nothing on the last page.
    next: Option<String>,
}

/// What a channel wants for a customer.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(example = json!({
    "external_id": "SHOP-20261121-0001",
    "customer": "CUST-001234",
    "lines": [{ "variant": "VAR-5001-BLK-M", "quantity": 1 }],
    "ship_to": { "name": "홍길동", "phone": "010-1234-5678", "postcode": "06234", "address": "서울시 강남구 테헤란로 123" }
}))]
pub(crate) struct Wish {
    /// The channel's own number; without it the idempotency key is taken.
    external_id: Option<String>,
    /// The customer's number (`CUST-…`); without it a guest buys.
    customer: Option<String>,
    lines: Vec<WantedLine>,
    ship_to: ShipTo,
    /// The goods amount the channel showed; only compared.
    goods: Option<Won>,
    /// What becomes of units that are not there: `refuse` (default), `take`, `wait`, `ask`.
    #[serde(default)]
    on_shortage: OnShortage,
    /// What the customer said of the place where goods are to be put up: `yes`, `no` or `unsure` to each. Whoever was not asked, or
    /// said no, pays nothing when a visit there was in vain; what the others pay stands in the order as `call_out`.
    site: Option<SiteAnswers>,
}

impl Wish {
    /// Checks what JSON alone does not.
    fn checked(self, most_lines: u32) -> Result<Self, Refusal> {
        if self.lines.len() as u64 > u64::from(most_lines) {
            return Err(Refusal::CartFull { most: most_lines });
        }
        let line = |line: WantedLine| Ok(WantedLine { variant: VariantId::new(plain("variant", line.variant.as_str())?), ..line });
        Ok(Self {
            external_id: self.external_id.as_deref().map(|text| plain("external_id", text)).transpose()?,
            customer: self.customer.as_deref().map(|text| plain("customer", text)).transpose()?,
            lines: self.lines.into_iter().map(line).collect::<Result<_, Refusal>>()?,
            ..self
        })
    }
}

/// Prices a wish; lines with `installation: true` with what putting them up costs. Nothing is ordered or held.
#[utoipa::path(post, path = "/api/v1/quotes", request_body = Wish, responses((status = 200, body = Amounts), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["orders:read"])))]
pub(crate) async fn quote(State(shared): State<Shared>, Keyed(caller): Keyed, bytes: Bytes) -> Response {
    let quoted = async {
        let wish = body::<Wish>(&bytes)?.checked(shared.house.policy().cart_max_lines)?;
        shared.house.quote(&caller, &wish.lines, wish.ship_to.postcode.as_str()).await
    };
    answer::<Amounts>(quoted.await)
}

/// Places an order for a customer of the channel, or for a guest. The channel's number is the order's for ever: the same wish
/// gets the same order, another wish under it is refused. Lines with `installation: true` are put up by an installer; where nobody
/// does that, the order is refused.
#[utoipa::path(post, path = "/api/v1/orders", request_body = Wish, params(("Idempotency-Key" = Option<String>, Header)), responses((status = 201, body = OrderAnswer), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["orders:write"])))]
pub(crate) async fn place(State(shared): State<Shared>, Keyed(caller): Keyed, headers: HeaderMap, bytes: Bytes) -> Response {
    let placed = async {
        let wish = body::<Wish>(&bytes)?.checked(shared.house.policy().cart_max_lines)?;
        let key = idempotency_key(&headers)?;
        let external = wish.external_id.clone().or_else(|| key.clone()).ok_or_else(|| Refusal::invalid("external_id", Problem::Missing))?;
        let Wish { customer, lines, ship_to, goods: seen_goods, on_shortage, site, .. } = wish;
        let command = Command::PlaceForCustomer { external, customer, lines, ship_to, address_later: false, seen_goods, on_shortage, site };
        match shared.house.execute(&caller, command, key).await? {
            Answer::Order { number, .. } => shared.house.order(&caller, &number).await,
            Answer::Done
            | Answer::Cart { .. }
            | Answer::Coupon { .. }
            | Answer::Endpoint { .. }
            | Answer::Delivery { .. }
            | Answer::Replayed { .. } => Err(Refusal::Broken),
        }
    };
    match placed.await {
        Ok(view) => {
            let location = format!("/api/v1/orders/{}", view.number);
            let mut response = read(&HeaderMap::new(), Ok(OrderAnswer::of(view, Vocabulary::Ours)));
            *response.status_mut() = StatusCode::CREATED;
            ([(header::LOCATION, location)], response).into_response()
        }
        Err(refusal) => refuse(&refusal),
    }
}

/// One order, as the key's chair may see it.
#[utoipa::path(get, path = "/api/v1/orders/{number}", params(("number" = String, Path), Spoken, ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = OrderAnswer), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["orders:read"])))]
pub(crate) async fn show(
    State(shared): State<Shared>,
    Keyed(caller): Keyed,
    Path(text): Path<String>,
    Asked(asked): Asked<Spoken>,
    headers: HeaderMap,
) -> Response {
    let shown = async {
        let vocabulary = vocabulary(asked.vocabulary.as_deref())?;
        Ok(OrderAnswer::of(shared.house.order(&caller, &number(&text)?).await?, vocabulary))
    };
    read(&headers, shown.await)
}

/// Which moment is asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Looking {
    /// The order as of an event's number, or of a moment: RFC 3339, or `2026-11-21 09:05` in Korea.
    as_of: Option<String>,
    /// `ours`, `000`, `001` or `003`: whose name of the status `status_name` is.
    vocabulary: Option<String>,
}

/// The history of an order, or the order as it was.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub(crate) enum EventsAnswer {
    /// Without `as_of`: what happened, oldest first.
    History(Vec<HistoryRow>),
    /// With `as_of`: the order as it was, its history up to there, and nothing that could be done then.
    AsOf(Box<OrderAnswer>),
}

/// The history of an order; with `as_of`, the order as it was at that moment, for the same eyes.
#[utoipa::path(get, path = "/api/v1/orders/{number}/events", params(("number" = String, Path), Looking, ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = EventsAnswer), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["orders:read"])))]
pub(crate) async fn events(
    State(shared): State<Shared>,
    Keyed(caller): Keyed,
    Path(text): Path<String>,
    Asked(asked): Asked<Looking>,
    headers: HeaderMap,
) -> Response {
    let told = async {
        let (number, vocabulary) = (number(&text)?, vocabulary(asked.vocabulary.as_deref())?);
        Ok(match asked.as_of.as_deref() {
            None => EventsAnswer::History(shared.house.order(&caller, &number).await?.history),
            Some(moment) => {
                let moment = as_of(moment).ok_or_else(|| Refusal::invalid("as_of", Problem::Malformed))?;
                EventsAnswer::AsOf(Box::new(OrderAnswer::of(shared.house.order_as_of(&caller, &number, moment).await?, vocabulary)))
            }
        })
    };
    read(&headers, told.await)
}

/// Reads a sequence number, RFC 3339, or a Korean time without an offset.
fn as_of(text: &str) -> Option<AsOf> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(AsOf::Sequence);
    }
    let moment = Time::parse_rfc3339(text).or_else(|| {
        // A plus that was not escaped arrives as a blank.
        let (moment, offset) = text.split_once(' ').filter(|_| text.contains('T'))?;
        Time::parse_rfc3339(&format!("{moment}+{offset}"))
    });
    let in_korea = || {
        let seconds = if text.matches(':').count() == 1 { ":00" } else { "" };
        Time::parse_rfc3339(&format!("{text}{seconds}+09:00"))
    };
    moment.or_else(in_korea).map(AsOf::Moment)
}

/// The agreements that belong to an order, as far as the key has a chair at them: parents before children.
#[utoipa::path(get, path = "/api/v1/orders/{number}/tree", params(("number" = String, Path), ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = TreeView), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["orders:read"])))]
pub(crate) async fn tree(State(shared): State<Shared>, Keyed(caller): Keyed, Path(text): Path<String>, headers: HeaderMap) -> Response {
    let drawn = async { shared.house.tree(&caller, &number(&text)?).await };
    read(&headers, drawn.await)
}

/// What was paid for an order, what went back, why and when, and what remains.
#[utoipa::path(get, path = "/api/v1/orders/{number}/refund-slip", params(("number" = String, Path), ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = RefundSlip), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["orders:read"])))]
pub(crate) async fn refund_slip(State(shared): State<Shared>, Keyed(caller): Keyed, Path(text): Path<String>, headers: HeaderMap) -> Response {
    let slip = async { shared.house.refund_slip(&caller, &number(&text)?).await };
    read(&headers, slip.await)
}

/// Which orders are asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listing {
    /// On one of the eleven boards: `awaiting-payment`, `cancelled`, `orders`, `out-of-stock`, `preparing`, `purchase-ordered`,
    /// `purchase-completed`, `shipped`, `completed`, `returns`, `exchanges`.
    board: Option<String>,
    /// With this status: our name, or the one that the vocabulary's document uses.
    status: Option<String>,
    /// Placed on this Korean day (`2026-11-21`) or later.
    from: Option<String>,
    /// Placed on this Korean day or earlier.
    to: Option<String>,
    /// For a store: bought by the customer of this number.
    customer: Option<String>,
    /// For a channel: sold by the store of this slug or id.
    seller: Option<String>,
    /// A part of the number, words of products, or their first consonants.
    q: Option<String>,
    /// `ours`, `000`, `001` or `003`: whose names `status` and `status_name` are.
    vocabulary: Option<String>,
    /// What the page before answered as `next`.
    cursor: Option<String>,
    /// Orders on the page, 1 to 100; 24 when nothing is said.
    limit: Option<String>,
}

impl Listing {
    fn read(self) -> Result<(OrderQuery, Vocabulary), Refusal> {
        let vocabulary = vocabulary(self.vocabulary.as_deref())?;
        let unknown = |field: &'static str| move |problem| Refusal::invalid(field, problem);
        let day = |field: &'static str, text: Option<String>| text.map(|text| text.parse::<Date>().map_err(unknown(field))).transpose();
        let text = |field: &'static str, text: Option<String>| text.map(|text| plain(field, &text)).transpose();
        let statuses = match self.status.as_deref().map(|name| vocabulary.statuses(name)) {
            Some(none) if none.is_empty() => return Err(Refusal::invalid("status", Problem::Unknown)),
            statuses => statuses,
        };
        let limit = page(self.limit.as_deref())?;
        let query = OrderQuery {
            board: self.board.as_deref().map(|name| Board::from_name(name).map_err(unknown("board"))).transpose()?,
            statuses,
            from: day("from", self.from)?,
            to: day("to", self.to)?,
            customer: text("customer", self.customer)?,
            seller: text("seller", self.seller)?,
            q: text("q", self.q.filter(|q| !q.trim().is_empty()))?,
            cursor: self.cursor,
            limit,
        };
        match (query.from, query.to) {
            (Some(from), Some(to)) if to < from => Err(Refusal::invalid("to", Problem::OutOfRange)),
            _ => Ok((query, vocabulary)),
        }
    }
}

/// Orders, newest first: those that a channel placed, or those that a store sells.
#[utoipa::path(get, path = "/api/v1/orders", params(Listing, ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = ListAnswer), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["orders:read"])))]
pub(crate) async fn list(State(shared): State<Shared>, Keyed(caller): Keyed, Asked(asked): Asked<Listing>, headers: HeaderMap) -> Response {
    let listed = async {
        let (query, vocabulary) = asked.read()?;
        let list = shared.house.orders(&caller, &query).await?;
        let rows = list.rows.into_iter().map(|row| RowAnswer { status_name: vocabulary.name(row.status), row }).collect();
        Ok(ListAnswer { rows, next: list.next })
    };
    read(&headers, listed.await)
}

/// Where an order stands after a command.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Commanded {
    /// The order.
    order: OrderView,
    /// Where the buyer pays, while a payment is open.
    pay_url: Option<String>,
}

/// The command of a name, as people may give it: its fields are the body's. What only timers and providers say is not there.
fn order_command(name: &str, mut fields: serde_json::Map<String, serde_json::Value>) -> Result<OrderCommand, Refusal> {
    if !OrderCommand::chairs_of(name).iter().any(|chair| matches!(chair, Chair::Buyer | Chair::Seller | Chair::Admin)) {
        return Err(Refusal::NotFound);
    }
    if let Some(method) = fields.get_mut("method") {
        // `bank` and `virtual` of 000 are understood too.
        let known = method.as_str().and_then(PaymentMethod::from_slug).ok_or_else(|| Refusal::invalid("method", Problem::Unknown))?;
        *method = known.slug().into();
    }
    fields.insert("command".into(), name.into());
    serde_json::from_value(fields.into()).map_err(|error| {
        let text = error.to_string();
        let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        match missing {
            Some(field) => Refusal::invalid(field, Problem::Missing),
            None => Refusal::quoted_in(&text).unwrap_or_else(|| Refusal::invalid("body", Problem::Malformed)),
        }
    })
}

/// Whether somebody outside has to answer before a command's effect is there. It is told from the order before the command,
/// so that a repetition hears the same.
fn goes_outside(before: &OrderView, command: &str) -> bool {
    let asked_psp = |attempt: &jumun::view::AttemptView| !matches!(attempt.state, AttemptState::Declined | AttemptState::TimedOut);
    match command {
        "request-payment" => before.amounts.payable() > Won::ZERO,
        "release" => true,
        "cancel" | "seller-cancel" | "cancel-lines" | "choose-shortage" => before.paid > Won::ZERO || before.attempt.as_ref().is_some_and(asked_psp),
        _ => false,
    }
}

/// Gives a command by its name. 200: it is done. 202: the intent is kept, and the payment provider or the warehouse has yet to
/// answer: `request-payment`, `release`, and `cancel` of an order that somebody paid or may be paying.
#[utoipa::path(post, path = "/api/v1/orders/{number}/{command}", request_body(content = OrderCommand, description = "The command's fields; `command` itself is the path's"), params(("number" = String, Path), ("command" = String, Path, description = "The command's name, for instance request-payment, cancel, cancel-lines, choose-shortage, confirm-purchase, start-preparing, allocate, release, split-fulfilment, report-stock-loss, seller-cancel, receive-back, write-review, answer-review"), ("Idempotency-Key" = Option<String>, Header)), responses((status = 200, body = Commanded), (status = 202, body = Commanded), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["orders:write"])))]
pub(crate) async fn command(
    State(shared): State<Shared>,
    Keyed(caller): Keyed,
    Path((text, name)): Path<(String, String)>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    let done = async {
        let arguments: serde_json::Map<String, serde_json::Value> = if bytes.is_empty() { Default::default() } else { body(&bytes)? };
        let key = idempotency_key(&headers)?;
        let number = number(&text)?;
        let view = shared.house.order(&caller, &number).await?;
        let status = if goes_outside(&view, &name) { StatusCode::ACCEPTED } else { StatusCode::OK };
        let command = order_command(&name, arguments)?;
        shared.house.execute(&caller, Command::Order { order: view.id, command }, key).await?;
        let view = shared.house.order(&caller, &number).await?;
        let pay_url = shared.house.pay_url(&caller, &number).await.ok();
        Ok((status, Json(Commanded { order: view, pay_url })))
    };
    match done.await {
        Ok(done) => done.into_response(),
        Err(refusal) => refuse(&refusal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_write_them() {
        let moment = Some(AsOf::Moment(Time::parse_rfc3339("2026-11-21T09:05:00+09:00").unwrap()));
        for text in ["2026-11-21T09:05:00+09:00", "2026-11-21T09:05:00 09:00", "2026-11-21T00:05:00Z", "2026-11-21 09:05", "2026-11-21T09:05:00"] {
            assert_eq!(as_of(text), moment, "{text}");
        }
        assert_eq!(as_of("7"), Some(AsOf::Sequence(7)));
        for bad in ["", "-1", "yesterday", "2026-11-21", "2026-13-21 09:05", "99999999999", "2026-11-21 09:05 09:00"] {
            assert_eq!(as_of(bad), None, "{bad}");
        }
    }
}
