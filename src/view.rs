//! What people see: the shapes that pages, the interface and exports share. Filled by the store; redacted here, once, for
//! the chair that looks.

mod benefits;
mod board;
mod claims;
mod goodwill;
mod installation;
mod partners;
mod people;
mod reviews;
mod team;

pub use crate::order::ExtraRow;
pub use benefits::{CheckoutBenefits, CouponChoice, CouponOffer, CouponRow, CouponView, CouponsView, PointsRow, WalletView};
pub use board::{BoardQuery, BulkOutcome, bulk_commands};
pub use claims::{
    BuyerRecord, ClaimComment, ClaimFilter, ClaimNoteView, ClaimPage, ClaimQuery, ClaimRow, ClaimView, ClaimsView, CollectionView, ExchangeView,
    Exchangeable, Keeper, PassedOnView, Returnable, SellerRecord,
};
pub use goodwill::{GoodwillRow, GoodwillsView};
pub use installation::{
    CalendarDay, EarnedRow, EarningsView, InstallerRow, InstallerView, JobRow, JobView, JobsView, PickupView, ProfileView, Stage, WorkState,
};
pub use partners::{AgreementRow, ApplicationView, ListOf, PartnersView, PricedRow, RestockRow, SellingView, StoreRow, StoresView};
pub use people::{PeopleQuery, PeopleView, PersonRow};
pub use reviews::{Rating, ReviewQuery, ReviewRow, ReviewView, ReviewsView, StoreReviewQuery, StoreReviewRow, StoreReviewsView, masked};
pub use team::{ColleagueRow, InvitationView, TeamView};

use installation::{above, can_depart, has_goods, has_taken, installer, sent};

use crate::{
    actor::{Actor, Chair},
    alert::{Alert, Severity},
    catalogue::{Category, Supply},
    command::ShipTo,
    ids::{
        AccountId, AttemptId, ClaimId, ContactId, ExtraId, FulfilmentId, LineId, OrderId, OrderNumber, PartyId, ProductId, ReceiptId, ReviewTextId,
        ShortageId, VariantId, WarehouseId,
    },
    money::Won,
    order::{
        AttemptState, Board, CancelCause, CarrierFact, Change, Check, ChildStage, CollectionState, DeclineCause, Deposit, EndCost, Event, Extra,
        Front, Fulfilment, FulfilmentState, Goodwill, InstallationState, Kind, LineUnits, Method, NamedUnit, Offer, Order, PaymentMethod, Receipt,
        RefundReason, ReturnReason, ShortageState, SiteAnswers, Source, Status, Visit, Waits, status::Tone,
    },
    partner::{PriceStep, unit_price},
    policy::Policy,
    pricing::{Amounts, Shares},
    refusal::Refusal,
    text::Words,
    time::{Date, Span, Time},
};
use serde::{Deserialize, Serialize};

/// Who looks at the page, for its head and its menus.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Visitor {
    /// `nobody`, `guest`, `customer`, `staff`, `installer` or `admin`.
    pub role: String,
    /// Which account.
    pub account: Option<AccountId>,
    /// The name to greet.
    pub name: Option<String>,
    /// The store, for staff.
    pub store: Option<Words>,
    /// Whether he runs it.
    pub manager: bool,
    /// Units in the basket.
    pub cart_units: u32,
    /// The demo is running: the sign-in page lists its accounts.
    pub demo: bool,
    /// The second step of signing in is to be turned on before anything else.
    pub owes_second_step: bool,
}

/// What of the catalogue is asked for. Everything is optional, so that it can come from an address.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CatalogueQuery {
    /// Only this category's slug.
    pub category: Option<String>,
    /// Words or first consonants.
    pub q: Option<String>,
    /// `new`, `price-up`, `price-down`, `name`.
    pub sort: Option<String>,
    /// Only what can be had now.
    pub in_stock: bool,
    /// 1 for the first page.
    pub page: u32,
}

/// A product on a shelf.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProductCard {
    /// Its code.
    pub id: ProductId,
    /// Its category.
    pub category: Category,
    /// The maker.
    pub brand: String,
    /// The name.
    pub name: Words,
    /// One line about it.
    pub summary: Words,
    /// The picture's name under `/art/products/`.
    pub drawing: String,
    /// The cheapest option.
    pub price: Won,
    /// Units that can be had now, over all options.
    pub available: u32,
    /// Where units come from.
    pub supply: Supply,
    /// The day a pre-order is promised to leave by: the earliest over all options.
    pub ship_by: Option<Date>,
    /// The listing's shipping fee.
    pub shipping_fee: Won,
    /// Who sells it.
    pub seller: PartyId,
    /// The seller's name.
    pub seller_name: Words,
    /// What its reviews come to.
    #[serde(default)]
    pub rating: Rating,
}

/// A page of the catalogue.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CatalogueView {
    /// The products.
    pub cards: Vec<ProductCard>,
    /// How many there are in all.
    pub total: u32,
    /// This page, from 1.
    pub page: u32,
    /// How many pages.
    pub pages: u32,
    /// Products of each category, whatever is filtered.
    pub categories: Vec<(Category, u32)>,
}

/// An option of a product.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct VariantView {
    /// Its code.
    pub id: VariantId,
    /// Its name.
    pub option: Words,
    /// Its price.
    pub price: Won,
    /// Units that can be had now.
    pub available: u32,
    /// The day a pre-order is promised to leave by.
    pub ship_by: Option<Date>,
}

/// The cap and the promise of an option that is sold before it is there, as its store sees them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PreOrder {
    /// The option.
    pub variant: VariantId,
    /// The day it is promised to leave by.
    pub ship_by: Date,
    /// How many may be sold in all.
    pub cap: u32,
    /// How many of them are sold or held for a buyer.
    pub sold: u32,
    /// How many of those have come.
    pub come: u32,
}

/// A row of a table of facts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SpecRow {
    /// What.
    pub label: Words,
    /// How much.
    pub value: String,
}

/// A product's page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProductView {
    /// What the shelf shows.
    pub card: ProductCard,
    /// A few sentences.
    pub description: Words,
    /// Facts.
    pub specs: Vec<SpecRow>,
    /// Options.
    pub variants: Vec<VariantView>,
    /// What it is called and costs to have one unit put up, where that can be had.
    pub installation: Option<(Words, Won)>,
    /// What the buyer pays for a visit in vain that is his doing or the place's.
    pub call_out: Won,
    /// The price list of on-site work, for goods an installer puts up.
    pub extras: Vec<ExtraRow>,
    /// Who sells it: phone, address.
    pub seller_phone: String,
    /// Where the seller is.
    pub seller_address: String,
    /// Others of the category.
    pub similar: Vec<ProductCard>,
    /// Shipping is free from this amount.
    pub free_from: Won,
    /// The most units of a line.
    pub most_units: u32,
}

/// A line of the basket.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CartLine {
    /// The product.
    pub product: ProductId,
    /// The option.
    pub variant: VariantId,
    /// The product's name.
    pub title: Words,
    /// The option's name.
    pub option: Words,
    /// The picture.
    pub drawing: String,
    /// Units wanted.
    pub quantity: u32,
    /// What kind of goods it is.
    pub category: Category,
    /// Price of one today.
    pub unit_price: Won,
    /// The listing's shipping fee.
    pub shipping_fee: Won,
    /// Units that can be had now.
    pub available: u32,
    /// The day a pre-order is promised to leave by.
    pub ship_by: Option<Date>,
    /// Still sold.
    pub on_sale: bool,
    /// What putting up one unit costs, where that can be had.
    pub installation: Option<Won>,
    /// The buyer wants the units put up.
    pub installed: bool,
}

