//! The house as the pages know it.

use crate::{actions::reads::AsOf, house::House};
use app::{
    backend::{Accounts, Answering, Backend, Chain, Checkout, Desk, Entry, Orders, Partners, Shop},
    session::Caller,
};
use jumun::{
    catalogue::Category,
    command::{Answer, Benefits, Command},
    ids::{AccountId, ClaimId, EndpointId, OrderId, OrderNumber, PartyId, ProductId, SecretId},
    order::{Board, LineUnits},
    partner::{Standing, StoreApplication},
    pricing::Amounts,
    queue::QueuesView,
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
use std::sync::Arc;

/// The house behind the pages' traits.
pub struct Front(pub Arc<House>);

impl Backend for Front {
    fn execute<'a>(&'a self, caller: &'a Caller, command: Command, key: Option<String>) -> Answering<'a, Answer> {
        Box::pin(self.0.execute(caller, command, key))
    }
}

impl Shop for Front {
    fn catalogue<'a>(&'a self, query: &'a CatalogueQuery) -> Answering<'a, CatalogueView> {
        Box::pin(self.0.catalogue(query))
    }
    fn product<'a>(&'a self, id: &'a ProductId) -> Answering<'a, ProductView> {
        Box::pin(self.0.product(id))
    }
    fn reviews<'a>(&'a self, product: &'a ProductId, query: &'a ReviewQuery) -> Answering<'a, ReviewsView> {
        Box::pin(self.0.reviews(product, query))
    }
    fn categories(&self) -> Answering<'_, Vec<(Category, u32)>> {
        Box::pin(async { Ok(self.0.catalogue(&CatalogueQuery::default()).await?.categories) })
    }
}

impl Checkout for Front {
    fn cart<'a>(&'a self, caller: &'a Caller) -> Answering<'a, CartView> {
        Box::pin(self.0.cart(caller))
    }
    fn checkout<'a>(&'a self, caller: &'a Caller, seller: PartyId, wish: Benefits) -> Answering<'a, CheckoutView> {
        Box::pin(self.0.checkout(caller, seller, wish))
    }
    fn quote_cart<'a>(&'a self, caller: &'a Caller, seller: PartyId, postcode: Option<&'a Postcode>, wish: Benefits) -> Answering<'a, CartQuote> {
        Box::pin(self.0.quote_cart(caller, seller, postcode, wish))
    }
    fn pay<'a>(&'a self, caller: &'a Caller, number: &'a OrderNumber) -> Answering<'a, PayView> {
        Box::pin(self.0.pay(caller, number))
    }
    fn pay_url<'a>(&'a self, caller: &'a Caller, number: &'a OrderNumber) -> Answering<'a, String> {
        Box::pin(self.0.pay_url(caller, number))
    }
    fn identity_url<'a>(&'a self, caller: &'a Caller, number: &'a OrderNumber) -> Answering<'a, String> {
        Box::pin(self.0.identity_url(caller, number))
    }
}

impl Chain for Front {
    fn chain<'a>(&'a self, caller: &'a Caller) -> Answering<'a, ChainView> {
        Box::pin(self.0.chain(caller))
    }
    fn goodwills<'a>(&'a self, caller: &'a Caller) -> Answering<'a, GoodwillsView> {
        Box::pin(self.0.goodwills(caller))
    }
    fn sagas<'a>(&'a self, caller: &'a Caller, state: String) -> Answering<'a, SagasView> {
        Box::pin(async move { self.0.sagas_view(caller, &state).await })
    }
    fn alerts<'a>(&'a self, caller: &'a Caller, open: bool) -> Answering<'a, AlertsView> {
        Box::pin(self.0.alerts_view(caller, open))
    }
    fn every_order<'a>(&'a self, caller: &'a Caller, q: Option<String>, board: Option<Board>, cursor: Option<String>) -> Answering<'a, ChainOrders> {
        Box::pin(self.0.every_order(caller, q, board, cursor))
    }
    fn audit<'a>(&'a self, caller: &'a Caller, query: &'a AuditQuery) -> Answering<'a, AuditView> {
        Box::pin(self.0.audit(caller, query))
    }
    fn events<'a>(&'a self, caller: &'a Caller, query: &'a LogQuery) -> Answering<'a, LogView> {
        Box::pin(self.0.events(caller, query))
    }
    fn proof<'a>(&'a self, caller: &'a Caller) -> Answering<'a, ProofView> {
        Box::pin(self.0.proof(caller))
    }
    fn prove<'a>(&'a self, caller: &'a Caller) -> Answering<'a, ()> {
        Box::pin(self.0.prove_for(caller))
    }
    fn queues<'a>(&'a self, caller: &'a Caller) -> Answering<'a, QueuesView> {
        Box::pin(self.0.queues(caller))
    }
    fn people<'a>(&'a self, caller: &'a Caller, query: &'a PeopleQuery) -> Answering<'a, PeopleView> {
        Box::pin(self.0.people(caller, query))
    }
    fn stores<'a>(&'a self, caller: &'a Caller, standing: Standing) -> Answering<'a, StoresView> {
        Box::pin(self.0.stores(caller, standing))
    }
    fn channels<'a>(&'a self, caller: &'a Caller) -> Answering<'a, ChannelsView> {
        Box::pin(self.0.channels(caller))
    }
    fn make_channel_key<'a>(&'a self, caller: &'a Caller, channel: AccountId, name: KeyName, scopes: Vec<Scope>) -> Answering<'a, String> {
        Box::pin(self.0.make_channel_key(caller, channel, name, scopes))
    }
}

