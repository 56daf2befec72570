//! Lots: physical quantities of a product.

use serde::Serialize;

use super::ids::{EventId, LotId};
use crate::{accounts::OrganizationId, kernel::clock::Timestamp, words};

words! {
    /// How what was certified is kept apart from what was not, on the way to a lot (ISO 22095:2020, section 5). From the
    /// strongest to the weakest; of several inputs the weakest counts.
    CustodyModel {
        /// From one source, and kept apart from all others.
        IdentityPreserved = "IDENTITY_PRESERVED",
        /// From several sources that have the same characteristics.
        Segregated = "SEGREGATED",
        /// From sources with and without the characteristics, in a known proportion.
        ControlledBlending = "CONTROLLED_BLENDING",
        /// From sources with and without, in a proportion known only over a time.
        MassBalance = "MASS_BALANCE",
    }
}

words! {
    /// Where a lot is in its life. That nothing is left of it, or that it is held, is told beside it.
    LotStatus {
        /// It is with its organization.
        Available = "AVAILABLE",
        /// It was sent, and has not arrived.
        InTransit = "IN_TRANSIT",
        /// The event that made it was declared an error.
        Void = "VOID",
    }
}

/// A physical quantity of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lot {
    /// The lot.
    pub id: LotId,
    /// What stands on its label.
    pub code: String,
    /// The product, by its code.
    pub product: String,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Who made it.
    pub maker: OrganizationId,
    /// Who is to receive it, while it is under way.
    pub destination: Option<OrganizationId>,
    /// Where it was made, by the place's code.
    pub place: Option<String>,
    /// Its grade, as it was found.
    pub grade: Option<String>,
    /// What it weighed when it was made, in grams.
    pub grams: i64,
    /// What is left of it, in grams.
    pub left: i64,
    /// What of the rest is held for buyers, in grams.
    pub reserved: i64,
    /// The chain of custody.
    pub custody: CustodyModel,
    /// Where it is in its life.
    pub status: LotStatus,
    /// How many open reasons hold it.
    pub holds: i64,
    /// Whether more came out than its rule of yield allows, with a signed reason.
    pub waived: bool,
    /// The event that made it.
    pub made_by: EventId,
    /// When it was made.
    pub made_at: Timestamp,
    /// When something happened to it last.
    pub touched_at: Timestamp,
    /// When it was recorded.
    pub created_at: Timestamp,
}

/// Which lots of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotFilter {
    /// Whose they are, or who is to receive them.
    pub organization: OrganizationId,
    /// Those of this product.
    pub product: Option<String>,
    /// Those in this state.
    pub status: Option<LotStatus>,
    /// Those that are held, or are not.
    pub held: Option<bool>,
    /// Those of which something is left, or nothing is.
    pub left: Option<bool>,
}
