//! What one store buys of another (01 §2 Purchase): on credit terms, to a warehouse of its own or straight to the customer.

use super::{CarrierFact, Event, Facts, Fulfilment, FulfilmentState, Kind, Line, Method, Order, event::Placed};
use crate::{
    catalogue::Supply,
    ids::{ContactId, LineId, OrderId, OrderNumber, PartyId, ProductId, VariantId, WarehouseId},
    money::Won,
    pricing::{Amounts, Shares},
    quantity::Quantity,
    refusal::{Problem, Refusal},
    stock::{Available, Shelf, Wanted, pick},
    text::Words,
    time::Date,
};
use serde::{Deserialize, Serialize};

/// What a store does with what it buys.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Inbound {
    /// Where it is counted in.
    pub warehouse: WarehouseId,
    /// What it is called there.
    pub variant: VariantId,
    /// It never lies there: the seller sends it straight to whoever the order above is for, and it is the store's own from the
    /// moment it leaves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drop_ship: bool,
}

/// The one parcel of a purchase that goes straight to the customer, as its sender knows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Parcel {
    /// Where it stands.
    pub state: FulfilmentState,
    /// Who carries it, and his number, once it has left.
    pub sent_by: Option<(String, String)>,
    /// The carrier's facts so far.
    pub facts: Vec<CarrierFact>,
    /// The day of the next try, if somebody chose one.
    pub redeliver_on: Option<Date>,
}

/// What a partner sells to a store today, and on which terms.
#[derive(Clone, Debug)]
pub struct PartnerOffer {
    /// The partner.
    pub seller: PartyId,
    /// The partner's product.
    pub product: ProductId,
    /// The partner's option.
    pub variant: VariantId,
    /// What the store itself calls the same goods.
    pub ours: VariantId,
    /// The product's name.
    pub title: Words,
    /// The option's name.
    pub option: Words,
    /// Price of one unit as agreed with this store.
    pub unit_price: Won,
    /// The least units that are sold at once.
    pub least: u32,
    /// What the store may still owe the partner.
    pub credit_left: Won,
    /// What the partner can sell now.
    pub shelf: Shelf,
}

/// What a store wants of a partner.
#[derive(Clone, Debug)]
pub struct Purchase {
    /// The order's identity.
    pub id: OrderId,
    /// The node it is born from: its id and the root's.
    pub parent: Option<(OrderId, OrderId)>,
    /// The store.
    pub buyer: PartyId,
    /// How many.
    pub quantity: Quantity,
    /// Where it is sent: the warehouse, or the customer of the order above.
    pub contact: ContactId,
    /// The postcode there.
    pub postcode: String,
    /// What becomes of it there.
    pub inbound: Inbound,
}

/// Places a purchase: the partner's units are held until he answers, and the price is the one that was agreed with this store.
///
/// # Errors
/// [`Refusal::OutOfStock`], and what [`PartnerOffer::check`] refuses.
pub fn purchase(wish: Purchase, offer: &PartnerOffer, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
    offer.check(wish.buyer, wish.quantity)?;
    let goods = Won(offer.unit_price.0 * wish.quantity.units());
    let line = LineId::mint(facts.mint);
    let wanted = [Wanted { line, variant: offer.variant.clone(), quantity: wish.quantity, supply: Supply::Stocked }];
    // What goes straight to a customer is one parcel, and leaves one warehouse.
    let whole = |place: &&Available| !wish.inbound.drop_ship || place.units >= wish.quantity.get();
    let shelf: Shelf = offer.shelf.iter().filter(whole).cloned().collect();
    let pieces = pick(&wanted, &shelf, &wish.postcode).map_err(|(variant, asked, available)| Refusal::OutOfStock { variant, asked, available })?;
    let shares = Shares { goods, ..Shares::default() };
    let (parent, root) = wish.parent.map_or((None, wish.id), |(parent, root)| (Some(parent), root));
    let placed = Placed {
        id: wish.id,
        number: OrderNumber::compose(facts.now.kst_date(), &facts.mint.number_tail()),
        kind: Kind::Purchase,
        root,
        parent,
        buyer: wish.buyer,
        seller: offer.seller,
        policy: facts.policy.version,
        external: None,
        contact: wish.contact,
        postcode: wish.postcode,
        lines: vec![Line {
            id: line,
            product: offer.product.clone(),
            variant: offer.variant.clone(),
            title: offer.title.clone(),
            option: offer.option.clone(),
            quantity: wish.quantity,
            unit_price: offer.unit_price,
            shares,
            supply: Supply::Stocked,
            method: Method::Parcel,
            installation: Won::ZERO,
            ship_by: None,
        }],
        amounts: Amounts::of_shares([shares]),
        shipping_base: Won::ZERO,
        coupon: None,
        installs: None,
        collects: None,
        inbound: Some(wish.inbound),
    };
    Ok(vec![Event::OrderPlaced(Box::new(placed)), Event::StockReserved { pieces, until: facts.now + facts.policy.accept_within }])
}

impl PartnerOffer {
    /// Whether a store may buy so many.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a store of its own, [`Refusal::Invalid`] below the least quantity, [`Refusal::CreditExceeded`].
    pub fn check(&self, buyer: PartyId, quantity: Quantity) -> Result<(), Refusal> {
        if self.seller == buyer {
            return Err(Refusal::NotAllowed);
        }
        if quantity.get() < self.least {
            return Err(Refusal::invalid("quantity", Problem::OutOfRange));
        }
        if Won(self.unit_price.0 * quantity.units()) > self.credit_left {
            return Err(Refusal::CreditExceeded { left: self.credit_left.at_least(Won::ZERO) });
        }
        Ok(())
    }
}

impl Order {
    /// Whether the goods go from the seller straight to the customer of the order above.
    pub fn is_drop_ship(&self) -> bool {
        self.inbound.as_ref().is_some_and(|inbound| inbound.drop_ship)
    }

    /// The parcel of a purchase that goes straight to the customer, until it is over.
    pub(super) fn parcel(&self) -> Option<Parcel> {
        let sent = |goods: &&Fulfilment| self.is_drop_ship() && goods.state != FulfilmentState::Cancelled;
        self.fulfilments.iter().rev().find(sent).map(|goods| Parcel {
            state: goods.state,
            sent_by: goods.carrier.clone().zip(goods.tracking.clone()),
            facts: goods.facts.clone(),
            redeliver_on: goods.redeliver_on,
        })
    }

    /// The goods are with the store that bought them: they go on its shelf. What went straight to its customer never lies there.
    pub(super) fn counted_in(&self) -> Option<Event> {
        let Inbound { warehouse, variant, .. } = self.inbound.clone().filter(|inbound| !inbound.drop_ship)?;
        let quantity = Quantity::new(self.lines.iter().map(|line| self.live_units(line)).sum())?;
        Some(Event::PurchaseReceived { warehouse, variant, quantity })
    }
}
