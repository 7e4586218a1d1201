//! Webhooks out: who hears of which facts and in what words, how often it is tried, and which addresses may be called at all.
//! A message is built from what a chair sees and from nothing else: what a page does not show, no message tells.

use crate::{
    actor::{Actor, Chair},
    ids::{EndpointId, EventId, FulfilmentId, LineId, OrderId, OrderNumber, ProductId, VariantId},
    money::Won,
    order::{Event, Kind, Order, Status},
    policy::Policy,
    pricing::Amounts,
    refusal::{Problem, Refusal},
    time::{Span, Time},
    view::{Around, HistoryRow, OrderView},
};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How long to wait before each try of a message, from the first to the last: the schedule that Standard Webhooks suggests.
pub const SCHEDULE: [Span; 10] = [
    Span(0),
    Span::seconds(5),
    Span::minutes(5),
    Span::minutes(30),
    Span::hours(2),
    Span::hours(5),
    Span::hours(10),
    Span::hours(14),
    Span::hours(20),
    Span::hours(24),
];
/// The longest wait that an endpoint may ask for with `Retry-After`.
pub const LONGEST_ASKED: Span = Span::hours(24);
/// An endpoint that took nothing for this long is disabled.
pub const GIVE_UP_AFTER: Span = Span::days(5);
/// How long an old secret signs beside the new one.
pub const SECRET_OVERLAP: Span = Span::hours(24);
/// Secrets of an endpoint that are good at the same time: every one of them is a signature in each message.
pub const MOST_SECRETS: u32 = 4;
/// Endpoints of one owner.
pub const MOST_ENDPOINTS: u32 = 20;
/// How long what became of a message is remembered.
pub const REMEMBERED: Span = Span::days(30);
/// What tries an endpoint out; no order publishes it.
pub const TEST_EVENT: &str = "webhook.test";

macro_rules! slugs {
    ($(#[$doc:meta])* $type:ident { $($(#[$each:meta])* $name:ident = $slug:tt;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum $type { $($(#[$each])* #[serde(rename = $slug)] $name),* }
        impl $type {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The name in rows, interfaces and the word catalogue.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug),* }
            }
            /// The one of a name.
            pub fn from_slug(slug: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.slug() == slug)
            }
        }
    };
}

slugs! {
    /// Why an endpoint is told nothing.
    Disabled {
        /// Its owner wanted it so.
        Owner = "owner";
        /// It answered 410: nobody is there any more.
        Gone = "gone";
        /// It took nothing for days.
        Failing = "failing";
    }
}

slugs! {
    /// Where a message stands.
    DeliveryState {
        /// It is tried, or tried again later.
        Waiting = "waiting";
        /// The endpoint took it.
        Delivered = "delivered";
        /// Every try failed; somebody may send it again.
        Dead = "dead";
    }
}

slugs! {
    /// Why a try failed.
    Miss {
        /// The endpoint answered with something else than 2xx.
        Status = "status";
        /// It pointed elsewhere. Nobody follows: the other address was never agreed on.
        Redirect = "redirect";
        /// No answer in time.
        Timeout = "timeout";
        /// No connection came about.
        Unreachable = "unreachable";
        /// The name leads to an address that is not on the open internet.
        PrivateAddress = "private_address";
        /// The stored address may not be called any more.
        BadAddress = "bad_address";
        /// The connection broke off.
        BrokenOff = "broken_off";
    }
}

/// What an endpoint made of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    /// It took it.
    Taken,
    /// It is not there any more and wants nothing.
    Gone,
    /// It did not take it.
    Missed(Miss),
}

impl Heard {
    /// What a status means.
    pub fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Self::Taken,
            410 => Self::Gone,
            300..=399 => Self::Missed(Miss::Redirect),
            _ => Self::Missed(Miss::Status),
        }
    }
}

