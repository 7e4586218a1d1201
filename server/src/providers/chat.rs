//! Alerts to the chat of the people on duty.

use serde::{Deserialize, Serialize};

use super::{Call, Port, ProviderError};

/// One alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    /// Room.
    pub channel: String,
    /// `info`, `warning` or `critical`.
    pub severity: String,
    /// The words. No personal data.
    pub text: String,
}

#[derive(Deserialize)]
struct Posted {}

/// Client of the chat's incoming webhook.
#[derive(Clone, Debug)]
pub struct Chat {
    port: Port,
}

impl Chat {
    pub(super) fn new(port: Port) -> Self {
        Self { port }
    }

    /// Posts an alert. Safe to repeat with the same key.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn post(&self, message: &ChatMessage, key: &str) -> Result<(), ProviderError> {
        let Posted {} = self.port.send(Call::post("chat.post", "/hook".to_owned(), key, message)).await?;
        Ok(())
    }
}
