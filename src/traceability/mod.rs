//! From the bag on a shelf back to the women who grew it: producers and plots, lots, and what happened to them.
//!
//! A **producer** delivers to an organization; she is no user. A **lot** is a physical quantity of a product, counted by its
//! mass in grams. Whatever happens to lots is an **event**: EPCIS 2.0, appended to the chain of the organization that
//! recorded it and never changed. A wrong event is declared an error by a later one and, where it can be, taken back.
//!
//! What holds at any time: of a lot never more is taken than is there; what comes out of a step is no more than went in times
//! the rule of yield, or a signed reason says why; a lot is made before it is used, and made of nothing that it was made into;
//! what is held does not move; each event follows from the one before it by its hash; the database itself refuses to change
//! or remove an event.
//!
//! **Derived**, and stored nowhere: the share that women grew, the share that producers confirmed, and what may be claimed of
//! a lot. A claim only ever weakens on the way down.
//!
//! No name stands in what is hashed: events call a producer by a pseudonym that was drawn at random, so that she can be
//! forgotten and no chain breaks.

pub mod graphql;
mod journey;
pub mod model;
mod store;

use std::sync::Arc;

use crate::{
    catalog::{Catalog, model::taxonomy::Taxonomy},
    certification::Certification,
    credentials::Credentials,
    directory::Directory,
    kernel::Services,
    notifications::Notifications,
};
pub use model::ids::{CaptureId, EventId, LotId, PaymentId, PlotId, ProducerId, RecallId};

/// The room's handle. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Traceability {
    knows: Arc<Known>,
}

/// What the room stands on.
#[derive(Debug)]
struct Known {
    services: Services,
    notifications: Notifications,
    credentials: Credentials,
    directory: Directory,
    catalog: Catalog,
    certification: Certification,
    /// How the outside reaches the service, without a slash at the end: what identifiers of lots begin with.
    public_url: String,
}

impl Traceability {
    /// Opens the room.
    #[must_use]
    pub fn new(
        services: Services,
        (notifications, credentials): (Notifications, Credentials),
        (directory, catalog, certification): (Directory, Catalog, Certification),
        public_url: String,
    ) -> Self {
        let knows = Known { services, notifications, credentials, directory, catalog, certification, public_url };
        Self { knows: Arc::new(knows) }
    }

    fn services(&self) -> &Services {
        &self.knows.services
    }

    fn taxonomy(&self) -> &Arc<Taxonomy> {
        self.knows.catalog.taxonomy()
    }
}