/// How long to wait before the next try of a message that failed `tries` times, or nothing when the last one failed. Up to a
/// tenth is added, the same for the same message and try, so that an endpoint that comes back does not get everything at
/// once. A wait that the endpoint asked for is kept when it is longer.
pub fn wait_after(message: &str, event: &str, tries: u32, asked: Option<Span>) -> Option<Span> {
    if event == TEST_EVENT {
        // Who tries something out looks at once and presses again.
        return None;
    }
    let wait = *SCHEDULE.get(usize::try_from(tries).ok()?)?;
    // FNV-1a: spread, not secrecy.
    let spread = message
        .bytes()
        .chain(tries.to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let jitter = wait.0 / 1_000 * i64::try_from(spread % 101).unwrap_or(0);
    let asked = asked.map_or(0, |asked| asked.0.clamp(0, LONGEST_ASKED.0));
    Some(Span((wait.0 + jitter).max(asked)))
}

/// Which events an endpoint hears: names, or all of a context as `order.*`. Nothing named means everything.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct EventFilter(Vec<String>);

impl EventFilter {
    /// Reads names of events and of contexts.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for what no order publishes.
    pub fn parse<'a>(items: impl IntoIterator<Item = &'a str>) -> Result<Self, Refusal> {
        let mut kept = Vec::new();
        for item in items.into_iter().map(str::trim).filter(|item| !item.is_empty()) {
            let known = match item.strip_suffix(".*") {
                Some(context) => Self::contexts().contains(&context),
                None => Event::NAMES.contains(&item),
            };
            if !known {
                return Err(Refusal::invalid("events", Problem::Unknown));
            }
            kept.push(item.to_owned());
        }
        kept.sort();
        kept.dedup();
        Ok(Self(kept))
    }

    /// Whether it lets an event through.
    pub fn hears(&self, name: &str) -> bool {
        let fits = |item: &String| match item.strip_suffix(".*") {
            Some(context) => name.split_once('.').is_some_and(|(of, _)| of == context),
            None => item == name,
        };
        self.0.is_empty() || self.0.iter().any(fits)
    }

    /// What it names.
    pub fn items(&self) -> &[String] {
        &self.0
    }

    /// The contexts that orders publish in.
    pub fn contexts() -> Vec<&'static str> {
        let mut contexts: Vec<&str> = Event::NAMES.iter().filter_map(|name| name.split_once('.')).map(|(context, _)| context).collect();
        contexts.sort_unstable();
        contexts.dedup();
        contexts
    }
}

/// A line of an order, in figures.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LineFigures {
    /// Which.
    pub id: LineId,
    /// The product.
    pub product: ProductId,
    /// The option.
    pub variant: VariantId,
    /// Units ordered.
    pub quantity: u32,
    /// Of these, taken out since.
    pub cancelled: u32,
    /// The price of one, as this chair sees it.
    pub unit_price: Won,
}

/// Goods that leave together, in figures.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ParcelFigures {
    /// Which.
    pub id: FulfilmentId,
    /// Where it stands.
    pub status: Status,
    /// The carrier.
    pub carrier: Option<String>,
    /// The tracking number.
    pub tracking: Option<String>,
}

/// An order right after an event, in ids and figures: no name, no address, no phone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderFigures {
    /// Its identity.
    pub id: OrderId,
    /// Its number.
    pub number: OrderNumber,
    /// Its kind.
    pub kind: Kind,
    /// Its status.
    pub status: Status,
    /// The lines.
    pub lines: Vec<LineFigures>,
    /// The price table.
    pub amounts: Amounts,
    /// Money captured.
    pub paid: Won,
    /// Money that is back or on its way.
    pub refunds: Won,
    /// Goods that leave together.
    pub fulfilments: Vec<ParcelFigures>,
}

/// What is told of an event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Told {
    /// The event's identity: who gets a message twice knows it by this.
    pub id: EventId,
    /// The version of the event's shape.
    pub version: u32,
    /// The event's number within its order, from 1 and without gaps.
    pub sequence: u32,
    /// Who: `guest`, `customer`, `staff`, `system` …
    pub actor: String,
    /// In which chair the endpoint's owner sits.
    pub chair: Chair,
    /// The order right after it.
    pub order: OrderFigures,
}

/// A message: an event in the envelope of Standard Webhooks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Message {
    /// The event's name.
    pub r#type: String,
    /// When it happened, in Korea: `2026-11-21T09:05:07+09:00`.
    pub timestamp: String,
    /// What is told of it.
    pub data: Told,
}

impl Message {
    /// The message about an event, for who listens; nothing for who has no chair at the order. `order` is the order right after
    /// it, `row` the event as a history shows it. Names and addresses stand around an order and are not even looked up.
    pub fn about(id: EventId, version: u32, row: HistoryRow, order: &Order, listener: &Actor, policy: &Policy) -> Option<Self> {
        let chair = order.chair(listener).filter(|chair| matches!(chair, Chair::Buyer | Chair::Seller))?;
        if chair == Chair::Buyer && Event::is_the_sellers(&row.event) {
            return None;
        }
        let seen = OrderView::seen_by(chair, order, Around::default(), policy, order.moved_at);
        Some(Self::of(id, version, row, seen))
    }