/// The basket's lines of one seller.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CartGroup {
    /// The seller.
    pub seller: PartyId,
    /// The seller's name.
    pub seller_name: Words,
    /// The lines.
    pub lines: Vec<CartLine>,
    /// The price table for the mainland; none while the lines cannot be ordered.
    pub amounts: Option<Amounts>,
    /// Why they cannot be ordered.
    pub problem: Option<Refusal>,
}

/// The basket.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CartView {
    /// Changes with every change.
    pub version: i64,
    /// By seller.
    pub groups: Vec<CartGroup>,
    /// The most units of a line.
    pub most_units: u32,
}

/// What the goods of one seller would cost at a postcode.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CartQuote {
    /// The price table; none when the goods cannot be ordered as they are.
    pub amounts: Option<Amounts>,
    /// Nothing goes there.
    pub undeliverable: bool,
}

/// An address the buyer used before.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AddressView {
    /// Which.
    pub id: ContactId,
    /// Receiver and place.
    pub ship_to: ShipTo,
    /// At the checkout, what the goods would cost there.
    pub quote: Option<CartQuote>,
}

/// Everything the checkout page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CheckoutView {
    /// The lines to order.
    pub group: CartGroup,
    /// The basket's version.
    pub cart_version: i64,
    /// The address book, last used first.
    pub addresses: Vec<AddressView>,
    /// What the goods would cost at the postcode that was asked about.
    pub checked: Option<CartQuote>,
    /// What a member can use beside money.
    pub benefits: Option<CheckoutBenefits>,
    /// Why the coupon that was asked about cannot be used, or the points.
    pub benefits_problem: Option<Refusal>,
    /// What could be ordered instead of a line that is short.
    pub substitutes: Vec<ProductCard>,
    /// The island surcharge, if it goes to an island.
    pub island_fee: Won,
    /// How long units are held for an order that is not paid.
    pub hold_minutes: u32,
    /// The first and the last day that can be wished for, where goods are to be put up.
    pub visit_days: Option<(Date, Date)>,
    /// What the buyer pays for a visit in vain that is his doing or the place's, where goods are to be put up.
    pub call_out: Won,
}

/// What the pay page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PayView {
    /// The order.
    pub order: OrderId,
    /// Its number.
    pub number: OrderNumber,
    /// What is bought, in a few words.
    pub title: Words,
    /// Lines beside the first.
    pub more_lines: u32,
    /// The price table.
    pub amounts: Amounts,
    /// What is to be paid now.
    pub due: Won,
    /// It is the difference of a change: the order itself is paid.
    pub beside: bool,
    /// Where it stands.
    pub status: Status,
    /// What it waits for.
    pub waits: Waits,
    /// The attempt that is open.
    pub attempt: Option<AttemptView>,
    /// Why the last attempt failed.
    pub declined: Option<DeclineCause>,
    /// The last attempt ran out of time.
    pub timed_out: bool,
    /// Attempts left.
    pub tries_left: u32,
    /// Seconds until the units go back on the shelf, or until the last chance to pay.
    pub seconds_left: Option<i64>,
    /// Seconds the countdown started with.
    pub seconds_total: i64,
    /// Who pays this much proves who he is first.
    pub identity_needed: bool,
    /// A payment can be requested now.
    pub can_pay: bool,
    /// The order can be cancelled now.
    pub can_cancel: bool,
}

/// An attempt as the buyer sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AttemptView {
    /// Its identity.
    pub id: AttemptId,
    /// The order id the PSP knows it by.
    pub psp_order: String,
    /// How.
    pub method: PaymentMethod,
    /// How much.
    pub amount: Won,
    /// Where it stands.
    pub state: AttemptState,
    /// The account to pay into.
    pub deposit: Option<Deposit>,
    /// When it was requested.
    pub requested_at: Time,
}

/// An order in a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderRow {
    /// Its identity.
    pub order: OrderId,
    /// Its number.
    pub number: OrderNumber,
    /// When it was placed.
    pub placed_at: Time,
    /// Where it stands.
    pub status: Status,
    /// What kind of agreement.
    pub kind: Kind,
    /// Its goods stand at different places.
    pub mixed: bool,
    /// The kind of state.
    pub tone: Tone,
    /// What it waits for.
    pub waits: Waits,
    /// Since when.
    pub since: Time,
    /// The first line.
    pub title: Words,
    /// The first line's picture.
    pub drawing: String,
    /// Lines beside the first.
    pub more_lines: u32,
    /// Units in all.
    pub units: u32,
    /// What the order is worth.
    pub total: Won,
    /// Units are owed that cannot be had.
    pub short: bool,
    /// The other side: the seller for a buyer, the buyer for a seller.
    pub counterpart: Words,
}

/// A page of orders, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderList {
    /// The orders.
    pub rows: Vec<OrderRow>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// One board's rail entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BoardCount {
    /// Which.
    pub board: Board,
    /// Orders on it.
    pub count: u32,
    /// Since when the oldest stands there.
    pub oldest: Option<Time>,
}

/// A board of a store.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BoardView {
    /// Which.
    pub board: Board,
    /// Every board with its count.
    pub counts: Vec<BoardCount>,
    /// The orders on this one.
    pub list: OrderList,
    /// Installers who work for the store now, for the filter.
    pub installers: Vec<(PartyId, String)>,
    /// Now, for ages.
    pub now: Time,
}

/// A store's first page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeskView {
    /// Every board with its count.
    pub counts: Vec<BoardCount>,
    /// Orders that wait for the store, longest first.
    pub todo: Vec<OrderRow>,
    /// Orders and won of each of the last days, oldest first.
    pub days: Vec<DayFigure>,
    /// Variants with few units left.
    pub low_stock: Vec<StockRow>,
    /// Now, for ages.
    pub now: Time,
}

/// A day's figures.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DayFigure {
    /// The day in Korea.
    pub date: Date,
    /// Orders confirmed.
    pub orders: u32,
    /// What they are worth.
    pub amount: Won,
}

/// Units of a variant in a warehouse.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StockRow {
    /// Where.
    pub warehouse: WarehouseId,
    /// The warehouse's name.
    pub warehouse_name: Words,
    /// What.
    pub variant: VariantId,
    /// The product.
    pub product: ProductId,
    /// The product's name.
    pub title: Words,
    /// The option's name.
    pub option: Words,
    /// Free to sell.
    pub available: i64,
    /// Promised, not paid.
    pub held: i64,
    /// Promised and paid.
    pub committed: i64,
    /// On the road.
    pub in_transit: i64,
}

/// A store's stock.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StockView {
    /// By variant and warehouse.
    pub rows: Vec<StockRow>,
    /// The store's warehouses.
    pub warehouses: Vec<(WarehouseId, Words)>,
}

/// A product as its store sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ListingRow {
    /// What the shelf shows.
    pub card: ProductCard,
    /// Its options.
    pub variants: Vec<VariantView>,
    /// What was ever sold of them before it was there.
    pub pre_orders: Vec<PreOrder>,
    /// What partners can still bring of its options; an option that none of them has is not there.
    pub of_partners: Vec<(VariantId, u32)>,
}

/// A demo account on the sign-in page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DemoAccount {
    /// The role.
    pub role: String,
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The store, for staff.
    pub store: Option<String>,
}

