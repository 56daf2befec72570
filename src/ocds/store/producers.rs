//! What producers were paid for what was delivered under contracts: back from the lots that were delivered to what they brought.
//! For auditors alone.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Of, about, of};
use crate::{
    kernel::{Fault, db::Reader, digest::Digest},
    ocds::model::audit::ProducerPart,
};

/// The payments behind accepted deliveries of these processes, by delivery.
pub(in crate::ocds) async fn load(db: &impl ConnectionTrait, processes: &[Uuid]) -> Result<Of<ProducerPart>, Fault> {
    let select = about(
        "WITH RECURSIVE way AS (
            SELECT v.id AS delivery, t.lot_id AS lot FROM contract c JOIN contract_delivery v ON v.contract_id = c.id
                JOIN contract_delivery_lot t ON t.delivery_id = v.id
            WHERE v.status IN ('ACCEPTED', 'PARTIALLY_ACCEPTED') AND c.process_id IN ",
        processes,
        "   UNION
            SELECT w.delivery, e.parent_id FROM way w JOIN lot_edge e ON e.child_id = w.lot)
         SELECT w.delivery, m.id, p.pseudonym,
            CASE p.gender WHEN 'FEMALE' THEN 'WOMEN' WHEN 'UNDISCLOSED' THEN 'UNKNOWN' ELSE 'NON_WOMEN' END,
            m.minor, m.currency,
            EXISTS (SELECT 1 FROM producer_confirmation k WHERE k.payment_id = m.id AND k.confirmed_at IS NOT NULL)
         FROM way w JOIN lot l ON l.id = w.lot AND l.status <> 'VOID' JOIN delivery t ON t.lot_id = w.lot
            JOIN producer_payment m ON m.delivery_id = t.event_id JOIN producer p ON p.id = t.producer_id
         ORDER BY w.delivery, m.id",
    );
    of(db, select, paid).await
}

fn paid(next: &mut Reader<'_>) -> Result<ProducerPart, Fault> {
    let payment: Uuid = next.get()?;
    let pseudonym: &str = next.get()?;
    Ok(ProducerPart {
        payment: Digest::of(payment.as_bytes()),
        producer: Digest::of(pseudonym.as_bytes()),
        class: next.word("class of a producer")?,
        minor: next.get()?,
        currency: next.currency()?,
        confirmed: next.get()?,
    })
}
