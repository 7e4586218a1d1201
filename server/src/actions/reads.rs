//! What pages and the interface read: each answer is of one moment and redacted for the chair that looks.

use super::benefits;
use crate::{
    house::House,
    secret,
    store::{Failure, Tx, accounts, carts, catalogue, desk, events, installers, listing, orders, partners, people, stores},
};
use app::session::Caller;
use jumun::{
    actor::{Actor, Chair},
    catalogue::Category,
    command::Benefits,
    ids::{AccountId, OrderId, OrderNumber, PartyId, ProductId},
    money::Won,
    order::{Event, LineUnits, Order},
    policy::Policy,
    pricing::{Amounts, PricedLine, Reductions, price},
    quantity::Quantity,
    refusal::{Problem, Refusal},
    text::{Email, Password, PersonName, Phone, Postcode},
    time::{Date, Span, Time},
    view::{
        AddressView, CartGroup, CartLine, CartQuote, CartView, CatalogueQuery, CatalogueView, CheckoutView, DemoAccount, DeskView, Ending, JobRow,
        JobsView, ListingRow, OrderList, OrderQuery, OrderView, PartnersView, PayView, ProductView, PurchasesView, RefundSlip, StockView, TreeView,
        Visitor,
    },
};

/// How long a session lasts.
const SESSION: Span = Span::days(30);
/// Orders on a page.
const PAGE: usize = 30;
/// Jobs that are over and still shown to their installer.
const OVER: i64 = 20;

fn broken(failure: Failure) -> Refusal {
    failure.into_refusal()
}

/// A channel knows a customer by a number, and learns no name from it: it sees the receiver's that it gave itself.
fn names_withheld(actor: &Actor, mut view: OrderView) -> OrderView {
    if matches!(actor, Actor::Channel { .. }) {
        view.buyer_name = view.ship_to.as_ref().map(|to| to.name.to_string()).unwrap_or_default();
    }
    view
}

/// A basket's lines as they are priced.
fn priced(lines: &[CartLine]) -> Vec<PricedLine> {
    lines
        .iter()
        .filter_map(|line| {
            Some(PricedLine {
                category: line.category,
                unit_price: line.unit_price,
                quantity: Quantity::new(line.quantity)?,
                promotion: Won::ZERO,
                shipping_fee: line.shipping_fee,
                installation: line.installation.filter(|_| line.installed).unwrap_or_default(),
            })
        })
        .collect()
}

/// A seller's goods priced for a postcode.
async fn quoted(tx: &mut Tx, group: &CartGroup, postcode: &Postcode, policy: &Policy) -> Result<CartQuote, Refusal> {
    let area = catalogue::area(tx, postcode.as_str()).await.map_err(broken)?;
    Ok(CartQuote { amounts: group.amounts.map(|amounts| amounts.sent(area == "island", policy)), undeliverable: area == "none" })
}

/// A seller's goods priced with what the buyer uses beside money.
async fn reduced(tx: &mut Tx, party: PartyId, group: &CartGroup, wish: Benefits, now: Time, policy: &Policy) -> Result<Amounts, Refusal> {
    let (reductions, _) = benefits::reductions(tx, party, group.seller, wish, now, policy).await.map_err(broken)?;
    Ok(price(&priced(&group.lines), reductions, false, policy)?.0)
}

impl House {
    /// A page of the shop's shelf.
    ///
    /// # Errors
    /// None but a failing store.
    pub async fn catalogue(&self, query: &CatalogueQuery) -> Result<CatalogueView, Refusal> {
        let mut tx = self.read().await?;
        catalogue::page(&mut tx, query, self.now().kst_date()).await.map_err(broken)
    }

