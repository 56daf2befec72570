//! A made-up contract, from its signatures to its last payment.

use chrono::TimeDelta;
use entity::{
    contract, contract_delivery, contract_line, contract_signature, contract_supplier, contract_version, invoice,
    invoice_line, payment,
};
use uuid::Uuid;

use super::{Agreed, Purchases, Purchasing, amount, requesting::Tags, wordings};
use crate::{
    demo::seed::{dice::Dice, market::id},
    kernel::clock::Timestamp,
};

/// Days in which an invoice is to be paid.
const PAYMENT_DAYS: i64 = 30;

/// Makes the contract of what was agreed on.
pub(super) fn make(
    made: &Purchasing<'_>,
    rows: &mut Purchases,
    agreed: Agreed<'_>,
    tags: &mut Tags,
    dice: &mut Dice,
) -> Option<()> {
    let (lead, _) = agreed.suppliers.first()?;
    let signed = agreed.from + TimeDelta::hours(dice.between(5, 200));
    // An order's contract is its own process.
    let contract = if agreed.award.is_none() { agreed.process } else { id(agreed.from, dice) };
    let first = amount(agreed.unit_price, agreed.quantity);
    let changed = dice.percent(8).then(|| (agreed.quantity * dice.between(80, 120) / 100 / 1_000 * 1_000).max(1_000));
    let quantity = changed.unwrap_or(agreed.quantity);
    let now = amount(agreed.unit_price, quantity);
    let line_id = id(agreed.from, dice);
    let late = dice.percent(25);
    let due = agreed.deliver_until.unwrap_or_else(|| signed.date_naive());
    let received = midday(due) + TimeDelta::days(if late { dice.between(1, 20) } else { -dice.between(0, 10) });
    let received = received.max(signed + TimeDelta::hours(30));
    let accepted = received + TimeDelta::hours(dice.between(2, 70));
    let good = if dice.percent(10) { quantity * dice.between(60, 95) / 100 / 1_000 * 1_000 } else { quantity };
    let good = good.max(1_000);
    let submitted = accepted + TimeDelta::hours(dice.between(3, 150));
    let pays = dice.percent(85);
    let paid_on = (submitted + TimeDelta::days(dice.between(5, 75))).date_naive();
    let versions: i64 = if changed.is_some() { 2 } else { 1 };

    let row = contract::Model {
        id: contract,
        process_id: agreed.process,
        award_id: agreed.award,
        listing_id: agreed.listing,
        reservation_id: None,
        buyer_id: agreed.buyer,
        supplier_id: lead.id,
        title: agreed.title.clone(),
        status: if pays && good == quantity { "COMPLETE" } else { "ACTIVE" }.to_owned(),
        currency: agreed.currency.to_owned(),
        amount_minor: now,
        signed_amount_minor: first,
        penalty_permille_a_day: 1,
        penalty_permille_max: 100,
        payment_days: PAYMENT_DAYS,
        over_delivery_limit: 5_000,
        early_payment_permille: 0,
        early_payment_days: 0,
        version_in_force: versions,
        version: versions,
        signed_at: Some(signed),
        ended_at: None,
        ended_reason: None,
        created_at: agreed.from,
        updated_at: submitted,
    };
    let line = contract_line::Model {
        id: line_id,
        contract_id: contract,
        position: 0,
        request_lot_id: agreed.request_lot,
        title: agreed.title.clone(),
        product_code: agreed.product,
        quantity,
        unit: agreed.unit,
        grams: agreed.grams,
        unit_price_minor: agreed.unit_price,
        amount_minor: now,
        place_code: agreed.place,
        deliver_from: None,
        deliver_until: agreed.deliver_until,
        accepted: good,
        billed: good,
    };
    let said = if versions == 1 { vec![(quantity, now)] } else { vec![(agreed.quantity, first), (quantity, now)] };
    let said = said.into_iter().map(|said| wordings::of_contract(&row, &line, said)).collect::<Option<Vec<_>>>()?;
    tags.extend([("contractUpdate", agreed.from), ("contract", signed)]);
    rows.suppliers.extend(agreed.suppliers.iter().map(|(party, share)| contract_supplier::Model {
        contract_id: contract,
        organization_id: party.id,
        share: *share,
    }));
    for (version, terms) in (1..).zip(said) {
        let at = signed + TimeDelta::hours(version - 1);
        rows.contract_versions.push(contract_version::Model {
            contract_id: contract,
            version,
            terms,
            rationale: (version > 1).then(|| "Quantité ajustée d'un commun accord".to_owned()),
            proposed_for: Some(agreed.buyer),
            proposed_by: Some(made.by),
            proposed_at: if version == 1 { agreed.from } else { signed },
        });
        let sides = std::iter::once(agreed.buyer).chain(agreed.suppliers.iter().map(|(party, _)| party.id));
        rows.signatures.extend(sides.map(|side| contract_signature::Model {
            contract_id: contract,
            version,
            organization_id: side,
            signed_by: Some(made.by),
            signed_at: at,
        }));
        if version > 1 {
            tags.push(("contractAmendment", at));
        }
    }
    rows.contracts.push(row);
    rows.lines.push(line);
    rows.deliveries.push(contract_delivery::Model {
        id: id(signed, dice),
        contract_id: contract,
        contract_line_id: line_id,
        status: if good == quantity { "ACCEPTED" } else { "PARTIALLY_ACCEPTED" }.to_owned(),
        quantity,
        dispatched: Some(quantity),
        received: Some(quantity),
        accepted: Some(good),
        due_on: due,
        dispatched_at: Some(received - TimeDelta::hours(20)),
        received_at: Some(received),
        accepted_at: Some(accepted),
        reason: (good < quantity).then(|| "Qualité insuffisante".to_owned()),
        created_at: signed,
        version: 4,
    });
    tags.extend([
        ("implementation", received),
        ("implementationUpdate", accepted),
        ("implementationUpdate", submitted),
    ]);

    let gross = amount(agreed.unit_price, good);
    let paid = if pays { gross } else { 0 };
    let bill = id(submitted, dice);
    rows.invoices.push(invoice::Model {
        id: bill,
        contract_id: contract,
        supplier_id: lead.id,
        number: "1".to_owned(),
        status: if pays { "PAID" } else { "APPROVED" }.to_owned(),
        currency: agreed.currency.to_owned(),
        gross_minor: gross,
        penalty_minor: 0,
        net_minor: gross,
        discount_minor: 0,
        paid_minor: paid,
        submitted_by: Some(made.by),
        submitted_at: submitted,
        decided_by: Some(made.by),
        decided_at: Some(submitted + TimeDelta::hours(20)),
        reason: None,
        due_on: (submitted.max(accepted) + TimeDelta::days(PAYMENT_DAYS)).date_naive(),
        accepted_at: accepted,
        paid_on: pays.then_some(paid_on),
        version: 3,
    });
    rows.invoice_lines.push(invoice_line::Model {
        invoice_id: bill,
        contract_line_id: line_id,
        quantity: good,
        amount_minor: gross,
        penalty_minor: 0,
    });
    if pays {
        pay(
            made,
            rows,
            &agreed.suppliers.iter().map(|(party, share)| (party.id, *share)).collect::<Vec<_>>(),
            payment::Model {
                id: bill,
                invoice_id: bill,
                payee_id: lead.id,
                status: "CONFIRMED".to_owned(),
                minor: paid,
                currency: agreed.currency.to_owned(),
                paid_on,
                reference: String::new(),
                recorded_by: Some(made.by),
                recorded_at: midday(paid_on),
                answered_by: Some(made.by),
                answered_at: Some(midday(paid_on) + TimeDelta::hours(20)),
                note: None,
                version: 2,
            },
            dice,
        );
        tags.push(("implementationUpdate", midday(paid_on)));
    }
    Some(())
}

/// Pays an invoice in parts, to each supplier her share.
fn pay(made: &Purchasing<'_>, rows: &mut Purchases, shares: &[(Uuid, i64)], whole: payment::Model, dice: &mut Dice) {
    let mut left = whole.minor;
    let confirmed = dice.percent(80);
    for (position, (payee, share)) in shares.iter().enumerate() {
        let last = position + 1 == shares.len();
        let part = i64::try_from(i128::from(whole.minor) * i128::from(*share) / 100_000).unwrap_or(left);
        let part = if last { left } else { part.min(left) };
        if part <= 0 {
            continue;
        }
        left -= part;
        let answered = (whole.answered_at, whole.answered_by);
        rows.payments.push(payment::Model {
            id: id(whole.recorded_at, dice),
            payee_id: *payee,
            minor: part,
            reference: format!("{}-{position}", made.seed),
            status: if confirmed { "CONFIRMED" } else { "RECORDED" }.to_owned(),
            answered_at: answered.0.filter(|_| confirmed),
            answered_by: answered.1.filter(|_| confirmed),
            ..whole.clone()
        });
    }
}

fn midday(day: chrono::NaiveDate) -> Timestamp {
    day.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::hours(12)
}
