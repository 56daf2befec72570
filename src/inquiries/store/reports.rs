//! What was reported of threads.

use std::collections::{HashMap, HashSet};

use entity::inquiry_report::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _, Select, Set,
    sea_query::{LockType, OnConflict},
};
use uuid::Uuid;

use crate::{
    accounts::{OrganizationId, UserId},
    inquiries::model::{InquiryId, InquiryMessageId, InquiryReportId, Report, ReportStatus},
    kernel::{
        Fault,
        db::{Database, DbErr, WriteTx, keyset},
        page::{Page, Slice},
    },
};

/// Keeps a report; false if one of the same organization about the thread waits.
pub(in crate::inquiries) async fn insert(tx: &WriteTx, report: &Report) -> Result<bool, DbErr> {
    // The only key that it can break, since its id is new.
    let or_nothing = OnConflict::new().do_nothing().to_owned();
    Ok(Entity::insert(row(report)).on_conflict(or_nothing).exec_without_returning(&**tx).await? == 1)
}

/// Keeps what was decided about a report, under its lock.
pub(in crate::inquiries) async fn decide(tx: &WriteTx, report: &Report) -> Result<(), DbErr> {
    let changed = ActiveModel { id: sea_orm::Unchanged(report.id.uuid()), ..row(report) };
    Entity::update(changed).exec(&**tx).await?;
    Ok(())
}

/// The report, and with it the lock that makes other decisions about it wait.
pub(in crate::inquiries) async fn lock(tx: &WriteTx, id: InquiryReportId) -> Result<Option<Report>, Fault> {
    Entity::find_by_id(id.uuid()).lock(LockType::NoKeyUpdate).one(&**tx).await?.map(report).transpose()
}

/// Those of these reports that there are.
pub(in crate::inquiries) async fn by_ids(
    db: &Database,
    ids: &[InquiryReportId],
) -> Result<HashMap<InquiryReportId, Report>, Fault> {
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    rows.into_iter().map(|row| report(row).map(|one| (one.id, one))).collect()
}

/// Of which of these threads a report waits.
pub(in crate::inquiries) async fn waiting_of(
    db: &Database,
    threads: &[InquiryId],
) -> Result<HashSet<InquiryId>, DbErr> {
    let waiting = Entity::find()
        .select_only()
        .column(Column::InquiryId)
        .filter(Column::InquiryId.is_in(threads.iter().map(|id| id.uuid())))
        .filter(Column::Status.eq(ReportStatus::Open.as_str()));
    let ids: Vec<Uuid> = waiting.into_tuple().all(db.read()).await?;
    Ok(ids.into_iter().map(InquiryId::from_uuid).collect())
}

fn narrowed(status: Option<ReportStatus>, reported: Option<OrganizationId>) -> Select<Entity> {
    let mut reports = Entity::find();
    if let Some(status) = status {
        reports = reports.filter(Column::Status.eq(status.as_str()));
    }
    if let Some(reported) = reported {
        reports = reports.filter(Column::ReportedId.eq(reported.uuid()));
    }
    reports
}

/// A page of reports, the last first.
pub(in crate::inquiries) async fn page(
    db: &Database,
    (status, reported): (Option<ReportStatus>, Option<OrganizationId>),
    page: &Page,
) -> Result<Slice<Report>, Fault> {
    let mut query = narrowed(status, reported);
    keyset::window(&mut query, Column::CreatedAt, Column::Id, true, page);
    let rows = query.all(db.read()).await?;
    Ok(page.slice(rows.into_iter().map(report).collect::<Result<_, _>>()?))
}

/// How many there are.
pub(in crate::inquiries) async fn count(
    db: &Database,
    (status, reported): (Option<ReportStatus>, Option<OrganizationId>),
) -> Result<i64, DbErr> {
    Ok(i64::try_from(narrowed(status, reported).count(db.read()).await?).unwrap_or(i64::MAX))
}

fn row(report: &Report) -> ActiveModel {
    ActiveModel {
        id: Set(report.id.uuid()),
        inquiry_id: Set(report.inquiry.uuid()),
        message_id: Set(report.message.map(InquiryMessageId::uuid)),
        organization_id: Set(report.organization.uuid()),
        reported_id: Set(report.reported.uuid()),
        reported_by: Set(report.by.map(UserId::uuid)),
        reason: Set(report.reason.as_str().to_owned()),
        text: Set(report.text.clone()),
        status: Set(report.status.as_str().to_owned()),
        note: Set(report.note.clone()),
        decided_by: Set(report.decided_by.map(UserId::uuid)),
        decided_at: Set(report.decided_at),
        created_at: Set(report.created_at),
    }
}

fn report(row: Model) -> Result<Report, Fault> {
    Ok(Report {
        id: InquiryReportId::from_uuid(row.id),
        inquiry: InquiryId::from_uuid(row.inquiry_id),
        message: row.message_id.map(InquiryMessageId::from_uuid),
        organization: OrganizationId::from_uuid(row.organization_id),
        reported: OrganizationId::from_uuid(row.reported_id),
        by: row.reported_by.map(UserId::from_uuid),
        reason: row.reason.parse().map_err(|error| Fault::corrupt("inquiry report", error))?,
        text: row.text,
        status: row.status.parse().map_err(|error| Fault::corrupt("inquiry report", error))?,
        note: row.note,
        decided_by: row.decided_by.map(UserId::from_uuid),
        decided_at: row.decided_at,
        created_at: row.created_at,
    })
}
