//! Use cases: load, decide, append. Each runs inside the one transaction of `execute`.

mod addresses;
mod benefits;
mod boards;
mod carts;
pub mod chain;
pub mod check;
pub mod claims;
mod installers;
mod keys;
mod members;
mod operators;
mod orders;
mod partners;
mod people;
pub mod photos;
mod place;
mod pre_orders;
mod queues;
pub mod reads;
mod reviews;
pub mod signing;
pub(crate) mod sourcing;
mod stock;
mod stores;
mod team;
pub mod uploads;
pub(crate) mod webhooks;

use crate::{
    house::House,
    secret::RandomMint,
    store::{Stored, Tx, events::Cause},
};
use app::session::Caller;
use jumun::{
    command::{Answer, Command},
    notice::Template,
    order::Order,
    time::Time,
};

/// A command being carried out.
pub(crate) struct Work<'a> {
    /// The house.
    pub house: &'a House,
    /// The transaction everything happens in.
    pub tx: &'a mut Tx,
    /// Who asked.
    pub caller: &'a Caller,
    /// The moment of the decision.
    pub now: Time,
    /// Fresh identities.
    pub mint: RandomMint,
    /// The command's name: the cause of its events.
    pub command: &'static str,
}

impl<'a> Work<'a> {
    /// Who and what causes the events of this command. It borrows the caller, not the work, so that the transaction stays free.
    fn cause(&self) -> Cause<'a> {
        Cause { actor: &self.caller.actor, command: self.command, correlation: &self.caller.request }
    }

    /// Sends a command to its area.
    pub(crate) async fn carry_out(&mut self, command: &Command) -> Stored<Answer> {
        match command {
            Command::AddToCart { variant, quantity, installed } => self.add_to_cart(variant, *quantity, *installed).await,
            Command::SetCartInstallation { variant, installed } => self.set_cart_installation(variant, *installed).await,
            Command::SetCartLine { variant, quantity } => self.set_cart_line(variant, *quantity).await,
            Command::KeepAddress { replaces, ship_to } => self.keep_address(*replaces, ship_to).await,
            Command::PreferAddress { contact } => self.prefer_address(*contact).await,
            Command::ForgetAddress { contact } => self.forget_address(*contact).await,
            Command::TakeCoupon { code } => self.take_coupon(code).await,
            Command::SetBirthday { birthday } => self.set_birthday(*birthday).await,
            Command::GiveCoupon { coupon } => self.give_coupon(coupon).await,
            Command::StopCoupon { coupon } => self.stop_coupon(*coupon).await,
            Command::PlaceOrder { seller, cart_version, ship_to, keep_address, seen_goods, on_shortage, benefits, visit, site } => {
                self.place_from_cart(*seller, *cart_version, ship_to, *keep_address, *seen_goods, *on_shortage, *benefits, *visit, *site).await
            }
            Command::PlaceForCustomer { external, customer, lines, ship_to, address_later, seen_goods, on_shortage, site } => {
                self.place_for_customer(external, customer.as_deref(), lines, ship_to, *address_later, *seen_goods, *on_shortage, *site).await
            }
            Command::Order { order, command } => self.command_order(*order, command).await,
            Command::Restock { warehouse, variant, partner_variant, quantity } => self.restock(*warehouse, variant, partner_variant, *quantity).await,
            Command::SetPartnerPrices { variant, buyer, steps } => self.set_partner_prices(variant, *buyer, steps).await,
            Command::SetPartnerTerms { variant, least, lead_days } => self.set_partner_terms(variant, *least, *lead_days).await,
            Command::SetCreditLimit { buyer, limit } => self.set_credit_limit(*buyer, *limit).await,
            Command::AskPartner { seller, message } => self.ask_partner(*seller, message.as_str()).await,
            Command::ApprovePartner { buyer, limit } => self.move_partner(*buyer, ("approve", Template::PartnerApproved), Some(*limit), None).await,
            Command::RejectPartner { buyer, reason } => {
                self.move_partner(*buyer, ("reject", Template::PartnerRejected), None, Some(reason.as_str())).await
            }
            Command::SuspendPartner { buyer, reason } => {
                self.move_partner(*buyer, ("suspend", Template::PartnerSuspended), None, Some(reason.as_str())).await
            }
            Command::ResumePartner { buyer } => self.move_partner(*buyer, ("resume", Template::PartnerResumed), None, None).await,
            Command::SetProfile { profile } => self.set_profile(profile).await,
            Command::TakeDayOff { on } => self.take_day_off(*on).await,
            Command::GiveUpDayOff { on } => self.give_up_day_off(*on).await,
            Command::ApplyAsStore { application, password_hash, key_hash } => self.apply_as_store(application, (password_hash, key_hash)).await,
            Command::ApproveStore { store } => self.approve_store(*store).await,
            Command::RejectStore { store, reason } => self.reject_store(*store, reason.as_str()).await,
            Command::SuspendStore { store, reason } => self.move_store(*store, "suspend", Some(reason.as_str())).await,
            Command::ResumeStore { store } => self.move_store(*store, "resume", None).await,
            Command::ReceiveGoods { warehouse, variant, quantity } => self.receive(*warehouse, variant, *quantity).await,
            Command::AdjustStock { warehouse, variant, delta, .. } => self.adjust(*warehouse, variant, *delta).await,
            Command::SetPreOrder { variant, cap, ship_by } => self.set_pre_order(variant, *cap, *ship_by).await,
            Command::SellFromShelf { product } => self.sell_from_shelf(product).await,
            Command::SellToOrder { product } => self.sell_to_order(product).await,
            Command::SetPicture { product, picture } => self.set_picture(product, picture).await,
            Command::MemberDay { member, timer } => self.member_day(*member, *timer).await,
            Command::RetrySaga { saga } => self.retry_saga(saga).await,
            Command::SettleSaga { saga, generation, outcome, parcel, .. } => self.settle_saga(saga, *generation, *outcome, parcel.as_ref()).await,
            Command::ResolveAlert { alert, note } => self.resolve_alert(alert, note).await,
            Command::RetryLetter { queue, letter } => self.retry_letter(*queue, letter).await,
            Command::AddEndpoint { url, events, description } => self.add_endpoint(url, events, description.as_ref()).await,
            Command::ChangeEndpoint { endpoint, url, events, description, enabled } => {
                let change = webhooks::Change { url: url.as_deref(), events: events.as_ref(), description: description.as_ref(), enabled: *enabled };
                self.change_endpoint(*endpoint, change).await
            }
            Command::RemoveEndpoint { endpoint } => self.remove_endpoint(*endpoint).await,
            Command::CommentOnClaim { claim, text } => self.comment_on_claim(*claim, text.as_str()).await,
            Command::AssignClaim { claim, to } => self.assign_claim(*claim, *to).await,
            Command::KeepClaimFilter { name, query } => self.keep_claim_filter(name.as_str(), query).await,
            Command::ForgetClaimFilter { filter } => self.forget_claim_filter(filter).await,
            Command::RotateSecret { endpoint } => self.rotate_secret(*endpoint).await,
            Command::TestEndpoint { endpoint } => self.test_endpoint(*endpoint).await,
            Command::ReplayDelivery { delivery } => self.replay_delivery(delivery).await,
            Command::ReplayDead { endpoint, since } => self.replay_dead(*endpoint, *since).await,
            Command::AddKey { name, scopes, key_hash, last_four } => self.add_key(name, scopes, key_hash, last_four).await,
            Command::RevokeKey { key } => self.revoke_key(key).await,
            Command::AddChannelKey { channel, name, scopes, key_hash, last_four } => {
                self.add_channel_key(*channel, name, scopes, key_hash, last_four).await
            }
            Command::RevokeChannelKey { key } => self.revoke_channel_key(key).await,
            Command::ResetSecondStep { account, .. } => self.reset_second_step(*account).await,
            Command::BlockAccount { account, .. } => self.set_blocked(*account, true).await,
            Command::UnblockAccount { account, .. } => self.set_blocked(*account, false).await,
            Command::AddColleague { account, name, email, token_hash } => self.add_colleague(*account, name, email, token_hash).await,
            Command::InviteAgain { account, token_hash } => self.invite_again(*account, token_hash).await,
            Command::MakeManager { account } => self.set_manager(*account, true).await,
            Command::MakeStaff { account } => self.set_manager(*account, false).await,
            Command::LetGo { account } => self.let_go(*account).await,
            Command::TakeBack { account } => self.take_back(*account).await,
        }
    }

    /// The answer of a command about an order.
    fn moved(order: &Order) -> Answer {
        Answer::Order { order: order.id, number: order.number.clone(), version: order.version }
    }
}
