//! What is kept of a person, and forgetting it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    accounts::UserId,
    kernel::db::{Database, DbErr, Reader, Row, WriteTx, listed::LISTED_MAX, sql},
};

/// What she was told, the newest first.
pub(in crate::notifications) async fn told(db: &Database, user: UserId) -> Result<Vec<Value>, DbErr> {
    let rows = sql(
        "SELECT kind, subject, arguments, created_at, read_at FROM notification WHERE user_id = $1
         ORDER BY created_at DESC, id DESC LIMIT $2",
        [user.uuid().into(), LISTED_MAX.into()],
    );
    let read = |row: &Row| {
        let mut next = Reader::new(row)?;
        let (kind, subject): (String, String) = (next.get()?, next.get()?);
        let arguments: Value = next.json()?;
        let (told, seen): (DateTime<Utc>, Option<DateTime<Utc>>) = (next.get()?, next.get()?);
        Ok(json!({ "kind": kind, "about": subject, "with": arguments, "toldAt": told, "readAt": seen }))
    };
    rows.rows(db).await?.iter().map(read).collect()
}

/// Removes everything that is hers.
pub(in crate::notifications) async fn erase(tx: &WriteTx, user: UserId) -> Result<(), DbErr> {
    for forget in [
        "DELETE FROM notification_delivery WHERE user_id = $1",
        "DELETE FROM notification WHERE user_id = $1",
        "DELETE FROM notification_preference WHERE user_id = $1",
        "DELETE FROM notification_opt_out WHERE user_id = $1",
    ] {
        sql(forget, [user.uuid().into()]).run(&**tx).await?;
    }
    Ok(())
}
