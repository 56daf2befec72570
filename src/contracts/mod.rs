//! From the award, or the order from a listing, to the last payment: contracts, deliveries, invoices, payments.
//!
//! A **contract** is in force once all have signed its wording; a change is another wording, and takes force likewise. What
//! is **delivered** is tied to lots and accepted by the buyer; an **invoice** bills what was accepted at the price that was
//! agreed, and nothing else; a **payment** is recorded by the buyer and confirmed by whom it was made to.
//!
//! What holds at any time: never more is billed than was accepted, nor accepted than may be delivered, nor paid than was
//! billed; what is late, in arrears or taken off for lateness follows from days and terms, and nobody types it. Whoever changes
//! something under a contract holds its lock, so that two never decide on the same state; each change stands in the hash chain of
//! the contract's process.

mod access;
mod award_in_force;
mod cancel_delivery;
mod change_contract;
mod confirm_payment;
mod create_direct_order;
mod decide_invoice;
mod dispatch_delivery;
mod dossier;
mod examine;
mod expire_orders;
pub mod graphql;
mod journal;
mod lookups;
pub mod model;
mod overdue;
mod personal;
mod receive_delivery;
mod record_payment;
mod schedule_delivery;
mod sign_contract;
mod store;
mod submit_invoice;
mod tell;
mod terminate_contract;
mod trail;

use std::sync::Arc;

pub use award_in_force::AwardedContracts;
pub use cancel_delivery::CancelDelivery;
pub use change_contract::{ChangeContract, ChangedLine, EarlyPayment};
pub use confirm_payment::ConfirmPayment;
pub use create_direct_order::CreateDirectOrder;
pub use decide_invoice::DecideInvoice;
pub use dispatch_delivery::DispatchDelivery;
pub use dossier::{FORMAT as DOSSIER_FORMAT, verify as verify_dossier};
pub use examine::{Inconsistencies, examine};
pub use lookups::{CONTRACTS, contract_key};
pub use model::{
    contract::{Contract, Line, Supplier},
    delivery::{DeliveredLot, Delivery},
    ids::{ContractDeliveryId, ContractId, ContractLineId, InvoiceId, PaymentMadeId},
    invoice::{Invoice, InvoiceLine, Payment},
    query::ContractFilter,
    states::{ContractStatus, DeliveryStatus, InvoiceStatus, PaymentStatus},
    wording::{Signature, Version},
};
pub use receive_delivery::{AcceptDelivery, ReceiveDelivery};
pub use record_payment::RecordPayment;
pub use schedule_delivery::ScheduleDelivery;
pub use sign_contract::SignContract;
pub use submit_invoice::{BilledLine, SubmitInvoice};
pub use terminate_contract::TerminateContract;

use crate::{
    catalog::Catalog,
    directory::Directory,
    documents::Documents,
    kernel::{Fault, Services},
    notifications::Notifications,
    procurement::Procurement,
    traceability::Traceability,
};
use model::terms::OrderTerms;

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
    /// The terms of orders from listings.
    order_terms: Vec<OrderTerms>,
}

impl Contracts {
    /// Opens the room.
    ///
    /// # Errors
    /// When the embedded terms are not well-formed.
    pub fn new(
        services: Services,
        (notifications, documents): (Notifications, Documents),
        (directory, catalog): (Directory, Catalog),
        (traceability, procurement): (Traceability, Procurement),
    ) -> Result<Self, Fault> {
        let order_terms = model::terms::embedded().map_err(|error| Fault::Internal(error.to_string()))?;
        let knows =
            Known { services, notifications, documents, directory, catalog, traceability, procurement, order_terms };
        Ok(Self { knows: Arc::new(knows) })
    }

    fn services(&self) -> &Services {
        &self.knows.services
    }

    /// The present day in Mali.
    #[must_use]
    pub fn today(&self) -> chrono::NaiveDate {
        self.services().clock.today()
    }
}
