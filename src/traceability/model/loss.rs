//! Why something of a lot is no more.

use crate::words;

words! {
    /// Why something of a lot is no more.
    LossReason {
        /// It rotted, moulded or was eaten by insects.
        Spoiled = "SPOILED",
        /// It was spilled or broken.
        Spilled = "SPILLED",
        /// It was stolen.
        Stolen = "STOLEN",
        /// It dried: the water that went.
        Dried = "DRIED",
        /// It was taken to be looked at or tasted.
        Sampled = "SAMPLED",
        /// It was eaten or used by those who had it.
        Used = "USED",
        /// It was sold to people who keep no lots.
        Sold = "SOLD",
        /// It was sent and did not arrive.
        InTransit = "IN_TRANSIT",
    }
}
