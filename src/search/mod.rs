//! Finding listings and organizations by words, in French, Bambara and English, however they are spelt.
//!
//! The room keeps an index beside the database: fed from the outbox after each commit, disposable, rebuilt at any time.
//! The index answers with ids and counts only; rows are loaded, and authorized, from the database. Only published
//! listings of organizations in good standing are in it.
//!
//! [`index::SearchIndex`] is the interface of an engine, [`embedded`] the engine that needs no server.

pub mod embedded;
pub mod index;
pub mod model;
