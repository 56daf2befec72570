//! What an operator meets: starts, stops, kills, refusals, and things that break under a running service.

mod audited;
mod backups;
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
mod reloading;
mod rolling;
mod seeded;
mod several;
mod starting;
mod telemetry;
mod traces;
mod walk;
