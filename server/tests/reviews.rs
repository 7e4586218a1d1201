//! What buyers say of goods that they keep, on both databases and through the real binary: who may, when, with which photos, where
//! everybody reads it, and what takes it off again.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

#[path = "support/server.rs"]
mod server;
#[path = "support/mod.rs"]
mod support;

use ::server::actions::photos::Shows;
use app::session::Caller;
use jumun::{
    command::Command,
    ids::{LineId, OrderId, OrderNumber, ProductId},
    order::{HideReason, LineUnits, OrderCommand, ReturnReason, ReviewStanding, Stars},
    quantity::Quantity,
    refusal::Refusal,
    text::ReviewText,
    time::Span,
    view::{CatalogueQuery, OrderView, ReviewQuery, ReviewsView, StoreReviewQuery},
};
use serde_json::{Value, json};
use support::{Bench, Item, benches, photo};

fn said(text: &str) -> ReviewText {
    ReviewText::parse(text).unwrap()
}

fn stars(count: u8) -> Stars {
    Stars::new(count).unwrap()
}

/// A purchase that its buyer has confirmed.
struct Bought {
    order: OrderId,
    number: OrderNumber,
    line: LineId,
}

impl Bench {
    async fn confirmed(&self, buyer: &Caller, item: &Item, units: u32) -> Bought {
        let put = Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::new(units).unwrap(), installed: false };
        self.execute(buyer, put).await.unwrap();
        let version = self.house.cart(buyer).await.unwrap().version;
        let order = self.place_version(buyer, item, version).await.unwrap();
        self.pay(buyer, order).await;
        for goods in self.order(order).await.fulfilments {
            self.system(order, OrderCommand::AutoRelease { fulfilment: goods.id }).await.unwrap();
        }
        self.deliver(order).await;
        self.command(buyer, order, OrderCommand::ConfirmPurchase).await.unwrap();
        let now = self.order(order).await;
        Bought { order, number: now.number.clone(), line: now.lines[0].id }
    }

    async fn seen(&self, caller: &Caller, bought: &Bought) -> OrderView {
        self.house.order(caller, &bought.number).await.unwrap()
    }

    async fn shown(&self, query: &ReviewQuery) -> ReviewsView {
        self.house.reviews(&ProductId::new("PROD-5001"), query).await.unwrap()
    }

    async fn all(&self) -> ReviewsView {
        self.shown(&ReviewQuery::default()).await
    }

    /// Units go back, as far as somebody has looked at them.
    async fn back(&self, buyer: &Caller, item: &Item, bought: &Bought, units: u32) {
        let goods = self.order(bought.order).await.fulfilments.into_iter().find(|goods| goods.is_live()).unwrap();
        let units = vec![LineUnits { line: bought.line, quantity: Quantity::new(units).unwrap() }];
        let wish =
            OrderCommand::RequestReturn { fulfilment: goods.id, units, reason: ReturnReason::Defect, pickup_on: None, found_on: None, note: None };
        self.command(buyer, bought.order, wish).await.unwrap();
        let claim = self.order(bought.order).await.claims.last().unwrap().id;
        let staff = self.staff(item).await;
        self.command(&staff, bought.order, OrderCommand::ApproveReturn { claim }).await.unwrap();
        self.command(&staff, bought.order, OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() }).await.unwrap();
    }

    async fn assert_sound(&self) {
        assert_eq!(self.findings().await, Vec::<String>::new(), "{}", self.name);
        assert_eq!(::server::actions::check::folds(&self.house.db).await.unwrap().1, Vec::<OrderId>::new(), "{}", self.name);
    }
}

