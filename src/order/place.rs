//! Placing an order: everything is checked and frozen at once, and the units are held in the same breath.

use super::{Event, Facts, Kind, Line, Method, event::Placed};
use crate::{
    catalogue::Supply,
    ids::{ContactId, LineId, OrderId, OrderNumber, PartyId, ProductId, VariantId},
    money::Won,
    pricing::{PricedLine, Reductions, price},
    quantity::Quantity,
    refusal::Refusal,
    stock::{Wanted, pick},
    text::Words,
};

/// One line somebody wants, with what the listing says today.
#[derive(Clone, Debug)]
pub struct PlacementLine {
    /// The product.
    pub product: ProductId,
    /// The option.
    pub variant: VariantId,
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
    /// An island: surcharge.
    pub island: bool,
    /// The customer is blocked.
    pub blocked: bool,
    /// The buyer's unpaid orders that hold stock.
    pub unpaid_holds: u32,
    /// What the buyer was shown as goods amount; only compared.
    pub seen_goods: Option<Won>,
    /// A channel's own number.
    pub external: Option<String>,
}

/// The events of a new order, in their order.
///
/// # Errors
/// Blocked customers, places without delivery, limits of lines, units and amounts, a price that moved, and missing units.
pub fn place(wish: Placement, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
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
    if wish.undeliverable {
        return Err(Refusal::Undeliverable { postcode: wish.postcode });
    }
    if wish.unpaid_holds >= policy.unpaid_holds_per_buyer {
        return Err(Refusal::TooManyUnpaid { most: policy.unpaid_holds_per_buyer });
    }

    let priced: Vec<PricedLine> = wish
        .lines
        .iter()
        .map(|line| PricedLine {
            unit_price: line.unit_price,
            quantity: line.quantity,
            promotion: Won::ZERO,
            shipping_fee: line.shipping_fee,
            installation: Won::ZERO,
        })
        .collect();
    let (amounts, shares) = price(&priced, Reductions::default(), wish.island, policy)?;
    if let Some(expected) = wish.seen_goods.filter(|seen| *seen != amounts.goods) {
        return Err(Refusal::PriceChanged { expected, actual: amounts.goods });
    }

    let lines: Vec<Line> = wish
        .lines
        .into_iter()
        .zip(shares)
        .map(|(line, shares)| Line {
            id: LineId::mint(facts.mint),
            product: line.product,
            variant: line.variant,
            title: line.title,
            option: line.option,
            quantity: line.quantity,
            unit_price: line.unit_price,
            shares,
            supply: line.supply,
            method: Method::Parcel,
        })
        .collect();
    let wanted: Vec<Wanted> = lines.iter().map(|line| Wanted { line: line.id, variant: line.variant.clone(), quantity: line.quantity }).collect();
    let pieces =
        pick(&wanted, facts.shelf, &wish.postcode).map_err(|(variant, asked, available)| Refusal::OutOfStock { variant, asked, available })?;

    let id = OrderId::mint(facts.mint);
    let number = OrderNumber::compose(facts.now.kst_date(), &facts.mint.number_tail());
    Ok(vec![
        Event::OrderPlaced(Box::new(Placed {
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
        })),
        Event::StockReserved { pieces, until: facts.now + policy.hold_ttl },
    ])
}
