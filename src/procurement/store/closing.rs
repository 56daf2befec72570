//! Requests whose deadline has passed.

use crate::{
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, WriteTx, sql},
    },
    procurement::model::ids::RequestId,
};

/// Published requests whose deadline has passed and of which nobody has written that down, the longest waiting first.
pub(in crate::procurement) async fn due(db: &Database, now: Timestamp, limit: i64) -> Result<Vec<RequestId>, Fault> {
    let select = sql(
        "SELECT id FROM procurement_request WHERE status = 'PUBLISHED' AND closed_at IS NULL AND bid_deadline <= $1 \
         ORDER BY bid_deadline, id LIMIT $2",
        [now.into(), limit.into()],
    );
    select.rows(db).await?.iter().map(|row| Ok(RequestId::from_uuid(Reader::new(row)?.get()?))).collect()
}

/// Writes down that a request's deadline was seen to pass.
pub(in crate::procurement) async fn close(tx: &WriteTx, id: RequestId, now: Timestamp) -> Result<(), DbErr> {
    let update = sql(
        "UPDATE procurement_request SET closed_at = $2, updated_at = $2 WHERE id = $1 AND closed_at IS NULL",
        [id.uuid().into(), now.into()],
    );
    update.run(&**tx).await?;
    Ok(())
}
