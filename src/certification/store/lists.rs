//! Lists of certificates.

use chrono::NaiveDate;
use entity::{
    certificate::{Column, Entity},
    certificate_organization, organization,
};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, Select,
};

use super::certificates::certificate;
use crate::{
    certification::model::{
        certificate::{Certificate, CertificateRecord, CertificateStatus},
        query::{CertificateFilter, Scope},
    },
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, keyset},
        page::{Page, Slice},
    },
};

/// The standing of an organization whose certificates everyone may see.
const GOOD: &str = "GOOD";

/// A page of certificates, the last handed in first.
pub(in crate::certification) async fn page(
    db: &Database,
    filter: &CertificateFilter,
    scope: Scope,
    today: NaiveDate,
    page: &Page,
) -> Result<Slice<Certificate>, Fault> {
    let mut query = matching(filter, scope, today);
    keyset::window(&mut query, Column::CreatedAt, Column::Id, true, page);
    let rows = query.all(db.read()).await?;
    Ok(page.slice(rows.into_iter().map(certificate).collect::<Result<_, _>>()?))
}

/// How many there are.
pub(in crate::certification) async fn count(
    db: &Database,
    filter: &CertificateFilter,
    scope: Scope,
    today: NaiveDate,
) -> Result<u64, DbErr> {
    matching(filter, scope, today).count(db.read()).await
}

/// A page of the certificates that nobody has looked at yet, the longest waiting first; only those that nobody is looking at,
/// where `free_at` is given.
pub(in crate::certification) async fn waiting(
    db: &Database,
    free_at: Option<Timestamp>,
    page: &Page,
) -> Result<Slice<Certificate>, Fault> {
    let mut query = submitted(free_at);
    keyset::window(&mut query, Column::CreatedAt, Column::Id, false, page);
    let rows = query.all(db.read()).await?;
    Ok(page.slice(rows.into_iter().map(certificate).collect::<Result<_, _>>()?))
}

/// How many wait.
pub(in crate::certification) async fn count_waiting(db: &Database, free_at: Option<Timestamp>) -> Result<u64, DbErr> {
    submitted(free_at).count(db.read()).await
}

fn submitted(free_at: Option<Timestamp>) -> Select<Entity> {
    let query = Entity::find().filter(Column::Status.eq(CertificateRecord::Submitted.as_str()));
    match free_at {
        Some(now) => {
            query.filter(Condition::any().add(Column::ClaimedUntil.is_null()).add(Column::ClaimedUntil.lte(now)))
        }
        None => query,
    }
}

fn matching(filter: &CertificateFilter, scope: Scope, today: NaiveDate) -> Select<Entity> {
    let mut query = Entity::find();
    if let Some(organization) = filter.organization {
        let covering = certificate_organization::Entity::find()
            .select_only()
            .column(certificate_organization::Column::CertificateId)
            .filter(certificate_organization::Column::OrganizationId.eq(organization.uuid()));
        query = query.filter(Column::Id.in_subquery(covering.into_query()));
    }
    if let Some(scheme) = &filter.scheme {
        query = query.filter(Column::SchemeCode.eq(scheme.as_str()));
    }
    if let Some(status) = filter.status {
        query = query.filter(shown(status, today));
    }
    match scope {
        Scope::Everything => query,
        Scope::Public => query.filter(public()),
        Scope::Insider(holder) => {
            query.filter(Condition::any().add(Column::OrganizationId.eq(holder.uuid())).add(public()))
        }
    }
}

/// What everyone may see.
fn public() -> Condition {
    let genuine = CertificateRecord::ALL.into_iter().filter(|record| record.is_genuine());
    let good = organization::Entity::find()
        .select_only()
        .column(organization::Column::Id)
        .filter(organization::Column::Standing.eq(GOOD));
    Condition::all()
        .add(Column::Status.is_in(genuine.map(CertificateRecord::as_str)))
        .add(Column::OrganizationId.in_subquery(good.into_query()))
}

/// The shown state in SQL, as [`Certificate::status_at`] has it.
fn shown(status: CertificateStatus, today: NaiveDate) -> Condition {
    let is = |record: CertificateRecord| Column::Status.eq(record.as_str());
    // A revocation to come leaves it in force.
    let holds = Condition::any()
        .add(is(CertificateRecord::Verified))
        .add(Condition::all().add(is(CertificateRecord::Revoked)).add(Column::VoidFrom.gt(today)));
    match status {
        CertificateStatus::Submitted => Condition::all().add(is(CertificateRecord::Submitted)),
        CertificateStatus::Rejected => Condition::all().add(is(CertificateRecord::Rejected)),
        CertificateStatus::Revoked => {
            Condition::all().add(is(CertificateRecord::Revoked)).add(Column::VoidFrom.lte(today))
        }
        CertificateStatus::Suspended => {
            Condition::all().add(is(CertificateRecord::Suspended)).add(Column::ValidUntil.gte(today))
        }
        CertificateStatus::NotYetValid => Condition::all().add(holds).add(Column::ValidFrom.gt(today)),
        CertificateStatus::Verified => {
            Condition::all().add(holds).add(Column::ValidFrom.lte(today)).add(Column::ValidUntil.gte(today))
        }
        CertificateStatus::Expired => Condition::all()
            .add(Condition::any().add(is(CertificateRecord::Verified)).add(is(CertificateRecord::Suspended)))
            .add(Column::ValidUntil.lt(today)),
    }
}
