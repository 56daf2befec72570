//! What has to be fed to the index again, and how that is kept until it is done.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::{
    certificate, certificate_organization, listing, organization, ownership_declaration, search_rebuild,
    stock_reservation,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, DatabaseConnection, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use super::sources::IN_FORCE;
use crate::{
    certification::model::certificate::CertificateRecord,
    kernel::{Fault, clock::Timestamp, db::WriteTx},
};

/// The listings that changed at or after an instant: in themselves, or in what is left of them, which is no new version.
pub(in crate::search) async fn listings_changed(
    db: &DatabaseConnection,
    since: Timestamp,
) -> Result<BTreeSet<Uuid>, Fault> {
    let own = listing::Entity::find().select_only().column(listing::Column::Id);
    let own: Vec<Uuid> = own.filter(listing::Column::UpdatedAt.gte(since)).into_tuple().all(db).await?;
    let held_or_freed = Condition::any()
        .add(stock_reservation::Column::CreatedAt.gte(since))
        .add(stock_reservation::Column::EndedAt.gte(since));
    let held_or_freed: Vec<Uuid> = stock_reservation::Entity::find()
        .select_only()
        .column(stock_reservation::Column::ListingId)
        .filter(held_or_freed)
        .into_tuple()
        .all(db)
        .await?;
    Ok(own.into_iter().chain(held_or_freed).collect())
}

/// The organizations that changed at or after an instant: in themselves, in what they declared, or in a certificate.
pub(in crate::search) async fn organizations_changed(
    db: &DatabaseConnection,
    since: Timestamp,
) -> Result<BTreeSet<Uuid>, Fault> {
    let own = organization::Entity::find().select_only().column(organization::Column::Id);
    let own: Vec<Uuid> = own.filter(organization::Column::UpdatedAt.gte(since)).into_tuple().all(db).await?;
    let declared: Vec<Uuid> = ownership_declaration::Entity::find()
        .select_only()
        .column(ownership_declaration::Column::OrganizationId)
        .filter(ownership_declaration::Column::DeclaredAt.gte(since))
        .into_tuple()
        .all(db)
        .await?;
    let certified = covered_by(db, Condition::all().add(certificate::Column::UpdatedAt.gte(since))).await?;
    Ok(own.into_iter().chain(declared).chain(certified).collect())
}

/// Everyone whom such certificates cover.
async fn covered_by(db: &DatabaseConnection, such: Condition) -> Result<Vec<Uuid>, Fault> {
    let such = certificate::Entity::find().select_only().column(certificate::Column::Id).filter(such);
    let covered = certificate_organization::Entity::find()
        .select_only()
        .column(certificate_organization::Column::OrganizationId)
        .filter(certificate_organization::Column::CertificateId.in_subquery(such.into_query()));
    Ok(covered.into_tuple().all(db).await?)
}

/// The organizations with a certificate that began or ceased to hold after one day and until another.
pub(in crate::search) async fn certificates_turned(
    db: &DatabaseConnection,
    after: NaiveDate,
    until: NaiveDate,
) -> Result<BTreeSet<Uuid>, Fault> {
    let began =
        Condition::all().add(certificate::Column::ValidFrom.gt(after)).add(certificate::Column::ValidFrom.lte(until));
    // A certificate still holds on its last day.
    let ended =
        Condition::all().add(certificate::Column::ValidUntil.gte(after)).add(certificate::Column::ValidUntil.lt(until));
    // By a decision of before that it would cease to on such a day.
    let voided =
        Condition::all().add(certificate::Column::VoidFrom.gt(after)).add(certificate::Column::VoidFrom.lte(until));
    let may_hold = certificate::Column::Status.is_in(IN_FORCE.map(CertificateRecord::as_str));
    let turned = Condition::all().add(may_hold).add(Condition::any().add(began).add(ended).add(voided));
    Ok(covered_by(db, turned).await?.into_iter().collect())
}

/// A rebuild that began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::search) struct BegunRebuild {
    /// Which.
    pub(in crate::search) id: Uuid,
    /// What changed since then has to be fed again.
    pub(in crate::search) changes_since: Timestamp,
    /// When its process last said that it is still at it.
    pub(in crate::search) alive_at: Timestamp,
}

/// The rebuilds that began, oldest first.
pub(in crate::search) async fn begun_rebuilds(db: &DatabaseConnection) -> Result<Vec<BegunRebuild>, Fault> {
    let rows = search_rebuild::Entity::find().order_by_asc(search_rebuild::Column::ChangesSince).all(db).await?;
    let begun = |row: search_rebuild::Model| BegunRebuild {
        id: row.id,
        changes_since: row.changes_since,
        alive_at: row.alive_at,
    };
    Ok(rows.into_iter().map(begun).collect())
}

/// Notes that a rebuild began, or that it is still under way.
pub(in crate::search) async fn note_rebuild(tx: &WriteTx, begun: BegunRebuild) -> Result<(), Fault> {
    let row = search_rebuild::ActiveModel {
        id: Set(begun.id),
        changes_since: Set(begun.changes_since),
        alive_at: Set(begun.alive_at),
    };
    let known = sea_orm::sea_query::OnConflict::column(search_rebuild::Column::Id)
        .update_column(search_rebuild::Column::AliveAt)
        .to_owned();
    search_rebuild::Entity::insert(row).on_conflict(known).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Notes that all that changed since a rebuild began is on its way.
pub(in crate::search) async fn forget_rebuild(tx: &WriteTx, id: Uuid) -> Result<(), Fault> {
    search_rebuild::Entity::delete_by_id(id).exec(&**tx).await?;
    Ok(())
}
