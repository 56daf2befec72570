//! The service under attack: whoever is not meant to see or do something tries to, and whoever wants to hurt sends what hurts.

pub(crate) mod bytes;
mod injection;
mod logging;
mod matrix;
mod owasp;
mod rewind;
mod sessions;
mod surface;
