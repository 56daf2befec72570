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

/// The stored word is none of those that there are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such word here: {0}")]
pub struct UnknownWord(String);

/// Declares an enum whose values are kept as words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$value_doc])* $value,)*
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$value,)*];

            /// As it is stored.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$value => $word,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::credentials::model::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.iter().find(|value| value.as_str() == text);
                known.copied().ok_or_else(|| $crate::credentials::model::UnknownWord(text.to_owned()))
            }
        }
    };
}
use words;
