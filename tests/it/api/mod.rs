//! The door: GraphQL over HTTP, execution, attacks.

mod attacks;
mod client;
mod cursors;
mod examples;
mod execution;
mod over_http;
mod schema;
