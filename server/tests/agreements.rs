//! Who trades with whom and at which prices, on both databases: what a store agrees with its partners, and how stores join the chain.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

#[path = "support/mod.rs"]
mod support;

use app::{backend::Entry, session::Caller};
use jumun::{
    actor::Actor,
    command::{Answer, Command},
    ids::{OrderId, PartyId, ProductId, VariantId},
    money::Won,
    order::{OrderCommand, Status},
    partner::{PriceStep, Standing, StoreApplication, StoreKind},
    quantity::Quantity,
    refusal::{Problem, Refusal},
    text::{Address, BusinessNumber, Email, Message, Password, PersonName, Phone, Postcode, Reason, StoreName},
    view::{ApplicationView, AuditQuery, CatalogueQuery},
};
use server::testing::colleague;
use support::{Bench, Item, benches, photo};

/// What the parts wholesaler calls the cover that the retailer sells too.
const COVER: &str = "VAR-8206-STD";

async fn item(bench: &Bench, variant: &str) -> Item {
    let (variant, warehouse, store, price) = server::testing::item(&bench.house, variant).await;
    Item { variant, warehouse, store, price }
}

fn steps(steps: &[(u32, i64)]) -> Vec<PriceStep> {
    steps.iter().map(|&(from, price)| PriceStep { from, price: Won(price) }).collect()
}

fn prices(variant: &str, buyer: Option<PartyId>, list: &[(u32, i64)]) -> Command {
    Command::SetPartnerPrices { variant: VariantId::new(variant), buyer, steps: steps(list) }
}

fn reason() -> Reason {
    Reason::parse("연체가 잦아요").unwrap()
}

async fn restock(bench: &Bench, buyer: &Caller, ours: &Item, theirs: &str, units: u32) -> Result<OrderId, Refusal> {
    let quantity = Quantity::new(units).unwrap();
    let command = Command::Restock { warehouse: ours.warehouse, variant: ours.variant.clone(), partner_variant: VariantId::new(theirs), quantity };
    match bench.execute(buyer, command).await? {
        Answer::Order { order, .. } => Ok(order),
        other => panic!("{other:?}"),
    }
}

async fn payable(bench: &Bench, order: OrderId) -> Won {
    bench.order(order).await.amounts.payable()
}

