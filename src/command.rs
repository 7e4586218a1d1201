//! Every change anybody can ask for. One list: permissions, audit labels and interface names come from it.

use crate::{
    actor::Actor,
    ids::{
        AccountId, ClaimId, ContactId, CouponId, CouponIssueId, EndpointId, OrderId, OrderNumber, PartyId, ProductId, SecretId, VariantId,
        WarehouseId,
    },
    installer::Profile,
    membership::MemberTimer,
    money::Won,
    order::{OnShortage, OrderCommand, SiteAnswers, Visit},
    partner::{PriceStep, StoreApplication},
    promotion::{CouponTerms, Off},
    quantity::Quantity,
    queue::Queue,
    refusal::{Problem, Refusal},
    saga::{Outcome, Parcel},
    scope::Scope,
    text::{Address, ClaimNote, CouponCode, DeliveryRequest, Description, Email, KeyName, Message, PersonName, Phone, Postcode, Reason, Words},
    time::{Date, Time},
    view::ClaimQuery,
    webhook::EventFilter,
};
use serde::{Deserialize, Serialize};

/// Who receives the goods and where.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ShipTo {
    /// The receiver.
    pub name: PersonName,
    /// The receiver's phone.
    pub phone: Phone,
    /// The postcode.
    pub postcode: Postcode,
    /// Street, number, flat.
    pub address: Address,
    /// A wish for the driver.
    pub request: Option<DeliveryRequest>,
}

/// What a buyer wants to pay with beside money.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Benefits {
    /// His coupon.
    pub coupon: Option<CouponIssueId>,
    /// Points, as far as the goods go.
    #[serde(default)]
    pub points: Won,
}

/// A coupon as a store or the chain gives it out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewCoupon {
    /// What customers type to get it.
    pub code: CouponCode,
    /// What it is called.
    pub name: Words,
    /// What it says.
    pub terms: CouponTerms,
    /// From when it can be used; at once when there is none.
    pub from: Option<Time>,
    /// Until when.
    pub until: Time,
    /// Shown to every customer; otherwise only who knows the code gets it.
    pub listed: bool,
    /// How many one customer may have.
    pub per_customer: u32,
    /// How many there are.
    pub total: u32,
}

impl NewCoupon {
    /// Whether it can be given out.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the field that makes no sense.
    pub fn check(&self) -> Result<(), Refusal> {
        let range = |field, fine: bool| if fine { Ok(()) } else { Err(Refusal::invalid(field, Problem::OutOfRange)) };
        let most = Won(10_000_000);
        match self.terms.off {
            Off::Amount { amount } => range("amount", (Won(100)..=most).contains(&amount))?,
            Off::Percent { percent, most: at_most } => {
                range("percent", (1..=90).contains(&percent))?;
                range("most", (Won(100)..=most).contains(&at_most))?;
            }
        }
        range("minimum", (Won::ZERO..=Won(100_000_000)).contains(&self.terms.minimum))?;
        range("seller_percent", self.terms.seller_percent <= 100)?;
        range("per_customer", (1..=100).contains(&self.per_customer))?;
        range("total", (1..=1_000_000).contains(&self.total))?;
        let name = self.name.ko.trim().chars().count();
        if name == 0 {
            return Err(Refusal::invalid("name", Problem::Missing));
        }
        if name > 60 || self.name.en.as_ref().is_some_and(|name| name.chars().count() > 80) {
            return Err(Refusal::invalid("name", Problem::TooLong));
        }
        range("until", self.from.is_none_or(|from| self.until > from))
    }
}

/// Goods named by a channel instead of a basket.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WantedLine {
    /// The option.
    pub variant: VariantId,
    /// Units.
    pub quantity: Quantity,
    /// The unit price the channel showed; only compared.
    pub unit_price: Option<Won>,
    /// Have the units put up.
    #[serde(default)]
    pub installation: bool,
}

