//! Endpoints: who is told what happens. Everything here is about the caller's own endpoints; others do not exist for him.

use super::Work;
use crate::{
    house::House,
    standard_webhooks::Secret,
    store::{Failure, Stored, webhooks},
};
use app::session::Caller;
use jumun::{
    alert::Alert,
    command::Answer,
    ids::{EndpointId, Mint, SecretId},
    refusal::{Problem, Refusal},
    text::Description,
    time::Time,
    webhook::{
        DeliveryList, DeliveryQuery, DeliveryView, Disabled, EndpointPage, EndpointView, EndpointsView, EventFilter, MOST_ENDPOINTS, MOST_SECRETS,
        Owner, SECRET_OVERLAP, TEST_EVENT,
    },
};

/// Messages on an endpoint's page.
const PAGE: usize = 20;

/// What of an endpoint is to be changed.
pub(super) struct Change<'a> {
    /// Where messages go.
    pub url: Option<&'a str>,
    /// Of what.
    pub events: Option<&'a EventFilter>,
    /// What it is called.
    pub description: Option<&'a Description>,
    /// Whether it is told anything.
    pub enabled: Option<bool>,
}

impl Work<'_> {
    fn owner(&self) -> Result<Owner, Refusal> {
        Owner::of(&self.caller.actor)
    }

    async fn own(&mut self, id: EndpointId) -> Stored<webhooks::Endpoint> {
        let owner = self.owner()?;
        Ok(webhooks::lock(self.tx, id, owner).await?.ok_or(Refusal::NotFound)?)
    }

    /// Tells an address what happens from now on.
    pub(super) async fn add_endpoint(&mut self, url: &str, events: &EventFilter, description: Option<&Description>) -> Stored<Answer> {
        let (owner, account) = (self.owner()?, self.caller.actor.account().ok_or(Refusal::NotAllowed)?);
        let url = self.house.reach().target(url)?;
        if webhooks::count(self.tx, owner).await? >= i64::from(MOST_ENDPOINTS) {
            return Err(Refusal::LimitReached { most: MOST_ENDPOINTS }.into());
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        let endpoint = webhooks::Endpoint {
            id: EndpointId::mint(&mut self.mint),
            owner,
            account,
            url: url.into(),
            events: events.clone(),
            description: description.map_or(host, ToString::to_string),
            disabled: None,
            created_at: self.now,
        };
        webhooks::add(self.tx, &endpoint).await?;
        self.new_secret(endpoint.id).await
    }

    async fn new_secret(&mut self, endpoint: EndpointId) -> Stored<Answer> {
        let id = SecretId::mint(&mut self.mint);
        webhooks::add_secret(self.tx, id, endpoint, &Secret::fresh(), self.now, self.now + SECRET_OVERLAP).await?;
        Ok(Answer::Endpoint { endpoint, secret: Some(id) })
    }

    /// Changes what is said and leaves the rest.
    pub(super) async fn change_endpoint(&mut self, id: EndpointId, change: Change<'_>) -> Stored<Answer> {
        let mut endpoint = self.own(id).await?;
        if let Some(url) = change.url {
            endpoint.url = self.house.reach().target(url)?.into();
        }
        if let Some(events) = change.events {
            endpoint.events = events.clone();
        }
        if let Some(description) = change.description {
            endpoint.description = description.to_string();
        }
        webhooks::change(self.tx, &endpoint).await?;
        match change.enabled {
            Some(true) => {
                webhooks::enable(self.tx, id).await?;
                crate::store::work::end_alerts_of(self.tx, Alert::WebhookDisabled, &id.to_string(), self.now).await?;
            }
            Some(false) => drop(webhooks::disable(self.tx, id, Disabled::Owner, self.now).await?),
            None => {}
        }
        Ok(Answer::Endpoint { endpoint: id, secret: None })
    }

    /// Forgets an endpoint.
    pub(super) async fn remove_endpoint(&mut self, id: EndpointId) -> Stored<Answer> {
        self.own(id).await?;
        webhooks::remove(self.tx, id).await?;
        crate::store::work::end_alerts_of(self.tx, Alert::WebhookDisabled, &id.to_string(), self.now).await?;
        Ok(Answer::Done)
    }

    /// Signs with a new secret; the old one signs too for a day.
    pub(super) async fn rotate_secret(&mut self, id: EndpointId) -> Stored<Answer> {
        self.own(id).await?;
        if webhooks::secrets(self.tx, id, self.now).await?.len() >= MOST_SECRETS as usize {
            return Err(Refusal::LimitReached { most: MOST_SECRETS }.into());
        }
        self.new_secret(id).await
    }

    /// Sends an endpoint a message about nothing.
    pub(super) async fn test_endpoint(&mut self, id: EndpointId) -> Stored<Answer> {
        let endpoint = self.own(id).await?;
        if endpoint.disabled.is_some() {
            return Err(Refusal::WrongState { command: "test-endpoint".into(), current: "disabled".into(), required: "enabled".into() }.into());
        }
        let event = self.mint.uuid().to_string();
        let body = serde_json::json!({ "type": TEST_EVENT, "timestamp": self.now.rfc3339(), "data": { "endpoint": id } });
        let delivery = message_id(id, &event);
        let new = webhooks::NewDelivery {
            id: delivery.clone(),
            endpoint: id,
            owner: endpoint.owner,
            event_id: event,
            event: TEST_EVENT.into(),
            order: None,
            position: 0,
            body: body.to_string(),
        };
        webhooks::add_delivery(self.tx, &new, self.now).await?;
        Ok(Answer::Delivery { delivery })
    }

    /// Sends a message again.
    pub(super) async fn replay_delivery(&mut self, id: &str) -> Stored<Answer> {
        let owner = self.owner()?;
        let known = webhooks::delivery(self.tx, id, owner).await?.ok_or(Refusal::NotFound)?;
        self.own(known.endpoint).await?;
        webhooks::replay(self.tx, id, self.now).await?;
        Ok(Answer::Delivery { delivery: id.to_owned() })
    }

    /// Sends every message again that was given up since a moment.
    pub(super) async fn replay_dead(&mut self, id: EndpointId, since: Time) -> Stored<Answer> {
        self.own(id).await?;
        let count = webhooks::replay_dead(self.tx, id, since, self.now).await?;
        Ok(Answer::Replayed { count: u32::try_from(count).unwrap_or(u32::MAX) })
    }
}

