//! Certificates, and whom they cover.

use std::{collections::HashMap, sync::Arc};

use chrono::NaiveDate;
use entity::{
    certificate::{ActiveModel, Column, Entity, Model},
    certificate_organization,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, Set, SqlErr,
    sea_query::{Expr, OnConflict},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::{OrganizationId, UserId},
    certification::model::certificate::{Certificate, CertificateId, CertificateRecord},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx, sql},
        together::Read,
    },
};

/// Names the lock under which certificates are found genuine on PostgreSQL. Any number of ours will do.
const GENUINE_LOCK: i64 = 6_448_761;

/// A certificate, locked, with what only decisions ask for.
#[derive(Debug)]
pub(in crate::certification) struct Locked {
    /// The certificate.
    pub(in crate::certification) certificate: Certificate,
    /// The verifier who is looking at it, and until when.
    pub(in crate::certification) claimed: Option<(UserId, Timestamp)>,
}

/// Adds a certificate with those whom it covers, the holder among them; false if there is one with its number already: handed
/// in by the same holder and not looked at yet, or genuine, if this one is.
pub(in crate::certification) async fn insert(
    tx: &WriteTx,
    certificate: &Certificate,
    covered: &[OrganizationId],
    submitted_by: Option<UserId>,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let row = ActiveModel {
        id: Set(certificate.id),
        scheme_code: Set(certificate.scheme.clone()),
        number: Set(certificate.number.clone()),
        issuer_name: Set(certificate.issuer_name.clone()),
        organization_id: Set(certificate.holder),
        status: Set(certificate.record.as_str().to_owned()),
        valid_from: Set(certificate.valid_from),
        valid_until: Set(certificate.valid_until),
        void_from: Set(certificate.void_from),
        product_codes: Set(json!(certificate.products)),
        site_names: Set(json!(certificate.sites)),
        volume_limit_grams: Set(certificate.volume_limit_grams),
        submitted_by: Set(submitted_by.map(UserId::uuid)),
        claimed_by: Set(None),
        claimed_until: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
        version: Set(certificate.version),
    };
    // Whichever of the partial keys it would break.
    let or_nothing = OnConflict::new().do_nothing().to_owned();
    if Entity::insert(row).on_conflict(or_nothing).exec_without_returning(&**tx).await? == 0 {
        return Ok(false);
    }
    let rows = covered.iter().map(|organization| certificate_organization::ActiveModel {
        organization_id: Set(organization.uuid()),
        certificate_id: Set(certificate.id),
    });
    certificate_organization::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    Ok(true)
}

/// Writes what was decided about a certificate, under its lock. False if another genuine one has its number.
pub(in crate::certification) async fn decide(
    tx: &WriteTx,
    certificate: &Certificate,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Status, Expr::value(certificate.record.as_str()))
        .col_expr(Column::VoidFrom, Expr::value(certificate.void_from))
        .col_expr(Column::Version, Expr::value(certificate.version))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::ClaimedBy, Expr::value(None::<Uuid>))
        .col_expr(Column::ClaimedUntil, Expr::value(None::<Timestamp>))
        .filter(Column::Id.eq(certificate.id));
    match update.exec(&**tx).await {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Notes, under its lock, who looks at a certificate, or that nobody does.
pub(in crate::certification) async fn set_claim(
    tx: &WriteTx,
    id: CertificateId,
    claimed: Option<(UserId, Timestamp)>,
) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::ClaimedBy, Expr::value(claimed.map(|(by, _)| by.uuid())))
        .col_expr(Column::ClaimedUntil, Expr::value(claimed.map(|(_, until)| until)))
        .filter(Column::Id.eq(id.uuid()));
    update.exec(&**tx).await?;
    Ok(())
}

/// The certificate, and with it the lock that makes other decisions about it wait.
pub(in crate::certification) async fn lock(tx: &WriteTx, id: CertificateId) -> Result<Option<Locked>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(", c.claimed_by, c.claimed_until FROM certificate c WHERE c.id = ").bind(id.uuid());
    // SQLite's one writer needs no lock.
    select.lock(tx, " FOR NO KEY UPDATE");
    let Some(row) = select.one(&**tx).await? else { return Ok(None) };
    let mut next = Reader::new(&row)?;
    let certificate = read(&mut next)?;
    let (by, until): (Option<Uuid>, Option<Timestamp>) = (next.get()?, next.get()?);
    Ok(Some(Locked { certificate, claimed: by.map(UserId::from_uuid).zip(until) }))
}

/// Makes others wait that find a certificate genuine at the same time: neither would see what became of the other's.
pub(in crate::certification) async fn lock_genuine(tx: &WriteTx) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        sql("SELECT pg_advisory_xact_lock($1)", [GENUINE_LOCK.into()]).one(&**tx).await?;
    }
    Ok(())
}

/// All certificates that an organization holds of a scheme.
pub(in crate::certification) async fn held(
    tx: &WriteTx,
    holder: Uuid,
    scheme: &str,
) -> Result<Vec<Certificate>, Fault> {
    let rows = Entity::find().filter(Column::OrganizationId.eq(holder)).filter(Column::SchemeCode.eq(scheme));
    rows.all(&**tx).await?.into_iter().map(certificate).collect()
}

/// Whether another certificate of the scheme that was found genuine has its number.
pub(in crate::certification) async fn is_genuine_number(
    tx: &WriteTx,
    certificate: &Certificate,
) -> Result<bool, DbErr> {
    let genuine = CertificateRecord::ALL.into_iter().filter(|record| record.is_genuine());
    let same = Entity::find()
        .filter(Column::SchemeCode.eq(certificate.scheme.as_str()))
        .filter(Column::Number.eq(certificate.number.as_str()))
        .filter(Column::Status.is_in(genuine.map(CertificateRecord::as_str)));
    Ok(same.count(&**tx).await? > 0)
}

