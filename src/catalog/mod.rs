//! What is traded: products in their tree, the units they are counted in and what those weigh, the grades that follow
//! from measurements, and the listings by which organizations offer them.
//!
//! A **listing** is an offer of one product by one organization. Its stored state is `DRAFT`, `PUBLISHED`, `PAUSED` or
//! `ARCHIVED`; that a published one is sold out or expired is derived when it is shown. It is published only with a
//! price, a quantity and a place, and stays so while it is published. Every change of offer or state keeps a version,
//! an audit entry and an outbox message in its own transaction.
//!
//! **Stock** is reserved by one conditional update: `0 ≤ reserved ≤ quantity` holds whatever the concurrency, and the
//! database checks it besides.
//!
//! A listing is shown with up to eight **pictures**, which are documents that everybody may see.
//!
//! Prices a kilogram, weights, regions and grades are **derived** and never stored as typed. Products, units and
//! conversions are embedded files that say where each row comes from; the tables are a copy for foreign keys.
//!
//! Deliberately absent: certificates and claims (the certification room), words and ranking (search), orders.

mod access;
mod archive_listing;
mod create_listing;
mod derive_again;
mod expire_reservations;
mod for_lots;
pub mod graphql;
mod import_listings;
mod listings;
mod lots;
pub mod model;
mod pause_listing;
mod publish_listing;
mod release_reservation;
mod reserve_stock;
mod set_listing_images;
mod store;
mod sync_reference;
mod update_listing;
mod visibility;

use std::sync::Arc;

pub use access::PUBLISHED;
pub use archive_listing::ArchiveListing;
pub use create_listing::CreateListing;
pub use for_lots::HeldStock;
pub use import_listings::{ImportListings, ImportReport, ImportedRow, RowOutcome, RowProblem};
pub use lots::{LotKeeper, NoLots};
pub use model::{CardParts, Listing, ListingCard, ListingId, ListingStatus, Reservation, ReservationId};
pub use pause_listing::PauseListing;
pub use publish_listing::PublishListing;
pub use release_reservation::ReleaseReservation;
pub use reserve_stock::ReserveStock;
pub use set_listing_images::SetListingImages;
pub use store::versions::Version;
pub use update_listing::UpdateListing;

use crate::{
    directory::{Directory, model::gazetteer::Gazetteer},
    documents::Documents,
    kernel::{Fault, Outcome, Services, together::Together},
};
use model::{draft::Reference, taxonomy::Taxonomy};

/// The room's handle. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Catalog {
    knows: Arc<Known>,
}

/// What the room stands on.
#[derive(Debug)]
struct Known {
    services: Services,
    directory: Directory,
    documents: Documents,
    taxonomy: Arc<Taxonomy>,
    lots: Arc<dyn LotKeeper>,
    by_id: Together<store::rows::ById>,
}

impl Catalog {
    /// Opens the room: reads the embedded reference data and brings the tables up to date with it. Call with the startup
    /// lock held, after the directory has done the same. `lots` keeps the lots that listings offer.
    ///
    /// # Errors
    /// When the embedded data are not well-formed or the database refuses.
    pub async fn start(
        services: Services,
        directory: Directory,
        documents: Documents,
        lots: Arc<dyn LotKeeper>,
    ) -> Outcome<Self> {
        let taxonomy = Taxonomy::embedded().map_err(|error| Fault::Internal(error.to_string()))?;
        let by_id = Together::over(&services.db, store::rows::ById(services.db.clone()));
        let knows = Known { services, directory, documents, taxonomy: Arc::new(taxonomy), lots, by_id };
        let catalog = Self { knows: Arc::new(knows) };
        catalog.sync_reference().await?;
        Ok(catalog)
    }

    /// Products, units, conversions and grades.
    #[must_use]
    pub fn taxonomy(&self) -> &Arc<Taxonomy> {
        &self.knows.taxonomy
    }

    fn reference<'r>(&'r self, gazetteer: &'r Gazetteer) -> Reference<'r> {
        Reference { taxonomy: &self.knows.taxonomy, gazetteer, today: self.knows.services.clock.today() }
    }
}
