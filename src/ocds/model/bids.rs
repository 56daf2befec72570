//! The bids that were opened, and how many they are. Of a bid that was not, nothing is here to be told.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    parties::{refer, shares, womens_status},
    snapshot::{BidFound, BidPart, RequestPart, Snapshot},
    values::{ItemOf, OWN, Reference, amount, array, instant, money, object},
};
use crate::{
    kernel::money::Currency,
    procurement::{RequestLot, RequestLotId},
};

/// The bids of a request whose bids were opened.
pub(super) fn bids(snapshot: &Snapshot, request: &RequestPart, reference: &Reference<'_>) -> Value {
    if request.opened_at.is_none() {
        return Value::Null;
    }
    let lots: BTreeMap<RequestLotId, &RequestLot> = request.lots.iter().map(|lot| (lot.id, lot)).collect();
    let details = snapshot.bids.iter().map(|bid| details(snapshot, bid, &lots, request.currency, reference));
    object([("details", array(details)), ("statistics", statistics(snapshot, request))])
}

fn details(
    snapshot: &Snapshot,
    bid: &BidPart,
    lots: &BTreeMap<RequestLotId, &RequestLot>,
    currency: Currency,
    reference: &Reference<'_>,
) -> Value {
    let (status, reason) = match bid.found {
        BidFound::Nothing => ("pending", Value::Null),
        BidFound::Valid => ("valid", Value::Null),
        BidFound::Disqualified(reason) => ("disqualified", reason.as_str().into()),
    };
    let items = bid.lots.iter().filter_map(|offer| {
        let lot = lots.get(&offer.lot)?;
        let item = ItemOf {
            id: offer.lot.to_string(),
            title: None,
            product: &lot.product,
            thousandths: offer.quantity,
            unit: lot.quantity.unit.as_str(),
            price: Some((offer.unit_price_minor, offer.amount_minor, currency)),
            lot: Some(offer.lot.to_string()),
        };
        Some(item.write(reference, Value::Null))
    });
    let partners = bid.partners.iter();
    let own = object([
        ("openedAt", instant(bid.opened_at)),
        ("receipt", bid.receipt.to_string().into()),
        ("requestVersion", bid.request_version.into()),
        ("disqualifiedReason", reason),
        ("shares", shares(partners.clone().map(|partner| (partner.organization, partner.share, partner.is_lead)))),
        ("womenStatus", womens_status(snapshot, bid.id.uuid(), partners.clone().map(|partner| partner.organization))),
    ]);
    object([
        ("id", bid.id.to_string().into()),
        ("submissionType", "bid".into()),
        ("date", instant(bid.sealed_at)),
        ("status", status.into()),
        ("tenderers", array(partners.map(|partner| refer(snapshot, partner.organization)))),
        ("value", money(bid.amount_minor, currency)),
        ("items", array(items)),
        ("relatedLots", array(bid.lots.iter().map(|offer| offer.lot.to_string().into()))),
        (OWN, own),
    ])
}

/// How many bids there are, in all and for each lot, and what they cost.
fn statistics(snapshot: &Snapshot, request: &RequestPart) -> Value {
    let bids = &snapshot.bids;
    let valid = || bids.iter().filter(|bid| bid.found == BidFound::Valid);
    let disqualified = bids.iter().filter(|bid| matches!(bid.found, BidFound::Disqualified(_))).count();
    let bidders: BTreeSet<Vec<_>> = bids
        .iter()
        .map(|bid| {
            let mut partners: Vec<_> = bid.partners.iter().map(|partner| partner.organization).collect();
            partners.sort_unstable();
            partners
        })
        .collect();
    let count = |measure: &str, count: usize| json!({ "id": measure, "measure": measure, "value": count });
    let mut statistics = vec![
        count("bids", bids.len()),
        count("validBids", valid().count()),
        count("disqualifiedBids", disqualified),
        count("bidders", bidders.len()),
    ];
    let values = valid().map(|bid| bid.amount_minor);
    for (measure, value) in [("lowestValidBidValue", values.clone().min()), ("highestValidBidValue", values.max())] {
        let Some(minor) = value else { continue };
        statistics.push(json!({
            "id": measure,
            "measure": measure,
            "value": amount(minor, request.currency),
            "currency": request.currency.code(),
        }));
    }
    for lot in &request.lots {
        let for_it = bids.iter().filter(|bid| bid.lots.iter().any(|offer| offer.lot == lot.id)).count();
        statistics.push(json!({
            "id": format!("bids-{}", lot.id),
            "measure": "bids",
            "value": for_it,
            "relatedLot": lot.id.to_string(),
        }));
    }
    statistics.into()
}