/// A line of an order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LineView {
    /// Its identity.
    pub id: LineId,
    /// The product.
    pub product: ProductId,
    /// The option.
    pub variant: VariantId,
    /// The product's name.
    pub title: Words,
    /// The option's name.
    pub option: Words,
    /// The picture.
    pub drawing: String,
    /// Units.
    pub quantity: u32,
    /// Price of one.
    pub unit_price: Won,
    /// Frozen shares.
    pub shares: Shares,
    /// Units taken out again.
    pub cancelled: u32,
    /// Units that may still be taken out: nothing has been started for them.
    pub cancellable: u32,
    /// The day a pre-order was promised to leave by.
    pub ship_by: Option<Date>,
    /// The units are put up by an installer.
    pub installed: bool,
}

/// Goods that leave together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FulfilmentView {
    /// Its identity.
    pub id: FulfilmentId,
    /// Where it stands.
    pub state: FulfilmentState,
    /// The status people see.
    pub status: Status,
    /// How it travels.
    pub method: Method,
    /// From where; only the seller and the chain see it.
    pub warehouse: Option<Words>,
    /// Lines and units.
    pub lines: Vec<(LineId, u32)>,
    /// Requested at the warehouse.
    pub outbound_requested_at: Option<Time>,
    /// When it should leave.
    pub expected_ship_date: Option<Date>,
    /// The carrier.
    pub carrier: Option<String>,
    /// The tracking number.
    pub tracking: Option<String>,
    /// The carrier's facts.
    pub facts: Vec<CarrierFact>,
    /// Left the warehouse.
    pub shipped_at: Option<Time>,
    /// Reached the buyer.
    pub delivered_at: Option<Time>,
    /// The day of the next try, if somebody chose one.
    pub redeliver_on: Option<Date>,
    /// Where its units come from; only the seller and the chain see it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceView>,
    /// Units by line that nothing was found for; only the seller and the chain see it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsourced: Vec<LineUnits>,
    /// Those of them that were sold to order, and that no partner was asked for yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_buy: Vec<LineUnits>,
    /// Which units they are, where the seller said so; only he and the chain see it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<NamedUnit>,
    /// Its goods are still to come: the day they were promised to leave by.
    pub promised: Option<Date>,
    /// That day went by.
    pub overdue: bool,
    /// Who puts them up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installer: Option<InstallerView>,
    /// When they were up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed_at: Option<Time>,
}

/// Where units of goods come from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SourceView {
    /// The line.
    pub line: LineId,
    /// Units.
    pub quantity: u32,
    /// What was bought of a partner.
    pub bought: Option<BoughtView>,
    /// What was bought outside the chain.
    pub receipt: Option<ReceiptView>,
}

/// What is kept of goods that were bought outside the chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReceiptView {
    /// Its identity.
    pub id: ReceiptId,
    /// Who sold them, for how much, when; nothing where the receipt is not at hand.
    pub receipt: Option<Receipt>,
    /// Pictures of it, in the order in which they came.
    pub photos: Vec<String>,
}

impl ReceiptView {
    /// Pictures of a receipt at most.
    pub const PHOTOS: usize = 4;
}

/// What a store bought of a partner, as its own desk sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BoughtView {
    /// The purchase.
    pub order: OrderId,
    /// Its number.
    pub number: OrderNumber,
    /// Of whom.
    pub seller_name: Words,
    /// How far it is.
    pub stage: ChildStage,
    /// Its status.
    pub status: Status,
    /// What one unit costs.
    pub unit_price: Won,
    /// It goes straight to the customer.
    pub drop_ship: bool,
}

/// What a partner sells, for a desk that looks for goods.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OfferRow {
    /// What the store itself calls the goods.
    pub ours: VariantId,
    /// The partner's option.
    pub variant: VariantId,
    /// The partner.
    pub seller: PartyId,
    /// The partner's name.
    pub seller_name: Words,
    /// The product's name there.
    pub title: Words,
    /// The option's name there.
    pub option: Words,
    /// Price of one unit, from so many units on.
    pub steps: Vec<PriceStep>,
    /// The least units that are sold at once.
    pub least: u32,
    /// Days until they are here.
    pub lead_days: u32,
    /// Units that the partner can sell now.
    pub available: u32,
    /// What the store may still owe this partner.
    pub credit_left: Won,
    /// Purchases of this partner that were counted in during the last 90 days.
    pub done: u32,
    /// Those that came to nothing.
    pub failed: u32,
    /// How long they took on average.
    pub took: Span,
}

impl OfferRow {
    /// What one of so many units costs.
    pub fn price_of(&self, units: u32) -> Won {
        unit_price(&self.steps, units)
    }
}

/// One fact of the history.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HistoryRow {
    /// The version the order had after it.
    pub version: u32,
    /// The event's name.
    pub event: String,
    /// When.
    pub at: Time,
    /// Who: `guest`, `customer`, `staff`, `system` …
    pub actor: String,
    /// What head office wrote when it settled a stopped step with this fact: the outcome's name and the reason. Not for buyers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A refund as people see it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RefundView {
    /// Why.
    pub reason: RefundReason,
    /// When it was promised.
    pub requested_at: Time,
    /// How much.
    pub amount: Won,
    /// When the money was back.
    pub completed_at: Option<Time>,
}

/// What a running saga does, for the people behind the desk.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SagaView {
    /// The kind.
    pub kind: String,
    /// The step.
    pub step: String,
    /// `waiting`, `parked` or `done`.
    pub state: String,
    /// Tries of this step.
    pub attempts: u32,
    /// When it looks again.
    pub due: Time,
    /// What went wrong last.
    pub problem: Option<String>,
}

/// A saga that somebody may have to help.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StuckSaga {
    /// The row.
    pub id: String,
    /// The order's number.
    pub number: OrderNumber,
    /// What the order waits for.
    pub waits: Waits,
    /// Changes with every move of the row.
    pub generation: i64,
    /// Where it stands.
    pub saga: SagaView,
    /// How often somebody retried it by hand.
    pub retries: u32,
    /// When it began.
    pub started_at: Time,
}

/// An alert.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AlertView {
    /// The row.
    pub id: String,
    /// Which.
    pub kind: Alert,
    /// How soon.
    pub severity: Severity,
    /// The order it is about.
    pub number: Option<OrderNumber>,
    /// What went wrong, in the machine's words.
    pub problem: Option<String>,
    /// When.
    pub raised_at: Time,
    /// When somebody had looked.
    pub resolved_at: Option<Time>,
    /// Who.
    pub resolved_by: Option<String>,
    /// What they wrote.
    pub note: Option<String>,
}

/// The sum of one account over everybody.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LedgerSum {
    /// `stock` or `won`.
    pub unit: String,
    /// The account.
    pub account: String,
    /// Its sum.
    pub amount: i64,
}

/// What a check of every invariant found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Proof {
    /// When.
    pub at: Time,
    /// How long it took, in microseconds.
    pub took_micros: i64,
    /// Orders there were.
    pub orders: u32,
    /// Each violation: the invariant and what breaks it.
    pub findings: Vec<(String, String)>,
}

/// The proof page: both ledgers sum to zero, and nothing is broken.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProofView {
    /// Every account's sum.
    pub sums: Vec<LedgerSum>,
    /// The names of the invariants that are checked.
    pub invariants: Vec<String>,
    /// The last checks, newest first.
    pub proofs: Vec<Proof>,
    /// Now.
    pub now: Time,
}