    /// One product.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn product(&self, id: &ProductId) -> Result<ProductView, Refusal> {
        let mut tx = self.read().await?;
        let policy = self.policy();
        let today = self.now().kst_date();
        let card = catalogue::card(&mut tx, id, today).await.map_err(broken)?.ok_or(Refusal::NotFound)?;
        let read = async {
            let (description, seller_phone, seller_address) = catalogue::detail(&mut tx, id).await?;
            let query = CatalogueQuery { category: Some(card.category.slug().into()), page: 1, ..CatalogueQuery::default() };
            let similar = catalogue::page(&mut tx, &query, today).await?.cards.into_iter().filter(|other| other.id != card.id).take(4).collect();
            Ok(ProductView {
                description,
                specs: catalogue::specs(&mut tx, id).await?,
                variants: catalogue::variants(&mut tx, id, today).await?,
                installation: installers::price(&mut tx, card.category).await?,
                call_out: installers::call_out(&mut tx, &[card.category]).await?,
                extras: if card.category.needs_installer() { catalogue::extras(&mut tx, card.category).await? } else { Vec::new() },
                seller_phone,
                seller_address,
                similar,
                free_from: policy.shipping_free_from,
                most_units: policy.line_max_quantity,
                card,
            })
        };
        read.await.map_err(broken)
    }

    /// The caller's basket with today's prices and stock.
    ///
    /// # Errors
    /// None but a failing store.
    pub async fn cart(&self, caller: &Caller) -> Result<CartView, Refusal> {
        let policy = self.policy();
        let shopper = matches!(caller.actor, Actor::Guest { .. } | Actor::Customer { .. });
        let Some(party) = caller.actor.party().filter(|_| shopper) else {
            return Ok(CartView { most_units: policy.line_max_quantity, ..CartView::default() });
        };
        let mut tx = self.read().await?;
        let version = carts::version(&mut tx, party).await.map_err(broken)?;
        let mut groups: Vec<CartGroup> = Vec::new();
        for held in carts::lines(&mut tx, party).await.map_err(broken)?.into_iter().filter(|held| held.line.quantity > 0) {
            match groups.iter_mut().find(|group| group.seller == held.seller) {
                Some(group) => group.lines.push(held.line),
                None => groups.push(CartGroup {
                    seller: held.seller,
                    seller_name: held.seller_name,
                    lines: vec![held.line],
                    amounts: None,
                    problem: None,
                }),
            }
        }
        for group in &mut groups {
            // A promise that is over already is none.
            let today = self.now().kst_date();
            let gone = group.lines.iter().find(|line| !line.on_sale || line.ship_by.is_some_and(|day| day < today));
            let short = group.lines.iter().find(|line| line.available < line.quantity);
            match price(&priced(&group.lines), Reductions::default(), false, &policy) {
                Ok((amounts, _)) => group.amounts = Some(amounts),
                Err(refusal) => group.problem = Some(refusal),
            }
            if let Some(line) = gone {
                group.problem = Some(Refusal::NotForSale { variant: line.variant.clone() });
            } else if let Some(line) = short {
                group.problem = Some(Refusal::OutOfStock { variant: line.variant.clone(), asked: line.quantity, available: line.available });
            }
        }
        Ok(CartView { version, groups, most_units: policy.line_max_quantity })
    }

    /// The basket's lines of one seller, ready to order.
    ///
    /// # Errors
    /// [`Refusal::EmptyCart`].
    pub async fn checkout(&self, caller: &Caller, seller: PartyId, wish: Benefits) -> Result<CheckoutView, Refusal> {
        let cart = self.cart(caller).await?;
        let mut group = cart.groups.into_iter().find(|group| group.seller == seller).ok_or(Refusal::EmptyCart)?;
        let party = caller.actor.party().ok_or(Refusal::SignInRequired)?;
        let mut tx = self.read().await?;
        let (policy, now) = (self.policy(), self.now());
        let lines = priced(&group.lines);
        // What cannot be used is told, and the rest is priced without it.
        let mut benefits_problem = None;
        for wish in [wish, Benefits::default()] {
            match reduced(&mut tx, party, &group, wish, now, &policy).await {
                Ok(amounts) => {
                    group.amounts = Some(amounts);
                    break;
                }
                Err(refusal) if wish == Benefits::default() => group.problem = group.problem.or(Some(refusal)),
                Err(refusal) => benefits_problem = Some(refusal),
            }
        }
        let benefits = benefits::at_checkout(&mut tx, party, seller, &lines, now, &policy).await.map_err(broken)?;
        let mut addresses = Vec::new();
        for (id, ship_to) in orders::addresses(&mut tx, party).await.map_err(broken)? {
            let quote = quoted(&mut tx, &group, &ship_to.postcode, &policy).await?;
            addresses.push(AddressView { id, ship_to, quote: Some(quote) });
        }
        let today = now.kst_date().days();
        let installed = group.lines.iter().any(|line| line.installed && line.installation.is_some());
        let put_up: Vec<Category> = group.lines.iter().filter(|line| line.installed).map(|line| line.category).collect();
        let call_out = installers::call_out(&mut tx, &put_up).await.map_err(broken)?;
        let visit_days = installed.then(|| (Date::from_days(today + 1), Date::from_days(today + i64::from(policy.visit_within_days))));
        Ok(CheckoutView {
            group,
            cart_version: cart.version,
            addresses,
            checked: None,
            benefits,
            benefits_problem,
            substitutes: Vec::new(),
            island_fee: policy.island_fee,
            hold_minutes: u32::try_from(policy.hold_ttl.as_seconds() / 60).unwrap_or(0),
            visit_days,
            call_out,
        })
    }

    /// What the basket's lines of one seller would cost at a postcode. Nothing is held.
    ///
    /// # Errors
    /// [`Refusal::EmptyCart`].
    pub async fn quote_cart(&self, caller: &Caller, seller: PartyId, postcode: Option<&Postcode>, wish: Benefits) -> Result<CartQuote, Refusal> {
        let cart = self.cart(caller).await?;
        let mut group = cart.groups.into_iter().find(|group| group.seller == seller).ok_or(Refusal::EmptyCart)?;
        let party = caller.actor.party().ok_or(Refusal::SignInRequired)?;
        let (policy, now) = (self.policy(), self.now());
        let mut tx = self.read().await?;
        group.amounts = Some(reduced(&mut tx, party, &group, wish, now, &policy).await?);
        match postcode {
            Some(postcode) => quoted(&mut tx, &group, postcode, &policy).await,
            None => Ok(CartQuote { amounts: group.amounts, undeliverable: false }),
        }
    }

    /// The caller's address book, last used first.
    ///
    /// # Errors
    /// [`Refusal::SignInRequired`].
    pub async fn addresses(&self, caller: &Caller) -> Result<Vec<AddressView>, Refusal> {
        let Actor::Customer { .. } = caller.actor else { return Err(Refusal::SignInRequired) };
        let party = caller.actor.party().ok_or(Refusal::SignInRequired)?;
        let mut tx = self.read().await?;
        let kept = orders::addresses(&mut tx, party).await.map_err(broken)?;
        Ok(kept.into_iter().map(|(id, ship_to)| AddressView { id, ship_to, quote: None }).collect())
    }

    /// An order that the caller has one of these chairs at. Others are told that it does not exist.
    pub(super) async fn order_for(&self, caller: &Caller, number: &OrderNumber, chairs: &[Chair]) -> Result<(Order, Chair), Refusal> {
        // Before the look-up: a stranger must not learn which numbers exist.
        if caller.actor == Actor::Nobody {
            return Err(Refusal::SignInRequired);
        }
        let mut tx = self.read().await?;
        let order = orders::by_number(&mut tx, number).await.map_err(broken)?.ok_or(Refusal::NotFound)?;
        let chair = order.chair(&caller.actor).filter(|chair| chairs.contains(chair)).ok_or(Refusal::NotFound)?;
        Ok((order, chair))
    }

    /// Whether the caller has a chair at an order. Answers the root of its tree.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for who has none.
    pub async fn may_watch(&self, caller: &Caller, order: OrderId) -> Result<OrderId, Refusal> {
        let mut tx = self.read().await?;
        let order = orders::load(&mut tx, order).await.map_err(broken)?.ok_or(Refusal::NotFound)?;
        order.chair(&caller.actor).map(|_| order.root).ok_or(Refusal::NotFound)
    }

    /// The pay page of an order.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for anybody but the buyer.
    pub async fn pay(&self, caller: &Caller, number: &OrderNumber) -> Result<PayView, Refusal> {
        let (order, _) = self.order_for(caller, number, &[Chair::Buyer]).await?;
        Ok(PayView::of(&order, &self.policy_of(order.policy), self.now()))
    }

    /// Where the PSP takes over for the open attempt of an order.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for anybody but the buyer, or when no attempt is open.
    pub async fn pay_url(&self, caller: &Caller, number: &OrderNumber) -> Result<String, Refusal> {
        let (order, _) = self.order_for(caller, number, &[Chair::Buyer]).await?;
        let attempt = order.open_attempt().ok_or(Refusal::NotFound)?;
        let title = order.lines.first().map(|line| line.title.get(caller.locale).to_owned()).unwrap_or_default();
        let method = crate::workers::psp_method(attempt.method);
        let back = |what: &str| self.url(&format!("/pay/{number}/{what}"));
        let url = self.providers()?.psp.pay_page_url(
            &attempt.psp_order(&order.number),
            attempt.amount.0,
            &title,
            &back("approved"),
            &back("declined"),
            method,
        );
        Ok(format!("{url}&lang={}", caller.locale.code()))
    }

    /// Where the buyer proves who he is for an order.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for anybody but the buyer.
    pub async fn identity_url(&self, caller: &Caller, number: &OrderNumber) -> Result<String, Refusal> {
        let (order, _) = self.order_for(caller, number, &[Chair::Buyer]).await?;
        let back = self.url(&format!("/pay/{number}/identity"));
        Ok(self.providers()?.identity.page_url(&order.buyer.to_string(), number.as_str(), order.amounts.payable().0, &back))
    }

    /// The caller's purchases, newest first.
    ///
    /// # Errors
    /// [`Refusal::SignInRequired`] for who has none and no session.
    pub async fn purchases(&self, caller: &Caller, cursor: Option<String>) -> Result<OrderList, Refusal> {
        let party = caller.actor.party().ok_or(Refusal::SignInRequired)?;
        let mut tx = self.read().await?;
        orders::of_buyer(&mut tx, party, orders::Cursor::parse(cursor.as_deref()), PAGE, false).await.map_err(broken)
    }

    /// Whom the caller's store buys of, and what it could buy.
    ///
    /// # Errors
    /// For everybody but a store's staff.
    pub async fn partners(&self, caller: &Caller) -> Result<PartnersView, Refusal> {
        let store = Self::store_of(caller)?;
        let mut tx = self.read().await?;
        let read = async {
            Ok(PartnersView {
                partners: partners::of_buyer(&mut tx, store).await?,
                goods: partners::restockable(&mut tx, store, self.now()).await?,
                warehouses: orders::warehouses(&mut tx, store).await?,
                others: stores::others(&mut tx, store).await?,
                manager: caller.actor.is_manager(),
            })
        };
        read.await.map_err(broken)
    }

    /// An installer's work: what he has something to do for, and what is over.
    ///
    /// # Errors
    /// For everybody but installers.
    pub async fn jobs(&self, caller: &Caller) -> Result<JobsView, Refusal> {
        let Actor::Installer { party, .. } = caller.actor else {
            return Err(if caller.actor.account().is_none() { Refusal::SignInRequired } else { Refusal::NotAllowed });
        };
        let (now, policy) = (self.now(), self.policy());
        let mut tx = self.read().await?;
        let read = async {
            let mut view = JobsView { live: Vec::new(), over: Vec::new(), today: now.kst_date(), now };
            for order in installers::jobs(&mut tx, party, OVER).await? {
                let address = orders::place_of_job(&mut tx, &order).await?;
                let row = JobRow::of(&order, address.as_ref(), &policy, now);
                view.over.extend(row.over_at.is_some().then(|| row.clone()));
                view.live.extend(row.over_at.is_none().then_some(row));
            }
            Ok(view)
        };
        read.await.map_err(broken)
    }

    /// What the caller's store buys of its partners, newest first; or only what goes back to them.
    ///
    /// # Errors
    /// For everybody but a store's staff.
    pub async fn bought(&self, caller: &Caller, cursor: Option<String>, returns: bool) -> Result<PurchasesView, Refusal> {
        let store = Self::store_of(caller)?;
        let mut tx = self.read().await?;
        let list = orders::of_buyer(&mut tx, store, orders::Cursor::parse(cursor.as_deref()), PAGE, returns).await.map_err(broken)?;
        Ok(PurchasesView { list, now: self.now() })
    }

    /// One order, as the caller's chair may see it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for who has no chair at it.
    pub async fn order(&self, caller: &Caller, number: &OrderNumber) -> Result<OrderView, Refusal> {
        let (order, chair) = self.order_for(caller, number, &[Chair::Buyer, Chair::Seller, Chair::Admin]).await?;
        let now = self.now();
        let mut tx = self.read().await?;
        let around = orders::around(&mut tx, &order).await.map_err(broken)?;
        let tree = TreeView::seen_by(&caller.actor, &around.tree).nodes;
        let ends = around.tree.iter().filter(|(child, _)| chair != Chair::Buyer && child.parent == Some(order.id)).filter_map(|(child, seller)| {
            let cost = child.cost_to_end(&self.policy_of(child.policy))?;
            Some(Ending { number: child.number.clone(), kind: child.kind, seller_name: seller.clone(), cost })
        });
        let ends = ends.collect();
        let preparing = order.fulfilments.iter().any(|goods| order.allows("buy-from-partner", Some(goods.id), self.now()).is_ok());
        let mut partners = Vec::new();
        if chair == Chair::Seller && preparing {
            for line in &order.lines {
                partners.extend(partners::offers(&mut tx, order.seller, Some(&line.variant), self.now()).await.map_err(broken)?);
            }
        }
        let view = OrderView::seen_by(chair, &order, around, &self.policy_of(order.policy), self.now());
        let tree = if tree.len() > 1 { tree } else { Vec::new() };
        let mut installers = Vec::new();
        for goods in order.fulfilments.iter().filter(|goods| chair == Chair::Seller && order.allows("assign-installer", Some(goods.id), now).is_ok())
        {
            let units: Vec<_> = goods.lines.iter().map(|line| (line.variant.clone(), line.quantity.get())).collect();
            let rows = installers::candidates(&mut tx, &units, &order.postcode, now.kst_date(), installers::Work::PutUp).await.map_err(broken)?;
            installers.push((goods.id, rows));
        }
        let mut fetchers = Vec::new();
        for claim in order.claims.iter().filter(|claim| order.offers_on(claim, chair).iter().any(|command| command == "assign-pickup")) {
            let of = claim.units.iter().filter_map(|units| Some((order.line(units.line)?.variant.clone(), units.quantity.get())));
            let units: Vec<_> = of.collect();
            let rows = installers::candidates(&mut tx, &units, &order.postcode, now.kst_date(), installers::Work::TakeDown).await.map_err(broken)?;
            fetchers.push((claim.id, rows));
        }
        Ok(names_withheld(&caller.actor, OrderView { tree, ends, partners, installers, fetchers, ..view }))
    }

    pub(super) fn store_of(caller: &Caller) -> Result<PartyId, Refusal> {
        match caller.actor {
            Actor::Staff { store, .. } => Ok(store),
            Actor::Nobody | Actor::Guest { .. } => Err(Refusal::SignInRequired),
            Actor::Customer { .. } | Actor::Installer { .. } | Actor::Admin { .. } | Actor::Channel { .. } | Actor::System => {
                Err(Refusal::NotAllowed)
            }
        }
    }

    /// A store's day.
    ///
    /// # Errors
    /// For everybody but a store's staff.
    pub async fn desk(&self, caller: &Caller) -> Result<DeskView, Refusal> {
        let store = Self::store_of(caller)?;
        let now = self.now();
        let mut tx = self.read().await?;
        let read = async {
            Ok(DeskView {
                counts: desk::board_counts(&mut tx, store).await?,
                todo: orders::waiting_for(&mut tx, store, 12).await?,
                days: desk::days(&mut tx, store, now, 14).await?,
                low_stock: desk::low_stock(&mut tx, store, 3).await?.into_iter().take(12).collect(),
                now,
            })
        };
        read.await.map_err(broken)
    }

    /// A store's stock.
    ///
    /// # Errors
    /// For everybody but a store's staff.
    pub async fn stock(&self, caller: &Caller, q: Option<String>) -> Result<StockView, Refusal> {
        let store = Self::store_of(caller)?;
        let mut tx = self.read().await?;
        let read =
            async { Ok(StockView { rows: desk::stock(&mut tx, store, q.as_deref()).await?, warehouses: orders::warehouses(&mut tx, store).await? }) };
        read.await.map_err(broken)
    }

    /// A store's products.
    ///
    /// # Errors
    /// For everybody but a store's staff.
    pub async fn listings(&self, caller: &Caller) -> Result<Vec<ListingRow>, Refusal> {
        let store = Self::store_of(caller)?;
        let mut tx = self.read().await?;
        catalogue::listings(&mut tx, store, self.now().kst_date()).await.map_err(broken)
    }

    /// Who looks, for the page's head.
    ///
    /// # Errors
    /// None but a failing store.
    pub async fn visitor(&self, caller: &Caller) -> Result<Visitor, Refusal> {
        let mut tx = self.read().await?;
        let role = caller.actor.label().to_owned();
        let name = match &caller.session {
            Some(session) => accounts::session(&mut tx, session, self.now()).await.map_err(broken)?.and_then(|(_, name)| name),
            None => None,
        };
        let store = match caller.actor {
            Actor::Staff { store, .. } => Some(orders::party_name(&mut tx, store).await.map_err(broken)?),
            Actor::Nobody
            | Actor::Guest { .. }
            | Actor::Customer { .. }
            | Actor::Installer { .. }
            | Actor::Admin { .. }
            | Actor::Channel { .. }
            | Actor::System => None,
        };
        let cart_units = match caller.actor {
            Actor::Guest { party } | Actor::Customer { party, .. } => carts::units(&mut tx, party).await.map_err(broken)?,
            Actor::Nobody | Actor::Staff { .. } | Actor::Installer { .. } | Actor::Admin { .. } | Actor::Channel { .. } | Actor::System => 0,
        };
        drop(tx);
        let owes_second_step = self.owes_second_step(&caller.actor).await?;
        let account = caller.actor.account();
        Ok(Visitor { role, account, name, store, manager: caller.actor.is_manager(), cart_units, demo: self.demo, owes_second_step })
    }

    /// Who a session's token belongs to.
    ///
    /// # Errors
    /// None but a failing store.
    pub async fn actor_of(&self, session: &str) -> Result<Option<Actor>, Refusal> {
        let mut tx = self.read().await?;
        Ok(accounts::session(&mut tx, session, self.now()).await.map_err(broken)?.map(|(actor, _)| actor))
    }

    /// Gives a visitor a guest party and a session for it. Answers the token and the actor.
    ///
    /// # Errors
    /// None but a failing store.
    pub async fn welcome_guest(&self) -> Result<(String, Actor), Refusal> {
        let party = PartyId::mint(&mut crate::secret::RandomMint);
        let token = secret::token();
        let write = async {
            let mut tx = self.db.begin_write().await?;
            accounts::add_party(&mut tx, party, "guest", "비회원", Some("Guest"), self.now()).await?;
            accounts::add_session(&mut tx, &secret::hash(&token), None, Some(party), self.now(), self.now() + SESSION).await?;
            tx.commit().await
        };
        write.await.map_err(broken)?;
        Ok((token, Actor::Guest { party }))
    }

    /// A new customer with a fresh session; the guest's basket comes along.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when the address is taken.
    pub async fn sign_up(&self, caller: &Caller, name: PersonName, email: Email, phone: Phone, password: Password) -> Result<String, Refusal> {
        let password_hash = secret::hash_password(password).await?;
        let (account, party) = (AccountId::mint(&mut crate::secret::RandomMint), PartyId::mint(&mut crate::secret::RandomMint));
        let token = secret::token();
        let write = async {
            let mut tx = self.db.begin_write().await?;
            if accounts::by_email(&mut tx, email.as_str()).await?.is_some() {
                return Err(Refusal::invalid("email", Problem::Taken).into());
            }
            accounts::add_party(&mut tx, party, "customer", name.as_str(), None, self.now()).await?;
            let new = accounts::NewAccount {
                id: account,
                role: "customer",
                party,
                manager: false,
                name: name.as_str(),
                email: email.as_str(),
                phone: phone.as_str(),
                password_hash: &password_hash,
                birthday: None,
                customer_number: None,
            };
            accounts::add_account(&mut tx, &new, self.now()).await?;
            self.begin_session(&mut tx, caller, &token, account, party).await?;
            tx.commit().await
        };
        write.await.map_err(broken)?;
        Ok(token)
    }

    /// Ends the session the caller came with, begins one for the account and takes the guest's basket along.
    pub(super) async fn begin_session(
        &self,
        tx: &mut crate::store::Tx,
        caller: &Caller,
        token: &str,
        account: AccountId,
        party: PartyId,
    ) -> Result<(), Failure> {
        if let Some(old) = &caller.session {
            accounts::end_session(tx, old).await?;
        }
        accounts::add_session(tx, &secret::hash(token), Some(account), None, self.now(), self.now() + SESSION).await?;
        people::note_sign_in(tx, account, self.now()).await?;
        if let Actor::Guest { party: guest } = caller.actor {
            carts::merge(tx, guest, party).await?;
        }
        Ok(())
    }

    /// Ends the session.
    ///
    /// # Errors
    /// None but a failing store.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), Refusal> {
        let Some(session) = &caller.session else { return Ok(()) };
        let write = async {
            let mut tx = self.db.begin_write().await?;
            accounts::end_session(&mut tx, session).await?;
            tx.commit().await
        };
        write.await.map_err(broken)
    }

    /// Lets a visitor who knows number and phone of a guest order see it from this browser. Everything that does not fit
    /// gets one answer.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn find_order(&self, caller: &Caller, number: OrderNumber, phone: Phone) -> Result<OrderNumber, Refusal> {
        let write = async {
            let mut tx = self.db.begin_write().await?;
            let order = orders::by_number(&mut tx, &number).await?.ok_or(Refusal::NotFound)?;
            if order.chair(&caller.actor) == Some(Chair::Buyer) {
                return Ok(order.number);
            }
            let to = orders::contact(&mut tx, order.contact).await?.ok_or(Refusal::NotFound)?;
            let members = accounts::of_party(&mut tx, order.buyer).await?.is_some();
            let session = caller.session.as_deref().ok_or(Refusal::SignInRequired)?;
            // A store's parcel may go to a customer who knows it under another number.
            if order.is_on_credit() || members || to.phone != phone || !accounts::set_session_party(&mut tx, session, order.buyer).await? {
                return Err(Refusal::NotFound.into());
            }
            tx.commit().await?;
            Ok::<_, Failure>(order.number)
        };
        write.await.map_err(broken)
    }

    /// The demo's accounts.
    ///
    /// # Errors
    /// None but a failing store.
    pub async fn demo_accounts(&self) -> Result<Vec<DemoAccount>, Refusal> {
        if !self.demo {
            return Ok(Vec::new());
        }
        let mut tx = self.read().await?;
        accounts::demo_accounts(&mut tx).await.map_err(broken)
    }
}

