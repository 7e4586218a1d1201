//! Accounts as head office looks at them, and what it does to them.

use super::{Stored, Tx, args, parsed, statements};
use jumun::{ids::AccountId, text::Words, time::Time, view::PersonRow};

statements! {
    PEOPLE = "SELECT a.id, a.name, a.email, a.role, a.manager, a.status, a.left_at, a.customer_number, a.last_sign_in_at, s.confirmed_at, p.name_ko, p.name_en
        FROM accounts a JOIN parties p ON p.id = a.party_id LEFT JOIN second_steps s ON s.account_id = a.id
        WHERE a.email > $1 AND (a.role = 'customer') = $2 AND NOT EXISTS (SELECT 1 FROM api_keys k WHERE k.account_id = a.id AND k.kind = 'channel')
          AND ($3 = '' OR LOWER(a.name) LIKE $3 ESCAPE '!' OR LOWER(a.email) LIKE $3 ESCAPE '!' OR LOWER(COALESCE(a.customer_number, '')) LIKE $3 ESCAPE '!')
        ORDER BY a.email LIMIT $4";
    SET_STATUS = "UPDATE accounts SET status = $2 WHERE id = $1 AND status <> $2";
    NOTE_SIGN_IN = "UPDATE accounts SET last_sign_in_at = $2 WHERE id = $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    email: String,
    role: String,
    manager: bool,
    status: String,
    left_at: Option<i64>,
    customer_number: Option<String>,
    last_sign_in_at: Option<i64>,
    confirmed_at: Option<i64>,
    name_ko: String,
    name_en: Option<String>,
}

/// What `LIKE` finds a part of a name, an address or a number by; nothing when nothing was typed.
fn pattern(q: Option<&str>) -> String {
    let plain = q.unwrap_or_default().trim().to_lowercase().replace('\0', "");
    if plain.is_empty() { plain } else { format!("%{}%", plain.replace('!', "!!").replace('%', "!%").replace('_', "!_")) }
}

/// A page of customers, or of those who work here, by e-mail address. Channels are no people.
pub(crate) async fn list(tx: &mut Tx, customers: bool, q: Option<&str>, after: &str, most: i64, own: Option<AccountId>) -> Stored<Vec<PersonRow>> {
    let rows: Vec<Row> = tx.all(&PEOPLE, args![after, customers, pattern(q), most]).await?;
    rows.into_iter()
        .map(|row| {
            let account = parsed(&row.id)?;
            Ok(PersonRow {
                account,
                store: matches!(row.role.as_str(), "retailer" | "wholesaler").then(|| Words { ko: row.name_ko, en: row.name_en }),
                name: row.name,
                email: row.email,
                role: row.role,
                manager: row.manager,
                customer_number: row.customer_number,
                second_step: row.confirmed_at.map(Time),
                last_sign_in: row.last_sign_in_at.map(Time),
                blocked: row.status == "blocked",
                left: row.left_at.map(Time),
                own: Some(account) == own,
            })
        })
        .collect()
}

/// Blocks an account or lets it in again; false when it stands so already.
pub(crate) async fn set_blocked(tx: &mut Tx, account: AccountId, blocked: bool) -> Stored<bool> {
    Ok(tx.exec(&SET_STATUS, args![account, if blocked { "blocked" } else { "active" }]).await? == 1)
}

/// Writes down that somebody came in.
pub(crate) async fn note_sign_in(tx: &mut Tx, account: AccountId, at: Time) -> Stored<()> {
    tx.exec(&NOTE_SIGN_IN, args![account, at]).await.map(drop)
}
