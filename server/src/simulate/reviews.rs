//! What buyers say of goods that they keep, once their purchase is confirmed.

use super::{
    World,
    browser::{Browser, Stop, Went},
    buyer::Known,
    chain::Deed,
    dice::Dice,
    done,
    figures::Tally,
    hold, in_lanes,
};
use jumun::view::OrderView;
use std::sync::{Arc, Mutex};

/// How many of a hundred lines somebody says something of.
const SAID: usize = 45;

/// What is said, with the stars that go with it, and how many of a hundred say something like it.
const OPINIONS: &[(usize, u8, &[&str])] = &[
    (
        52,
        5,
        &[
            "상품 설명 그대로예요. 포장도 꼼꼼했고 약속한 날에 왔어요.",
            "부모님 댁에 놓아 드렸는데 조용하다고 좋아하세요.",
            "세 번째 사는 거예요. 이번에도 만족해요.",
            "생각보다 튼튼하고 마감이 깔끔해요. 추천합니다.",
            "배송이 빨라서 놀랐어요. 바로 잘 쓰고 있어요.",
            "Exactly as described, and well packed. Would buy again.",
            "Quiet, easy to clean, and it came a day early.",
        ],
    ),
    (
        26,
        4,
        &[
            "전체적으로 만족해요. 설명서 글씨가 조금 작은 점만 아쉬워요.",
            "성능은 좋은데 생각보다 부피가 커요. 자리를 먼저 재 보세요.",
            "가격만큼 합니다. 색이 화면보다 조금 어두워요.",
            "잘 쓰고 있어요. 배송 상자가 조금 찌그러져 왔지만 상품은 멀쩡했어요.",
            "Good value. The manual could be clearer.",
        ],
    ),
    (
        13,
        3,
        &[
            "무난해요. 나쁘지도 좋지도 않아요.",
            "쓸 만하지만 소리가 생각보다 나요.",
            "하루 늦게 왔어요. 상품은 괜찮아요.",
            "It does what it should. Nothing more.",
        ],
    ),
    (6, 2, &["기대보다 마감이 거칠어요. 쓰는 데는 문제없어요.", "안내가 부족해서 맞추는 데 오래 걸렸어요.", "Louder than I had hoped."]),
    (3, 1, &["저한테는 맞지 않았어요. 살 때 더 알아볼 걸 그랬어요.", "I expected more for the price."]),
];

/// Every buyer who keeps what he bought may say something of it, many at once.
pub(super) async fn write(world: &Arc<World>, tally: &Arc<Mutex<Tally>>, known: &[Known]) {
    let tally_of_all = tally.clone();
    let said = in_lanes(world, known.to_vec(), move |world, known| {
        let tally = tally_of_all.clone();
        async move { say(&world, &tally, &known).await.map_err(|stop| format!("{}: {stop:?}", known.number)) }
    });
    done(tally, said.await);
}

/// What one buyer says, line by line. Answers of how many.
async fn say(world: &World, tally: &Mutex<Tally>, known: &Known) -> Went<u32> {
    let mut browser = Browser::new(world, known.cookies.clone());
    let order: OrderView = browser.read("/api/order", &[("number", &known.number)]).await?;
    let mut dice = Dice::about(world.options.seed, &order, 2);
    let mut written = 0;
    for line in &order.reviewable {
        let spoken = dice.percent(SAID);
        let (stars, words) = opinion(&mut dice);
        if !spoken {
            continue;
        }
        let review = Deed::new("write-review", "/api/write-review", &order).with("line", line).with("stars", stars).with("review", words);
        match browser.tell(review.path, &review.fields).await {
            Ok(()) => {
                *hold(tally).steps.entry(review.name).or_default() += 1;
                written += 1;
            }
            // An answer that was lost is found by the next.
            Err(Stop::Refused(_)) => *hold(tally).declined.entry(review.name).or_default() += 1,
            Err(stop) => return Err(stop),
        }
    }
    Ok(written)
}

/// Stars, and words that go with them.
fn opinion(dice: &mut Dice) -> (u8, &'static str) {
    let mut left = dice.below(OPINIONS.iter().map(|(share, ..)| share).sum());
    for (share, stars, words) in OPINIONS {
        if left < *share {
            return (*stars, dice.one_of(words).unwrap_or_default());
        }
        left -= share;
    }
    (5, "")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use jumun::{order::Stars, text::ReviewText};
    use std::collections::BTreeMap;

    #[test]
    fn what_is_said_can_be_said_and_most_are_content() {
        assert_eq!(OPINIONS.iter().map(|(share, ..)| share).sum::<usize>(), 100);
        let mut given: BTreeMap<u8, u32> = BTreeMap::new();
        let mut dice = Dice::new(1, 1);
        for _ in 0..2_000 {
            let (stars, words) = opinion(&mut dice);
            assert!(Stars::new(stars).is_some() && ReviewText::parse(words).is_ok(), "{stars}: {words}");
            *given.entry(stars).or_default() += 1;
        }
        assert_eq!(given.len(), 5, "every number of stars is given");
        assert!(given[&5] > given[&4] && given[&4] > given[&3] && given[&3] > given[&2] && given[&2] > given[&1], "{given:?}");
    }
}
