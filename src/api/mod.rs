//! GraphQL over HTTP: the one door through which clients come.
//!
//! - [`http`] reads and answers requests to the letter of the GraphQL-over-HTTP specification;
//! - [`engine`] runs them: [`limits`] first, then [`validation`], then the schema; [`documents`] remembers parsed texts;
//! - [`gate`] decides whether a request is worked on at all, with the load as it is and what its caller has had already;
//! - [`subscriptions`] speaks `graphql-transport-ws` over a WebSocket, and [`renewal`] reads each answer anew;
//! - [`auth`] finds out who is asking; [`loaders`] gives each request its own;
//! - [`surface`] puts it all together for an application;
//! - [`schema`] puts the rooms' types under one root, [`node`] finds anything by its id;
//! - [`mod@router`] is everything else on HTTP: ids of requests, headers, [`health`], metrics, stopping;
//! - [`connections`] bounds what requests come over;
//! - [`error`] holds the closed list of codes for what is not data;
//! - [`blobs`] takes and gives the bytes of documents, [`credentials`] hands out what anybody may check,
//!   [`epcis`] speaks GS1's standard for events, [`ocds`] the standard of open contracting;
//! - [`trace`] shows where a lot came from, [`dashboard`] what an officer asks first;
//! - [`explorer`] is the page a browser gets, `opt_out` the one behind the link in every message.
//!
//! The door knows every room, no room knows it. Business rules have no place here: a request becomes a call of a room's use
//! case, and the room decides.

pub mod auth;
pub mod blobs;
pub mod connections;
pub mod credentials;
pub mod dashboard;
pub mod documents;
pub mod engine;
pub mod epcis;
pub mod error;
pub mod explorer;
pub mod gate;
pub mod health;
pub mod http;
pub mod limits;
pub mod loaders;
pub mod node;
pub mod ocds;
mod opt_out;
pub mod parts;
pub mod problem;
mod public;
pub mod renewal;
pub mod reports;
pub mod router;
pub mod schema;
pub mod subscriptions;
pub mod surface;
pub mod trace;
pub mod validation;

pub use schema::sdl;
pub use surface::{router, serve, serve_health, serve_with};
