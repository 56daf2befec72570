//! The database schema, one hand-written change a file, for PostgreSQL and SQLite alike.
//!
//! A migration is one text of plain SQL in PostgreSQL's spelling; `ddl` respells the few words SQLite knows by
//! other names. Each runs in one transaction on both databases, so a migration that fails leaves nothing behind.
//! Changes only go forward: first expand (new tables, new nullable columns), a release later contract. There is
//! deliberately no way down: a database is brought back by restoring a backup, never by guessing what a row was.
//!
//! The caller holds the lock that keeps two starting processes apart, see `kernel::db` of the `bfw` crate.

mod ddl;

mod m20261101_000001_accounts;
mod m20261101_000002_directory;
mod m20261101_000003_catalog;
mod m20261101_000004_certification;
mod m20261101_000005_platform;
mod m20261124_000007_search_rebuilds;
mod m20261124_000008_notifications;
mod m20261124_000009_alerts;
mod m20261126_000010_documents;
mod m20261126_000011_credentials;
mod m20261126_000012_proof;
mod m20261126_000013_privacy;
mod m20261126_000014_traceability;
mod m20261126_000015_procurement;
mod m20261126_000016_inquiries;
mod m20261126_000017_market_prices;
mod m20261127_000018_sealed_documents;
mod m20261127_000019_events;
mod m20261127_000020_attempts;

use sea_orm_migration::MigrationTrait;
pub use sea_orm_migration::MigratorTrait;

/// Every change to the schema, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261101_000001_accounts::CHANGE),
            Box::new(m20261101_000002_directory::CHANGE),
            Box::new(m20261101_000003_catalog::CHANGE),
            Box::new(m20261101_000004_certification::CHANGE),
            Box::new(m20261101_000005_platform::CHANGE),
            Box::new(m20261124_000007_search_rebuilds::CHANGE),
            Box::new(m20261124_000008_notifications::CHANGE),
            Box::new(m20261124_000009_alerts::CHANGE),
            Box::new(m20261126_000010_documents::CHANGE),
            Box::new(m20261126_000011_credentials::CHANGE),
            Box::new(m20261126_000012_proof::CHANGE),
            Box::new(m20261126_000013_privacy::CHANGE),
            Box::new(m20261126_000014_traceability::CHANGE),
            Box::new(m20261126_000015_procurement::CHANGE),
            Box::new(m20261126_000016_inquiries::CHANGE),
            Box::new(m20261126_000017_market_prices::CHANGE),
            Box::new(m20261127_000018_sealed_documents::CHANGE),
            Box::new(m20261127_000019_events::CHANGE),
            Box::new(m20261127_000020_attempts::CHANGE),
        ]
    }
}
