//! Sealed bids: what of them the database keeps, which tells neither what is offered nor by whom.

use std::collections::HashMap;

use crate::{
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx, sql},
        digest::Digest,
    },
    procurement::model::{
        bid::{Bid, BidStatus},
        ids::{BidId, RequestId},
    },
};

/// Tags of one statement.
const ROWS: usize = 10_000;

/// What is kept of a sealed content.
#[derive(Debug, Clone)]
pub(in crate::procurement) struct SealedRow {
    /// The bid.
    pub(in crate::procurement) bid: BidId,
    /// What tells a bidder her own.
    pub(in crate::procurement) tag: Vec<u8>,
    /// The content, encrypted; none where it was withdrawn.
    pub(in crate::procurement) content: Option<Vec<u8>>,
    /// Its key, wrapped for the opening.
    pub(in crate::procurement) for_opening: Option<Vec<u8>>,
    /// Its key, wrapped for the bidder.
    pub(in crate::procurement) for_bidder: Option<Vec<u8>>,
    /// SHA-256 of its content.
    pub(in crate::procurement) receipt: Digest,
    /// When it was sealed.
    pub(in crate::procurement) sealed_at: Timestamp,
    /// Counts changes from 1.
    pub(in crate::procurement) version: i64,
}

const COLUMNS: &str = "id, bidder_tag, sealed, key_for_opening, key_for_bidder, receipt, sealed_at, version";

fn read(next: &mut Reader<'_>) -> Result<SealedRow, Fault> {
    Ok(SealedRow {
        bid: BidId::from_uuid(next.get()?),
        tag: next.get()?,
        content: next.get()?,
        for_opening: next.get()?,
        for_bidder: next.get()?,
        receipt: {
            let bytes: &[u8] = next.get()?;
            Digest::try_from(bytes).map_err(|error| Fault::corrupt("receipt of a bid", error))?
        },
        sealed_at: next.get()?,
        version: next.get()?,
    })
}

/// Whether any bid is sealed.
pub(in crate::procurement) async fn any(db: &Database) -> Result<bool, DbErr> {
    Ok(!sql("SELECT 1 FROM bid WHERE status = 'SEALED' LIMIT 1", []).rows(db).await?.is_empty())
}

/// The keys of all bids that are sealed, wrapped for their openings.
pub(in crate::procurement) async fn wrapped_keys(db: &Database) -> Result<Vec<Vec<u8>>, DbErr> {
    let select = "SELECT key_for_opening FROM bid WHERE status = 'SEALED' AND key_for_opening IS NOT NULL";
    sql(select, []).rows(db).await?.iter().map(|row| Reader::new(row)?.get()).collect()
}

/// Adds a sealed bid; false where its bidder has one on the request.
pub(in crate::procurement) async fn insert(tx: &WriteTx, bid: &Bid, row: &SealedRow) -> Result<bool, DbErr> {
    let insert =
        "INSERT INTO bid (id, request_id, bidder_tag, status, request_version, sealed, key_for_opening, key_for_bidder,
                  receipt, sealed_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                  ON CONFLICT (request_id, bidder_tag) WHERE status = 'SEALED' DO NOTHING";
    let values = [
        bid.id.uuid().into(),
        bid.request.uuid().into(),
        row.tag.clone().into(),
        bid.status.as_str().into(),
        bid.request_version.into(),
        row.content.clone().into(),
        row.for_opening.clone().into(),
        row.for_bidder.clone().into(),
        row.receipt.to_vec().into(),
        row.sealed_at.into(),
        row.version.into(),
    ];
    Ok(sql(insert, values).run(&**tx).await? == 1)
}

/// The bid under a tag that is sealed, and with it the lock that makes whoever changes it wait.
pub(in crate::procurement) async fn lock_by_tag(
    tx: &WriteTx,
    request: RequestId,
    tag: &[u8],
) -> Result<Option<SealedRow>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM bid WHERE request_id = ").bind(request.uuid());
    select.push(" AND bidder_tag = ").bind(tag.to_vec()).push(" AND status = 'SEALED'");
    select.lock(tx, " FOR NO KEY UPDATE");
    select.one(&**tx).await?.map(|row| read(&mut Reader::new(&row)?)).transpose()
}

