//! The ways out: who carries an e-mail and who carries a short message.
//!
//! A port says one of three things: it was taken, it was surely not taken, or nobody knows. What nobody knows is never
//! sent again; so a port says "surely not" only where the other side said so, or was never reached.

mod http_sms;
mod log;
mod smtp;

use std::fmt;

use async_trait::async_trait;
pub use http_sms::HttpSms;
pub use log::Log;
pub use smtp::Smtp;

use super::model::{Mail, Sms};

/// Why it is not known that a message was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Nobody could be reached, or whoever was asked for patience: it was surely not taken and may be tried later.
    #[error("not taken for now: {0}")]
    NotNow(String),
    /// It was surely not taken and never will be.
    #[error("not taken: {0}")]
    Never(String),
    /// It may have been taken.
    #[error("not known whether it was taken: {0}")]
    Unknown(String),
}

/// Carries e-mails.
#[async_trait]
pub trait MailPort: fmt::Debug + Send + Sync {
    /// Hands one over. Never tries twice.
    async fn send(&self, mail: Mail) -> Result<(), SendError>;
}

/// Carries short messages.
#[async_trait]
pub trait SmsPort: fmt::Debug + Send + Sync {
    /// Hands one over. Never tries twice.
    async fn send(&self, sms: Sms) -> Result<(), SendError>;
}
