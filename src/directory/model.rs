//! The words and rules of the room: plain types, no I/O, no clock, no randomness.

pub mod declaration;
pub mod gazetteer;
pub mod legal_form;
pub mod organization;
pub mod ownership;
pub mod place;
pub mod place_import;
pub mod profile;
pub mod query;
pub mod registration;
pub mod review;
mod text_enum;

pub use text_enum::UnknownText;
