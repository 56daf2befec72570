//! Who can answer what is asked: a request held against sellers, a seller against requests, and a request that is not
//! published yet against everybody.
//!
//! Nothing here is stored. A seller passes a lot's criteria or fails them, and for each that she fails she is told the
//! nearest way to pass: offer 400 kg more, renew a certificate that runs out in 12 days. Before publishing, an officer sees
//! how many verified suppliers her lots would leave out, and what smaller ones would change.

mod candidates;
mod consortium_suggestions;
pub mod graphql;
mod matching_requests;
mod matching_sellers;
pub mod model;
mod preview_barriers;
mod store;

pub use candidates::LISTINGS_MAX;
pub use consortium_suggestions::{AskConsortium, Suggestion};
pub use matching_requests::{REQUESTS_MAX, RequestMatch};
pub use matching_sellers::{AskSellers, SellerMatch, SellerMatches};
pub use preview_barriers::{Barriers, LotBarriers, PreviewBarriers};

use std::sync::Arc;

use crate::{
    catalog::{Catalog, model::taxonomy::Taxonomy},
    certification::Certification,
    directory::Directory,
    kernel::Services,
    procurement::Procurement,
};

/// The room's handle. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Matching {
    services: Services,
    directory: Directory,
    catalog: Catalog,
    certification: Certification,
    procurement: Procurement,
}

impl Matching {
    /// Opens the room.
    #[must_use]
    pub fn new(
        services: Services,
        (directory, catalog, certification): (Directory, Catalog, Certification),
        procurement: Procurement,
    ) -> Self {
        Self { services, directory, catalog, certification, procurement }
    }

    /// Products, units and what those weigh.
    #[must_use]
    pub fn taxonomy(&self) -> &Arc<Taxonomy> {
        self.catalog.taxonomy()
    }
}
