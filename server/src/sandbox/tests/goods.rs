use super::*;
use crate::providers::carrier::{PickupRequest, TrackingStatus};
use crate::providers::wms::{Outbound, OutboundItem, OutboundRequest, OutboundStatus, ShipTo};

fn ship_to() -> ShipTo {
    ShipTo { name: "홍길동".into(), phone: "010-0000-0000".into(), address: "서울".into(), postcode: "04524".into() }
}

fn wish(request: &str) -> OutboundRequest {
    OutboundRequest {
        order_id: "o-1".into(),
        items: vec![OutboundItem { sku: "S-1".into(), quantity: 2, serials: None }],
        ship_to: ship_to(),
        priority: "normal".into(),
        request_id: request.into(),
    }
}

#[tokio::test]
async fn goods_go_out_and_arrive_by_the_clock() {
    let bench = Bench::new().await;
    let (wms, carrier) = (&bench.providers.wms, &bench.providers.carrier);
    let made = wms.create(&wish("r-1")).await.unwrap();
    assert_eq!(wms.create(&wish("r-1")).await.unwrap(), made);
    assert_eq!(made.expected_ship_date, wire::to_day(START));
    let at = async || wms.get(&made.id).await.unwrap();
    assert_eq!(at().await.status, OutboundStatus::Requested);
    bench.advance(3 * SECOND);
    assert_eq!(at().await.status, OutboundStatus::Started);
    assert_eq!(at().await.tracking_number, None);
    bench.advance(3 * SECOND);
    let done = at().await;
    assert_eq!(done.status, OutboundStatus::Completed);
    let number = done.tracking_number.unwrap();
    let road = async || -> Vec<TrackingStatus> { carrier.tracking(&number).await.unwrap().events.iter().map(|event| event.status).collect() };
    use TrackingStatus::{Delivered, InTransit, OutForDelivery, PickedUp};
    assert_eq!(road().await, [PickedUp]);
    bench.advance(5 * SECOND);
    assert_eq!(road().await, [PickedUp, InTransit]);
    bench.advance(15 * SECOND);
    assert_eq!(road().await, [PickedUp, InTransit, OutForDelivery, Delivered]);
    bench.fault(json!({ "provider": "carrier", "fault": "old_answer", "times": 1 })).await;
    assert_eq!(road().await.len(), 3);
    assert_eq!(code(&wms.cancel(&made.id, "c").await.unwrap_err()), "ALREADY_ENDED");

    let said = bench.got("wms", 2).await;
    let states: Vec<OutboundStatus> = said.iter().map(|got| serde_json::from_str::<Outbound>(&got.body).unwrap().status).collect();
    assert!(states.contains(&OutboundStatus::Started) && states.contains(&OutboundStatus::Completed));
    for got in said {
        assert!(wire::is_signed("w", got.body.as_bytes(), &got.signature.unwrap()));
    }
    let hints = bench.got("carrier", 4).await;
    assert_eq!(hints.len(), 4);
    assert!(wire::is_signed("c", hints[0].body.as_bytes(), hints[0].signature.as_ref().unwrap()));
    assert!(bench.page("/wms").await.contains("S-1"));
    assert!(bench.page("/carrier?lang=en").await.contains(&number));
}

#[tokio::test]
async fn an_order_called_back_in_time_never_leaves() {
    let bench = Bench::new().await;
    let wms = &bench.providers.wms;
    let made = wms.create(&wish("r-1")).await.unwrap();
    bench.advance(3 * SECOND);
    assert_eq!(wms.cancel(&made.id, "c").await.unwrap().status, OutboundStatus::Cancelled);
    assert_eq!(wms.cancel(&made.id, "c").await.unwrap().status, OutboundStatus::Cancelled);
    bench.advance(60 * SECOND);
    assert_eq!(wms.get(&made.id).await.unwrap().status, OutboundStatus::Cancelled);
    assert!(wms.cancel("none", "c").await.unwrap_err().is_not_found());
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(hold(&bench.shop.got).iter().all(|got| got.provider != "carrier"));
}

#[tokio::test]
async fn a_scripted_order_fails_and_an_empty_one_is_refused() {
    let bench = Bench::new().await;
    let wms = &bench.providers.wms;
    bench.post("/wms/sandbox/script", json!({ "outcome": "failed" })).await;
    bench.put("/wms/sandbox/pace", json!({ "startedAfterMs": 0, "completedAfterMs": 0 })).await;
    let made = wms.create(&wish("r-1")).await.unwrap();
    assert_eq!(wms.get(&made.id).await.unwrap().status, OutboundStatus::Failed);
    let next = wms.create(&wish("r-2")).await.unwrap();
    assert_eq!(wms.get(&next.id).await.unwrap().status, OutboundStatus::Completed);
    let empty = OutboundRequest { items: Vec::new(), ..wish("r-3") };
    assert_eq!(code(&wms.create(&empty).await.unwrap_err()), "REJECTED");
}

#[tokio::test]
async fn attempts_fail_as_scripted_but_the_past_stays() {
    let bench = Bench::new().await;
    let carrier = &bench.providers.carrier;
    let pickup = PickupRequest { request_id: "p-1".into(), order_id: "o-1".into(), from: ship_to() };
    let made = carrier.request_pickup(&pickup).await.unwrap();
    assert_eq!(carrier.request_pickup(&pickup).await.unwrap(), made);
    assert!(carrier.tracking(&made.tracking_no).await.unwrap_err().is_not_found());
    let script = |outcome: &str, times: u32| json!({ "trackingNo": made.tracking_no, "outcome": outcome, "times": times });
    assert_eq!(bench.post("/carrier/sandbox/script", script("absent", 2)).await.0, 200);
    bench.advance(5 * SECOND + 40 * SECOND);
    let events = carrier.tracking(&made.tracking_no).await.unwrap().events;
    let failed: Vec<_> = events.iter().filter(|event| event.status == TrackingStatus::Failed).collect();
    assert_eq!(failed.len(), 2);
    assert_eq!(failed[0].cause.as_deref(), Some("absent"));
    assert_eq!(bench.post("/carrier/sandbox/script", script("returned", 1)).await.0, 200);
    bench.advance(60 * SECOND);
    let events = carrier.tracking(&made.tracking_no).await.unwrap().events;
    assert_eq!(events.last().unwrap().status, TrackingStatus::Returned);
    assert_eq!(bench.post("/carrier/sandbox/script", script("absent", 1)).await.0, 409);
    assert_eq!(bench.post("/carrier/sandbox/script", script("eaten", 1)).await.0, 422);
}
