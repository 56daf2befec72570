//! From the award, or the order from a listing, to the last payment: contracts, deliveries, invoices, payments.
//!
//! A **contract** is in force once all have signed its wording; a change is another wording, and takes force likewise. What
//! is **delivered** is tied to lots and accepted by the buyer; an **invoice** bills what was accepted at the price that was
//! agreed, and nothing else; a **payment** is recorded by the buyer and confirmed by whom it was made to.
//!
//! What holds at any time: never more is billed than was accepted, nor accepted than may be delivered, nor paid than was
//! billed; what is late, in arrears or taken off for lateness follows from days and terms, and nobody types it.

pub mod graphql;
pub mod model;
mod store;

use std::sync::Arc;

pub use model::ids::{ContractDeliveryId, ContractId, ContractLineId, InvoiceId, PaymentMadeId};

use crate::{
    catalog::Catalog, directory::Directory, documents::Documents, kernel::Services, notifications::Notifications,
    procurement::Procurement, traceability::Traceability,
};

/// The room's handle. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Contracts {
    knows: Arc<Known>,
}

/// What the room stands on.
#[derive(Debug)]
struct Known {
    services: Services,
    notifications: Notifications,
    documents: Documents,
    directory: Directory,
    catalog: Catalog,
    traceability: Traceability,
    procurement: Procurement,
}

impl Contracts {
    /// Opens the room.
    #[must_use]
    pub fn new(
        services: Services,
        (notifications, documents): (Notifications, Documents),
        (directory, catalog): (Directory, Catalog),
        (traceability, procurement): (Traceability, Procurement),
    ) -> Self {
        let knows = Known { services, notifications, documents, directory, catalog, traceability, procurement };
        Self { knows: Arc::new(knows) }
    }

    fn services(&self) -> &Services {
        &self.knows.services
    }
}
