//! What became of a credential, and from when on.

use crate::kernel::clock::Timestamp;

/// Bits of a status list: the least that hides a holder among others
/// ([Bitstring Status List](https://www.w3.org/TR/vc-bitstring-status-list/), section 6.1).
pub const LIST_LENGTH: u32 = 131_072;

crate::words! {
    /// What is said of a credential.
    CredentialStatus {
        /// It holds.
        Active = "ACTIVE",
        /// It does not hold for the time being.
        Suspended = "SUSPENDED",
        /// It does not hold any more. For good.
        Revoked = "REVOKED",
    }
}

crate::words! {
    /// What the bits of a status list tell.
    Purpose {
        /// Whether a credential was revoked, which cannot be undone.
        Revocation = "revocation",
        /// Whether a credential is suspended, which can.
        Suspension = "suspension",
    }
}

crate::words! {
    /// Where a credential stands at a moment, its days included.
    Standing {
        /// It holds.
        Valid = "VALID",
        /// Its first day has not come.
        NotYetValid = "NOT_YET_VALID",
        /// Its last day is past.
        Expired = "EXPIRED",
        /// It does not hold for the time being.
        Suspended = "SUSPENDED",
        /// It does not hold any more.
        Revoked = "REVOKED",
    }
}

/// Something that became of a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusEvent {
    /// What.
    pub status: CredentialStatus,
    /// From when on; may lie before or after the time of writing.
    pub effective_at: Timestamp,
    /// When it was written.
    pub recorded_at: Timestamp,
    /// Why, for everybody to read.
    pub reason: String,
}

/// Since when a credential is revoked, by its events in the order of writing: the earliest, where it was said more than once.
#[must_use]
pub fn revoked_from(events: &[StatusEvent]) -> Option<Timestamp> {
    let revoked = events.iter().filter(|event| event.status == CredentialStatus::Revoked);
    revoked.map(|event| event.effective_at).min()
}

/// What is said of a credential as of an instant, by its events in the order of writing. What is revoked stays so; else what
/// took effect last counts, and of two that took effect together what was written last.
#[must_use]
pub fn status_at(events: &[StatusEvent], at: Timestamp) -> CredentialStatus {
    if revoked_from(events).is_some_and(|from| from <= at) {
        return CredentialStatus::Revoked;
    }
    let effective = events.iter().filter(|event| event.effective_at <= at);
    // Of equal ones, `max_by_key` takes the last.
    effective.max_by_key(|event| event.effective_at).map_or(CredentialStatus::Active, |event| event.status)
}
