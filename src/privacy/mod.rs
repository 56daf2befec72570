//! What the marketplace knows of a person, what she agreed to, and her right to take it with her and to have it forgotten.
//!
//! A person reads everything that is kept of her in one answer ([`Privacy::personal_data`]), and can have her account erased
//! ([`Privacy::erase_account`]): each room forgets its part in one transaction, and what remains is a row without a name, a
//! number or an address, which audit entries and hash chains go on pointing to. They never held more than its id.
//!
//! **Consent** is asked for what the service does not need to do its work, purpose by purpose, and is kept with the words that
//! were agreed to and the times; it is taken back as easily as it was given.
//!
//! What holds at any time: for each purpose at most one consent of a person stands; an organization does not lose its last owner
//! to an erasure; nothing of an erased person can be found by her phone, her address or her name.
//!
//! Of procurement it tells what stands there under her name: requests, questions, opened bids, scores, decisions, appeals, awards,
//! signatures, invoices and payments. Left out is what cannot be told or found: who submitted a bid that was not opened is told by
//! no row, nor is who withdrew one; and signatures for organizations that she has left are kept by organization alone. Nothing of it
//! is erased with her account: it proves what was agreed and decided, and names her by an id that leads nowhere then.
//!
//! Deliberately absent: what belongs to organizations. Certificates, evidence and listings that a person wrote down stay theirs.

mod consent;
mod erase_account;
pub mod graphql;
pub mod model;
mod personal_data;
mod store;

pub use model::{Consent, ConsentId, Purpose};

use crate::{
    accounts::Accounts, alerts::Alerts, contracts::Contracts, documents::Documents, inquiries::Inquiries,
    kernel::Services, notifications::Notifications, procurement::Procurement,
};

/// The room's handle. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Privacy {
    knows: std::sync::Arc<Known>,
}

/// The rooms that know something of persons.
#[derive(Debug)]
struct Known {
    services: Services,
    accounts: Accounts,
    notifications: Notifications,
    documents: Documents,
    alerts: Alerts,
    inquiries: Inquiries,
    procurement: Procurement,
    contracts: Contracts,
}

impl Privacy {
    /// The room, over those that know something of persons.
    #[must_use]
    pub fn new(
        services: Services,
        (accounts, notifications): (Accounts, Notifications),
        (documents, alerts, inquiries): (Documents, Alerts, Inquiries),
        (procurement, contracts): (Procurement, Contracts),
    ) -> Self {
        let knows = Known { services, accounts, notifications, documents, alerts, inquiries, procurement, contracts };
        Self { knows: std::sync::Arc::new(knows) }
    }
}
