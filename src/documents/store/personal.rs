//! What is kept of a person, and forgetting it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    accounts::UserId,
    documents::DocumentId,
    kernel::db::{Database, DbErr, Reader, Row, WriteTx, listed::LISTED_MAX, sql},
};

/// What she handed in, the newest first.
pub(in crate::documents) async fn handed_in(db: &Database, user: UserId) -> Result<Vec<Value>, DbErr> {
    let rows = sql(
        "SELECT id, file_name, media_type, created_at FROM document WHERE uploader_id = $1
         ORDER BY created_at DESC, id DESC LIMIT $2",
        [user.uuid().into(), LISTED_MAX.into()],
    );
    let read = |row: &Row| {
        let mut next = Reader::new(row)?;
        let id = DocumentId::from_uuid(next.get()?);
        let (name, media): (String, String) = (next.get()?, next.get()?);
        let at: DateTime<Utc> = next.get()?;
        Ok(json!({ "id": id, "fileName": name, "mediaType": media, "createdAt": at }))
    };
    rows.rows(db).await?.iter().map(read).collect()
}

/// Documents without whoever handed them in.
pub(in crate::documents) async fn erase(tx: &WriteTx, user: UserId) -> Result<(), DbErr> {
    sql("UPDATE document SET uploader_id = NULL WHERE uploader_id = $1", [user.uuid().into()]).run(&**tx).await?;
    Ok(())
}
