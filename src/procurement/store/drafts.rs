//! Writing requests with all that belongs to their wording.

use sea_orm::Value;

use crate::{
    accounts::{OrganizationId, UserId},
    directory::model::ownership::Percent,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{DbErr, Reader, Sql, WriteTx, sql},
        text::fold,
    },
    procurement::model::{
        ids::{RequestId, RequestLotId},
        request::{Criterion, GenderMeasure, Request, RequestLot, WholeRequest},
    },
};

/// Adds a request, with its lots, criteria and measures.
pub(in crate::procurement) async fn insert(
    tx: &WriteTx,
    whole: &WholeRequest,
    created_by: Option<UserId>,
) -> Result<(), Fault> {
    let request = &whole.request;
    let mut insert = Sql::new(
        "INSERT INTO procurement_request (id, buyer_id, created_by, created_at, updated_at, status, version, title, \
         title_folded, description, language, method, method_rationale, currency, budget_minor, enquiry_deadline, \
         bid_deadline, standstill_days, minimum_evaluators, penalty_permille_a_day, penalty_permille_max, payment_days, \
         over_delivery_limit) VALUES (",
    );
    insert.bind(request.id.uuid()).push(", ").bind(request.buyer.uuid()).push(", ");
    insert.bind(created_by.map(UserId::uuid)).push(", ").bind(request.created_at).push(", ").bind(request.created_at);
    insert.push(", ").bind(request.status.as_str()).push(", ").bind(request.version);
    for (_, value) in terms(request) {
        insert.push(", ").bind(value);
    }
    insert.push(")");
    insert.run(&**tx).await?;
    insert_lots(tx, &whole.lots).await?;
    insert_criteria(tx, request.id, &whole.criteria).await?;
    insert_measures(tx, request.id, &whole.measures).await
}