/// A moment in an order's life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AsOf {
    /// After this event, counted from 1.
    Sequence(u32),
    /// At this time.
    Moment(Time),
}

impl House {
    /// Orders of a channel or a store, newest first.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for others, and for a channel that asks by customer or a store that asks by seller;
    /// [`Refusal::Invalid`] for a cursor that is none and a seller that there is not.
    pub async fn orders(&self, caller: &Caller, query: &OrderQuery) -> Result<OrderList, Refusal> {
        let first = (i64::MAX, String::new());
        let mut before = match query.cursor.as_deref() {
            Some(text) => listing::cursor(text).ok_or_else(|| Refusal::invalid("cursor", Problem::Malformed))?,
            None => first,
        };
        if let Some(to) = query.to {
            before = before.min((Time::start_of_kst(Date::from_days(to.days() + 1)).0, String::new()));
        }
        let page = listing::Page {
            before,
            since: query.from.map_or(Time(0), Time::start_of_kst),
            statuses: query.wanted(),
            like: orders::pattern(query.q.as_deref()),
            limit: query.limit,
        };
        let mut tx = self.read().await?;
        let list = match caller.actor {
            Actor::Channel { account } if query.customer.is_none() => {
                let seller = match &query.seller {
                    Some(name) => {
                        let found = listing::store_named(&mut tx, name).await.map_err(broken)?;
                        Some(found.ok_or_else(|| Refusal::invalid("seller", Problem::Unknown))?)
                    }
                    None => None,
                };
                listing::of_channel(&mut tx, account, seller, &page).await
            }
            Actor::Staff { store, .. } if query.seller.is_none() => match &query.customer {
                // A number that nobody has and one that never bought here look the same from a store.
                Some(number) => match accounts::by_number(&mut tx, number).await.map_err(broken)? {
                    Some(account) => {
                        let buyer = crate::store::parsed(&account.party_id).map_err(broken)?;
                        listing::of_customer(&mut tx, store, buyer, &page).await
                    }
                    None => Ok(OrderList::default()),
                },
                None => listing::of_store(&mut tx, store, &page).await,
            },
            Actor::Nobody | Actor::Guest { .. } => return Err(Refusal::SignInRequired),
            Actor::Customer { .. } | Actor::Staff { .. } | Actor::Installer { .. } | Actor::Admin { .. } | Actor::Channel { .. } | Actor::System => {
                return Err(Refusal::NotAllowed);
            }
        };
        list.map_err(broken)
    }

