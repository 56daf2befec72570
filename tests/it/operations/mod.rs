//! What an operator meets: starts, stops, kills, refusals, and things that break under a running service.

mod campaign;
mod client;
mod commands;
mod database_away;
mod disk;
mod expanding;
mod faults;
mod killed;
mod liars;
mod own_postgres;
pub(crate) mod process;
mod readme;
mod rolling;
mod seeded;
mod several;
mod starting;
mod telemetry;
mod walk;
