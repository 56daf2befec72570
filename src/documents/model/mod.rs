//! What a document is, who may see it, and what may be one: no I/O, no clock, no randomness.

mod document;
mod media;
mod upload;

pub use document::{Document, DocumentState, NewDocument, Rendition, RenditionName, Sight, Visibility};
pub use media::MediaType;
pub use upload::{CheckedFile, FILE_BYTES_MAX, check_file};

use crate::define_id;

define_id!(
    /// Identifies a document.
    pub DocumentId = "document"
);

/// The stored word is none of those that there are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such word here: {0}")]
pub struct UnknownWord(String);

/// Declares an enum whose values are kept as words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        pub enum $name {
            $($(#[$value_doc])* #[serde(rename = $word)] $value,)*
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
            type Err = $crate::documents::model::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.iter().find(|value| value.as_str() == text);
                known.copied().ok_or_else(|| $crate::documents::model::UnknownWord(text.to_owned()))
            }
        }
    };
}
use words;