/// Rows that wait to be worked on.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Queues {
    /// Timers that run.
    pub timers: u32,
    /// Sagas on their way.
    pub sagas: u32,
    /// Sagas that stopped.
    pub parked: u32,
    /// Notices not sent yet.
    pub notices: u32,
    /// Of all these, what is due now.
    pub due: u32,
}

/// How the chain stands: its first page and the figures of its rail.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChainView {
    /// Open alerts that somebody has to look at now.
    pub high: u32,
    /// Open alerts that somebody has to look at today.
    pub medium: u32,
    /// Since when the oldest of them is open.
    pub oldest: Option<Time>,
    /// Returns that are open.
    pub returns: u32,
    /// What waits.
    pub queues: Queues,
    /// The last check.
    pub proof: Option<Proof>,
    /// Now, for ages.
    pub now: Time,
}

/// Alerts, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AlertsView {
    /// The alerts.
    pub rows: Vec<AlertView>,
    /// Now, for ages.
    pub now: Time,
}

/// Sagas in a state, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SagasView {
    /// The sagas.
    pub rows: Vec<StuckSaga>,
    /// How often a parked one may be retried by hand.
    pub most_retries: u32,
    /// Now, for ages.
    pub now: Time,
}

/// A page of all orders, whoever sells them; the other side is the seller.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChainOrders {
    /// The orders.
    pub list: OrderList,
    /// Now, for ages.
    pub now: Time,
}

/// Which of the audit log is wanted.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuditQuery {
    /// Only this command.
    pub command: Option<String>,
    /// Only what this account did.
    pub person: Option<String>,
    /// Where the page begins, as the page before said it.
    pub cursor: Option<String>,
}

/// What somebody did with another's order, stock or money.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuditRow {
    /// The row.
    pub id: String,
    /// When.
    pub at: Time,
    /// As what: `staff`, `admin`, `channel` …
    pub role: String,
    /// Who.
    pub name: Option<String>,
    /// What.
    pub command: String,
    /// The order it was about.
    pub number: Option<OrderNumber>,
    /// What they wrote.
    pub note: Option<String>,
    /// The request that everything it caused goes back to.
    pub request: String,
}

/// A page of the audit log, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuditView {
    /// The rows.
    pub rows: Vec<AuditRow>,
    /// Everybody who is in it: account and name.
    pub people: Vec<(String, String)>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Now, for ages.
    pub now: Time,
}

/// Which of the event log is wanted.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LogQuery {
    /// Only this order's.
    pub number: Option<String>,
    /// Only events of this name.
    pub name: Option<String>,
    /// From this Korean day on.
    pub from: Option<String>,
    /// Up to the end of this Korean day.
    pub to: Option<String>,
    /// Where the page begins, as the page before said it.
    pub cursor: Option<String>,
}

/// One event of the log.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LogRow {
    /// Its place in the log.
    pub position: i64,
    /// When.
    pub at: Time,
    /// The published name.
    pub name: String,
    /// What it is about: `order`, `cart` or `stock`.
    pub kind: String,
    /// The order's number.
    pub number: Option<OrderNumber>,
    /// Which event of that thing it is.
    pub sequence: u32,
    /// As what somebody caused it.
    pub actor: String,
    /// Who, where somebody was signed in.
    pub person: Option<String>,
    /// The command that caused it.
    pub causation: String,
    /// The request or saga everything goes back to.
    pub correlation: String,
    /// Its data as JSON, in lines. People are named by id only.
    pub payload: String,
}

/// A page of the event log, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LogView {
    /// The events.
    pub rows: Vec<LogRow>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Now, for ages.
    pub now: Time,
}

/// A missing quantity as people see it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ShortageView {
    /// Its identity.
    pub id: ShortageId,
    /// The line.
    pub line: LineId,
    /// Units missing.
    pub quantity: u32,
    /// Where it stands.
    pub state: ShortageState,
    /// Until when an answer is waited for, while it is open.
    pub answer_by: Option<Time>,
    /// What goes back when the missing units are taken out.
    pub worth: Won,
    /// What could come in their place: the seller's picks, then their likes.
    pub instead: Vec<SubstituteView>,
}

/// Goods on a store's shelves that could take the place of missing ones.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StandIn {
    /// The product.
    pub product: ProductId,
    /// The option.
    pub variant: VariantId,
    /// The picture.
    pub drawing: String,
    /// The product's name.
    pub title: Words,
    /// The option's name.
    pub option: Words,
    /// Price of one unit.
    pub unit_price: Won,
    /// Units on the shelves.
    pub left: u32,
}

/// The same, with what it means for the order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SubstituteView {
    /// The goods.
    pub goods: StandIn,
    /// What the order costs more; negative when it costs less.
    pub dearer_by: Won,
    /// The seller picked it.
    pub proposed: bool,
    /// The seller bears what it costs more.
    pub waived: bool,
}

/// A change that waits for its difference to be paid.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DifferenceView {
    /// What comes instead, unless it is an address or work on site.
    pub title: Option<Words>,
    /// The work on site that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<ExtraId>,
    /// How much is due.
    pub amount: Won,
    /// Until when.
    pub until: Time,
}

/// A running timer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TimerView {
    /// What it is for.
    pub kind: String,
    /// When it fires.
    pub due: Time,
}

/// An order as somebody in a chair sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderView {
    /// Its identity.
    pub id: OrderId,
    /// Its number.
    pub number: OrderNumber,
    /// Its version: an entity tag.
    pub version: u32,
    /// Its kind.
    pub kind: Kind,
    /// The chair that looks.
    pub chair: Chair,
    /// The status.
    pub status: Status,
    /// The board it stands on.
    pub board: Board,
    /// Its goods stand at different places.
    pub mixed: bool,
    /// The kind of state.
    pub tone: Tone,
    /// What it waits for.
    pub waits: Waits,
    /// When it was placed.
    pub placed_at: Time,
    /// When it was confirmed.
    pub confirmed_at: Option<Time>,
    /// Everything with the buyer since.
    pub delivered_at: Option<Time>,
    /// Completed.
    pub completed_at: Option<Time>,
    /// Until when the buyer may confirm before it is done for him.
    pub confirm_by: Option<Time>,
    /// Why it was cancelled.
    pub cancelled: Option<CancelCause>,
    /// The seller's name.
    pub seller_name: Words,
    /// The buyer's name; the buyer and the seller see it.
    pub buyer_name: String,
    /// Where it goes.
    pub ship_to: Option<ShipTo>,
    /// It is bought by a store and goes straight to that one's customer.
    pub drop_ship: bool,
    /// The lines.
    pub lines: Vec<LineView>,
    /// The price table.
    pub amounts: Amounts,
    /// Money captured.
    pub paid: Won,
    /// Refunds.
    pub refunds: Vec<RefundView>,
    /// What comes back, or came.
    pub claims: Vec<ClaimView>,
    /// Missing quantities, answered ones too.
    pub shortages: Vec<ShortageView>,
    /// Units are owed that cannot be had.
    pub short: bool,
    /// A change that waits for its difference to be paid.
    pub difference: Option<DifferenceView>,
    /// What the buyer would pay for ending it now.
    pub penalty: Won,
    /// Another address waits for the warehouse's word.
    pub readdressing: bool,
    /// A cancel waits for the warehouse's word.
    pub cancelling: bool,
    /// Part of the money went back.
    pub partly_refunded: bool,
    /// What would be given for something that went wrong; whoever would get it does not see it yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goodwill: Option<Goodwill>,
    /// The most that could be given.
    pub goodwill_most: Won,
    /// The last attempt to pay.
    pub attempt: Option<AttemptView>,
    /// Goods that leave together.
    pub fulfilments: Vec<FulfilmentView>,
    /// What may be done now from this chair.
    pub offers: Vec<Offer>,
    /// The history.
    pub history: Vec<HistoryRow>,
    /// Running sagas; the buyer does not see them.
    pub sagas: Vec<SagaView>,
    /// Running timers.
    pub timers: Vec<TimerView>,
    /// The part of the tree that whoever looks may see; nothing for an order that stands alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tree: Vec<TreeNode>,
    /// What ends with it, and at which cost to its seller; only he and the chain see it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends: Vec<Ending>,
    /// What partners sell of the goods that are being prepared; only the seller sees it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partners: Vec<OfferRow>,
    /// Who could put up the goods that are being prepared, by goods; only the seller sees it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub installers: Vec<(FulfilmentId, Vec<InstallerRow>)>,
    /// Who could take down what comes back, for the seller, where somebody has to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fetchers: Vec<(ClaimId, Vec<InstallerRow>)>,
    /// An installer's own collection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup: Option<PickupView>,
    /// When the buyer would like somebody to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wished: Option<Visit>,
    /// What he said of the place where goods are to be put up, while whoever looks may know where that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteAnswers>,
    /// What he was told that a visit in vain costs; the installer has a price of his own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_out: Option<Won>,
    /// The installer's job, of an installation order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<JobView>,
    /// The last day that somebody can be asked to come on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit_until: Option<Date>,
    /// Work on site that was not bought: what was asked, and what came of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extras: Vec<Extra>,
    /// What can be sent back now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returnable: Vec<Returnable>,
    /// Photos that were brought for a return that is not asked for yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claim_photos: Vec<String>,
    /// What the buyer says of goods that he keeps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviews: Vec<ReviewView>,
    /// Lines that he can say something of now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviewable: Vec<LineId>,
    /// Photos that were brought for a review that is not written yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub review_photos: Vec<String>,
    /// The last day that goods can be fetched on.
    pub pickup_until: Date,
    /// Now, for ages and countdowns.
    pub now: Time,
}

