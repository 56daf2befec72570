//! The door: GraphQL over HTTP, execution, attacks.

mod attacks;
mod client;
mod execution;
mod over_http;
mod schema;
