//! What search asks the database.

mod changes;
mod plain;
mod sources;

pub(super) use changes::{
    BegunRebuild, begun_rebuilds, certificates_turned, forget_rebuild, listings_changed, note_rebuild,
    organizations_changed,
};
pub(super) use plain::{Plain, PlainListing, PlainOrder, PlainPlace, plain_listings, plain_names, plain_organizations};
pub(super) use sources::{
    certificates_of as certificates, counts, findable, findable_after, listings_of, organizations, organizations_after,
    sellers, sellers_of,
};
