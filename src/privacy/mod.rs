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
//! Deliberately absent: what belongs to organizations. Certificates, evidence and listings that a person wrote down stay theirs.

mod consent;
mod erase_account;
pub mod graphql;
pub mod model;
mod personal_data;
mod store;

pub use model::{Consent, ConsentId, Purpose};

use crate::{
    accounts::Accounts, alerts::Alerts, documents::Documents, inquiries::Inquiries, kernel::Services,
    notifications::Notifications,
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
}

impl Privacy {
    /// The room, over those that know something of persons.
    #[must_use]
    pub fn new(
        services: Services,
        (accounts, notifications): (Accounts, Notifications),
        (documents, alerts, inquiries): (Documents, Alerts, Inquiries),
    ) -> Self {
        let knows = Known { services, accounts, notifications, documents, alerts, inquiries };
        Self { knows: std::sync::Arc::new(knows) }
    }
}
