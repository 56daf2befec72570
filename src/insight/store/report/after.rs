//! What was agreed on, delivered, billed and paid.

use super::{
    Found, Source,
    sql::{Dialect, class, count, joint, of_buyer, within},
};
use crate::{
    insight::model::report::{
        cell::Measure,
        class::WHOLE,
        facts::{DueInvoice, DueLine, Family, Paid, SignedContract},
        scope::{Scope, Slice},
    },
    kernel::{Fault, db::Reader},
};

/// What came of contracts that were signed, paid, billed or to be delivered on in the report's days: by their first line, with what their
/// suppliers are together.
pub(super) fn found(scope: &Scope, dialect: Dialect) -> Found {
    let class = |of: &str| class(scope.at_least, of);
    let share = |of: &str, wanted: &str| format!("sum(CASE WHEN {} = '{wanted}' THEN q.share ELSE 0 END)", class(of));
    // Whoever supplies alone is what she is; only of consortia the shares are added.
    let with = format!(
        "wanted AS (
            SELECT c.id AS contract FROM contract c WHERE {signed_then}
            UNION SELECT i.contract_id FROM payment p JOIN invoice i ON i.id = p.invoice_id WHERE p.paid_on >= $3 AND p.paid_on <= $4
            UNION SELECT i.contract_id FROM invoice i WHERE i.due_on >= $3 AND i.due_on <= $4
            UNION SELECT d.contract_id FROM contract_line d WHERE d.deliver_until >= $3 AND d.deliver_until <= $4),
        agreed AS MATERIALIZED (
            SELECT c.id AS contract, coalesce(c.award_id, c.id) AS subject, c.buyer_id AS buyer, c.supplier_id AS lead,
                coalesce(r.method, 'DIRECT') AS method, c.currency AS currency, c.signed_amount_minor AS signed_minor,
                c.amount_minor AS minor, c.version_in_force > 1 AS amended, c.signed_at AS signed_at, {signed} AS signed_on,
                {to_sign} AS award_to_sign, n.product_code AS product, n.grams AS grams, pl.region_code AS region,
                f.evidence_level AS lead_level,
                CASE WHEN t.share = {WHOLE} THEN {class} ELSE (
                    SELECT {joint} FROM contract_supplier q LEFT JOIN frozen_status g ON g.subject_id = coalesce(c.award_id, c.id)
                        AND g.organization_id = q.organization_id AND g.definition = $5
                    WHERE q.contract_id = c.id) END AS joint
            FROM wanted w JOIN contract c ON c.id = w.contract
                JOIN contract_supplier t ON t.contract_id = c.id AND t.organization_id = c.supplier_id
                LEFT JOIN award a ON a.id = c.award_id LEFT JOIN procurement_request r ON r.id = a.request_id
                LEFT JOIN contract_line n ON n.contract_id = c.id
                    AND n.position = (SELECT min(o.position) FROM contract_line o WHERE o.contract_id = c.id)
                LEFT JOIN place pl ON pl.code = n.place_code
                LEFT JOIN frozen_status f ON f.subject_id = coalesce(c.award_id, c.id)
                    AND f.organization_id = c.supplier_id AND f.definition = $5
            WHERE c.signed_at IS NOT NULL AND c.status <> 'CANCELLED' AND {of_buyer})",
        signed_then = within(scope, "c.signed_at", "c.buyer_id"),
        signed = dialect.day("c.signed_at"),
        to_sign = dialect.days(&dialect.day("a.awarded_at"), &dialect.day("c.signed_at")),
        class = class("f"),
        joint = joint(&share("g", "WOMEN"), &share("g", "NON_WOMEN")),
        of_buyer = of_buyer(scope, "c.buyer_id"),
    );
    Found { with, sources: vec![contracts(), payments(scope, dialect), invoices(scope), lines(dialect)] }
}

fn contracts() -> Source {
    let fact = "SELECT g.*, g.signed_on AS day, g.lead_level AS level, g.lead AS organization FROM agreed g
        WHERE g.signed_at >= $1 AND g.signed_at < $2";
    let value = |measure, minor| count(measure).class("joint").key("currency").amounts(minor);
    Source {
        family: Family::Contracts,
        with: String::new(),
        fact: fact.to_owned(),
        columns: "contract, organization, joint, signed_minor, minor, currency, amended, award_to_sign",
        counted: vec![
            count(Measure::Contracts).class("joint"),
            count(Measure::Amended).class("joint").only("amended"),
            value(Measure::SignedValue, "signed_minor"),
            value(Measure::CurrentValue, "minor"),
            count(Measure::AwardToSign).class("joint").bucket("award_to_sign").only("award_to_sign IS NOT NULL"),
        ],
        who: Some("organization"),
        one: "1 = 1",
    }
}

pub(super) fn read_contract(slice: Slice, next: &mut Reader<'_>) -> Result<SignedContract, Fault> {
    Ok(SignedContract {
        slice,
        contract: next.get()?,
        organization: next.get()?,
        joint: next.word("class of a report")?,
        signed_minor: next.get()?,
        minor: next.get()?,
        currency: next.get()?,
        amended: next.get()?,
        award_to_sign: next.get()?,
    })
}

