//! The room's queries.

pub(super) mod attempts;
pub(super) mod invitations;
pub(super) mod memberships;
pub(super) mod personal;
pub(super) mod platform_roles;
pub(super) mod sessions;
pub(super) mod users;

use sea_orm::sea_query::OnConflict;

use crate::kernel::Fault;

/// Reads a word that a check constraint guards.
fn word<T: std::str::FromStr<Err: ToString>>(what: &'static str, text: &str) -> Result<T, Fault> {
    text.parse().map_err(|error: T::Err| Fault::corrupt(what, error))
}

/// Leaves a row alone that collides with one that is there, in whichever unique constraint.
fn or_nothing() -> OnConflict {
    OnConflict::new().do_nothing().to_owned()
}
