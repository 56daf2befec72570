//! Requests as they stand, with what belongs to their wording.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use crate::{
    accounts::OrganizationId,
    directory::model::ownership::Percent,
    kernel::{
        Fault,
        db::{Database, Reader, Row, Sql, WriteTx},
        quantity::{Quantity, UnitCode},
    },
    procurement::model::{
        ids::{CriterionId, MeasureId, Part, RequestId, RequestLotId},
        request::{ContractTerms, Criterion, GenderMeasure, Request, RequestLot, WholeRequest},
    },
};

/// The columns that [`read`] reads, in its order.
pub(super) const COLUMNS: &str = "r.id, r.buyer_id, r.title, r.description, r.language, r.method, r.method_rationale, r.status, \
    r.currency, r.budget_minor, r.enquiry_deadline, r.bid_deadline, r.standstill_days, r.minimum_evaluators, \
    r.penalty_permille_a_day, r.penalty_permille_max, r.payment_days, r.over_delivery_limit, r.published_at, r.closed_at, \
    r.opened_at, r.ended_at, r.ended_reason, r.created_at, r.version";

/// A request from the next columns.
pub(super) fn read(next: &mut Reader<'_>) -> Result<Request, Fault> {
    Ok(Request {
        id: RequestId::from_uuid(next.get()?),
        buyer: OrganizationId::from_uuid(next.get()?),
        title: next.get()?,
        description: next.get()?,
        language: next.get()?,
        method: next.word("method of a request")?,
        method_rationale: next.get()?,
        status: next.word("status of a request")?,
        currency: next.currency()?,
        budget_minor: next.get()?,
        enquiry_deadline: next.get()?,
        bid_deadline: next.get()?,
        standstill_days: next.get()?,
        minimum_evaluators: next.get()?,
        terms: ContractTerms {
            penalty_permille_a_day: next.get()?,
            penalty_permille_max: next.get()?,
            payment_days: next.get()?,
            over_delivery_limit: next.get()?,
        },
        published_at: next.get()?,
        closed_at: next.get()?,
        opened_at: next.get()?,
        ended_at: next.get()?,
        ended_reason: next.get()?,
        created_at: next.get()?,
        version: next.get()?,
    })
}

fn whole_row(row: &Row) -> Result<Request, Fault> {
    read(&mut Reader::new(row)?)
}

/// The requests among `ids`, whoever may see them.
pub(in crate::procurement) async fn by_ids(
    db: &Database,
    ids: &[RequestId],
) -> Result<HashMap<RequestId, Request>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM procurement_request r WHERE r.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    let found = select.rows(db).await?;
    found.iter().map(|row| whole_row(row).map(|request| (request.id, request))).collect()
}

/// A request, and with it the lock that makes whoever changes it wait.
pub(in crate::procurement) async fn lock(tx: &WriteTx, id: RequestId) -> Result<Option<Request>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM procurement_request r WHERE r.id = ").bind(id.uuid());
    select.lock(tx, " FOR NO KEY UPDATE");
    select.one(&**tx).await?.as_ref().map(whole_row).transpose()
}

/// A request, and with it the lock that makes whoever changes it wait, but not those who also only rely on it.
pub(in crate::procurement) async fn share(tx: &WriteTx, id: RequestId) -> Result<Option<Request>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM procurement_request r WHERE r.id = ").bind(id.uuid());
    select.lock(tx, " FOR SHARE");
    select.one(&**tx).await?.as_ref().map(whole_row).transpose()
}

/// Which request each of these parts belongs to.
pub(in crate::procurement) async fn of_parts(
    db: &Database,
    part: Part,
    ids: &[uuid::Uuid],
) -> Result<HashMap<uuid::Uuid, RequestId>, Fault> {
    let mut select = Sql::new("SELECT id, request_id FROM ");
    select.push(match part {
        Part::Lot => "request_lot",
        Part::Criterion => "request_criterion",
        Part::Measure => "gender_measure",
    });
    select.push(" WHERE id IN ").bind_list(ids.iter().copied());
    let rows = select.rows(db).await?;
    rows.iter().map(|row| Ok((row.get(0)?, RequestId::from_uuid(row.get(1)?)))).collect()
}

