//! Work that waits in rows, as head office sees it: who reads the log and how far, what each queue holds, and what nobody took.

use crate::time::Time;
use serde::{Deserialize, Serialize};

macro_rules! queues {
    ($($(#[$doc:meta])* $name:ident = $slug:tt, $retried:literal;)*) => {
        /// A queue of rows.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum Queue { $($(#[$doc])* #[serde(rename = $slug)] $name),* }
        impl Queue {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The name in figures, forms and the word catalogue.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug),* }
            }
            /// Whether what it gave up is sent again from the list of dead letters.
            pub fn is_retried(self) -> bool {
                match self { $(Self::$name => $retried),* }
            }
            /// The queue of a name.
            pub fn from_slug(slug: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|queue| queue.slug() == slug)
            }
        }
    };
}

queues! {
    /// Deadlines.
    Timers = "timers", false;
    /// Steps with outside effects. One that stopped has a page of its own.
    Sagas = "sagas", false;
    /// Who waits for goods.
    Shortages = "shortages", false;
    /// Messages to buyers.
    Notices = "notices", true;
    /// Calls to the people on duty.
    Alerts = "alerts", true;
    /// Messages to endpoints.
    Webhooks = "webhooks", true;
}

/// How far a reader of the log has come.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ReaderView {
    /// Who: `live` or `webhooks`.
    pub name: String,
    /// The number of the last event it has read.
    pub position: i64,
    /// Events it has not read; counting stops at [`MOST_COUNTED`].
    pub behind: u32,
    /// Since when the oldest of them waits.
    pub since: Option<Time>,
}

/// Above so many nobody counts on.
pub const MOST_COUNTED: u32 = 10_000;

/// How a queue stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct QueueView {
    /// Which.
    pub queue: Queue,
    /// Rows that wait.
    pub depth: u32,
    /// Of these, due now.
    pub due: u32,
    /// Since when the oldest of the due ones is due.
    pub since: Option<Time>,
    /// Rows that were given up.
    pub dead: u32,
}

/// Something that was given up and can be sent again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LetterView {
    /// Its queue.
    pub queue: Queue,
    /// Its row.
    pub id: String,
    /// What it is: a template, an alert, an event's name.
    pub what: String,
    /// Where it was to go, as far as head office may know: a channel, a room, a host.
    pub whither: String,
    /// About which order.
    pub number: Option<crate::ids::OrderNumber>,
    /// What was said when it was given up.
    pub problem: Option<String>,
    /// When it was queued.
    pub at: Time,
}

/// An endpoint as head office sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EndpointState {
    /// Whose.
    pub owner: String,
    /// The host of its address.
    pub host: String,
    /// Why it is told nothing.
    pub disabled: Option<crate::webhook::Disabled>,
    /// Since when every try failed.
    pub failing_since: Option<Time>,
    /// Messages that wait.
    pub waiting: u32,
    /// Messages that nobody took.
    pub dead: u32,
}

/// The page about all of it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct QueuesView {
    /// Who reads the log.
    pub readers: Vec<ReaderView>,
    /// What waits.
    pub queues: Vec<QueueView>,
    /// What was given up, newest first.
    pub letters: Vec<LetterView>,
    /// Who is told what happens.
    pub endpoints: Vec<EndpointState>,
    /// Now, for ages.
    pub now: Time,
}
