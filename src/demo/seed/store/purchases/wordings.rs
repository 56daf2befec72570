//! What made-up requests, bids and contracts say, kept as their rooms keep it, so that it is read like everybody's.

use entity::{contract, contract_line, gender_measure, procurement_request, request_criterion, request_lot};
use serde_json::Value;
use uuid::Uuid;

use super::Purchases;
use crate::{
    accounts::OrganizationId,
    contracts::{
        ContractLineId,
        model::{
            terms::Terms,
            wording::{WordedLine, Wording},
        },
    },
    directory::model::ownership::Percent,
    kernel::{
        digest::Digest,
        money::Currency,
        quantity::{Quantity, UnitCode},
    },
    procurement::{
        BidId, ContractTerms, Criterion, CriterionId, GenderMeasure, MeasureId, ReadOffer, Request, RequestId,
        RequestLot, RequestLotId, RequestLotStatus, RequestStatus, WholeRequest,
        model::wording::{kept, terms},
    },
};

/// The first wording of a request, of the rows that were made for it last. None where it has a word that its room does not know.
pub(super) fn of_request(made: &Purchases, row: &procurement_request::Model) -> Option<Value> {
    let invited = last(&made.invitations, |one| one.request_id == row.id);
    let invited: Vec<_> = invited.map(|one| OrganizationId::from_uuid(one.organization_id)).collect();
    let whole = WholeRequest {
        request: request(row)?,
        lots: last(&made.lots, |one| one.request_id == row.id).map(lot).collect::<Option<_>>()?,
        criteria: last(&made.criteria, |one| one.request_id == row.id).map(criterion).collect::<Option<_>>()?,
        measures: last(&made.measures, |one| one.request_id == row.id).map(measure).collect::<Option<_>>()?,
    };
    Some(kept(&terms(&whole, &invited, &[]), &[]))
}

/// The rows at the end that belong together: what was made for the purchases before is not looked at again.
fn last<R>(rows: &[R], belongs: impl Fn(&R) -> bool) -> impl Iterator<Item = &R> {
    let first = rows.iter().rposition(|row| !belongs(row)).map_or(0, |other| other + 1);
    rows.iter().skip(first)
}

fn request(row: &procurement_request::Model) -> Option<Request> {
    Some(Request {
        id: RequestId::from_uuid(row.id),
        buyer: OrganizationId::from_uuid(row.buyer_id),
        title: row.title.clone(),
        description: row.description.clone(),
        language: row.language.clone(),
        method: row.method.parse().ok()?,
        method_rationale: row.method_rationale.clone(),
        status: RequestStatus::Published,
        currency: Currency::from_code(&row.currency)?,
        budget_minor: row.budget_minor,
        enquiry_deadline: row.enquiry_deadline,
        bid_deadline: row.bid_deadline,
        standstill_days: row.standstill_days,
        minimum_evaluators: row.minimum_evaluators,
        terms: ContractTerms {
            penalty_permille_a_day: row.penalty_permille_a_day,
            penalty_permille_max: row.penalty_permille_max,
            payment_days: row.payment_days,
            over_delivery_limit: row.over_delivery_limit,
        },
        published_at: row.published_at,
        closed_at: None,
        opened_at: None,
        ended_at: None,
        ended_reason: None,
        created_at: row.created_at,
        version: 1,
    })
}

/// A lot as it was when the request was published.
fn lot(row: &request_lot::Model) -> Option<RequestLot> {
    Some(RequestLot {
        id: RequestLotId::from_uuid(row.id),
        request: RequestId::from_uuid(row.request_id),
        position: row.position,
        title: row.title.clone(),
        status: RequestLotStatus::Active,
        product: row.product_code.clone(),
        quantity: Quantity { thousandths: row.quantity, unit: UnitCode::new(row.unit.clone()) },
        grams: row.grams,
        place: row.place_code.clone(),
        delivery_from: row.delivery_from,
        delivery_until: row.delivery_until,
        required_schemes: serde_json::from_value(row.required_schemes.clone()).ok()?,
        quality: serde_json::from_value(row.quality.clone()).ok()?,
        estimated_minor: row.estimated_minor,
    })
}

fn criterion(row: &request_criterion::Model) -> Option<Criterion> {
    let id = CriterionId::from_uuid(row.id);
    Some(Criterion { id, name: row.name.clone(), kind: row.kind.parse().ok()?, weight: row.weight })
}

fn measure(row: &gender_measure::Model) -> Option<GenderMeasure> {
    Some(GenderMeasure {
        id: MeasureId::from_uuid(row.id),
        lot: row.request_lot_id.map(RequestLotId::from_uuid),
        kind: row.kind.parse().ok()?,
        definition: row.definition.parse().ok()?,
        at_least_evidence: row.at_least_evidence.parse().ok()?,
        percent: row.percent.and_then(Percent::from_thousandths),
        source: row.source.clone(),
    })
}

/// What was bid.
pub(super) struct Bid<'b> {
    pub(super) id: Uuid,
    pub(super) request: Uuid,
    pub(super) parties: Vec<(Uuid, i64)>,
    pub(super) currency: &'b str,
    pub(super) lots: &'b [Uuid],
    pub(super) unit_price: i64,
    pub(super) quantity: i64,
    pub(super) amount: i64,
}

/// The content of a bid and its receipt. Its salt follows from its id: what is made up hides nothing, and is the same again for
/// the same seed.
pub(super) fn of_bid(bid: Bid<'_>) -> Option<(String, Digest)> {
    let (lead, _) = bid.parties.first()?;
    let offer = ReadOffer {
        bid: BidId::from_uuid(bid.id),
        request: RequestId::from_uuid(bid.request),
        bidder: OrganizationId::from_uuid(*lead),
        partners: bid.parties.iter().map(|(party, share)| (OrganizationId::from_uuid(*party), *share)).collect(),
        currency: bid.currency.to_owned(),
        lots: bid
            .lots
            .iter()
            .map(|lot| (RequestLotId::from_uuid(*lot), bid.unit_price, bid.quantity, bid.amount))
            .collect(),
        answers: Vec::new(),
        documents: Vec::new(),
    };
    offer.with_salt(Digest::of(bid.id.as_bytes()).as_bytes()).text().ok()
}

/// What a contract of one line says when that much of it is to be delivered.
pub(super) fn of_contract(
    contract: &contract::Model,
    line: &contract_line::Model,
    (quantity, amount_minor): (i64, i64),
) -> Option<Value> {
    let worded = WordedLine {
        id: ContractLineId::from_uuid(line.id),
        title: line.title.clone(),
        product: line.product_code.clone(),
        quantity,
        unit: line.unit.clone(),
        unit_price_minor: line.unit_price_minor,
        amount_minor,
        place: line.place_code.clone(),
        deliver_from: line.deliver_from,
        deliver_until: line.deliver_until,
    };
    let terms = Terms {
        penalty_permille_a_day: contract.penalty_permille_a_day,
        penalty_permille_max: contract.penalty_permille_max,
        payment_days: contract.payment_days,
        over_delivery_limit: contract.over_delivery_limit,
        early_payment_permille: contract.early_payment_permille,
        early_payment_days: contract.early_payment_days,
    };
    let wording = Wording {
        title: contract.title.clone(),
        currency: contract.currency.clone(),
        amount_minor,
        terms,
        lines: vec![worded],
    };
    serde_json::to_value(wording).ok()
}
