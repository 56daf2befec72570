//! Who was awarded what, and which appeals there are against it.

use serde_json::{Value, json};

use super::{
    parties::{refer, shares, womens_status},
    snapshot::{AwardPart, ComplaintPart, ContractPart, ContractState, RequestPart, Snapshot},
    values::{ItemOf, OWN, Reference, array, instant, instant_of, money, number, object},
};
use crate::procurement::AwardStatus;

/// OCDS 1.1.5, closed codelist `awardStatus`: what the bidder declined is cancelled too.
const fn status(status: AwardStatus) -> &'static str {
    match status {
        AwardStatus::Pending => "pending",
        AwardStatus::Active => "active",
        AwardStatus::Cancelled | AwardStatus::Declined => "cancelled",
    }
}

/// The awards of a process. An order from a listing is the award of what is ordered.
pub(super) fn awards(snapshot: &Snapshot, reference: &Reference<'_>) -> Value {
    let given = snapshot
        .request
        .iter()
        .flat_map(|request| snapshot.awards.iter().map(move |award| given(snapshot, request, award, reference)));
    let ordered = snapshot.contracts.iter().filter(|contract| contract.award.is_none());
    array(given.chain(ordered.map(|contract| self::ordered(snapshot, contract))))
}

fn given(snapshot: &Snapshot, request: &RequestPart, award: &AwardPart, reference: &Reference<'_>) -> Value {
    let bid = snapshot.bids.iter().find(|bid| bid.id == award.bid);
    let partners = bid.map(|bid| bid.partners.as_slice()).unwrap_or_default();
    let lot = request.lots.iter().find(|lot| lot.id == award.lot);
    let offer = bid.and_then(|bid| bid.lots.iter().find(|offer| offer.lot == award.lot));
    let items = lot.zip(offer).map(|(lot, offer)| {
        let item = ItemOf {
            id: lot.id.to_string(),
            title: Some(&lot.title),
            product: &lot.product,
            thousandths: offer.quantity,
            unit: lot.quantity.unit.as_str(),
            price: Some((offer.unit_price_minor, offer.amount_minor, award.currency)),
            lot: Some(lot.id.to_string()),
        };
        item.write(reference, Value::Null)
    });
    let who = partners.iter().map(|partner| partner.organization);
    let own = object([
        ("status", award.status.as_str().into()),
        ("rank", award.rank.into()),
        ("points", number(award.points, 3)),
        ("standstillUntil", instant(award.standstill_until)),
        ("activatedAt", instant_of(award.activated_at)),
        ("endedAt", instant_of(award.ended_at)),
        ("endedReason", award.ended_reason.as_deref().into()),
        ("shares", shares(partners.iter().map(|partner| (partner.organization, partner.share, partner.is_lead)))),
        ("womenStatus", womens_status(snapshot, award.id.uuid(), who.clone())),
    ]);
    object([
        ("id", award.id.to_string().into()),
        ("title", lot.map_or(Value::Null, |lot| lot.title.as_str().into())),
        ("description", award.rationale.as_deref().into()),
        ("status", status(award.status).into()),
        ("date", instant(award.awarded_at)),
        ("value", money(award.amount_minor, award.currency)),
        ("suppliers", array(who.map(|organization| refer(snapshot, organization)))),
        ("items", array(items)),
        ("relatedLots", json!([award.lot.to_string()])),
        ("relatedBids", json!([award.bid.to_string()])),
        (OWN, own),
    ])
}

/// What an order from a listing awards: its contract's identifier is the award's.
fn ordered(snapshot: &Snapshot, contract: &ContractPart) -> Value {
    let (status, stands) = match contract.state {
        ContractState::Pending => ("pending", AwardStatus::Pending),
        ContractState::Active | ContractState::Complete | ContractState::Terminated => ("active", AwardStatus::Active),
        ContractState::Cancelled => ("cancelled", AwardStatus::Cancelled),
    };
    let suppliers = contract.suppliers.iter();
    let own = object([
        ("status", stands.as_str().into()),
        ("activatedAt", instant_of(contract.signed_at)),
        (
            "shares",
            shares(suppliers.clone().map(|(supplier, share)| (*supplier, *share, *supplier == contract.supplier))),
        ),
        ("womenStatus", womens_status(snapshot, contract.id.uuid(), suppliers.clone().map(|(supplier, _)| *supplier))),
    ]);
    object([
        ("id", contract.id.to_string().into()),
        ("title", contract.title.as_str().into()),
        ("status", status.into()),
        ("date", instant(contract.created_at)),
        ("value", money(contract.signed_amount_minor, contract.currency)),
        ("suppliers", array(suppliers.map(|(supplier, _)| refer(snapshot, *supplier)))),
        (OWN, own),
    ])
}

/// That there are appeals, against what, whose, and what became of them.
pub(super) fn complaints(snapshot: &Snapshot) -> Value {
    array(snapshot.complaints.iter().map(|complaint| {
        let ComplaintPart { id, award, organization, level, previous, status, filed_at, decided_at } = complaint;
        object([
            ("id", id.to_string().into()),
            ("level", level.as_str().into()),
            ("status", status.as_str().into()),
            ("complainant", refer(snapshot, *organization)),
            ("relatedAward", award.map_or(Value::Null, |award| award.to_string().into())),
            ("previous", previous.map_or(Value::Null, |previous| previous.to_string().into())),
            ("dateFiled", instant(*filed_at)),
            ("dateDecided", instant_of(*decided_at)),
        ])
    }))
}
