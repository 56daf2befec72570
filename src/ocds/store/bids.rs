//! Opened bids, awards, appeals, and what organizations were where those relied on it.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Of, about, of, take, word_or_none};
use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        db::{Reader, Sql},
        digest::Digest,
    },
    ocds::model::snapshot::{AwardPart, BidFound, BidLotPart, BidPart, ComplaintPart},
    procurement::{AwardId, BidId, BidPartner, BidStatus, ComplaintId, DisqualifiedReason, FrozenStatus, RequestLotId},
};

/// The bids of these processes that were opened; of no other anything is read.
pub(super) async fn opened(db: &impl ConnectionTrait, processes: &[Uuid]) -> Result<Of<BidPart>, Fault> {
    let select = about(
        "SELECT l.bid_id, l.request_lot_id, l.unit_price_minor, l.quantity, l.amount_minor FROM bid_lot l \
         JOIN bid b ON b.id = l.bid_id WHERE b.opened_at IS NOT NULL AND b.request_id IN ",
        processes,
        " ORDER BY l.bid_id, l.request_lot_id",
    );
    let mut lots = of(db, select, offer).await?;
    let select = about(
        "SELECT p.bid_id, p.bid_id, p.organization_id, p.share, p.is_lead FROM bid_partner p JOIN bid b ON b.id = p.bid_id \
         WHERE b.opened_at IS NOT NULL AND b.request_id IN ",
        processes,
        " ORDER BY p.bid_id, p.is_lead DESC, p.organization_id",
    );
    let mut partners = of(db, select, partner).await?;
    let select = about(
        "SELECT request_id, id, status, disqualified_reason, request_version, receipt, sealed_at, opened_at, amount_minor \
         FROM bid WHERE opened_at IS NOT NULL AND request_id IN ",
        processes,
        " ORDER BY request_id, id",
    );
    let mut bids = of(db, select, bid).await?;
    for bid in bids.values_mut().flatten() {
        bid.lots = take(&mut lots, bid.id.uuid());
        bid.partners = take(&mut partners, bid.id.uuid());
    }
    Ok(bids)
}

fn bid(next: &mut Reader<'_>) -> Result<BidPart, Fault> {
    let id = BidId::from_uuid(next.get()?);
    let status: BidStatus = next.word("status of a bid")?;
    let reason: Option<DisqualifiedReason> = word_or_none(next, "reason of a disqualification")?;
    let found = match (status, reason) {
        (BidStatus::Valid, _) => BidFound::Valid,
        (BidStatus::Disqualified, Some(reason)) => BidFound::Disqualified(reason),
        (BidStatus::Disqualified, None) => return Err(Fault::corrupt("bid", "it was excluded for no reason")),
        (BidStatus::Opened | BidStatus::Sealed | BidStatus::Withdrawn | BidStatus::Lapsed, _) => BidFound::Nothing,
    };
    Ok(BidPart {
        id,
        found,
        request_version: next.get()?,
        receipt: {
            let bytes: &[u8] = next.get()?;
            Digest::try_from(bytes).map_err(|error| Fault::corrupt("receipt of a bid", error))?
        },
        sealed_at: next.get()?,
        opened_at: next.get()?,
        // An opened bid that offers nothing comes to nothing.
        amount_minor: next.get::<Option<i64>>()?.unwrap_or_default(),
        lots: Vec::new(),
        partners: Vec::new(),
    })
}

fn offer(next: &mut Reader<'_>) -> Result<BidLotPart, Fault> {
    Ok(BidLotPart {
        lot: RequestLotId::from_uuid(next.get()?),
        unit_price_minor: next.get()?,
        quantity: next.get()?,
        amount_minor: next.get()?,
    })
}

fn partner(next: &mut Reader<'_>) -> Result<BidPartner, Fault> {
    Ok(BidPartner {
        bid: BidId::from_uuid(next.get()?),
        organization: OrganizationId::from_uuid(next.get()?),
        share: next.get()?,
        is_lead: next.get()?,
    })
}

/// The awards of these processes.
pub(super) async fn awards(db: &impl ConnectionTrait, processes: &[Uuid]) -> Result<Of<AwardPart>, Fault> {
    let select = about(
        "SELECT request_id, id, request_lot_id, bid_id, status, amount_minor, currency, rank, points, rationale, \
         standstill_until, awarded_at, activated_at, ended_at, ended_reason FROM award WHERE request_id IN ",
        processes,
        " ORDER BY request_id, awarded_at, id",
    );
    of(db, select, |next| {
        Ok(AwardPart {
            id: AwardId::from_uuid(next.get()?),
            lot: RequestLotId::from_uuid(next.get()?),
            bid: BidId::from_uuid(next.get()?),
            status: next.word("status of an award")?,
            amount_minor: next.get()?,
            currency: next.currency()?,
            rank: next.get()?,
            points: next.get()?,
            rationale: next.get()?,
            standstill_until: next.get()?,
            awarded_at: next.get()?,
            activated_at: next.get()?,
            ended_at: next.get()?,
            ended_reason: next.get()?,
        })
    })
    .await
}

/// The appeals in these processes, without their words.
pub(super) async fn complaints(db: &impl ConnectionTrait, processes: &[Uuid]) -> Result<Of<ComplaintPart>, Fault> {
    let select = about(
        "SELECT request_id, id, award_id, organization_id, level, previous_id, status, filed_at, decided_at FROM complaint \
         WHERE request_id IN ",
        processes,
        " ORDER BY request_id, filed_at, id",
    );
    of(db, select, |next| {
        Ok(ComplaintPart {
            id: ComplaintId::from_uuid(next.get()?),
            award: next.get::<Option<Uuid>>()?.map(AwardId::from_uuid),
            organization: OrganizationId::from_uuid(next.get()?),
            level: next.word("level of a complaint")?,
            previous: next.get::<Option<Uuid>>()?.map(ComplaintId::from_uuid),
            status: next.word("status of a complaint")?,
            filed_at: next.get()?,
            decided_at: next.get()?,
        })
    })
    .await
}

/// What organizations were where the opened bids, the awards and the orders of these processes relied on it.
pub(super) async fn statuses(db: &impl ConnectionTrait, processes: &[Uuid]) -> Result<Of<FrozenStatus>, Fault> {
    const COLUMNS: &str = "SELECT s.subject_id, s.organization_id, s.definition, s.status, s.evidence_level, \
                           s.evidence_until, s.assessed_on FROM frozen_status s ";
    let ids = || processes.iter().copied();
    let mut select = Sql::new(COLUMNS);
    select
        .push("JOIN bid b ON b.id = s.subject_id WHERE b.opened_at IS NOT NULL AND b.request_id IN ")
        .bind_list(ids());
    select.push(" UNION ALL ").push(COLUMNS);
    select.push("JOIN award a ON a.id = s.subject_id WHERE a.request_id IN ").bind_list(ids());
    select.push(" UNION ALL ").push(COLUMNS);
    select.push("JOIN contract c ON c.id = s.subject_id WHERE c.process_id IN ").bind_list(ids());
    of(db, select, |next| {
        Ok(FrozenStatus {
            organization: OrganizationId::from_uuid(next.get()?),
            definition: next.word("definition of ownership")?,
            status: next.word("women's status")?,
            level: word_or_none(next, "level of evidence")?,
            evidence_until: next.get()?,
            assessed_on: next.get()?,
        })
    })
    .await
}