/// What a view needs beside the order itself.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Every node of the tree, with its seller's name.
    pub tree: Vec<(Order, Words)>,
    /// What was bought outside the chain.
    pub receipts: Vec<ReceiptView>,
    /// What could take the place of missing units.
    pub instead: Vec<(ShortageId, Vec<StandIn>)>,
    /// What could come in exchange for a unit of a line, where one can be asked for or was.
    pub others: Vec<(LineId, Vec<StandIn>)>,
    /// Names and phones of installers.
    pub installers: Vec<(PartyId, String, Option<String>)>,
    /// The phones of who takes down what comes back, by their collection.
    pub fetchers: Vec<(OrderId, String)>,
    /// Who signed for what was put up.
    pub signed_by: Option<String>,
    /// Photos of what is being put up.
    pub photos: Vec<String>,
    /// What may be charged on site, while somebody is there.
    pub price_list: Vec<ExtraRow>,
    /// What has to be looked at before the goods are up, of an installation that somebody is at.
    pub checks: Vec<Check>,
    /// Photos that were brought for a return that is not asked for yet.
    pub claim_photos: Vec<String>,
    /// Photos that were brought for a review that is not written yet.
    pub review_photos: Vec<String>,
    /// The words of reviews and of the answers to them.
    pub review_texts: Vec<(ReviewTextId, String)>,
    /// What was said about returns.
    pub claim_notes: Vec<(ClaimId, ClaimNoteView)>,
    /// Names of warehouses.
    pub warehouses: Vec<(WarehouseId, Words)>,
    /// Pictures of products.
    pub drawings: Vec<(ProductId, String)>,
    /// The seller's name.
    pub seller_name: Words,
    /// The buyer's name.
    pub buyer_name: String,
    /// Where it goes.
    pub ship_to: Option<ShipTo>,
    /// The history.
    pub history: Vec<HistoryRow>,
    /// Running sagas.
    pub sagas: Vec<SagaView>,
    /// Running timers.
    pub timers: Vec<TimerView>,
}

impl AttemptView {
    fn of(attempt: &crate::order::Attempt, number: &OrderNumber) -> Self {
        Self {
            id: attempt.id,
            psp_order: attempt.psp_order(number),
            method: attempt.method,
            amount: attempt.amount,
            state: attempt.state,
            deposit: attempt.deposit.clone(),
            requested_at: attempt.requested_at,
        }
    }
}

