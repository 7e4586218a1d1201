//! What the pages need from the server, as traits by area. The server implements them over its actions and its store and
//! passes them in by context; nothing in `app` knows of databases.

use crate::session::Caller;
use jumun::{
    catalogue::Category,
    command::{Answer, Benefits, Command},
    ids::{AccountId, ClaimId, EndpointId, OrderId, OrderNumber, PartyId, ProductId, SecretId},
    order::{Board, LineUnits},
    partner::{Standing, StoreApplication},
    pricing::Amounts,
    queue::QueuesView,
    refusal::Refusal,
    scope::{ChannelsView, KeysView, Scope},
    signing::TwoSteps,
    text::{Email, KeyName, Password, PersonName, Phone, Postcode},
    time::Date,
    view::{
        AddressView, AlertsView, ApplicationView, AuditQuery, AuditView, BoardQuery, BoardView, BulkOutcome, CartQuote, CartView, CatalogueQuery,
        CatalogueView, ChainOrders, ChainView, CheckoutView, ClaimPage, ClaimQuery, ClaimsView, CouponsView, DemoAccount, DeskView, EarningsView,
        GoodwillsView, InvitationView, JobsView, ListingRow, LogQuery, LogView, OrderList, OrderView, PartnersView, PayView, PeopleQuery, PeopleView,
        ProductView, ProfileView, ProofView, PurchasesView, ReviewQuery, ReviewsView, SagasView, SellingView, StockView, StoreReviewQuery,
        StoreReviewsView, StoresView, TeamView, Visitor, WalletView,
    },
    webhook::{EndpointPage, EndpointsView},
};
use std::{future::Future, pin::Pin, sync::Arc};

/// An answer that is on its way.
pub type Answering<'a, T> = Pin<Box<dyn Future<Output = Result<T, Refusal>> + Send + 'a>>;

/// What the right password gets.
pub enum Entry {
    /// The token of a fresh session.
    Session(String),
    /// A token that waits for a code and opens nothing.
    Pending(String),
}

/// Everything together, as pages hold it.
pub type House = Arc<dyn Backend>;

/// The one way to change anything, and every area's reads.
pub trait Backend: Shop + Checkout + Orders + Desk + Partners + Accounts + Chain + Send + Sync + 'static {
    /// Carries out a command. With a key the effect happens once, however often it is asked for.
    fn execute<'a>(&'a self, caller: &'a Caller, command: Command, key: Option<String>) -> Answering<'a, Answer>;
}

/// The catalogue.
pub trait Shop {
    /// A page of products.
    fn catalogue<'a>(&'a self, query: &'a CatalogueQuery) -> Answering<'a, CatalogueView>;
    /// One product.
    fn product<'a>(&'a self, id: &'a ProductId) -> Answering<'a, ProductView>;
    /// A page of what is said of a product.
    fn reviews<'a>(&'a self, product: &'a ProductId, query: &'a ReviewQuery) -> Answering<'a, ReviewsView>;
    /// Categories that have products.
    fn categories(&self) -> Answering<'_, Vec<(Category, u32)>>;
}

/// From the basket to the PSP.
pub trait Checkout {
    /// The caller's basket.
    fn cart<'a>(&'a self, caller: &'a Caller) -> Answering<'a, CartView>;
    /// The basket's lines of one seller, ready to order.
    fn checkout<'a>(&'a self, caller: &'a Caller, seller: PartyId, wish: Benefits) -> Answering<'a, CheckoutView>;
    /// What the basket's lines of one seller would cost with coupon and points, at a postcode or on the mainland.
    fn quote_cart<'a>(&'a self, caller: &'a Caller, seller: PartyId, postcode: Option<&'a Postcode>, wish: Benefits) -> Answering<'a, CartQuote>;
    /// The pay page of an order.
    fn pay<'a>(&'a self, caller: &'a Caller, number: &'a OrderNumber) -> Answering<'a, PayView>;
    /// Where the PSP takes over for the open attempt of an order.
    fn pay_url<'a>(&'a self, caller: &'a Caller, number: &'a OrderNumber) -> Answering<'a, String>;
    /// Where the buyer proves who he is for an order.
    fn identity_url<'a>(&'a self, caller: &'a Caller, number: &'a OrderNumber) -> Answering<'a, String>;
}

