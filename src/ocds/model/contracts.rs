//! What was agreed on, delivered, billed and paid.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{
    parties::{refer, shares},
    snapshot::{
        ContractPart, ContractState, DeliveryPart, DeliveryState, InvoicePart, InvoiceState, LinePart, PaymentPart,
        Snapshot,
    },
    values::{
        ItemOf, OWN, Reference, array, day, day_begins, day_ends, instant, instant_of, money, number, object, party_id,
        quantity, set,
    },
};

/// OCDS 1.1.5, closed codelist `contractStatus`: what was done to its end is terminated too.
const fn status(state: ContractState) -> &'static str {
    match state {
        ContractState::Pending => "pending",
        ContractState::Active => "active",
        ContractState::Complete | ContractState::Terminated => "terminated",
        ContractState::Cancelled => "cancelled",
    }
}

/// The contracts of a process.
pub(super) fn contracts(snapshot: &Snapshot, reference: &Reference<'_>) -> Value {
    array(snapshot.contracts.iter().map(|contract| self::contract(snapshot, contract, reference)))
}

fn contract(snapshot: &Snapshot, contract: &ContractPart, reference: &Reference<'_>) -> Value {
    let on = snapshot.last_event.date_naive();
    let id = contract.id.to_string();
    let award = contract.award.map_or_else(|| id.clone(), |award| award.to_string());
    let starts = contract.lines.iter().filter_map(|line| line.deliver_from).min();
    let ends = contract.lines.iter().filter_map(|line| line.deliver_until).max();
    let period = object([
        ("startDate", starts.map_or(Value::Null, day_begins)),
        ("endDate", ends.map_or(Value::Null, day_ends)),
    ]);
    let amendments = contract.amendments.iter().map(|amendment| {
        object([
            ("id", format!("{id}-{}", amendment.version).into()),
            ("date", instant(amendment.at)),
            ("rationale", amendment.rationale.as_deref().into()),
        ])
    });
    let transactions = contract.payments.iter().map(|payment| transaction(snapshot, payment));
    let deliveries = contract.deliveries.iter().map(|delivery| delivered(contract, delivery));
    let implementation = object([("milestones", array(deliveries)), ("transactions", array(transactions))]);
    let mut written = object([
        ("id", id.as_str().into()),
        ("awardID", award.into()),
        ("title", contract.title.as_str().into()),
        ("status", status(contract.state).into()),
        ("dateSigned", instant_of(contract.signed_at)),
        ("value", money(contract.amount_minor, contract.currency)),
        ("suppliers", array(contract.suppliers.iter().map(|(supplier, _)| refer(snapshot, *supplier)))),
        ("items", array(contract.lines.iter().map(|line| item(contract, line, reference, on)))),
        ("amendments", array(amendments)),
        ("milestones", array(contract.invoices.iter().map(|invoice| billed(contract, invoice)))),
        (OWN, own(contract)),
    ]);
    for (name, part) in [("period", period), ("implementation", implementation)] {
        if part.as_object().is_some_and(|part| !part.is_empty()) {
            set(&mut written, name, part);
        }
    }
    written
}

fn own(contract: &ContractPart) -> Value {
    let shared = contract.suppliers.iter();
    let signatures = contract.signatures.iter().map(|signature| {
        let party = party_id(signature.organization);
        json!({
            "id": format!("{party}/{}", signature.version),
            "party": party,
            "version": signature.version,
            "date": instant(signature.at),
        })
    });
    object([
        ("status", contract.state.as_str().into()),
        ("signedValue", money(contract.signed_amount_minor, contract.currency)),
        ("versionInForce", contract.version_in_force.into()),
        ("paymentDays", contract.payment_days.into()),
        ("shares", shares(shared.map(|(supplier, share)| (*supplier, *share, *supplier == contract.supplier)))),
        ("signatures", array(signatures)),
        ("createdAt", instant(contract.created_at)),
        ("endedAt", instant_of(contract.ended_at)),
        ("endedReason", contract.ended_reason.as_deref().into()),
    ])
}

