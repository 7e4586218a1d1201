//! Whether this database is the one that is worked in, or a copy of it.

use super::{Stored, Tx, args, statements};
use jumun::time::Time;

statements! {
    IS_HOME = "SELECT COUNT(*) FROM home";
    LEAVE_HOME = "DELETE FROM home";
    COME_HOME = "INSERT INTO home (since) SELECT CAST($1 AS BIGINT) WHERE NOT EXISTS (SELECT 1 FROM home)";
}

/// Whether it is the one.
pub(crate) async fn is_here(tx: &mut Tx) -> Stored<bool> {
    Ok(tx.one::<(i64,)>(&IS_HOME, args![]).await?.0 > 0)
}

/// It is a copy from now on.
pub(crate) async fn leave(tx: &mut Tx) -> Stored<()> {
    tx.exec(&LEAVE_HOME, args![]).await.map(drop)
}

/// It is the one from now on; false when it was before.
pub(crate) async fn settle(tx: &mut Tx, now: Time) -> Stored<bool> {
    Ok(tx.exec(&COME_HOME, args![now]).await? > 0)
}
