//! Accounts: the people who can sign in.

use std::str::FromStr;

use super::{EmailAddress, Identifier, Phone, UserId};
use crate::kernel::{clock::Timestamp, locale::Locale};

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountStatus {
    /// It may.
    Active,
    /// It may not, until an operator says so.
    Blocked,
}

impl AccountStatus {
    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Blocked => "BLOCKED",
        }
    }
}

/// The stored status is none that exists.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such account status: {0}")]
pub struct UnknownStatus(String);

impl FromStr for AccountStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Active, Self::Blocked]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}

/// A person's account.
#[derive(Debug, Clone)]
pub struct Account {
    /// The account.
    pub id: UserId,
    /// Her name as she writes it.
    pub name: String,
    /// Where she is called.
    pub phone: Option<Phone>,
    /// Where she is written to.
    pub email: Option<EmailAddress>,
    /// The language she prefers.
    pub language: Locale,
    /// Whether she may sign in.
    pub status: AccountStatus,
    /// When she signed up.
    pub created_at: Timestamp,
}

impl Account {
    /// Whether that identifier is one of hers.
    #[must_use]
    pub fn answers_to(&self, identifier: &Identifier) -> bool {
        match identifier {
            Identifier::Phone(phone) => self.phone.as_ref() == Some(phone),
            Identifier::Email(email) => self.email.as_ref() == Some(email),
        }
    }
}