/// Orders as their buyers and sellers see them.
pub trait Orders {
    /// The caller's own purchases, newest first. `cursor` is what the page before answered as `next`.
    fn purchases<'a>(&'a self, caller: &'a Caller, cursor: Option<String>) -> Answering<'a, OrderList>;
    /// Keeps a signature that was drawn for an installation. Answers its hash.
    fn bring_signature<'a>(&'a self, caller: &'a Caller, order: OrderId, drawing: &'a str) -> Answering<'a, String>;
    /// Returns in a queue: of the caller's store, or of every store for head office.
    fn claims<'a>(&'a self, caller: &'a Caller, query: &'a ClaimQuery) -> Answering<'a, ClaimsView>;
    /// One return with everything that helps to decide about it.
    fn claim<'a>(&'a self, caller: &'a Caller, id: ClaimId) -> Answering<'a, ClaimPage>;
    /// Agrees to several returns about which there is nothing to judge.
    fn approve_returns<'a>(&'a self, caller: &'a Caller, claims: &'a [ClaimId]) -> Answering<'a, BulkOutcome>;
    /// How an installer works, and when.
    fn profile<'a>(&'a self, caller: &'a Caller) -> Answering<'a, ProfileView>;
    /// What an installer earned in the month of a day, or in this one.
    fn earnings<'a>(&'a self, caller: &'a Caller, month: Option<Date>) -> Answering<'a, EarningsView>;
    /// An installer's own work.
    fn jobs<'a>(&'a self, caller: &'a Caller) -> Answering<'a, JobsView>;
    /// One order, as the caller's chair may see it.
    fn order<'a>(&'a self, caller: &'a Caller, number: &'a OrderNumber) -> Answering<'a, OrderView>;
    /// One order as it was after its event of this number, from 1.
    fn order_as_of<'a>(&'a self, caller: &'a Caller, number: &'a OrderNumber, sequence: u32) -> Answering<'a, OrderView>;
    /// What units are worth if the buyer takes them out now. A fee that is charged then is below zero.
    fn cancel_preview<'a>(&'a self, caller: &'a Caller, number: &'a OrderNumber, units: Vec<LineUnits>) -> Answering<'a, Amounts>;
}

/// A store's own work.
pub trait Desk {
    /// Today.
    fn desk<'a>(&'a self, caller: &'a Caller) -> Answering<'a, DeskView>;
    /// A page of what is said of the caller's store's goods.
    fn store_reviews<'a>(&'a self, caller: &'a Caller, query: &'a StoreReviewQuery) -> Answering<'a, StoreReviewsView>;
    /// Whom the caller's store buys of, and what it could buy.
    fn partners<'a>(&'a self, caller: &'a Caller) -> Answering<'a, PartnersView>;
    /// To whom the caller's store sells, and on which terms.
    fn selling<'a>(&'a self, caller: &'a Caller) -> Answering<'a, SellingView>;
    /// What the caller's store buys of its partners, newest first; or only what goes back to them.
    fn bought<'a>(&'a self, caller: &'a Caller, cursor: Option<String>, returns: bool) -> Answering<'a, PurchasesView>;
    /// One board, and what of it is looked for.
    fn board<'a>(&'a self, caller: &'a Caller, board: Board, query: &'a BoardQuery) -> Answering<'a, BoardView>;
    /// One command to several orders.
    fn bulk<'a>(&'a self, caller: &'a Caller, command: &'a str, orders: &'a [OrderId]) -> Answering<'a, BulkOutcome>;
    /// Units by variant and warehouse.
    fn stock<'a>(&'a self, caller: &'a Caller, q: Option<String>) -> Answering<'a, StockView>;
    /// The people of the caller's store.
    fn team<'a>(&'a self, caller: &'a Caller) -> Answering<'a, TeamView>;
    /// Asks somebody to work in the caller's store. Answers the link for him, once.
    fn add_colleague<'a>(&'a self, caller: &'a Caller, name: PersonName, email: Email) -> Answering<'a, String>;
    /// Makes a new link for who has set no password yet. Answers it, once.
    fn invite_again<'a>(&'a self, caller: &'a Caller, account: AccountId) -> Answering<'a, String>;
    /// The store's products.
    fn listings<'a>(&'a self, caller: &'a Caller) -> Answering<'a, Vec<ListingRow>>;
}

/// Other systems that work with a store: whom it tells what happens, and what opens the interface.
pub trait Partners {
    /// The store's endpoints.
    fn endpoints<'a>(&'a self, caller: &'a Caller) -> Answering<'a, EndpointsView>;
    /// One of them with its messages.
    fn endpoint_page<'a>(&'a self, caller: &'a Caller, id: EndpointId, cursor: Option<String>) -> Answering<'a, EndpointPage>;
    /// The secret that was just made for an endpoint.
    fn endpoint_secret<'a>(&'a self, caller: &'a Caller, id: EndpointId, secret: Option<SecretId>) -> Answering<'a, Option<String>>;
    /// The store's keys.
    fn keys<'a>(&'a self, caller: &'a Caller) -> Answering<'a, KeysView>;
    /// Makes a key and answers it, once.
    fn make_key<'a>(&'a self, caller: &'a Caller, name: KeyName, scopes: Vec<Scope>) -> Answering<'a, String>;
}