fn item(contract: &ContractPart, line: &LinePart, reference: &Reference<'_>, on: NaiveDate) -> Value {
    let place = line.place.as_deref();
    let own = object([
        ("accepted", quantity(line.accepted)),
        ("billed", quantity(line.billed)),
        ("kilograms", line.grams.map_or(Value::Null, |grams| number(grams, 3))),
        ("deliverUntil", line.deliver_until.map_or(Value::Null, day)),
        ("regionCode", place.map_or(Value::Null, |place| reference.region(place, on))),
    ]);
    let item = ItemOf {
        id: line.id.to_string(),
        title: Some(&line.title),
        product: &line.product,
        thousandths: line.quantity,
        unit: &line.unit,
        price: Some((line.unit_price_minor, line.amount_minor, contract.currency)),
        lot: line.lot.map(|lot| lot.to_string()),
    };
    let mut item = item.write(reference, own);
    set(&mut item, "deliveryLocation", place.map_or(Value::Null, |place| reference.location(place)));
    item
}

/// A delivery, as a milestone: met once all of it was accepted.
fn delivered(contract: &ContractPart, delivery: &DeliveryPart) -> Value {
    let status = match delivery.state {
        DeliveryState::Scheduled | DeliveryState::Dispatched | DeliveryState::Received => "scheduled",
        DeliveryState::Accepted => "met",
        DeliveryState::PartiallyAccepted => "partiallyMet",
        DeliveryState::Rejected | DeliveryState::Cancelled => "notMet",
    };
    let line = contract.lines.iter().find(|line| line.id == delivery.line);
    let own = object([
        ("status", delivery.state.as_str().into()),
        ("item", delivery.line.to_string().into()),
        ("quantity", quantity(delivery.quantity)),
        ("received", delivery.received.map_or(Value::Null, quantity)),
        ("accepted", delivery.accepted.map_or(Value::Null, quantity)),
        ("dueOn", day(delivery.due_on)),
        ("dispatchedAt", instant_of(delivery.dispatched_at)),
        ("receivedAt", instant_of(delivery.received_at)),
        ("acceptedAt", instant_of(delivery.accepted_at)),
    ]);
    object([
        ("id", delivery.id.to_string().into()),
        ("title", line.map_or(Value::Null, |line| line.title.as_str().into())),
        ("type", "delivery".into()),
        ("status", status.into()),
        ("dueDate", day_ends(delivery.due_on)),
        ("dateMet", instant_of(delivery.accepted_at)),
        ("relatedLots", array(line.and_then(|line| line.lot).map(|lot| lot.to_string().into()))),
        (OWN, own),
    ])
}

/// An invoice, as a milestone: met once all of it was paid.
fn billed(contract: &ContractPart, invoice: &InvoicePart) -> Value {
    let status = match invoice.state {
        InvoiceState::Submitted => "scheduled",
        InvoiceState::Approved if invoice.paid_minor > 0 => "partiallyMet",
        InvoiceState::Approved => "scheduled",
        InvoiceState::Rejected => "notMet",
        InvoiceState::Paid => "met",
    };
    let of = |minor: i64| money(minor, contract.currency);
    let own = object([
        ("status", invoice.state.as_str().into()),
        ("supplier", party_id(invoice.supplier).into()),
        ("gross", of(invoice.gross_minor)),
        ("penalty", of(invoice.penalty_minor)),
        ("net", of(invoice.net_minor)),
        ("discount", of(invoice.discount_minor)),
        ("paid", of(invoice.paid_minor)),
        ("submittedAt", instant(invoice.submitted_at)),
        ("acceptedAt", instant(invoice.accepted_at)),
        ("decidedAt", instant_of(invoice.decided_at)),
        ("dueOn", day(invoice.due_on)),
        ("paidOn", invoice.paid_on.map_or(Value::Null, day)),
    ]);
    object([
        ("id", invoice.id.to_string().into()),
        ("type", "payment".into()),
        ("status", status.into()),
        ("dueDate", day_ends(invoice.due_on)),
        ("dateMet", invoice.paid_on.map_or(Value::Null, day_ends)),
        (OWN, own),
    ])
}

fn transaction(snapshot: &Snapshot, payment: &PaymentPart) -> Value {
    let own = object([
        ("status", payment.state.as_str().into()),
        ("invoice", payment.invoice.to_string().into()),
        ("paidOn", day(payment.paid_on)),
        ("recordedAt", instant(payment.recorded_at)),
        ("answeredAt", instant_of(payment.answered_at)),
    ]);
    object([
        ("id", payment.id.to_string().into()),
        ("date", day_begins(payment.paid_on)),
        ("value", money(payment.minor, payment.currency)),
        ("payer", refer(snapshot, snapshot.buyer)),
        ("payee", refer(snapshot, payment.payee)),
        (OWN, own),
    ])
}