impl Partners for Front {
    fn endpoints<'a>(&'a self, caller: &'a Caller) -> Answering<'a, EndpointsView> {
        Box::pin(self.0.endpoints(caller))
    }
    fn endpoint_page<'a>(&'a self, caller: &'a Caller, id: EndpointId, cursor: Option<String>) -> Answering<'a, EndpointPage> {
        Box::pin(self.0.endpoint_page(caller, id, cursor))
    }
    fn endpoint_secret<'a>(&'a self, caller: &'a Caller, id: EndpointId, secret: Option<SecretId>) -> Answering<'a, Option<String>> {
        Box::pin(async move { Ok(self.0.endpoint(caller, id, secret).await?.secret) })
    }
    fn keys<'a>(&'a self, caller: &'a Caller) -> Answering<'a, KeysView> {
        Box::pin(self.0.keys(caller))
    }
    fn make_key<'a>(&'a self, caller: &'a Caller, name: KeyName, scopes: Vec<Scope>) -> Answering<'a, String> {
        Box::pin(self.0.make_key(caller, name, scopes))
    }
}

impl Orders for Front {
    fn purchases<'a>(&'a self, caller: &'a Caller, cursor: Option<String>) -> Answering<'a, OrderList> {
        Box::pin(self.0.purchases(caller, cursor))
    }
    fn order<'a>(&'a self, caller: &'a Caller, number: &'a OrderNumber) -> Answering<'a, OrderView> {
        Box::pin(self.0.order(caller, number))
    }
    fn bring_signature<'a>(&'a self, caller: &'a Caller, order: OrderId, drawing: &'a str) -> Answering<'a, String> {
        Box::pin(self.0.bring_signature(caller, order, drawing))
    }
    fn claims<'a>(&'a self, caller: &'a Caller, query: &'a ClaimQuery) -> Answering<'a, ClaimsView> {
        Box::pin(self.0.claims(caller, query))
    }
    fn claim<'a>(&'a self, caller: &'a Caller, id: ClaimId) -> Answering<'a, ClaimPage> {
        Box::pin(self.0.claim(caller, id))
    }
    fn approve_returns<'a>(&'a self, caller: &'a Caller, claims: &'a [ClaimId]) -> Answering<'a, BulkOutcome> {
        Box::pin(self.0.approve_returns(caller, claims))
    }
    fn profile<'a>(&'a self, caller: &'a Caller) -> Answering<'a, ProfileView> {
        Box::pin(self.0.profile(caller))
    }
    fn earnings<'a>(&'a self, caller: &'a Caller, month: Option<Date>) -> Answering<'a, EarningsView> {
        Box::pin(self.0.earnings(caller, month))
    }
    fn jobs<'a>(&'a self, caller: &'a Caller) -> Answering<'a, JobsView> {
        Box::pin(self.0.jobs(caller))
    }
    fn order_as_of<'a>(&'a self, caller: &'a Caller, number: &'a OrderNumber, sequence: u32) -> Answering<'a, OrderView> {
        Box::pin(self.0.order_as_of(caller, number, AsOf::Sequence(sequence)))
    }
    fn cancel_preview<'a>(&'a self, caller: &'a Caller, number: &'a OrderNumber, units: Vec<LineUnits>) -> Answering<'a, Amounts> {
        Box::pin(async move { self.0.cancel_preview(caller, number, &units).await })
    }
}

