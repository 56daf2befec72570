//! What an operator meets: starts, stops, kills, refusals, and things that break under a running service.

mod campaign;
mod client;
mod commands;
mod expanding;
mod faults;
mod killed;
pub(crate) mod process;
mod readme;
mod rolling;
mod seeded;
mod several;
mod starting;
mod telemetry;
mod walk;
