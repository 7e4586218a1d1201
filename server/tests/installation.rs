//! Goods that are put up, on both databases: from the basket to the signature, and what comes between.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

#[path = "support/mod.rs"]
mod support;

use app::{backend::Entry, session::Caller};
use jumun::{
    actor::{Actor, Chair},
    catalogue::Category,
    command::{Answer, Benefits, Command},
    ids::{OrderId, PartyId, VariantId},
    installer::{Earned, Profile, Skill},
    money::Won,
    order::{
        AttemptState, Check, CollectionState, Condition, DeclineCause, DeclineReason, ExtraState, ExtraWish, Half, ImpossibleCause,
        InstallationState, Kind, LineUnits, Method, OnShortage, Order, OrderCommand, PaymentMethod, PaymentOutcome, ReturnReason, ReturnState,
        SellerReason, Site, Status, Visit, Waits,
    },
    quantity::Quantity,
    refusal::{Problem, Refusal},
    text::{AreaPrefix, Email, Password, PersonName, Postcode, SerialNumber},
    time::Span,
    view::{EarningsView, WorkState},
};
use server::{
    actions::{photos::Shows, reads::AsOf},
    demo,
};
use support::{Bench, Item, benches, photo};

/// Somebody of the demo who puts goods up.
async fn installer(bench: &Bench, key: &str) -> Caller {
    let guest = bench.guest().await;
    let email = Email::parse(&format!("{key}@jumun.example")).unwrap();
    let Entry::Session(token) = bench.house.sign_in(&guest, email, Password::parse(demo::PASSWORD).unwrap()).await.unwrap() else {
        panic!("no second step")
    };
    let session = server::secret::hash(&token);
    let actor = bench.house.actor_of(&session).await.unwrap().unwrap();
    assert!(matches!(actor, Actor::Installer { .. }));
    Caller { actor, session: Some(session), ..guest }
}

/// A wall unit of the demo's first retailer, who has plenty.
async fn wall(bench: &Bench) -> Item {
    let (variant, warehouse, store, price) = server::testing::item(&bench.house, "VAR-1001-WHT").await;
    Item { variant, warehouse, store, price }
}

/// Two wall units with their installation, paid for and being prepared; own stock is on them.
async fn prepared(bench: &Bench) -> (Caller, Caller, OrderId) {
    let item = wall(bench).await;
    let guest = bench.guest().await;
    let variant = item.variant.clone();
    bench.execute(&guest, Command::AddToCart { variant, quantity: Quantity::new(2).unwrap(), installed: true }).await.unwrap();
    let order = bench.place(&guest, &item).await.unwrap();
    bench.system(order, OrderCommand::VerifyIdentity).await.unwrap();
    bench.pay(&guest, order).await;
    let staff = bench.staff(&item).await;
    let fulfilment = bench.order(order).await.fulfilments[0].id;
    bench.command(&staff, order, OrderCommand::StartPreparing { fulfilment }).await.unwrap();
    bench.command(&staff, order, OrderCommand::Allocate { fulfilment }).await.unwrap();
    (guest, staff, order)
}

async fn assign(bench: &Bench, staff: &Caller, order: OrderId, installer: PartyId) -> Result<Order, Refusal> {
    let fulfilment = bench.order(order).await.fulfilments[0].id;
    bench.command(staff, order, OrderCommand::AssignInstaller { fulfilment, installer }).await?;
    let given = bench.order(order).await.fulfilments[0].installer.clone().unwrap();
    Ok(bench.order(given.order).await)
}

fn visit(bench: &Bench, days: i64) -> Visit {
    Visit { on: (bench.house.now() + Span::days(days)).kst_date(), half: Half::Afternoon }
}

fn state(order: &Order) -> InstallationState {
    order.job.as_ref().unwrap().state
}

