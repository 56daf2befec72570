//! Identifiers: UUIDv7 in the database, `listing_01h455vb4pex5vsknk084sn02q` on the wire.
//!
//! The wire form is a [TypeID](https://github.com/jetify-com/typeid): the type's prefix, an underscore, and the 128 bits
//! in Crockford's base 32, lower case. It says what it names, survives a double click, sorts by creation time,
//! and an id of the wrong type is told apart before any query runs.

use std::sync::{Arc, Mutex, PoisonError};

use uuid::{ContextV7, Uuid};

use super::clock::Clock;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const SUFFIX_LENGTH: usize = 26;

/// Why a text is not the identifier that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is not an identifier of this service at all.
    #[error("not an identifier of this service")]
    Malformed,
    /// The text is an identifier, of something else.
    #[error("identifies a {found}, where a {expected} is needed")]
    WrongType {
        /// The prefix that was asked for.
        expected: &'static str,
        /// The prefix that was given.
        found: String,
    },
}

/// Splits a wire id into its type prefix and its UUID.
///
/// # Errors
/// [`IdError::Malformed`] when the text has no prefix, a suffix of another length, a character outside the
/// alphabet, or more than 128 bits.
pub fn decode(text: &str) -> Result<(&str, Uuid), IdError> {
    let (prefix, suffix) = text.rsplit_once('_').ok_or(IdError::Malformed)?;
    if prefix.is_empty() || suffix.len() != SUFFIX_LENGTH {
        return Err(IdError::Malformed);
    }
    let mut bits: u128 = 0;
    for (position, byte) in suffix.bytes().enumerate() {
        let digit = ALPHABET.iter().position(|letter| *letter == byte).ok_or(IdError::Malformed)? as u128;
        // 26 digits of five bits hold 130: the first may only use three of its own.
        if position == 0 && digit > 7 {
            return Err(IdError::Malformed);
        }
        bits = (bits << 5) | digit;
    }
    Ok((prefix, Uuid::from_u128(bits)))
}

/// Writes the wire form of a UUID under a type prefix.
#[must_use]
pub fn encode(prefix: &str, uuid: Uuid) -> String {
    let mut text = String::with_capacity(prefix.len() + 1 + SUFFIX_LENGTH);
    text.push_str(prefix);
    text.push('_');
    let bits = uuid.as_u128();
    for position in (0..SUFFIX_LENGTH).rev() {
        let digit = (bits >> (5 * position)) & 31;
        text.push(char::from(ALPHABET[digit as usize]));
    }
    text
}

/// Makes new identifiers. Ids are arguments like time is, so that a seed or a test can repeat them.
pub trait IdSource: Send + Sync + 'static {
    /// A UUID that was never given before, sortable by when it was given.
    fn next_uuid(&self) -> Uuid;
}

/// UUIDv7 from a clock: increasing within a process even where the clock stands still.
pub struct UuidV7Source {
    clock: Arc<dyn Clock>,
    context: Mutex<ContextV7>,
}

impl UuidV7Source {
    /// A source that reads `clock`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, context: Mutex::new(ContextV7::new()) }
    }
}

impl IdSource for UuidV7Source {
    fn next_uuid(&self) -> Uuid {
        let now = self.clock.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        let context = self.context.lock().unwrap_or_else(PoisonError::into_inner);
        Uuid::new_v7(uuid::Timestamp::from_unix(&*context, seconds, now.timestamp_subsec_nanos()))
    }
}

/// Declares the identifier type of one kind of thing.
///
/// ```ignore
/// define_id!(/// Identifies a listing.
///            pub ListingId = "listing");
/// ```
#[macro_export]
macro_rules! define_id {
    ($(#[$doc:meta])* $vis:vis $name:ident = $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis struct $name(::uuid::Uuid);

        impl $name {
            /// What the wire form begins with.
            $vis const PREFIX: &'static str = $prefix;

            /// Takes the raw UUID of a row of this kind.
            #[must_use]
            $vis const fn from_uuid(uuid: ::uuid::Uuid) -> Self {
                Self(uuid)
            }

            /// The raw UUID, as the database keeps it.
            #[must_use]
            $vis const fn uuid(self) -> ::uuid::Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&$crate::kernel::id::encode(Self::PREFIX, self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::kernel::id::IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let (prefix, uuid) = $crate::kernel::id::decode(text)?;
                if prefix != Self::PREFIX {
                    return Err($crate::kernel::id::IdError::WrongType {
                        expected: Self::PREFIX,
                        found: prefix.to_owned(),
                    });
                }
                Ok(Self(uuid))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    define_id!(
        /// For the tests below.
        SackId = "sack"
    );

    #[test]
    fn the_published_typeid_vectors_hold() {
        let uuid: Uuid = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        assert_eq!(encode("prefix", uuid), "prefix_01h455vb4pex5vsknk084sn02q");
        assert_eq!(encode("x", Uuid::max()), "x_7zzzzzzzzzzzzzzzzzzzzzzzzz");
    }

    #[test]
    fn an_id_of_another_type_is_named() {
        let other = encode("listing", Uuid::max());
        assert_eq!(other.parse::<SackId>(), Err(IdError::WrongType { expected: "sack", found: "listing".into() }));
    }

    #[test]
    fn ids_grow_while_the_clock_stands_still() {
        let clock = Arc::new(crate::kernel::clock::ManualClock::at(chrono::DateTime::UNIX_EPOCH));
        let source = UuidV7Source::new(clock);
        let ids: Vec<_> = (0..2_000).map(|_| source.next_uuid()).collect();
        assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]));
    }

    proptest! {
        #[test]
        fn every_uuid_survives_the_wire(bits: u128) {
            let id = SackId::from_uuid(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<SackId>(), Ok(id));
            prop_assert_eq!(id.uuid().as_u128(), bits);
        }

        #[test]
        fn any_text_is_decoded_or_refused(text in ".{0,64}") {
            if let Ok((prefix, uuid)) = decode(&text) {
                prop_assert_eq!(encode(prefix, uuid), text);
            }
        }
    }
}
