//! The request: what is asked for, of whom, by when, by which criteria, and what it does for women.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{
    parties::{refer, womens_scheme},
    release::Scope,
    snapshot::{RequestPart, Snapshot},
    values::{
        ItemOf, OWN, Reference, array, day_begins, day_ends, instant, instant_of, money, number, object, order_id,
        party_id, percent, set, set_or_take_away,
    },
};
use crate::{
    kernel::{decimal::format_scaled, quantity::DECIMALS},
    procurement::{
        Criterion, CriterionKind, GenderMeasure, MeasureKind, Method, RequestLot, RequestLotStatus, RequestStatus,
    },
};

/// What was planned: the budget.
pub(super) fn planning(request: &RequestPart) -> Value {
    let budget = match request.budget_minor {
        Some(minor) => json!({ "amount": money(minor, request.currency) }),
        None if request.is_amended() => json!({ "amount": { "amount": null, "currency": null } }),
        None => return Value::Null,
    };
    json!({ "budget": budget })
}

/// The tender that a request is. Once it is about contracts, only how it and its lots stand.
pub(super) fn tender(snapshot: &Snapshot, request: &RequestPart, reference: &Reference<'_>, scope: Scope) -> Value {
    let lots = request.lots.iter();
    let mut tender = object([
        ("id", request.id.to_string().into()),
        ("title", request.title.as_str().into()),
        ("status", status(request.status).into()),
    ]);
    match scope {
        Scope::Contracts => {
            let stand = |lot: &RequestLot| json!({ "id": lot.id.to_string(), "status": lot_status(lot.status) });
            set(&mut tender, "lots", array(lots.map(stand)));
        }
        Scope::All => {
            let day = snapshot.last_event.date_naive();
            describe(&mut tender, snapshot, request);
            periods(&mut tender, request);
            set(&mut tender, "items", array(lots.clone().map(|lot| item(request, lot, reference, day))));
            set(&mut tender, "lots", array(lots.map(|lot| lot_of(request, lot, reference, day))));
        }
    }
    set(&mut tender, OWN, own(request, scope));
    tender
}

/// The tender that an order from a listing counts as: it was asked of one, and given.
pub(super) fn direct_order(snapshot: &Snapshot) -> Value {
    let title = snapshot.contracts.first().map_or(Value::Null, |contract| contract.title.as_str().into());
    object([
        ("id", order_id(snapshot.process).into()),
        ("title", title),
        ("status", "complete".into()),
        ("procuringEntity", refer(snapshot, snapshot.buyer)),
        ("procurementMethod", method(Method::Direct).into()),
        ("mainProcurementCategory", "goods".into()),
        ("submissionMethod", json!(["electronicSubmission"])),
    ])
}

/// OCDS 1.1.5, closed codelist `tenderStatus`. What was published stays active until it ends: the standard has no word for
/// closed or opened.
const fn status(status: RequestStatus) -> &'static str {
    match status {
        RequestStatus::Draft => "planned",
        RequestStatus::Published | RequestStatus::Opened | RequestStatus::Evaluating | RequestStatus::Awarding => {
            "active"
        }
        RequestStatus::Complete => "complete",
        RequestStatus::Cancelled => "cancelled",
        RequestStatus::Unsuccessful => "unsuccessful",
    }
}

const fn lot_status(status: RequestLotStatus) -> &'static str {
    match status {
        RequestLotStatus::Active => "active",
        RequestLotStatus::Cancelled => "cancelled",
        RequestLotStatus::Unsuccessful => "unsuccessful",
        RequestLotStatus::Complete => "complete",
    }
}

/// OCDS 1.1.5, closed codelist `method`.
const fn method(method: Method) -> &'static str {
    match method {
        Method::Open => "open",
        Method::Selective => "selective",
        Method::Limited => "limited",
        Method::Direct => "direct",
    }
}

impl RequestPart {
    /// Whether it had another wording, whose members may have to be taken away.
    const fn is_amended(&self) -> bool {
        !self.amendments.is_empty()
    }

    /// Sets what an amendment may take away.
    fn set(&self, object: &mut Value, name: &str, value: Value) {
        if self.is_amended() { set_or_take_away(object, name, value) } else { set(object, name, value) }
    }
}

/// How much, if it is known; nothing where it never was.
fn value(request: &RequestPart, minor: Option<i64>) -> Value {
    match minor {
        Some(minor) => money(minor, request.currency),
        None if request.is_amended() => json!({ "amount": null, "currency": null }),
        None => Value::Null,
    }
}