/// Those of these bids that stand under one of these tags.
pub(in crate::procurement) async fn own(
    db: &Database,
    bids: &[BidId],
    tags: &[Vec<u8>],
) -> Result<HashMap<BidId, SealedRow>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM bid WHERE id IN ").bind_list(bids.iter().map(|id| id.uuid()));
    select.push(" AND bidder_tag IN ").bind_list(tags.iter().cloned());
    let found = select.rows(db).await?;
    found.iter().map(|row| read(&mut Reader::new(row)?).map(|row| (row.bid, row))).collect()
}

/// The bids under these tags that were not opened.
pub(in crate::procurement) async fn under(db: &Database, tags: &[Vec<u8>]) -> Result<Vec<BidId>, DbErr> {
    let mut found = Vec::new();
    // Once at least, so that whoever has no bids is told so as late as whoever has.
    let chunks =
        std::iter::once(tags.get(..ROWS).unwrap_or(tags)).chain(tags.get(ROWS..).unwrap_or_default().chunks(ROWS));
    for tags in chunks {
        let mut select = Sql::new("SELECT id FROM bid WHERE opened_at IS NULL AND bidder_tag IN ");
        select.bind_list(tags.iter().cloned());
        for row in &select.rows(db).await? {
            found.push(BidId::from_uuid(Reader::new(row)?.get()?));
        }
    }
    Ok(found)
}

/// Requests that take bids, those with the latest deadlines first.
pub(in crate::procurement) async fn open_requests(db: &Database, limit: i64) -> Result<Vec<RequestId>, DbErr> {
    let select =
        "SELECT id FROM procurement_request WHERE status = 'PUBLISHED' ORDER BY bid_deadline DESC, id LIMIT $1";
    let rows = sql(select, [limit.into()]).rows(db).await?;
    rows.iter().map(|row| Ok(RequestId::from_uuid(Reader::new(row)?.get()?))).collect()
}

/// All that is sealed on a request, in the order of the bids' ids.
pub(in crate::procurement) async fn of_request(db: &Database, request: RequestId) -> Result<Vec<SealedRow>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM bid WHERE request_id = ").bind(request.uuid());
    select.push(" AND status = 'SEALED' ORDER BY id");
    select.rows(db).await?.iter().map(|row| read(&mut Reader::new(row)?)).collect()
}

/// A bid that was taken back: nothing of its content stays.
pub(in crate::procurement) async fn withdraw(tx: &WriteTx, bid: BidId, now: Timestamp) -> Result<(), DbErr> {
    let update =
        "UPDATE bid SET status = $2, withdrawn_at = $3, sealed = NULL, key_for_opening = NULL, key_for_bidder = NULL,
                  version = version + 1 WHERE id = $1";
    let values = [bid.uuid().into(), BidStatus::Withdrawn.as_str().into(), now.into()];
    sql(update, values).run(&**tx).await.map(drop)
}

/// A bid that was confirmed for a wording, with its key as it is wrapped for the opening from now on.
pub(in crate::procurement) async fn confirm(
    tx: &WriteTx,
    bid: BidId,
    version: i64,
    for_opening: Vec<u8>,
) -> Result<(), DbErr> {
    let update = "UPDATE bid SET request_version = $2, key_for_opening = $3, version = version + 1 WHERE id = $1";
    sql(update, [bid.uuid().into(), version.into(), for_opening.into()]).run(&**tx).await.map(drop)
}

/// Whether an organization was invited to bid.
pub(in crate::procurement) async fn is_invited(
    tx: &WriteTx,
    request: RequestId,
    organization: crate::accounts::OrganizationId,
) -> Result<bool, DbErr> {
    let select = "SELECT 1 FROM request_invitation WHERE request_id = $1 AND organization_id = $2";
    Ok(sql(select, [request.uuid().into(), organization.uuid().into()]).one(&**tx).await?.is_some())
}
