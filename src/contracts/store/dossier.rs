//! Everything that is kept of a contract, row by row, as an auditor takes it with her: each row an object of its columns.
//!
//! Identifiers are UUIDs as the database has them, instants RFC 3339, bytes hexadecimal, JSON as it is, amounts minor units and
//! quantities thousandths.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::kernel::{
    Fault,
    clock::{Timestamp, rfc3339},
    db::{Database, Reader, sql},
};

/// What is read of a table.
struct Part {
    /// What it is called in the dossier.
    name: &'static str,
    /// The columns with their kinds: `u`uid, `t`ext, `i`nteger, `b`oolean, `d`ay, insta`n`t, `j`son, b`x`tes.
    columns: &'static [(&'static str, char)],
    /// Where they are read, and in which order. `$1` is the contract, `$2` its process.
    from: &'static str,
}

/// In the order in which it happened.
const PARTS: [Part; 28] = [
    Part {
        name: "process",
        columns: &[("id", 'u'), ("kind", 't'), ("buyer_id", 'u'), ("ocid", 't'), ("events", 'i'), ("created_at", 'n')],
        from: "procurement_process WHERE id = $2 AND $1 = $1",
    },
    Part {
        name: "events",
        columns: &[("sequence", 'i'), ("tag", 't'), ("at", 'n')],
        from: "procurement_event WHERE process_id = $2 AND $1 = $1 ORDER BY sequence",
    },
    Part {
        name: "organizations",
        columns: &[("id", 'u'), ("kind", 't'), ("name", 't')],
        from: "organization WHERE id IN (SELECT buyer_id FROM contract WHERE id = $1 UNION SELECT organization_id \
               FROM contract_supplier WHERE contract_id = $1 UNION SELECT bidder_id FROM bid WHERE request_id = $2 AND opened_at IS NOT NULL \
               UNION SELECT p.organization_id FROM bid_partner p JOIN bid b ON b.id = p.bid_id WHERE b.request_id = $2 AND b.opened_at IS NOT NULL) \
               ORDER BY id",
    },
    Part {
        name: "request",
        columns: &[
            ("id", 'u'),
            ("title", 't'),
            ("description", 't'),
            ("method", 't'),
            ("method_rationale", 't'),
            ("status", 't'),
            ("currency", 't'),
            ("budget_minor", 'i'),
            ("enquiry_deadline", 'n'),
            ("bid_deadline", 'n'),
            ("standstill_days", 'i'),
            ("minimum_evaluators", 'i'),
            ("penalty_permille_a_day", 'i'),
            ("penalty_permille_max", 'i'),
            ("payment_days", 'i'),
            ("over_delivery_limit", 'i'),
            ("published_at", 'n'),
            ("closed_at", 'n'),
            ("opened_at", 'n'),
            ("opened_by", 'u'),
            ("ended_at", 'n'),
            ("ended_reason", 't'),
            ("created_by", 'u'),
            ("created_at", 'n'),
            ("version", 'i'),
        ],
        from: "procurement_request WHERE id = $2 AND $1 = $1",
    },
    Part {
        name: "requestVersions",
        columns: &[("version", 'i'), ("terms", 'j'), ("rationale", 't'), ("created_by", 'u'), ("created_at", 'n')],
        from: "request_version WHERE request_id = $2 AND $1 = $1 ORDER BY version",
    },
    Part {
        name: "requestLots",
        columns: &[
            ("id", 'u'),
            ("position", 'i'),
            ("title", 't'),
            ("status", 't'),
            ("product_code", 't'),
            ("quantity", 'i'),
            ("unit", 't'),
            ("grams", 'i'),
            ("place_code", 't'),
            ("delivery_from", 'd'),
            ("delivery_until", 'd'),
            ("required_schemes", 'j'),
            ("quality", 'j'),
            ("estimated_minor", 'i'),
        ],
        from: "request_lot WHERE request_id = $2 AND $1 = $1 ORDER BY position, id",
    },
    Part {
        name: "criteria",
        columns: &[("id", 'u'), ("position", 'i'), ("name", 't'), ("kind", 't'), ("weight", 'i')],
        from: "request_criterion WHERE request_id = $2 AND $1 = $1 ORDER BY position, id",
    },
    Part {
        name: "genderMeasures",
        columns: &[
            ("id", 'u'),
            ("request_lot_id", 'u'),
            ("kind", 't'),
            ("definition", 't'),
            ("at_least_evidence", 't'),
            ("percent", 'i'),
            ("source", 't'),
        ],
        from: "gender_measure WHERE request_id = $2 AND $1 = $1 ORDER BY id",
    },
    Part {
        name: "questions",
        columns: &[
            ("id", 'u'),
            ("question", 't'),
            ("asked_at", 'n'),
            ("answer", 't'),
            ("answered_by", 'u'),
            ("answered_at", 'n'),
        ],
        from: "request_question WHERE request_id = $2 AND $1 = $1 ORDER BY asked_at, id",
    },
    // Of a sealed bid nothing is read, neither that it is there.
    Part {
        name: "bids",
        columns: &[
            ("id", 'u'),
            ("status", 't'),
            ("request_version", 'i'),
            ("receipt", 'x'),
            ("sealed_at", 'n'),
            ("opened_at", 'n'),
            ("bidder_id", 'u'),
            ("submitted_by", 'u'),
            ("content", 't'),
            ("amount_minor", 'i'),
            ("disqualified_reason", 't'),
            ("disqualified_note", 't'),
            ("version", 'i'),
        ],
        from: "bid WHERE request_id = $2 AND $1 = $1 AND opened_at IS NOT NULL ORDER BY id",
    },
    Part {
        name: "bidLots",
        columns: &[
            ("bid_id", 'u'),
            ("request_lot_id", 'u'),
            ("unit_price_minor", 'i'),
            ("quantity", 'i'),
            ("amount_minor", 'i'),
        ],
        from: "bid_lot WHERE $1 = $1 AND bid_id IN (SELECT id FROM bid WHERE request_id = $2 AND opened_at IS NOT NULL) \
               ORDER BY bid_id, request_lot_id",
    },
    Part {
        name: "bidPartners",
        columns: &[("bid_id", 'u'), ("organization_id", 'u'), ("share", 'i'), ("is_lead", 'b')],
        from: "bid_partner WHERE $1 = $1 AND bid_id IN (SELECT id FROM bid WHERE request_id = $2 AND opened_at IS NOT NULL) \
               ORDER BY bid_id, organization_id",
    },
    Part {
        name: "conflictDeclarations",
        columns: &[("user_id", 'u'), ("has_conflict", 'b'), ("statement", 't'), ("declared_at", 'n')],
        from: "conflict_declaration WHERE request_id = $2 AND $1 = $1 ORDER BY declared_at, user_id",
    },
    Part {
        name: "scores",
        columns: &[
            ("bid_id", 'u'),
            ("criterion_id", 'u'),
            ("evaluator_id", 'u'),
            ("points", 'i'),
            ("comment", 't'),
            ("scored_at", 'n'),
        ],
        from: "bid_score WHERE $1 = $1 AND bid_id IN (SELECT id FROM bid WHERE request_id = $2 AND opened_at IS NOT NULL) \
               ORDER BY bid_id, criterion_id, evaluator_id",
    },
    Part {
        name: "awards",
        columns: &[
            ("id", 'u'),
            ("request_lot_id", 'u'),
            ("bid_id", 'u'),
            ("status", 't'),
            ("amount_minor", 'i'),
            ("currency", 't'),
            ("rank", 'i'),
            ("points", 'i'),
            ("comparison", 'j'),
            ("rationale", 't'),
            ("standstill_until", 'n'),
            ("awarded_by", 'u'),
            ("awarded_at", 'n'),
            ("activated_at", 'n'),
            ("ended_at", 'n'),
            ("ended_reason", 't'),
            ("version", 'i'),
        ],
        from: "award WHERE request_id = $2 AND $1 = $1 ORDER BY awarded_at, id",
    },
    Part {
        name: "complaints",
        columns: &[
            ("id", 'u'),
            ("award_id", 'u'),
            ("organization_id", 'u'),
            ("level", 't'),
            ("previous_id", 'u'),
            ("status", 't'),
            ("grounds", 't'),
            ("filed_by", 'u'),
            ("filed_at", 'n'),
            ("decision", 't'),
            ("decided_by", 'u'),
            ("decided_at", 'n'),
        ],
        from: "complaint WHERE request_id = $2 AND $1 = $1 ORDER BY filed_at, id",
    },
    Part {
        name: "frozenStatuses",
        columns: &[
            ("subject_kind", 't'),
            ("subject_id", 'u'),
            ("organization_id", 'u'),
            ("definition", 't'),
            ("status", 't'),
            ("evidence_level", 't'),
            ("evidence_until", 'd'),
            ("assessed_on", 'd'),
        ],
        from: "frozen_status WHERE subject_id = $1 OR subject_id IN (SELECT id FROM award WHERE request_id = $2) \
               OR subject_id IN (SELECT id FROM bid WHERE request_id = $2 AND opened_at IS NOT NULL) \
               ORDER BY subject_id, organization_id, definition",
    },
    Part {
        name: "contract",
        columns: &[
            ("id", 'u'),
            ("process_id", 'u'),
            ("award_id", 'u'),
            ("listing_id", 'u'),
            ("reservation_id", 'u'),
            ("buyer_id", 'u'),
            ("supplier_id", 'u'),
            ("title", 't'),
            ("status", 't'),
            ("currency", 't'),
            ("amount_minor", 'i'),
            ("signed_amount_minor", 'i'),
            ("penalty_permille_a_day", 'i'),
            ("penalty_permille_max", 'i'),
            ("payment_days", 'i'),
            ("over_delivery_limit", 'i'),
            ("early_payment_permille", 'i'),
            ("early_payment_days", 'i'),
            ("version_in_force", 'i'),
            ("version", 'i'),
            ("signed_at", 'n'),
            ("ended_at", 'n'),
            ("ended_reason", 't'),
            ("created_at", 'n'),
        ],
        from: "contract WHERE id = $1 AND process_id = $2",
    },
    Part {
        name: "suppliers",
        columns: &[("organization_id", 'u'), ("share", 'i')],
        from: "contract_supplier WHERE contract_id = $1 AND $2 = $2 ORDER BY organization_id",
    },
    Part {
        name: "versions",
        columns: &[
            ("version", 'i'),
            ("terms", 'j'),
            ("rationale", 't'),
            ("proposed_for", 'u'),
            ("proposed_by", 'u'),
            ("proposed_at", 'n'),
        ],
        from: "contract_version WHERE contract_id = $1 AND $2 = $2 ORDER BY version",
    },
    Part {
        name: "signatures",
        columns: &[("version", 'i'), ("organization_id", 'u'), ("signed_by", 'u'), ("signed_at", 'n')],
        from: "contract_signature WHERE contract_id = $1 AND $2 = $2 ORDER BY version, signed_at, organization_id",
    },
    Part {
        name: "lines",
        columns: &[
            ("id", 'u'),
            ("position", 'i'),
            ("request_lot_id", 'u'),
            ("title", 't'),
            ("product_code", 't'),
            ("quantity", 'i'),
            ("unit", 't'),
            ("grams", 'i'),
            ("unit_price_minor", 'i'),
            ("amount_minor", 'i'),
            ("place_code", 't'),
            ("deliver_from", 'd'),
            ("deliver_until", 'd'),
            ("accepted", 'i'),
            ("billed", 'i'),
        ],
        from: "contract_line WHERE contract_id = $1 AND $2 = $2 ORDER BY position, id",
    },
    Part {
        name: "deliveries",
        columns: &[
            ("id", 'u'),
            ("contract_line_id", 'u'),
            ("status", 't'),
            ("quantity", 'i'),
            ("dispatched", 'i'),
            ("received", 'i'),
            ("accepted", 'i'),
            ("due_on", 'd'),
            ("dispatched_at", 'n'),
            ("received_at", 'n'),
            ("accepted_at", 'n'),
            ("reason", 't'),
            ("created_at", 'n'),
            ("version", 'i'),
        ],
        from: "contract_delivery WHERE contract_id = $1 AND $2 = $2 ORDER BY due_on, id",
    },
    Part {
        name: "deliveredLots",
        columns: &[("delivery_id", 'u'), ("lot_id", 'u'), ("code", 't'), ("product_code", 't'), ("grams", 'i')],
        from: "(SELECT d.delivery_id, d.lot_id, l.code, l.product_code, d.grams FROM contract_delivery_lot d \
               JOIN lot l ON l.id = d.lot_id JOIN contract_delivery c ON c.id = d.delivery_id WHERE c.contract_id = $1 AND $2 = $2) \
               AS found ORDER BY delivery_id, lot_id",
    },
    Part {
        name: "lotEvents",
        columns: &[
            ("code", 't'),
            ("event_id", 'u'),
            ("organization_id", 'u'),
            ("sequence", 'i'),
            ("kind", 't'),
            ("event_time", 'n'),
            ("event_hash", 'x'),
            ("hash", 'x'),
        ],
        from: "(SELECT l.code, e.id AS event_id, e.organization_id, e.sequence, e.kind, e.event_time, e.event_hash, e.hash \
               FROM contract_delivery_lot d JOIN lot l ON l.id = d.lot_id JOIN contract_delivery c ON c.id = d.delivery_id \
               JOIN trace_event_epc t ON t.epc = l.code JOIN trace_event e ON e.id = t.event_id \
               WHERE c.contract_id = $1 AND $2 = $2) AS found ORDER BY code, event_time, event_id",
    },
    Part {
        name: "invoices",
        columns: &[
            ("id", 'u'),
            ("supplier_id", 'u'),
            ("number", 't'),
            ("status", 't'),
            ("currency", 't'),
            ("gross_minor", 'i'),
            ("penalty_minor", 'i'),
            ("net_minor", 'i'),
            ("discount_minor", 'i'),
            ("paid_minor", 'i'),
            ("submitted_by", 'u'),
            ("submitted_at", 'n'),
            ("decided_by", 'u'),
            ("decided_at", 'n'),
            ("reason", 't'),
            ("due_on", 'd'),
            ("accepted_at", 'n'),
            ("paid_on", 'd'),
            ("version", 'i'),
        ],
        from: "invoice WHERE contract_id = $1 AND $2 = $2 ORDER BY submitted_at, id",
    },
    Part {
        name: "invoiceLines",
        columns: &[
            ("invoice_id", 'u'),
            ("contract_line_id", 'u'),
            ("quantity", 'i'),
            ("amount_minor", 'i'),
            ("penalty_minor", 'i'),
        ],
        from: "invoice_line WHERE invoice_id IN (SELECT id FROM invoice WHERE contract_id = $1) AND $2 = $2 \
               ORDER BY invoice_id, contract_line_id",
    },
    Part {
        name: "payments",
        columns: &[
            ("id", 'u'),
            ("invoice_id", 'u'),
            ("payee_id", 'u'),
            ("status", 't'),
            ("minor", 'i'),
            ("currency", 't'),
            ("paid_on", 'd'),
            ("reference", 't'),
            ("recorded_by", 'u'),
            ("recorded_at", 'n'),
            ("answered_by", 'u'),
            ("answered_at", 'n'),
            ("note", 't'),
            ("version", 'i'),
        ],
        from: "payment WHERE invoice_id IN (SELECT id FROM invoice WHERE contract_id = $1) AND $2 = $2 ORDER BY paid_on, id",
    },
];

