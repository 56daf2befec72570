//! Who trades, where, and what is known of who owns and leads them.

pub mod model;