    /// An order as it was, for the same eyes. Offers, sagas and timers are of now and left out; so is what came later.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for who has no chair at it; [`Refusal::Invalid`] for a moment before it was placed or that has
    /// not come yet.
    pub async fn order_as_of(&self, caller: &Caller, number: &OrderNumber, as_of: AsOf) -> Result<OrderView, Refusal> {
        let (order, chair) = self.order_for(caller, number, &[Chair::Buyer, Chair::Seller, Chair::Admin]).await?;
        let outside = || Refusal::invalid("as_of", Problem::OutOfRange);
        let (mut log, mut tx) = self.log(&order).await?;
        let known = match as_of {
            AsOf::Sequence(sequence) if sequence <= log.len() as u32 => sequence as usize,
            AsOf::Moment(moment) if moment <= self.now() => log.iter().filter(|(_, at)| *at <= moment).count(),
            AsOf::Sequence(_) | AsOf::Moment(_) => return Err(outside()),
        };
        log.truncate(known);
        let then = Order::fold(log.iter().map(|(event, at)| (event, *at))).ok_or_else(outside)?;
        let at = match as_of {
            AsOf::Moment(moment) => moment,
            AsOf::Sequence(_) => then.moved_at,
        };
        let around = orders::around(&mut tx, &then).await.map_err(broken)?;
        // What may be known of people is decided by today, whenever one looks back to.
        let mut around = around.withheld(chair, &order, &self.policy_of(order.policy), self.now());
        around.history.retain(|row| row.version <= then.version);
        around.sagas.clear();
        around.timers.clear();
        let view = OrderView::seen_by(chair, &then, around, &self.policy_of(then.policy), at);
        Ok(names_withheld(&caller.actor, OrderView { offers: Vec::new(), ..view }))
    }

