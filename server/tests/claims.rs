//! The desks of returns on both databases: what of them is looked for, what a side keeps for itself, and what is agreed to at once.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

#[path = "support/mod.rs"]
mod support;

use app::session::Caller;
use jumun::{
    command::Command,
    ids::{ClaimId, OrderId},
    order::{LineUnits, OrderCommand, ReturnReason, ReturnState, Waits},
    quantity::Quantity,
    refusal::{Problem, Refusal},
    text::{ClaimNote, KeyName},
    time::Span,
    view::ClaimQuery,
};
use support::{Bench, benches};

fn note(text: &str) -> ClaimNote {
    ClaimNote::parse(text).unwrap()
}

/// An order of somebody that has arrived.
async fn arrived(bench: &Bench, buyer: &Caller, units: u32) -> OrderId {
    let item = server::testing::item(&bench.house, "VAR-5001-BLK-M").await;
    let item = support::Item { variant: item.0, warehouse: item.1, store: item.2, price: item.3 };
    let quantity = Quantity::new(units).unwrap();
    bench.execute(buyer, Command::AddToCart { variant: item.variant.clone(), quantity, installed: false }).await.unwrap();
    let version = bench.house.cart(buyer).await.unwrap().version;
    let order = bench.place_version(buyer, &item, version).await.unwrap();
    bench.pay(buyer, order).await;
    for goods in bench.order(order).await.fulfilments {
        bench.system(order, OrderCommand::AutoRelease { fulfilment: goods.id }).await.unwrap();
    }
    bench.deliver(order).await;
    order
}

/// He asks to send all of it back.
async fn sent_back(bench: &Bench, buyer: &Caller, order: OrderId, reason: ReturnReason) -> ClaimId {
    let goods = bench.order(order).await.fulfilments[0].clone();
    let units = goods.lines.iter().map(|line| LineUnits { line: line.line, quantity: line.quantity }).collect();
    let wish = OrderCommand::RequestReturn {
        fulfilment: goods.id,
        units,
        reason,
        pickup_on: None,
        found_on: None,
        note: Some(note("천이 찢어져 있었어요")),
    };
    bench.command(buyer, order, wish).await.unwrap();
    bench.order(order).await.claims.last().unwrap().id
}