    fn of(id: EventId, version: u32, row: HistoryRow, seen: OrderView) -> Self {
        let lines = seen.lines.into_iter().map(|line| LineFigures {
            id: line.id,
            product: line.product,
            variant: line.variant,
            quantity: line.quantity,
            cancelled: line.cancelled,
            unit_price: line.unit_price,
        });
        let parcels = seen.fulfilments.into_iter().map(|goods| ParcelFigures {
            id: goods.id,
            status: goods.status,
            carrier: goods.carrier,
            tracking: goods.tracking,
        });
        let order = OrderFigures {
            id: seen.id,
            number: seen.number,
            kind: seen.kind,
            status: seen.status,
            lines: lines.collect(),
            amounts: seen.amounts,
            paid: seen.paid,
            refunds: seen.refunds.iter().map(|refund| refund.amount).sum(),
            fulfilments: parcels.collect(),
        };
        let data = Told { id, version, sequence: row.version, actor: row.actor, chair: seen.chair, order };
        Self { r#type: row.event, timestamp: row.at.rfc3339(), data }
    }
}

/// Whose an endpoint is. It hears what this owner's chair at an order may see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// A store: orders it sells, and orders it buys.
    Store(crate::ids::PartyId),
    /// A channel's account: orders it placed.
    Channel(crate::ids::AccountId),
}

impl Owner {
    /// Whose endpoints a caller's are.
    ///
    /// # Errors
    /// For everybody but who runs a store and channels.
    pub fn of(actor: &Actor) -> Result<Self, Refusal> {
        match *actor {
            Actor::Staff { store, manager: true, .. } => Ok(Self::Store(store)),
            Actor::Channel { account } => Ok(Self::Channel(account)),
            Actor::Nobody | Actor::Guest { .. } => Err(Refusal::SignInRequired),
            Actor::Customer { .. } | Actor::Staff { manager: false, .. } | Actor::Installer { .. } | Actor::Admin { .. } | Actor::System => {
                Err(Refusal::NotAllowed)
            }
        }
    }

    /// The name of the kind in rows.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Store(_) => "store",
            Self::Channel(_) => "channel",
        }
    }

    /// The id in rows.
    pub fn id(self) -> String {
        match self {
            Self::Store(party) => party.to_string(),
            Self::Channel(account) => account.to_string(),
        }
    }

    /// The one who would look at an order for this owner. `account` is who made the endpoint.
    pub fn actor(self, account: crate::ids::AccountId) -> Actor {
        match self {
            Self::Store(store) => Actor::Staff { account, store, manager: false },
            Self::Channel(account) => Actor::Channel { account },
        }
    }
}

/// An address that is told what happens, as its owner sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EndpointView {
    /// Which.
    pub id: EndpointId,
    /// Where messages go.
    pub url: String,
    /// Names of events, or of contexts as `order.*`; empty for everything.
    pub events: EventFilter,
    /// What somebody called it.
    pub description: String,
    /// Whether it is told anything.
    pub enabled: bool,
    /// Why not.
    pub disabled: Option<Disabled>,
    /// When it was made: it hears what happened since.
    pub created_at: Time,
    /// Since when it is told nothing.
    pub disabled_at: Option<Time>,
    /// Since when every try failed.
    pub failing_since: Option<Time>,
    /// Messages that wait.
    pub waiting: u32,
    /// Messages that nobody took.
    pub dead: u32,
    /// Until when an older secret signs too.
    pub old_secret_until: Option<Time>,
    /// The secret, in the one answer that shows it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub secret: Option<String>,
}

/// One try.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TryView {
    /// When.
    pub at: Time,
    /// How long it took, in microseconds.
    pub took_micros: i64,
    /// The status that was answered.
    pub status: Option<u16>,
    /// Why it failed; nothing when it was taken.
    pub problem: Option<Miss>,
    /// How the answer began.
    pub excerpt: String,
}

/// A message on its way or arrived.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveryView {
    /// The message's id: `webhook-id`, the same at every try.
    pub id: String,
    /// Where it goes.
    pub endpoint: EndpointId,
    /// The event's name.
    pub event: String,
    /// The order's number; a test is about none.
    pub order: Option<OrderNumber>,
    /// Where it stands.
    pub state: DeliveryState,
    /// When it was made.
    pub created_at: Time,
    /// When it is tried next, while it waits.
    pub due_at: Option<Time>,
    /// When it was taken or given up.
    pub ended_at: Option<Time>,
    /// What came of each try, oldest first.
    pub attempts: Vec<TryView>,
    /// What is sent, where one message is looked at.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<Object>)]
    pub body: Option<serde_json::Value>,
}

/// Which messages are asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct DeliveryQuery {
    /// To this endpoint.
    pub endpoint: Option<EndpointId>,
    /// That stand so.
    pub state: Option<DeliveryState>,
    /// About events of this name.
    pub event: Option<String>,
    /// About this order.
    pub order: Option<OrderNumber>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Messages on the page.
    pub limit: usize,
}