    /// What units are worth if the buyer takes them out now. A fee that is charged then is below zero.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for anybody but the buyer; [`Refusal::WrongState`] and [`Refusal::Invalid`] for units that may
    /// not be taken out.
    pub async fn cancel_preview(&self, caller: &Caller, number: &OrderNumber, units: &[LineUnits]) -> Result<Amounts, Refusal> {
        let (order, _) = self.order_for(caller, number, &[Chair::Buyer]).await?;
        order.allows("cancel-lines", None, self.now())?;
        for want in units {
            let line = order.line(want.line).ok_or_else(|| Refusal::invalid("line", Problem::Unknown))?;
            if want.quantity.get() > order.cancellable_units(line) {
                return Err(Refusal::invalid("quantity", Problem::OutOfRange));
            }
        }
        Ok(order.worth(units, true, &self.policy_of(order.policy)))
    }

    async fn log(&self, order: &Order) -> Result<(Vec<(Event, Time)>, Tx), Refusal> {
        let mut tx = self.read().await?;
        let log = events::of_order(&mut tx, order.id).await.map_err(broken)?;
        Ok((log, tx))
    }

    /// The part of an order's tree that the caller may see.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for who has no chair at the order.
    pub async fn tree(&self, caller: &Caller, number: &OrderNumber) -> Result<TreeView, Refusal> {
        let (order, _) = self.order_for(caller, number, &[Chair::Buyer, Chair::Seller, Chair::Admin]).await?;
        let mut tx = self.read().await?;
        let nodes = listing::tree(&mut tx, order.root).await.map_err(broken)?;
        Ok(TreeView::seen_by(&caller.actor, &nodes))
    }

