//! The warehouse: outbound orders.

use jumun::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Call, Port, ProviderError, segment};

/// One line to send out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OutboundItem {
    /// Stock keeping unit.
    pub sku: String,
    /// Units, at least 1.
    pub quantity: i64,
    /// Serial numbers, when the units were chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serials: Option<Vec<String>>,
}

/// Where the goods go.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShipTo {
    /// Receiver.
    pub name: String,
    /// Telephone.
    pub phone: String,
    /// Address in one line.
    pub address: String,
    /// Five digits.
    pub postcode: String,
}

/// A wish for an outbound order. `request_id` makes it safe to repeat.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboundRequest {
    /// Our order.
    pub order_id: String,
    /// What to send.
    pub items: Vec<OutboundItem>,
    /// Where to.
    pub ship_to: ShipTo,
    /// `normal` or `urgent`.
    pub priority: String,
    /// Names this wish: asking again gives the same outbound order.
    pub request_id: String,
}

impl OutboundRequest {
    /// The name of the wish to send a fulfilment's goods, made at `asked_at`: a second release after a stop or a failure is another
    /// parcel.
    pub fn name(fulfilment: &str, asked_at: Time) -> String {
        format!("{fulfilment}-{}", asked_at.0)
    }

    /// The fulfilment that a wish of this name is about.
    pub fn fulfilment(name: &str) -> &str {
        name.rsplit_once('-').map_or(name, |(fulfilment, _)| fulfilment)
    }
}

/// What the warehouse promises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboundCreated {
    /// The warehouse's id.
    pub id: String,
    /// Korean calendar day, `2026-11-21`.
    pub expected_ship_date: String,
}

/// Where an outbound order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboundStatus {
    /// Taken down.
    Requested,
    /// Being picked and packed.
    Started,
    /// Handed to the carrier.
    Completed,
    /// Could not be done.
    Failed,
    /// Called back in time.
    Cancelled,
}

/// An outbound order; also the body of the warehouse's signed call-back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outbound {
    /// The warehouse's id.
    pub id: String,
    /// Our order.
    pub order_id: String,
    /// The name we gave the wish.
    pub request_id: String,
    /// Where it stands.
    pub status: OutboundStatus,
    /// Present once completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking_number: Option<String>,
    /// Name of the carrier, present once completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// When this status was reached, microseconds UTC.
    #[serde(with = "super::wire::time")]
    pub at: i64,
}

/// Client of the warehouse.
#[derive(Clone, Debug)]
pub struct Wms {
    port: Port,
}

impl Wms {
    pub(super) fn new(port: Port) -> Self {
        Self { port }
    }

    /// Asks for goods to be sent out. Safe to repeat with the same `request_id`.
    ///
    /// # Errors
    /// `Refused` when the warehouse will not take it.
    pub async fn create(&self, request: &OutboundRequest) -> Result<OutboundCreated, ProviderError> {
        self.port.send(Call::post("wms.create", "/api/outbound/create".to_owned(), &request.request_id, request)).await
    }

    /// Calls an outbound order back. Safe to repeat.
    ///
    /// # Errors
    /// `Refused` with 409 once the goods have left.
    pub async fn cancel(&self, id: &str, key: &str) -> Result<Outbound, ProviderError> {
        let path = format!("/api/outbound/{}/cancel", segment(id));
        self.port.send(Call::post("wms.cancel", path, key, &json!({}))).await
    }

    /// Where an outbound order stands.
    ///
    /// # Errors
    /// `Refused` with 404 if there is none.
    pub async fn get(&self, id: &str) -> Result<Outbound, ProviderError> {
        self.port.send(Call::get("wms.get", format!("/api/outbound/{}", segment(id)))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_wish_says_which_goods_it_is_about() {
        let fulfilment = jumun::ids::FulfilmentId::mint(&mut crate::secret::RandomMint).to_string();
        let names = [Time(1), Time(2)].map(|at| OutboundRequest::name(&fulfilment, at));
        assert_ne!(names[0], names[1]);
        assert_eq!(names.each_ref().map(|name| OutboundRequest::fulfilment(name)), [fulfilment.as_str(); 2]);
    }
}