/// A page of messages, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveryList {
    /// The messages.
    pub rows: Vec<DeliveryView>,
    /// What the next page's `cursor` is; nothing on the last page.
    pub next: Option<String>,
}

/// The endpoints of a store, for its page.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct EndpointsView {
    /// The endpoints.
    pub rows: Vec<EndpointView>,
    /// Now, for ages.
    pub now: Time,
}

/// One endpoint with its messages, for its page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EndpointPage {
    /// The endpoint.
    pub endpoint: EndpointView,
    /// Its messages.
    pub deliveries: DeliveryList,
    /// Now, for ages.
    pub now: Time,
}

/// Whether an address is on the open internet. What is private, shared, reserved, for documents or only ours is not; neither
/// is any address under which a cloud tells its machines their secrets.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    const CLOSED: &[(Ipv4Addr, u32)] = &[
        (Ipv4Addr::new(0, 0, 0, 0), 8),
        (Ipv4Addr::new(10, 0, 0, 0), 8),
        (Ipv4Addr::new(100, 64, 0, 0), 10),
        (Ipv4Addr::new(127, 0, 0, 0), 8),
        // A metadata service of a cloud outside the link-local block.
        (Ipv4Addr::new(168, 63, 129, 16), 32),
        (Ipv4Addr::new(169, 254, 0, 0), 16),
        (Ipv4Addr::new(172, 16, 0, 0), 12),
        (Ipv4Addr::new(192, 0, 0, 0), 24),
        (Ipv4Addr::new(192, 0, 2, 0), 24),
        (Ipv4Addr::new(192, 88, 99, 0), 24),
        (Ipv4Addr::new(192, 168, 0, 0), 16),
        (Ipv4Addr::new(198, 18, 0, 0), 15),
        (Ipv4Addr::new(198, 51, 100, 0), 24),
        (Ipv4Addr::new(203, 0, 113, 0), 24),
        (Ipv4Addr::new(224, 0, 0, 0), 4),
        (Ipv4Addr::new(240, 0, 0, 0), 4),
    ];
    let within = |(block, bits): &(Ipv4Addr, u32)| (u32::from(address) ^ u32::from(*block)) >> (32 - bits) == 0;
    !CLOSED.iter().any(within)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Of all of IPv6 only 2000::/3 is given out; the rest is loopback, link-local, unique-local, multicast or a translation
    // of an IPv4 address, and so are some blocks within.
    const CLOSED: &[(Ipv6Addr, u32)] = &[
        (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
        (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
        (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
        (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    ];
    let within = |(block, bits): &(Ipv6Addr, u32)| (u128::from(address) ^ u128::from(*block)) >> (128 - bits) == 0;
    address.segments()[0] >> 13 == 1 && !CLOSED.iter().any(within)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{AccountId, ContactId, CountingMint, Mint, PartyId},
        order::Placed,
    };

    #[test]
    fn only_the_open_internet_is_called() {
        for open in
            ["8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.0", "223.255.255.255", "2606:4700::1111", "2a00::1"]
        {
            assert!(is_public(open.parse().unwrap()), "{open}");
        }
        for closed in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.255",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
        ] {
            assert!(!is_public(closed.parse().unwrap()), "{closed}");
        }
    }

    #[test]
    fn who_has_no_chair_is_told_nothing_and_nobody_learns_another_s_price() {
        let mint = &mut CountingMint::default();
        let (customer, store, wholesaler) = (PartyId::mint(mint), PartyId::mint(mint), PartyId::mint(mint));
        let (account, channel) = (AccountId::mint(mint), AccountId::mint(mint));
        let mut node = |kind, above: Option<&Order>, buyer, seller, goods, external: Option<String>| {
            let id = OrderId::mint(mint);
            let placed = Placed {
                coupon: None,
                inbound: None,
                installs: None,
                collects: None,
                shipping_base: Won::ZERO,
                id,
                number: OrderNumber::new(format!("ORD-{}", mint.number_tail())),
                kind,
                root: above.map_or(id, |above| above.root),
                parent: above.map(|above| above.id),
                buyer,
                seller,
                policy: 1,
                external,
                contact: ContactId::mint(mint),
                postcode: "06234".into(),
                lines: Vec::new(),
                amounts: Amounts { goods: Won(goods), ..Amounts::default() },
            };
            Order::born(&Event::OrderPlaced(Box::new(placed)), Time(0)).unwrap()
        };
        let sale = node(Kind::Sale, None, customer, store, 987_654, Some(format!("{channel}:1")));
        let purchase = node(Kind::Purchase, Some(&sale), store, wholesaler, 123_456, None);
        let told = |order: &Order, owner: Owner| {
            let row = HistoryRow { version: 1, event: "order.placed".into(), at: Time(0), actor: "system".into(), note: None };
            let id = EventId::mint(&mut CountingMint(900));
            let message = Message::about(id, 1, row, order, &owner.actor(account), &Policy::default())?;
            Some((message.data.chair, serde_json::to_string(&message).unwrap()))
        };
        // The retail price does not reach the wholesaler, nor the wholesale price the channel, nor who buys anybody upstream.
        let stores = [Owner::Store(wholesaler), Owner::Store(store), Owner::Channel(channel)];
        let hears = |order: &Order| stores.map(|owner| told(order, owner).map(|(chair, _)| chair));
        assert_eq!(hears(&sale), [None, Some(Chair::Seller), Some(Chair::Buyer)]);
        assert_eq!(hears(&purchase), [Some(Chair::Seller), Some(Chair::Buyer), None]);
        for (owner, order, other) in [(stores[0], &purchase, "987654"), (stores[2], &sale, "123456")] {
            let (_, text) = told(order, owner).unwrap();
            for hidden in [other, &sale.contact.to_string(), &purchase.contact.to_string(), &customer.to_string(), "06234"] {
                assert!(!text.contains(hidden), "{hidden} in {text}");
            }
            assert_eq!(text.contains(sale.number.as_str()), order.id == sale.id, "{text}");
        }
        assert_eq!(told(&sale, Owner::Channel(account)), None, "another channel");
    }

    #[test]
    fn a_filter_hears_names_and_contexts() {
        let all = EventFilter::parse([]).unwrap();
        assert!(Event::NAMES.iter().all(|name| all.hears(name)));
        let some = EventFilter::parse(["order.*", "payment.approved", " ", "order.*"]).unwrap();
        assert_eq!(some.items(), ["order.*", "payment.approved"]);
        assert!(some.hears("order.paid") && some.hears("payment.approved"));
        assert!(!some.hears("payment.declined") && !some.hears("orderly.paid") && !some.hears("order"));
        for wrong in ["order", "order.", ".*", "*", "nothing.*", "order.unheard_of", "stock.received"] {
            assert_eq!(EventFilter::parse([wrong]), Err(Refusal::invalid("events", Problem::Unknown)), "{wrong}");
        }
        assert!(EventFilter::contexts().contains(&"delivery"));
    }

    #[test]
    fn tries_keep_the_schedule_and_end() {
        let waits: Vec<i64> = (1..=10).map(|tries| wait_after("msg_1", "order.paid", tries, None).map_or(-1, Span::as_seconds)).collect();
        let planned = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
        for (wait, planned) in waits.iter().zip(planned) {
            assert!((planned..=planned + planned / 10).contains(wait), "{wait} for {planned}");
        }
        assert_eq!(waits.last(), Some(&-1), "the tenth try is the last");
        // The same message waits the same, another one differently.
        let third = |id: &str| wait_after(id, "order.paid", 3, None);
        assert_eq!(third("msg_1"), third("msg_1"));
        assert!((0..20).any(|nth| third("msg_1") != third(&format!("msg_{nth}"))));
        // A wait that is asked for is kept when it is longer, up to a day.
        assert_eq!(wait_after("msg_1", "order.paid", 1, Some(Span::minutes(2))), Some(Span::minutes(2)));
        assert_eq!(wait_after("msg_1", "order.paid", 1, Some(Span::days(40))), Some(LONGEST_ASKED));
        assert!(wait_after("msg_1", "order.paid", 2, Some(Span::seconds(1))) >= Some(Span::minutes(5)));
        assert!(wait_after("msg_1", "order.paid", 2, Some(Span(-5))) >= Some(Span::minutes(5)));
        assert_eq!(wait_after("msg_1", TEST_EVENT, 1, None), None, "a test is tried once");
    }

    #[test]
    fn an_answer_is_taken_gone_or_missed() {
        for (status, heard) in [
            (200, Heard::Taken),
            (204, Heard::Taken),
            (299, Heard::Taken),
            (301, Heard::Missed(Miss::Redirect)),
            (308, Heard::Missed(Miss::Redirect)),
            (400, Heard::Missed(Miss::Status)),
            (410, Heard::Gone),
            (429, Heard::Missed(Miss::Status)),
            (500, Heard::Missed(Miss::Status)),
            (101, Heard::Missed(Miss::Status)),
        ] {
            assert_eq!(Heard::of_status(status), heard, "{status}");
        }
    }
}