impl OrderView {
    /// The order as the chair may see it: the buyer sees no warehouses and no machinery, the seller no buyer's payment
    /// account.
    pub fn seen_by(chair: Chair, order: &Order, around: Around, policy: &Policy, now: Time) -> Self {
        let around = around.withheld(chair, order, policy, now);
        let inside = matches!(chair, Chair::Seller | Chair::Admin | Chair::System);
        let drawing =
            |product: &ProductId| around.drawings.iter().find(|(id, _)| id == product).map(|(_, drawing)| drawing.clone()).unwrap_or_default();
        let attempt = order.attempts.last().map(|attempt| AttemptView::of(attempt, &order.number)).map(|mut attempt| {
            if chair == Chair::Seller {
                attempt.deposit = None;
            }
            attempt
        });
        let confirm_by = order
            .delivered_at
            .filter(|_| order.completed_at.is_none() && order.cancelled.is_none())
            .map(|at| at.end_of_kst_day_after(i64::from(policy.confirm_after_days)));
        Self {
            id: order.id,
            number: order.number.clone(),
            version: order.version,
            kind: order.kind,
            chair,
            status: order.status(),
            board: order.board(),
            mixed: order.is_mixed(),
            tone: order.status().tone(),
            // Where a seller gets his goods is his business.
            waits: if order.waits() == Waits::Partner && !inside { Waits::Seller } else { order.waits() },
            placed_at: order.placed_at,
            confirmed_at: order.confirmed_at,
            delivered_at: order.delivered_at,
            completed_at: order.completed_at,
            confirm_by,
            cancelled: order.cancelled,
            lines: order
                .lines
                .iter()
                .map(|line| LineView {
                    id: line.id,
                    product: line.product.clone(),
                    variant: line.variant.clone(),
                    title: line.title.clone(),
                    option: line.option.clone(),
                    drawing: drawing(&line.product),
                    quantity: line.quantity.get(),
                    unit_price: line.unit_price,
                    shares: line.shares,
                    cancelled: order.cancelled_units(line.id),
                    cancellable: order.cancellable_units(line),
                    ship_by: line.ship_by,
                    installed: line.method == Method::Installed,
                })
                .collect(),
            amounts: order.amounts,
            paid: order.paid,
            refunds: order
                .refunds
                .iter()
                .map(|refund| RefundView {
                    reason: refund.reason,
                    requested_at: refund.requested_at,
                    amount: refund.amount,
                    completed_at: refund.completed_at,
                })
                .collect(),
            claims: order.claims.iter().map(|claim| ClaimView::of(claim, order, chair, &around, policy)).collect(),
            shortages: order
                .shortages
                .iter()
                .map(|shortage| ShortageView {
                    id: shortage.id,
                    line: shortage.line,
                    quantity: shortage.quantity.get(),
                    state: shortage.state,
                    answer_by: (shortage.state == ShortageState::Open).then(|| shortage.asked_at + policy.shortage_answer_within),
                    worth: order.worth(&[LineUnits { line: shortage.line, quantity: shortage.quantity }], false, policy).payable(),
                    instead: substitutes(order, shortage, &around.instead),
                })
                .collect(),
            short: order.is_short(),
            difference: order.difference.as_ref().map(|due| DifferenceView {
                title: match &due.change {
                    Change::Swap(swap) => Some(swap.line.title.clone()),
                    Change::Exchange { claim } => {
                        let exchange = order.claim(*claim).and_then(|claim| claim.exchange.as_ref()?.terms.as_ref());
                        exchange.map(|terms| terms.line.title.clone())
                    }
                    Change::Address { .. } | Change::Extra { .. } => None,
                },
                extra: match due.change {
                    Change::Extra { extra } => Some(extra),
                    Change::Swap(_) | Change::Address { .. } | Change::Exchange { .. } => None,
                },
                amount: due.amount,
                until: due.until,
            }),
            penalty: order.penalty_to_end(policy),
            readdressing: order.readdressing.is_some(),
            cancelling: order.cancelling.is_some() && order.cancelled.is_none(),
            partly_refunded: !order.refunds.is_empty() && order.refunded() < order.paid,
            goodwill: order.goodwill.filter(|_| inside),
            goodwill_most: order.goodwill_most(),
            attempt,
            fulfilments: order
                .fulfilments
                .iter()
                .map(|goods| FulfilmentView {
                    id: goods.id,
                    state: goods.state,
                    status: crate::order::status::goods_status(goods.state),
                    method: goods.method,
                    warehouse: around
                        .warehouses
                        .iter()
                        .find(|(id, _)| inside && !goods.is_drop_ship() && *id == goods.warehouse)
                        .map(|(_, name)| name.clone()),
                    lines: goods.lines.iter().map(|line| (line.line, line.quantity.get())).collect(),
                    outbound_requested_at: goods.outbound_requested_at,
                    expected_ship_date: goods.expected_ship_date,
                    carrier: goods.carrier.clone(),
                    tracking: goods.tracking.clone(),
                    facts: goods.facts.clone(),
                    shipped_at: goods.shipped_at,
                    delivered_at: goods.delivered_at,
                    redeliver_on: goods.redeliver_on,
                    sources: if inside { sources(goods, &around) } else { Vec::new() },
                    unsourced: if inside { goods.unsourced.clone() } else { Vec::new() },
                    to_buy: if inside { goods.to_buy.clone() } else { Vec::new() },
                    named: if inside { goods.named.clone() } else { Vec::new() },
                    promised: goods.promised,
                    overdue: goods.overdue,
                    installer: goods.installer.as_ref().and_then(|given| installer(given, &around, inside)),
                    installed_at: goods.installed_at,
                })
                .collect(),
            offers: offers(order, chair, &around, policy, now),
            wished: order.wished,
            site: if order.job.is_some() { above(order, &around).and_then(|above| above.site) } else { order.site }
                .filter(|_| around.ship_to.is_some())
                .map(|site| site.answers),
            call_out: order.site.map(|site| site.call_out),
            job: order.job.as_ref().map(|job| JobView {
                job: job.clone(),
                fee: order.earned(),
                wished: above(order, &around).and_then(|above| above.wished),
                has_goods: has_goods(order, &around),
                sent: sent(order, &around),
                signed_by: around.signed_by.clone(),
                brought: around.photos.clone(),
                checks: around.checks.clone(),
                price_list: around.price_list.clone(),
            }),
            extras: order.extras.clone(),
            returnable: returnable(order, &around, policy, now),
            claim_photos: if chair == Chair::Buyer { around.claim_photos.clone() } else { Vec::new() },
            reviews: order.reviews.iter().map(|review| ReviewView::of(review, order, &around, chair, policy, now)).collect(),
            reviewable: if chair == Chair::Buyer { order.reviewable(now, policy).map(|line| line.id).collect() } else { Vec::new() },
            review_photos: if chair == Chair::Buyer { around.review_photos.clone() } else { Vec::new() },
            pickup_until: Date::from_days(now.kst_date().days() + i64::from(policy.redeliver_within_days)),
            visit_until: (order.job.is_some() || order.pickup.is_some() || order.awaits_installer())
                .then(|| Date::from_days(now.kst_date().days() + i64::from(policy.visit_within_days))),
            installers: Vec::new(),
            fetchers: Vec::new(),
            pickup: order.pickup.as_ref().map(|pickup| PickupView {
                pickup: pickup.clone(),
                fee: order.earned(),
                brought: if chair == Chair::Seller { around.photos.clone() } else { Vec::new() },
            }),
            seller_name: around.seller_name,
            buyer_name: around.buyer_name,
            ship_to: around.ship_to,
            drop_ship: order.is_drop_ship(),
            history: around
                .history
                .into_iter()
                .filter(|row| inside || order.job.is_some() || order.pickup.is_some() || !Event::is_the_sellers(&row.event))
                .map(|row| if inside { row } else { HistoryRow { note: None, ..row } })
                .collect(),
            tree: Vec::new(),
            ends: Vec::new(),
            partners: Vec::new(),
            sagas: if inside { around.sagas } else { Vec::new() },
            timers: around.timers,
            now,
        }
    }
}

/// What somebody in this chair may do now, as far as the order alone can say and beyond it.
fn offers(order: &Order, chair: Chair, around: &Around, policy: &Policy, now: Time) -> Vec<Offer> {
    let late = |offer: &Offer| !order.returnable(now, policy).any(|goods| Some(goods.id) == offer.fulfilment);
    let open = |offer: &Offer| match offer.command.as_str() {
        "depart" => can_depart(order, around, now),
        "request-return" | "request-exchange" => !late(offer),
        "write-review" => order.reviewable(now, policy).next().is_some(),
        "change-review" => order.changeable(now, policy).next().is_some(),
        _ => true,
    };
    order.offers(chair, now).into_iter().filter(open).collect()
}

fn returnable(order: &Order, around: &Around, policy: &Policy, now: Time) -> Vec<Returnable> {
    let goods = order.returnable(now, policy).map(|goods| {
        let units: Vec<LineUnits> = goods.lines.iter().map(|line| LineUnits { line: line.line, quantity: line.quantity }).collect();
        let kept = order.worth_of_return(ReturnReason::ChangeOfMind, goods, &units, policy);
        let whole = order.worth_of_return(ReturnReason::Defect, goods, &units, policy);
        Returnable {
            fulfilment: goods.id,
            until: order.return_until(goods, ReturnReason::ChangeOfMind, policy),
            fault_until: order.return_until(goods, ReturnReason::Defect, policy),
            fetched: goods.shipped_at.is_some(),
            exchanges: Exchangeable::of(order, goods, around, now),
            exchange_fee: order.exchange_fee(ReturnReason::ChangeOfMind, goods, policy),
            fee: whole.payable() - kept.payable(),
        }
    });
    goods.collect()
}