/// The id of the message about an event to an endpoint: whoever makes it, and however often, it is the same.
pub(crate) fn message_id(endpoint: EndpointId, event: &str) -> String {
    let hash = crate::secret::hash(&format!("{endpoint} {event}"));
    format!("msg_{}", hash.get(..32).unwrap_or_default())
}

fn broken(failure: Failure) -> Refusal {
    failure.into_refusal()
}

impl House {
    /// The caller's endpoints, newest first.
    ///
    /// # Errors
    /// For everybody but a store's staff and channels.
    pub async fn endpoints(&self, caller: &Caller) -> Result<EndpointsView, Refusal> {
        let owner = Owner::of(&caller.actor)?;
        let now = self.now();
        let mut tx = self.read().await?;
        Ok(EndpointsView { rows: webhooks::of_owner(&mut tx, owner, None, now).await.map_err(broken)?, now })
    }

    /// One of the caller's endpoints. `secret` is the one an answer is to show.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for everybody else's.
    pub async fn endpoint(&self, caller: &Caller, id: EndpointId, secret: Option<SecretId>) -> Result<EndpointView, Refusal> {
        let owner = Owner::of(&caller.actor)?;
        let mut tx = self.read().await?;
        let read = async {
            let found = webhooks::of_owner(&mut tx, owner, Some(id), self.now()).await?.into_iter().next();
            let secret = match secret {
                Some(secret) => webhooks::secret(&mut tx, secret, id).await?.map(|secret| secret.reveal()),
                None => None,
            };
            Ok(found.map(|endpoint| EndpointView { secret, ..endpoint }))
        };
        read.await.map_err(broken)?.ok_or(Refusal::NotFound)
    }

    /// One of the caller's endpoints with its messages.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for everybody else's.
    pub async fn endpoint_page(&self, caller: &Caller, id: EndpointId, cursor: Option<String>) -> Result<EndpointPage, Refusal> {
        let endpoint = self.endpoint(caller, id, None).await?;
        let query = DeliveryQuery { endpoint: Some(id), cursor, limit: PAGE, ..DeliveryQuery::default() };
        Ok(EndpointPage { endpoint, deliveries: self.messages(caller, &query, true).await?, now: self.now() })
    }

    /// Messages to the caller's endpoints, newest first.
    ///
    /// # Errors
    /// For everybody but a store's staff and channels; [`Refusal::Invalid`] for a cursor that is none.
    pub async fn deliveries(&self, caller: &Caller, query: &DeliveryQuery) -> Result<DeliveryList, Refusal> {
        self.messages(caller, query, false).await
    }

    async fn messages(&self, caller: &Caller, query: &DeliveryQuery, whole: bool) -> Result<DeliveryList, Refusal> {
        let owner = Owner::of(&caller.actor)?;
        if query.cursor.as_deref().is_some_and(|text| webhooks::cursor(text).is_none()) {
            return Err(Refusal::invalid("cursor", Problem::Malformed));
        }
        let mut tx = self.read().await?;
        webhooks::deliveries(&mut tx, owner, query, whole).await.map_err(broken)
    }

    /// One message to an endpoint of the caller's, with what is sent.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for everybody else's.
    pub async fn delivery(&self, caller: &Caller, id: &str) -> Result<DeliveryView, Refusal> {
        let owner = Owner::of(&caller.actor)?;
        let mut tx = self.read().await?;
        webhooks::delivery(&mut tx, id, owner).await.map_err(broken)?.ok_or(Refusal::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jumun::ids::CountingMint;

    #[test]
    fn a_message_has_one_id_whoever_makes_it() {
        let mint = &mut CountingMint::default();
        let (one, other) = (EndpointId::mint(mint), EndpointId::mint(mint));
        assert_eq!(message_id(one, "event"), message_id(one, "event"));
        assert_ne!(message_id(one, "event"), message_id(other, "event"));
        assert_ne!(message_id(one, "event"), message_id(one, "another"));
        assert_eq!(message_id(one, "event").len(), 36);
    }
}