/// The certificates among `ids`.
pub(in crate::certification) async fn by_ids(
    db: &Database,
    ids: &[CertificateId],
) -> Result<HashMap<CertificateId, Certificate>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM certificate c WHERE c.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    let rows = select.rows(db).await?;
    let found = rows.iter().map(|row| read(&mut Reader::new(row)?)).collect::<Result<Vec<_>, Fault>>()?;
    Ok(found.into_iter().map(|certificate| (CertificateId::from_uuid(certificate.id), certificate)).collect())
}

/// Reads the certificates that cover organizations, the last to run out first.
pub(in crate::certification) struct Covering(pub(in crate::certification) Database);

impl Read for Covering {
    type Key = OrganizationId;
    type Value = Arc<Vec<Certificate>>;

    async fn read(
        &self,
        organizations: Vec<OrganizationId>,
    ) -> Result<HashMap<OrganizationId, Arc<Vec<Certificate>>>, Fault> {
        let mut select = Sql::new("SELECT ");
        select.push(COLUMNS).push(
            ", co.organization_id FROM certificate_organization co JOIN certificate c ON c.id = co.certificate_id \
             WHERE co.organization_id IN ",
        );
        select.bind_list(organizations.iter().map(|id| id.uuid())).push(" ORDER BY c.valid_until DESC, c.id DESC");
        let mut found: HashMap<OrganizationId, Vec<Certificate>> = HashMap::new();
        for row in select.rows(&self.0).await? {
            let mut next = Reader::new(&row)?;
            let certificate = read(&mut next)?;
            found.entry(OrganizationId::from_uuid(next.get()?)).or_default().push(certificate);
        }
        Ok(found.into_iter().map(|(organization, covering)| (organization, Arc::new(covering))).collect())
    }
}

/// Whom each certificate covers, its holder among them, in the order of their ids.
pub(in crate::certification) async fn covered_by(
    db: &impl ConnectionTrait,
    ids: &[CertificateId],
) -> Result<HashMap<CertificateId, Vec<OrganizationId>>, DbErr> {
    let mut select =
        Sql::new("SELECT certificate_id, organization_id FROM certificate_organization WHERE certificate_id IN ");
    select.bind_list(ids.iter().map(|id| id.uuid())).push(" ORDER BY organization_id");
    let mut found: HashMap<CertificateId, Vec<OrganizationId>> = HashMap::new();
    for row in select.all(db).await? {
        let mut next = Reader::new(&row)?;
        let certificate = CertificateId::from_uuid(next.get()?);
        found.entry(certificate).or_default().push(OrganizationId::from_uuid(next.get()?));
    }
    Ok(found)
}

/// Certificates that hold and that run out between two days, both included, of whose running out nobody was reminded so many
/// days before: at most `limit`, the first to run out first.
pub(in crate::certification) async fn running_out(
    tx: &WriteTx,
    days: std::ops::RangeInclusive<NaiveDate>,
    days_before: i64,
    limit: i64,
) -> Result<Vec<Certificate>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM certificate c WHERE c.status IN ('VERIFIED', 'REVOKED') AND c.valid_until >= ");
    select.bind(*days.start()).push(" AND c.valid_until <= ").bind(*days.end());
    select.push(" AND c.void_from IS NULL AND NOT EXISTS (SELECT 1 FROM reminder r WHERE r.subject_kind = ");
    select.bind(CertificateId::PREFIX).push(" AND r.subject_id = c.id AND r.days_before <= ").bind(days_before);
    select.push(") ORDER BY c.valid_until, c.id LIMIT ").bind(limit);
    select.all(&**tx).await?.iter().map(|row| read(&mut Reader::new(row)?)).collect()
}

/// The columns that [`read`] reads, in its order.
pub(super) const COLUMNS: &str = "c.id, c.scheme_code, c.number, c.issuer_name, c.organization_id, c.status, c.valid_from, \
    c.valid_until, c.void_from, c.product_codes, c.site_names, c.volume_limit_grams, c.created_at, c.version";

/// A certificate from the next columns.
pub(super) fn read(next: &mut Reader<'_>) -> Result<Certificate, Fault> {
    Ok(Certificate {
        id: next.get()?,
        scheme: next.get()?,
        number: next.get()?,
        issuer_name: next.get()?,
        holder: next.get()?,
        record: next.word("certificate status")?,
        valid_from: next.get()?,
        valid_until: next.get()?,
        void_from: next.get()?,
        products: next.json()?,
        sites: next.json()?,
        volume_limit_grams: next.get()?,
        submitted_at: next.get()?,
        version: next.get()?,
    })
}

/// A row as a certificate.
pub(super) fn certificate(row: Model) -> Result<Certificate, Fault> {
    let corrupt = |error: &dyn std::fmt::Display| Fault::corrupt("certificate", error);
    Ok(Certificate {
        id: row.id,
        scheme: row.scheme_code,
        number: row.number,
        issuer_name: row.issuer_name,
        holder: row.organization_id,
        record: row.status.parse().map_err(|error| corrupt(&error))?,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        void_from: row.void_from,
        products: serde_json::from_value(row.product_codes).map_err(|error| corrupt(&error))?,
        sites: serde_json::from_value(row.site_names).map_err(|error| corrupt(&error))?,
        volume_limit_grams: row.volume_limit_grams,
        submitted_at: row.created_at,
        version: row.version,
    })
}