impl Desk for Front {
    fn store_reviews<'a>(&'a self, caller: &'a Caller, query: &'a StoreReviewQuery) -> Answering<'a, StoreReviewsView> {
        Box::pin(self.0.store_reviews(caller, query))
    }
    fn desk<'a>(&'a self, caller: &'a Caller) -> Answering<'a, DeskView> {
        Box::pin(self.0.desk(caller))
    }
    fn partners<'a>(&'a self, caller: &'a Caller) -> Answering<'a, PartnersView> {
        Box::pin(self.0.partners(caller))
    }
    fn selling<'a>(&'a self, caller: &'a Caller) -> Answering<'a, SellingView> {
        Box::pin(self.0.selling(caller))
    }
    fn bought<'a>(&'a self, caller: &'a Caller, cursor: Option<String>, returns: bool) -> Answering<'a, PurchasesView> {
        Box::pin(self.0.bought(caller, cursor, returns))
    }
    fn bulk<'a>(&'a self, caller: &'a Caller, command: &'a str, orders: &'a [OrderId]) -> Answering<'a, BulkOutcome> {
        Box::pin(self.0.bulk(caller, command, orders))
    }
    fn board<'a>(&'a self, caller: &'a Caller, board: Board, query: &'a BoardQuery) -> Answering<'a, BoardView> {
        Box::pin(self.0.board(caller, board, query))
    }
    fn stock<'a>(&'a self, caller: &'a Caller, q: Option<String>) -> Answering<'a, StockView> {
        Box::pin(self.0.stock(caller, q))
    }
    fn team<'a>(&'a self, caller: &'a Caller) -> Answering<'a, TeamView> {
        Box::pin(self.0.team(caller))
    }
    fn add_colleague<'a>(&'a self, caller: &'a Caller, name: PersonName, email: Email) -> Answering<'a, String> {
        Box::pin(self.0.add_colleague(caller, name, email))
    }
    fn invite_again<'a>(&'a self, caller: &'a Caller, account: AccountId) -> Answering<'a, String> {
        Box::pin(self.0.invite_again(caller, account))
    }
    fn listings<'a>(&'a self, caller: &'a Caller) -> Answering<'a, Vec<ListingRow>> {
        Box::pin(self.0.listings(caller))
    }
}

impl Accounts for Front {
    fn visitor<'a>(&'a self, caller: &'a Caller) -> Answering<'a, Visitor> {
        Box::pin(self.0.visitor(caller))
    }
    fn sign_up<'a>(&'a self, caller: &'a Caller, name: PersonName, email: Email, phone: Phone, password: Password) -> Answering<'a, String> {
        Box::pin(self.0.sign_up(caller, name, email, phone, password))
    }
    fn apply_as_store<'a>(&'a self, caller: &'a Caller, application: StoreApplication, password: Password) -> Answering<'a, String> {
        Box::pin(self.0.apply_as_store(caller, application, password))
    }
    fn application<'a>(&'a self, key: &'a str) -> Answering<'a, ApplicationView> {
        Box::pin(self.0.application(key))
    }
    fn sign_in<'a>(&'a self, caller: &'a Caller, email: Email, password: Password) -> Answering<'a, Entry> {
        Box::pin(self.0.sign_in(caller, email, password))
    }
    fn sign_in_code<'a>(&'a self, caller: &'a Caller, pending: &'a str, code: &'a str) -> Answering<'a, String> {
        Box::pin(self.0.sign_in_code(caller, pending, code))
    }
    fn two_steps<'a>(&'a self, caller: &'a Caller) -> Answering<'a, TwoSteps> {
        Box::pin(self.0.two_steps(caller))
    }
    fn begin_two_steps<'a>(&'a self, caller: &'a Caller, password: Password) -> Answering<'a, ()> {
        Box::pin(self.0.begin_two_steps(caller, password))
    }
    fn confirm_two_steps<'a>(&'a self, caller: &'a Caller, code: &'a str) -> Answering<'a, Vec<String>> {
        Box::pin(self.0.confirm_two_steps(caller, code))
    }
    fn stop_two_steps<'a>(&'a self, caller: &'a Caller, password: Password, code: &'a str) -> Answering<'a, ()> {
        Box::pin(self.0.stop_two_steps(caller, password, code))
    }
    fn invitation<'a>(&'a self, token: &'a str) -> Answering<'a, InvitationView> {
        Box::pin(self.0.invitation(token))
    }
    fn join<'a>(&'a self, caller: &'a Caller, token: &'a str, password: Password) -> Answering<'a, String> {
        Box::pin(self.0.join(caller, token, password))
    }
    fn sign_out<'a>(&'a self, caller: &'a Caller) -> Answering<'a, ()> {
        Box::pin(self.0.sign_out(caller))
    }
    fn find_order<'a>(&'a self, caller: &'a Caller, number: OrderNumber, phone: Phone) -> Answering<'a, OrderNumber> {
        Box::pin(self.0.find_order(caller, number, phone))
    }
    fn addresses<'a>(&'a self, caller: &'a Caller) -> Answering<'a, Vec<AddressView>> {
        Box::pin(self.0.addresses(caller))
    }
    fn wallet<'a>(&'a self, caller: &'a Caller) -> Answering<'a, WalletView> {
        Box::pin(self.0.wallet(caller))
    }
    fn coupons<'a>(&'a self, caller: &'a Caller, chain: bool) -> Answering<'a, CouponsView> {
        Box::pin(self.0.coupons(caller, chain))
    }
    fn demo_accounts(&self) -> Answering<'_, Vec<DemoAccount>> {
        Box::pin(self.0.demo_accounts())
    }
}
