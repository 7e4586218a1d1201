//! Which warehouse goods come from: as few sources as possible, then the nearest, then the oldest stock (01 §5 Stock).

use crate::{
    catalogue::Supply,
    ids::{LineId, VariantId, WarehouseId},
    quantity::Quantity,
};
use serde::{Deserialize, Serialize};

/// Units of one line in one warehouse: what a hold, a commit and a dispatch move.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(from = "Written")]
pub struct Piece {
    /// The order line the units are for.
    pub line: LineId,
    /// What they are.
    pub variant: VariantId,
    /// Where they are.
    pub warehouse: WarehouseId,
    /// How many.
    pub quantity: Quantity,
    /// What they count against: the shelf, a pre-order cap, or what partners have.
    #[serde(skip_serializing_if = "Supply::is_stocked")]
    pub supply: Supply,
}

/// A piece as logs know it: there was a time when only pre-orders were no goods.
#[derive(Deserialize)]
struct Written {
    line: LineId,
    variant: VariantId,
    warehouse: WarehouseId,
    quantity: Quantity,
    #[serde(default)]
    promised: bool,
    #[serde(default)]
    supply: Supply,
}

impl From<Written> for Piece {
    fn from(written: Written) -> Self {
        let Written { line, variant, warehouse, quantity, promised, supply } = written;
        Self { line, variant, warehouse, quantity, supply: if promised { Supply::PreOrder } else { supply } }
    }
}

/// What one warehouse can sell of one variant, read under the lock of the command.
#[derive(Clone, Debug)]
pub struct Available {
    /// What.
    pub variant: VariantId,
    /// Where.
    pub warehouse: WarehouseId,
    /// The warehouse's postcode.
    pub postcode: String,
    /// Units that nobody has held.
    pub units: u32,
    /// Goods, units of a pre-order cap, or what partners have.
    pub supply: Supply,
}

impl Available {
    fn is_for(&self, want: &Wanted) -> bool {
        self.variant == want.variant && self.supply == want.supply
    }
}

/// Everything the seller can sell of the variants a command touches.
pub type Shelf = Vec<Available>;

/// Units wanted for a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// The order line.
    pub line: LineId,
    /// What.
    pub variant: VariantId,
    /// How many.
    pub quantity: Quantity,
    /// Off the shelf, out of the pre-order cap, or of what partners have.
    pub supply: Supply,
}

/// How far two postcodes lie apart, roughly: the number of leading digits they do not share.
fn distance(a: &str, b: &str) -> usize {
    5 - a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count().min(5)
}

/// Picks the units for an order, or names the first line that cannot be filled: (variant, asked, available).
///
/// Warehouses that can carry the most lines alone come first, then those nearest to `to`; a line is split over several
/// only when none holds enough. The shelf lists warehouses with the oldest stock first, and that order breaks ties.
pub fn pick(wanted: &[Wanted], shelf: &Shelf, to: &str) -> Result<Vec<Piece>, (VariantId, u32, u32)> {
    let (pieces, missing) = pick_some(wanted, shelf, to);
    match missing.first() {
        None => Ok(pieces),
        Some(missing) => {
            let asked = wanted.iter().find(|want| want.line == missing.line).map_or(missing.quantity, |want| want.quantity).get();
            Err((missing.variant.clone(), asked, asked - missing.quantity.get()))
        }
    }
}

/// Picks the units there are, as [`pick`] does, and names what is missing of each line.
pub fn pick_some(wanted: &[Wanted], shelf: &Shelf, to: &str) -> (Vec<Piece>, Vec<Wanted>) {
    let mut short = Vec::new();
    let mut left: Vec<Available> = shelf.clone();
    let mut warehouses: Vec<(WarehouseId, &str)> = Vec::new();
    for place in shelf {
        if !warehouses.iter().any(|(id, _)| *id == place.warehouse) {
            warehouses.push((place.warehouse, &place.postcode));
        }
    }
    let carries = |warehouse: WarehouseId| {
        wanted
            .iter()
            .filter(|want| shelf.iter().any(|place| place.warehouse == warehouse && place.is_for(want) && place.units >= want.quantity.get()))
            .count()
    };
    warehouses.sort_by_key(|(id, postcode)| (std::cmp::Reverse(carries(*id)), distance(postcode, to)));

    let mut pieces = Vec::new();
    for want in wanted {
        let mut missing = want.quantity.get();
        let on_hand = |left: &[Available], warehouse| left.iter().position(|place| place.warehouse == warehouse && place.is_for(want));
        let whole = warehouses.iter().filter_map(|(id, _)| on_hand(&left, *id)).find(|&at| left[at].units >= missing);
        let sources: Vec<usize> = match whole {
            Some(at) => vec![at],
            None => {
                // Nobody holds enough: fewest sources means the fullest warehouses first.
                let mut some: Vec<usize> = warehouses.iter().filter_map(|(id, _)| on_hand(&left, *id)).collect();
                some.sort_by_key(|&at| std::cmp::Reverse(left[at].units));
                some
            }
        };
        for at in sources {
            let take = missing.min(left[at].units);
            if let Some(quantity) = Quantity::new(take) {
                left[at].units -= take;
                missing -= take;
                let (variant, supply) = (want.variant.clone(), want.supply);
                pieces.push(Piece { line: want.line, variant, warehouse: left[at].warehouse, quantity, supply });
            }
        }
        if let Some(quantity) = Quantity::new(missing) {
            short.push(Wanted { quantity, ..want.clone() });
        }
    }
    (pieces, short)
}

