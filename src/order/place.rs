//! Placing an order: everything is checked and frozen at once, and the units are held in the same breath.

use super::{Event, Facts, Kind, Line, LineUnits, Method, ShortageAnswer, Site, Visit, event::Placed};
use crate::{
    catalogue::{Category, Supply},
    ids::{ContactId, CouponIssueId, LineId, OrderId, OrderNumber, PartyId, ProductId, ShortageId, VariantId},
    money::Won,
    pricing::{PricedLine, Reductions, price},
    promotion::{CouponOn, CouponState, CouponTerms},
    quantity::Quantity,
    refusal::{Problem, Refusal},
    stock::{Wanted, pick_some},
    text::Words,
    time::Date,
};
use serde::{Deserialize, Serialize};

/// What becomes of units that are not there, said before anybody knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnShortage {
    /// Order nothing and say what is missing.
    #[default]
    Refuse,
    /// Order what is there.
    Take,
    /// Order everything and wait for the rest before paying.
    Wait,
    /// Order everything and ask.
    Ask,
}

impl OnShortage {
    /// Every choice.
    pub const ALL: &'static [Self] = &[Self::Refuse, Self::Take, Self::Wait, Self::Ask];
    /// The name in forms and in the word catalogue.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Take => "take",
            Self::Wait => "wait",
            Self::Ask => "ask",
        }
    }
    /// The choice of a name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|choice| choice.slug() == slug)
    }
}

/// One line somebody wants, with what the listing says today.
#[derive(Clone, Debug)]
pub struct PlacementLine {
    /// The product.
    pub product: ProductId,
    /// The option.
    pub variant: VariantId,
    /// What kind of goods it is.
    pub category: Category,
    /// The product's name.
    pub title: Words,
    /// The option's name.
    pub option: Words,
    /// Units.
    pub quantity: Quantity,
    /// Price of one unit today.
    pub unit_price: Won,
    /// The listing's shipping fee.
    pub shipping_fee: Won,
    /// Where the units come from.
    pub supply: Supply,
    /// The day a pre-order is promised to leave by.
    pub ship_by: Option<Date>,
    /// What putting up one unit costs, if the buyer wants that.
    pub installation: Option<Won>,
}

/// What somebody wants to order, and what is true of him.
#[derive(Clone, Debug)]
pub struct Placement {
    /// Who pays.
    pub buyer: PartyId,
    /// Who delivers.
    pub seller: PartyId,
    /// What.
    pub lines: Vec<PlacementLine>,
    /// Where it goes.
    pub contact: ContactId,
    /// The postcode it goes to.
    pub postcode: String,
    /// Nothing is delivered there.
    pub undeliverable: bool,
    /// An address that nothing is delivered to may be mended later: the order waits for it.
    pub address_later: bool,
    /// An island: surcharge.
    pub island: bool,
    /// The customer is blocked.
    pub blocked: bool,
    /// The buyer's unpaid orders that hold stock.
    pub unpaid_holds: u32,
    /// The buyer's coupon that he wants to use.
    pub coupon: Option<(CouponIssueId, CouponTerms)>,
    /// What his tier takes off, in percent.
    pub tier_percent: u32,
    /// Points he wants to pay with, as far as the goods go.
    pub points: Won,
    /// What the buyer was shown as goods amount; only compared.
    pub seen_goods: Option<Won>,
    /// Somebody puts such goods up there.
    pub installable: bool,
    /// When the buyer would like somebody to come.
    pub visit: Option<Visit>,
    /// The place where goods are to be put up, as the buyer describes it.
    pub site: Option<Site>,
    /// A channel's own number.
    pub external: Option<String>,
    /// What becomes of units that are not there.
    pub on_shortage: OnShortage,
}

