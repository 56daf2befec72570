//! `bfw`, the Buy From Women marketplace backend. The module map reads as a table of contents; ARCHITECTURE.md says who
//! may know whom.

pub mod accounts;
pub mod alerts;
pub mod api;
pub mod app;
pub mod catalog;
pub mod certification;
pub mod cli;
pub mod config;
pub mod contracts;
pub mod credentials;
pub mod demo;
pub mod directory;
pub mod documents;
pub mod insight;
pub mod kernel;
pub mod notifications;
pub mod ocds;
pub mod privacy;
pub mod procurement;
pub mod search;
pub mod traceability;
pub mod web;
