//! Lists of bids: those that were opened, and of the others those that their reader sealed.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    kernel::{
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, siblings},
        page::{Direction, Page},
    },
    procurement::model::{
        bid_lifecycle::ShownStatus,
        ids::{BidId, RequestId},
    },
};

/// Which bids.
#[derive(Debug, Clone)]
pub(in crate::procurement) struct Matching {
    /// Those that this organization leads.
    pub(in crate::procurement) bidder: Option<OrganizationId>,
    /// Those that stand so.
    pub(in crate::procurement) status: Option<ShownStatus>,
    /// Bids that were not opened and that the reader sealed.
    pub(in crate::procurement) own: Vec<BidId>,
    /// Organizations whose requests the reader sees whatever their standing.
    pub(in crate::procurement) insider_of: Vec<OrganizationId>,
    /// The present instant.
    pub(in crate::procurement) now: Timestamp,
}

const FROM: &str = " FROM bid b JOIN procurement_request r ON r.id = b.request_id JOIN organization o ON o.id = r.buyer_id \
                    WHERE r.published_at IS NOT NULL";

fn matching(select: &mut Sql, request: Option<Uuid>, matching: &Matching) {
    select.push(FROM);
    if let Some(request) = request {
        select.push(" AND b.request_id = ").bind(request);
    }
    select.push(" AND (o.standing = 'GOOD' OR o.id IN ");
    select.bind_list(matching.insider_of.iter().map(|id| id.uuid())).push(") AND (b.opened_at IS NOT NULL");
    if let Some(bidder) = matching.bidder {
        select.push(" AND b.bidder_id = ").bind(bidder.uuid());
    }
    select.push(" OR b.id IN ").bind_list(matching.own.iter().map(|id| id.uuid())).push(")");
    if let Some(status) = matching.status {
        select.push(" AND (");
        shown(select, status, matching.now);
        select.push(")");
    }
}

/// The shown status in SQL, as [`crate::procurement::Bid::shown`] has it.
fn shown(select: &mut Sql, status: ShownStatus, now: Timestamp) {
    let takes = |select: &mut Sql| {
        select.push("(r.status = 'PUBLISHED' AND r.closed_at IS NULL AND r.bid_deadline > ").bind(now).push(")");
    };
    const OLD: &str = "b.status = 'SEALED' AND b.request_version < r.version";
    match status {
        ShownStatus::Sealed => {
            select.push("b.status = 'SEALED' AND (b.request_version >= r.version OR r.status = 'CANCELLED')");
        }
        ShownStatus::NeedsReconfirm => {
            select.push(OLD).push(" AND ");
            takes(select);
        }
        ShownStatus::Lapsed => {
            select.push("b.status = 'LAPSED' OR (").push(OLD).push(" AND r.status <> 'CANCELLED' AND NOT ");
            takes(select);
            select.push(")");
        }
        ShownStatus::Withdrawn | ShownStatus::Opened | ShownStatus::Valid | ShownStatus::Disqualified => {
            select.push("b.status = ").bind(status.as_str());
        }
    }
}

fn window(select: &mut Sql, page: &Page) {
    if let Some(after) = &page.after {
        select.push(" AND b.id < ").bind(after.id);
    }
    if let Some(before) = &page.before {
        select.push(" AND b.id > ").bind(before.id);
    }
    select.push(" ORDER BY b.id ").push(match page.direction {
        Direction::Forward => "DESC",
        Direction::Backward => "ASC",
    });
    select.push(" LIMIT ").push(&page.limit().to_string());
}

/// A page of them, the last sealed first, and one more.
pub(in crate::procurement) async fn page(
    db: &Database,
    request: Option<RequestId>,
    which: &Matching,
    page: &Page,
) -> Result<Vec<BidId>, DbErr> {
    let mut select = Sql::new("SELECT b.id");
    matching(&mut select, request.map(RequestId::uuid), which);
    window(&mut select, page);
    select.rows(db).await?.iter().map(|row| Ok(BidId::from_uuid(Reader::new(row)?.get()?))).collect()
}

/// How many there are.
pub(in crate::procurement) async fn count(
    db: &Database,
    request: Option<RequestId>,
    which: &Matching,
) -> Result<i64, DbErr> {
    let mut select = Sql::new("SELECT COUNT(*)");
    matching(&mut select, request.map(RequestId::uuid), which);
    let rows = select.rows(db).await?;
    let row = rows.first().ok_or_else(|| DbErr::RecordNotFound("a count always gives a row".into()))?;
    Reader::new(row)?.get()
}

/// The same page of the bids on each of several requests.
pub(in crate::procurement) async fn pages(
    db: &Database,
    requests: &[RequestId],
    which: &Matching,
    page: &Page,
) -> Result<Vec<(RequestId, BidId)>, DbErr> {
    let requests: Vec<Uuid> = requests.iter().map(|id| id.uuid()).collect();
    let rows = siblings::of_each(db, &requests, |select, request| {
        select.push("SELECT b.request_id, b.id");
        matching(select, Some(request), which);
        window(select, page);
    });
    let read = |row| {
        let mut next = Reader::new(row)?;
        Ok((RequestId::from_uuid(next.get()?), BidId::from_uuid(next.get()?)))
    };
    rows.await?.iter().map(read).collect()
}

/// How many bids each of several requests has.
pub(in crate::procurement) async fn counts(
    db: &Database,
    requests: &[RequestId],
    which: &Matching,
) -> Result<HashMap<RequestId, i64>, DbErr> {
    let mut select = Sql::new("SELECT b.request_id, COUNT(*)");
    matching(&mut select, None, which);
    select.push(" AND b.request_id IN ").bind_list(requests.iter().map(|id| id.uuid())).push(" GROUP BY b.request_id");
    let read = |row| {
        let mut next = Reader::new(row)?;
        Ok((RequestId::from_uuid(next.get()?), next.get()?))
    };
    select.rows(db).await?.iter().map(read).collect()
}
