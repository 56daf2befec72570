//! The catalogue through its own GraphQL, on both databases.

mod cards;
mod changing;
mod importing;
mod inputs;
mod pages;
mod reference;
mod room;
mod seeing;
mod stock;
