//! Women, not women, or unknown.

use crate::directory::model::ownership::{EvidenceLevel, OwnershipStatus};

crate::words! {
    /// What somebody is under a definition with evidence at least so good.
    Class {
        /// She satisfies it.
        Women = "WOMEN",
        /// She does not, as far as she says herself or was found.
        NonWomen = "NON_WOMEN",
        /// It is not known, or not with that evidence. Never counted as not.
        Unknown = "UNKNOWN",
    }
}

/// Thousandths of a percent: the whole.
pub const WHOLE: i64 = 100_000;

impl Class {
    /// Of one organization.
    #[must_use]
    pub fn of(status: Option<OwnershipStatus>, level: Option<EvidenceLevel>, at_least: EvidenceLevel) -> Self {
        match status {
            Some(OwnershipStatus::Yes) if level.is_some_and(|level| level >= at_least) => Self::Women,
            Some(OwnershipStatus::No) => Self::NonWomen,
            Some(OwnershipStatus::Yes | OwnershipStatus::Unknown) | None => Self::Unknown,
        }
    }

    /// Of several together, by their shares of a whole: that of the majority, where what is unknown could not turn it.
    #[must_use]
    pub fn of_joint(shares: impl IntoIterator<Item = (Self, i64)>) -> Self {
        let (mut women, mut non_women) = (0, 0);
        for (class, share) in shares {
            match class {
                Self::Women => women += share,
                Self::NonWomen => non_women += share,
                Self::Unknown => {}
            }
        }
        if women > WHOLE / 2 {
            Self::Women
        } else if non_women >= WHOLE / 2 {
            Self::NonWomen
        } else {
            Self::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_yes_without_the_evidence_is_unknown_and_never_a_no() {
        let of = |status, level| Class::of(Some(status), level, EvidenceLevel::DocumentVerified);
        assert_eq!(of(OwnershipStatus::Yes, Some(EvidenceLevel::ThirdPartyCertified)), Class::Women);
        assert_eq!(of(OwnershipStatus::Yes, Some(EvidenceLevel::SelfDeclared)), Class::Unknown);
        assert_eq!(of(OwnershipStatus::Unknown, None), Class::Unknown);
        assert_eq!(of(OwnershipStatus::No, Some(EvidenceLevel::SelfDeclared)), Class::NonWomen);
        assert_eq!(Class::of(None, None, EvidenceLevel::SelfDeclared), Class::Unknown);
    }

    #[test]
    fn several_are_what_their_majority_is_if_nothing_unknown_could_turn_it() {
        let of = |women, non_women, unknown| {
            Class::of_joint([(Class::Women, women), (Class::NonWomen, non_women), (Class::Unknown, unknown)])
        };
        assert_eq!(of(50_001, 49_999, 0), Class::Women);
        assert_eq!(of(50_000, 50_000, 0), Class::NonWomen);
        assert_eq!(of(50_000, 0, 50_000), Class::Unknown);
        assert_eq!(of(20_000, 50_000, 30_000), Class::NonWomen);
        assert_eq!(of(20_000, 49_999, 30_001), Class::Unknown);
    }
}