/// The lots of requests in their order.
pub(in crate::procurement) async fn lots(
    db: &impl ConnectionTrait,
    requests: &[RequestId],
) -> Result<HashMap<RequestId, Vec<RequestLot>>, Fault> {
    let mut select = Sql::new(
        "SELECT id, request_id, position, title, status, product_code, quantity, unit, grams, place_code, delivery_from, \
         delivery_until, required_schemes, quality, estimated_minor FROM request_lot WHERE request_id IN ",
    );
    select.bind_list(requests.iter().map(|id| id.uuid())).push(" ORDER BY request_id, position, id");
    let mut found: HashMap<RequestId, Vec<RequestLot>> = HashMap::new();
    for row in &select.all(db).await? {
        let mut next = Reader::new(row)?;
        let lot = RequestLot {
            id: RequestLotId::from_uuid(next.get()?),
            request: RequestId::from_uuid(next.get()?),
            position: next.get()?,
            title: next.get()?,
            status: next.word("status of a request's lot")?,
            product: next.get()?,
            quantity: Quantity { thousandths: next.get()?, unit: UnitCode::new(next.get::<String>()?) },
            grams: next.get()?,
            place: next.get()?,
            delivery_from: next.get()?,
            delivery_until: next.get()?,
            required_schemes: next.json()?,
            quality: next.json()?,
            estimated_minor: next.get()?,
        };
        found.entry(lot.request).or_default().push(lot);
    }
    Ok(found)
}

/// The criteria of requests in their order.
pub(in crate::procurement) async fn criteria(
    db: &impl ConnectionTrait,
    requests: &[RequestId],
) -> Result<HashMap<RequestId, Vec<Criterion>>, Fault> {
    let mut select = Sql::new("SELECT request_id, id, name, kind, weight FROM request_criterion WHERE request_id IN ");
    select.bind_list(requests.iter().map(|id| id.uuid())).push(" ORDER BY request_id, position, id");
    let mut found: HashMap<RequestId, Vec<Criterion>> = HashMap::new();
    for row in &select.all(db).await? {
        let mut next = Reader::new(row)?;
        let request = RequestId::from_uuid(next.get()?);
        let criterion = Criterion {
            id: CriterionId::from_uuid(next.get()?),
            name: next.get()?,
            kind: next.word("kind of a criterion")?,
            weight: next.get()?,
        };
        found.entry(request).or_default().push(criterion);
    }
    Ok(found)
}

/// What requests do for women.
pub(in crate::procurement) async fn measures(
    db: &impl ConnectionTrait,
    requests: &[RequestId],
) -> Result<HashMap<RequestId, Vec<GenderMeasure>>, Fault> {
    let mut select = Sql::new(
        "SELECT request_id, id, request_lot_id, kind, definition, at_least_evidence, percent, source FROM gender_measure \
         WHERE request_id IN ",
    );
    select.bind_list(requests.iter().map(|id| id.uuid())).push(" ORDER BY request_id, id");
    let mut found: HashMap<RequestId, Vec<GenderMeasure>> = HashMap::new();
    for row in &select.all(db).await? {
        let mut next = Reader::new(row)?;
        let request = RequestId::from_uuid(next.get()?);
        let measure = GenderMeasure {
            id: MeasureId::from_uuid(next.get()?),
            lot: next.get::<Option<uuid::Uuid>>()?.map(RequestLotId::from_uuid),
            kind: next.word("kind of a gender measure")?,
            definition: next.word("definition of ownership")?,
            at_least_evidence: next.word("level of evidence")?,
            percent: next.get::<Option<i64>>()?.and_then(Percent::from_thousandths),
            source: next.get()?,
        };
        found.entry(request).or_default().push(measure);
    }
    Ok(found)
}

/// A locked or shared request with all that belongs to its wording.
pub(in crate::procurement) async fn whole(tx: &WriteTx, request: Request) -> Result<WholeRequest, Fault> {
    let id = [request.id];
    let lots = lots(&**tx, &id).await?.remove(&request.id).unwrap_or_default();
    let criteria = criteria(&**tx, &id).await?.remove(&request.id).unwrap_or_default();
    let measures = measures(&**tx, &id).await?.remove(&request.id).unwrap_or_default();
    Ok(WholeRequest { request, lots, criteria, measures })
}