fn by(change: impl FnOnce(&mut ClaimQuery)) -> ClaimQuery {
    let mut query = ClaimQuery::default();
    change(&mut query);
    query
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_is_looked_through_and_a_file_has_what_the_page_finds() {
    for bench in benches().await {
        let item = bench.scarce_item(40).await;
        let (staff, stranger, head) = (bench.staff(&item).await, bench.other_staff(&item).await, bench.admin().await);
        let (member, guest) = (bench.member().await, bench.guest().await);
        let (first, second) = (arrived(&bench, &member, 1).await, arrived(&bench, &guest, 4).await);
        let old = sent_back(&bench, &member, first, ReturnReason::ChangeOfMind).await;
        bench.advance(Span::days(2)).await;
        let new = sent_back(&bench, &guest, second, ReturnReason::Defect).await;
        let found = async |caller: &Caller, query: ClaimQuery| {
            let page = bench.house.claims(caller, &query).await.unwrap().rows;
            let file = bench.house.claim_rows(caller, &query).await.unwrap();
            assert_eq!(page, file, "{}", bench.name);
            page.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        for caller in [&staff, &head] {
            assert_eq!(found(caller, ClaimQuery::default()).await, [old, new], "{}: the longest waiting first", bench.name);
            assert_eq!(found(caller, by(|query| query.days = some("2"))).await, [old]);
            assert_eq!(found(caller, by(|query| query.fault = some("seller"))).await, [new]);
            assert_eq!(found(caller, by(|query| query.reason = some("change_of_mind"))).await, [old]);
            assert_eq!(found(caller, by(|query| query.least = some("100,000원"))).await, [new]);
            assert_eq!(found(caller, by(|query| query.most = some("100000"))).await, [old]);
            assert_eq!(found(caller, by(|query| query.q = some("나회원"))).await, [old]);
            let number = bench.order(second).await.number.to_string();
            assert_eq!(found(caller, by(|query| query.q = some(&number))).await, [new]);
            assert_eq!(found(caller, by(|query| query.state = some("Requested"))).await, [old, new]);
            assert_eq!(found(caller, by(|query| query.state = some("asked"))).await, []);
            assert_eq!(found(caller, by(|query| query.mine = some("on"))).await, []);
            // What cannot be asked finds nothing, and breaks nothing.
            for broken in [
                by(|query| query.state = some("nowhere")),
                by(|query| query.days = some("soon")),
                by(|query| query.least = some("much")),
                by(|query| query.reason = some("'; --")),
                by(|query| (query.fault, query.reason) = (some("seller"), some("change_of_mind"))),
            ] {
                assert_eq!(found(caller, broken).await, []);
            }
        }
        assert_eq!(found(&head, by(|query| query.seller = some(&item.store.to_string()))).await, [old, new]);
        // A store sees its own, whatever it asks for.
        assert_eq!(found(&stranger, by(|query| query.seller = some(&item.store.to_string()))).await, []);
        for nobody in [&member, &guest] {
            assert!(bench.house.claims(nobody, &ClaimQuery::default()).await.is_err());
            assert!(bench.house.claim_rows(nobody, &ClaimQuery::default()).await.is_err());
        }
        bench.command(&staff, first, OrderCommand::ApproveReturn { claim: old }).await.unwrap();
        assert_eq!(found(&staff, by(|query| query.state = some("Requested"))).await, [new]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_side_keeps_its_notes_and_its_people_to_itself() {
    for bench in benches().await {
        let item = bench.scarce_item(40).await;
        let (staff, stranger, head) = (bench.staff(&item).await, bench.other_staff(&item).await, bench.admin().await);
        let buyer = bench.member().await;
        let order = arrived(&bench, &buyer, 2).await;
        let claim = sent_back(&bench, &buyer, order, ReturnReason::Defect).await;
        for (who, text) in [(&staff, "상자 확인"), (&head, "지난달에도 있었음")] {
            bench.execute(who, Command::CommentOnClaim { claim, text: note(text) }).await.unwrap();
            let to = who.actor.account();
            bench.execute(who, Command::AssignClaim { claim, to }).await.unwrap();
            let page = bench.house.claim(who, claim).await.unwrap();
            assert_eq!(page.comments.iter().map(|comment| comment.text.as_str()).collect::<Vec<_>>(), [text], "{}", bench.name);
            assert_eq!(page.keeper.map(|keeper| keeper.account), to);
            let mine = bench.house.claims(who, &by(|query| query.mine = some("on"))).await.unwrap();
            assert_eq!(mine.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [claim]);
        }
        let told = bench.house.order(&buyer, &bench.order(order).await.number).await.unwrap();
        let told = serde_json::to_string(&told).unwrap();
        assert!(!told.contains("상자 확인") && !told.contains("지난달"), "the buyer reads none of it");
        // Nobody of the other side can be asked to look after it, and letting go is for everybody of one's own.
        let command = Command::AssignClaim { claim, to: head.actor.account() };
        assert_eq!(bench.execute(&staff, command).await, Err(Refusal::invalid("to", Problem::Unknown)));
        bench.execute(&staff, Command::AssignClaim { claim, to: None }).await.unwrap();
        assert_eq!(bench.house.claim(&staff, claim).await.unwrap().keeper, None);
        assert!(bench.house.claim(&head, claim).await.unwrap().keeper.is_some());
        // For everybody else there is no such return.
        assert_eq!(bench.house.claim(&stranger, claim).await.err(), Some(Refusal::NotFound));
        for other in [&stranger, &buyer] {
            assert!(bench.execute(other, Command::CommentOnClaim { claim, text: note("훔쳐보기") }).await.is_err());
            assert!(bench.execute(other, Command::AssignClaim { claim, to: None }).await.is_err());
        }
        // What somebody looks for again and again is his own.
        let (name, query) = (KeyName::parse("급한 것").unwrap(), by(|query| query.days = some("3")));
        bench.execute(&staff, Command::KeepClaimFilter { name: name.clone(), query: query.clone() }).await.unwrap();
        let nothing = Command::KeepClaimFilter { name, query: ClaimQuery::default() };
        assert_eq!(bench.execute(&staff, nothing).await, Err(Refusal::invalid("query", Problem::Missing)));
        let kept = bench.house.claims(&staff, &query).await.unwrap().filters;
        assert_eq!(kept.iter().map(|filter| (filter.name.as_str(), &filter.query)).collect::<Vec<_>>(), [("급한 것", &query)]);
        assert_eq!(bench.house.claims(&head, &query).await.unwrap().filters, []);
        bench.execute(&head, Command::ForgetClaimFilter { filter: kept[0].id.clone() }).await.unwrap();
        assert_eq!(bench.house.claims(&staff, &query).await.unwrap().filters.len(), 1, "nobody forgets another one's");
        bench.execute(&staff, Command::ForgetClaimFilter { filter: kept[0].id.clone() }).await.unwrap();
        assert_eq!(bench.house.claims(&staff, &query).await.unwrap().filters, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_buyer_is_asked_and_answers_and_the_record_counts_a_year_of_his() {
    for bench in benches().await {
        let item = bench.scarce_item(40).await;
        let (staff, head) = (bench.staff(&item).await, bench.admin().await);
        let buyer = bench.member().await;
        let (kept, order) = (arrived(&bench, &buyer, 1).await, arrived(&bench, &buyer, 2).await);
        let claim = sent_back(&bench, &buyer, order, ReturnReason::Defect).await;
        bench.command(&staff, order, OrderCommand::AskAboutReturn { claim, note: note("어떤 소리가 나나요?") }).await.unwrap();
        let queue = bench.house.claims(&head, &by(|query| query.state = some("asked"))).await.unwrap();
        assert_eq!((queue.asked, queue.rows.len(), queue.rows[0].id), (1, 1, claim), "{}", bench.name);
        assert_eq!(bench.order(order).await.waits(), Waits::ReturnQuestion);
        bench.command(&buyer, order, OrderCommand::AnswerAboutReturn { claim, note: note("쇳소리가 나요") }).await.unwrap();
        let page = bench.house.claim(&head, claim).await.unwrap();
        let said: Vec<&str> = page.order.claims[0].notes.iter().map(|note| note.text.as_str()).collect();
        assert_eq!(said, ["천이 찢어져 있었어요", "어떤 소리가 나나요?", "쇳소리가 나요"]);
        assert_eq!((page.buyer.orders, page.buyer.sent_back, page.buyer.returns, page.buyer.rejected), (2, 1, 1, 0));
        assert_eq!((page.seller.returns, page.seller.open, page.seller.its_fault), (1, 1, 1));
        let reason = jumun::order::RejectReason::NotShown;
        bench.command(&staff, order, OrderCommand::RejectReturn { claim, reason, note: note("사진에 보이지 않습니다") }).await.unwrap();
        let other = sent_back(&bench, &buyer, kept, ReturnReason::ChangeOfMind).await;
        let heard = ["order_arrived", "order_arrived", "return_answered", "return_asked", "return_asked"];
        assert_eq!(bench.heard(&staff).await, heard, "{}", bench.name);
        let page = bench.house.claim(&staff, other).await.unwrap();
        assert_eq!((page.buyer.sent_back, page.buyer.returns, page.buyer.rejected), (2, 2, 1));
        assert_eq!(page.others.iter().map(|row| (row.id, row.state)).collect::<Vec<_>>(), [(claim, ReturnState::Rejected)]);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_mind_are_agreed_to_at_once_and_nothing_else_is() {
    for bench in benches().await {
        let item = bench.scarce_item(40).await;
        let (staff, stranger) = (bench.staff(&item).await, bench.other_staff(&item).await);
        let mut claims = Vec::new();
        for reason in [ReturnReason::ChangeOfMind, ReturnReason::ChangeOfMind, ReturnReason::Defect] {
            let buyer = bench.guest().await;
            let order = arrived(&bench, &buyer, 1).await;
            claims.push((order, sent_back(&bench, &buyer, order, reason).await));
        }
        let ids: Vec<ClaimId> = claims.iter().map(|(_, claim)| *claim).collect();
        assert_eq!(bench.house.approve_returns(&stranger, &ids).await, Err(Refusal::NotFound));
        assert_eq!(bench.house.approve_returns(&staff, &[]).await, Err(Refusal::invalid("claims", Problem::Missing)));
        let outcome = bench.house.approve_returns(&staff, &ids).await.unwrap();
        assert_eq!((outcome.done, outcome.refused.len()), (2, 1), "{}", bench.name);
        assert_eq!(outcome.refused[0].0, bench.order(claims[2].0).await.number, "somebody has to look at what is said to be broken");
        for (nth, state) in [ReturnState::Collecting, ReturnState::Collecting, ReturnState::Requested].into_iter().enumerate() {
            assert_eq!(bench.order(claims[nth].0).await.claims[0].state, state);
        }
        let again = bench.house.approve_returns(&staff, &ids[..1]).await.unwrap();
        assert_eq!((again.done, again.refused.len()), (0, 1), "a second time it is refused");
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}
