//! The one integration binary: every test drives the product the way its users do, on SQLite and on PostgreSQL.
//!
//! `harness` says how to write a test and what it gets; the other modules are the rooms, and the house rules.
#![expect(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod accounts;
mod alerts;
mod api;
mod attack;
mod carrying;
mod catalog;
mod certification;
mod contracts;
mod credentials;
mod dashboard;
mod deploy;
mod directory;
mod documents;
mod drift;
mod futures;
mod harness;
mod inquiries;
mod insight;
mod later;
mod limits;
mod matching;
mod notifications;
mod ocds;
mod operations;
mod outbox;
mod overload;
mod policy;
mod privacy;
mod procurement;
mod schema;
mod search;
mod statements;
mod subscriptions;
mod tidy;
mod traceability;
