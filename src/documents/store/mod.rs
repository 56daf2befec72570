//! The room's queries. Nothing here decides.

pub(super) mod blobs;
pub(super) mod changes;
pub(super) mod documents;
pub(super) mod exposed;
pub(super) mod holds;
pub(super) mod pages;
pub(super) mod personal;
pub(super) mod uses;
