//! EPCIS 2.0 and CBV 2.0 (GS1, June 2022): the form in which events are kept and leave.
//!
//! [`ours`] says what happened here in EPCIS's words, [`foreign`] reads what others say, [`document`] puts events into the
//! standard's documents, [`hash`] tells the same event again. Extensions are named by prefixes, which [`context`] resolves;
//! ours is `bfw`.

pub mod context;
pub mod document;
pub mod foreign;
pub mod hash;
pub mod names;
pub mod ours;
pub mod query;
pub mod untp;

pub use context::Contexts;
pub use hash::{event_hash, hash_uri};
pub use names::Names;