/// A command with everything it needs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "area", rename_all = "kebab-case")]
pub enum Command {
    /// Put units of a variant into the basket, on top of what is there.
    AddToCart {
        /// What.
        variant: VariantId,
        /// How many more.
        quantity: Quantity,
        /// Have all units of it put up.
        #[serde(default)]
        installed: bool,
    },
    /// Have the units of a basket line put up, or not.
    SetCartInstallation {
        /// What.
        variant: VariantId,
        /// Put up.
        installed: bool,
    },
    /// Set a basket line to a quantity; zero removes it.
    SetCartLine {
        /// What.
        variant: VariantId,
        /// How many.
        quantity: u32,
    },
    /// Write an address into the buyer's address book, in place of another or beside the others.
    KeepAddress {
        /// The entry it replaces. Orders that went there keep the old words.
        replaces: Option<ContactId>,
        /// Receiver and place.
        ship_to: ShipTo,
    },
    /// Make an address the one that the next checkout begins with.
    PreferAddress {
        /// Which.
        contact: ContactId,
    },
    /// Take an address out of the book. Orders that went there still name it.
    ForgetAddress {
        /// Which.
        contact: ContactId,
    },
    /// Order the basket's lines of one seller.
    PlaceOrder {
        /// The seller.
        seller: PartyId,
        /// The version of the basket the buyer looked at: two tabs, back and a double click give the same order.
        cart_version: i64,
        /// Where it goes.
        ship_to: ShipTo,
        /// Keep the address in the buyer's address book.
        keep_address: bool,
        /// The goods amount the buyer was shown; only compared.
        seen_goods: Won,
        /// What becomes of units that are not there.
        #[serde(default)]
        on_shortage: OnShortage,
        /// What he pays with beside money.
        #[serde(default)]
        benefits: Benefits,
        /// When he would like somebody to come and put the goods up.
        #[serde(default)]
        visit: Option<Visit>,
        /// What the place is like where goods are to be put up.
        #[serde(default)]
        site: Option<SiteAnswers>,
    },
    /// Get a coupon by its code.
    TakeCoupon {
        /// The code.
        code: CouponCode,
    },
    /// Say when one's birthday is. Once: double points hang on it.
    SetBirthday {
        /// The day.
        birthday: Date,
    },
    /// Give out a coupon: a store for its own goods, the chain for all.
    GiveCoupon {
        /// What.
        coupon: Box<NewCoupon>,
    },
    /// Give out no more of a coupon. Those that customers have stay good.
    StopCoupon {
        /// Which.
        coupon: CouponId,
    },
    /// Order goods for a customer of a channel.
    PlaceForCustomer {
        /// The channel's own number: the same number is the same order for ever.
        external: String,
        /// The customer's number; a guest buys when there is none.
        customer: Option<String>,
        /// What.
        lines: Vec<WantedLine>,
        /// Where it goes.
        ship_to: ShipTo,
        /// An address that nothing is delivered to may be mended later.
        #[serde(default)]
        address_later: bool,
        /// The goods amount the channel showed; only compared.
        seen_goods: Option<Won>,
        /// What becomes of units that are not there.
        #[serde(default)]
        on_shortage: OnShortage,
        /// What the place is like where goods are to be put up, if the channel asked.
        #[serde(default)]
        site: Option<SiteAnswers>,
    },
    /// Something about one order.
    Order {
        /// Which.
        order: OrderId,
        /// What.
        command: OrderCommand,
    },
    /// A store fills its own shelf from a partner.
    Restock {
        /// The warehouse that it goes to.
        warehouse: WarehouseId,
        /// What the store calls it.
        variant: VariantId,
        /// What the partner calls it.
        partner_variant: VariantId,
        /// Units.
        quantity: Quantity,
    },
    /// What partners pay for an option, from so many units on. It takes the place of the list that was there; without steps there
    /// is none. What was placed keeps its price.
    SetPartnerPrices {
        /// Which option.
        variant: VariantId,
        /// For one partner only; for everybody when it is nobody's.
        buyer: Option<PartyId>,
        /// The prices.
        steps: Vec<PriceStep>,
    },
    /// How an option is sold to partners.
    SetPartnerTerms {
        /// Which option.
        variant: VariantId,
        /// The least units that are sold at once.
        least: u32,
        /// Days until they are there.
        lead_days: u32,
    },
    /// How much a partner may owe.
    SetCreditLimit {
        /// Who.
        buyer: PartyId,
        /// How much.
        limit: Won,
    },
    /// Ask a store to sell on credit.
    AskPartner {
        /// Whom.
        seller: PartyId,
        /// What is said to it.
        message: Message,
    },
    /// Agree to sell on credit to who asked.
    ApprovePartner {
        /// Who.
        buyer: PartyId,
        /// How much it may owe.
        limit: Won,
    },
    /// Turn down who asked.
    RejectPartner {
        /// Who.
        buyer: PartyId,
        /// Why.
        reason: Reason,
    },
    /// Sell nothing more to a partner. What was placed goes on.
    SuspendPartner {
        /// Who.
        buyer: PartyId,
        /// Why.
        reason: Reason,
    },
    /// Sell to a partner again.
    ResumePartner {
        /// Who.
        buyer: PartyId,
    },
    /// Say how one works as an installer. Jobs that were assigned keep what was agreed.
    SetProfile {
        /// How.
        profile: Box<Profile>,
    },
    /// Not work on a day.
    TakeDayOff {
        /// Which.
        on: Date,
    },
    /// Work on a day after all.
    GiveUpDayOff {
        /// Which.
        on: Date,
    },
    /// Ask to join the chain with a store.
    ApplyAsStore {
        /// Which store, and who speaks for it.
        application: Box<StoreApplication>,
        /// The hash of the password that he will sign in with.
        password_hash: String,
        /// The hash of the key by which he sees his application.
        key_hash: String,
    },
    /// Take a store into the chain: it gets a warehouse, and who asked for it an account.
    ApproveStore {
        /// Which.
        store: PartyId,
    },
    /// Turn a store down.
    RejectStore {
        /// Which.
        store: PartyId,
        /// Why.
        reason: Reason,
    },
    /// Let a store sell nothing more. What was placed goes on.
    SuspendStore {
        /// Which.
        store: PartyId,
        /// Why.
        reason: Reason,
    },
    /// Let a store sell again.
    ResumeStore {
        /// Which.
        store: PartyId,
    },
    /// Goods arrived at a warehouse of the store.
    ReceiveGoods {
        /// Where.
        warehouse: WarehouseId,
        /// What.
        variant: VariantId,
        /// How many.
        quantity: Quantity,
    },
    /// Counting found a difference.
    AdjustStock {
        /// Where.
        warehouse: WarehouseId,
        /// What.
        variant: VariantId,
        /// More (positive) or fewer (negative) units than the ledger says.
        delta: i32,
        /// Why.
        reason: Reason,
    },
    /// Sell an option before it is there: so many, promised for a day. Its product is for pre-order from then on.
    SetPreOrder {
        /// Which option.
        variant: VariantId,
        /// How many may be sold in all, those that are sold already among them.
        cap: u32,
        /// The day they are promised to leave by. What was sold before keeps its own.
        ship_by: Date,
    },
    /// Sell a product off the shelf again: nothing more is promised, what was promised still is.
    SellFromShelf {
        /// Which product.
        product: ProductId,
    },
    /// Sell what partners have of a product: it is bought of them after the sale (002).
    SellToOrder {
        /// Which product.
        product: ProductId,
    },
    /// Show a product by a picture that its store brought.
    SetPicture {
        /// Which product.
        product: ProductId,
        /// The picture: the hash of its bytes.
        picture: String,
    },
    /// A day has come for a member.
    MemberDay {
        /// Whom.
        member: PartyId,
        /// What for.
        timer: MemberTimer,
    },
    /// Let a step that failed for good try again (000, `order.retry_requested`).
    RetrySaga {
        /// Its row.
        saga: String,
    },
    /// Settle a step that failed for good: record what truly came of it outside.
    SettleSaga {
        /// Its row.
        saga: String,
        /// The row's generation as it was looked at: whatever moved it since wins.
        generation: i64,
        /// What came of it.
        outcome: Outcome,
        /// The parcel, when the goods left.
        parcel: Option<Parcel>,
        /// How that is known.
        reason: Reason,
    },
    /// Somebody has looked at an alert.
    ResolveAlert {
        /// Its row.
        alert: String,
        /// What was done.
        note: Reason,
    },
    /// Send something again that was given up.
    RetryLetter {
        /// Its queue.
        queue: Queue,
        /// Its row.
        letter: String,
    },
    /// Tell an address what happens from now on.
    AddEndpoint {
        /// Where messages go.
        url: String,
        /// Of what.
        events: EventFilter,
        /// What it is called; its host when nothing is said.
        description: Option<Description>,
    },
    /// Change an endpoint; what is not said stays.
    ChangeEndpoint {
        /// Which.
        endpoint: EndpointId,
        /// Where messages go.
        url: Option<String>,
        /// Of what.
        events: Option<EventFilter>,
        /// What it is called.
        description: Option<Description>,
        /// Whether it is told anything.
        enabled: Option<bool>,
    },
    /// Forget an endpoint and everything that was to be sent to it.
    RemoveEndpoint {
        /// Which.
        endpoint: EndpointId,
    },
    /// Say something about a return to the colleagues of one's own side.
    CommentOnClaim {
        /// Which.
        claim: ClaimId,
        /// What.
        text: ClaimNote,
    },
    /// Say who of one's own side looks after a return.
    AssignClaim {
        /// Which.
        claim: ClaimId,
        /// Who; nobody when nothing is said.
        to: Option<AccountId>,
    },
    /// Keep what one looks for in the queue of returns under a name; one of the same name is replaced.
    KeepClaimFilter {
        /// What it is called.
        name: KeyName,
        /// What is looked for.
        query: ClaimQuery,
    },
    /// Forget what was kept.
    ForgetClaimFilter {
        /// Its row.
        filter: String,
    },
    /// Sign with a new secret; the old one signs too for a day.
    RotateSecret {
        /// Whose.
        endpoint: EndpointId,
    },
    /// Send an endpoint a message about nothing.
    TestEndpoint {
        /// Which.
        endpoint: EndpointId,
    },
    /// Send a message again.
    ReplayDelivery {
        /// Which.
        delivery: String,
    },
    /// Send every message again that was given up since a moment.
    ReplayDead {
        /// To which endpoint.
        endpoint: EndpointId,
        /// Since when.
        since: Time,
    },
    /// Make a key of the interface. The key itself stays with who made it: the command knows its hash.
    AddKey {
        /// What it is called.
        name: KeyName,
        /// What it may be used for.
        scopes: Vec<Scope>,
        /// Its hash.
        key_hash: String,
        /// Its last four characters.
        last_four: String,
    },
    /// End a key at once.
    RevokeKey {
        /// Its row.
        key: String,
    },
    /// Make a key for a channel: head office hands it over.
    AddChannelKey {
        /// Whose.
        channel: AccountId,
        /// What it is called.
        name: KeyName,
        /// What it may be used for.
        scopes: Vec<Scope>,
        /// Its hash.
        key_hash: String,
        /// Its last four characters.
        last_four: String,
    },
    /// End a channel's key at once.
    RevokeChannelKey {
        /// Its row.
        key: String,
    },
    /// Take the second step of signing in away from somebody who lost it.
    ResetSecondStep {
        /// From whom.
        account: AccountId,
        /// Why, and how it is known who asked.
        reason: Reason,
    },
    /// Keep somebody out: a customer buys no more, who works here does not come in.
    BlockAccount {
        /// Whom.
        account: AccountId,
        /// Why.
        reason: Reason,
    },
    /// Let somebody in again.
    UnblockAccount {
        /// Whom.
        account: AccountId,
        /// Why.
        reason: Reason,
    },
    /// Ask somebody to work in the store. The link stays with who asks: the command knows its token's hash.
    AddColleague {
        /// The account that he gets.
        account: AccountId,
        /// His name.
        name: PersonName,
        /// What he will sign in with.
        email: Email,
        /// The hash of the token that he sets his password by.
        token_hash: String,
    },
    /// Make a new link for who has set no password yet; the old one is good for nothing then.
    InviteAgain {
        /// For whom.
        account: AccountId,
        /// The hash of its token.
        token_hash: String,
    },
    /// Let somebody run the store too.
    MakeManager {
        /// Whom.
        account: AccountId,
    },
    /// Let somebody run the store no longer.
    MakeStaff {
        /// Whom.
        account: AccountId,
    },
    /// Let somebody go: he is out at once, and what he did keeps his name.
    LetGo {
        /// Whom.
        account: AccountId,
    },
    /// Take somebody back who was let go.
    TakeBack {
        /// Whom.
        account: AccountId,
    },
}

