//! The room's queries. Nothing here decides.

pub(super) mod evidence;
pub(super) mod organizations;
pub(super) mod ownership;
pub(super) mod places;
pub(super) mod registrations;

use uuid::Uuid;

use crate::{accounts::OrganizationId, kernel::Fault};

/// Reads a word that a check constraint or our own code guards.
fn word<T: std::str::FromStr<Err: ToString>>(what: &'static str, text: &str) -> Result<T, Fault> {
    text.parse().map_err(|error: T::Err| Fault::corrupt(what, error))
}

/// Reads a JSON column.
fn json<T: serde::de::DeserializeOwned>(what: &'static str, value: serde_json::Value) -> Result<T, Fault> {
    serde_json::from_value(value).map_err(|error| Fault::corrupt(what, error))
}

/// Writes a JSON column.
fn to_json(what: &'static str, value: &impl serde::Serialize) -> Result<serde_json::Value, Fault> {
    serde_json::to_value(value).map_err(|error| Fault::Internal(format!("{what}: {error}")))
}

fn uuids(organizations: &[OrganizationId]) -> Vec<Uuid> {
    organizations.iter().map(|id| id.uuid()).collect()
}
