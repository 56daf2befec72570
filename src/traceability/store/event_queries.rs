//! Events as they are asked for.

use super::events::{COLUMNS, event};
use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        db::{Database, Sql},
        page::SortValue,
    },
    traceability::model::{
        epcis::query::{EventQuery, OrderBy},
        event::{EpcRole, Event},
    },
};

/// Whose events are seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::traceability) enum Scope {
    /// Everybody's.
    All,
    /// Of these organizations.
    Of(Vec<OrganizationId>),
}

fn within(query: &mut Sql, scope: &Scope) {
    if let Scope::Of(organizations) = scope {
        match organizations.as_slice() {
            // One, by the index that begins with it.
            [only] => query.push(" AND e.organization_id = ").bind(only.uuid()),
            many => query.push(" AND e.organization_id IN ").bind_list(many.iter().map(|one| one.uuid())),
        };
    }
}

/// A page of events, and one more if there is one.
pub(in crate::traceability) async fn page(
    db: &Database,
    asked: &EventQuery,
    scope: &Scope,
    limit: u64,
) -> Result<Vec<Event>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM trace_event e WHERE 1 = 1");
    within(&mut query, scope);
    for (column, values) in [
        ("e.event_type", &asked.types),
        ("e.action", &asked.actions),
        ("e.biz_step", &asked.biz_steps),
        ("e.disposition", &asked.dispositions),
        ("e.read_point", &asked.read_points),
        ("e.biz_location", &asked.biz_locations),
        ("e.event_uri", &asked.uris),
    ] {
        if !values.is_empty() {
            query.push(" AND ").push(column).push(" IN ").bind_list(values.iter().map(String::as_str));
        }
    }
    for (condition, at) in [
        (" AND e.event_time >= ", asked.event_time_from),
        (" AND e.event_time < ", asked.event_time_before),
        (" AND e.recorded_at >= ", asked.record_time_from),
        (" AND e.recorded_at < ", asked.record_time_before),
    ] {
        if let Some(at) = at {
            query.push(condition).bind(at);
        }
    }
    if asked.declares_error {
        query.push(" AND e.declares_error");
    }
    for one in &asked.matches {
        query.push(" AND e.id IN (SELECT x.event_id FROM trace_event_epc x WHERE x.epc IN ");
        query.bind_list(one.epcs.iter().map(String::as_str));
        if one.roles.len() < EpcRole::ALL.len() {
            query.push(" AND x.role IN ").bind_list(one.roles.iter().map(|role| role.as_str()));
        }
        query.push(")");
    }
    let column = match asked.order_by {
        OrderBy::EventTime => "e.event_time",
        OrderBy::RecordTime => "e.recorded_at",
    };
    if let Some(after) = &asked.after
        && let SortValue::Time(at) = &after.sort
    {
        let sign = if asked.descending { ", e.id) < (" } else { ", e.id) > (" };
        query.push(" AND (").push(column).push(sign).bind(*at).push(", ").bind(after.id).push(")");
    }
    let direction = if asked.descending { "DESC" } else { "ASC" };
    query.push(&format!(" ORDER BY {column} {direction}, e.id {direction} LIMIT "));
    query.bind(i64::try_from(limit).unwrap_or(i64::MAX));
    query.rows(db).await?.iter().map(event).collect()
}

/// The event that is called so: the last that was recorded, which is its error declaration where there is one.
pub(in crate::traceability) async fn by_uri(db: &Database, uri: &str, scope: &Scope) -> Result<Option<Event>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM trace_event e WHERE e.event_uri = ").bind(uri);
    within(&mut query, scope);
    query.push(" ORDER BY e.recorded_at DESC, e.id DESC LIMIT 1");
    query.rows(db).await?.first().map(event).transpose()
}
