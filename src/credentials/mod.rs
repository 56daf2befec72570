//! Signed statements that anybody can check without asking us: W3C verifiable credentials, the keys they are signed with,
//! and what became of each.
//!
//! The room knows neither certificates nor ownership: whoever has something to state hands over what the credential says
//! ([`CredentialDraft`]) and about which subject, in the transaction in which it became true ([`Credentials::issue`]). So
//! verifying a certificate and issuing its credential is one step, and so are taking it back and the bit that tells of it
//! ([`Credentials::set_status`]).
//!
//! What holds at any time: a credential has a place of its own in a status list, which is never given again; of a subject
//! at most one credential of a kind stands, and its successor takes it back; a status is appended and never changed, so
//! that a list can be had as of any time; what was revoked stays revoked; every key that ever signed stays in the DID
//! document, its private half in one file and nowhere else.
//!
//! Credentials are public statements. They are shown to everybody whatever became of their holder, also while her
//! organization is suspended: what was stated stays stated, and what became of it is its status.
//!
//! Deliberately absent: an audit entry of its own. The entry of what led to a credential, in the same transaction, names it.

mod check_keys;
pub mod graphql;
mod issue;
mod key_ring;
mod lookups;
pub mod model;
mod put_together;
mod rotate_key;
mod set_status;
mod sign_list;
mod sign_statement;
mod store;

use std::{path::PathBuf, sync::Arc};

pub use check_keys::check_keys;
pub use model::{
    Credential, CredentialDraft, CredentialId, CredentialKind, CredentialSchema, CredentialStatus, Standing,
    StatusEvent,
};
pub use rotate_key::Rotated;
pub use sign_list::SignedList;
pub use sign_statement::statement_keys;

use self::{key_ring::KeyRing, model::Issuer, sign_list::SignedLists};
use crate::kernel::{Fault, Services};

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How the outside reaches the service, without a slash at the end. The issuer's name follows from it.
    pub public_url: String,
    /// The file with the private keys.
    pub key_file: PathBuf,
}

/// The room's handle. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Credentials {
    knows: Arc<Known>,
}

/// What the room stands on.
#[derive(Debug)]
struct Known {
    services: Services,
    issuer: Issuer,
    keys: KeyRing,
    lists: SignedLists,
}

impl Credentials {
    /// Opens the room. Makes the first key where there is none; the caller holds the lock that keeps two starting processes
    /// apart.
    ///
    /// # Errors
    /// When the key file cannot be read or made, or the database refuses.
    pub async fn start(services: Services, settings: &Settings) -> Result<Self, Fault> {
        let issuer = Issuer::of(&settings.public_url);
        let keys = key_ring::open(settings.key_file.clone())?;
        let credentials = Self { knows: Arc::new(Known { services, issuer, keys, lists: SignedLists::default() }) };
        let keys = credentials.knows.keys.read()?;
        let tx = credentials.knows.services.db.begin().await?;
        store::keys::register(&tx, &keys, credentials.knows.services.now()).await?;
        tx.commit().await?;
        Ok(credentials)
    }

    /// Who issues.
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.knows.issuer
    }
}
