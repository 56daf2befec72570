//! What producers were paid for what was delivered under contracts: back from the lots that were delivered to what producers brought.

use super::{
    Source,
    sql::{Dialect, count, within},
};
use crate::{
    insight::model::report::{
        cell::Measure,
        facts::{Family, ProducerPaid},
        scope::{Scope, Slice},
    },
    kernel::{Fault, db::Reader, digest::Digest},
};

pub(super) fn producers(scope: &Scope, dialect: Dialect) -> Source {
    // A payment counts once, with the delivery that it went into first.
    let with = format!(
        "delivered AS (
            SELECT v.id AS delivery, {day} AS day, c.buyer_id AS buyer, coalesce(r.method, 'DIRECT') AS method,
                n.product_code AS product, n.grams AS grams, pl.region_code AS region
            FROM contract_delivery v JOIN contract c ON c.id = v.contract_id JOIN contract_line n ON n.id = v.contract_line_id
                LEFT JOIN award a ON a.id = c.award_id LEFT JOIN procurement_request r ON r.id = a.request_id
                LEFT JOIN place pl ON pl.code = n.place_code
            WHERE v.status IN ('ACCEPTED', 'PARTIALLY_ACCEPTED') AND {accepted}),
        way AS (
            SELECT d.delivery AS delivery, t.lot_id AS lot FROM delivered d JOIN contract_delivery_lot t ON t.delivery_id = d.delivery
            UNION
            SELECT w.delivery, e.parent_id FROM way w JOIN lot_edge e ON e.child_id = w.lot),
        reached AS (
            SELECT d.*, m.id AS payment, p.pseudonym AS producer, m.minor AS minor, m.currency AS currency,
                CASE p.gender WHEN 'FEMALE' THEN 'WOMEN' WHEN 'UNDISCLOSED' THEN 'UNKNOWN' ELSE 'NON_WOMEN' END AS class,
                EXISTS (SELECT 1 FROM producer_confirmation k WHERE k.payment_id = m.id AND k.confirmed_at IS NOT NULL) AS confirmed,
                row_number() OVER (PARTITION BY m.id ORDER BY d.day, d.delivery) AS turn
            FROM way w JOIN delivered d ON d.delivery = w.delivery JOIN lot l ON l.id = w.lot AND l.status <> 'VOID'
                JOIN delivery t ON t.lot_id = w.lot JOIN producer_payment m ON m.delivery_id = t.event_id
                JOIN producer p ON p.id = t.producer_id)",
        day = dialect.day("v.accepted_at"),
        accepted = within(scope, "v.accepted_at", "c.buyer_id"),
    );
    let fact = "SELECT day, buyer, region, product, method, grams, CAST(NULL AS text) AS level, delivery, producer, class, currency,
            CAST(sum(CASE WHEN confirmed THEN minor ELSE 0 END) AS bigint) AS confirmed_minor
        FROM reached WHERE turn = 1
        GROUP BY day, buyer, region, product, method, grams, delivery, producer, class, currency";
    Source {
        family: Family::Producers,
        with,
        fact: fact.to_owned(),
        columns: "delivery, producer, class, confirmed_minor, currency",
        counted: vec![
            count(Measure::ProducersPaid).class("class").different("producer"),
            count(Measure::ConfirmedValue).class("class").key("currency").amounts("confirmed_minor"),
        ],
        who: Some("producer"),
        one: "1 = 1",
    }
}

pub(super) fn read(slice: Slice, next: &mut Reader<'_>) -> Result<ProducerPaid, Fault> {
    Ok(ProducerPaid {
        slice,
        delivery: next.get()?,
        producer: {
            let pseudonym: &str = next.get()?;
            Digest::of(pseudonym.as_bytes()).to_string()
        },
        class: next.word("class of a report")?,
        confirmed_minor: next.get()?,
        currency: next.get()?,
    })
}
