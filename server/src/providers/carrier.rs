//! The carrier: tracking, and pick-ups of goods that come back.

use serde::{Deserialize, Serialize};

use super::wms::ShipTo;
use super::{Call, Port, ProviderError, segment};

/// What happened to a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TrackingStatus {
    /// Taken over from the sender.
    PickedUp,
    /// On its way.
    InTransit,
    /// With the driver.
    OutForDelivery,
    /// Handed over.
    Delivered,
    /// An attempt failed; `cause` says why.
    Failed,
    /// Given back to the sender.
    Returned,
}

/// One event of a parcel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackingEvent {
    /// What happened.
    pub status: TrackingStatus,
    /// When, microseconds UTC.
    #[serde(with = "super::wire::time")]
    pub at: i64,
    /// Where.
    pub place: String,
    /// `absent` or `address`, on a failed attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// A parcel's events, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tracking {
    /// The carrier's number.
    pub tracking_no: String,
    /// Oldest first; never empty.
    pub events: Vec<TrackingEvent>,
}

/// The carrier's signed hint that a parcel has news. Fetch the events.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrackingHint {
    /// The carrier's number.
    pub tracking_no: String,
    /// The newest event's status.
    pub status: TrackingStatus,
    /// When, microseconds UTC.
    #[serde(with = "super::wire::time")]
    pub at: i64,
}

/// A wish that goods be fetched, for a return or an exchange.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PickupRequest {
    /// Names this wish: asking again gives the same number.
    pub request_id: String,
    /// Our order.
    pub order_id: String,
    /// Where from.
    pub from: ShipTo,
}

/// The parcel a pick-up becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PickupCreated {
    /// The carrier's number.
    pub tracking_no: String,
}

/// A wish that a parcel which nobody took be brought again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Redelivery {
    /// Names this wish: asking again changes nothing more.
    pub request_id: String,
    /// The carrier's number.
    pub tracking_no: String,
    /// The day: `2026-11-21`.
    pub on: String,
    /// Where to.
    pub to: ShipTo,
}

/// The carrier's word on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rescheduled {
    /// The day it comes.
    pub on: String,
}

/// Client of the carrier.
#[derive(Clone, Debug)]
pub struct Carrier {
    port: Port,
}

impl Carrier {
    pub(super) fn new(port: Port) -> Self {
        Self { port }
    }

    /// The events of a parcel so far.
    ///
    /// # Errors
    /// `Refused` with 404 if the number is not known, or nothing happened yet.
    pub async fn tracking(&self, tracking_no: &str) -> Result<Tracking, ProviderError> {
        self.port.send(Call::get("carrier.tracking", format!("/api/tracking/{}", segment(tracking_no)))).await
    }

    /// Has a parcel brought again. Safe to repeat with the same `request_id`.
    ///
    /// # Errors
    /// `Refused` when it is on its way already, or the number is not known.
    pub async fn redeliver(&self, wish: &Redelivery) -> Result<Rescheduled, ProviderError> {
        self.port.send(Call::post("carrier.redeliver", "/api/redeliveries".to_owned(), &wish.request_id, wish)).await
    }

    /// How far the fetching of goods is: the events of what was fetched.
    ///
    /// # Errors
    /// `Refused` with 404 if the number is not known, or nothing happened yet.
    pub async fn pickup(&self, tracking_no: &str) -> Result<Tracking, ProviderError> {
        self.port.send(Call::get("carrier.pickup-status", format!("/api/pickups/{}", segment(tracking_no)))).await
    }

    /// Has goods fetched. Safe to repeat with the same `request_id`.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn request_pickup(&self, request: &PickupRequest) -> Result<PickupCreated, ProviderError> {
        self.port.send(Call::post("carrier.pickup", "/api/pickups".to_owned(), &request.request_id, request)).await
    }
}
