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
