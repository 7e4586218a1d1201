//! What the shop sells and how much of it this run has asked for, so that buyers rarely want what is gone.

use super::{
    World,
    browser::{Browser, Stop, Went, failed},
    dice::Dice,
};
use jumun::catalogue::Supply;
use jumun::view::{CatalogueView, DemoAccount, ProductView, StockView};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How many of a hundred want what partners sell too, in a run that goes through them.
const BOUGHT: usize = 60;

/// An option on the shelf.
#[derive(Clone, Debug)]
pub(super) struct Good {
    /// The product.
    pub(super) product: String,
    /// The option.
    pub(super) variant: String,
    /// Who sells it.
    pub(super) seller: String,
    /// Partners sell it too.
    bought: bool,
    left: u32,
}

/// Every option with its stock.
#[derive(Default)]
pub(super) struct Shelves(Mutex<Vec<Good>>);

impl Shelves {
    /// Reads the whole catalogue. `bought` are the options that partners sell too.
    pub(super) async fn read(world: &World, bought: &BTreeSet<String>) -> Went<Self> {
        let mut browser = Browser::new(world, BTreeMap::new());
        let (mut goods, mut page, mut pages) = (Vec::new(), 1, 1);
        while page <= pages {
            let shelf: CatalogueView = browser.read("/api/catalogue", &[("page", &page.to_string())]).await?;
            // What is sold before it is there comes only when the stores receive, and what is sold to order when a desk buys it.
            let is_sent = |supply: Supply| match supply {
                Supply::Stocked => true,
                Supply::PreOrder => world.options.restock,
                Supply::ToOrder => world.options.chain,
            };
            for card in shelf.cards.into_iter().filter(|card| is_sent(card.supply)) {
                let product: ProductView = browser.read("/api/product", &[("id", card.id.as_str())]).await?;
                goods.extend(product.variants.iter().map(|variant| Good {
                    product: card.id.to_string(),
                    variant: variant.id.to_string(),
                    seller: card.seller.to_string(),
                    bought: bought.contains(variant.id.as_str()),
                    left: variant.available,
                }));
            }
            (page, pages) = (page + 1, shelf.pages);
        }
        if goods.is_empty() { failed("the catalogue is empty") } else { Ok(Self(Mutex::new(goods))) }
    }

    fn hold(&self) -> MutexGuard<'_, Vec<Good>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Picks an option with this many units left, of a seller if one is named. When nothing is left, any: the shop is to
    /// say no then.
    pub(super) fn pick(&self, dice: &mut Dice, units: u32, seller: Option<&str>) -> Option<Good> {
        let mut goods = self.hold();
        let of_seller = |good: &Good| seller.is_none_or(|seller| seller == good.seller);
        let mut fitting: Vec<usize> = (0..goods.len()).filter(|at| goods[*at].left >= units && of_seller(&goods[*at])).collect();
        let bought: Vec<usize> = fitting.iter().copied().filter(|at| goods[*at].bought).collect();
        if !bought.is_empty() && dice.percent(BOUGHT) {
            fitting = bought;
        }
        if fitting.is_empty() {
            let at = dice.below(goods.len());
            return goods.get(at).filter(|_| seller.is_none()).cloned();
        }
        let at = fitting[dice.below(fitting.len())];
        goods[at].left -= units;
        Some(goods[at].clone())
    }
}

/// Every store receives enough for the whole run.
pub(super) async fn restock(world: &World) -> Went<u32> {
    let mut visitor = Browser::new(world, BTreeMap::new());
    let accounts: Vec<DemoAccount> = visitor.read("/api/demo-accounts", &[]).await?;
    let (mut stores, mut received) = (BTreeSet::new(), 0);
    for account in accounts {
        let Some(store) = account.store else { continue };
        if !stores.insert(store) {
            continue;
        }
        let mut desk = Browser::new(world, BTreeMap::new());
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        desk.tell("/api/sign-in", &[field("email", &account.email), field("password", crate::demo::PASSWORD)]).await?;
        let stock: StockView = match desk.read("/api/stock", &[]).await {
            Ok(stock) => stock,
            // Not every store has shelves.
            Err(Stop::Refused(_)) => continue,
            Err(stop) => return Err(stop),
        };
        let each = (world.options.orders / 20).clamp(20, 100_000).to_string();
        for row in stock.rows {
            let fields = [field("warehouse", &row.warehouse.to_string()), field("variant", row.variant.as_str()), field("quantity", &each)];
            desk.tell("/api/receive-goods", &fields).await?;
            received += 1;
        }
    }
    Ok(received)
}
