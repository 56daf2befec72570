//! Marketplaces to try things on: a small one that a person believes (`bfw serve --demo`), and large ones that are always
//! the same for the same seed (`bfw seed`).
//!
//! The small one goes through the use cases like everybody's, so it is held to every rule, audited and indexed. The large ones
//! are written straight in batches, past them.

mod fixture;
mod harvest;
mod load;
mod seed;
mod store;

pub use load::{DemoAccount, Loaded, PASSWORD};
pub use seed::{SeedPlan, Seeded};

use crate::{
    accounts::Accounts,
    catalog::Catalog,
    certification::Certification,
    directory::Directory,
    kernel::{Fault, Outcome, Services},
    traceability::Traceability,
};

/// The rooms that a marketplace is made in.
#[derive(Debug, Clone, Copy)]
pub struct Rooms<'a> {
    /// The database, the time, new ids.
    pub services: &'a Services,
    /// Who is acting.
    pub accounts: &'a Accounts,
    /// Organizations, places, ownership.
    pub directory: &'a Directory,
    /// Products, units, listings.
    pub catalog: &'a Catalog,
    /// Schemes and certificates.
    pub certification: &'a Certification,
    /// Producers, lots and what happened to them.
    pub traceability: &'a Traceability,
    /// What identifiers of procurement processes begin with.
    pub ocds_prefix: &'a str,
}

/// Whether the small marketplace may be loaded here: into an empty database, or one that holds it already. It makes an
/// administrator with a password that everybody can read.
///
/// # Errors
/// When the database cannot answer.
pub async fn may_be_loaded(services: &Services) -> Result<bool, Fault> {
    Ok(store::mark(&services.db).await? != store::Mark::InUse)
}

/// Loads the small marketplace, once. `progress` is told how many of how many steps are done; nothing where it was loaded
/// before.
///
/// A load that was cut short goes on where it stopped.
///
/// # Errors
/// When the database refuses or is in use (see [`may_be_loaded`]), or an account of the demo is there with another password.
pub async fn load<'a>(rooms: impl Into<Rooms<'a>>, progress: impl Fn(u64, u64)) -> Outcome<Loaded> {
    load::load(rooms.into(), progress).await
}

/// Writes the large marketplace of a plan. `progress` is told how many organizations, listings and contracts are written so far.
///
/// What is there already stays, so an interrupted seed is finished by the same command. The search index is not told: build it
/// afterwards.
///
/// # Errors
/// When the database refuses; what was written until then stays.
pub async fn seed<'a>(rooms: impl Into<Rooms<'a>>, plan: &SeedPlan, progress: impl Fn(u64)) -> Outcome<Seeded> {
    let rooms = rooms.into();
    let gazetteer = rooms.directory.gazetteer();
    seed::write(rooms.services, rooms.catalog.taxonomy(), &gazetteer, rooms.ocds_prefix, *plan, progress).await
}

/// Whether the database holds organizations that no seed made: those have people.
///
/// # Errors
/// When the database refuses.
pub async fn is_inhabited(services: &Services) -> Outcome<bool> {
    Ok(store::is_inhabited(&services.db).await?)
}

#[cfg(test)]
mod tests;
