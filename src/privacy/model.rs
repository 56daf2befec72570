//! The words of the room: plain types, no I/O, no clock, no randomness.

use crate::{accounts::UserId, define_id, kernel::clock::Timestamp};

define_id!(
    /// Identifies a consent.
    pub ConsentId = "consent"
);

/// What a person may agree to. Nothing of it is needed to use the marketplace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Purpose {
    /// Her name is shown on public pages of what she grew or made.
    PublicName,
    /// What she does counts, without her name, in figures on women's trade that are given to others.
    Statistics,
    /// She is told of trainings and programmes of partners.
    TrainingOffers,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 3] = [Self::PublicName, Self::Statistics, Self::TrainingOffers];

    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PublicName => "PUBLIC_NAME",
            Self::Statistics => "STATISTICS",
            Self::TrainingOffers => "TRAINING_OFFERS",
        }
    }

    /// The key of the words that she agrees to.
    #[must_use]
    pub const fn wording_key(self) -> &'static str {
        match self {
            Self::PublicName => "consent-public-name",
            Self::Statistics => "consent-statistics",
            Self::TrainingOffers => "consent-training-offers",
        }
    }
}

/// The stored word names no purpose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such purpose: {0}")]
pub struct UnknownPurpose(String);

impl std::str::FromStr for Purpose {
    type Err = UnknownPurpose;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == text).ok_or_else(|| UnknownPurpose(text.to_owned()))
    }
}

/// What a person agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// Whose.
    pub user: UserId,
    /// For what.
    pub purpose: Purpose,
    /// The words that she agreed to.
    pub wording: String,
    /// When she agreed.
    pub given_at: Timestamp,
    /// When she took it back; none while it stands.
    pub withdrawn_at: Option<Timestamp>,
}
