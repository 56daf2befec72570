//! How far a request and its lots have come, from the first score on.

use sea_orm::ConnectionTrait;

use crate::{
    kernel::{
        clock::Timestamp,
        db::{DbErr, Reader, Sql, WriteTx, sql},
    },
    procurement::model::{
        ids::{RequestId, RequestLotId},
        request::{RequestLotStatus, RequestStatus},
    },
};

/// Writes where a request stands, under its lock.
pub(in crate::procurement) async fn set_request(
    tx: &WriteTx,
    request: RequestId,
    status: RequestStatus,
    now: Timestamp,
) -> Result<(), DbErr> {
    let update = sql(
        "UPDATE procurement_request SET status = $2, updated_at = $3 WHERE id = $1",
        [request.uuid().into(), status.as_str().into(), now.into()],
    );
    update.run(&**tx).await?;
    Ok(())
}

/// Writes that a request has ended, under its lock.
pub(in crate::procurement) async fn end_request(
    tx: &WriteTx,
    request: RequestId,
    (status, reason): (RequestStatus, Option<&str>),
    now: Timestamp,
) -> Result<(), DbErr> {
    let update = sql(
        "UPDATE procurement_request SET status = $2, updated_at = $3, ended_at = $3, ended_reason = $4 WHERE id = $1",
        [request.uuid().into(), status.as_str().into(), now.into(), reason.map(str::to_owned).into()],
    );
    update.run(&**tx).await?;
    Ok(())
}

/// Writes where lots stand, under their request's lock.
pub(in crate::procurement) async fn set_lots(
    tx: &WriteTx,
    lots: &[RequestLotId],
    status: RequestLotStatus,
) -> Result<(), DbErr> {
    let mut update = Sql::new("UPDATE request_lot SET status = ");
    update.bind(status.as_str()).push(" WHERE id IN ").bind_list(lots.iter().map(|id| id.uuid()));
    update.run(&**tx).await?;
    Ok(())
}

/// Of which request a lot is.
pub(in crate::procurement) async fn request_of(
    db: &impl ConnectionTrait,
    lot: RequestLotId,
) -> Result<Option<RequestId>, DbErr> {
    let select = sql("SELECT request_id FROM request_lot WHERE id = $1", [lot.uuid().into()]);
    let row = select.one(db).await?;
    row.map(|row| Ok(RequestId::from_uuid(Reader::new(&row)?.get()?))).transpose()
}
