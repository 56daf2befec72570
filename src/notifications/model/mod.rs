//! What a notification, its deliveries and a person's wishes are, and the rules over them: no I/O, no clock, no randomness.

mod delivery;
mod message;
mod preference;

pub use delivery::{Channel, Delivery, DeliveryState, Reason};
pub use message::{Mail, Notice, NoticeKind, Notification, Sms};
pub use preference::{Decision, Preferences, QuietHours, Reach, decide, hour};

use crate::{accounts::OpaqueToken, define_id};

/// The token in a message that stops further ones: 128 random bits, short enough for an SMS. Each message has one of its
/// own, of which only the hash is kept.
pub type OptOutToken = OpaqueToken<16>;

define_id!(
    /// Identifies a notification.
    pub NotificationId = "notification"
);

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
            type Err = $crate::notifications::model::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.iter().find(|value| value.as_str() == text);
                known.copied().ok_or_else(|| $crate::notifications::model::UnknownWord(text.to_owned()))
            }
        }
    };
}
use words;