async fn audited(bench: &Bench, command: &str) -> Vec<Option<String>> {
    let query = AuditQuery { command: Some(command.into()), ..AuditQuery::default() };
    bench.house.audit(&bench.admin().await, &query).await.unwrap().rows.into_iter().map(|row| row.note).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partners_own_list_wins_and_what_was_placed_keeps_its_price() {
    for bench in benches().await {
        let (ours, theirs) = (item(&bench, "VAR-5001-BLK-M").await, item(&bench, COVER).await);
        let (seller, buyer) = (colleague(&bench.house, theirs.store, true).await, colleague(&bench.house, ours.store, true).await);
        let set = async |buyer, list: &[(u32, i64)]| bench.execute(&seller, prices(COVER, buyer, list)).await.unwrap();
        let cost = async |units| payable(&bench, restock(&bench, &buyer, &ours, COVER, units).await.unwrap()).await;
        set(None, &[(1, 22_000), (10, 20_000)]).await;
        assert_eq!((cost(2).await, cost(10).await), (Won(44_000), Won(200_000)), "{}", bench.name);
        set(Some(ours.store), &[(5, 21_000)]).await;
        let placed = restock(&bench, &buyer, &ours, COVER, 10).await.unwrap();
        assert_eq!((payable(&bench, placed).await, cost(2).await), (Won(210_000), Won(44_000)), "its own, dearer or not, from five on");
        set(Some(ours.store), &[]).await;
        assert_eq!((cost(10).await, payable(&bench, placed).await), (Won(200_000), Won(210_000)));
        let offered = bench.house.partners(&buyer).await.unwrap().goods.into_iter().find(|row| row.offer.variant.as_str() == COVER).unwrap();
        assert_eq!(offered.offer.steps, steps(&[(1, 22_000), (10, 20_000)]));

        bench.execute(&seller, Command::SetPartnerTerms { variant: VariantId::new(COVER), least: 4, lead_days: 9 }).await.unwrap();
        assert_eq!(restock(&bench, &buyer, &ours, COVER, 3).await, Err(Refusal::invalid("quantity", Problem::OutOfRange)));
        assert_eq!(cost(4).await, Won(88_000));
        let seen = bench.house.selling(&seller).await.unwrap();
        let row = seen.goods.iter().find(|row| row.variant.as_str() == COVER).unwrap();
        assert_eq!((row.least, row.lead_days, row.lists.len()), (4, 9, 1));
        assert!(audited(&bench, "set-partner-prices").await.contains(&Some(format!("{COVER} {} 5:21000", ours.store))));
        assert_eq!(bench.findings().await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sets_anothers_terms_or_wrong_ones() {
    for bench in benches().await {
        let (ours, theirs) = (item(&bench, "VAR-5001-BLK-M").await, item(&bench, COVER).await);
        let seller = colleague(&bench.house, theirs.store, true).await;
        let before = bench.house.selling(&seller).await.unwrap();
        let terms = |least, lead_days| Command::SetPartnerTerms { variant: VariantId::new(COVER), least, lead_days };
        let limit = |buyer, limit| Command::SetCreditLimit { buyer, limit: Won(limit) };
        let wrong = |field| Err(Refusal::invalid(field, Problem::OutOfRange));
        let unknown = Err(Refusal::invalid("partner", Problem::Unknown));
        for (command, refused) in [
            (prices("VAR-5001-BLK-M", None, &[(1, 1)]), Err(Refusal::NotFound)),
            (prices("NOTHING", None, &[(1, 1)]), Err(Refusal::NotFound)),
            (prices(COVER, Some(theirs.store), &[(1, 1)]), unknown.clone()),
            (prices(COVER, Some(PartyId::CHAIN), &[(1, 1)]), unknown.clone()),
            (prices(COVER, None, &[(1, 0)]), wrong("price")),
            (prices(COVER, None, &[(1, 10), (5, 11)]), wrong("price")),
            (prices(COVER, None, &[(5, 10), (5, 9)]), wrong("from_units")),
            (terms(0, 1), wrong("least")),
            (terms(1, 366), wrong("lead_days")),
            (limit(ours.store, -1), wrong("limit")),
            (limit(theirs.store, 1), Err(Refusal::NotFound)),
            (Command::AskPartner { seller: theirs.store, message: Message::parse("나").unwrap() }, unknown),
            (Command::ApprovePartner { buyer: ours.store, limit: Won(1) }, Err(Refusal::StandsOtherwise { standing: Standing::Approved })),
        ] {
            assert_eq!(bench.execute(&seller, command.clone()).await, refused, "{}: {command:?}", bench.name);
        }
        let clerk = colleague(&bench.house, theirs.store, false).await;
        for (caller, refused) in [
            (clerk.clone(), Refusal::NotAllowed),
            (bench.admin().await, Refusal::NotAllowed),
            (bench.guest().await, Refusal::SignInRequired),
            (colleague(&bench.house, ours.store, true).await, Refusal::NotFound),
        ] {
            for command in [prices(COVER, None, &[(1, 1)]), terms(1, 1), limit(ours.store, 1)] {
                assert_eq!(bench.execute(&caller, command).await, Err(refused.clone()), "{}", bench.name);
            }
        }
        assert_eq!(bench.house.selling(&seller).await.unwrap(), before);
        assert!(!bench.house.selling(&clerk).await.unwrap().manager, "who sells looks at the terms all the same");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn credit_ends_and_begins_again_and_what_was_placed_goes_on() {
    for bench in benches().await {
        let (ours, theirs) = (item(&bench, "VAR-5001-BLK-M").await, item(&bench, COVER).await);
        let (seller, buyer) = (colleague(&bench.house, theirs.store, true).await, colleague(&bench.house, ours.store, true).await);
        let placed = restock(&bench, &buyer, &ours, COVER, 2).await.unwrap();
        bench.execute(&seller, Command::SetCreditLimit { buyer: ours.store, limit: Won(50_000) }).await.unwrap();
        let row = |view: Vec<jumun::view::AgreementRow>, with| view.into_iter().find(|row| row.partner == with).unwrap();
        let seen = row(bench.house.selling(&seller).await.unwrap().partners, ours.store);
        assert_eq!((seen.credit_limit, seen.owed, seen.left()), (Won(50_000), Won(45_000), Won(5_000)), "{}", bench.name);
        assert_eq!(restock(&bench, &buyer, &ours, COVER, 1).await, Err(Refusal::CreditExceeded { left: Won(5_000) }));
        bench.execute(&seller, Command::SetCreditLimit { buyer: ours.store, limit: Won(10_000_000) }).await.unwrap();

        bench.execute(&seller, Command::SuspendPartner { buyer: ours.store, reason: reason() }).await.unwrap();
        assert!(restock(&bench, &buyer, &ours, COVER, 1).await.is_err());
        let view = bench.house.partners(&buyer).await.unwrap();
        assert!(view.goods.iter().all(|row| row.offer.seller != theirs.store), "what it sells is not offered");
        let told = row(view.partners, theirs.store);
        assert_eq!((told.standing, told.reason.as_deref()), (Standing::Suspended, Some(reason().as_str())));
        bench.command(&seller, placed, OrderCommand::AcceptOrder { units: Vec::new() }).await.unwrap();
        assert_eq!(bench.order(placed).await.status(), Status::Confirmed, "what was placed goes on");
        let again = Command::SuspendPartner { buyer: ours.store, reason: reason() };
        assert_eq!(bench.execute(&seller, again).await, Err(Refusal::StandsOtherwise { standing: Standing::Suspended }));

        bench.execute(&seller, Command::ResumePartner { buyer: ours.store }).await.unwrap();
        let told = async |code: &str| server::testing::told(&bench.house, ours.store, code).await;
        let stopped = told("TPL-STO-006").await;
        assert!(!stopped.is_empty() && stopped[0].ends_with(&format!(": {}", reason().as_str())), "{}: {stopped:?}", bench.name);
        assert_eq!(told("TPL-STO-007").await.len(), stopped.len());
        restock(&bench, &buyer, &ours, COVER, 1).await.unwrap();
        assert_eq!(audited(&bench, "suspend-partner").await, [Some(format!("{} {}", ours.store, reason()))]);
        assert_eq!(bench.findings().await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_asks_is_turned_down_asks_again_and_buys() {
    for bench in benches().await {
        let (ours, theirs) = (item(&bench, "VAR-4001-WHT").await, item(&bench, "VAR-4007-WHT").await);
        let (seller, buyer) = (colleague(&bench.house, theirs.store, true).await, colleague(&bench.house, ours.store, true).await);
        let ask = || Command::AskPartner { seller: theirs.store, message: Message::parse("에어컨 필터를 사고 싶어요").unwrap() };
        let standing = async || {
            let view = bench.house.partners(&buyer).await.unwrap();
            let row = view.partners.iter().find(|row| row.partner == theirs.store).map(|row| (row.standing, row.reason.clone()));
            (row, view.others.iter().any(|(other, _)| *other == theirs.store))
        };
        assert_eq!(standing().await, (None, true), "{}", bench.name);
        assert!(restock(&bench, &buyer, &ours, "VAR-4007-WHT", 1).await.is_err());
        bench.execute(&buyer, ask()).await.unwrap();
        assert_eq!(bench.execute(&buyer, ask()).await, Err(Refusal::StandsOtherwise { standing: Standing::Applied }));
        let asked = server::testing::told(&bench.house, theirs.store, "TPL-STO-003").await;
        assert!(!asked.is_empty() && asked.iter().all(|words| words.ends_with(": 에어컨 필터를 사고 싶어요")), "{}: {asked:?}", bench.name);
        assert_eq!(standing().await, (Some((Standing::Applied, None)), false));
        assert!(restock(&bench, &buyer, &ours, "VAR-4007-WHT", 1).await.is_err(), "asking is not trading");
        let waits = bench.house.selling(&seller).await.unwrap().partners.remove(0);
        assert_eq!((waits.partner, waits.message.as_deref()), (ours.store, Some("에어컨 필터를 사고 싶어요")), "who waits comes first");
        let early = Command::SetCreditLimit { buyer: ours.store, limit: Won(1) };
        assert_eq!(bench.execute(&seller, early).await, Err(Refusal::StandsOtherwise { standing: Standing::Applied }));

        bench.execute(&seller, Command::RejectPartner { buyer: ours.store, reason: reason() }).await.unwrap();
        assert_eq!(standing().await, (Some((Standing::Rejected, Some(reason().to_string()))), true));
        bench.execute(&buyer, ask()).await.unwrap();
        bench.execute(&seller, Command::ApprovePartner { buyer: ours.store, limit: Won(1_000_000) }).await.unwrap();
        assert_eq!(standing().await, (Some((Standing::Approved, None)), false));
        for (code, times) in [("TPL-STO-004", 1), ("TPL-STO-005", 1), ("TPL-STO-006", 0)] {
            assert_eq!(server::testing::told(&bench.house, ours.store, code).await.len(), times * asked.len(), "{}: {code}", bench.name);
        }
        let placed = restock(&bench, &buyer, &ours, "VAR-4007-WHT", 1).await.unwrap();
        assert_eq!(payable(&bench, placed).await, Won(theirs.price), "without a list it is the shop's price");
        assert_eq!(bench.findings().await, Vec::<String>::new());
    }
}

fn application(number: &str, email: &str) -> StoreApplication {
    StoreApplication {
        name: StoreName::parse("새봄가전").unwrap(),
        kind: StoreKind::Retailer,
        business_number: BusinessNumber::parse(number).unwrap(),
        person: PersonName::parse("봄이").unwrap(),
        email: Email::parse(email).unwrap(),
        phone: Phone::parse("010-2222-3333").unwrap(),
        postcode: Postcode::parse("06234").unwrap(),
        address: Address::parse("서울 강남구 테헤란로 20").unwrap(),
    }
}

fn password() -> Password {
    Password::parse("long-enough-2026").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_joins_the_chain() {
    const NUMBER: &str = "220-81-62517";
    const EMAIL: &str = "bom@store.example";
    for bench in benches().await {
        let (admin, stranger) = (bench.admin().await, Caller { actor: Actor::Nobody, ..bench.guest().await });
        let apply = async |number: &str, email: &str| bench.house.apply_as_store(&stranger, application(number, email), password()).await;
        let sign_in = async || bench.house.sign_in(&stranger, Email::parse(EMAIL).unwrap(), password()).await;
        let taken = |field| Err(Refusal::invalid(field, Problem::Taken));
        assert_eq!(apply("123-81-45672", EMAIL).await, taken("business_number"), "{}: who is here already", bench.name);
        assert_eq!(apply(NUMBER, "hanbit-manager@jumun.example").await, taken("email"));
        let key = apply(NUMBER, EMAIL).await.unwrap();
        assert_eq!(apply(NUMBER, "other@store.example").await, taken("business_number"));
        let waiting = bench.house.stores(&admin, Standing::Applied).await.unwrap();
        let [row] = waiting.rows.as_slice() else { panic!("{waiting:?}") };
        assert_eq!((row.name.ko.as_str(), row.applicant.clone()), ("새봄가전", Some(("봄이".to_owned(), EMAIL.to_owned()))));
        assert!(matches!(sign_in().await, Err(Refusal::WrongCredentials)), "nobody comes in before the answer");
        let hanbit = item(&bench, "VAR-5001-BLK-M").await;
        let manager = colleague(&bench.house, hanbit.store, true).await;
        let offered = async || bench.house.partners(&manager).await.unwrap().others.iter().any(|(_, name)| name.ko == "새봄가전");
        assert!(!offered().await, "who was not taken in is no partner");
        for command in [Command::ResumeStore { store: row.store }, Command::SuspendStore { store: row.store, reason: reason() }] {
            assert_eq!(bench.execute(&admin, command).await, Err(Refusal::StandsOtherwise { standing: Standing::Applied }));
        }
        for caller in [&manager, &stranger] {
            assert!(bench.execute(caller, Command::ApproveStore { store: row.store }).await.is_err());
        }

        // Who has the key shows papers: as many as are allowed, and to head office alone.
        for shade in 0..=ApplicationView::DOCUMENTS as u8 {
            let full = if usize::from(shade) == ApplicationView::DOCUMENTS { Err(Refusal::LimitReached { most: 5 }) } else { Ok(()) };
            assert_eq!(bench.house.bring_document(&key, photo(shade * 40)).await, full, "{}", bench.name);
        }
        assert_eq!(bench.house.bring_document("no", photo(0)).await, Err(Refusal::NotFound));
        let papers = bench.house.application(&key).await.unwrap().documents;
        bench.house.forget_document(&key, &papers[0]).await.unwrap();
        assert_eq!(bench.house.forget_document(&key, &papers[0]).await, Err(Refusal::NotFound));
        let shown = bench.house.stores(&admin, Standing::Applied).await.unwrap().rows[0].documents.clone();
        assert_eq!(shown, papers[1..]);
        let (by_key, by_store) = (key.clone(), row.store.to_string());
        for (caller, way, sees) in
            [(&stranger, &by_key, true), (&admin, &by_store, true), (&stranger, &by_store, false), (&manager, &by_store, false)]
        {
            assert_eq!(bench.house.document(caller, way, &shown[0]).await.is_ok(), sees, "{}", bench.name);
        }
        assert_eq!(bench.house.document(&admin, &by_store, &papers[0]).await, Err(Refusal::NotFound), "it was taken back");

        // Turned down, and asked again by the same business.
        bench.execute(&admin, Command::RejectStore { store: row.store, reason: reason() }).await.unwrap();
        assert_eq!(server::testing::told(&bench.house, row.store, "TPL-STO-002").await, [reason().as_str()]);
        assert!(matches!(sign_in().await, Err(Refusal::WrongCredentials)));
        let answered = bench.house.application(&key).await.unwrap();
        assert_eq!((answered.standing, answered.reason.as_deref()), (Standing::Rejected, Some(reason().as_str())));
        assert_eq!(bench.house.bring_document(&key, photo(7)).await, Err(Refusal::StandsOtherwise { standing: Standing::Rejected }));
        assert_eq!(
            bench.execute(&admin, Command::ApproveStore { store: row.store }).await,
            Err(Refusal::StandsOtherwise { standing: Standing::Rejected })
        );
        let key = apply(NUMBER, EMAIL).await.unwrap();
        bench.house.bring_document(&key, photo(1)).await.unwrap();
        let store = bench.house.stores(&admin, Standing::Applied).await.unwrap().rows[0].store;
        assert_ne!(store, row.store);
        bench.execute(&admin, Command::ApproveStore { store }).await.unwrap();
        assert_eq!(server::testing::told(&bench.house, store, "TPL-STO-001").await.len(), 1);

        assert_eq!(bench.house.application(&key).await, Err(Refusal::NotFound), "he signs in now");
        assert_eq!(bench.house.stores(&admin, Standing::Approved).await.unwrap().rows.iter().map(|row| row.documents.len()).sum::<usize>(), 1);
        let Entry::Session(token) = sign_in().await.unwrap() else { panic!("no code is asked for") };
        let actor = bench.house.actor_of(&server::secret::hash(&token)).await.unwrap().unwrap();
        assert!(matches!(actor, Actor::Staff { store: own, manager: true, .. } if own == store), "{actor:?}");
        let own = Caller { actor, ..stranger.clone() };
        assert_eq!(bench.house.partners(&own).await.unwrap().warehouses.len(), 1);
        assert!(offered().await);
        let counts = bench.house.stores(&admin, Standing::Approved).await.unwrap().counts;
        assert_eq!(counts.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [0, 9, 0, 1]);
        assert_eq!(bench.findings().await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_store_sells_nothing_new_and_ends_what_it_began() {
    for bench in benches().await {
        let cover = bench.scarce_item(20).await;
        let (admin, guest, late) = (bench.admin().await, bench.guest().await, bench.guest().await);
        let sold = bench.buy(&guest, &cover, 1).await;
        let add = Command::AddToCart { variant: cover.variant.clone(), quantity: Quantity::ONE, installed: false };
        bench.execute(&late, add.clone()).await.unwrap();
        let theirs = item(&bench, COVER).await;
        bench.execute(&admin, Command::SuspendStore { store: cover.store, reason: reason() }).await.unwrap();
        bench.execute(&admin, Command::SuspendStore { store: theirs.store, reason: reason() }).await.unwrap();

        let gone = Refusal::NotForSale { variant: cover.variant.clone() };
        assert_eq!(bench.place(&late, &cover).await, Err(gone.clone()), "{}: it lay in a basket", bench.name);
        assert_eq!(bench.execute(&bench.guest().await, add.clone()).await, Err(gone));
        assert_eq!(bench.house.product(&ProductId::new("PROD-5001")).await.err(), Some(Refusal::NotFound));
        let shown = bench.house.catalogue(&CatalogueQuery::default()).await.unwrap();
        assert!(shown.cards.iter().all(|card| card.seller != cover.store), "nor is it shown");
        let staff = colleague(&bench.house, cover.store, true).await;
        assert!(restock(&bench, &staff, &cover, COVER, 1).await.is_err(), "no partner buys of it");

        bench.pay(&guest, sold).await;
        let fulfilment = bench.order(sold).await.fulfilments[0].id;
        for command in [OrderCommand::StartPreparing { fulfilment }, OrderCommand::Allocate { fulfilment }, OrderCommand::Release { fulfilment }] {
            bench.command(&staff, sold, command).await.unwrap();
        }
        bench.deliver(sold).await;
        bench.command(&guest, sold, OrderCommand::ConfirmPurchase).await.unwrap();
        assert_eq!(bench.order(sold).await.status(), Status::Completed, "what was placed goes on");

        bench.execute(&admin, Command::ResumeStore { store: cover.store }).await.unwrap();
        bench.execute(&bench.guest().await, add).await.unwrap();
        assert_eq!(bench.findings().await, Vec::<String>::new());
    }
}