fn describe(tender: &mut Value, snapshot: &Snapshot, request: &RequestPart) {
    request.set(tender, "description", request.description.as_deref().into());
    request.set(tender, "procurementMethodRationale", request.method_rationale.as_deref().into());
    set(tender, "procuringEntity", refer(snapshot, snapshot.buyer));
    set(tender, "procurementMethod", method(request.method).into());
    set(tender, "mainProcurementCategory", "goods".into());
    set(tender, "submissionMethod", json!(["electronicSubmission"]));
    let asked = request.lots.iter().filter(|lot| lot.status != RequestLotStatus::Cancelled);
    let estimated = asked.map(|lot| lot.estimated_minor).try_fold(0_i64, |sum, lot| sum.checked_add(lot?));
    set(tender, "value", value(request, estimated.filter(|sum| *sum > 0)));
    let by_price = request.criteria.iter().all(|criterion| criterion.kind == CriterionKind::Price);
    set(tender, "awardCriteria", if by_price { "priceOnly" } else { "ratedCriteria" }.into());
    // Who asked is known to others only once nobody can use it.
    let closed = request.closed_at.is_some();
    set(tender, "hasEnquiries", (!request.questions.is_empty()).into());
    set(
        tender,
        "enquiries",
        array(request.questions.iter().map(|question| {
            let author = if closed { refer(snapshot, question.organization) } else { Value::Null };
            object([
                ("id", question.id.to_string().into()),
                ("date", instant(question.asked_at)),
                ("author", author),
                ("description", question.question.as_str().into()),
                ("answer", question.answer.as_str().into()),
                ("dateAnswered", instant(question.answered_at)),
            ])
        })),
    );
    set(
        tender,
        "amendments",
        array(request.amendments.iter().map(|amendment| {
            object([
                ("id", format!("{}-{}", request.id, amendment.version).into()),
                ("date", instant(amendment.at)),
                ("rationale", amendment.rationale.as_deref().into()),
            ])
        })),
    );
    let tenderers: BTreeSet<_> =
        snapshot.bids.iter().flat_map(|bid| &bid.partners).map(|one| one.organization).collect();
    if request.opened_at.is_some() {
        set(tender, "numberOfTenderers", tenderers.len().into());
    }
    set(tender, "tenderers", array(tenderers.into_iter().map(|one| refer(snapshot, one))));
    let for_all: Vec<_> = request.measures.iter().filter(|measure| measure.lot.is_none()).collect();
    sustainability(tender, !request.measures.is_empty(), &for_all);
}

fn periods(tender: &mut Value, request: &RequestPart) {
    let opened = object([("startDate", instant_of(request.published_at)), ("endDate", instant(request.bid_deadline))]);
    set(tender, "tenderPeriod", opened);
    if request.enquiry_deadline.is_some() || request.is_amended() {
        let mut period = object([("startDate", instant_of(request.published_at))]);
        request.set(&mut period, "endDate", instant_of(request.enquiry_deadline));
        set(tender, "enquiryPeriod", period);
    }
    if request.opened_at.is_some() {
        let awarding =
            object([("startDate", instant_of(request.opened_at)), ("endDate", instant_of(request.ended_at))]);
        set(tender, "awardPeriod", awarding);
    }
}

fn item(request: &RequestPart, lot: &RequestLot, reference: &Reference<'_>, day: NaiveDate) -> Value {
    let own = object([("regionCode", lot.place.as_deref().map_or(Value::Null, |place| reference.region(place, day)))]);
    let written = ItemOf {
        id: lot.id.to_string(),
        title: Some(&lot.title),
        product: &lot.product,
        thousandths: lot.quantity.thousandths,
        unit: lot.quantity.unit.as_str(),
        price: None,
        lot: Some(lot.id.to_string()),
    };
    let mut item = written.write(reference, own);
    let location = match lot.place.as_deref() {
        Some(place) => reference.location(place),
        None if request.is_amended() => {
            json!({ "description": null, "gazetteer": { "scheme": null, "identifiers": null } })
        }
        None => Value::Null,
    };
    set(&mut item, "deliveryLocation", location);
    item
}

fn lot_of(request: &RequestPart, lot: &RequestLot, reference: &Reference<'_>, day: NaiveDate) -> Value {
    let mut written = object([
        ("id", lot.id.to_string().into()),
        ("title", lot.title.as_str().into()),
        ("status", lot_status(lot.status).into()),
        ("value", value(request, lot.estimated_minor)),
        ("mainProcurementCategory", "goods".into()),
        ("awardCriteria", json!({ "criteria": request.criteria.iter().map(criterion).collect::<Vec<_>>() })),
        ("selectionCriteria", selection(lot)),
    ]);
    let mut period = object([]);
    request.set(&mut period, "startDate", lot.delivery_from.map_or(Value::Null, day_begins));
    request.set(&mut period, "endDate", lot.delivery_until.map_or(Value::Null, day_ends));
    if period.as_object().is_some_and(|period| !period.is_empty()) {
        set(&mut written, "contractPeriod", period);
    }
    let measures: Vec<_> =
        request.measures.iter().filter(|measure| measure.lot.is_none_or(|of| of == lot.id)).collect();
    sustainability(&mut written, !measures.is_empty(), &measures);
    let reserved = measures.iter().filter(|measure| measure.kind == MeasureKind::ReservedParticipation);
    let reserved: BTreeSet<_> = reserved.map(|measure| womens_scheme(measure.definition)).collect();
    if !reserved.is_empty() {
        set(&mut written, "otherRequirements", json!({ "reservedParticipation": reserved }));
    } else if request.is_amended() {
        set(&mut written, "otherRequirements", json!({ "reservedParticipation": null }));
    }
    let quality = lot.quality.iter().map(|bound| {
        let thousandths = |bound: Option<i64>| bound.map_or(Value::Null, |bound| number(bound, DECIMALS));
        object([
            ("id", bound.attribute.as_str().into()),
            ("minimum", thousandths(bound.minimum)),
            ("maximum", thousandths(bound.maximum)),
        ])
    });
    let own = object([
        ("requiredSchemes", json!(lot.required_schemes)),
        ("quality", quality.collect()),
        ("kilograms", lot.grams.map_or(Value::Null, |grams| number(grams, 3))),
        ("placeCode", lot.place.as_deref().into()),
        ("regionCode", lot.place.as_deref().map_or(Value::Null, |place| reference.region(place, day))),
    ]);
    set(&mut written, OWN, own);
    written
}