/// Takes pieces out of a list of pieces.
pub fn take_out(from: &mut Vec<Piece>, gone: &[Piece]) {
    for piece in gone {
        let mut units = piece.quantity.get();
        from.retain_mut(|known| {
            if units == 0 || known.line != piece.line || known.warehouse != piece.warehouse || known.supply != piece.supply {
                return true;
            }
            let taken = units.min(known.quantity.get());
            units -= taken;
            match Quantity::new(known.quantity.get() - taken) {
                Some(rest) => {
                    known.quantity = rest;
                    true
                }
                None => false,
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::CountingMint;

    fn shelf(mint: &mut CountingMint, rows: &[(&str, &str, u32)]) -> (Shelf, Vec<WarehouseId>) {
        let mut names: Vec<(&str, WarehouseId)> = Vec::new();
        let shelf = rows
            .iter()
            .map(|(postcode, variant, units)| {
                let warehouse = match names.iter().find(|(name, _)| name == postcode) {
                    Some((_, id)) => *id,
                    None => {
                        let id = WarehouseId::mint(mint);
                        names.push((postcode, id));
                        id
                    }
                };
                Available { variant: VariantId::new(*variant), warehouse, postcode: (*postcode).into(), units: *units, supply: Supply::Stocked }
            })
            .collect();
        (shelf, names.into_iter().map(|(_, id)| id).collect())
    }

    fn want(mint: &mut CountingMint, variant: &str, count: u32) -> Wanted {
        Wanted { line: LineId::mint(mint), variant: VariantId::new(variant), quantity: Quantity::new(count).unwrap(), supply: Supply::Stocked }
    }

    #[test]
    fn one_warehouse_that_has_everything_beats_a_nearer_one() {
        let mint = &mut CountingMint::default();
        let (shelf, ids) = shelf(mint, &[("06234", "A", 5), ("48058", "A", 5), ("48058", "B", 5)]);
        let wanted = [want(mint, "A", 1), want(mint, "B", 1)];
        let pieces = pick(&wanted, &shelf, "06236").unwrap();
        assert!(pieces.iter().all(|piece| piece.warehouse == ids[1]));
    }

    #[test]
    fn the_nearest_wins_among_equals_and_a_split_takes_the_fullest_first() {
        let mint = &mut CountingMint::default();
        let (shelf, ids) = shelf(mint, &[("48058", "A", 3), ("06234", "A", 4)]);
        let near = pick(&[want(mint, "A", 2)], &shelf, "06000").unwrap();
        assert_eq!(near[0].warehouse, ids[1]);
        let split = pick(&[want(mint, "A", 6)], &shelf, "48000").unwrap();
        assert_eq!(split.iter().map(|p| (p.warehouse, p.quantity.get())).collect::<Vec<_>>(), [(ids[1], 4), (ids[0], 2)]);
    }

    #[test]
    fn what_is_missing_is_named_and_units_are_never_given_twice() {
        let mint = &mut CountingMint::default();
        let (shelf, _) = shelf(mint, &[("06234", "A", 3)]);
        let wanted = [want(mint, "A", 2), want(mint, "A", 2)];
        assert_eq!(pick(&wanted, &shelf, "06234"), Err((VariantId::new("A"), 2, 1)));
    }

    #[test]
    fn a_cap_and_a_shelf_of_the_same_goods_are_two_things() {
        let mint = &mut CountingMint::default();
        let (mut shelf, ids) = shelf(mint, &[("06234", "A", 3), ("06234", "A", 9)]);
        shelf[1].supply = Supply::PreOrder;
        let promised = Wanted { supply: Supply::PreOrder, ..want(mint, "A", 9) };
        let pieces = pick(std::slice::from_ref(&promised), &shelf, "06234").unwrap();
        assert_eq!(
            pieces,
            [Piece { line: promised.line, variant: promised.variant, warehouse: ids[0], quantity: promised.quantity, supply: Supply::PreOrder }]
        );
        assert_eq!(pick(&[want(mint, "A", 4)], &shelf, "06234"), Err((VariantId::new("A"), 4, 3)));
        // Giving promised units back leaves the goods alone.
        let goods = pick(&[want(mint, "A", 3)], &shelf, "06234").unwrap();
        let mut kept = [goods.clone(), pieces.clone()].concat();
        take_out(&mut kept, &pieces);
        assert_eq!(kept, goods);
    }
}
