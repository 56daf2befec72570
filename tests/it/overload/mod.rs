//! More than can be done, or than somebody may have: whoever is turned away hears it at once, and everybody else notices nothing.

mod connections;
mod cost;
mod shedding;