/// A criterion with its weight in percent.
fn criterion(criterion: &Criterion) -> Value {
    let kind = match criterion.kind {
        CriterionKind::Price => "price",
        CriterionKind::Quality
        | CriterionKind::Delivery
        | CriterionKind::Experience
        | CriterionKind::Sustainability
        | CriterionKind::WomenStatus
        | CriterionKind::Other => "quality",
    };
    json!({
        "type": kind,
        "name": criterion.name,
        "numbers": [{ "number": percent(criterion.weight), "weight": "percentageExact" }],
        OWN: { "id": criterion.id.to_string(), "kind": criterion.kind.as_str() },
    })
}

/// What a bidder has to bring for a lot.
fn selection(lot: &RequestLot) -> Value {
    let schemes = lot.required_schemes.iter().map(|scheme| {
        let description = format!("Certificate of the scheme {scheme} for the product");
        json!({ "type": "technical", "subType": "certificate", "description": description, "appliesTo": ["supplier"] })
    });
    let quality = lot.quality.iter().map(|bound| {
        let written =
            |name: &str, bound: Option<i64>| bound.map(|bound| format!(" {name} {}", format_scaled(bound, DECIMALS)));
        let bounds = [written("at least", bound.minimum), written("at most", bound.maximum)];
        let bounds: String = bounds.into_iter().flatten().collect();
        json!({ "type": "technical", "subType": "quality", "description": format!("{}{bounds}", bound.attribute) })
    });
    let criteria = array(schemes.chain(quality));
    if criteria.is_null() { Value::Null } else { json!({ "criteria": criteria }) }
}

/// Goals for women, with what is done for them.
fn sustainability(of: &mut Value, has: bool, measures: &[&GenderMeasure]) {
    set(of, "hasSustainability", has.into());
    let strategies: BTreeSet<&str> = measures.iter().map(|measure| strategy(measure.kind)).collect();
    if !strategies.is_empty() {
        set(of, "sustainability", json!([{ "goal": "social.womenInclusion", "strategies": strategies }]));
    }
}

/// The open codelist `sustainabilityStrategy`, with two words of our own extension.
const fn strategy(kind: MeasureKind) -> &'static str {
    match kind {
        MeasureKind::ReservedParticipation => "reservedParticipation",
        MeasureKind::MarginOfPreference => "marginOfPreference",
        MeasureKind::AwardCriterion => "awardCriteria",
        MeasureKind::LotSizing => "lotSizing",
        MeasureKind::Target => "target",
    }
}

fn own(request: &RequestPart, scope: Scope) -> Value {
    let mut own = object([
        ("status", request.status.as_str().into()),
        ("publishedAt", instant_of(request.published_at)),
        ("closedAt", instant_of(request.closed_at)),
        ("openedAt", instant_of(request.opened_at)),
        ("endedAt", instant_of(request.ended_at)),
        ("endedReason", request.ended_reason.as_deref().into()),
    ]);
    if scope == Scope::Contracts {
        return own;
    }
    set(&mut own, "standstillDays", request.standstill_days.into());
    // Always there: an empty list takes away what an earlier wording had.
    set(&mut own, "measures", request.measures.iter().map(measure).collect());
    // Whom a buyer invites tells who may bid; so not before bidding is over.
    if request.closed_at.is_some() {
        let invited =
            request.invitations.iter().map(|(invited, at)| json!({ "id": party_id(*invited), "date": instant(*at) }));
        set(&mut own, "invitations", array(invited));
    }
    own
}

fn measure(measure: &GenderMeasure) -> Value {
    object([
        ("id", measure.id.to_string().into()),
        ("lot", measure.lot.map_or(Value::Null, |lot| lot.to_string().into())),
        ("kind", measure.kind.as_str().into()),
        ("definition", measure.definition.as_str().into()),
        ("atLeastEvidence", measure.at_least_evidence.as_str().into()),
        ("percent", measure.percent.map_or(Value::Null, |share| percent(share.thousandths()))),
        ("source", measure.source.as_deref().into()),
    ])
}
