//! Notices to people: message, mail, push.

use serde::{Deserialize, Serialize};

use super::{Call, Port, ProviderError};

/// One notice. `id` makes it safe to repeat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Names this notice: sending again delivers once.
    pub id: String,
    /// `kakao`, `sms`, `email` or `push`.
    pub channel: String,
    /// Key of the template it was written from.
    pub template: String,
    /// Telephone, mail address or device.
    pub to: String,
    /// Subject, for mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The words.
    pub body: String,
}

/// What the notifier says to a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeAccepted {
    /// The id we gave.
    pub id: String,
    /// False if it had the notice already.
    pub first: bool,
}

/// Client of the notifier.
#[derive(Clone, Debug)]
pub struct Notifier {
    port: Port,
}

impl Notifier {
    pub(super) fn new(port: Port) -> Self {
        Self { port }
    }

    /// Sends a notice. Safe to repeat.
    ///
    /// # Errors
    /// `Refused` when the notice is not one the provider takes.
    pub async fn send(&self, notice: &Notice) -> Result<NoticeAccepted, ProviderError> {
        self.port.send(Call::post("notifier.send", "/api/notifications".to_owned(), &notice.id, notice)).await
    }
}
