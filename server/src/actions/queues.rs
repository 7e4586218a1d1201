//! What waits and what was given up, for head office.

use super::{Work, chain::for_admins};
use crate::{
    house::House,
    store::{Failure, Stored, queues, webhooks},
};
use app::session::Caller;
use jumun::{
    command::Answer,
    queue::{Queue, QueueView, QueuesView, ReaderView},
    refusal::Refusal,
};

/// What was given up, of each queue.
const LETTERS: i64 = 50;

impl Work<'_> {
    /// Sends something again that was given up.
    pub(super) async fn retry_letter(&mut self, queue: Queue, id: &str) -> Stored<Answer> {
        if queues::retry(self.tx, queue, id, self.now).await? { Ok(Answer::Done) } else { Err(Refusal::NotFound.into()) }
    }
}

impl House {
    /// How readers and queues stand: for the page and for the figures that are measured.
    pub(crate) async fn standing(&self) -> Stored<(Vec<ReaderView>, Vec<QueueView>)> {
        let mut tx = self.db.begin_read().await?;
        let mut readers = Vec::new();
        // Each node follows the log for its own pages; this is ours.
        if let Some(place) = self.live_place.read().ok().and_then(|place| *place) {
            readers.push(queues::behind(&mut tx, "live", place).await?);
        }
        let told = webhooks::reader(&mut tx).await?;
        readers.push(queues::behind(&mut tx, "webhooks", told).await?);
        Ok((readers, queues::figures(&mut tx, self.now()).await?))
    }

    /// Who reads the log and how far, what waits, what was given up, and who is told what happens.
    ///
    /// # Errors
    /// For everybody but admins.
    pub async fn queues(&self, caller: &Caller) -> Result<QueuesView, Refusal> {
        for_admins(caller)?;
        let read = async {
            let (readers, queues) = self.standing().await?;
            let mut tx = self.db.begin_read().await?;
            let letters = queues::letters(&mut tx, LETTERS).await?;
            Ok(QueuesView { readers, queues, letters, endpoints: queues::endpoints(&mut tx).await?, now: self.now() })
        };
        read.await.map_err(Failure::into_refusal)
    }
}
