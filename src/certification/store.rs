//! The room's queries. Nothing here decides.

use std::collections::HashMap;

use entity::certificate::{ActiveModel, Column, Entity};
use sea_orm::{EntityTrait as _, QueryResult, Set, sea_query::OnConflict};
use serde_json::json;

use super::model::certificate::{Certificate, CertificateId};
use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx},
    },
};

/// Adds a certificate; false if its scheme has one with this number.
pub(super) async fn insert(tx: &WriteTx, certificate: &Certificate, now: Timestamp) -> Result<bool, DbErr> {
    let row = ActiveModel {
        id: Set(certificate.id),
        scheme_code: Set(certificate.scheme.clone()),
        number: Set(certificate.number.clone()),
        issuer_name: Set(certificate.issuer_name.clone()),
        organization_id: Set(certificate.holder),
        status: Set(certificate.record.as_str().to_owned()),
        valid_from: Set(certificate.valid_from),
        valid_until: Set(certificate.valid_until),
        product_codes: Set(json!(certificate.products)),
        site_names: Set(json!(certificate.sites)),
        created_at: Set(now),
        updated_at: Set(now),
        version: Set(1),
    };
    let or_nothing = OnConflict::columns([Column::SchemeCode, Column::Number]).do_nothing().to_owned();
    Ok(Entity::insert(row).on_conflict(or_nothing).exec_without_returning(&**tx).await? == 1)
}

/// The certificates among `ids`.
pub(super) async fn by_ids(db: &Database, ids: &[CertificateId]) -> Result<HashMap<CertificateId, Certificate>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push(" WHERE id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    let found = all(db, select).await?;
    Ok(found.into_iter().map(|certificate| (CertificateId::from_uuid(certificate.id), certificate)).collect())
}

/// All certificates of each organization, the last to run out first.
pub(super) async fn of_holders(
    db: &Database,
    holders: &[OrganizationId],
) -> Result<HashMap<OrganizationId, Vec<Certificate>>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push(" WHERE organization_id IN ").bind_list(holders.iter().map(|id| id.uuid()));
    select.push(" ORDER BY valid_until DESC, id DESC");
    let mut found: HashMap<OrganizationId, Vec<Certificate>> = HashMap::new();
    for certificate in all(db, select).await? {
        found.entry(OrganizationId::from_uuid(certificate.holder)).or_default().push(certificate);
    }
    Ok(found)
}

/// The columns that [`certificate`] reads, in its order.
const SELECT: &str = "SELECT id, scheme_code, number, issuer_name, organization_id, status, valid_from, valid_until, \
    product_codes, site_names FROM certificate";

/// Every certificate that a query selects.
async fn all(db: &Database, select: Sql) -> Result<Vec<Certificate>, Fault> {
    select.rows(db).await?.iter().map(certificate).collect()
}

fn certificate(row: &QueryResult) -> Result<Certificate, Fault> {
    let mut next = Reader::new(row)?;
    Ok(Certificate {
        id: next.get()?,
        scheme: next.get()?,
        number: next.get()?,
        issuer_name: next.get()?,
        holder: next.get()?,
        record: next.word("certificate status")?,
        valid_from: next.get()?,
        valid_until: next.get()?,
        products: next.json()?,
        sites: next.json()?,
    })
}
