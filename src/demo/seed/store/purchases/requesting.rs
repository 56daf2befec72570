//! A made-up request, from its publication to its award.

use chrono::TimeDelta;
use entity::{
    award, bid, bid_lot, bid_partner, complaint, gender_measure, procurement_request, request_criterion,
    request_invitation, request_lot, request_version,
};
use serde_json::json;
use uuid::Uuid;

use super::{Agreed, Purchases, Purchasing, amount, wordings};
use crate::{
    demo::seed::{
        dice::Dice,
        market::{Party, id},
    },
    kernel::{clock::Timestamp, digest::Digest, text::fold},
};

/// What happened, and when.
pub(super) type Tags = Vec<(&'static str, Timestamp)>;

/// A bid that may win.
struct Offer<'p> {
    id: Uuid,
    parties: Vec<(&'p Party, i64)>,
    unit_price: i64,
    disqualified: Option<&'static str>,
}

/// Makes a request that is bid on and awarded; gives what is then to be contracted.
pub(super) fn make<'p>(
    made: &'p Purchasing<'_>,
    rows: &mut Purchases,
    buyer: Uuid,
    published: Timestamp,
    dice: &mut Dice,
) -> Option<(Uuid, Agreed<'p>, Tags)> {
    let request = id(published, dice);
    let method = match dice.below(100) {
        0..70 => "OPEN",
        70..82 => "SELECTIVE",
        82..94 => "LIMITED",
        _ => "DIRECT",
    };
    let currency = if dice.percent(4) { "EUR" } else { "XOF" };
    let product = made.market.weighed(dice)?.to_owned();
    let place = made.market.destination(dice);
    let quantity = match dice.below(4) {
        0 => dice.between(100, 1_000),
        1 => dice.between(1_000, 5_000),
        2 => dice.between(5_000, 20_000),
        _ => dice.between(20_000, 60_000),
    } * 1_000;
    let price = if currency == "EUR" { dice.between(30, 400) } else { dice.between(150, 2_500) };
    let deadline = published + TimeDelta::days(dice.between(12, 35));
    let opened = deadline + TimeDelta::hours(dice.between(1, 40));
    let awarded = opened + TimeDelta::days(dice.between(3, 25));
    let activated = awarded + TimeDelta::days(10) + TimeDelta::hours(dice.between(1, 60));
    let until = (activated + TimeDelta::days(dice.between(15, 60))).date_naive();
    let title = format!("Achat de {product}, {} kg", quantity / 1_000);

    let lots: Vec<Uuid> = (0..if dice.percent(15) { 2 } else { 1 }).map(|_| id(published, dice)).collect();
    let lot = *lots.first()?;
    for (id, position) in lots.iter().zip(0..) {
        rows.lots.push(request_lot::Model {
            id: *id,
            request_id: request,
            position,
            title: format!("Lot {}", position + 1),
            status: if position == 0 { "COMPLETE" } else { "UNSUCCESSFUL" }.to_owned(),
            product_code: product.clone(),
            quantity,
            unit: "KGM".to_owned(),
            grams: Some(quantity),
            place_code: place.clone(),
            delivery_from: Some(activated.date_naive()),
            delivery_until: Some(until),
            required_schemes: json!([]),
            quality: json!([]),
            estimated_minor: dice.percent(90).then(|| amount(price, quantity)),
        });
    }
    let criterion = id(published, dice);
    rows.criteria.push(request_criterion::Model {
        id: criterion,
        request_id: request,
        position: 0,
        name: "Prix".to_owned(),
        kind: "PRICE".to_owned(),
        weight: 100_000,
    });
    measures(rows, (request, lot), published, dice);
    rows.processes.push(made.process(request, "REQUEST", buyer, published));
    let row = procurement_request::Model {
        id: request,
        buyer_id: buyer,
        title_folded: fold(&title),
        title: title.clone(),
        description: None,
        language: "fr".to_owned(),
        method: method.to_owned(),
        method_rationale: (method != "OPEN").then(|| "Urgence".to_owned()),
        status: "COMPLETE".to_owned(),
        currency: currency.to_owned(),
        budget_minor: Some(amount(price, quantity)),
        enquiry_deadline: None,
        bid_deadline: deadline,
        standstill_days: 10,
        minimum_evaluators: 1,
        penalty_permille_a_day: 1,
        penalty_permille_max: 100,
        payment_days: 30,
        over_delivery_limit: 5_000,
        published_at: Some(published),
        closed_at: Some(deadline),
        opened_at: Some(opened),
        opened_by: Some(made.by),
        ended_at: Some(activated),
        ended_reason: None,
        created_by: Some(made.by),
        created_at: published,
        updated_at: activated,
        version: 1,
    };
    let offers = bids(made, rows, &row, &lots, (price, quantity), opened, dice)?;
    rows.versions.push(request_version::Model {
        request_id: request,
        version: 1,
        terms: wordings::of_request(rows, &row)?,
        rationale: None,
        created_by: Some(made.by),
        created_at: published,
    });
    rows.requests.push(row);
    let mut valid = offers.iter().filter(|offer| offer.disqualified.is_none());
    let winner = valid.next()?;
    let mut tags: Tags =
        vec![("tender", published), ("tenderUpdate", opened), ("award", awarded), ("awardUpdate", activated)];
    let give = |offer: &Offer<'_>, rows: &mut Purchases, cancelled: Option<Timestamp>, dice: &mut Dice| {
        let award = id(awarded, dice);
        rows.awards.push(award::Model {
            id: award,
            request_id: request,
            request_lot_id: lot,
            bid_id: offer.id,
            status: if cancelled.is_some() { "CANCELLED" } else { "ACTIVE" }.to_owned(),
            amount_minor: amount(offer.unit_price, quantity),
            currency: currency.to_owned(),
            rank: 1,
            points: 100_000,
            comparison: json!([]),
            rationale: None,
            standstill_until: awarded + TimeDelta::days(10),
            awarded_by: Some(made.by),
            awarded_at: awarded,
            activated_at: cancelled.is_none().then_some(activated),
            ended_at: cancelled,
            ended_reason: cancelled.map(|_| "Recours fondé".to_owned()),
            version: 2,
        });
        made.freeze(rows, "AWARD", award, &offer.parties, awarded);
        award
    };
    // Now and then somebody who did not win complains, and sometimes she is right.
    let second = valid.next();
    if let Some(other) = second.filter(|_| dice.percent(5)) {
        let upheld = dice.percent(40);
        let filed = awarded + TimeDelta::hours(dice.between(2, 90));
        let decided = filed + TimeDelta::hours(dice.between(20, 140));
        let concerned = if upheld { Some(give(other, rows, Some(decided), dice)) } else { None };
        let complainant = if upheld { winner } else { other };
        rows.complaints.push(complaint::Model {
            id: id(filed, dice),
            request_id: request,
            award_id: concerned,
            organization_id: complainant.parties.first()?.0.id,
            level: "GRACIOUS".to_owned(),
            previous_id: None,
            status: if upheld { "UPHELD" } else { "REJECTED" }.to_owned(),
            grounds: "Calcul du prix contesté.".to_owned(),
            filed_by: Some(made.by),
            filed_at: filed,
            decision: Some("Décision motivée.".to_owned()),
            decided_by: Some(made.by),
            decided_at: Some(decided),
            version: 2,
        });
        tags.extend([("awardUpdate", filed), ("awardUpdate", decided)]);
    }
    let award = give(winner, rows, None, dice);
    let agreed = Agreed {
        process: request,
        buyer,
        award: Some(award),
        listing: None,
        request_lot: Some(lot),
        title,
        currency,
        product,
        unit: "KGM".to_owned(),
        grams: Some(quantity),
        quantity,
        unit_price: winner.unit_price,
        place,
        deliver_until: Some(until),
        suppliers: winner.parties.clone(),
        from: activated,
    };
    Some((request, agreed, tags))
}