/// The columns of a request's own terms, with what they hold.
fn terms(request: &Request) -> [(&'static str, Value); 16] {
    [
        ("title", request.title.as_str().into()),
        ("title_folded", fold(&request.title).into()),
        ("description", request.description.clone().into()),
        ("language", request.language.as_str().into()),
        ("method", request.method.as_str().into()),
        ("method_rationale", request.method_rationale.clone().into()),
        ("currency", request.currency.code().into()),
        ("budget_minor", request.budget_minor.into()),
        ("enquiry_deadline", request.enquiry_deadline.into()),
        ("bid_deadline", request.bid_deadline.into()),
        ("standstill_days", request.standstill_days.into()),
        ("minimum_evaluators", request.minimum_evaluators.into()),
        ("penalty_permille_a_day", request.terms.penalty_permille_a_day.into()),
        ("penalty_permille_max", request.terms.penalty_permille_max.into()),
        ("payment_days", request.terms.payment_days.into()),
        ("over_delivery_limit", request.terms.over_delivery_limit.into()),
    ]
}

/// Writes a changed wording of a locked request: those of its lots that stay, those that are new, and all criteria and measures.
/// Lots that were there and are not in `whole` are removed: of a draft, on which nobody has bid.
pub(in crate::procurement) async fn rewrite(
    tx: &WriteTx,
    before: &WholeRequest,
    whole: &WholeRequest,
    now: Timestamp,
) -> Result<(), Fault> {
    let request = &whole.request;
    let mut update = Sql::new("UPDATE procurement_request SET version = ");
    update.bind(request.version).push(", updated_at = ").bind(now);
    for (column, value) in terms(request) {
        update.push(", ").push(column).push(" = ").bind(value);
    }
    update.push(" WHERE id = ").bind(request.id.uuid());
    update.run(&**tx).await?;
    for table in ["gender_measure", "request_criterion"] {
        let mut delete = Sql::new("DELETE FROM ");
        delete.push(table).push(" WHERE request_id = ").bind(request.id.uuid());
        delete.run(&**tx).await?;
    }
    let is_in = |lots: &[RequestLot], id: RequestLotId| lots.iter().any(|lot| lot.id == id);
    for lot in before.lots.iter().filter(|lot| !is_in(&whole.lots, lot.id)) {
        sql("DELETE FROM request_lot WHERE id = $1", [lot.id.uuid().into()]).run(&**tx).await?;
    }
    let mut new = Vec::new();
    for lot in &whole.lots {
        match before.lots.iter().find(|earlier| earlier.id == lot.id) {
            None => new.push(lot.clone()),
            Some(earlier) if earlier == lot => {}
            Some(_) => update_lot(tx, lot).await?,
        }
    }
    insert_lots(tx, &new).await?;
    insert_criteria(tx, request.id, &whole.criteria).await?;
    insert_measures(tx, request.id, &whole.measures).await
}

/// The columns of a lot, with what they hold.
fn columns(lot: &RequestLot) -> Result<[(&'static str, Value); 13], Fault> {
    let json = |value: serde_json::Result<serde_json::Value>| {
        value.map_err(|error| Fault::Internal(format!("request lot: {error}")))
    };
    Ok([
        ("position", lot.position.into()),
        ("title", lot.title.as_str().into()),
        ("status", lot.status.as_str().into()),
        ("product_code", lot.product.as_str().into()),
        ("quantity", lot.quantity.thousandths.into()),
        ("unit", lot.quantity.unit.as_str().into()),
        ("grams", lot.grams.into()),
        ("place_code", lot.place.clone().into()),
        ("delivery_from", lot.delivery_from.into()),
        ("delivery_until", lot.delivery_until.into()),
        ("required_schemes", json(serde_json::to_value(&lot.required_schemes))?.into()),
        ("quality", json(serde_json::to_value(&lot.quality))?.into()),
        ("estimated_minor", lot.estimated_minor.into()),
    ])
}

async fn insert_lots(tx: &WriteTx, lots: &[RequestLot]) -> Result<(), Fault> {
    if lots.is_empty() {
        return Ok(());
    }
    let mut insert = Sql::new(
        "INSERT INTO request_lot (id, request_id, position, title, status, product_code, quantity, unit, grams, place_code, \
         delivery_from, delivery_until, required_schemes, quality, estimated_minor) VALUES ",
    );
    for (index, lot) in lots.iter().enumerate() {
        insert.push(if index == 0 { "(" } else { ", (" }).bind(lot.id.uuid()).push(", ").bind(lot.request.uuid());
        for (_, value) in columns(lot)? {
            insert.push(", ").bind(value);
        }
        insert.push(")");
    }
    insert.run(&**tx).await?;
    Ok(())
}

async fn update_lot(tx: &WriteTx, lot: &RequestLot) -> Result<(), Fault> {
    let mut update = Sql::new("UPDATE request_lot SET ");
    for (index, (column, value)) in columns(lot)?.into_iter().enumerate() {
        update.push(if index == 0 { "" } else { ", " }).push(column).push(" = ").bind(value);
    }
    update.push(" WHERE id = ").bind(lot.id.uuid());
    update.run(&**tx).await?;
    Ok(())
}

async fn insert_criteria(tx: &WriteTx, request: RequestId, criteria: &[Criterion]) -> Result<(), Fault> {
    let mut insert = Sql::new("INSERT INTO request_criterion (id, request_id, position, name, kind, weight) VALUES ");
    for (position, criterion) in (0_i64..).zip(criteria) {
        insert.push(if position == 0 { "(" } else { ", (" }).bind(criterion.id.uuid()).push(", ").bind(request.uuid());
        insert.push(", ").bind(position).push(", ").bind(criterion.name.as_str()).push(", ");
        insert.bind(criterion.kind.as_str()).push(", ").bind(criterion.weight).push(")");
    }
    if !criteria.is_empty() {
        insert.run(&**tx).await?;
    }
    Ok(())
}

async fn insert_measures(tx: &WriteTx, request: RequestId, measures: &[GenderMeasure]) -> Result<(), Fault> {
    let mut insert = Sql::new(
        "INSERT INTO gender_measure (id, request_id, request_lot_id, kind, definition, at_least_evidence, percent, source) \
         VALUES ",
    );
    for (index, measure) in measures.iter().enumerate() {
        insert.push(if index == 0 { "(" } else { ", (" }).bind(measure.id.uuid()).push(", ").bind(request.uuid());
        insert.push(", ").bind(measure.lot.map(RequestLotId::uuid)).push(", ").bind(measure.kind.as_str());
        insert.push(", ").bind(measure.definition.as_str()).push(", ").bind(measure.at_least_evidence.as_str());
        insert.push(", ").bind(measure.percent.map(Percent::thousandths)).push(", ").bind(measure.source.clone());
        insert.push(")");
    }
    if !measures.is_empty() {
        insert.run(&**tx).await?;
    }
    Ok(())
}

/// Who is invited to a request, in the order of their ids.
pub(in crate::procurement) async fn invited(tx: &WriteTx, request: RequestId) -> Result<Vec<OrganizationId>, Fault> {
    let select = sql(
        "SELECT organization_id FROM request_invitation WHERE request_id = $1 ORDER BY organization_id",
        [request.uuid().into()],
    );
    select.all(&**tx).await?.iter().map(|row| Ok(OrganizationId::from_uuid(Reader::new(row)?.get()?))).collect()
}

/// Invites these and nobody else; who was invited before stays so since then.
pub(in crate::procurement) async fn invite(
    tx: &WriteTx,
    request: RequestId,
    invited: &[OrganizationId],
    now: Timestamp,
) -> Result<(), DbErr> {
    let mut delete = Sql::new("DELETE FROM request_invitation WHERE request_id = ");
    delete.bind(request.uuid());
    if !invited.is_empty() {
        delete.push(" AND organization_id NOT IN ").bind_list(invited.iter().map(|id| id.uuid()));
    }
    delete.run(&**tx).await?;
    if invited.is_empty() {
        return Ok(());
    }
    let mut insert = Sql::new("INSERT INTO request_invitation (request_id, organization_id, invited_at) VALUES ");
    for (index, organization) in invited.iter().enumerate() {
        insert.push(if index == 0 { "(" } else { ", (" }).bind(request.uuid()).push(", ");
        insert.bind(organization.uuid()).push(", ").bind(now).push(")");
    }
    insert.push(" ON CONFLICT (request_id, organization_id) DO NOTHING");
    insert.run(&**tx).await?;
    Ok(())
}

/// Shows a locked draft to everybody.
pub(in crate::procurement) async fn publish(tx: &WriteTx, request: &Request, now: Timestamp) -> Result<(), DbErr> {
    let update = sql(
        "UPDATE procurement_request SET status = $2, published_at = $3, updated_at = $3 WHERE id = $1",
        [request.id.uuid().into(), request.status.as_str().into(), now.into()],
    );
    update.run(&**tx).await?;
    Ok(())
}

/// Ends a locked request, and with it those of its lots that were to be had, in `lots`.
pub(in crate::procurement) async fn end(
    tx: &WriteTx,
    request: &Request,
    lots: &'static str,
    now: Timestamp,
) -> Result<(), DbErr> {
    let update = sql(
        "UPDATE procurement_request SET status = $2, ended_at = $3, ended_reason = $4, updated_at = $3 WHERE id = $1",
        [request.id.uuid().into(), request.status.as_str().into(), now.into(), request.ended_reason.clone().into()],
    );
    update.run(&**tx).await?;
    let update = sql(
        "UPDATE request_lot SET status = $2 WHERE request_id = $1 AND status = 'ACTIVE'",
        [request.id.uuid().into(), lots.into()],
    );
    update.run(&**tx).await?;
    Ok(())
}