fn payments(scope: &Scope, dialect: Dialect) -> Source {
    let later = dialect.greater(&dialect.day("i.submitted_at"), &dialect.day("i.accepted_at"));
    let fact = format!(
        "SELECT p.paid_on AS day, g.buyer, g.region, g.product, g.method, g.grams, f.evidence_level AS level, p.id AS payment,
            p.payee_id AS organization, {class} AS class, {days} AS days,
            CASE WHEN NOT EXISTS (SELECT 1 FROM invoice j JOIN payment q ON q.invoice_id = j.id
                    WHERE j.contract_id = i.contract_id AND q.status <> 'DISPUTED'
                        AND (q.paid_on < p.paid_on OR (q.paid_on = p.paid_on AND q.id < p.id)))
                THEN {sign_to_payment} END AS sign_to_payment
        FROM payment p JOIN invoice i ON i.id = p.invoice_id JOIN agreed g ON g.contract = i.contract_id
            LEFT JOIN frozen_status f
                ON f.subject_id = g.subject AND f.organization_id = p.payee_id AND f.definition = $5
        WHERE p.status <> 'DISPUTED' AND p.paid_on >= $3 AND p.paid_on <= $4",
        class = class(scope.at_least, "f"),
        days = dialect.days(&later, "p.paid_on"),
        sign_to_payment = dialect.days("g.signed_on", "p.paid_on"),
    );
    Source {
        family: Family::Payments,
        with: String::new(),
        fact,
        columns: "payment, organization, class, days, sign_to_payment",
        counted: vec![
            count(Measure::PaymentDays).class("class").bucket("days"),
            count(Measure::SignToPayment).class("class").bucket("sign_to_payment").only("sign_to_payment IS NOT NULL"),
        ],
        who: Some("organization"),
        one: "1 = 1",
    }
}

pub(super) fn read_payment(slice: Slice, next: &mut Reader<'_>) -> Result<Paid, Fault> {
    Ok(Paid {
        slice,
        payment: next.get()?,
        organization: next.get()?,
        class: next.word("class of a report")?,
        days: next.get()?,
        sign_to_payment: next.get()?,
    })
}

fn invoices(scope: &Scope) -> Source {
    let unpaid = "i.net_minor - i.discount_minor - coalesce((SELECT sum(p.minor) FROM payment p WHERE p.invoice_id = i.id \
                  AND p.status <> 'DISPUTED' AND p.paid_on <= $4), 0)";
    let fact = format!(
        "SELECT i.due_on AS day, g.buyer, g.region, g.product, g.method, g.grams, f.evidence_level AS level, i.id AS invoice,
            i.supplier_id AS organization, {class} AS class,
            coalesce(i.paid_on <= i.due_on, FALSE) AS on_time,
            CAST(CASE WHEN {unpaid} > 0 THEN {unpaid} ELSE 0 END AS bigint) AS unpaid_minor, i.currency AS currency
        FROM invoice i JOIN agreed g ON g.contract = i.contract_id
            LEFT JOIN frozen_status f
                ON f.subject_id = g.subject AND f.organization_id = i.supplier_id AND f.definition = $5
        WHERE i.status <> 'REJECTED' AND i.due_on >= $3 AND i.due_on <= $4",
        class = class(scope.at_least, "f"),
    );
    Source {
        family: Family::Invoices,
        with: String::new(),
        fact,
        columns: "invoice, organization, class, on_time, unpaid_minor, currency",
        counted: vec![
            count(Measure::Due).class("class"),
            count(Measure::OnTime).class("class").only("on_time"),
            count(Measure::Arrears).class("class").key("currency").amounts("unpaid_minor"),
        ],
        who: Some("organization"),
        one: "1 = 1",
    }
}

pub(super) fn read_invoice(slice: Slice, next: &mut Reader<'_>) -> Result<DueInvoice, Fault> {
    Ok(DueInvoice {
        slice,
        invoice: next.get()?,
        organization: next.get()?,
        class: next.word("class of a report")?,
        on_time: next.get()?,
        unpaid_minor: next.get()?,
        currency: next.get()?,
    })
}

fn lines(dialect: Dialect) -> Source {
    let fact = format!(
        "SELECT d.deliver_until AS day, g.buyer, lp.region_code AS region, d.product_code AS product, g.method,
            d.grams AS grams, g.lead_level AS level, d.id AS line, g.lead AS organization, g.joint AS joint,
            coalesce((SELECT sum(v.accepted) FROM contract_delivery v WHERE v.contract_line_id = d.id
                AND v.status IN ('ACCEPTED', 'PARTIALLY_ACCEPTED') AND {received} <= d.deliver_until), 0) >= d.quantity AS in_full
        FROM contract_line d JOIN agreed g ON g.contract = d.contract_id LEFT JOIN place lp ON lp.code = d.place_code
        WHERE d.deliver_until >= $3 AND d.deliver_until <= $4",
        received = dialect.day("v.received_at"),
    );
    Source {
        family: Family::Lines,
        with: String::new(),
        fact,
        columns: "line, organization, joint, in_full",
        counted: vec![
            count(Measure::LinesDue).class("joint"),
            count(Measure::LinesInFull).class("joint").only("in_full"),
        ],
        who: Some("organization"),
        one: "1 = 1",
    }
}

pub(super) fn read_line(slice: Slice, next: &mut Reader<'_>) -> Result<DueLine, Fault> {
    Ok(DueLine {
        slice,
        line: next.get()?,
        organization: next.get()?,
        joint: next.word("class of a report")?,
        in_full: next.get()?,
    })
}
