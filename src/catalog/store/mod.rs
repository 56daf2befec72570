//! The room's queries. Nothing here decides; what a reader may see comes in as a [`Scope`](super::model::query::Scope).
//!
//! The statements are plain SQL that both databases read alike, with numbered parameters, and their text depends only
//! on which filters are set: so each is prepared once a connection. Columns are read by position.

pub(super) mod importing;
pub(super) mod organizations;
pub(super) mod pages;
pub(super) mod reference;
pub(super) mod reservations;
pub(super) mod row;
pub(super) mod rows;
pub(super) mod versions;
