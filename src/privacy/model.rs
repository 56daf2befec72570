//! The words of the room: plain types, no I/O, no clock, no randomness.

use crate::{accounts::UserId, define_id, kernel::clock::Timestamp};

define_id!(
    /// Identifies a consent.
    pub ConsentId = "consent"
);

crate::words! {
    /// What a person may agree to. Nothing of it is needed to use the marketplace.
    Purpose {
        /// Her name is shown on public pages of what she grew or made.
        PublicName = "PUBLIC_NAME",
        /// What she does counts, without her name, in figures on women's trade that are given to others.
        Statistics = "STATISTICS",
        /// She is told of trainings and programmes of partners.
        TrainingOffers = "TRAINING_OFFERS",
    }
}

impl Purpose {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::locale;

    #[test]
    fn every_purpose_has_its_words_in_both_languages() {
        for purpose in Purpose::ALL {
            assert!(locale::has_message(purpose.wording_key()), "{purpose:?}");
        }
    }
}
