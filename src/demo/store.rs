//! What the demo writes itself: that it is loaded, and certificates.

use chrono::NaiveDate;
use entity::{certificate, membership, reference_data, user_account};
use sea_orm::{EntityTrait, Set};
use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    kernel::{
        clock::Timestamp,
        db::{Database, DbErr, WriteTx},
        outbox::{self, Topic},
    },
};

/// The demo's name among the data sets that a database holds.
const NAME: &str = "demo";
/// Raised when a database that holds an older demo shall be told apart.
const EDITION: &str = "1";

/// Stands in place of the edition until all of it is there.
const BEGUN: &str = "begun";

/// How a database stands to the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nobody has an account, and no demo was begun.
    Empty,
    /// Somebody's own database.
    InUse,
    /// A load was cut short.
    Begun,
    /// The demo is loaded.
    Loaded,
}

/// How this database stands to the demo.
pub(super) async fn mark(db: &Database) -> Result<Mark, DbErr> {
    if let Some(row) = reference_data::Entity::find_by_id(NAME).one(db.read()).await? {
        return Ok(if row.digest == BEGUN { Mark::Begun } else { Mark::Loaded });
    }
    let used = user_account::Entity::find().one(db.read()).await?.is_some();
    Ok(if used { Mark::InUse } else { Mark::Empty })
}

/// Notes that a load begins, before anybody has an account.
pub(super) async fn mark_begun(tx: &WriteTx, now: Timestamp) -> Result<(), DbErr> {
    let row =
        reference_data::ActiveModel { name: Set(NAME.to_owned()), digest: Set(BEGUN.to_owned()), applied_at: Set(now) };
    reference_data::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Notes that the demo is loaded.
pub(super) async fn mark_loaded(tx: &WriteTx, now: Timestamp) -> Result<(), DbErr> {
    let row = reference_data::ActiveModel {
        name: Set(NAME.to_owned()),
        digest: Set(EDITION.to_owned()),
        applied_at: Set(now),
    };
    reference_data::Entity::update(row).exec(&**tx).await?;
    Ok(())
}

/// Whether an organization has members, as none of a seed has.
pub(super) async fn is_inhabited(db: &Database) -> Result<bool, DbErr> {
    Ok(membership::Entity::find().one(db.read()).await?.is_some())
}

/// A certificate to write.
pub(super) struct NewCertificate<'a> {
    pub(super) id: Uuid,
    pub(super) organization: OrganizationId,
    pub(super) scheme: &'a str,
    pub(super) number: &'a str,
    pub(super) issuer: &'a str,
    pub(super) record: &'a str,
    pub(super) valid_from: NaiveDate,
    pub(super) valid_until: NaiveDate,
    pub(super) products: Vec<String>,
    pub(super) sites: Vec<String>,
    pub(super) at: Timestamp,
}

/// Writes a certificate in the state that it is recorded in; search follows.
pub(super) async fn insert_certificate(tx: &WriteTx, new: NewCertificate<'_>) -> Result<(), DbErr> {
    let row = certificate::ActiveModel {
        id: Set(new.id),
        scheme_code: Set(new.scheme.to_owned()),
        number: Set(new.number.to_owned()),
        issuer_name: Set(new.issuer.to_owned()),
        organization_id: Set(new.organization.uuid()),
        status: Set(new.record.to_owned()),
        valid_from: Set(new.valid_from),
        valid_until: Set(new.valid_until),
        product_codes: Set(json!(new.products)),
        site_names: Set(json!(new.sites)),
        created_at: Set(new.at),
        updated_at: Set(new.at),
        version: Set(1),
    };
    certificate::Entity::insert(row).exec_without_returning(&**tx).await?;
    outbox::append(tx, Topic::Organization, new.organization.uuid(), new.at).await
}
