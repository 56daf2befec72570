//! Stock held for a buyer for a while.

use std::str::FromStr;

use chrono::TimeDelta;

use super::ListingId;
use crate::{
    accounts::{OrganizationId, UserId},
    define_id,
    kernel::{ErrorCode, UserError, clock::Timestamp, quantity::Quantity},
};

define_id!(
    /// Identifies a reservation of stock.
    pub ReservationId = "reservation"
);

/// How long stock is held when nobody says.
pub const HELD_DEFAULT: TimeDelta = TimeDelta::hours(48);
/// How long stock is held at most: a buyer who needs longer orders.
pub const HELD_MAX: TimeDelta = TimeDelta::days(14);

/// What became of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReservationStatus {
    /// The stock is kept for the buyer.
    Held,
    /// The buyer or the seller gave it free.
    Released,
    /// The buyer took it.
    Fulfilled,
    /// Its time ran out.
    Expired,
}

impl ReservationStatus {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Held, Self::Released, Self::Fulfilled, Self::Expired];

    /// The state as it is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "HELD",
            Self::Released => "RELEASED",
            Self::Fulfilled => "FULFILLED",
            Self::Expired => "EXPIRED",
        }
    }
}

impl FromStr for ReservationStatus {
    type Err = super::listing::UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|status| status.as_str() == text);
        found.ok_or_else(|| super::listing::UnknownStatus(text.to_owned()))
    }
}

/// A quantity of a listing that is held for a buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// The reservation.
    pub id: ReservationId,
    /// Of which listing.
    pub listing: ListingId,
    /// For whom.
    pub organization: OrganizationId,
    /// How much, in the unit that the listing had when it was reserved.
    pub quantity: Quantity,
    /// What became of it.
    pub status: ReservationStatus,
    /// Held until here at the longest.
    pub expires_at: Timestamp,
    /// Who reserved.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it stopped being held.
    pub ended_at: Option<Timestamp>,
}

/// Until when stock is held: the asked instant within the limits, or [`HELD_DEFAULT`] from now.
///
/// # Errors
/// [`ErrorCode::OutOfRange`] when the instant lies in the past or beyond [`HELD_MAX`].
pub fn held_until(asked: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, UserError> {
    let latest = now + HELD_MAX;
    match asked {
        None => Ok(now + HELD_DEFAULT),
        Some(until) if until > now && until <= latest => Ok(crate::kernel::clock::truncated(until)),
        Some(_) => Err(UserError::new(ErrorCode::OutOfRange, ["input", "expiresAt"])
            .with("minimum", now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
            .with("maximum", latest.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_is_held_for_two_days_and_never_longer_than_two_weeks() {
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        assert_eq!(held_until(None, now), Ok(now + TimeDelta::hours(48)));
        assert_eq!(held_until(Some(now + TimeDelta::days(14)), now), Ok(now + TimeDelta::days(14)));
        for refused in [now, now - TimeDelta::seconds(1), now + TimeDelta::days(14) + TimeDelta::microseconds(1)] {
            assert_eq!(held_until(Some(refused), now).unwrap_err().code, ErrorCode::OutOfRange);
        }
    }
}
