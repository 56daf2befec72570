//! Appeals against what buyers decided.

use std::collections::HashMap;

use entity::{complaint, procurement_request};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, Select, sea_query::LockType,
};

use crate::{
    accounts::{OrganizationId, UserId},
    kernel::{
        Fault,
        db::{Database, DbErr, WriteTx, keyset, sql},
        page::{Page, Slice},
    },
    procurement::model::{
        complaint::{Complaint, ComplaintFilter, Onlooker},
        ids::{AwardId, ComplaintId, RequestId},
    },
};

fn complaint(row: complaint::Model) -> Result<Complaint, Fault> {
    Ok(Complaint {
        id: ComplaintId::from_uuid(row.id),
        request: RequestId::from_uuid(row.request_id),
        award: row.award_id.map(AwardId::from_uuid),
        organization: OrganizationId::from_uuid(row.organization_id),
        level: row.level.parse().map_err(|error| Fault::corrupt("level of a complaint", error))?,
        previous: row.previous_id.map(ComplaintId::from_uuid),
        status: row.status.parse().map_err(|error| Fault::corrupt("status of a complaint", error))?,
        grounds: row.grounds,
        filed_by: row.filed_by.map(UserId::from_uuid),
        filed_at: row.filed_at,
        decision: row.decision,
        decided_by: row.decided_by.map(UserId::from_uuid),
        decided_at: row.decided_at,
        version: row.version,
    })
}

/// Keeps a new appeal.
pub(in crate::procurement) async fn insert(tx: &WriteTx, complaint: &Complaint) -> Result<(), DbErr> {
    let insert = sql(
        "INSERT INTO complaint (id, request_id, award_id, organization_id, level, previous_id, status, grounds, filed_by, \
         filed_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        [
            complaint.id.uuid().into(),
            complaint.request.uuid().into(),
            complaint.award.map(AwardId::uuid).into(),
            complaint.organization.uuid().into(),
            complaint.level.as_str().into(),
            complaint.previous.map(ComplaintId::uuid).into(),
            complaint.status.as_str().into(),
            complaint.grounds.as_str().into(),
            complaint.filed_by.map(UserId::uuid).into(),
            complaint.filed_at.into(),
            complaint.version.into(),
        ],
    );
    insert.run(&**tx).await?;
    Ok(())
}

/// Writes what became of an appeal, under its request's lock.
pub(in crate::procurement) async fn update(tx: &WriteTx, complaint: &Complaint) -> Result<(), DbErr> {
    let update = sql(
        "UPDATE complaint SET status = $2, decision = $3, decided_by = $4, decided_at = $5, version = $6 WHERE id = $1",
        [
            complaint.id.uuid().into(),
            complaint.status.as_str().into(),
            complaint.decision.clone().into(),
            complaint.decided_by.map(UserId::uuid).into(),
            complaint.decided_at.into(),
            complaint.version.into(),
        ],
    );
    update.run(&**tx).await?;
    Ok(())
}

/// The appeals among `ids`.
pub(in crate::procurement) async fn by_ids(
    db: &Database,
    ids: &[ComplaintId],
) -> Result<HashMap<ComplaintId, Complaint>, Fault> {
    let among = complaint::Column::Id.is_in(ids.iter().map(|id| id.uuid()));
    let rows = complaint::Entity::find().filter(among).all(db.read()).await?;
    rows.into_iter().map(|row| complaint(row).map(|complaint| (complaint.id, complaint))).collect()
}

/// An appeal, and with it the lock that makes whoever changes it wait.
pub(in crate::procurement) async fn lock(tx: &WriteTx, id: ComplaintId) -> Result<Option<Complaint>, Fault> {
    let row = complaint::Entity::find_by_id(id.uuid()).lock(LockType::NoKeyUpdate).one(&**tx).await?;
    row.map(complaint).transpose()
}

/// Every appeal about a request, in the order in which they were filed.
pub(in crate::procurement) async fn of_request(tx: &WriteTx, request: RequestId) -> Result<Vec<Complaint>, Fault> {
    let query = complaint::Entity::find().filter(complaint::Column::RequestId.eq(request.uuid()));
    let query = query.order_by_asc(complaint::Column::FiledAt).order_by_asc(complaint::Column::Id);
    query.all(&**tx).await?.into_iter().map(complaint).collect()
}

/// Whether an organization takes part in a request: it bid, alone or with others, was invited, or asked about it.
pub(in crate::procurement) async fn takes_part(
    tx: &WriteTx,
    request: RequestId,
    organization: OrganizationId,
) -> Result<bool, DbErr> {
    let select = sql(
        "SELECT 1 FROM bid_partner p JOIN bid b ON b.id = p.bid_id WHERE p.organization_id = $1 AND b.request_id = $2
         UNION ALL SELECT 1 FROM request_invitation WHERE organization_id = $1 AND request_id = $2
         UNION ALL SELECT 1 FROM request_question WHERE organization_id = $1 AND request_id = $2 LIMIT 1",
        [organization.uuid().into(), request.uuid().into()],
    );
    Ok(select.one(&**tx).await?.is_some())
}

/// A page of appeals that the onlooker may see, the last filed first.
pub(in crate::procurement) async fn page(
    db: &Database,
    (filter, onlooker): (&ComplaintFilter, &Onlooker),
    page: &Page,
) -> Result<Slice<Complaint>, Fault> {
    let mut query = matching(filter, onlooker);
    keyset::window(&mut query, complaint::Column::FiledAt, complaint::Column::Id, true, page);
    let rows = query.all(db.read()).await?;
    Ok(page.slice(rows.into_iter().map(complaint).collect::<Result<_, _>>()?))
}

/// How many there are.
pub(in crate::procurement) async fn count(
    db: &Database,
    (filter, onlooker): (&ComplaintFilter, &Onlooker),
) -> Result<u64, DbErr> {
    matching(filter, onlooker).count(db.read()).await
}

fn matching(filter: &ComplaintFilter, onlooker: &Onlooker) -> Select<complaint::Entity> {
    let mut query = complaint::Entity::find();
    let bought_by = |buyers: &[OrganizationId]| {
        let bought = procurement_request::Entity::find()
            .select_only()
            .column(procurement_request::Column::Id)
            .filter(procurement_request::Column::BuyerId.is_in(buyers.iter().map(|id| id.uuid())));
        complaint::Column::RequestId.in_subquery(bought.into_query())
    };
    if let Some(request) = filter.request {
        query = query.filter(complaint::Column::RequestId.eq(request.uuid()));
    }
    if let Some(award) = filter.award {
        query = query.filter(complaint::Column::AwardId.eq(award.uuid()));
    }
    if let Some(buyer) = filter.buyer {
        query = query.filter(bought_by(&[buyer]));
    }
    if let Some(organization) = filter.organization {
        query = query.filter(complaint::Column::OrganizationId.eq(organization.uuid()));
    }
    if let Some(level) = filter.level {
        query = query.filter(complaint::Column::Level.eq(level.as_str()));
    }
    if let Some(status) = filter.status {
        query = query.filter(complaint::Column::Status.eq(status.as_str()));
    }
    match onlooker {
        Onlooker::Everything => query,
        Onlooker::Of(organizations) => query.filter(
            Condition::any()
                .add(complaint::Column::OrganizationId.is_in(organizations.iter().map(|id| id.uuid())))
                .add(bought_by(organizations)),
        ),
    }
}
