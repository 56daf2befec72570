//! Codes by which producers confirm what was recorded of them.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Row, Sql, WriteTx, sql},
        digest::Digest,
    },
    traceability::model::{
        confirmation::{ConfirmationChannel, Confirmed},
        ids::{EventId, PaymentId, ProducerId},
    },
};

/// What is asked of a producer, and by which code she answers.
#[derive(Debug)]
pub(in crate::traceability) struct Asked {
    pub(in crate::traceability) id: Uuid,
    pub(in crate::traceability) producer: ProducerId,
    pub(in crate::traceability) delivery: EventId,
    pub(in crate::traceability) payment: Option<PaymentId>,
    pub(in crate::traceability) digest: Digest,
    pub(in crate::traceability) channel: ConfirmationChannel,
    pub(in crate::traceability) issued_at: Timestamp,
    pub(in crate::traceability) expires_at: Timestamp,
}

/// Keeps what is asked.
pub(in crate::traceability) async fn insert(tx: &WriteTx, asked: &Asked) -> Result<(), DbErr> {
    let text = "INSERT INTO producer_confirmation
                (id, producer_id, delivery_id, payment_id, code_digest, channel, issued_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = [
        asked.id.into(),
        asked.producer.uuid().into(),
        asked.delivery.uuid().into(),
        asked.payment.map(PaymentId::uuid).into(),
        asked.digest.to_vec().into(),
        asked.channel.as_str().into(),
        asked.issued_at.into(),
        asked.expires_at.into(),
    ];
    sql(text, values).run(&**tx).await?;
    Ok(())
}

/// Puts another code in the place of one that stands on a slip and was not used; false where there is none.
pub(in crate::traceability) async fn replace_slip(
    tx: &WriteTx,
    (delivery, payment): (EventId, Option<PaymentId>),
    digest: Digest,
    (issued_at, expires_at): (Timestamp, Timestamp),
) -> Result<bool, DbErr> {
    let mut update = Sql::new("UPDATE producer_confirmation SET code_digest = ");
    update.bind(digest.to_vec()).push(", issued_at = ").bind(issued_at).push(", expires_at = ").bind(expires_at);
    update.push(" WHERE confirmed_at IS NULL AND channel = ").bind(ConfirmationChannel::Slip.as_str());
    update.push(" AND delivery_id = ").bind(delivery.uuid()).push(" AND payment_id ");
    match payment {
        Some(payment) => update.push("= ").bind(payment.uuid()),
        None => update.push("IS NULL"),
    };
    Ok(update.run(&**tx).await? > 0)
}

/// Whose code this is: the organization that recorded what it confirms. None where it confirms nothing any more.
pub(in crate::traceability) async fn recorder(
    tx: &WriteTx,
    digest: Digest,
    now: Timestamp,
) -> Result<Option<OrganizationId>, DbErr> {
    let text = "SELECT e.organization_id FROM producer_confirmation c JOIN trace_event e ON e.id = c.delivery_id
                WHERE c.code_digest = $1 AND c.confirmed_at IS NULL AND c.expires_at > $2";
    let row = sql(text, [digest.to_vec().into(), now.into()]).one(&**tx).await?;
    row.map(|row| Ok(OrganizationId::from_uuid(Reader::new(&row)?.get()?))).transpose()
}

/// Uses a code; none if somebody did before, or it is too old. Of many at once one succeeds.
pub(in crate::traceability) async fn confirm(
    tx: &WriteTx,
    digest: Digest,
    now: Timestamp,
) -> Result<Option<(Uuid, Confirmed)>, Fault> {
    let text = "UPDATE producer_confirmation SET confirmed_at = $2
                WHERE code_digest = $1 AND confirmed_at IS NULL AND expires_at > $2
                RETURNING id, delivery_id, payment_id, confirmed_at";
    let row = sql(text, [digest.to_vec().into(), now.into()]).one(&**tx).await?;
    row.as_ref().map(confirmed).transpose()
}

/// What was confirmed so.
pub(in crate::traceability) async fn find(tx: &WriteTx, id: Uuid) -> Result<Option<Confirmed>, Fault> {
    let text = "SELECT id, delivery_id, payment_id, confirmed_at FROM producer_confirmation
                WHERE id = $1 AND confirmed_at IS NOT NULL";
    let row = sql(text, [id.into()]).one(&**tx).await?;
    Ok(row.as_ref().map(confirmed).transpose()?.map(|(_, confirmed)| confirmed))
}

/// When each of these deliveries was confirmed by who delivered; none where it was not.
pub(in crate::traceability) async fn of_deliveries(
    db: &Database,
    deliveries: &[EventId],
) -> Result<HashMap<EventId, Timestamp>, Fault> {
    let mut select = Sql::new(
        "SELECT id, delivery_id, payment_id, confirmed_at FROM producer_confirmation
         WHERE payment_id IS NULL AND confirmed_at IS NOT NULL AND delivery_id IN ",
    );
    select.bind_list(deliveries.iter().map(|id| id.uuid()));
    let found = select.rows(db).await?;
    found.iter().map(|row| confirmed(row).map(|(_, confirmed)| (confirmed.delivery, confirmed.at))).collect()
}

fn confirmed(row: &Row) -> Result<(Uuid, Confirmed), Fault> {
    let mut next = Reader::new(row)?;
    let (id, delivery, payment): (Uuid, Uuid, Option<Uuid>) = (next.get()?, next.get()?, next.get()?);
    let (delivery, payment) = (EventId::from_uuid(delivery), payment.map(PaymentId::from_uuid));
    Ok((id, Confirmed { delivery, payment, at: next.get()? }))
}