    /// What was paid for an order, what went back and what remains.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for who has no chair at it.
    pub async fn refund_slip(&self, caller: &Caller, number: &OrderNumber) -> Result<RefundSlip, Refusal> {
        let (order, _) = self.order_for(caller, number, &[Chair::Buyer, Chair::Seller, Chair::Admin]).await?;
        let (log, _) = self.log(&order).await?;
        // The order was read a moment before its log: the fold of the log is the same order, or a newer one.
        let order = Order::fold(log.iter().map(|(event, at)| (event, *at))).ok_or(Refusal::Broken)?;
        Ok(RefundSlip::of(&order, &log))
    }

    /// What goods would cost a channel's customer today. Nothing is held.
    ///
    /// # Errors
    /// [`Refusal::NotForSale`], [`Refusal::Undeliverable`] and the limits of amounts.
    pub async fn quote(&self, caller: &Caller, wanted: &[jumun::command::WantedLine], postcode: &str) -> Result<Amounts, Refusal> {
        if !matches!(caller.actor, Actor::Channel { .. }) {
            return Err(Refusal::NotAllowed);
        }
        let mut tx = self.read().await?;
        let mut lines = Vec::with_capacity(wanted.len());
        for want in wanted {
            let listed = catalogue::listed(&mut tx, &want.variant)
                .await
                .map_err(broken)?
                .ok_or_else(|| Refusal::NotForSale { variant: want.variant.clone() })?;
            let installation = installers::price(&mut tx, listed.category).await.map_err(broken)?.filter(|_| want.installation);
            if want.installation && installation.is_none() {
                return Err(Refusal::invalid("installation", jumun::refusal::Problem::Unknown));
            }
            lines.push(PricedLine {
                category: listed.category,
                unit_price: listed.price,
                quantity: want.quantity,
                promotion: Won::ZERO,
                shipping_fee: listed.shipping_fee,
                installation: installation.map(|(_, price)| price).unwrap_or_default(),
            });
        }
        let area = catalogue::area(&mut tx, postcode).await.map_err(broken)?;
        if area == "none" {
            return Err(Refusal::Undeliverable { postcode: postcode.to_owned() });
        }
        Ok(price(&lines, Reductions::default(), area == "island", &self.policy())?.0)
    }
}
