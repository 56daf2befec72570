//! Bids, as much of them as can be read.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    accounts::{OrganizationId, UserId},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Reader, Sql, WriteTx},
        digest::Digest,
    },
    procurement::model::{
        bid::{Bid, BidLot, BidPartner, DisqualifiedReason, OpenedBid},
        ids::{BidId, RequestId, RequestLotId},
    },
};

/// The columns that [`read`] reads, in its order: nothing of what is sealed.
pub(super) const COLUMNS: &str = "b.id, b.request_id, b.status, b.request_version, b.receipt, b.sealed_at, b.withdrawn_at, \
    b.version, b.opened_at, b.bidder_id, b.submitted_by, b.content, b.amount_minor, b.disqualified_reason, b.disqualified_note, \
    b.findings";

/// A bid from the next columns.
pub(super) fn read(next: &mut Reader<'_>) -> Result<Bid, Fault> {
    let mut bid = Bid {
        id: BidId::from_uuid(next.get()?),
        request: RequestId::from_uuid(next.get()?),
        status: next.word("status of a bid")?,
        request_version: next.get()?,
        receipt: {
            let bytes: &[u8] = next.get()?;
            Digest::try_from(bytes).map_err(|error| Fault::corrupt("receipt of a bid", error))?
        },
        sealed_at: next.get()?,
        withdrawn_at: next.get()?,
        version: next.get()?,
        opened: None,
    };
    let at: Option<Timestamp> = next.get()?;
    let bidder: Option<Uuid> = next.get()?;
    let submitted_by: Option<Uuid> = next.get()?;
    let content: Option<String> = next.get()?;
    let amount: Option<i64> = next.get()?;
    let reason: Option<&str> = next.get()?;
    let reason: Option<DisqualifiedReason> =
        reason.map(str::parse).transpose().map_err(|error| Fault::corrupt("reason of a disqualification", error))?;
    let note: Option<String> = next.get()?;
    let findings: Option<serde_json::Value> = next.get()?;
    let findings = findings.map_or_else(|| Ok(Vec::new()), serde_json::from_value);
    let findings = findings.map_err(|error| Fault::corrupt("findings of a bid", error))?;
    if let (Some(at), Some(bidder), Some(content), Some(amount_minor)) = (at, bidder, content, amount) {
        bid.opened = Some(OpenedBid {
            at,
            bidder: OrganizationId::from_uuid(bidder),
            submitted_by: submitted_by.map(UserId::from_uuid),
            content,
            amount_minor,
            disqualified: reason.map(|reason| (reason, note)),
            findings,
        });
    }
    Ok(bid)
}

/// The bids among `ids`, whoever may see them.
pub(in crate::procurement) async fn by_ids(db: &Database, ids: &[BidId]) -> Result<HashMap<BidId, Bid>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM bid b WHERE b.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    let found = select.rows(db).await?;
    found.iter().map(|row| read(&mut Reader::new(row)?).map(|bid| (bid.id, bid))).collect()
}

/// A bid, and with it the lock that makes whoever changes it wait.
pub(in crate::procurement) async fn lock(tx: &WriteTx, id: BidId) -> Result<Option<Bid>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM bid b WHERE b.id = ").bind(id.uuid());
    select.lock(tx, " FOR NO KEY UPDATE");
    select.one(&**tx).await?.map(|row| read(&mut Reader::new(&row)?)).transpose()
}

/// Every opened bid on a request, in the order of their ids.
pub(in crate::procurement) async fn opened_of(
    db: &impl ConnectionTrait,
    request: RequestId,
) -> Result<Vec<Bid>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM bid b WHERE b.request_id = ").bind(request.uuid());
    select.push(" AND b.opened_at IS NOT NULL ORDER BY b.id");
    select.all(db).await?.iter().map(|row| read(&mut Reader::new(row)?)).collect()
}

/// What opened bids offer, for each lot.
pub(in crate::procurement) async fn lots(
    db: &impl ConnectionTrait,
    bids: &[BidId],
) -> Result<HashMap<BidId, Vec<BidLot>>, Fault> {
    let mut select = Sql::new(
        "SELECT bid_id, request_lot_id, unit_price_minor, quantity, amount_minor FROM bid_lot WHERE bid_id IN ",
    );
    select.bind_list(bids.iter().map(|id| id.uuid())).push(" ORDER BY bid_id, request_lot_id");
    let mut found: HashMap<BidId, Vec<BidLot>> = HashMap::new();
    for row in &select.all(db).await? {
        let mut next = Reader::new(row)?;
        let lot = BidLot {
            bid: BidId::from_uuid(next.get()?),
            lot: RequestLotId::from_uuid(next.get()?),
            unit_price_minor: next.get()?,
            quantity: next.get()?,
            amount_minor: next.get()?,
        };
        found.entry(lot.bid).or_default().push(lot);
    }
    Ok(found)
}

/// Who opened bids are from, those who lead first.
pub(in crate::procurement) async fn partners(
    db: &impl ConnectionTrait,
    bids: &[BidId],
) -> Result<HashMap<BidId, Vec<BidPartner>>, Fault> {
    let mut select = Sql::new("SELECT bid_id, organization_id, share, is_lead FROM bid_partner WHERE bid_id IN ");
    select.bind_list(bids.iter().map(|id| id.uuid())).push(" ORDER BY bid_id, is_lead DESC, organization_id");
    let mut found: HashMap<BidId, Vec<BidPartner>> = HashMap::new();
    for row in &select.all(db).await? {
        let mut next = Reader::new(row)?;
        let partner = BidPartner {
            bid: BidId::from_uuid(next.get()?),
            organization: OrganizationId::from_uuid(next.get()?),
            share: next.get()?,
            is_lead: next.get()?,
        };
        found.entry(partner.bid).or_default().push(partner);
    }
    Ok(found)
}