/// Everything that is kept of a contract and its process.
pub(in crate::contracts) async fn rows(
    db: &Database,
    contract: Uuid,
    process: Uuid,
) -> Result<Map<String, Value>, Fault> {
    let mut dossier = Map::new();
    for part in &PARTS {
        let columns: Vec<&str> = part.columns.iter().map(|(name, _)| *name).collect();
        let select = format!("SELECT {} FROM {}", columns.join(", "), part.from);
        let found = sql(&select, [contract.into(), process.into()]).rows(db).await?;
        let mut rows = Vec::with_capacity(found.len());
        for row in &found {
            let mut next = Reader::new(row)?;
            let mut object = Map::new();
            for (name, kind) in part.columns {
                object.insert((*name).to_owned(), value(&mut next, *kind)?);
            }
            rows.push(Value::Object(object));
        }
        dossier.insert(part.name.to_owned(), Value::Array(rows));
    }
    Ok(dossier)
}

fn value(next: &mut Reader<'_>, kind: char) -> Result<Value, Fault> {
    Ok(match kind {
        'u' => json!(next.get::<Option<Uuid>>()?),
        'i' => json!(next.get::<Option<i64>>()?),
        'b' => json!(next.get::<bool>()?),
        'd' => json!(next.get::<Option<NaiveDate>>()?),
        'n' => json!(next.get::<Option<Timestamp>>()?.map(rfc3339)),
        'j' => next.json::<Value>()?,
        'x' => json!(next.get::<Option<Vec<u8>>>()?.map(|bytes| hex::encode(&bytes))),
        _ => json!(next.get::<Option<String>>()?),
    })
}
