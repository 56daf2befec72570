//! The room's queries. Nothing here decides.

use std::collections::HashMap;

use entity::certificate::{ActiveModel, Column, Entity, Model};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set, sea_query::OnConflict};
use serde_json::json;

use super::model::certificate::{Certificate, CertificateId, CertificateRecord};
use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, WriteTx},
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
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    rows.into_iter().map(|row| Ok((CertificateId::from_uuid(row.id), certificate(row)?))).collect()
}

/// All certificates of each organization, the last to run out first.
pub(super) async fn of_holders(
    db: &Database,
    holders: &[OrganizationId],
) -> Result<HashMap<OrganizationId, Vec<Certificate>>, Fault> {
    let among = Column::OrganizationId.is_in(holders.iter().map(|id| id.uuid()));
    let ordered = Entity::find().filter(among).order_by_desc(Column::ValidUntil).order_by_desc(Column::Id);
    let mut found: HashMap<OrganizationId, Vec<Certificate>> = HashMap::new();
    for row in ordered.all(db.read()).await? {
        let certificate = certificate(row)?;
        found.entry(OrganizationId::from_uuid(certificate.holder)).or_default().push(certificate);
    }
    Ok(found)
}

fn certificate(row: Model) -> Result<Certificate, Fault> {
    let list = |value| serde_json::from_value(value).map_err(|error| Fault::corrupt("certificate", error));
    Ok(Certificate {
        id: row.id,
        scheme: row.scheme_code,
        number: row.number,
        issuer_name: row.issuer_name,
        holder: row.organization_id,
        record: CertificateRecord::parse(&row.status)
            .ok_or_else(|| Fault::corrupt("certificate status", &row.status))?,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        products: list(row.product_codes)?,
        sites: list(row.site_names)?,
    })
}