fn sources(goods: &Fulfilment, around: &Around) -> Vec<SourceView> {
    let receipt = |source: &Source| match source {
        Source::Allocation { .. } | Source::ChildPurchase { .. } => None,
        Source::Receipt { receipt: id, .. } => {
            let kept = around.receipts.iter().find(|kept| kept.id == *id).cloned();
            Some(kept.unwrap_or(ReceiptView { id: *id, receipt: None, photos: Vec::new() }))
        }
    };
    let bought = |source: &Source| match source {
        Source::Allocation { .. } | Source::Receipt { .. } => None,
        Source::ChildPurchase { order, stage, drop_ship, .. } => {
            around.tree.iter().find(|(node, _)| node.id == *order).map(|(node, seller)| BoughtView {
                order: node.id,
                number: node.number.clone(),
                seller_name: seller.clone(),
                stage: *stage,
                status: node.status(),
                unit_price: node.lines.first().map(|line| line.unit_price).unwrap_or_default(),
                drop_ship: *drop_ship,
            })
        }
    };
    goods
        .sources
        .iter()
        .map(|source| SourceView { line: source.line(), quantity: source.quantity().get(), bought: bought(source), receipt: receipt(source) })
        .collect()
}

fn substitutes(order: &Order, shortage: &crate::order::Shortage, known: &[(ShortageId, Vec<StandIn>)]) -> Vec<SubstituteView> {
    let goods = known.iter().find(|(id, _)| *id == shortage.id).map(|(_, goods)| goods.as_slice()).unwrap_or_default();
    let view = |goods: &StandIn| {
        let proposal = shortage.proposals.iter().find(|proposal| proposal.variant == goods.variant);
        let waived = proposal.is_some_and(|proposal| proposal.waived);
        let (back, shares) = order.swap_shares(shortage, goods.unit_price, waived)?;
        let dearer_by = Amounts::of_shares([shares]).payable() - back.payable();
        Some(SubstituteView { goods: goods.clone(), dearer_by, proposed: proposal.is_some(), waived })
    };
    goods.iter().filter_map(view).collect()
}

impl PayView {
    /// The pay page of an order.
    pub fn of(order: &Order, policy: &Policy, now: Time) -> Self {
        let due = order.difference.as_ref();
        let last = order.attempts.last().filter(|attempt| attempt.difference == due.map(|due| due.id));
        let failures = order.payment_failures();
        let amount = order.due();
        // After a failure the buyer has a day; the hold may end earlier, and paying then takes the units again.
        let repay = order.first_failed_at.filter(|_| order.front == Front::PaymentFailed).map(|first| first + policy.repay_window);
        let deadline = due.map(|due| due.until).or(repay).or(order.held_until);
        let total = if repay.is_some() { policy.repay_window } else { policy.hold_ttl };
        let status = order.status();
        Self {
            order: order.id,
            number: order.number.clone(),
            title: order.lines.first().map(|line| line.title.clone()).unwrap_or_default(),
            more_lines: order.lines.len().saturating_sub(1) as u32,
            amounts: order.amounts,
            due: amount,
            beside: due.is_some(),
            status,
            waits: order.waits(),
            attempt: order.open_attempt().map(|attempt| AttemptView::of(attempt, &order.number)),
            declined: last.and_then(|attempt| attempt.declined),
            timed_out: last.is_some_and(|attempt| attempt.state == AttemptState::TimedOut),
            tries_left: (policy.buyer_retries + 1).saturating_sub(failures),
            seconds_left: deadline
                .filter(|_| due.is_some() || status.board() == Board::AwaitingPayment)
                .map(|due| due.since(now).as_seconds().max(0)),
            seconds_total: total.as_seconds(),
            identity_needed: amount >= policy.identity_check_from && order.identity_until.is_none_or(|until| until < now),
            can_pay: order.allows("request-payment", None, now).is_ok() && failures <= policy.buyer_retries,
            can_cancel: due.is_none() && order.allows("cancel", None, now).is_ok(),
        }
    }
}

/// What a store buys of its partners.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PurchasesView {
    /// A page of it, newest first.
    pub list: OrderList,
    /// Now, for ages.
    pub now: Time,
}

/// Which orders somebody asks for. Everything is optional; who asks decides whose orders they are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OrderQuery {
    /// On this board.
    pub board: Option<Board>,
    /// With one of these statuses.
    pub statuses: Option<Vec<Status>>,
    /// Placed on this Korean day or later.
    pub from: Option<Date>,
    /// Placed on this Korean day or earlier.
    pub to: Option<Date>,
    /// Bought by the customer of this number; a store asks so.
    pub customer: Option<String>,
    /// Sold by the store of this slug or id; a channel asks so.
    pub seller: Option<String>,
    /// A number, product words or first consonants.
    pub q: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Orders on a page.
    pub limit: usize,
}

impl OrderQuery {
    /// The statuses that board and status leave; `None` when neither is asked for.
    pub fn wanted(&self) -> Option<Vec<Status>> {
        let on_board = |status: &Status| self.board.is_none_or(|board| status.board() == board);
        match (&self.statuses, self.board) {
            (None, None) => None,
            (Some(statuses), _) => Some(statuses.iter().copied().filter(on_board).collect()),
            (None, Some(_)) => Some(Status::ALL.iter().copied().filter(on_board).collect()),
        }
    }
}

/// One agreement in an order's tree.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TreeNode {
    /// Its number; nothing where whoever looks has no chair.
    pub number: Option<OrderNumber>,
    /// What kind of agreement.
    pub kind: Kind,
    /// The chair that looks; nothing for the buyer of the goods that an installer puts up.
    pub chair: Option<Chair>,
    /// Where it stands.
    pub status: Status,
    /// The kind of state.
    pub tone: Tone,
    /// What the first line is called.
    pub title: Words,
    /// Units.
    pub units: u32,
    /// What it comes to; nothing where whoever looks has no chair.
    pub amount: Option<Won>,
    /// Who delivers.
    pub seller_name: Words,
    /// The node it was born from, where the same eyes may see that one too.
    pub parent: Option<OrderNumber>,
    /// How far the installer is, of an installation order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<InstallationState>,
    /// How far the fetching of goods is, of a collection order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup: Option<CollectionState>,
    /// When he comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Visit>,
}

/// A child that ends when the order above it does.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Ending {
    /// Its number.
    pub number: OrderNumber,
    /// What kind of agreement.
    pub kind: Kind,
    /// Whom it was ordered of.
    pub seller_name: Words,
    /// What ending it costs.
    pub cost: EndCost,
}

/// The part of an order's tree that somebody may see, parents before children.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TreeView {
    /// The nodes.
    pub nodes: Vec<TreeNode>,
}

impl TreeView {
    /// The nodes at which the actor has a chair, and of those below the goods that he buys the installers who took the job:
    /// who comes, how far he is and when, and not what the store pays him. Of the others nothing is said, not even that they
    /// are there: a buyer does not learn where his seller buys, nor a supplier who the goods are for.
    pub fn seen_by(actor: &Actor, nodes: &[(Order, Words)]) -> Self {
        let chair_at = |id: OrderId| nodes.iter().find(|(order, _)| order.id == id).and_then(|(order, _)| order.chair(actor));
        let taken = |order: &Order| {
            order.job.as_ref().is_some_and(|job| has_taken(job.state))
                || order
                    .pickup
                    .as_ref()
                    .is_some_and(|pickup| pickup.state != CollectionState::Cancelled && pickup.state != CollectionState::Requested)
        };
        let comes = |order: &Order| order.parent.and_then(chair_at) == Some(Chair::Buyer) && taken(order);
        let number_of =
            |id: OrderId| nodes.iter().find(|(order, _)| order.id == id && order.chair(actor).is_some()).map(|(order, _)| order.number.clone());
        let node = |(order, seller): &(Order, Words)| {
            let chair = order.chair(actor);
            (chair.is_some() || comes(order)).then(|| TreeNode {
                number: chair.map(|_| order.number.clone()),
                kind: order.kind,
                chair,
                status: order.status(),
                tone: order.status().tone(),
                title: order.lines.first().map(|line| line.title.clone()).unwrap_or_default(),
                units: order.lines.iter().map(|line| order.live_units(line)).sum(),
                amount: chair.map(|_| order.amounts.payable()),
                seller_name: seller.clone(),
                parent: order.parent.and_then(number_of),
                job: order.job.as_ref().map(|job| job.state),
                visit: order.job.as_ref().and_then(|job| job.visit).or_else(|| order.pickup.as_ref()?.visit),
                pickup: order.pickup.as_ref().map(|pickup| pickup.state),
            })
        };
        Self { nodes: nodes.iter().filter_map(node).collect() }
    }
}

