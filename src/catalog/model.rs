//! The words and rules of the room: plain types, no I/O, no clock, no randomness.

pub mod card;
pub mod draft;
pub mod grade;
pub mod listing;
pub mod patch;
pub mod product;
pub mod query;
pub mod reservation;
pub mod taxonomy;
mod thousandths;
pub mod unit;

pub use card::{CardParts, ListingCard};
pub use listing::{Listing, ListingAction, ListingId, ListingStatus, ShownStatus};
pub use reservation::{Reservation, ReservationId, ReservationStatus};
