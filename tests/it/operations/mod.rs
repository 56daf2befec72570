//! What an operator meets: starts, stops, kills, refusals, and things that break under a running service.

mod audited;
mod backups;
mod commands;
mod faults;
mod killed;
pub(crate) mod process;
mod readme;
mod reloading;
mod seeded;
mod starting;
mod telemetry;
mod traces;
mod walk;