/// Money that came in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PaymentLine {
    /// How.
    pub method: PaymentMethod,
    /// How much.
    pub amount: Won,
    /// When.
    pub at: Time,
}

/// Money that goes back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RefundLine {
    /// How much.
    pub amount: Won,
    /// Why.
    pub reason: RefundReason,
    /// When it was asked for.
    pub requested_at: Time,
    /// When it was back.
    pub completed_at: Option<Time>,
}

/// What was paid for an order, what went back and what remains.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RefundSlip {
    /// The order.
    pub number: OrderNumber,
    /// Payments, oldest first.
    pub payments: Vec<PaymentLine>,
    /// Refunds, oldest first.
    pub refunds: Vec<RefundLine>,
    /// Money captured.
    pub paid: Won,
    /// Money that is back.
    pub refunded: Won,
    /// Money on its way back.
    pub under_way: Won,
    /// What the order keeps: paid, less both.
    pub remaining: Won,
}

impl RefundSlip {
    /// The slip of an order, from its log.
    pub fn of(order: &Order, log: &[(Event, Time)]) -> Self {
        let mut payments = Vec::new();
        let mut refunds = Vec::new();
        for (event, at) in log {
            if let Event::PaymentApproved { method, amount, .. } = event {
                payments.push(PaymentLine { method: *method, amount: *amount, at: *at });
            }
            if let Event::RefundRequested { refund, amount, reason, .. } = event {
                let completed_at = order.refunds.iter().find(|known| known.id == *refund).and_then(|known| known.completed_at);
                refunds.push(RefundLine { amount: *amount, reason: *reason, requested_at: *at, completed_at });
            }
        }
        let sum = |done: bool| refunds.iter().filter(|line| line.completed_at.is_some() == done).map(|line| line.amount).sum::<Won>();
        let (refunded, under_way) = (sum(true), sum(false));
        Self { number: order.number.clone(), paid: order.paid, refunded, under_way, remaining: order.paid - refunded - under_way, payments, refunds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{AccountId, ContactId, CountingMint, Mint},
        order::{DeclineReason, Half, Installs, Placed},
    };

    #[test]
    fn a_tree_shows_each_only_where_he_sits() {
        let mint = &mut CountingMint::default();
        let (customer, store, supplier, channel) = (PartyId::mint(mint), PartyId::mint(mint), PartyId::mint(mint), AccountId::mint(mint));
        let (person, other) = (PartyId::mint(mint), AccountId::mint(mint));
        let installs = Installs { fulfilment: FulfilmentId::mint(mint), call_out: Won(30_000) };
        let mut node = |kind, above: Option<&Order>, buyer, seller, external: Option<String>| {
            let id = OrderId::mint(mint);
            let placed = Placed {
                shipping_base: Won::ZERO,
                coupon: None,
                inbound: None,
                installs: (kind == Kind::Installation).then_some(installs),
                collects: None,
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
                amounts: Amounts::default(),
            };
            Order::born(&Event::OrderPlaced(Box::new(placed)), Time(0)).unwrap()
        };
        let sale = node(Kind::Sale, None, customer, store, Some(format!("{channel}:1")));
        let purchase = node(Kind::Purchase, Some(&sale), store, supplier, None);
        let deeper = node(Kind::Purchase, Some(&purchase), supplier, customer, None);
        let name = |ko: &str| Words { ko: ko.into(), en: None };
        let nodes = [(sale.clone(), name("가게")), (purchase.clone(), name("도매")), (deeper.clone(), name("공장"))];
        let seen = |actor: &Actor| {
            let tree = TreeView::seen_by(actor, &nodes);
            tree.nodes.into_iter().filter_map(|node| Some((node.number?, node.seller_name.ko, node.parent))).collect::<Vec<_>>()
        };
        let row = |order: &Order, seller: &str, parent: Option<&Order>| {
            (order.number.clone(), seller.to_owned(), parent.map(|parent| parent.number.clone()))
        };
        let account = channel;
        assert_eq!(seen(&Actor::Channel { account }), [row(&sale, "가게", None)]);
        assert_eq!(seen(&Actor::Staff { account, store, manager: false }), [row(&sale, "가게", None), row(&purchase, "도매", Some(&sale))]);
        // The supplier does not learn who the goods are for, nor the one at the end who is in between.
        let supplier = Actor::Staff { account, store: supplier, manager: false };
        assert_eq!(seen(&supplier), [row(&purchase, "도매", None), row(&deeper, "공장", Some(&purchase))]);
        assert_eq!(seen(&Actor::Guest { party: customer }), [row(&sale, "가게", None), row(&deeper, "공장", None)]);
        assert_eq!(seen(&Actor::Admin { account }).len(), 3);
        let job = node(Kind::Installation, Some(&sale), store, person, None);
        assert_eq!(seen(&Actor::Channel { account: other }), []);

        // Of an installer the buyer sees who comes and when, once he has said yes, and nothing of what the store pays him.
        let buyer = Actor::Guest { party: customer };
        let visit = Visit { on: Date::from_days(20_000), half: Half::Morning };
        let tree = |job: &Order, actor: &Actor| {
            let nodes = [(sale.clone(), name("가게")), (purchase.clone(), name("도매")), (job.clone(), name("기사"))];
            TreeView::seen_by(actor, &nodes).nodes
        };
        let after = |events: &[Event]| {
            let mut job = job.clone();
            events.iter().for_each(|event| job.apply(event, Time(1)));
            job
        };
        let installation = job.id;
        let (accepted, set) = (Event::InstallerAccepted { installation }, Event::InstallerScheduled { installation, visit });
        let declined = Event::InstallerDeclined { installation, reason: DeclineReason::Busy };
        let gone = after(&[accepted.clone(), set.clone(), Event::InstallerUnassigned { installation, call_out: Won::ZERO }]);
        for unseen in [after(&[]), after(&[declined]), gone] {
            assert_eq!(tree(&unseen, &buyer).len(), 1, "{:?}", unseen.job);
            assert_eq!(tree(&unseen, &Actor::Staff { account, store, manager: false }).len(), 3);
        }
        let set = after(&[accepted, set]);
        assert_eq!(tree(&set, &Actor::Channel { account: channel }).len(), 2, "a channel sees what its customer may see");
        assert_eq!(tree(&set, &Actor::Channel { account: other }).len(), 0);
        let coming = tree(&set, &buyer).pop().unwrap();
        assert_eq!((coming.number, coming.chair, coming.amount, coming.parent), (None, None, None, Some(sale.number.clone())));
        assert_eq!((coming.seller_name, coming.job, coming.visit), (name("기사"), Some(InstallationState::Scheduled), Some(visit)));
        assert_eq!(tree(&job, &supplier).len(), 1, "a supplier learns nothing of who puts the goods up");
    }
}
