//! What a store ordered and bought for its sales beside the goods of partners, for whoever reads it as a list.

use crate::{
    house::House,
    store::{
        Failure, installers,
        orders::Cursor,
        partners::{self, ReceiptRow},
    },
};
use app::session::Caller;
use jumun::{
    ids::{OrderNumber, PartyId},
    money::Won,
    order::{ImpossibleCause, InstallationState, Visit},
    refusal::Refusal,
    text::{SerialNumber, Words},
    time::Time,
};
use serde::Serialize;

/// An installation as the store that ordered it lists it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Installation {
    /// Its number.
    pub number: OrderNumber,
    /// The order whose goods are put up.
    pub order: OrderNumber,
    /// Who does it.
    pub installer: PartyId,
    /// His name.
    pub installer_name: Words,
    /// How far it is.
    pub state: InstallationState,
    /// When he comes.
    pub visit: Option<Visit>,
    /// What he gets for it, in won.
    pub fee: Won,
    /// When it was ordered.
    pub placed_at: Time,
    /// When he set out last.
    pub departed_at: Option<Time>,
    /// When the goods were at the buyer's.
    pub delivered_at: Option<Time>,
    /// When they were up.
    pub installed_at: Option<Time>,
    /// What stood on them.
    pub serials: Vec<SerialNumber>,
    /// Why nothing could be put up.
    pub cause: Option<ImpossibleCause>,
}

/// Rows of a page, and what the next one is asked for by.
type Listed<T> = (Vec<T>, Option<String>);

/// A page of what was read with one row more than it has; `mark` says where the next one begins.
fn page_of<T>(mut found: Vec<T>, page: usize, mark: impl Fn(&T) -> String) -> Listed<T> {
    let more = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| more).map(mark);
    (found, next)
}

impl House {
    /// Installations that the caller's store ordered, from the one that was ordered last on; those that go on, or the others.
    ///
    /// # Errors
    /// For everybody but a store's staff.
    pub async fn installations(&self, caller: &Caller, over: bool, cursor: Option<&str>, page: usize) -> Result<Listed<Installation>, Refusal> {
        let store = Self::store_of(caller)?;
        let mut tx = self.read().await?;
        let found = installers::ordered_by(&mut tx, store, over, Cursor::parse(cursor), page + 1).await.map_err(Failure::into_refusal)?;
        let (found, next) = page_of(found, page, |(order, _, _)| format!("{}~{}", order.placed_at.0, order.id));
        let row = |(order, above, installer_name)| -> Option<Installation> {
            let jumun::order::Order { number, seller, amounts, placed_at, job, .. } = order;
            let job = job?;
            Some(Installation {
                number,
                order: above,
                installer: seller,
                installer_name,
                state: job.state,
                visit: job.visit,
                fee: amounts.payable(),
                placed_at,
                departed_at: job.departed_at,
                delivered_at: job.delivered_at,
                installed_at: job.installed_at,
                serials: job.serials,
                cause: job.cause,
            })
        };
        Ok((found.into_iter().filter_map(row).collect(), next))
    }

    /// What the caller's store bought outside the chain, newest first.
    ///
    /// # Errors
    /// For everybody but a store's staff.
    pub async fn receipts(&self, caller: &Caller, cursor: Option<&str>, page: usize) -> Result<Listed<ReceiptRow>, Refusal> {
        let store = Self::store_of(caller)?;
        let mut tx = self.read().await?;
        let found = partners::receipts_by(&mut tx, store, Cursor::parse(cursor), page + 1).await.map_err(Failure::into_refusal)?;
        Ok(page_of(found, page, |row| format!("{}~{}", row.recorded_at.0, row.id)))
    }
}