fn write(line: LineId, count: u8, text: &str) -> OrderCommand {
    OrderCommand::WriteReview { line, stars: stars(count), text: said(text) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_written_once_read_by_everybody_and_edited_for_a_month() {
    for bench in benches().await {
        let item = bench.scarce_item(20).await;
        let (member, guest, staff, stranger) = (bench.member().await, bench.guest().await, bench.staff(&item).await, bench.guest().await);
        assert_eq!(bench.all().await.rating.tenths(), None, "{}", bench.name);
        let bought = bench.confirmed(&member, &item, 2).await;
        assert_eq!(bench.seen(&member, &bought).await.reviewable, [bought.line]);
        assert!(bench.seen(&staff, &bought).await.reviewable.is_empty(), "the seller writes none");
        let wish = write(bought.line, 5, "조용하고 시원해요. 설치도 쉬웠어요.");
        assert_eq!(bench.command(&stranger, bought.order, wish.clone()).await, Err(Refusal::NotFound), "{}", bench.name);
        assert_eq!(bench.command(&staff, bought.order, wish.clone()).await, Err(Refusal::NotAllowed));
        bench.command(&member, bought.order, wish.clone()).await.unwrap();
        assert!(matches!(bench.command(&member, bought.order, wish).await, Err(Refusal::WrongState { .. })), "{}: once", bench.name);

        let shown = bench.all().await;
        let row = &shown.rows[0];
        assert_eq!((row.author.as_deref(), row.stars.get(), row.changed), (Some("나**"), 5, false), "{}", bench.name);
        assert_eq!((row.text.as_str(), row.answer.as_deref()), ("조용하고 시원해요. 설치도 쉬웠어요.", None));
        assert!(!row.option.ko.is_empty(), "the option that was bought");
        assert_eq!((shown.rating.count(), shown.rating.tenths(), shown.total), (1, Some(50), 1), "{}", bench.name);
        let card = bench.house.product(&ProductId::new("PROD-5001")).await.unwrap().card;
        assert_eq!(card.rating.tenths(), Some(50), "{}: at the head of the page", bench.name);
        let shelf = bench.house.catalogue(&CatalogueQuery { category: Some("parts".into()), page: 1, ..CatalogueQuery::default() }).await.unwrap();
        assert_eq!(shelf.cards.iter().filter(|card| card.rating.count() > 0).count(), 1, "{}: and on the shelf", bench.name);

        // A guest has no name to show.
        let other = bench.confirmed(&guest, &item, 1).await;
        bench.command(&guest, other.order, write(other.line, 2, "생각보다 커요")).await.unwrap();
        let shown = bench.all().await;
        assert_eq!(
            (shown.rows[0].author.as_deref(), shown.rating.tenths(), shown.rating.counts),
            (None, Some(35), [0, 1, 0, 0, 1]),
            "{}",
            bench.name
        );
        let five = bench.shown(&ReviewQuery { stars: Some(stars(5)), ..ReviewQuery::default() }).await;
        assert_eq!((five.rows.len(), five.total, five.rating.count()), (1, 1, 2), "{}", bench.name);

        // The seller answers, twice; the buyer hears of it.
        for text in ["고맙습니다", "고맙습니다. 필터는 두 주에 한 번 씻어 주세요."] {
            bench.command(&staff, bought.order, OrderCommand::AnswerReview { line: bought.line, text: said(text) }).await.unwrap();
        }
        let answered = bench.all().await;
        assert_eq!(answered.rows[1].answer.as_deref(), Some("고맙습니다. 필터는 두 주에 한 번 씻어 주세요."), "{}", bench.name);
        let desk = bench.house.store_reviews(&staff, &StoreReviewQuery::default()).await.unwrap();
        assert_eq!((desk.all, desk.unanswered, desk.rows.len()), (2, 1, 2), "{}", bench.name);
        let open = bench.house.store_reviews(&staff, &StoreReviewQuery { unanswered: true, page: 1 }).await.unwrap();
        assert_eq!(open.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [other.line], "{}", bench.name);
        let elsewhere = bench.house.store_reviews(&bench.other_staff(&item).await, &StoreReviewQuery::default()).await.unwrap();
        assert!(elsewhere.rows.is_empty() && elsewhere.all == 0, "{}", bench.name);
        assert!(bench.house.store_reviews(&member, &StoreReviewQuery::default()).await.is_err());

        // A month, and not a moment more.
        let change = |count| OrderCommand::ChangeReview {
            line: bought.line,
            stars: stars(count),
            text: said("한 달 써 보니 소음이 있어요"),
            keep: Vec::new(),
        };
        bench.advance(Span::days(29)).await;
        bench.command(&member, bought.order, change(3)).await.unwrap();
        let changed = bench.all().await;
        assert_eq!((changed.rows[1].stars.get(), changed.rows[1].changed, changed.rating.tenths()), (3, true, Some(25)), "{}", bench.name);
        assert!(changed.rows[1].answer.is_some(), "the answer stays");
        bench.advance(Span::days(2)).await;
        assert!(matches!(bench.command(&member, bought.order, change(1)).await, Err(Refusal::TooLate { .. })), "{}", bench.name);
        let seen = bench.seen(&member, &bought).await;
        assert!(seen.reviews[0].offers.is_empty() && seen.reviewable.is_empty(), "{}", bench.name);
        assert!(bench.house.may_show(&member, &bought.number, Shows::Review).await.is_err(), "{}", bench.name);
        bench.assert_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_are_private_until_a_review_shows_them_and_again_when_it_does_not() {
    for bench in benches().await {
        let item = bench.scarce_item(20).await;
        let (member, stranger, staff, admin) = (bench.member().await, bench.guest().await, bench.staff(&item).await, bench.admin().await);
        let bought = bench.confirmed(&member, &item, 1).await;
        let bring = |caller: Caller, shade: u8| {
            let (bench, bought) = (&bench, &bought);
            async move { bench.house.bring_photo(&caller, &bought.number, Shows::Review, photo(shade)).await }
        };
        for other in [&stranger, &staff, &admin] {
            assert_eq!(bring(other.clone(), 1).await, Err(Refusal::NotFound), "{}", bench.name);
        }
        let nothing = bench.house.bring_photo(&member, &bought.number, Shows::Review, b"<svg/>".to_vec()).await;
        assert!(matches!(nothing, Err(Refusal::PictureRefused { .. })), "{}: {nothing:?}", bench.name);
        for shade in 1..=5 {
            bring(member.clone(), shade * 40).await.unwrap();
        }
        assert_eq!(bring(member.clone(), 250).await, Err(Refusal::LimitReached { most: 5 }), "{}", bench.name);
        let brought = bench.seen(&member, &bought).await.review_photos;
        assert_eq!((brought.len(), bench.seen(&staff, &bought).await.review_photos.len()), (5, 0), "{}", bench.name);
        let public = |hash: String| {
            let bench = &bench;
            async move { bench.house.review_photo(&hash).await.is_ok() }
        };
        assert!(!public(brought[0].clone()).await, "{}: nothing is published yet", bench.name);
        bench.house.forget_photo(&member, &bought.number, Shows::Review, &brought[4]).await.unwrap();

        bench.command(&member, bought.order, write(bought.line, 4, "사진처럼 생겼어요")).await.unwrap();
        let shown = bench.shown(&ReviewQuery { photos: true, ..ReviewQuery::default() }).await;
        assert_eq!((shown.rows[0].photos.as_slice(), shown.pictured), (&brought[..4], 1), "{}", bench.name);
        assert!(public(brought[0].clone()).await && !public(brought[4].clone()).await, "{}", bench.name);

        // What he takes off is gone; what he brings since comes beside what stays.
        bring(member.clone(), 251).await.unwrap();
        let new = bench.seen(&member, &bought).await.review_photos;
        let keep = vec![brought[1].clone()];
        let change = |keep| OrderCommand::ChangeReview { line: bought.line, stars: stars(4), text: said("사진을 바꿨어요"), keep };
        assert!(matches!(bench.command(&member, bought.order, change(new.clone())).await, Err(Refusal::Invalid { .. })), "{}", bench.name);
        bench.command(&member, bought.order, change(keep.clone())).await.unwrap();
        assert_eq!(bench.all().await.rows[0].photos, [keep[0].clone(), new[0].clone()], "{}", bench.name);
        assert!(!public(brought[0].clone()).await && public(new[0].clone()).await, "{}", bench.name);
        assert_eq!(bench.house.photo(&member, &bought.number, &brought[0]).await, Err(Refusal::NotFound), "{}", bench.name);

        // Head office hides it with a reason, for everybody but the parties of the order.
        let hide = OrderCommand::HideReview { line: bought.line, reason: HideReason::Private };
        assert_eq!(bench.command(&staff, bought.order, hide.clone()).await, Err(Refusal::NotAllowed), "{}", bench.name);
        bench.command(&admin, bought.order, hide.clone()).await.unwrap();
        assert!(bench.all().await.rows.is_empty() && bench.all().await.rating.count() == 0, "{}", bench.name);
        assert!(!public(new[0].clone()).await, "{}", bench.name);
        assert!(bench.house.photo(&staff, &bought.number, &new[0]).await.is_ok(), "{}", bench.name);
        let seen = bench.seen(&member, &bought).await;
        assert_eq!((seen.reviews[0].standing, seen.reviews[0].hidden), (ReviewStanding::Hidden, Some(HideReason::Private)), "{}", bench.name);
        let audit = bench.house.audit(&admin, &jumun::view::AuditQuery::default()).await.unwrap();
        assert!(audit.rows.iter().any(|row| row.command == "hide-review"), "{}", bench.name);
        bench.command(&admin, bought.order, OrderCommand::ShowReview { line: bought.line }).await.unwrap();
        assert!(public(new[0].clone()).await && bench.all().await.rows.len() == 1, "{}", bench.name);
        bench.assert_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_keeps_nothing_says_nothing_and_is_not_asked() {
    for bench in benches().await {
        let item = bench.scarce_item(20).await;
        let (member, admin) = (bench.member().await, bench.admin().await);
        // What stays is reviewed though a part goes back; the moment the rest goes the review is off the page.
        let bought = bench.confirmed(&member, &item, 2).await;
        bench.back(&member, &item, &bought, 1).await;
        bench.command(&member, bought.order, write(bought.line, 5, "하나는 잘 쓰고 있어요")).await.unwrap();
        assert_eq!(bench.all().await.rating.count(), 1, "{}", bench.name);
        bench.back(&member, &item, &bought, 1).await;
        assert_eq!((bench.all().await.rating.count(), bench.all().await.rows.len()), (0, 0), "{}", bench.name);
        let seen = bench.seen(&member, &bought).await;
        assert_eq!((seen.reviews[0].standing, seen.reviewable.len()), (ReviewStanding::Returned, 0), "{}", bench.name);
        let desk = bench.house.store_reviews(&bench.staff(&item).await, &StoreReviewQuery::default()).await.unwrap();
        assert_eq!(desk.rows[0].standing, ReviewStanding::Returned, "{}: its seller still sees it", bench.name);

        // Bought and sent back again and again: nobody writes anything by it.
        let loops = bench.confirmed(&member, &item, 1).await;
        bench.back(&member, &item, &loops, 1).await;
        let refused = bench.command(&member, loops.order, write(loops.line, 5, "최고예요")).await;
        assert!(matches!(refused, Err(Refusal::WrongState { .. })), "{}: {refused:?}", bench.name);

        // Three days after the confirmation the one who kept his goods and said nothing is asked, once.
        let silent = bench.confirmed(&member, &item, 1).await;
        let wrote = bench.confirmed(&member, &item, 1).await;
        bench.command(&member, wrote.order, write(wrote.line, 4, "좋아요")).await.unwrap();
        let asked = |order: OrderId| {
            let bench = &bench;
            async move { bench.log(order).await.iter().filter(|(event, _)| event.name() == "review.requested").count() }
        };
        bench.advance(Span::days(3)).await;
        bench.fire_timers().await;
        bench.advance(Span::days(3)).await;
        bench.fire_timers().await;
        assert_eq!((asked(silent.order).await, asked(wrote.order).await, asked(loops.order).await), (1, 0, 0), "{}", bench.name);
        let _ = admin;
        bench.assert_sound().await;
    }
}

/// The whole way through the binary: bought over the interface, said through forms and through the interface, read on the page.
#[tokio::test(flavor = "multi_thread")]
async fn a_review_goes_through_forms_and_the_interface() {
    for server in server::servers().await {
        let wish = json!({
            "external_id": "REVIEWED", "customer": "CUST-001234", "lines": [{ "variant": "VAR-5001-BLK-M", "quantity": 2 }],
            "ship_to": { "name": "홍길동", "phone": "010-1234-5678", "postcode": "06234", "address": "서울시 강남구 테헤란로 123" }
        });
        let (code, placed) = server.call("channel", "POST", "/orders", Some(&wish)).await;
        assert_eq!(code, 201, "{placed}");
        let number = placed["number"].as_str().unwrap().to_owned();
        let path = |rest: &str| format!("/orders/{number}{rest}");
        let (_, asked) = server.call("channel", "POST", &path("/request-payment"), Some(&json!({ "method": "card" }))).await;
        server.approve_at_psp(asked["order"]["attempt"]["psp_order"].as_str().unwrap(), 70_000).await;
        let status = async |wanted: &str, step: &str| {
            for _ in 0..200 {
                server.advance(step).await;
                let (_, order) = server.call("channel", "GET", &path(""), None).await;
                if order["status"] == wanted {
                    return order;
                }
            }
            panic!("{}: never {wanted}", server.name)
        };
        status("Confirmed", "PT1S").await;
        let delivered = status("Delivered", "PT2H").await;
        let (order, line) = (delivered["id"].as_str().unwrap().to_owned(), delivered["lines"][0]["id"].as_str().unwrap().to_owned());
        let review = |count: Value, text: &str| json!({ "line": line, "stars": count, "text": text });
        let (code, early) = server.call("channel", "POST", &path("/write-review"), Some(&review(json!(5), "빨라요"))).await;
        assert_eq!((code, early["code"].as_str()), (409, Some("wrong_state")), "{early}");
        let (code, _) = server.call("channel", "POST", &path("/confirm-purchase"), None).await;
        assert_eq!(code, 200);

        // What no review is.
        let customer = server.sign_in("hong@jumun.example").await;
        let form = |count: &str, text: &str| {
            let text = text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
            format!("order={order}&line={line}&stars={count}&review={text}")
        };
        let long = "가".repeat(1_001);
        let hostile = [
            ("5", ""),
            ("5", "  \n "),
            ("5", "좋아요\u{202e}"),
            ("5", "좋\0아요"),
            ("5", long.as_str()),
            ("0", "좋아요"),
            ("6", "좋아요"),
            ("", "좋아요"),
        ];
        for (count, text) in hostile {
            assert!(customer.send("write-review", form(count, text)).await.is_client_error(), "{}: {count} {text:?}", server.name);
        }
        for (count, text) in [(json!(0), "x"), (json!(6), "x"), (json!(4.5), "x"), (json!("5"), "x"), (json!(5), "")] {
            let (code, said) = server.call("channel", "POST", &path("/write-review"), Some(&review(count, text))).await;
            assert!((400..500).contains(&code), "{}: {code} {said}", server.name);
        }
        let (code, _) = server.call("other_channel", "POST", &path("/write-review"), Some(&review(json!(5), "좋아요"))).await;
        assert_eq!(code, 404, "{}: somebody else's order", server.name);
        let text = "<script>alert(1)</script> 좋아요 & 조용해요";
        let said = customer.send("write-review", form("4", text)).await;
        assert!(said.is_success() || said.is_redirection(), "{}: {said}", server.name);
        assert!(customer.send("write-review", form("4", text)).await.is_client_error(), "{}: once", server.name);
        let (code, shown) = server.call("store", "POST", &path("/answer-review"), Some(&json!({ "line": line, "text": "고맙습니다" }))).await;
        assert_eq!((code, shown["order"]["reviews"][0]["answer"].as_str()), (200, Some("고맙습니다")), "{shown}");

        let page = server.ask("", "GET", "/products/PROD-5001", &[("accept", "text/html")], None).await;
        let html = page.text().await.unwrap();
        let (_, section) = html.split_once("id=\"reviews\"").expect("the section of the page");
        assert!(section.contains("홍**") && section.contains("고맙습니다") && section.contains("&lt;script&gt;"), "{}", server.name);
        assert!(!section.contains("<script>alert") && !section.contains("홍길동") && !section.contains(&number), "{}", server.name);
        let none = server.ask("", "GET", "/products/PROD-5001?stars=1", &[("accept", "text/html")], None).await.text().await.unwrap();
        assert!(!none.contains("조용해요"), "{}: only what is looked for", server.name);
        let (code, listed) = server.call("channel", "GET", "/products/PROD-5001/reviews?stars=4", None).await;
        assert_eq!((code, listed["total"].as_u64(), listed["rows"][0]["author"].as_str()), (200, Some(1), Some("홍**")), "{listed}");
        let (code, _) = server.call("channel", "GET", "/products/PROD-5001/reviews?stars=9", None).await;
        assert_eq!(code, 422, "{}", server.name);
        let (code, _) = server.call("channel", "GET", "/products/NOWHERE/reviews", None).await;
        assert_eq!(code, 404, "{}", server.name);
        let nowhere = server.ask("", "GET", &format!("/reviews/{}", "0".repeat(64)), &[], None).await;
        assert_eq!(nowhere.status().as_u16(), 404, "{}", server.name);
        server.assert_clean();
    }
}