fn completed(names: &[&str]) -> OrderCommand {
    let serials = names.iter().map(|name| SerialNumber::parse(name).unwrap()).collect();
    OrderCommand::CompleteInstallation { serials, checked: Check::ALL.to_vec(), signed_by: PersonName::parse("홍길동").unwrap(), signature: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_air_conditioner_is_sold_with_its_installation_and_put_up() {
    for bench in benches().await {
        let (guest, staff, sale) = prepared(&bench).await;
        let order = bench.order(sale).await;
        let goods = &order.fulfilments[0];
        assert_eq!((goods.method, order.lines[0].installation, order.amounts.installation), (Method::Installed, Won(70_000), Won(140_000)));
        assert_eq!((order.status(), order.paid), (Status::Preparing, order.amounts.payable()), "{}", bench.name);

        let desk = bench.house.order(&staff, &order.number).await.unwrap();
        let candidates = &desk.installers[0].1;
        assert_eq!(candidates.len(), 2, "two put up wall units in that part of Seoul");
        assert!(candidates.iter().all(|row| row.days.len() == 14 && row.first_free.is_some()));
        let busan = installer(&bench, "installer-busan").await;
        let refused = assign(&bench, &staff, sale, busan.actor.party().unwrap()).await;
        assert_eq!(refused, Err(Refusal::invalid("installer", Problem::Unknown)), "he does not come there");
        let worker = installer(&bench, "installer-seoul").await;
        let job = assign(&bench, &staff, sale, worker.actor.party().unwrap()).await.unwrap();
        assert_eq!((job.kind, job.parent, job.root, job.amounts.installation), (Kind::Installation, Some(sale), sale, Won(120_000)));
        assert_eq!((bench.order(sale).await.status(), bench.order(sale).await.waits()), (Status::PurchaseCompleted, Waits::Installer));

        let mine = bench.house.jobs(&worker).await.unwrap();
        assert_eq!((mine.live.len(), mine.live[0].state, mine.live[0].units), (1, WorkState::PutUp(InstallationState::Assigned), 2));
        assert_eq!(bench.house.jobs(&staff).await, Err(Refusal::NotAllowed));
        assert_eq!(bench.command(&busan, job.id, OrderCommand::AcceptInstallation).await, Err(Refusal::NotFound));
        assert_eq!(bench.command(&staff, job.id, OrderCommand::AcceptInstallation).await, Err(Refusal::NotAllowed));
        assert_eq!(bench.command(&guest, job.id, OrderCommand::AcceptInstallation).await, Err(Refusal::NotFound));

        bench.command(&guest, sale, OrderCommand::WishVisit { visit: visit(&bench, 3) }).await.unwrap();
        assert!(bench.house.order(&guest, &order.number).await.unwrap().tree.is_empty(), "nobody has said yes");
        let seen = bench.house.order(&worker, &job.number).await.unwrap();
        assert_eq!(seen.job.unwrap().wished, Some(visit(&bench, 3)));
        bench.command(&worker, job.id, OrderCommand::AcceptInstallation).await.unwrap();
        bench.command(&worker, job.id, OrderCommand::ScheduleVisit { visit: visit(&bench, 3) }).await.unwrap();
        let shown = bench.house.order(&guest, &order.number).await.unwrap();
        let theirs = shown.fulfilments[0].installer.clone().unwrap();
        assert_eq!((theirs.name.as_deref(), theirs.visit, theirs.fee), (Some("차강민"), Some(visit(&bench, 3)), None));
        assert_eq!(shown.tree.len(), 2);
        let (here, coming) = (&shown.tree[0], &shown.tree[1]);
        assert_eq!((here.number.as_ref(), here.chair), (Some(&order.number), Some(Chair::Buyer)));
        assert_eq!(
            (coming.job, coming.visit, coming.seller_name.ko.as_str()),
            (Some(InstallationState::Scheduled), Some(visit(&bench, 3)), "차강민")
        );
        assert_eq!((&coming.number, coming.chair, coming.amount), (&None, None, None), "what the store pays him is its own business");

        let fulfilment = order.fulfilments[0].id;
        bench.command(&staff, sale, OrderCommand::Release { fulfilment }).await.unwrap();
        assert_eq!(bench.sagas(sale).await.iter().filter(|(kind, ..)| kind == "fulfilment").count(), 0, "no warehouse and no carrier is asked");
        bench.advance(Span::days(3)).await;
        for command in [OrderCommand::Depart, OrderCommand::ReportDelivered, completed(&["SR-22-0001", "SR-22-0002"])] {
            bench.command(&worker, job.id, command).await.unwrap();
        }
        assert_eq!((state(&bench.order(job.id).await), bench.order(sale).await.status()), (InstallationState::Installed, Status::Installed));
        let done = bench.house.order(&worker, &job.number).await.unwrap().job.unwrap();
        assert_eq!((done.signed_by.as_deref(), done.job.serials.len()), (Some("홍길동"), 2));
        assert_eq!(bench.house.jobs(&worker).await.unwrap().over.len(), 1);
        // A day later he is a stranger again, and the buyer's page knows his number no more, however far one looks back.
        bench.advance(Span::hours(25)).await;
        let length = bench.log(sale).await.len() as u32;
        for sequence in 1..=length {
            let then = bench.house.order_as_of(&guest, &order.number, AsOf::Sequence(sequence)).await.unwrap();
            assert!(then.fulfilments.iter().filter_map(|goods| goods.installer.as_ref()).all(|shown| shown.phone.is_none()));
        }
        for sequence in 1..=bench.log(job.id).await.len() as u32 {
            let then = bench.house.order_as_of(&worker, &job.number, AsOf::Sequence(sequence)).await.unwrap();
            assert!(then.ship_to.is_none(), "{}: {sequence}", bench.name);
        }
        bench.command(&guest, sale, OrderCommand::ConfirmPurchase).await.unwrap();
        assert_eq!(bench.order(sale).await.status(), Status::Completed);
        assert_eq!(bench.heard(&worker).await, ["job_assigned", "visit_wished"], "{}: the buyer's wish too", bench.name);
        assert_eq!(bench.heard(&staff).await, ["order_arrived"], "{}", bench.name);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_declines_is_followed_by_another_and_a_cancel_sends_him_home() {
    for bench in benches().await {
        let (guest, staff, sale) = prepared(&bench).await;
        let (first, second) = (installer(&bench, "installer-seoul").await, installer(&bench, "installer-pro").await);
        let job = assign(&bench, &staff, sale, first.actor.party().unwrap()).await.unwrap();
        let twice = assign(&bench, &staff, sale, second.actor.party().unwrap()).await;
        assert!(matches!(twice, Err(Refusal::WrongState { .. })), "one at a time: {twice:?}");
        // A day of silence calls somebody; it takes nothing from him.
        bench.advance(Span::hours(25)).await;
        bench.fire_timers().await;
        assert!(bench.log(job.id).await.iter().any(|(event, _)| event.name() == "order.acceptance_overdue"), "{}", bench.name);
        bench.command(&first, job.id, OrderCommand::DeclineInstallation { reason: DeclineReason::Busy }).await.unwrap();
        assert!(bench.house.order(&first, &job.number).await.unwrap().ship_to.is_none(), "who will not come need not know where");
        let then = bench.house.order_as_of(&first, &job.number, AsOf::Sequence(1)).await.unwrap();
        assert!(then.ship_to.is_none(), "nor does he learn it by looking back");
        let job = assign(&bench, &staff, sale, second.actor.party().unwrap()).await.unwrap();
        bench.command(&second, job.id, OrderCommand::AcceptInstallation).await.unwrap();
        // Another place is another job, and nobody is found where nobody comes.
        let far = jumun::command::ShipTo { postcode: Postcode::parse("25440").unwrap(), ..Bench::ship_to() };
        let refused = bench.command(&guest, sale, OrderCommand::ChangeAddress { to: far }).await;
        assert_eq!(refused, Err(Refusal::NoInstaller { postcode: "25440".into() }));
        let near = jumun::command::ShipTo { postcode: Postcode::parse("06236").unwrap(), ..Bench::ship_to() };
        bench.command(&guest, sale, OrderCommand::ChangeAddress { to: near }).await.unwrap();
        assert_eq!(state(&bench.order(job.id).await), InstallationState::Cancelled);
        let job = assign(&bench, &staff, sale, second.actor.party().unwrap()).await.unwrap();
        bench.command(&second, job.id, OrderCommand::AcceptInstallation).await.unwrap();
        let shown = bench.house.order(&guest, &bench.order(sale).await.number).await.unwrap();
        assert!(shown.history.iter().all(|row| row.event != "installer.declined"), "whom the store asked before is none of the buyer's business");
        let fulfilment = bench.order(sale).await.fulfilments[0].id;
        bench.command(&staff, sale, OrderCommand::UnassignInstaller { fulfilment }).await.unwrap();
        assert_eq!(state(&bench.order(job.id).await), InstallationState::Cancelled);
        let job = assign(&bench, &staff, sale, second.actor.party().unwrap()).await.unwrap();
        bench.command(&staff, sale, OrderCommand::SellerCancel { reason: SellerReason::BuyerAsked }).await.unwrap();
        assert_eq!(state(&bench.order(job.id).await), InstallationState::Cancelled, "{}", bench.name);
        let order = bench.order(sale).await;
        assert_eq!((order.status(), order.refunded()), (Status::Cancelled, order.paid));
        assert!(bench.house.jobs(&second).await.unwrap().live.is_empty());
        assert_eq!(bench.heard(&first).await, ["job_assigned"], "{}", bench.name);
        let jobs = ["job_assigned", "job_assigned", "job_assigned", "job_off", "job_off", "job_off"];
        assert_eq!(bench.heard(&second).await, jobs, "{}", bench.name);
        assert_eq!(bench.heard(&staff).await, ["job_declined", "order_arrived", "order_moved", "unanswered"], "{}", bench.name);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_takes_no_more_visits_than_its_installer_does() {
    for bench in benches().await {
        let worker = installer(&bench, "installer-pro").await;
        let party = worker.actor.party().unwrap();
        let mut jobs = Vec::new();
        for _ in 0..4 {
            let (_, staff, sale) = prepared(&bench).await;
            let job = assign(&bench, &staff, sale, party).await.unwrap();
            bench.command(&worker, job.id, OrderCommand::AcceptInstallation).await.unwrap();
            jobs.push(job.id);
        }
        // Two days from today he is off.
        let off = bench.command(&worker, jobs[0], OrderCommand::ScheduleVisit { visit: visit(&bench, 2) }).await;
        assert_eq!(off, Err(Refusal::invalid("day", Problem::Taken)), "{}", bench.name);
        for days in [0, 61] {
            let refused = bench.command(&worker, jobs[0], OrderCommand::ScheduleVisit { visit: visit(&bench, days) }).await;
            assert_eq!(refused, Err(Refusal::invalid("day", Problem::OutOfRange)));
        }
        // He takes three a day; of four that ask at once one is refused.
        let mut asked = tokio::task::JoinSet::new();
        for job in &jobs {
            let (house, worker, order, visit) = (bench.house.clone(), worker.clone(), *job, visit(&bench, 5));
            asked.spawn(async move {
                let command = OrderCommand::ScheduleVisit { visit };
                loop {
                    match house.execute(&worker, Command::Order { order, command: command.clone() }, None).await {
                        Err(Refusal::Busy) => tokio::task::yield_now().await,
                        told => return told.map(|_| ()),
                    }
                }
            });
        }
        let told = asked.join_all().await;
        assert_eq!(told.iter().filter(|told| told.is_ok()).count(), 3, "{}: {told:?}", bench.name);
        assert!(told.contains(&Err(Refusal::invalid("day", Problem::Taken))));
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_put_up_comes_back_and_is_paid_back() {
    for bench in benches().await {
        let (guest, staff, sale) = prepared(&bench).await;
        let worker = installer(&bench, "installer-seoul").await;
        let job = assign(&bench, &staff, sale, worker.actor.party().unwrap()).await.unwrap();
        bench.command(&worker, job.id, OrderCommand::AcceptInstallation).await.unwrap();
        bench.command(&worker, job.id, OrderCommand::ScheduleVisit { visit: visit(&bench, 1) }).await.unwrap();
        let fulfilment = bench.order(sale).await.fulfilments[0].id;
        bench.command(&staff, sale, OrderCommand::Release { fulfilment }).await.unwrap();
        bench.advance(Span::days(1)).await;
        bench.command(&worker, job.id, OrderCommand::Depart).await.unwrap();
        bench.command(&worker, job.id, OrderCommand::ReportAbsent).await.unwrap();
        assert_eq!(bench.order(sale).await.status(), Status::DeliveryFailed);
        bench.command(&worker, job.id, OrderCommand::ScheduleVisit { visit: visit(&bench, 1) }).await.unwrap();
        bench.advance(Span::days(1)).await;
        bench.command(&worker, job.id, OrderCommand::Depart).await.unwrap();
        bench.command(&worker, job.id, OrderCommand::ReportDelivered).await.unwrap();
        bench.command(&worker, job.id, OrderCommand::ReportImpossible { cause: ImpossibleCause::Power }).await.unwrap();
        let order = bench.order(sale).await;
        assert_eq!((order.status(), order.is_claimed()), (Status::ReturningToSender, true), "{}", bench.name);
        bench.command(&staff, sale, OrderCommand::ReceiveBack { fulfilment, restock: true }).await.unwrap();
        assert_eq!(bench.heard(&staff).await, ["job_impossible", "order_arrived"], "{}: and the return that opens by itself is no news", bench.name);
        // So much waits for head office, which finds it in its queue.
        let order = bench.order(sale).await;
        assert_eq!((order.refunded(), order.claims[0].state), (Won::ZERO, ReturnState::AwaitingRefundApproval), "{}", bench.name);
        let admin = bench.admin().await;
        let queue = bench
            .house
            .claims(&admin, &jumun::view::ClaimQuery { state: Some("AwaitingRefundApproval".into()), ..Default::default() })
            .await
            .unwrap();
        // He had said that there is current enough, and was told what a visit in vain costs.
        let back = order.paid - Won(30_000);
        assert!(queue.rows.iter().any(|row| row.order == sale && row.amount == back), "{}", bench.name);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
        bench.command(&admin, sale, OrderCommand::ApproveRefund { claim: order.claims[0].id }).await.unwrap();
        let order = bench.order(sale).await;
        assert_eq!((order.refunded(), order.amounts.call_out), (back, Won(30_000)), "the installation too, and nothing else is kept");
        let seen = bench.house.order(&guest, &order.number).await.unwrap();
        assert_eq!((seen.claims[0].back, seen.claims[0].reason), (back, ReturnReason::CannotInstall));
        assert_eq!(bench.order(job.id).await.earned(), Won(30_000));
        let refund = order.refunds[0].id;
        bench.system(sale, OrderCommand::RecordRefund { refund }).await.unwrap();
        assert_eq!(bench.order(sale).await.status(), Status::Refunded);
        assert!(bench.house.order(&guest, &order.number).await.unwrap().claims[0].closed_at.is_some());
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_place_is_like_is_told_to_who_has_to_know_it_and_who_was_never_there_pays_for_one_visit() {
    for bench in benches().await {
        let (guest, staff, sale) = prepared(&bench).await;
        let worker = installer(&bench, "installer-seoul").await;
        let job = assign(&bench, &staff, sale, worker.actor.party().unwrap()).await.unwrap();
        let number = bench.order(sale).await.number;
        for (caller, number, call_out) in [(&guest, &number, Some(Won(30_000))), (&staff, &number, Some(Won(30_000))), (&worker, &job.number, None)] {
            let seen = bench.house.order(caller, number).await.unwrap();
            assert_eq!((seen.site, seen.call_out), (Some(Bench::site()), call_out), "{}", bench.name);
        }
        // Who does not come need not know how somebody lives.
        let other = installer(&bench, "installer-busan").await;
        assert_eq!(bench.house.order(&other, &job.number).await, Err(Refusal::NotFound), "{}", bench.name);
        bench.command(&worker, job.id, OrderCommand::AcceptInstallation).await.unwrap();
        let (listed, next) = bench.house.installations(&staff, false, None, 1).await.unwrap();
        let row = &listed[0];
        let about = (&row.number, &row.order, row.installer, row.state, next);
        assert_eq!(about, (&job.number, &number, worker.actor.party().unwrap(), InstallationState::Accepted, None), "{}", bench.name);
        assert!(bench.house.installations(&worker, false, None, 1).await.is_err(), "{}: a list for stores", bench.name);
        for time in 1..=3 {
            bench.command(&worker, job.id, OrderCommand::ScheduleVisit { visit: visit(&bench, 1) }).await.unwrap();
            if time == 1 {
                let fulfilment = bench.order(sale).await.fulfilments[0].id;
                bench.command(&staff, sale, OrderCommand::Release { fulfilment }).await.unwrap();
            }
            bench.advance(Span::days(1)).await;
            bench.command(&worker, job.id, OrderCommand::Depart).await.unwrap();
            bench.command(&worker, job.id, OrderCommand::ReportAbsent).await.unwrap();
        }
        bench.advance(Span::days(2)).await;
        let fulfilment = bench.order(sale).await.fulfilments[0].id;
        bench.system(sale, OrderCommand::ReturnToSender { fulfilment }).await.unwrap();
        bench.command(&staff, sale, OrderCommand::ReceiveBack { fulfilment, restock: true }).await.unwrap();
        let order = bench.order(sale).await;
        assert_eq!((order.paid - order.refunded(), order.amounts.call_out), (Won(30_000), Won(30_000)), "{}", bench.name);
        assert_eq!((state(&bench.order(job.id).await), bench.order(job.id).await.earned()), (InstallationState::Cancelled, Won(30_000)));
        let over = bench.house.installations(&staff, true, None, 24).await.unwrap().0;
        assert!(over.iter().any(|row| row.number == job.number), "{}", bench.name);
        let month = bench.house.now().kst_date();
        let earned: EarningsView = bench.house.earnings(&worker, Some(month)).await.unwrap();
        assert!(earned.rows.iter().any(|row| row.what == Earned::CallOut && row.amount == Won(30_000)), "{}", bench.name);
        assert_eq!(bench.house.order(&worker, &job.number).await.unwrap().site, None, "{}: who need not come any more", bench.name);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

/// Two wall units that stand at the buyer's door, with the installer.
async fn at_the_door(bench: &Bench) -> (Caller, Caller, Caller, OrderId, Order) {
    let (guest, staff, sale) = prepared(bench).await;
    let worker = installer(bench, "installer-seoul").await;
    let job = assign(bench, &staff, sale, worker.actor.party().unwrap()).await.unwrap();
    bench.command(&worker, job.id, OrderCommand::AcceptInstallation).await.unwrap();
    bench.command(&worker, job.id, OrderCommand::ScheduleVisit { visit: visit(bench, 1) }).await.unwrap();
    let fulfilment = bench.order(sale).await.fulfilments[0].id;
    bench.command(&staff, sale, OrderCommand::Release { fulfilment }).await.unwrap();
    bench.advance(Span::days(1)).await;
    bench.command(&worker, job.id, OrderCommand::Depart).await.unwrap();
    bench.command(&worker, job.id, OrderCommand::ReportDelivered).await.unwrap();
    (guest, staff, worker, sale, job)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_hangs_in_one_place_and_is_looked_at_before_it_does() {
    for bench in benches().await {
        let (guest, staff, worker, sale, job) = at_the_door(&bench).await;
        let seen = bench.house.order(&worker, &job.number).await.unwrap().job.unwrap();
        assert_eq!(seen.checks, Check::ALL, "{}", bench.name);
        let OrderCommand::CompleteInstallation { serials, signed_by, signature, .. } = completed(&["SR-40-0001", "SR-40-0002"]) else { panic!() };
        let hasty = OrderCommand::CompleteInstallation { serials, checked: vec![Check::Fixed, Check::Run], signed_by, signature };
        assert_eq!(bench.command(&worker, job.id, hasty).await.map(drop), Err(Refusal::invalid("checked", Problem::Missing)), "{}", bench.name);
        bench.command(&worker, job.id, completed(&["SR-40-0001", "SR-40-0002"])).await.unwrap();
        let shown = bench.house.order(&guest, &bench.order(sale).await.number).await.unwrap().fulfilments[0].installer.clone().unwrap().shown;
        assert_eq!(shown.checked, Check::ALL, "{}", bench.name);

        // The same unit hangs nowhere else, until it came down.
        let (_, _, other, second, twin) = at_the_door(&bench).await;
        let taken = bench.command(&other, twin.id, completed(&["SR-40-0003", "SR-40-0002"])).await;
        assert_eq!(taken.map(drop), Err(Refusal::invalid("serials", Problem::Taken)), "{}", bench.name);
        assert_eq!(state(&bench.order(twin.id).await), InstallationState::DeliveredByInstaller, "a refusal changes nothing");
        let order = bench.order(sale).await;
        let units = order.fulfilments[0].lines.iter().map(|line| LineUnits { line: line.line, quantity: line.quantity }).collect();
        let fulfilment = order.fulfilments[0].id;
        let wish = OrderCommand::RequestReturn { fulfilment, units, reason: ReturnReason::ChangeOfMind, pickup_on: None, found_on: None, note: None };
        bench.command(&guest, sale, wish).await.unwrap();
        let claim = bench.order(sale).await.claims[0].id;
        bench.command(&staff, sale, OrderCommand::ApproveReturn { claim }).await.unwrap();
        // Other units in the boxes are not taken for these.
        let read = |numbers: &[&str]| numbers.iter().map(|text| SerialNumber::parse(text).unwrap()).collect();
        let look = |numbers: &[&str]| OrderCommand::InspectReturn { claim, restock: true, serials: read(numbers) };
        for (numbers, problem) in [(&[][..], Problem::Missing), (&["SR-40-0001", "SR-40-0009"][..], Problem::Unknown)] {
            let refused = bench.command(&staff, sale, look(numbers)).await;
            assert_eq!(refused.map(drop), Err(Refusal::invalid("serials", problem)), "{}", bench.name);
        }
        bench.command(&staff, sale, look(&["SR-40-0002", "SR-40-0001"])).await.unwrap();
        bench.command(&other, twin.id, completed(&["SR-40-0003", "SR-40-0002"])).await.unwrap();
        assert_eq!(bench.order(second).await.status(), Status::Installed, "{}", bench.name);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_is_for_one_order_of_a_store_however_many_name_it_at_once() {
    for bench in benches().await {
        let name = |fulfilment, names: &[&str]| OrderCommand::NameUnits {
            fulfilment,
            serials: names.iter().map(|text| SerialNumber::parse(text).unwrap()).collect(),
        };
        let (guest, staff, sale) = prepared(&bench).await;
        let (_, other, twin) = prepared(&bench).await;
        let goods = async |order| bench.order(order).await.fulfilments[0].id;
        let (here, there) = (goods(sale).await, goods(twin).await);
        bench.command(&staff, sale, name(here, &["SR-50-0001", "SR-50-0002"])).await.unwrap();
        let taken = bench.command(&other, twin, name(there, &["SR-50-0003", "SR-50-0002"])).await;
        assert_eq!(taken.map(drop), Err(Refusal::invalid("serials", Problem::Taken)), "{}", bench.name);
        assert!(bench.order(twin).await.named_units().is_empty(), "a refusal changes nothing");
        let number = bench.order(sale).await.number.clone();
        assert_eq!(bench.house.order(&staff, &number).await.unwrap().fulfilments[0].named.len(), 2, "{}", bench.name);
        assert!(bench.house.order(&guest, &number).await.unwrap().fulfilments[0].named.is_empty(), "the buyer is told of none");

        // What is taken off one order is free for the next.
        bench.command(&staff, sale, OrderCommand::UndoAllocation { fulfilment: here }).await.unwrap();
        bench.command(&other, twin, name(there, &["SR-50-0003", "SR-50-0002"])).await.unwrap();
        bench.command(&staff, sale, OrderCommand::Allocate { fulfilment: here }).await.unwrap();
        let taken = bench.command(&staff, sale, name(here, &["SR-50-0001", "SR-50-0002"])).await;
        assert_eq!(taken.map(drop), Err(Refusal::invalid("serials", Problem::Taken)), "{}", bench.name);
        bench.command(&other, twin, name(there, &[])).await.unwrap();

        // Both want both at once, in either order: one has them.
        let mut asked = tokio::task::JoinSet::new();
        for (order, fulfilment, names) in [(sale, here, ["SR-50-0001", "SR-50-0002"]), (twin, there, ["SR-50-0002", "SR-50-0001"])] {
            let (house, staff, command) = (bench.house.clone(), staff.clone(), name(fulfilment, &names));
            asked.spawn(async move {
                loop {
                    match house.execute(&staff, Command::Order { order, command: command.clone() }, None).await {
                        Err(Refusal::Busy) => tokio::task::yield_now().await,
                        told => return told.map(|_| ()),
                    }
                }
            });
        }
        let told = asked.join_all().await;
        assert_eq!(told.iter().filter(|told| told.is_ok()).count(), 1, "{}: {told:?}", bench.name);
        assert!(told.contains(&Err(Refusal::invalid("serials", Problem::Taken))), "{}", bench.name);
        let named = [bench.order(sale).await.named_units().len(), bench.order(twin).await.named_units().len()];
        assert_eq!(named.iter().sum::<usize>(), 2, "{}", bench.name);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installer_sees_what_he_was_sent_and_puts_up_nothing_else() {
    for bench in benches().await {
        let (_, staff, worker, sale, job) = at_the_door(&bench).await;
        let fulfilment = bench.order(sale).await.fulfilments[0].id;
        let serials = ["SR-60-0001", "SR-60-0002"].map(|text| SerialNumber::parse(text).unwrap());
        bench.command(&staff, sale, OrderCommand::NameUnits { fulfilment, serials: serials.to_vec() }).await.unwrap();
        let seen = bench.house.order(&worker, &job.number).await.unwrap().job.unwrap();
        assert_eq!(seen.sent, serials, "{}", bench.name);
        let wrong = bench.command(&worker, job.id, completed(&["SR-60-0001", "SR-60-0003"])).await;
        assert_eq!(wrong.map(drop), Err(Refusal::invalid("serials", Problem::Unknown)), "{}", bench.name);
        bench.command(&worker, job.id, completed(&["SR-60-0002", "SR-60-0001"])).await.unwrap();
        assert!(bench.house.order(&worker, &job.number).await.unwrap().job.unwrap().sent.is_empty(), "{}", bench.name);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_up_is_taken_down_by_whom_the_store_asks() {
    for bench in benches().await {
        let (guest, staff, worker, sale, job) = at_the_door(&bench).await;
        bench.command(&worker, job.id, completed(&["SR-31-0001", "SR-31-0002"])).await.unwrap();
        let order = bench.order(sale).await;
        let (goods, line) = (order.fulfilments[0].id, order.lines[0].id);
        let units = vec![LineUnits { line, quantity: Quantity::ONE }];
        let wish =
            OrderCommand::RequestReturn { fulfilment: goods, units, reason: ReturnReason::Defect, pickup_on: None, found_on: None, note: None };
        bench.command(&guest, sale, wish).await.unwrap();
        let claim = bench.order(sale).await.claims[0].id;
        bench.command(&staff, sale, OrderCommand::ApproveReturn { claim }).await.unwrap();
        assert_eq!(bench.order(sale).await.waits(), Waits::Fetcher, "{}", bench.name);
        assert_eq!(bench.sagas(sale).await.iter().filter(|(kind, ..)| kind == "collection").count(), 0, "no carrier is asked");
        let desk = bench.house.order(&staff, &order.number).await.unwrap();
        assert_eq!((desk.fetchers.len(), desk.fetchers[0].1.len()), (1, 2), "{}", bench.name);
        assert!(desk.fetchers[0].1.iter().all(|row| row.fee == Won(30_000)), "one unit, at the price for taking down");
        assert!(bench.house.order(&guest, &order.number).await.unwrap().fetchers.is_empty());

        let asked = |who: &Caller| OrderCommand::AssignPickup { claim, installer: who.actor.party().unwrap() };
        let busan = installer(&bench, "installer-busan").await;
        assert_eq!(bench.command(&staff, sale, asked(&busan)).await.map(drop), Err(Refusal::invalid("installer", Problem::Unknown)));
        assert_eq!(bench.command(&guest, sale, asked(&worker)).await.map(drop), Err(Refusal::NotAllowed));
        let second = installer(&bench, "installer-pro").await;
        bench.command(&staff, sale, asked(&worker)).await.unwrap();
        let collection = || async { bench.order(bench.order(sale).await.claims[0].collection.unwrap()).await };
        let first = collection().await;
        assert_eq!((first.kind, first.parent, first.amounts.installation), (Kind::Collection, Some(sale), Won(30_000)), "{}", bench.name);
        // A day of silence calls somebody, and the store asks another one.
        bench.advance(Span::hours(25)).await;
        bench.fire_timers().await;
        assert!(bench.log(first.id).await.iter().any(|(event, _)| event.name() == "order.acceptance_overdue"), "{}", bench.name);
        bench.command(&staff, sale, asked(&second)).await.unwrap();
        assert_eq!(bench.order(first.id).await.pickup.unwrap().state, CollectionState::Cancelled, "{}", bench.name);
        assert!(bench.house.order(&worker, &first.number).await.unwrap().ship_to.is_none(), "who need not come need not know where");
        let pickup = collection().await;
        assert_eq!(bench.command(&worker, pickup.id, OrderCommand::ReportNotGiven).await.map(drop), Err(Refusal::NotFound));
        let mine = bench.house.jobs(&second).await.unwrap();
        assert_eq!((mine.live.len(), mine.live[0].state, mine.live[0].fee), (1, WorkState::TakeDown(CollectionState::Requested), Won(30_000)));
        assert!(mine.live[0].address.is_some());

        bench.command(&second, pickup.id, OrderCommand::SchedulePickup { visit: visit(&bench, 2) }).await.unwrap();
        let shown = bench.house.order(&guest, &order.number).await.unwrap();
        let coming = shown.claims[0].collection.clone().unwrap();
        assert_eq!((coming.state, coming.visit, coming.seen), (CollectionState::Scheduled, Some(visit(&bench, 2)), None), "{}", bench.name);
        assert!(coming.who.is_some() && coming.phone.is_some(), "the buyer knows who comes");
        assert!(shown.tree.iter().any(|node| node.pickup == Some(CollectionState::Scheduled) && node.number.is_none()));
        bench.advance(Span::days(2)).await;
        for stranger in [&guest, &staff, &worker] {
            assert!(bench.house.bring_photo(stranger, &pickup.number, Shows::Work, photo(1)).await.is_err(), "{}", bench.name);
        }
        bench.house.bring_photo(&second, &pickup.number, Shows::Work, photo(60)).await.unwrap();
        bench.command(&second, pickup.id, OrderCommand::CompletePickup { condition: Condition::Damaged }).await.unwrap();
        let seen = bench.house.order(&staff, &order.number).await.unwrap().claims[0].collection.clone().unwrap().seen.unwrap();
        assert_eq!((seen.condition, seen.photos.len()), (Condition::Damaged, 1), "{}", bench.name);
        assert!(bench.house.photo(&staff, &pickup.number, &seen.photos[0]).await.is_ok());
        assert_eq!(bench.house.photo(&guest, &pickup.number, &seen.photos[0]).await, Err(Refusal::NotFound), "{}", bench.name);
        let serials = vec![SerialNumber::parse("SR-31-0002").unwrap()];
        bench.command(&staff, sale, OrderCommand::InspectReturn { claim, restock: false, serials }).await.unwrap();
        // Its twin hangs there still, so nobody else can have put it up.
        let (_, _, other, _, twin) = at_the_door(&bench).await;
        let taken = bench.command(&other, twin.id, completed(&["SR-31-0001", "SR-31-0003"])).await;
        assert_eq!(taken.map(drop), Err(Refusal::invalid("serials", Problem::Taken)), "{}", bench.name);
        bench.command(&other, twin.id, completed(&["SR-31-0002", "SR-31-0003"])).await.unwrap();
        assert_eq!(bench.order(pickup.id).await.status(), Status::Completed);
        assert_eq!(bench.heard(&worker).await, ["job_assigned", "job_assigned", "job_assigned", "job_off"], "{}", bench.name);
        assert_eq!(bench.heard(&second).await, ["job_assigned"], "{}", bench.name);
        assert_eq!(bench.heard(&staff).await, ["order_arrived", "order_arrived", "return_asked", "unanswered"], "{}", bench.name);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
        // A day later he is a stranger to the buyer again.
        bench.advance(Span::hours(25)).await;
        let later = bench.house.order(&guest, &order.number).await.unwrap().claims[0].collection.clone().unwrap();
        assert_eq!(later.phone, None, "{}", bench.name);
        assert!(bench.house.order(&second, &pickup.number).await.unwrap().ship_to.is_none(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installer_says_how_he_works_and_what_is_agreed_stays() {
    for bench in benches().await {
        let (_, staff, sale) = prepared(&bench).await;
        let worker = installer(&bench, "installer-seoul").await;
        let party = worker.actor.party().unwrap();
        let job = assign(&bench, &staff, sale, party).await.unwrap();
        let own = bench.house.profile(&worker).await.unwrap();
        let knows = |profile: &Profile, category| profile.skills.iter().find(|skill| skill.category == category).copied();
        assert_eq!((own.profile.jobs_per_day, own.profile.areas.len(), own.days.len()), (5, 11, 14), "{}", bench.name);
        assert_eq!(knows(&own.profile, Category::Wall).unwrap().put_up, Won(60_000));

        // Dearer wall units, no stands any more, and fewer areas.
        let skills = vec![Skill { category: Category::Wall, put_up: Won(90_000), take_down: Won(45_000) }];
        let areas = ["05", "06"].map(|area| AreaPrefix::parse(area).unwrap()).to_vec();
        let profile = Profile { skills, areas, jobs_per_day: 2, ..own.profile.clone() };
        let set = |profile: &Profile| Command::SetProfile { profile: Box::new(profile.clone()) };
        let (guest, clerk) = (bench.guest().await, staff.clone());
        assert_eq!(bench.execute(&guest, set(&profile)).await.map(drop), Err(Refusal::SignInRequired));
        assert_eq!(bench.execute(&clerk, set(&profile)).await.map(drop), Err(Refusal::NotAllowed));
        let nothing = Profile { skills: Vec::new(), ..profile.clone() };
        assert_eq!(bench.execute(&worker, set(&nothing)).await.map(drop), Err(Refusal::invalid("skills", Problem::Missing)));
        assert_eq!(bench.house.profile(&worker).await.unwrap(), own, "{}: a refusal changes nothing", bench.name);
        bench.execute(&worker, set(&profile)).await.unwrap();
        let now = bench.house.profile(&worker).await.unwrap().profile;
        assert_eq!((now.jobs_per_day, now.areas.len(), knows(&now, Category::Stand)), (2, 2, None), "{}", bench.name);
        assert_eq!(knows(&now, Category::Wall).unwrap().put_up, Won(90_000));
        assert!(knows(&now, Category::Services).is_some(), "what nobody asked about stays");

        // What is agreed is on its order; whoever asks now is told the new price.
        assert_eq!(bench.order(job.id).await.earned(), Won(120_000), "{}", bench.name);
        let (_, staff, second) = prepared(&bench).await;
        let desk = bench.house.order(&staff, &bench.order(second).await.number).await.unwrap();
        let row = desk.installers[0].1.iter().find(|row| row.installer == party).unwrap();
        assert_eq!((row.fee, row.per_day), (Won(180_000), 2), "{}", bench.name);
        assert_eq!(assign(&bench, &staff, second, party).await.unwrap().earned(), Won(180_000));
        // Where he does not come any more nobody finds him.
        bench.execute(&worker, set(&Profile { areas: vec![AreaPrefix::parse("17").unwrap()], ..profile })).await.unwrap();
        let (_, staff, third) = prepared(&bench).await;
        let desk = bench.house.order(&staff, &bench.order(third).await.number).await.unwrap();
        assert!(desk.installers[0].1.iter().all(|row| row.installer != party), "{}", bench.name);
        assert_eq!(assign(&bench, &staff, third, party).await.map(drop), Err(Refusal::invalid("installer", Problem::Unknown)));
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_promised_a_day_that_its_installer_took_off() {
    for bench in benches().await {
        let (_, staff, sale) = prepared(&bench).await;
        let worker = installer(&bench, "installer-seoul").await;
        let party = worker.actor.party().unwrap();
        let job = assign(&bench, &staff, sale, party).await.unwrap();
        bench.command(&worker, job.id, OrderCommand::AcceptInstallation).await.unwrap();
        let day = |days| visit(&bench, days).on;
        let take = |on| Command::TakeDayOff { on };
        for far in [-1, 366] {
            assert_eq!(bench.execute(&worker, take(day(far))).await.map(drop), Err(Refusal::invalid("day_off", Problem::OutOfRange)));
        }
        assert_eq!(bench.execute(&staff, take(day(3))).await.map(drop), Err(Refusal::NotAllowed));
        bench.execute(&worker, take(day(3))).await.unwrap();
        bench.execute(&worker, take(day(3))).await.unwrap();
        let seen = bench.house.profile(&worker).await.unwrap();
        assert_eq!((seen.off.as_slice(), seen.days.iter().filter(|day| day.off).count()), ([day(3)].as_slice(), 1), "{}", bench.name);
        let refused = bench.command(&worker, job.id, OrderCommand::ScheduleVisit { visit: visit(&bench, 3) }).await;
        assert_eq!(refused, Err(Refusal::invalid("day", Problem::Taken)), "{}", bench.name);
        let (_, staff, second) = prepared(&bench).await;
        let desk = bench.house.order(&staff, &bench.order(second).await.number).await.unwrap();
        let row = desk.installers[0].1.iter().find(|row| row.installer == party).unwrap();
        assert!(row.days.iter().all(|shown| shown.off == (shown.on == day(3))), "{}: the store sees it", bench.name);

        // On which somebody counts on him he cannot take; another one he can, and give it up again.
        bench.command(&worker, job.id, OrderCommand::ScheduleVisit { visit: visit(&bench, 4) }).await.unwrap();
        assert_eq!(bench.execute(&worker, take(day(4))).await.map(drop), Err(Refusal::VisitBooked { on: day(4), visits: 1 }), "{}", bench.name);
        assert_eq!(bench.house.profile(&worker).await.unwrap().days[4].jobs, 1);
        bench.execute(&worker, Command::GiveUpDayOff { on: day(3) }).await.unwrap();
        assert_eq!(bench.execute(&worker, Command::GiveUpDayOff { on: day(3) }).await.map(drop), Err(Refusal::NotFound));
        bench.command(&worker, job.id, OrderCommand::ScheduleVisit { visit: visit(&bench, 3) }).await.unwrap();

        // Both at once: one of them wins.
        for days in 5..10 {
            let booking = OrderCommand::ScheduleVisit { visit: visit(&bench, days) };
            let (booked, off) = tokio::join!(
                until_told(&bench, &worker, Command::Order { order: job.id, command: booking }),
                until_told(&bench, &worker, take(day(days)))
            );
            assert!(booked.is_ok() != off.is_ok(), "{}: {booked:?} {off:?}", bench.name);
        }
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_they_are_told_reaches_those_who_work_where_they_are() {
    for bench in benches().await {
        let sandboxes = bench.with_sandboxes().await;
        let (_, staff, sale) = prepared(&bench).await;
        let worker = installer(&bench, "installer-seoul").await;
        let inbox = async |to: &str| bench.inbox(&sandboxes, to).await;
        let job = assign(&bench, &staff, sale, worker.actor.party().unwrap()).await.unwrap();
        let way = format!("/jobs/{}", job.number);
        assert!(inbox("010-1151-3337").await.contains(&way), "{}: on his phone", bench.name);
        assert!(inbox("installer-seoul@jumun.example").await.contains(&way), "{}: in his app", bench.name);
        bench.command(&worker, job.id, OrderCommand::DeclineInstallation { reason: DeclineReason::Away }).await.unwrap();
        let told = inbox("02-555-0101").await;
        assert!(told.contains("TPL-DSK-015") && told.contains(&format!("/desk/orders/{}", bench.order(sale).await.number)), "{told}");
        assert!(!told.contains(job.number.as_str()), "{}: the store knows its own order's number", bench.name);
        let customer = inbox("010-1234-5678").await;
        assert!(customer.contains("TPL-ORD-001") && !customer.contains("TPL-DSK") && !customer.contains("TPL-JOB"), "{}: {customer}", bench.name);
        for told in [inbox("010-1151-3337").await, inbox("hanbit-manager@jumun.example").await, told] {
            assert!(told.contains("TPL-") && !told.contains("홍길동") && !told.contains("1234-5678") && !told.contains("테헤란로"), "{told}");
        }
    }
}

/// Asks until nobody was faster.
async fn until_told(bench: &Bench, caller: &Caller, command: Command) -> Result<(), Refusal> {
    loop {
        match bench.execute(caller, command.clone()).await {
            Err(Refusal::Busy) => tokio::task::yield_now().await,
            told => return told.map(drop),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_installer_earned_is_what_the_ledger_says_that_stores_owe_him() {
    for bench in benches().await {
        let worker = installer(&bench, "installer-seoul").await;
        let party = worker.actor.party().unwrap();
        let nothing = bench.house.earnings(&worker, None).await.unwrap();
        assert_eq!((nothing.rows.len(), nothing.sum, nothing.agreed, nothing.before, nothing.after), (0, Won::ZERO, Won::ZERO, None, None));

        // Put up in one month; in the next one he comes in vain, and takes down a unit of the first.
        let (guest, staff, worker, sale, job) = at_the_door(&bench).await;
        let agreed = bench.house.earnings(&worker, None).await.unwrap();
        assert_eq!((agreed.sum, agreed.agreed, agreed.agreed_jobs), (Won::ZERO, Won(120_000), 1), "{}", bench.name);
        bench.command(&worker, job.id, completed(&["SR-70-0001", "SR-70-0002"])).await.unwrap();
        let first = bench.house.now().kst_date();
        // A fault is found later, while it may still be told.
        bench.advance(Span::days(33)).await;
        let (.., vain) = at_the_door(&bench).await;
        bench.command(&worker, vain.id, OrderCommand::ReportImpossible { cause: ImpossibleCause::Space }).await.unwrap();
        let order = bench.order(sale).await;
        let units = vec![LineUnits { line: order.lines[0].id, quantity: Quantity::ONE }];
        let wish = OrderCommand::RequestReturn {
            fulfilment: order.fulfilments[0].id,
            units,
            reason: ReturnReason::Defect,
            pickup_on: None,
            found_on: None,
            note: None,
        };
        bench.command(&guest, sale, wish).await.unwrap();
        let claim = bench.order(sale).await.claims[0].id;
        bench.command(&staff, sale, OrderCommand::ApproveReturn { claim }).await.unwrap();
        bench.command(&staff, sale, OrderCommand::AssignPickup { claim, installer: party }).await.unwrap();
        let pickup = bench.order(sale).await.claims[0].collection.unwrap();
        assert_eq!(bench.house.earnings(&worker, None).await.unwrap().agreed, Won::ZERO, "{}: nobody has said yes", bench.name);
        bench.command(&worker, pickup, OrderCommand::SchedulePickup { visit: visit(&bench, 1) }).await.unwrap();
        assert_eq!(bench.house.earnings(&worker, None).await.unwrap().agreed, Won(30_000), "{}", bench.name);
        bench.advance(Span::days(1)).await;
        bench.command(&worker, pickup, OrderCommand::CompletePickup { condition: Condition::Used }).await.unwrap();

        let now = bench.house.earnings(&worker, None).await.unwrap();
        assert_eq!(now.agreed, Won::ZERO, "what is down is earned, though he still brings it");
        let before = bench.house.earnings(&worker, now.before).await.unwrap();
        assert_eq!((now.before, before.before), (Some(first), None), "{}", bench.name);
        let what = |view: &EarningsView| view.rows.iter().map(|row| (row.what, row.amount, row.number.clone())).collect::<Vec<_>>();
        assert_eq!(what(&before), [(Earned::PutUp, Won(120_000), job.number.clone())], "{}", bench.name);
        let fetched = bench.order(pickup).await.number;
        assert_eq!(what(&now), [(Earned::TakenDown, Won(30_000), fetched), (Earned::CallOut, Won(30_000), vain.number.clone())], "{}", bench.name);
        assert_eq!(before.after.map(|day| day.month_around().0), Some(now.month), "{}", bench.name);
        assert_eq!((before.sum + now.sum, now.sum), (server::testing::owed_to(&bench.house, party).await, Won(60_000)), "{}", bench.name);
        for (caller, refusal) in [(&staff, Refusal::NotAllowed), (&guest, Refusal::SignInRequired)] {
            assert_eq!(bench.house.earnings(caller, None).await.map(drop), Err(refusal), "{}", bench.name);
        }
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

fn pipe(metres: u32) -> Vec<ExtraWish> {
    vec![ExtraWish { item: "wall-1".into(), quantity: Quantity::new(metres).unwrap() }]
}

#[tokio::test(flavor = "multi_thread")]
async fn work_on_site_is_asked_with_a_photo_and_done_once_it_is_paid_for() {
    for bench in benches().await {
        let (guest, staff, worker, sale, job) = at_the_door(&bench).await;
        let before = bench.order(sale).await;
        // What is no picture, and what is not on the list, changes nothing.
        let bad = bench.house.propose_extra(&worker, &job.number, pipe(3), b"<svg/>".to_vec(), None).await;
        assert!(matches!(bad, Err(Refusal::PictureRefused { .. })), "{}: {bad:?}", bench.name);
        let unknown = vec![ExtraWish { item: "stand-1".into(), quantity: Quantity::ONE }];
        let bad = bench.house.propose_extra(&worker, &job.number, unknown, photo(1), None).await;
        assert_eq!(bad, Err(Refusal::invalid("extras", Problem::Unknown)), "{}", bench.name);
        for stranger in [&guest, &staff, &installer(&bench, "installer-pro").await] {
            assert_eq!(bench.house.propose_extra(stranger, &job.number, pipe(3), photo(2), None).await, Err(Refusal::NotFound), "{}", bench.name);
        }
        assert!(bench.order(sale).await.extras.is_empty());

        // Whoever does not hear the answer asks again, and asks once.
        let key = || Some("ask-1".to_owned());
        for _ in 0..2 {
            bench.house.propose_extra(&worker, &job.number, pipe(3), photo(3), key()).await.unwrap();
        }
        assert_eq!(bench.house.propose_extra(&worker, &job.number, pipe(2), photo(3), key()).await, Err(Refusal::KeyReused), "{}", bench.name);
        assert_eq!(bench.house.propose_extra(&staff, &job.number, pipe(3), photo(3), key()).await, Err(Refusal::NotFound), "{}", bench.name);
        assert_eq!(bench.order(sale).await.extras.len(), 1, "{}", bench.name);
        let asked = bench.order(sale).await.extras[0].clone();
        assert_eq!((asked.amount(), asked.work[0].row.name.ko.as_str(), asked.is_open()), (Won(54_000), "배관 연장", true));
        assert_eq!(
            bench.house.propose_extra(&worker, &job.number, pipe(1), photo(4), None).await.map_err(|refusal| refusal.code()),
            Err("wrong_state")
        );
        assert!(bench.command(&worker, job.id, completed(&["SR-X-0001", "SR-X-0002"])).await.is_err(), "one waits for the other");
        assert!(bench.command(&guest, sale, OrderCommand::ConfirmPurchase).await.is_err());
        // Who has a chair sees the photo, from his own order; nobody else does.
        let head = bench.house.order(&guest, &before.number).await.unwrap();
        assert_eq!((head.extras.len(), head.waits), (1, Waits::ExtraCharge));
        for (who, number) in [(&guest, &before.number), (&staff, &before.number), (&staff, &job.number), (&worker, &job.number)] {
            assert!(bench.house.photo(who, number, &asked.photo).await.is_ok(), "{}", bench.name);
        }
        let nobody = bench.guest().await;
        for (who, number) in [(&nobody, &before.number), (&guest, &job.number), (&worker, &before.number)] {
            assert_eq!(bench.house.photo(who, number, &asked.photo).await, Err(Refusal::NotFound), "{}", bench.name);
        }
        assert_eq!(bench.house.picture(&asked.photo).await, Err(Refusal::NotFound), "it is no product's");

        // The first card is declined, and the buyer tries again.
        let extra = asked.id;
        assert!(bench.command(&nobody, sale, OrderCommand::ApproveExtra { extra }).await.is_err());
        bench.command(&guest, sale, OrderCommand::ApproveExtra { extra }).await.unwrap();
        let pay = bench.house.pay(&guest, &before.number).await.unwrap();
        assert_eq!((pay.due, pay.beside, pay.can_pay), (Won(54_000), true, true), "{}", bench.name);
        bench.command(&guest, sale, OrderCommand::RequestPayment { method: PaymentMethod::Card }).await.unwrap();
        let attempt = bench.order(sale).await.open_attempt().unwrap().id;
        let outcome = PaymentOutcome::Declined { cause: DeclineCause::Balance, psp_code: "NO".into() };
        bench.system(sale, OrderCommand::RecordPayment { attempt, outcome }).await.unwrap();
        assert!(bench.order(sale).await.extras[0].is_open() && bench.order(job.id).await.extras[0].is_open());
        bench.pay(&guest, sale).await;
        let (order, theirs) = (bench.order(sale).await, bench.order(job.id).await);
        assert_eq!((order.extras[0].state, theirs.extras[0].state), (ExtraState::Approved, ExtraState::Approved), "{}", bench.name);
        assert_eq!(order.amounts.payable() - before.amounts.payable(), Won(54_000));
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
        bench.command(&worker, job.id, completed(&["SR-X-0001", "SR-X-0002"])).await.unwrap();
        assert_eq!(bench.house.order(&worker, &job.number).await.unwrap().job.unwrap().fee, Won(120_000 + 54_000));
        bench.command(&guest, sale, OrderCommand::ConfirmPurchase).await.unwrap();
        assert_eq!(bench.house.refund_slip(&guest, &before.number).await.unwrap().payments.len(), 2);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_or_is_silent_gets_no_work_on_site_and_pays_for_none() {
    for bench in benches().await {
        let (guest, _, worker, sale, job) = at_the_door(&bench).await;
        bench.house.propose_extra(&worker, &job.number, pipe(2), photo(1), None).await.unwrap();
        let extra = bench.order(sale).await.extras[0].id;
        bench.command(&guest, sale, OrderCommand::RefuseExtra { extra }).await.unwrap();
        assert_eq!(bench.order(job.id).await.extras[0].state, ExtraState::Refused, "{}", bench.name);
        assert!(bench.command(&guest, sale, OrderCommand::ApproveExtra { extra }).await.is_err(), "no is no");
        // Taken back, and asked again.
        bench.house.propose_extra(&worker, &job.number, pipe(2), photo(2), None).await.unwrap();
        bench.command(&worker, job.id, OrderCommand::WithdrawExtra).await.unwrap();
        assert_eq!(bench.order(sale).await.extras[1].state, ExtraState::Withdrawn);
        bench.house.propose_extra(&worker, &job.number, pipe(1), photo(3), None).await.unwrap();
        bench.advance(Span::minutes(19)).await;
        bench.fire_timers().await;
        assert!(bench.order(sale).await.extras[2].is_open(), "{}", bench.name);
        // The buyer is at the PSP when the time is up: the time to pay counts, and then it is over.
        let extra = bench.order(sale).await.extras[2].id;
        bench.command(&guest, sale, OrderCommand::ApproveExtra { extra }).await.unwrap();
        bench.command(&guest, sale, OrderCommand::RequestPayment { method: PaymentMethod::Card }).await.unwrap();
        bench.advance(Span::minutes(2)).await;
        bench.fire_timers().await;
        assert!(bench.order(sale).await.extras[2].is_open(), "{}", bench.name);
        bench.advance(Span::minutes(4)).await;
        bench.fire_timers().await;
        let order = bench.order(sale).await;
        assert_eq!((order.extras[2].state, order.difference.is_none()), (ExtraState::Lapsed, true), "{}", bench.name);
        let late = order.attempts.last().unwrap().clone();
        let outcome = PaymentOutcome::Approved { payment_key: "late".into(), amount: late.amount };
        bench.system(sale, OrderCommand::RecordPayment { attempt: late.id, outcome }).await.unwrap();
        bench.system(sale, OrderCommand::RecordPayment { attempt: late.id, outcome: PaymentOutcome::Voided }).await.unwrap();
        assert_eq!(bench.order(sale).await.attempts.last().unwrap().state, AttemptState::Voided, "what came too late went back");
        bench.command(&worker, job.id, completed(&["SR-Y-0001", "SR-Y-0002"])).await.unwrap();
        let order = bench.order(sale).await;
        assert_eq!((order.paid, order.amounts.extras), (order.amounts.payable(), Won::ZERO));
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn work_on_site_that_is_not_done_after_all_is_paid_back_once() {
    for bench in benches().await {
        let (guest, staff, worker, sale, job) = at_the_door(&bench).await;
        bench.house.propose_extra(&worker, &job.number, pipe(4), photo(1), None).await.unwrap();
        let extra = bench.order(sale).await.extras[0].id;
        bench.command(&guest, sale, OrderCommand::ApproveExtra { extra }).await.unwrap();
        bench.command(&guest, sale, OrderCommand::RequestPayment { method: PaymentMethod::Card }).await.unwrap();
        let attempt = bench.order(sale).await.open_attempt().unwrap().clone();
        let outcome = PaymentOutcome::Approved { payment_key: "extra".into(), amount: attempt.amount };
        bench.system(sale, OrderCommand::RecordPayment { attempt: attempt.id, outcome }).await.unwrap();
        // A second one is open when it turns out to be impossible.
        bench.house.propose_extra(&worker, &job.number, pipe(1), photo(2), None).await.unwrap();
        bench.command(&worker, job.id, OrderCommand::ReportImpossible { cause: ImpossibleCause::Outdoor }).await.unwrap();
        let order = bench.order(sale).await;
        assert_eq!((order.extras[0].given_back, order.extras[1].state), (true, ExtraState::Withdrawn), "{}", bench.name);
        assert_eq!((order.refunded(), order.refunds[0].attempt), (Won(72_000), attempt.id), "at once, from where it came");
        bench.system(sale, OrderCommand::RecordRefund { refund: order.refunds[0].id }).await.unwrap();
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
        let fulfilment = order.fulfilments[0].id;
        bench.command(&staff, sale, OrderCommand::ReceiveBack { fulfilment, restock: true }).await.unwrap();
        let claim = bench.order(sale).await.claims[0].id;
        bench.command(&bench.admin().await, sale, OrderCommand::ApproveRefund { claim }).await.unwrap();
        let order = bench.order(sale).await;
        let back = order.paid - Won(30_000);
        assert_eq!((order.refunded(), order.refunds.len()), (back, 2), "and not once more with the goods, which were a visit in vain");
        bench.system(sale, OrderCommand::RecordRefund { refund: order.refunds[1].id }).await.unwrap();
        assert_eq!(bench.order(sale).await.status(), Status::Refunded);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

/// A drawing as a browser gives it out.
fn drawing() -> String {
    drawn(0)
}

fn drawn(shade: u8) -> String {
    use base64::Engine;
    format!("data:image/png;base64,{}", base64::engine::general_purpose::STANDARD.encode(photo(shade)))
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_and_a_signature_are_for_the_parties_of_the_order_and_stay_with_it() {
    for bench in benches().await {
        let (guest, staff, worker, sale, job) = at_the_door(&bench).await;
        let number = bench.order(sale).await.number;
        for stranger in [&guest, &staff, &installer(&bench, "installer-pro").await] {
            assert_eq!(bench.house.bring_photo(stranger, &job.number, Shows::Work, photo(1)).await, Err(Refusal::NotFound), "{}", bench.name);
            assert_eq!(bench.house.bring_signature(stranger, job.id, &drawing()).await, Err(Refusal::NotFound), "{}", bench.name);
        }
        for shade in 1..=6 {
            bench.house.bring_photo(&worker, &job.number, Shows::Work, photo(shade * 30)).await.unwrap();
        }
        assert_eq!(
            bench.house.bring_photo(&worker, &job.number, Shows::Work, photo(240)).await,
            Err(Refusal::LimitReached { most: 6 }),
            "{}",
            bench.name
        );
        let brought = bench.house.order(&worker, &job.number).await.unwrap().job.unwrap().brought;
        assert_eq!(brought.len(), 6);
        assert_eq!(bench.house.forget_photo(&staff, &job.number, Shows::Work, &brought[5]).await, Err(Refusal::NotFound));
        bench.house.forget_photo(&worker, &job.number, Shows::Work, &brought[5]).await.unwrap();
        assert_eq!(bench.house.photo(&worker, &job.number, &brought[5]).await, Err(Refusal::NotFound), "{}", bench.name);
        for bad in ["", "data:image/png;base64,%%%", "data:image/svg+xml;base64,AAAA"] {
            let refused = bench.house.bring_signature(&worker, job.id, bad).await;
            assert!(matches!(refused, Err(Refusal::PictureRefused { .. })), "{}: {refused:?}", bench.name);
        }
        let signature = bench.house.bring_signature(&worker, job.id, &drawing()).await.unwrap();
        let OrderCommand::CompleteInstallation { serials, checked, signed_by, .. } = completed(&["SR-Z-0001", "SR-Z-0002"]) else {
            panic!("a completion")
        };
        let with = |signature: &str| OrderCommand::CompleteInstallation {
            serials: serials.clone(),
            checked: checked.clone(),
            signed_by: signed_by.clone(),
            signature: Some(signature.to_owned()),
        };
        let forged = bench.command(&worker, job.id, with(&brought[0])).await;
        assert_eq!(forged.map(drop), Err(Refusal::invalid("signature", Problem::Unknown)), "{}", bench.name);
        let done = || Command::Order { order: job.id, command: with(&signature) };
        bench.house.execute(&worker, done(), Some("done-1".into())).await.unwrap();
        // He did not hear that it arrived: the same hand and the same step are as good again, another hand is too late.
        assert_eq!(bench.house.bring_signature(&worker, job.id, &drawing()).await, Ok(signature.clone()), "{}", bench.name);
        bench.house.execute(&worker, done(), Some("done-1".into())).await.unwrap();
        assert!(bench.house.execute(&worker, done(), Some("done-2".into())).await.is_err(), "{}", bench.name);
        let other = drawn(200);
        assert_eq!(bench.house.bring_signature(&worker, job.id, &other).await.map_err(|refusal| refusal.code()), Err("wrong_state"));
        let shown = bench.house.order(&guest, &number).await.unwrap().fulfilments[0].installer.clone().unwrap().shown;
        assert_eq!((shown.photos.len(), shown.signature.as_deref()), (5, Some(signature.as_str())), "{}", bench.name);
        for hash in shown.photos.iter().chain([&signature]) {
            for (who, number) in [(&guest, &number), (&staff, &number), (&staff, &job.number), (&worker, &job.number)] {
                assert!(bench.house.photo(who, number, hash).await.is_ok(), "{}", bench.name);
            }
            assert_eq!(bench.house.photo(&bench.guest().await, &number, hash).await, Err(Refusal::NotFound), "{}", bench.name);
        }
        // Nor does somebody with an order of his own, from there.
        let (neighbour, _, other) = prepared(&bench).await;
        let other = bench.order(other).await.number;
        assert_eq!(bench.house.photo(&neighbour, &other, &signature).await, Err(Refusal::NotFound), "{}", bench.name);
        // What is over stays as it was.
        assert!(bench.house.bring_photo(&worker, &job.number, Shows::Work, photo(9)).await.is_err());
        assert!(bench.house.forget_photo(&worker, &job.number, Shows::Work, &brought[0]).await.is_err());
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn installation_is_sold_where_somebody_does_it_and_for_goods_that_can_be() {
    for bench in benches().await {
        let item = wall(&bench).await;
        let guest = bench.guest().await;
        let cover = VariantId::new("VAR-5001-BLK-M");
        let add = |variant: &VariantId, installed| Command::AddToCart { variant: variant.clone(), quantity: Quantity::ONE, installed };
        let refused = bench.execute(&guest, add(&cover, true)).await;
        assert_eq!(refused, Err(Refusal::invalid("installation", Problem::Unknown)), "{}", bench.name);
        bench.execute(&guest, add(&item.variant, true)).await.unwrap();
        let cart = bench.house.cart(&guest).await.unwrap();
        assert_eq!(cart.groups[0].amounts.unwrap().installation, Won(70_000));
        bench.execute(&guest, Command::SetCartInstallation { variant: item.variant.clone(), installed: false }).await.unwrap();
        assert_eq!(bench.house.cart(&guest).await.unwrap().groups[0].amounts.unwrap().installation, Won::ZERO);
        bench.execute(&guest, Command::SetCartInstallation { variant: item.variant.clone(), installed: true }).await.unwrap();
        let missing = bench.execute(&guest, Command::SetCartInstallation { variant: cover, installed: true }).await;
        assert!(missing.is_err());
        let place = |version, postcode: &str, days| Command::PlaceOrder {
            seller: item.store,
            cart_version: version,
            ship_to: jumun::command::ShipTo { postcode: Postcode::parse(postcode).unwrap(), ..Bench::ship_to() },
            keep_address: false,
            seen_goods: Won(item.price),
            on_shortage: OnShortage::Refuse,
            benefits: Benefits::default(),
            visit: Some(visit(&bench, days)),
            site: Some(Bench::site()),
        };
        let version = bench.house.cart(&guest).await.unwrap().version;
        let checkout = bench.house.checkout(&guest, item.store, Benefits::default()).await.unwrap();
        assert_eq!((checkout.visit_days.is_some(), checkout.call_out), (true, Won(30_000)), "told before it is ordered, {}", bench.name);
        let mut unsaid = place(version, "06234", 3);
        if let Command::PlaceOrder { site, .. } = &mut unsaid {
            *site = None;
        }
        assert_eq!(bench.execute(&guest, unsaid).await, Err(Refusal::invalid("site", Problem::Missing)), "{}", bench.name);
        let nobody = bench.execute(&guest, place(version, "25440", 3)).await;
        assert_eq!(nobody, Err(Refusal::NoInstaller { postcode: "25440".into() }), "{}", bench.name);
        assert_eq!(bench.execute(&guest, place(version, "06234", 0)).await, Err(Refusal::invalid("day", Problem::OutOfRange)));
        let Answer::Order { order, .. } = bench.execute(&guest, place(version, "06234", 3)).await.unwrap() else { panic!("an order") };
        let order = bench.order(order).await;
        assert_eq!((order.wished, order.site), (Some(visit(&bench, 3)), Some(Site { answers: Bench::site(), call_out: Won(30_000) })));
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}
