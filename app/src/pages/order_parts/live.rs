//! An order that keeps itself fresh, and what its page can ask for.

use crate::{
    api::{
        self,
        claims::{
            AnswerAboutReturn, ApproveExchange, ApproveRefund, ApproveReturn, AskAboutReturn, DisputeReturn, GiveRefundAccount, InspectReturn,
            PutAway, RefundWithoutGoods, RejectReturn, RequestExchange, RequestReturn, WithdrawReturn,
        },
        goodwill::{ApproveGoodwill, RefundGoodwill, RejectGoodwill, RejectRefund},
        installation::{
            ApproveExtra, AssignInstaller, AssignPickup, CompleteInstallation, CompletePickup, DeclineInstallation, DeclinePickup, RefuseExtra,
            ReportImpossible, SchedulePickup, ScheduleVisit, WishVisit,
        },
        orders::{
            AcceptOrder, BuyFromPartner, CancelLines, ChangeAddress, ChooseShortage, GiveCommand, NameUnits, ProposeSubstitute, ReceiveBack,
            RecordReceipt, Redeliver, ReportStockLoss, SellerCancel, SplitFulfilment, Substitute, VoidReceipt,
        },
        reviews::{AnswerReview, ChangeReview, HideReview, ShowReview, WriteReview},
    },
    error::Refused,
    i18n::{Tr, use_tr},
    live::{EVERYTHING, use_live},
    load::{Loaded, derived, load},
    pages::errors::{Problem, refused},
};
use jumun::{pricing::Amounts, refusal::Refusal, view::OrderView};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use std::collections::BTreeMap;