/// What a request does for women, if anything.
fn measures(rows: &mut Purchases, (request, lot): (Uuid, Uuid), at: Timestamp, dice: &mut Dice) {
    let (kind, percent) = match dice.below(100) {
        0..8 => ("RESERVED_PARTICIPATION", None),
        8..20 => ("MARGIN_OF_PREFERENCE", Some(10_000)),
        20..26 => ("LOT_SIZING", None),
        26..40 => ("TARGET", Some(30_000)),
        _ => return,
    };
    rows.measures.push(gender_measure::Model {
        id: id(at, dice),
        request_id: request,
        request_lot_id: dice.percent(30).then_some(lot),
        kind: kind.to_owned(),
        definition: "IWA34_WOMEN_OWNED".to_owned(),
        at_least_evidence: "SELF_DECLARED".to_owned(),
        percent,
        source: None,
    });
}

/// Bids of different bidders, of which the first is always valid.
fn bids<'p>(
    made: &'p Purchasing<'_>,
    rows: &mut Purchases,
    on: &procurement_request::Model,
    lots: &[Uuid],
    (price, quantity): (i64, i64),
    opened: Timestamp,
    dice: &mut Dice,
) -> Option<Vec<Offer<'p>>> {
    let (request, method, deadline) = (on.id, on.method.as_str(), on.bid_deadline);
    let number = if method == "DIRECT" { 1 } else { dice.between(1, 5) };
    let mut free: Vec<&Party> = Vec::new();
    for _ in 0..(number + 2) * 2 {
        if let Some(party) = dice.pick(&made.parties.sellers).filter(|one| free.iter().all(|other| other.id != one.id))
        {
            free.push(party);
        }
    }
    if method != "OPEN" {
        rows.invitations.extend(free.iter().map(|party| request_invitation::Model {
            request_id: request,
            organization_id: party.id,
            invited_at: on.created_at,
        }));
    }
    let mut offers = Vec::new();
    for position in 0..number {
        let Some(lead) = free.pop() else { break };
        let partner = if dice.percent(12) { free.pop() } else { None };
        let parties = match partner {
            Some(partner) => {
                let share = dice.between(30, 80) * 1_000;
                vec![(lead, share), (partner, 100_000 - share)]
            }
            None => vec![(lead, 100_000)],
        };
        let sealed = deadline - TimeDelta::hours(dice.between(1, 200));
        let reasons = ["NOT_RESPONSIVE", "NOT_ELIGIBLE", "CERTIFICATE_MISSING", "QUALITY_INSUFFICIENT"];
        let disqualified = (position > 0 && dice.percent(12)).then(|| dice.pick(&reasons).copied()).flatten();
        let unit_price = (price * dice.between(85, 120) / 100).max(1);
        let of_lots = if dice.percent(50) { lots } else { lots.get(..1).unwrap_or(lots) };
        let each = amount(unit_price, quantity);
        let bid = id(sealed, dice);
        let (content, receipt) = wordings::of_bid(wordings::Bid {
            id: bid,
            request,
            parties: parties.iter().map(|(party, share)| (party.id, *share)).collect(),
            currency: &on.currency,
            lots: of_lots,
            unit_price,
            quantity,
            amount: each,
        })?;
        rows.bids.push(bid::Model {
            id: bid,
            request_id: request,
            bidder_tag: Digest::of(format!("{request} {}", lead.id).as_bytes()).to_vec(),
            status: if disqualified.is_some() { "DISQUALIFIED" } else { "VALID" }.to_owned(),
            request_version: 1,
            sealed: None,
            key_for_opening: None,
            key_for_bidder: None,
            receipt: receipt.to_vec(),
            sealed_at: sealed,
            withdrawn_at: None,
            opened_at: Some(opened),
            bidder_id: Some(lead.id),
            submitted_by: Some(made.by),
            content: Some(content),
            amount_minor: Some(each.saturating_mul(i64::try_from(of_lots.len()).unwrap_or(1))),
            disqualified_reason: disqualified.map(str::to_owned),
            disqualified_note: None,
            findings: None,
            version: 3,
        });
        rows.bid_lots.extend(of_lots.iter().map(|lot| bid_lot::Model {
            bid_id: bid,
            request_lot_id: *lot,
            unit_price_minor: unit_price,
            quantity,
            amount_minor: each,
        }));
        rows.partners.extend(parties.iter().zip(0..).map(|((party, share), place)| bid_partner::Model {
            bid_id: bid,
            organization_id: party.id,
            share: *share,
            is_lead: place == 0,
        }));
        made.freeze(rows, "BID", bid, &parties, sealed);
        offers.push(Offer { id: bid, parties, unit_price, disqualified });
    }
    Some(offers)
}
