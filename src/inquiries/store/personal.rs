//! What is kept of a person, and forgetting it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    accounts::{OrganizationId, UserId},
    inquiries::model::InquiryId,
    kernel::db::{Database, DbErr, Reader, Row, WriteTx, listed::LISTED_MAX, sql},
};

/// What she wrote, the last first.
pub(in crate::inquiries) async fn written(db: &Database, user: UserId) -> Result<Vec<Value>, DbErr> {
    let rows = sql(
        "SELECT inquiry_id, organization_id, text, sent_at FROM inquiry_message WHERE author_id = $1
         ORDER BY sent_at DESC, id DESC LIMIT $2",
        [user.uuid().into(), LISTED_MAX.into()],
    );
    let read = |row: &Row| {
        let mut next = Reader::new(row)?;
        let inquiry = InquiryId::from_uuid(next.get()?);
        let organization = OrganizationId::from_uuid(next.get()?);
        let text: String = next.get()?;
        let at: DateTime<Utc> = next.get()?;
        Ok(json!({ "inquiry": inquiry, "for": organization, "text": text, "sentAt": at }))
    };
    rows.rows(db).await?.iter().map(read).collect()
}

/// What was written, read, blocked and reported, without her.
pub(in crate::inquiries) async fn erase(tx: &WriteTx, user: UserId) -> Result<(), DbErr> {
    for forget in [
        "UPDATE inquiry_message SET author_id = NULL WHERE author_id = $1",
        "UPDATE inquiry SET from_read_by = NULL WHERE from_read_by = $1",
        "UPDATE inquiry SET to_read_by = NULL WHERE to_read_by = $1",
        "UPDATE inquiry_block SET blocked_by = NULL WHERE blocked_by = $1",
        "UPDATE inquiry_report SET reported_by = NULL WHERE reported_by = $1",
        "UPDATE inquiry_report SET decided_by = NULL WHERE decided_by = $1",
    ] {
        sql(forget, [user.uuid().into()]).run(&**tx).await?;
    }
    Ok(())
}