/// The chain's own work.
pub trait Chain {
    /// How the chain stands.
    fn chain<'a>(&'a self, caller: &'a Caller) -> Answering<'a, ChainView>;
    /// Goodwill of every store that waits for a second person.
    fn goodwills<'a>(&'a self, caller: &'a Caller) -> Answering<'a, GoodwillsView>;
    /// Sagas in a state.
    fn sagas<'a>(&'a self, caller: &'a Caller, state: String) -> Answering<'a, SagasView>;
    /// Alerts, open or resolved.
    fn alerts<'a>(&'a self, caller: &'a Caller, open: bool) -> Answering<'a, AlertsView>;
    /// Orders of every store; `q` is how their numbers begin.
    fn every_order<'a>(&'a self, caller: &'a Caller, q: Option<String>, board: Option<Board>, cursor: Option<String>) -> Answering<'a, ChainOrders>;
    /// Who did what.
    fn audit<'a>(&'a self, caller: &'a Caller, query: &'a AuditQuery) -> Answering<'a, AuditView>;
    /// What happened.
    fn events<'a>(&'a self, caller: &'a Caller, query: &'a LogQuery) -> Answering<'a, LogView>;
    /// The ledgers' sums and what the last check found.
    fn proof<'a>(&'a self, caller: &'a Caller) -> Answering<'a, ProofView>;
    /// Checks every invariant now.
    fn prove<'a>(&'a self, caller: &'a Caller) -> Answering<'a, ()>;
    /// Who reads the log, what waits, what was given up.
    fn queues<'a>(&'a self, caller: &'a Caller) -> Answering<'a, QueuesView>;
    /// Customers, or those who work here.
    fn people<'a>(&'a self, caller: &'a Caller, query: &'a PeopleQuery) -> Answering<'a, PeopleView>;
    /// The stores that stand so.
    fn stores<'a>(&'a self, caller: &'a Caller, standing: Standing) -> Answering<'a, StoresView>;
    /// Every channel with its keys.
    fn channels<'a>(&'a self, caller: &'a Caller) -> Answering<'a, ChannelsView>;
    /// Makes a key for a channel and answers it, once.
    fn make_channel_key<'a>(&'a self, caller: &'a Caller, channel: AccountId, name: KeyName, scopes: Vec<Scope>) -> Answering<'a, String>;
}

/// People and their sessions.
pub trait Accounts {
    /// Who looks.
    fn visitor<'a>(&'a self, caller: &'a Caller) -> Answering<'a, Visitor>;
    /// A new customer. Answers the token of a fresh session; the basket comes along.
    fn sign_up<'a>(&'a self, caller: &'a Caller, name: PersonName, email: Email, phone: Phone, password: Password) -> Answering<'a, String>;
    /// Asks to join the chain with a store. Answers the key of the application.
    fn apply_as_store<'a>(&'a self, caller: &'a Caller, application: StoreApplication, password: Password) -> Answering<'a, String>;
    /// What became of an application, by its key.
    fn application<'a>(&'a self, key: &'a str) -> Answering<'a, ApplicationView>;
    /// Lets in who knows the password, or asks for a code. The basket comes along with the session.
    fn sign_in<'a>(&'a self, caller: &'a Caller, email: Email, password: Password) -> Answering<'a, Entry>;
    /// Answers the token of a fresh session to who owed a code and gives it.
    fn sign_in_code<'a>(&'a self, caller: &'a Caller, pending: &'a str, code: &'a str) -> Answering<'a, String>;
    /// How the caller's second step stands.
    fn two_steps<'a>(&'a self, caller: &'a Caller) -> Answering<'a, TwoSteps>;
    /// Makes a secret for the caller's app.
    fn begin_two_steps<'a>(&'a self, caller: &'a Caller, password: Password) -> Answering<'a, ()>;
    /// Asks for codes from now on. Answers the recovery codes, once.
    fn confirm_two_steps<'a>(&'a self, caller: &'a Caller, code: &'a str) -> Answering<'a, Vec<String>>;
    /// Asks for codes no more.
    fn stop_two_steps<'a>(&'a self, caller: &'a Caller, password: Password, code: &'a str) -> Answering<'a, ()>;
    /// Who was asked to join a store by the link of this token.
    fn invitation<'a>(&'a self, token: &'a str) -> Answering<'a, InvitationView>;
    /// Sets the first password of who was asked, and uses the link up. Answers the token of a fresh session.
    fn join<'a>(&'a self, caller: &'a Caller, token: &'a str, password: Password) -> Answering<'a, String>;
    /// Ends the session.
    fn sign_out<'a>(&'a self, caller: &'a Caller) -> Answering<'a, ()>;
    /// Lets a visitor who knows number and phone of a guest order see it from this browser.
    fn find_order<'a>(&'a self, caller: &'a Caller, number: OrderNumber, phone: Phone) -> Answering<'a, OrderNumber>;
    /// The caller's address book, last used first.
    fn addresses<'a>(&'a self, caller: &'a Caller) -> Answering<'a, Vec<AddressView>>;
    /// The caller's coupons, points and tier.
    fn wallet<'a>(&'a self, caller: &'a Caller) -> Answering<'a, WalletView>;
    /// The coupons that the chain gives out, or the caller's store.
    fn coupons<'a>(&'a self, caller: &'a Caller, chain: bool) -> Answering<'a, CouponsView>;
    /// The accounts the demo lists; empty outside of it.
    fn demo_accounts(&self) -> Answering<'_, Vec<DemoAccount>>;
}
