//! Placing orders: from a basket, or for a customer of a channel. Both end in the same rule.

use super::Work;
use crate::store::{Failure, Stored, accounts, carts, catalogue, installers, ledger, orders, parsed};
use jumun::{
    actor::Actor,
    catalogue::Category,
    command::{Answer, Benefits, ShipTo, WantedLine},
    ids::{ContactId, PartyId, VariantId},
    money::Won,
    order::{Crew, Destination, Facts, Method, OnShortage, Order, Placement, PlacementLine, Site, SiteAnswers, Visit, place},
    quantity::Quantity,
    refusal::{Problem, Refusal},
};

impl Work<'_> {
    /// Orders the basket's lines of one seller. The same look at the same basket gives the same order.
    pub(super) async fn place_from_cart(
        &mut self,
        seller: PartyId,
        cart_version: i64,
        ship_to: &ShipTo,
        keep: bool,
        seen_goods: Won,
        on_shortage: OnShortage,
        benefits: Benefits,
        visit: Option<Visit>,
        site: Option<SiteAnswers>,
    ) -> Stored<Answer> {
        let buyer = self.caller.actor.party().ok_or(Refusal::SignInRequired)?;
        // Counting the change locks the basket, so that a double click waits for its twin and then finds its order.
        let version = carts::touch(self.tx, buyer).await?;
        if let Some(order) = orders::placed_from(self.tx, buyer, cart_version, seller).await? {
            return Ok(Answer::Order { order: order.id, number: order.number, version: order.version });
        }
        if version != cart_version + 1 {
            return Err(Refusal::CartChanged.into());
        }
        let mut lines = Vec::new();
        for held in carts::lines(self.tx, buyer).await?.into_iter().filter(|held| held.seller == seller) {
            if !held.line.on_sale {
                return Err(Refusal::NotForSale { variant: held.line.variant }.into());
            }
            lines.push(PlacementLine {
                product: held.line.product,
                variant: held.line.variant,
                category: held.line.category,
                title: held.line.title,
                option: held.line.option,
                quantity: Quantity::new(held.line.quantity).ok_or(Refusal::EmptyCart)?,
                unit_price: held.line.unit_price,
                shipping_fee: held.line.shipping_fee,
                supply: catalogue::supply(&held.supply)?,
                ship_by: held.line.ship_by,
                installation: held.line.installation.filter(|_| held.line.installed),
            });
        }
        let order = self.place(buyer, seller, lines, ship_to, keep, false, Some(seen_goods), None, on_shortage, benefits, visit, site).await?;
        orders::add_placement(self.tx, buyer, cart_version, seller, order.id).await?;
        carts::remove_lines_of(self.tx, buyer, seller).await?;
        Ok(Self::moved(&order))
    }

    /// Orders for a customer of a channel. The seller follows from the goods; the channel's number is the order's for ever.
    pub(super) async fn place_for_customer(
        &mut self,
        external: &str,
        customer: Option<&str>,
        wanted: &[WantedLine],
        ship_to: &ShipTo,
        address_later: bool,
        seen_goods: Option<Won>,
        on_shortage: OnShortage,
        site: Option<SiteAnswers>,
    ) -> Stored<Answer> {
        let Actor::Channel { account } = self.caller.actor else { return Err(Refusal::NotAllowed.into()) };
        let external = format!("{account}:{external}");
        let known = match customer {
            Some(number) => Some(self.customer(number).await?),
            None => None,
        };
        if let Some(order) = orders::by_external(self.tx, &external).await? {
            let same_buyer = match known {
                Some(party) => order.buyer == party,
                None => accounts::of_party(self.tx, order.buyer).await?.is_none(),
            };
            let same = same_buyer
                && orders::contact(self.tx, order.contact).await?.as_ref() == Some(ship_to)
                && order.lines.len() == wanted.len()
                && order.lines.iter().zip(wanted).all(|(line, want)| {
                    line.variant == want.variant && line.quantity == want.quantity && (line.method == Method::Installed) == want.installation
                });
            if !same {
                return Err(Refusal::KeyReused.into());
            }
            return Ok(Answer::Order { order: order.id, number: order.number, version: order.version });
        }
        let mut lines = Vec::new();
        let mut seller = None;
        for want in wanted {
            let listed = catalogue::listed(self.tx, &want.variant).await?.ok_or_else(|| Refusal::NotForSale { variant: want.variant.clone() })?;
            if seller.is_some_and(|seller| seller != listed.seller) {
                return Err(Refusal::invalid("items", Problem::Malformed).into());
            }
            if let Some(expected) = want.unit_price.filter(|price| *price != listed.price) {
                return Err(Refusal::PriceChanged { expected, actual: listed.price }.into());
            }
            let installation = match installers::price(self.tx, listed.category).await?.filter(|_| want.installation) {
                Some((_, price)) => Some(price),
                None if want.installation => return Err(Refusal::invalid("installation", Problem::Unknown).into()),
                None => None,
            };
            seller = Some(listed.seller);
            lines.push(PlacementLine {
                product: listed.product,
                variant: listed.variant,
                category: listed.category,
                title: listed.title,
                option: listed.option,
                quantity: want.quantity,
                unit_price: listed.price,
                shipping_fee: listed.shipping_fee,
                supply: listed.supply,
                ship_by: listed.ship_by,
                installation,
            });
        }
        let seller = seller.ok_or(Refusal::EmptyCart)?;
        let buyer = match known {
            Some(party) => party,
            None => {
                let guest = PartyId::mint(&mut self.mint);
                accounts::add_party(self.tx, guest, "guest", "비회원", Some("Guest"), self.now).await?;
                guest
            }
        };
        let order = self
            .place(buyer, seller, lines, ship_to, false, address_later, seen_goods, Some(external), on_shortage, Benefits::default(), None, site)
            .await?;
        Ok(Self::moved(&order))
    }

    async fn customer(&mut self, number: &str) -> Stored<PartyId> {
        let account = accounts::by_number(self.tx, number).await?.ok_or_else(|| Refusal::invalid("customer", Problem::Unknown))?;
        parsed(&account.party_id)
    }

    /// A place as the rules know it.
    pub(super) async fn destination(&mut self, contact: ContactId, to: &ShipTo) -> Stored<Destination> {
        let area = catalogue::area(self.tx, to.postcode.as_str()).await?;
        Ok(Destination { contact, postcode: to.postcode.to_string(), deliverable: area != "none", island: area == "island", installable: true })
    }

    async fn place(
        &mut self,
        buyer: PartyId,
        seller: PartyId,
        lines: Vec<PlacementLine>,
        ship_to: &ShipTo,
        keep: bool,
        address_later: bool,
        seen_goods: Option<Won>,
        external: Option<String>,
        on_shortage: OnShortage,
        benefits: Benefits,
        visit: Option<Visit>,
        site: Option<SiteAnswers>,
    ) -> Stored<Order> {
        let policy = self.house.policy();
        let contact = ContactId::mint(&mut self.mint);
        let to = self.destination(contact, ship_to).await?;
        let blocked = accounts::of_party(self.tx, buyer).await?.is_some_and(|account| account.status == "blocked");
        let unpaid_holds = orders::unpaid_holds(self.tx, buyer).await?;
        let variants: Vec<VariantId> = lines.iter().map(|line| line.variant.clone()).collect();
        let shelf = ledger::shelf(self.tx, seller, &variants, None).await?;
        let (reductions, purse) = super::benefits::reductions(self.tx, buyer, seller, benefits, self.now, &policy).await?;
        let installed: Vec<Category> = lines.iter().filter(|line| line.installation.is_some()).map(|line| line.category).collect();
        let installable = installed.is_empty() || installers::anybody(self.tx, &installed, ship_to.postcode.as_str()).await?;
        let call_out = installers::call_out(self.tx, &installed).await?;
        let wish = Placement {
            buyer,
            seller,
            lines,
            contact,
            postcode: ship_to.postcode.to_string(),
            undeliverable: !to.deliverable,
            address_later,
            island: to.island,
            blocked,
            // A channel buys for many customers at once and answers for them itself.
            unpaid_holds: if external.is_some() { 0 } else { unpaid_holds },
            coupon: benefits.coupon.zip(reductions.coupon),
            tier_percent: reductions.tier_percent,
            points: reductions.points,
            installable,
            visit: visit.filter(|_| !installed.is_empty()),
            site: site.map(|answers| Site { answers, call_out }),
            seen_goods,
            external,
            on_shortage,
        };
        let events = place(
            wish,
            &mut Facts {
                now: self.now,
                policy: &policy,
                mint: &mut self.mint,
                shelf: &shelf,
                purse,
                to: None,
                offer: None,
                partner: None,
                crew: Crew::default(),
            },
        )?;
        orders::add_contact(self.tx, contact, buyer, ship_to, keep, self.now).await?;
        let cause = self.cause();
        orders::append(self.tx, &mut self.mint, None, &events, &policy, &cause, self.now)
            .await?
            .ok_or_else(|| Failure::Corrupt("an order was placed without events".into()))
    }
}
