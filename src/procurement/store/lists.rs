//! Lists of requests.

use super::requests::{COLUMNS, read};
use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Reader, Sql},
        page::{Direction, SortValue},
    },
    procurement::model::{
        query::{RequestFilter, RequestOrderField, RequestQuery, Scope},
        request::{Request, ShownRequestStatus},
    },
};

/// The rows of a page of requests.
pub(in crate::procurement) async fn page(
    db: &Database,
    query: &RequestQuery,
    scope: &Scope,
    now: Timestamp,
) -> Result<Vec<Request>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM procurement_request r WHERE ");
    conditions(&mut select, &query.filter, scope, now);
    let (beyond, short_of) = if query.order.descending { (" < ", " > ") } else { (" > ", " < ") };
    for (key, comparison) in [(&query.page.after, beyond), (&query.page.before, short_of)] {
        let Some(key) = key else { continue };
        match &key.sort {
            SortValue::Time(time) => {
                select.push(" AND (r.bid_deadline, r.id)").push(comparison).push("(").bind(*time);
                select.push(", ").bind(key.id).push(")");
            }
            // Cursors of other kinds are refused before they come here.
            SortValue::Missing | SortValue::Integer(_) | SortValue::Text(_) => {
                select.push(" AND r.id").push(comparison).bind(key.id);
            }
        }
    }
    let down = query.order.descending == (query.page.direction == Direction::Forward);
    let direction = if down { " DESC" } else { " ASC" };
    select.push(" ORDER BY ");
    match query.order.field {
        RequestOrderField::CreatedAt => {}
        RequestOrderField::BidDeadline => {
            select.push("r.bid_deadline").push(direction).push(", ");
        }
    }
    select.push("r.id").push(direction).push(" LIMIT ");
    select.bind(i64::try_from(query.page.limit()).unwrap_or(i64::MAX));
    select.rows(db).await?.iter().map(|row| read(&mut Reader::new(row)?)).collect()
}

/// How many there are.
pub(in crate::procurement) async fn count(
    db: &Database,
    filter: &RequestFilter,
    scope: &Scope,
    now: Timestamp,
) -> Result<i64, Fault> {
    let mut select = Sql::new("SELECT COUNT(*) FROM procurement_request r WHERE ");
    conditions(&mut select, filter, scope, now);
    let row = select.one(db.read()).await?.ok_or_else(|| Fault::corrupt("request", "a count gives a row"))?;
    Ok(row.get(0)?)
}

fn conditions(select: &mut Sql, filter: &RequestFilter, scope: &Scope, now: Timestamp) {
    match scope {
        // The suspended are few and have an index of their own: asked once a statement, not once a row.
        Scope::Public => select.push(
            "r.published_at IS NOT NULL AND r.buyer_id NOT IN \
             (SELECT s.id FROM organization s WHERE s.standing = 'SUSPENDED')",
        ),
        Scope::Of(buyers) => select.push("r.buyer_id IN ").bind_list(buyers.iter().map(|id| id.uuid())),
        Scope::Everything => select.push("1 = 1"),
    };
    if let Some(only) = filter.only {
        select.push(" AND r.id = ").bind(only.uuid());
    }
    if let Some(buyer) = filter.buyer {
        select.push(" AND r.buyer_id = ").bind(buyer.uuid());
    }
    if let Some(status) = filter.status {
        shown(select, status, now);
    }
    if let Some(method) = filter.method {
        select.push(" AND r.method = ").bind(method.as_str());
    }
    if let Some(from) = filter.deadline_from {
        select.push(" AND r.bid_deadline >= ").bind(from);
    }
    if let Some(until) = filter.deadline_until {
        select.push(" AND r.bid_deadline < ").bind(until);
    }
    if let Some(invited) = filter.invited {
        select.push(" AND r.id IN (SELECT i.request_id FROM request_invitation i WHERE i.organization_id = ");
        select.bind(invited.uuid()).push(")");
    }
    if let Some(text) = &filter.text {
        select.push(" AND r.title_folded LIKE ").bind(containing(text)).push(" ESCAPE '!'");
    }
    if filter.products.is_empty() && filter.places.is_empty() {
        return;
    }
    // One lot has to be of the product and for the place.
    select.push(" AND EXISTS (SELECT 1 FROM request_lot l WHERE l.request_id = r.id AND l.status <> 'CANCELLED'");
    if !filter.products.is_empty() {
        select.push(" AND l.product_code IN ").bind_list(filter.products.iter().map(String::as_str));
    }
    if !filter.places.is_empty() {
        select.push(" AND l.place_code IN ").bind_list(filter.places.iter().map(String::as_str));
    }
    select.push(")");
}

/// A pattern that matches whatever contains the text, with nothing in it meaning more than itself.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for sign in text.chars() {
        if matches!(sign, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    pattern
}

/// The shown state in SQL, as [`Request::shown_status`] has it.
fn shown(select: &mut Sql, status: ShownRequestStatus, now: Timestamp) {
    match status {
        ShownRequestStatus::Published => {
            select.push(" AND r.status = 'PUBLISHED' AND r.closed_at IS NULL AND r.bid_deadline > ").bind(now)
        }
        ShownRequestStatus::Closed => select
            .push(" AND r.status = 'PUBLISHED' AND (r.closed_at IS NOT NULL OR r.bid_deadline <= ")
            .bind(now)
            .push(")"),
        ShownRequestStatus::Draft
        | ShownRequestStatus::Opened
        | ShownRequestStatus::Evaluating
        | ShownRequestStatus::Awarding
        | ShownRequestStatus::Complete
        | ShownRequestStatus::Cancelled
        | ShownRequestStatus::Unsuccessful => select.push(" AND r.status = ").bind(status.as_str()),
    };
}

/// How many requests of a buyer, or of all, are shown in which state.
pub(in crate::procurement) async fn count_by_status(
    db: &Database,
    buyer: Option<OrganizationId>,
    drafts: bool,
    now: Timestamp,
) -> Result<Vec<(ShownRequestStatus, i64)>, Fault> {
    let mut select = Sql::new(
        "SELECT s.shown, COUNT(*) FROM (SELECT CASE WHEN r.status = 'PUBLISHED' AND (r.closed_at IS NOT NULL \
         OR r.bid_deadline <= ",
    );
    select.bind(now).push(") THEN 'CLOSED' ELSE r.status END AS shown FROM procurement_request r WHERE ");
    match buyer {
        Some(buyer) => select.push("r.buyer_id = ").bind(buyer.uuid()),
        None => select.push("r.published_at IS NOT NULL"),
    };
    if !drafts {
        select.push(" AND r.status <> 'DRAFT'");
    }
    select.push(") s GROUP BY s.shown ORDER BY s.shown");
    let rows = select.rows(db).await?;
    let counted = |row| {
        let mut next = Reader::new(row)?;
        Ok((next.word("status of a request")?, next.get()?))
    };
    rows.iter().map(counted).collect()
}
