//! Producers, lots and what happened to them.

mod epcis;
