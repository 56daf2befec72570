//! What a credential is, how it is written and signed, and what became of it: no I/O, no clock, no randomness.

mod bitstring;
mod bundle;
pub mod conformity;
mod credential;
mod did;
pub mod jws;
mod keys;
pub mod ownership;
mod shown;
mod status;
pub mod status_list;

pub use bitstring::Bitstring;
pub use bundle::{Bundle, SignedPart, envelope, said};
pub use credential::{Credential, CredentialDraft, CredentialId, CredentialKind, CredentialSchema, Place, payload};
pub use did::Issuer;
pub use keys::{Key, KeyFileError, KeySet, PublicKey};
pub use shown::Shown;
pub use status::{CredentialStatus, LIST_LENGTH, Purpose, Standing, StatusEvent, revoked_from, status_at};
