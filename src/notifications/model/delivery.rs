//! A notification on its way to a person outside the product.

use uuid::Uuid;

use super::NotificationId;
use crate::kernel::clock::Timestamp;

crate::words! {
    /// A way to reach a person beside the product itself, in which everything stands.
    Channel {
        /// To her mailbox.
        Email = "EMAIL",
        /// To her phone.
        Sms = "SMS",
    }
}

crate::words! {
    /// Where a delivery stands.
    DeliveryState {
        /// It waits for its time.
        Queued = "QUEUED",
        /// It is being handed over. Written before the first byte leaves, so that no crash sends it twice.
        Sending = "SENDING",
        /// The mail server or the gateway has taken it.
        Sent = "SENT",
        /// It was refused for good, or too often.
        Failed = "FAILED",
        /// It was not to be sent.
        Suppressed = "SUPPRESSED",
        /// Whether it was taken is not known. It is not sent again.
        Unknown = "UNKNOWN",
    }
}

crate::words! {
    /// Why a delivery stands where it does.
    Reason {
        /// She is left alone at this hour.
        QuietHours = "QUIET_HOURS",
        /// She does not want it by this channel.
        OptedOut = "OPTED_OUT",
        /// She gave no e-mail address, or no phone number.
        NoAddress = "NO_ADDRESS",
        /// As many as she wants a day were sent that day.
        DailyLimit = "DAILY_LIMIT",
        /// Her account is not in use.
        RecipientGone = "RECIPIENT_GONE",
        /// The server or the gateway could not be reached, or asked for patience.
        Unreachable = "UNREACHABLE",
        /// The server or the gateway did not take it.
        Refused = "REFUSED",
        /// The server or the gateway broke off, or did not answer in time.
        NoAnswer = "NO_ANSWER",
        /// The process ended while it was handed over.
        Interrupted = "INTERRUPTED",
    }
}

/// A notification on its way by one channel.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its own id; what a gateway may tell repetitions by.
    pub id: Uuid,
    /// What is delivered.
    pub notification: NotificationId,
    /// By which way.
    pub channel: Channel,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why, where there is more to say.
    pub reason: Option<Reason>,
    /// It is not sent before.
    pub due_at: Timestamp,
    /// Since when it stands there.
    pub updated_at: Timestamp,
}