/// The events of a new order, in their order.
///
/// # Errors
/// Blocked customers, places without delivery, limits of lines, units and amounts, a price that moved, missing units, a coupon
/// that does not fit and points that are not there.
pub fn place(mut wish: Placement, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
    let policy = facts.policy;
    if wish.blocked {
        return Err(Refusal::Blocked);
    }
    if wish.lines.is_empty() {
        return Err(Refusal::EmptyCart);
    }
    if wish.lines.len() as u32 > policy.cart_max_lines {
        return Err(Refusal::CartFull { most: policy.cart_max_lines });
    }
    if wish.lines.iter().any(|line| line.quantity.get() > policy.line_max_quantity) {
        return Err(Refusal::TooManyUnits { most: policy.line_max_quantity });
    }
    if wish.undeliverable && !wish.address_later {
        return Err(Refusal::Undeliverable { postcode: wish.postcode });
    }
    let installed = wish.lines.iter().any(|line| line.installation.is_some());
    if installed && !wish.installable && !wish.undeliverable {
        return Err(Refusal::NoInstaller { postcode: wish.postcode });
    }
    if let Some(visit) = &wish.visit {
        visit.check(facts)?;
    }
    // A channel asks its own customers, or does not; then its seller bears what comes of it.
    if installed && wish.site.is_none() && wish.external.is_none() {
        return Err(Refusal::invalid("site", Problem::Missing));
    }
    if wish.unpaid_holds >= policy.unpaid_holds_per_buyer {
        return Err(Refusal::TooManyUnpaid { most: policy.unpaid_holds_per_buyer });
    }

    if let Some(expected) = wish.seen_goods {
        let actual: Won = wish.lines.iter().filter_map(|line| line.unit_price.times(line.quantity.get())).sum();
        if actual != expected {
            return Err(Refusal::PriceChanged { expected, actual });
        }
    }
    // A promise that is over already is none.
    let over = |line: &&PlacementLine| line.supply == Supply::PreOrder && line.ship_by.is_none_or(|day| day < facts.now.kst_date());
    if let Some(line) = wish.lines.iter().find(over) {
        return Err(Refusal::NotForSale { variant: line.variant.clone() });
    }
    let ids: Vec<LineId> = wish.lines.iter().map(|_| LineId::mint(facts.mint)).collect();
    let want =
        |(line, id): (&PlacementLine, &LineId)| Wanted { line: *id, variant: line.variant.clone(), quantity: line.quantity, supply: line.supply };
    let wanted: Vec<Wanted> = wish.lines.iter().zip(&ids).map(want).collect();
    // Nothing is held for an order that nobody knows where to send.
    let (pieces, missing) = if wish.undeliverable { Default::default() } else { pick_some(&wanted, facts.shelf, &wish.postcode) };
    let missing_of = |line: LineId| missing.iter().find(|missing| missing.line == line).map_or(0, |missing| missing.quantity.get());
    let mut ids = ids;
    // Nobody waits for what is not on the shelf: beyond a cap, and beyond what partners have, nothing comes.
    if let Some(first) = missing.iter().find(|missing| !missing.supply.is_stocked()).or(missing.first()) {
        let nothing = pieces.is_empty() && wish.on_shortage == OnShortage::Take;
        let waits = matches!(wish.on_shortage, OnShortage::Wait | OnShortage::Ask);
        if wish.on_shortage == OnShortage::Refuse || nothing || waits && !first.supply.is_stocked() {
            let asked = wanted.iter().find(|want| want.line == first.line).map_or(first.quantity, |want| want.quantity).get();
            return Err(Refusal::OutOfStock { variant: first.variant.clone(), asked, available: asked - first.quantity.get() });
        }
        if wish.on_shortage == OnShortage::Take {
            let there = |(line, id): (PlacementLine, LineId)| {
                let quantity = Quantity::new(line.quantity.get() - missing_of(id))?;
                Some((PlacementLine { quantity, ..line }, id))
            };
            (wish.lines, ids) = wish.lines.into_iter().zip(ids).filter_map(there).unzip();
        }
    }

    let priced: Vec<PricedLine> = wish
        .lines
        .iter()
        .map(|line| PricedLine {
            category: line.category,
            unit_price: line.unit_price,
            quantity: line.quantity,
            promotion: Won::ZERO,
            shipping_fee: line.shipping_fee,
            installation: line.installation.unwrap_or_default(),
        })
        .collect();
    if wish.points > facts.purse.points {
        return Err(Refusal::NotEnoughPoints { balance: facts.purse.points });
    }
    let reductions = Reductions { coupon: wish.coupon.map(|(_, terms)| terms), tier_percent: wish.tier_percent, points: wish.points };
    let (amounts, shares) = price(&priced, reductions, wish.island, policy)?;
    let coupon = wish.coupon.map(|(issue, terms)| CouponOn {
        issue,
        minimum: terms.minimum,
        lines: wish.lines.iter().zip(&ids).filter(|(line, _)| terms.covers(line.category)).map(|(_, id)| *id).collect(),
        seller_percent: terms.seller_percent,
        state: CouponState::Ready,
    });

    let shipping_base = priced.iter().map(|line| line.shipping_fee).max().unwrap_or_default();
    let lines: Vec<Line> = wish
        .lines
        .into_iter()
        .zip(shares)
        .zip(ids)
        .map(|((line, shares), id)| Line {
            id,
            product: line.product,
            variant: line.variant,
            title: line.title,
            option: line.option,
            quantity: line.quantity,
            unit_price: line.unit_price,
            shares,
            supply: line.supply,
            method: if line.installation.is_some() { Method::Installed } else { Method::Parcel },
            installation: line.installation.unwrap_or_default(),
            ship_by: line.ship_by.filter(|_| line.supply == Supply::PreOrder),
        })
        .collect();

    let id = OrderId::mint(facts.mint);
    let number = OrderNumber::compose(facts.now.kst_date(), &facts.mint.number_tail());
    let mut events = vec![Event::OrderPlaced(Box::new(Placed {
        id,
        number,
        kind: Kind::Sale,
        root: id,
        parent: None,
        buyer: wish.buyer,
        seller: wish.seller,
        policy: policy.version,
        external: wish.external,
        contact: wish.contact,
        postcode: wish.postcode,
        lines,
        amounts,
        shipping_base,
        coupon,
        inbound: None,
        installs: None,
        collects: None,
    }))];
    events.extend(wish.visit.map(|visit| Event::VisitWished { visit }));
    events.extend(wish.site.filter(|_| installed).map(|site| Event::SiteDescribed { site }));
    if wish.undeliverable {
        events.push(Event::AddressNeeded);
    }
    if matches!(wish.on_shortage, OnShortage::Wait | OnShortage::Ask) {
        for missing in missing {
            let shortage = ShortageId::mint(facts.mint);
            events.push(Event::ShortageRaised { shortage, units: LineUnits { line: missing.line, quantity: missing.quantity } });
            if wish.on_shortage == OnShortage::Wait {
                events.push(Event::ShortageAnswered { shortage, answer: ShortageAnswer::Wait });
            }
        }
    }
    if !pieces.is_empty() {
        events.push(Event::StockReserved { pieces, until: facts.now + policy.hold_ttl });
    }
    if let Some((issue, _)) = wish.coupon {
        events.push(Event::CouponApplied { issue, amount: amounts.coupon });
    }
    if amounts.points > Won::ZERO {
        events.push(Event::PointsHeld { points: amounts.points });
    }
    Ok(events)
}
