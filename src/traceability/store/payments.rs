//! What producers were paid.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{
    accounts::{OrganizationId, UserId},
    kernel::{
        Fault,
        db::{Database, DbErr, Reader, Row, Sql, WriteTx, sql},
        money::{Currency, Money},
    },
    traceability::model::{
        ids::{EventId, PaymentId, ProducerId},
        payment::Payment,
    },
};

const SELECT: &str = "SELECT y.id, y.delivery_id, d.producer_id, e.organization_id, y.minor, y.currency, y.paid_at,
                             y.created_at,
                             (SELECT MIN(c.confirmed_at) FROM producer_confirmation c WHERE c.payment_id = y.id)
                      FROM producer_payment y JOIN delivery d ON d.event_id = y.delivery_id
                      JOIN trace_event e ON e.id = d.event_id";

/// Who recorded a delivery; none if the event is of another kind.
pub(in crate::traceability) async fn recorder(db: &Database, event: EventId) -> Result<Option<OrganizationId>, DbErr> {
    let text = "SELECT e.organization_id FROM delivery d JOIN trace_event e ON e.id = d.event_id WHERE d.event_id = $1";
    let row = sql(text, [event.uuid().into()]).one(db.read()).await?;
    row.map(|row| Ok(OrganizationId::from_uuid(Reader::new(&row)?.get()?))).transpose()
}

/// A delivery, as far as it matters to who pays for it.
#[derive(Debug)]
pub(in crate::traceability) struct Delivered {
    /// Who delivered.
    pub(in crate::traceability) producer: ProducerId,
    /// What, by its code.
    pub(in crate::traceability) product: String,
    /// Whether it was declared an error.
    pub(in crate::traceability) is_void: bool,
}

/// What was delivered; none if the event is of another kind. Whoever declares it an error waits, or has done so.
pub(in crate::traceability) async fn lock_delivered(tx: &WriteTx, event: EventId) -> Result<Option<Delivered>, Fault> {
    if super::events::lock(tx, event).await?.is_none() {
        return Ok(None);
    }
    let text = "SELECT d.producer_id, l.product_code,
                       (SELECT COUNT(*) FROM trace_event c WHERE c.corrects = d.event_id)
                FROM delivery d JOIN lot l ON l.id = d.lot_id WHERE d.event_id = $1";
    let Some(row) = sql(text, [event.uuid().into()]).one(&**tx).await? else { return Ok(None) };
    let mut next = Reader::new(&row)?;
    let (producer, product, corrections): (Uuid, String, i64) = (next.get()?, next.get()?, next.get()?);
    Ok(Some(Delivered { producer: ProducerId::from_uuid(producer), product, is_void: corrections > 0 }))
}

/// Adds a payment.
pub(in crate::traceability) async fn insert(tx: &WriteTx, payment: &Payment, by: Option<UserId>) -> Result<(), DbErr> {
    let text = "INSERT INTO producer_payment (id, delivery_id, minor, currency, paid_at, recorded_by, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = [
        payment.id.uuid().into(),
        payment.delivery.uuid().into(),
        payment.amount.minor.into(),
        payment.amount.currency.code().into(),
        payment.paid_at.into(),
        by.map(UserId::uuid).into(),
        payment.created_at.into(),
    ];
    sql(text, values).run(&**tx).await?;
    Ok(())
}

/// A payment, within a transaction.
pub(in crate::traceability) async fn find(tx: &WriteTx, id: PaymentId) -> Result<Option<Payment>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push(" WHERE y.id = ").bind(id.uuid());
    select.one(&**tx).await?.as_ref().map(payment).transpose()
}

/// The payments among `ids`.
pub(in crate::traceability) async fn by_ids(
    db: &Database,
    ids: &[PaymentId],
) -> Result<HashMap<PaymentId, Payment>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push(" WHERE y.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    select.rows(db).await?.iter().map(|row| payment(row).map(|payment| (payment.id, payment))).collect()
}

/// What was paid for each delivery, the first payment first.
pub(in crate::traceability) async fn of(
    db: &Database,
    deliveries: &[EventId],
) -> Result<HashMap<EventId, Vec<Payment>>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push(" WHERE y.delivery_id IN ").bind_list(deliveries.iter().map(|id| id.uuid()));
    select.push(" ORDER BY y.delivery_id, y.paid_at, y.id");
    let mut found: HashMap<EventId, Vec<Payment>> = HashMap::new();
    for row in &select.rows(db).await? {
        let payment = payment(row)?;
        found.entry(payment.delivery).or_default().push(payment);
    }
    Ok(found)
}

fn payment(row: &Row) -> Result<Payment, Fault> {
    let mut next = Reader::new(row)?;
    let id = PaymentId::from_uuid(next.get()?);
    let delivery = EventId::from_uuid(next.get()?);
    let producer = ProducerId::from_uuid(next.get()?);
    let organization = OrganizationId::from_uuid(next.get()?);
    let minor = next.get()?;
    let code: &str = next.get()?;
    let currency = Currency::from_code(code).ok_or_else(|| Fault::corrupt("currency of a payment", code))?;
    Ok(Payment {
        id,
        delivery,
        producer,
        organization,
        amount: Money { minor, currency },
        paid_at: next.get()?,
        created_at: next.get()?,
        confirmed_at: next.get()?,
    })
}

/// The first payment for a delivery, if there is one.
pub(in crate::traceability) async fn first_of(tx: &WriteTx, delivery: EventId) -> Result<Option<PaymentId>, DbErr> {
    let text = "SELECT id FROM producer_payment WHERE delivery_id = $1 ORDER BY created_at, id LIMIT 1";
    let row = sql(text, [delivery.uuid().into()]).one(&**tx).await?;
    row.map(|row| Ok(PaymentId::from_uuid(row.get(0)?))).transpose()
}