impl Command {
    /// The stable name: audit label, metric label and, for orders, interface name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::AddToCart { .. } => "add-to-cart",
            Self::SetCartLine { .. } => "set-cart-line",
            Self::SetCartInstallation { .. } => "set-cart-installation",
            Self::KeepAddress { .. } => "keep-address",
            Self::PreferAddress { .. } => "prefer-address",
            Self::ForgetAddress { .. } => "forget-address",
            Self::PlaceOrder { .. } => "place-order",
            Self::TakeCoupon { .. } => "take-coupon",
            Self::SetBirthday { .. } => "set-birthday",
            Self::GiveCoupon { .. } => "give-coupon",
            Self::StopCoupon { .. } => "stop-coupon",
            Self::PlaceForCustomer { .. } => "place-for-customer",
            Self::Order { command, .. } => command.name(),
            Self::Restock { .. } => "restock",
            Self::SetPartnerPrices { .. } => "set-partner-prices",
            Self::SetPartnerTerms { .. } => "set-partner-terms",
            Self::SetCreditLimit { .. } => "set-credit-limit",
            Self::AskPartner { .. } => "ask-partner",
            Self::ApprovePartner { .. } => "approve-partner",
            Self::RejectPartner { .. } => "reject-partner",
            Self::SuspendPartner { .. } => "suspend-partner",
            Self::ResumePartner { .. } => "resume-partner",
            Self::SetProfile { .. } => "set-profile",
            Self::TakeDayOff { .. } => "take-day-off",
            Self::GiveUpDayOff { .. } => "give-up-day-off",
            Self::ApplyAsStore { .. } => "apply-as-store",
            Self::ApproveStore { .. } => "approve-store",
            Self::RejectStore { .. } => "reject-store",
            Self::SuspendStore { .. } => "suspend-store",
            Self::ResumeStore { .. } => "resume-store",
            Self::ReceiveGoods { .. } => "receive-goods",
            Self::AdjustStock { .. } => "adjust-stock",
            Self::SetPreOrder { .. } => "set-pre-order",
            Self::SellFromShelf { .. } => "sell-from-shelf",
            Self::SellToOrder { .. } => "sell-to-order",
            Self::SetPicture { .. } => "set-picture",
            Self::MemberDay { .. } => "member-day",
            Self::RetrySaga { .. } => "retry-saga",
            Self::SettleSaga { .. } => "settle-saga",
            Self::ResolveAlert { .. } => "resolve-alert",
            Self::RetryLetter { .. } => "retry-letter",
            Self::AddEndpoint { .. } => "add-endpoint",
            Self::ChangeEndpoint { .. } => "change-endpoint",
            Self::RemoveEndpoint { .. } => "remove-endpoint",
            Self::CommentOnClaim { .. } => "comment-on-claim",
            Self::AssignClaim { .. } => "assign-claim",
            Self::KeepClaimFilter { .. } => "keep-claim-filter",
            Self::ForgetClaimFilter { .. } => "forget-claim-filter",
            Self::RotateSecret { .. } => "rotate-secret",
            Self::TestEndpoint { .. } => "test-endpoint",
            Self::ReplayDelivery { .. } => "replay-delivery",
            Self::ReplayDead { .. } => "replay-dead",
            Self::AddKey { .. } => "add-key",
            Self::RevokeKey { .. } => "revoke-key",
            Self::AddChannelKey { .. } => "add-channel-key",
            Self::RevokeChannelKey { .. } => "revoke-channel-key",
            Self::ResetSecondStep { .. } => "reset-second-step",
            Self::BlockAccount { .. } => "block-account",
            Self::UnblockAccount { .. } => "unblock-account",
            Self::AddColleague { .. } => "add-colleague",
            Self::InviteAgain { .. } => "invite-again",
            Self::MakeManager { .. } => "make-manager",
            Self::MakeStaff { .. } => "make-staff",
            Self::LetGo { .. } => "let-go",
            Self::TakeBack { .. } => "take-back",
        }
    }

    /// Whether this kind of actor may give the command at all. What he may do to one order or warehouse is decided where
    /// that is loaded.
    ///
    /// # Errors
    /// [`Refusal::SignInRequired`] when signing in could help, else [`Refusal::NotAllowed`].
    pub fn authorise(&self, actor: &Actor) -> Result<(), Refusal> {
        let shopper = matches!(actor, Actor::Guest { .. } | Actor::Customer { .. });
        let fine = match self {
            Self::AddToCart { .. } | Self::SetCartLine { .. } | Self::SetCartInstallation { .. } | Self::PlaceOrder { .. } => shopper,
            Self::KeepAddress { .. }
            | Self::PreferAddress { .. }
            | Self::ForgetAddress { .. }
            | Self::TakeCoupon { .. }
            | Self::SetBirthday { .. } => matches!(actor, Actor::Customer { .. }),
            Self::GiveCoupon { .. } | Self::StopCoupon { .. } => actor.is_manager() || matches!(actor, Actor::Admin { .. }),
            Self::PlaceForCustomer { .. } => matches!(actor, Actor::Channel { .. }),
            Self::MemberDay { .. } => matches!(actor, Actor::System),
            Self::Order { .. } => !matches!(actor, Actor::Nobody),
            Self::Restock { .. }
            | Self::ReceiveGoods { .. }
            | Self::AdjustStock { .. }
            | Self::SetPreOrder { .. }
            | Self::SellFromShelf { .. }
            | Self::SellToOrder { .. }
            | Self::SetPicture { .. } => matches!(actor, Actor::Staff { .. }),
            // What a store owes and is owed is its manager's, and so is who gets in: people and their programs.
            Self::AddKey { .. }
            | Self::RevokeKey { .. }
            | Self::AddColleague { .. }
            | Self::SetPartnerPrices { .. }
            | Self::SetPartnerTerms { .. }
            | Self::SetCreditLimit { .. }
            | Self::AskPartner { .. }
            | Self::ApprovePartner { .. }
            | Self::RejectPartner { .. }
            | Self::SuspendPartner { .. }
            | Self::ResumePartner { .. } => actor.is_manager(),
            Self::SetProfile { .. } | Self::TakeDayOff { .. } | Self::GiveUpDayOff { .. } => matches!(actor, Actor::Installer { .. }),
            Self::ApplyAsStore { .. } => matches!(actor, Actor::Nobody | Actor::Guest { .. } | Actor::Customer { .. }),
            Self::ApproveStore { .. }
            | Self::RejectStore { .. }
            | Self::SuspendStore { .. }
            | Self::ResumeStore { .. }
            | Self::RetrySaga { .. }
            | Self::SettleSaga { .. }
            | Self::ResolveAlert { .. }
            | Self::RetryLetter { .. }
            | Self::AddChannelKey { .. }
            | Self::RevokeChannelKey { .. } => matches!(actor, Actor::Admin { .. }),
            Self::CommentOnClaim { .. } | Self::AssignClaim { .. } | Self::KeepClaimFilter { .. } | Self::ForgetClaimFilter { .. } => {
                matches!(actor, Actor::Staff { .. } | Actor::Admin { .. })
            }
            // Nobody opens or shuts his own door: that takes a colleague.
            Self::ResetSecondStep { account, .. } | Self::BlockAccount { account, .. } | Self::UnblockAccount { account, .. } => {
                matches!(actor, Actor::Admin { account: own } if own != account)
            }
            Self::InviteAgain { account, .. }
            | Self::MakeManager { account }
            | Self::MakeStaff { account }
            | Self::LetGo { account }
            | Self::TakeBack { account } => matches!(actor, Actor::Staff { account: own, manager: true, .. } if own != account),
            Self::AddEndpoint { .. }
            | Self::ChangeEndpoint { .. }
            | Self::RemoveEndpoint { .. }
            | Self::RotateSecret { .. }
            | Self::TestEndpoint { .. }
            | Self::ReplayDelivery { .. }
            | Self::ReplayDead { .. } => actor.is_manager() || matches!(actor, Actor::Channel { .. }),
        };
        match (fine, actor) {
            (true, _) => Ok(()),
            (false, Actor::Nobody | Actor::Guest { .. }) => Err(Refusal::SignInRequired),
            (
                false,
                Actor::Customer { .. } | Actor::Staff { .. } | Actor::Installer { .. } | Actor::Admin { .. } | Actor::Channel { .. } | Actor::System,
            ) => Err(Refusal::NotAllowed),
        }
    }

    /// What the audit log says beside the command's name: a reason, a row, an address. Never a secret.
    pub fn note(&self) -> Option<String> {
        match self {
            Self::AdjustStock { reason, .. } | Self::ResolveAlert { note: reason, .. } => Some(reason.to_string()),
            Self::SetPreOrder { variant, cap, ship_by } => Some(format!("{variant} {cap} {ship_by}")),
            Self::SetPartnerPrices { variant, buyer, steps } => {
                let steps = steps.iter().map(|step| format!(" {}:{}", step.from, step.price.0)).collect::<String>();
                let buyer = buyer.map(|buyer| format!(" {buyer}")).unwrap_or_default();
                Some(format!("{variant}{buyer}{steps}"))
            }
            Self::SetPartnerTerms { variant, least, lead_days } => Some(format!("{variant} {least} {lead_days}")),
            Self::SetCreditLimit { buyer, limit } | Self::ApprovePartner { buyer, limit } => Some(format!("{buyer} {}", limit.0)),
            Self::AskPartner { seller: party, message: reason } => Some(format!("{party} {reason}")),
            Self::RejectPartner { buyer: party, reason }
            | Self::SuspendPartner { buyer: party, reason }
            | Self::RejectStore { store: party, reason }
            | Self::SuspendStore { store: party, reason } => Some(format!("{party} {reason}")),
            Self::ResumePartner { buyer: party } | Self::ApproveStore { store: party } | Self::ResumeStore { store: party } => {
                Some(party.to_string())
            }
            Self::SetProfile { profile } => Some(profile.note()),
            Self::TakeDayOff { on } | Self::GiveUpDayOff { on } => Some(on.to_string()),
            Self::SetPicture { product, .. } | Self::SellFromShelf { product } | Self::SellToOrder { product } => Some(product.to_string()),
            Self::RetrySaga { saga } => Some(saga.clone()),
            Self::SettleSaga { outcome, reason, .. } => Some(format!("{} {reason}", outcome.slug())),
            Self::RetryLetter { queue, letter } => Some(format!("{} {letter}", queue.slug())),
            Self::AddEndpoint { url, .. } => Some(without_query(url).to_owned()),
            Self::ChangeEndpoint { endpoint, url, enabled, .. } => {
                let enabled = enabled.map(|enabled| if enabled { " enabled" } else { " disabled" });
                Some(format!(
                    "{endpoint}{}{}",
                    enabled.unwrap_or_default(),
                    url.as_ref().map(|url| format!(" {}", without_query(url))).unwrap_or_default()
                ))
            }
            Self::RemoveEndpoint { endpoint } | Self::RotateSecret { endpoint } | Self::TestEndpoint { endpoint } => Some(endpoint.to_string()),
            Self::CommentOnClaim { claim, .. } => Some(claim.to_string()),
            Self::AssignClaim { claim, to } => Some(to.map_or_else(|| claim.to_string(), |to| format!("{claim} {to}"))),
            Self::KeepClaimFilter { name, .. } => Some(name.to_string()),
            Self::ForgetClaimFilter { filter } => Some(filter.clone()),
            Self::ReplayDead { endpoint, since } => Some(format!("{endpoint} {}", since.rfc3339())),
            Self::ReplayDelivery { delivery } => Some(delivery.clone()),
            Self::ResetSecondStep { account, reason } | Self::BlockAccount { account, reason } | Self::UnblockAccount { account, reason } => {
                Some(format!("{account} {reason}"))
            }
            Self::AddColleague { account, .. }
            | Self::InviteAgain { account, .. }
            | Self::MakeManager { account }
            | Self::MakeStaff { account }
            | Self::LetGo { account }
            | Self::TakeBack { account } => Some(account.to_string()),
            Self::AddKey { name, scopes, last_four, .. } | Self::AddChannelKey { name, scopes, last_four, .. } => {
                let scopes: Vec<&str> = scopes.iter().map(|scope| scope.slug()).collect();
                Some(format!("{name} …{last_four} {}", scopes.join(" ")))
            }
            Self::RevokeKey { key } | Self::RevokeChannelKey { key } => Some(key.clone()),
            Self::GiveCoupon { coupon } => Some(coupon.code.to_string()),
            Self::StopCoupon { coupon } => Some(coupon.to_string()),
            Self::TakeCoupon { .. }
            | Self::MemberDay { .. }
            | Self::SetBirthday { .. }
            | Self::AddToCart { .. }
            | Self::SetCartLine { .. }
            | Self::SetCartInstallation { .. }
            | Self::KeepAddress { .. }
            | Self::PreferAddress { .. }
            | Self::ForgetAddress { .. }
            | Self::PlaceOrder { .. }
            | Self::PlaceForCustomer { .. }
            | Self::Order { .. }
            | Self::Restock { .. }
            | Self::ApplyAsStore { .. }
            | Self::ReceiveGoods { .. } => None,
        }
    }

    /// Whether the command changes stock or money by a person's word and so leaves an audit row.
    pub fn is_privileged(&self, actor: &Actor) -> bool {
        matches!(actor, Actor::Staff { .. } | Actor::Installer { .. } | Actor::Admin { .. } | Actor::Channel { .. })
    }
}

/// An address without what stands after the `?`, which can be a key.
fn without_query(url: &str) -> &str {
    url.split_once('?').map_or(url, |(url, _)| url)
}

/// What came of a command.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "did", rename_all = "kebab-case")]
pub enum Answer {
    /// It is done.
    Done,
    /// The basket has this version now.
    Cart {
        /// The version.
        version: i64,
    },
    /// The order stands at this version.
    Order {
        /// Which.
        order: OrderId,
        /// Its number.
        number: OrderNumber,
        /// Its version.
        version: u32,
    },
    /// The coupon is given out, or no more of it.
    Coupon {
        /// Which.
        coupon: CouponId,
    },
    /// The endpoint stands so now.
    Endpoint {
        /// Which.
        endpoint: EndpointId,
        /// The secret that was made for it. The answer is kept, so it names the secret and does not tell it.
        secret: Option<SecretId>,
    },
    /// The message is on its way.
    Delivery {
        /// Which.
        delivery: String,
    },
    /// So many messages are on their way again.
    Replayed {
        /// How many.
        count: u32,
    },
}
