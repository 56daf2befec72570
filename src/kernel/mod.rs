//! What all rooms stand on, and what knows nothing of any of them: values (ids, money, quantities, pages), the clock,
//! errors and their words, the database, the outbox, events and who is fed with them, the audit log, telemetry, and the GraphQL
//! building blocks.
//!
//! Deliberately absent: anything that a cooperative or a buyer would recognise as their business.

pub mod admission;
pub mod allowance;
pub mod blobs;
pub mod canonical;
pub mod change;
pub mod clock;
pub mod db;
pub mod decimal;
pub mod digest;
pub mod entropy;
pub mod error;
mod error_code;
pub mod feed;
pub mod graphql;
pub mod heavy;
pub mod id;
pub mod key_file;
pub mod locale;
pub mod lookup;
pub mod money;
pub mod page;
pub mod quantity;
pub mod reference;
pub mod rounding;
pub mod seats;
pub mod secret_ring;
pub mod services;
pub mod telemetry;
pub mod text;
pub mod tls;
pub mod together;
pub mod word;
pub mod worker;

pub use db::{audit, events, idempotency, outbox};
pub use error::{ErrorCode, Failure, Fault, Outcome, Rejections, UserError};
pub use services::Services;
