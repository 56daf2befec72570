//! Awards.

use std::collections::HashMap;

use entity::{award, bid_partner, procurement_request};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, Select, sea_query::LockType,
};

use crate::{
    accounts::UserId,
    kernel::{
        Fault,
        db::{Database, DbErr, WriteTx, keyset, sql},
        money::Currency,
        page::{Page, Slice},
    },
    procurement::model::{
        award::{Award, AwardFilter},
        ids::{AwardId, BidId, RequestId, RequestLotId},
    },
};

fn award(row: award::Model) -> Result<Award, Fault> {
    Ok(Award {
        id: AwardId::from_uuid(row.id),
        request: RequestId::from_uuid(row.request_id),
        lot: RequestLotId::from_uuid(row.request_lot_id),
        bid: BidId::from_uuid(row.bid_id),
        status: row.status.parse().map_err(|error| Fault::corrupt("status of an award", error))?,
        amount_minor: row.amount_minor,
        currency: Currency::from_code(&row.currency)
            .ok_or_else(|| Fault::corrupt("currency of an award", &row.currency))?,
        rank: row.rank,
        points: row.points,
        comparison: row.comparison,
        rationale: row.rationale,
        standstill_until: row.standstill_until,
        awarded_by: row.awarded_by.map(UserId::from_uuid),
        awarded_at: row.awarded_at,
        activated_at: row.activated_at,
        ended_at: row.ended_at,
        ended_reason: row.ended_reason,
        version: row.version,
    })
}

/// Keeps a new award; false where the lot has one that stands.
pub(in crate::procurement) async fn insert(tx: &WriteTx, award: &Award) -> Result<bool, DbErr> {
    let insert = sql(
        "INSERT INTO award (id, request_id, request_lot_id, bid_id, status, amount_minor, currency, rank, points, comparison, \
         rationale, standstill_until, awarded_by, awarded_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING",
        [
            award.id.uuid().into(),
            award.request.uuid().into(),
            award.lot.uuid().into(),
            award.bid.uuid().into(),
            award.status.as_str().into(),
            award.amount_minor.into(),
            award.currency.code().into(),
            award.rank.into(),
            award.points.into(),
            award.comparison.clone().into(),
            award.rationale.clone().into(),
            award.standstill_until.into(),
            award.awarded_by.map(UserId::uuid).into(),
            award.awarded_at.into(),
            award.version.into(),
        ],
    );
    Ok(insert.run(&**tx).await? == 1)
}

/// Writes what became of an award, under its request's lock.
pub(in crate::procurement) async fn update(tx: &WriteTx, award: &Award) -> Result<(), DbErr> {
    let update = sql(
        "UPDATE award SET status = $2, standstill_until = $3, activated_at = $4, ended_at = $5, ended_reason = $6, version = $7 \
         WHERE id = $1",
        [
            award.id.uuid().into(),
            award.status.as_str().into(),
            award.standstill_until.into(),
            award.activated_at.into(),
            award.ended_at.into(),
            award.ended_reason.clone().into(),
            award.version.into(),
        ],
    );
    update.run(&**tx).await?;
    Ok(())
}

/// The awards among `ids`.
pub(in crate::procurement) async fn by_ids(db: &Database, ids: &[AwardId]) -> Result<HashMap<AwardId, Award>, Fault> {
    let among = award::Column::Id.is_in(ids.iter().map(|id| id.uuid()));
    let rows = award::Entity::find().filter(among).all(db.read()).await?;
    rows.into_iter().map(|row| award(row).map(|award| (award.id, award))).collect()
}

/// An award, and with it the lock that makes whoever changes it wait.
pub(in crate::procurement) async fn lock(tx: &WriteTx, id: AwardId) -> Result<Option<Award>, Fault> {
    let row = award::Entity::find_by_id(id.uuid()).lock(LockType::NoKeyUpdate).one(&**tx).await?;
    row.map(award).transpose()
}

/// Every award of requests, in the order in which they were made.
pub(in crate::procurement) async fn of_requests(
    db: &impl ConnectionTrait,
    requests: &[RequestId],
) -> Result<HashMap<RequestId, Vec<Award>>, Fault> {
    let among = award::Column::RequestId.is_in(requests.iter().map(|id| id.uuid()));
    let query = award::Entity::find().filter(among);
    let query = query.order_by_asc(award::Column::RequestId).order_by_asc(award::Column::AwardedAt);
    let mut found: HashMap<RequestId, Vec<Award>> = HashMap::new();
    for row in query.order_by_asc(award::Column::Id).all(db).await? {
        let award = award(row)?;
        found.entry(award.request).or_default().push(award);
    }
    Ok(found)
}

/// A page of awards, the last made first.
pub(in crate::procurement) async fn page(
    db: &Database,
    filter: &AwardFilter,
    page: &Page,
) -> Result<Slice<Award>, Fault> {
    let mut query = matching(filter);
    keyset::window(&mut query, award::Column::AwardedAt, award::Column::Id, true, page);
    let rows = query.all(db.read()).await?;
    Ok(page.slice(rows.into_iter().map(award).collect::<Result<_, _>>()?))
}

/// How many there are.
pub(in crate::procurement) async fn count(db: &Database, filter: &AwardFilter) -> Result<u64, DbErr> {
    matching(filter).count(db.read()).await
}

fn matching(filter: &AwardFilter) -> Select<award::Entity> {
    let mut query = award::Entity::find();
    if let Some(request) = filter.request {
        query = query.filter(award::Column::RequestId.eq(request.uuid()));
    }
    if let Some(buyer) = filter.buyer {
        let bought = procurement_request::Entity::find()
            .select_only()
            .column(procurement_request::Column::Id)
            .filter(procurement_request::Column::BuyerId.eq(buyer.uuid()));
        query = query.filter(award::Column::RequestId.in_subquery(bought.into_query()));
    }
    if let Some(organization) = filter.organization {
        let bid = bid_partner::Entity::find()
            .select_only()
            .column(bid_partner::Column::BidId)
            .filter(bid_partner::Column::OrganizationId.eq(organization.uuid()));
        query = query.filter(award::Column::BidId.in_subquery(bid.into_query()));
    }
    if let Some(status) = filter.status {
        query = query.filter(award::Column::Status.eq(status.as_str()));
    }
    query
}
