//! Producers, lots and what happened to them, as those who work with them see it.

mod lots;
