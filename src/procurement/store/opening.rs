//! Bids as they are opened: everything of all of them in few statements.

use serde_json::Value;

use crate::{
    accounts::UserId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{DbErr, Sql, WriteTx, sql},
    },
    procurement::model::{
        bid::{Bid, BidLot, BidPartner, BidStatus, DisqualifiedReason},
        ids::{BidId, RequestId},
    },
};

/// Rows of one statement.
const ROWS: usize = 500;

/// A bid with the tag that it was sealed under.
pub(in crate::procurement) struct OpenedRow<'b> {
    /// The bid as it stands from now on.
    pub(in crate::procurement) bid: &'b Bid,
    /// What told its bidder that it is hers.
    pub(in crate::procurement) tag: &'b [u8],
}

/// Writes bids that were opened: what was sealed of them stands in clear from now on.
pub(in crate::procurement) async fn open(tx: &WriteTx, rows: &[OpenedRow<'_>]) -> Result<(), Fault> {
    for rows in rows.chunks(ROWS) {
        // Rows that are there: all of them are changed, with their types, on both databases.
        let mut insert = Sql::new(
            "INSERT INTO bid (id, request_id, bidder_tag, status, request_version, receipt, sealed_at, version, opened_at, \
             bidder_id, submitted_by, content, amount_minor, findings) VALUES ",
        );
        for (position, OpenedRow { bid, tag }) in rows.iter().enumerate() {
            let opened = bid.opened.as_ref().ok_or_else(|| Fault::corrupt("bid", "it was not opened"))?;
            let findings: Value =
                serde_json::to_value(&opened.findings).map_err(|error| Fault::Internal(error.to_string()))?;
            insert
                .push(if position == 0 { "(" } else { ", (" })
                .bind(bid.id.uuid())
                .push(", ")
                .bind(bid.request.uuid());
            insert.push(", ").bind(tag.to_vec()).push(", ").bind(bid.status.as_str());
            insert.push(", ").bind(bid.request_version).push(", ").bind(bid.receipt.to_vec());
            insert.push(", ").bind(bid.sealed_at).push(", ").bind(bid.version).push(", ").bind(opened.at);
            insert.push(", ").bind(opened.bidder.uuid()).push(", ").bind(opened.submitted_by.map(UserId::uuid));
            insert.push(", ").bind(opened.content.as_str()).push(", ").bind(opened.amount_minor);
            insert.push(", ").bind(findings).push(")");
        }
        insert.push(
            " ON CONFLICT (id) DO UPDATE SET status = excluded.status, request_version = excluded.request_version, \
             version = excluded.version, opened_at = excluded.opened_at, bidder_id = excluded.bidder_id, \
             submitted_by = excluded.submitted_by, content = excluded.content, amount_minor = excluded.amount_minor, \
             findings = excluded.findings, sealed = NULL, key_for_opening = NULL, key_for_bidder = NULL",
        );
        insert.run(&**tx).await?;
    }
    Ok(())
}

/// Bids that answer an earlier wording: nobody opens them any more, and their bidders go on to read them.
pub(in crate::procurement) async fn lapse(tx: &WriteTx, bids: &[BidId]) -> Result<(), DbErr> {
    for bids in bids.chunks(ROWS) {
        let mut update = Sql::new("UPDATE bid SET status = ");
        update.bind(BidStatus::Lapsed.as_str()).push(", key_for_opening = NULL, version = version + 1 WHERE id IN ");
        update.bind_list(bids.iter().map(|id| id.uuid()));
        update.run(&**tx).await?;
    }
    Ok(())
}

/// What opened bids offer.
pub(in crate::procurement) async fn insert_lots(tx: &WriteTx, lots: &[BidLot]) -> Result<(), DbErr> {
    for lots in lots.chunks(ROWS) {
        let mut insert =
            Sql::new("INSERT INTO bid_lot (bid_id, request_lot_id, unit_price_minor, quantity, amount_minor) VALUES ");
        for (position, lot) in lots.iter().enumerate() {
            insert.push(if position == 0 { "(" } else { ", (" }).bind(lot.bid.uuid()).push(", ").bind(lot.lot.uuid());
            insert.push(", ").bind(lot.unit_price_minor).push(", ").bind(lot.quantity);
            insert.push(", ").bind(lot.amount_minor).push(")");
        }
        insert.run(&**tx).await?;
    }
    Ok(())
}

/// Whom opened bids are from.
pub(in crate::procurement) async fn insert_partners(tx: &WriteTx, partners: &[BidPartner]) -> Result<(), DbErr> {
    for partners in partners.chunks(ROWS) {
        let mut insert = Sql::new("INSERT INTO bid_partner (bid_id, organization_id, share, is_lead) VALUES ");
        for (position, partner) in partners.iter().enumerate() {
            insert.push(if position == 0 { "(" } else { ", (" }).bind(partner.bid.uuid());
            insert.push(", ").bind(partner.organization.uuid()).push(", ").bind(partner.share);
            insert.push(", ").bind(partner.is_lead).push(")");
        }
        insert.run(&**tx).await?;
    }
    Ok(())
}

/// A request whose bids were opened.
pub(in crate::procurement) async fn opened(
    tx: &WriteTx,
    request: RequestId,
    (by, now): (Option<UserId>, Timestamp),
) -> Result<(), DbErr> {
    let update = "UPDATE procurement_request SET status = 'OPENED', opened_at = $2, opened_by = $3, updated_at = $2
                  WHERE id = $1";
    sql(update, [request.uuid().into(), now.into(), by.map(UserId::uuid).into()]).run(&**tx).await.map(drop)
}

/// A bid that was looked at.
pub(in crate::procurement) async fn judge(
    tx: &WriteTx,
    bid: BidId,
    status: BidStatus,
    disqualified: Option<&(DisqualifiedReason, Option<String>)>,
) -> Result<(), DbErr> {
    let update = "UPDATE bid SET status = $2, disqualified_reason = $3, disqualified_note = $4, version = version + 1
                  WHERE id = $1";
    let (reason, note) = match disqualified {
        Some((reason, note)) => (Some(reason.as_str()), note.clone()),
        None => (None, None),
    };
    sql(update, [bid.uuid().into(), status.as_str().into(), reason.into(), note.into()]).run(&**tx).await.map(drop)
}

/// Whether an award to a bid stands.
pub(in crate::procurement) async fn is_awarded(tx: &WriteTx, bid: BidId) -> Result<bool, DbErr> {
    let select = "SELECT 1 FROM award WHERE bid_id = $1 AND status IN ('PENDING', 'ACTIVE') LIMIT 1";
    Ok(sql(select, [bid.uuid().into()]).one(&**tx).await?.is_some())
}

/// Whether one of these organizations bids on a request, as far as its bids were opened.
pub(in crate::procurement) async fn bids_among(
    tx: &WriteTx,
    request: RequestId,
    organizations: &[crate::accounts::OrganizationId],
) -> Result<bool, DbErr> {
    let mut select = Sql::new("SELECT 1 FROM bid b JOIN bid_partner p ON p.bid_id = b.id WHERE b.request_id = ");
    select.bind(request.uuid()).push(" AND p.organization_id IN ");
    select.bind_list(organizations.iter().map(|id| id.uuid())).push(" LIMIT 1");
    Ok(select.one(&**tx).await?.is_some())
}