macro_rules! asks {
    ($(#[$about:meta])* $asks:ident $(, with $(#[$of:meta])* $part:ident: $parts:ident)?;
        $($(#[$doc:meta])* $name:ident: $action:ty;)*) => {
        $(#[$about])*
        #[derive(Clone, Copy)]
        pub struct $asks {
            $($(#[$doc])* pub $name: ServerAction<$action>,)*
            $($(#[$of])* pub $part: $parts,)?
        }

        impl $asks {
            /// Nothing was asked for yet.
            pub(crate) fn new() -> Self {
                Self { $($name: ServerAction::new(),)* $($part: $parts::new(),)? }
            }

            /// How often something was answered.
            pub fn answered(self) -> usize {
                let own: usize = [$(self.$name.version().get()),*].into_iter().sum();
                own $(+ self.$part.answered())?
            }

            /// What was refused last and still stands.
            pub fn refusal(self) -> Signal<Option<Refusal>> {
                let each = [$(refused(self.$name)),*];
                $(let $part = self.$part.refusal();)?
                Signal::derive(move || each.iter().find_map(|said| said.get())$(.or_else(|| $part.get()))?)
            }

            /// What was refused is over once the order has moved on.
            fn forget(self) {
                $(self.$name.clear();)*
                $(self.$part.forget();)?
            }
        }
    };
}

asks! {
    /// What can be said about a return that is there.
    Returns;
    /// The buyer keeps the goods after all.
    withdraw: WithdrawReturn;
    /// They are taken back.
    approve: ApproveReturn;
    /// Others are sent, or something more.
    exchange: ApproveExchange;
    /// They are not.
    reject: RejectReturn;
    /// The buyer is asked for more.
    ask: AskAboutReturn;
    /// He answers.
    answer: AnswerAboutReturn;
    /// Somebody says how they came.
    inspect: InspectReturn;
    /// Or that nothing should go back for what came.
    dispute: DisputeReturn;
    /// The buyer keeps them, and is paid back.
    waive: RefundWithoutGoods;
    /// Goods that nobody takes back are put away.
    put_away: PutAway;
    /// A second person agrees to the refund.
    pay: ApproveRefund;
    /// He does not.
    refuse: RejectRefund;
}

asks! {
    /// Everything the page of an order can ask for.
    Asks, with
    /// What can be said about its returns.
    returns: Returns;
    /// The buttons that need nothing but the order and its goods.
    give: GiveCommand;
    /// Takes units out.
    cancel_lines: CancelLines;
    /// Sends it elsewhere.
    readdress: ChangeAddress;
    /// Has it brought again.
    redeliver: Redeliver;
    /// Says what becomes of missing units.
    choose_shortage: ChooseShortage;
    /// Takes other goods instead.
    substitute: Substitute;
    /// Offers other goods instead.
    propose: ProposeSubstitute;
    /// Ends the order for the seller.
    seller_cancel: SellerCancel;
    /// Sends a part by itself.
    split: SplitFulfilment;
    /// Finds fewer units than promised.
    report_loss: ReportStockLoss;
    /// Takes undelivered goods back.
    receive_back: ReceiveBack;
    /// Orders units at a partner.
    buy: BuyFromPartner;
    /// Puts units in that were bought outside the chain.
    record_receipt: RecordReceipt;
    /// Takes a receipt back.
    void_receipt: VoidReceipt;
    /// Says which units go.
    name_units: NameUnits;
    /// Agrees to some of what another store buys.
    accept: AcceptOrder;
    /// Orders an installer.
    assign: AssignInstaller;
    /// Orders an installer to take goods down.
    assign_pickup: AssignPickup;
    /// Says when he comes for them.
    schedule_pickup: SchedulePickup;
    /// He has them.
    complete_pickup: CompletePickup;
    /// He leaves it to others.
    decline_pickup: DeclinePickup;
    /// Says when somebody should come.
    wish_visit: WishVisit;
    /// Says when the installer comes.
    schedule: ScheduleVisit;
    /// Leaves a job to others.
    decline: DeclineInstallation;
    /// Finishes a job.
    complete: CompleteInstallation;
    /// Gives a job up.
    impossible: ReportImpossible;
    /// Agrees to work on site.
    approve_extra: ApproveExtra;
    /// Says no to it.
    refuse_extra: RefuseExtra;
    /// Asks to send goods back.
    request_return: RequestReturn;
    /// Asks for others instead.
    request_exchange: RequestExchange;
    /// Says where his money shall go.
    refund_account: GiveRefundAccount;
    /// Gives something back for what went wrong.
    refund_goodwill: RefundGoodwill;
    /// Agrees to that.
    approve_goodwill: ApproveGoodwill;
    /// Does not agree to it.
    reject_goodwill: RejectGoodwill;
    /// Says what one thinks of goods.
    write_review: WriteReview;
    /// Says it otherwise.
    change_review: ChangeReview;
    /// Answers that.
    answer_review: AnswerReview;
    /// Takes it off the product's page.
    hide_review: HideReview;
    /// Puts it back.
    show_review: ShowReview;
}

/// What is being taken out of the order: units by the id of their line, and what they are worth.
#[derive(Clone, Copy)]
pub struct Picked {
    /// Units by line.
    pub units: RwSignal<BTreeMap<String, u32>>,
    /// What comes back; nothing while nothing is picked.
    pub worth: Loaded<Option<Amounts>>,
}

/// The order of a page.
#[derive(Clone, Copy)]
pub struct Page {
    /// As the page shows it: now, or as it was.
    pub order: Signal<Option<OrderView>>,
    /// As it is now.
    pub now: Signal<Option<OrderView>>,
    /// The event the page looks back to.
    pub as_of: Memo<Option<u32>>,
    /// What can be asked for.
    pub asks: Asks,
    /// What is being taken out.
    pub picked: Picked,
}

/// An order that keeps itself fresh: fetched again after every command and whenever the server says it moved on.
#[derive(Clone, Copy)]
pub struct LiveOrder {
    /// Whose number the address says.
    number: Memo<String>,
    /// As it was fetched.
    data: Loaded<OrderView>,
    /// As it was, while the page looks back.
    past: Loaded<Option<OrderView>>,
    as_of: Memo<Option<u32>>,
    /// What can be asked for.
    pub asks: Asks,
    picked: Picked,
}

impl LiveOrder {
    /// Looks at the order once more.
    pub fn look_again(self) {
        self.data.refetch();
    }

    /// How many events the order has had; none while it is not here.
    pub fn version(self) -> u32 {
        self.data.get().and_then(Result::ok).map_or(0, |order| order.version)
    }
}

/// The order named by the page's address. `as_of=3` in the query looks back to its third event, `units[…]=2` picks units of a
/// line to be taken out.
pub fn use_order() -> LiveOrder {
    let params = use_params_map();
    let query = use_query_map();
    let number = Memo::new(move |_| params.read().get("number").unwrap_or_default());
    let as_of = Memo::new(move |_| query.read().get("as_of").and_then(|at| at.parse::<u32>().ok()).filter(|at| *at > 0));
    let data = load(move || number.get(), api::orders::order);
    let past = load(
        move || (number.get(), as_of.get()),
        |(number, as_of)| async move {
            match as_of {
                Some(as_of) => api::orders::order_as_of(number, as_of).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let asked = query.read_untracked().clone().into_iter().filter_map(|(name, units)| {
        let line = name.strip_prefix("units[")?.strip_suffix(']')?.to_owned();
        Some((line, units.parse::<u32>().ok().filter(|units| *units > 0)?))
    });
    let units = RwSignal::new(asked.collect::<BTreeMap<_, _>>());
    let worth = load(
        move || (number.get(), units.get()),
        |(number, units)| async move { if units.is_empty() { Ok(None) } else { api::orders::cancel_preview(number, units).await.map(Some) } },
    );
    let asks = Asks::new();
    Effect::new(move |before: Option<usize>| {
        let now = asks.answered();
        if before.is_some_and(|before| before != now) {
            data.refetch();
        }
        now
    });
    LiveOrder { number, data, past, as_of, asks, picked: Picked { units, worth } }
}

/// The order as it was read last. A page that cannot reach the server goes on showing what it knows.
fn kept_while_nobody_answers(number: Memo<String>, data: Loaded<OrderView>) -> Signal<Option<OrderView>> {
    if cfg!(feature = "ssr") {
        return Signal::derive(move || data.get().and_then(Result::ok));
    }
    let known = Memo::new(move |before: Option<&Option<OrderView>>| match data.get() {
        Some(Ok(order)) => Some(order),
        Some(Err(Refused(Refusal::Broken))) => before.cloned().flatten().filter(|order| order.number.as_str() == *number.read()),
        Some(Err(Refused(_))) | None => None,
    });
    known.into()
}

/// Shows the order with `body`, or why it cannot be shown. Belongs inside a `Transition`.
#[component]
pub fn WithOrder(
    /// The order.
    live: LiveOrder,
    /// The page.
    body: fn(Tr, Page) -> AnyView,
) -> impl IntoView {
    let tr = use_tr();
    let LiveOrder { number, data, past, as_of, asks, picked } = live;
    let now = kept_while_nobody_answers(number, data);
    let order = derived(move || {
        let then = past.get().and_then(Result::ok).flatten();
        match as_of.get() {
            // Until the past is there the order of now stands in, with nothing to press.
            Some(_) => then.or_else(|| now.get().map(|order| OrderView { offers: Vec::new(), ..order })),
            None => now.get(),
        }
    });
    let unheard = move |refused: &Refused| refused.0 == Refusal::Broken && now.read().is_some();
    let refusal = derived(move || data.get().and_then(Result::err).filter(|refused| !unheard(refused)).or_else(|| past.get().and_then(Result::err)));
    // Read here, so that the server waits for it before it draws.
    let here = derived(move || {
        picked.worth.track();
        refusal.read().is_none() && order.read().is_some()
    });
    // The order itself, and whatever hangs below it in the tree.
    let topic = Memo::new(move |_| now.read().as_ref().map(|order| format!("order:{},tree:{}", order.id, order.id)).unwrap_or_default());
    use_live(topic.into(), move |hint| {
        let newer = now.read_untracked().as_ref().is_some_and(|order| i64::from(order.version) < hint.version);
        if newer || hint.topic == EVERYTHING || hint.topic.starts_with("tree:") {
            data.refetch();
        }
    });
    let version = Memo::new(move |_| now.read().as_ref().map(|order| order.version));
    Effect::new(move |before: Option<Option<u32>>| {
        let version = version.get();
        if before.flatten().is_some_and(|before| Some(before) != version) {
            asks.forget();
            picked.units.set(BTreeMap::new());
        }
        version
    });
    let page = Page { order, now, as_of, asks, picked };
    move || {
        if here.get() { Some(body(tr, page)) } else { refusal.get().map(|Refused(refusal)| view! { <Problem refusal=refusal /> }.into_any()) }
    }
}
