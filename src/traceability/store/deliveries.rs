//! What producers brought.

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait as _, DbBackend};
use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Reader, WriteTx, sql},
        quantity::{Quantity, UnitCode},
    },
    traceability::model::ids::{EventId, LotId, PlotId, ProducerId},
};

/// A producer, as far as a delivery asks.
#[derive(Debug)]
pub(in crate::traceability) struct Deliverer {
    pub(in crate::traceability) organization: OrganizationId,
    pub(in crate::traceability) pseudonym: String,
    pub(in crate::traceability) phone: Option<String>,
    /// Whether she belonged to the organization on the day, or nobody wrote down when she did.
    pub(in crate::traceability) is_member: bool,
}

/// A producer, locked, so that of two same deliveries the second finds the first. None where she asked to be forgotten.
pub(in crate::traceability) async fn lock_deliverer(
    tx: &WriteTx,
    producer: ProducerId,
    day: NaiveDate,
) -> Result<Option<Deliverer>, Fault> {
    let lock = if tx.get_database_backend() == DbBackend::Postgres { " FOR UPDATE OF p" } else { "" };
    let text = format!(
        "SELECT p.organization_id, p.pseudonym, p.phone, EXISTS (SELECT 1 FROM producer_membership m
           WHERE m.producer_id = p.id AND m.scheme_code IS NULL AND m.valid_from <= $2
             AND (m.valid_until IS NULL OR m.valid_until >= $2))
           OR NOT EXISTS (SELECT 1 FROM producer_membership m WHERE m.producer_id = p.id AND m.scheme_code IS NULL)
         FROM producer p WHERE p.id = $1 AND p.erased_at IS NULL{lock}"
    );
    let row = sql(&text, [producer.uuid().into(), day.into()]).one(&**tx).await?;
    let Some(row) = row else { return Ok(None) };
    let mut next = Reader::new(&row)?;
    let organization: Uuid = next.get()?;
    Ok(Some(Deliverer {
        organization: OrganizationId::from_uuid(organization),
        pseudonym: next.get()?,
        phone: next.get()?,
        is_member: next.get()?,
    }))
}

/// Whether a producer farmed a plot on a day.
pub(in crate::traceability) async fn plot_is_hers(
    tx: &WriteTx,
    plot: PlotId,
    producer: ProducerId,
    day: NaiveDate,
) -> Result<bool, Fault> {
    let text = "SELECT 1 FROM plot WHERE id = $1 AND producer_id = $2 AND valid_from <= $3
                AND (valid_until IS NULL OR valid_until >= $3)";
    let values = [plot.uuid().into(), producer.uuid().into(), day.into()];
    Ok(sql(text, values).one(&**tx).await?.is_some())
}

/// The event of the very same delivery, if it was recorded and not declared an error.
pub(in crate::traceability) async fn same(
    tx: &WriteTx,
    producer: ProducerId,
    product: &str,
    grams: i64,
    at: Timestamp,
) -> Result<Option<EventId>, Fault> {
    let text = "SELECT e.id FROM delivery d JOIN trace_event e ON e.id = d.event_id JOIN lot l ON l.id = d.lot_id
                WHERE d.producer_id = $1 AND d.grams = $2 AND e.event_time = $3 AND l.product_code = $4
                AND NOT EXISTS (SELECT 1 FROM trace_event c WHERE c.corrects = e.id) LIMIT 1";
    let values = [producer.uuid().into(), grams.into(), at.into(), product.into()];
    let row = sql(text, values).one(&**tx).await?;
    row.map(|row| Ok(EventId::from_uuid(row.get(0)?))).transpose()
}

/// A delivery.
#[derive(Debug)]
pub(in crate::traceability) struct New<'n> {
    pub(in crate::traceability) event: EventId,
    pub(in crate::traceability) lot: LotId,
    pub(in crate::traceability) producer: ProducerId,
    pub(in crate::traceability) plot: Option<PlotId>,
    pub(in crate::traceability) grams: i64,
    pub(in crate::traceability) quantity: &'n Quantity,
}

/// Keeps a delivery.
pub(in crate::traceability) async fn insert(tx: &WriteTx, new: &New<'_>) -> Result<(), Fault> {
    let text = "INSERT INTO delivery (event_id, lot_id, producer_id, plot_id, grams, quantity, unit)
                VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = [
        new.event.uuid().into(),
        new.lot.uuid().into(),
        new.producer.uuid().into(),
        new.plot.map(PlotId::uuid).into(),
        new.grams.into(),
        new.quantity.thousandths.into(),
        new.quantity.unit.as_str().into(),
    ];
    sql(text, values).run(&**tx).await?;
    Ok(())
}

/// A delivery as it was recorded.
#[derive(Debug)]
pub(in crate::traceability) struct Recorded {
    pub(in crate::traceability) producer: ProducerId,
    pub(in crate::traceability) plot: Option<PlotId>,
    pub(in crate::traceability) quantity: Quantity,
}

/// The delivery that an event tells of.
pub(in crate::traceability) async fn by_event(tx: &WriteTx, event: EventId) -> Result<Option<Recorded>, Fault> {
    let text = "SELECT producer_id, plot_id, quantity, unit FROM delivery WHERE event_id = $1";
    let row = sql(text, [event.uuid().into()]).one(&**tx).await?;
    let Some(row) = row else { return Ok(None) };
    let mut next = Reader::new(&row)?;
    let producer: Uuid = next.get()?;
    let plot: Option<Uuid> = next.get()?;
    let (thousandths, unit): (i64, String) = (next.get()?, next.get()?);
    Ok(Some(Recorded {
        producer: ProducerId::from_uuid(producer),
        plot: plot.map(PlotId::from_uuid),
        quantity: Quantity { thousandths, unit: UnitCode::new(unit) },
    }))
}
