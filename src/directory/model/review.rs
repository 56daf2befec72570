//! Verdicts of verifiers on evidence: appended, never edited.
//!
//! Evidence waits until as many different verifiers as are asked for have accepted it, or one has refused it. What was accepted
//! may be overturned by one refusal later; what was refused stays refused, and is handed in anew.

use super::ownership::Verdict;
use crate::accounts::UserId;
use crate::kernel::clock::Timestamp;

/// What a verifier found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Counts the evidence's reviews, from 1.
    pub sequence: i64,
    /// The verifier.
    pub reviewer: UserId,
    /// What she found.
    pub verdict: Verdict,
    /// Why.
    pub reason: Option<String>,
    /// Whether it settled the matter, alone or as the last one needed.
    pub decides: bool,
    /// When.
    pub reviewed_at: Timestamp,
}

/// Why a verdict cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoVerdict {
    /// The matter is settled so.
    Settled(Verdict),
    /// She has given hers, and another verifier's is needed.
    AnotherVerifierNeeded,
}

/// Whether a verdict settles the matter.
///
/// # Errors
/// [`NoVerdict`], where it cannot be given.
pub fn settles(
    reviews: &[Review],
    reviewer: UserId,
    verdict: Verdict,
    reviewers_needed: usize,
) -> Result<bool, NoVerdict> {
    match (reviews.iter().rfind(|review| review.decides), verdict) {
        (Some(Review { verdict: Verdict::Accepted, .. }), Verdict::Rejected) => return Ok(true),
        (Some(settled), _) => return Err(NoVerdict::Settled(settled.verdict)),
        (None, _) => {}
    }
    if reviews.iter().any(|review| review.reviewer == reviewer) {
        return Err(NoVerdict::AnotherVerifierNeeded);
    }
    Ok(match verdict {
        Verdict::Rejected => true,
        // Whoever refused settled the matter, so all of these accepted.
        Verdict::Accepted => reviews.len() + 1 >= reviewers_needed,
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn by(reviewer: u128, verdict: Verdict, decides: bool) -> Review {
        Review {
            sequence: 1,
            reviewer: UserId::from_uuid(Uuid::from_u128(reviewer)),
            verdict,
            reason: None,
            decides,
            reviewed_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn settled(reviews: &[Review], reviewer: u128, verdict: Verdict, needed: usize) -> Result<bool, NoVerdict> {
        settles(reviews, UserId::from_uuid(Uuid::from_u128(reviewer)), verdict, needed)
    }

    #[test]
    fn one_refusal_settles_it_and_acceptance_takes_as_many_as_are_asked_for() {
        assert_eq!(settled(&[], 1, Verdict::Accepted, 1), Ok(true));
        assert_eq!(settled(&[], 1, Verdict::Accepted, 2), Ok(false));
        assert_eq!(settled(&[], 1, Verdict::Rejected, 2), Ok(true));
        let first = [by(1, Verdict::Accepted, false)];
        assert_eq!(settled(&first, 2, Verdict::Accepted, 2), Ok(true));
        assert_eq!(settled(&first, 2, Verdict::Rejected, 2), Ok(true));
        assert_eq!(settled(&first, 1, Verdict::Accepted, 2), Err(NoVerdict::AnotherVerifierNeeded));
    }

    #[test]
    fn what_was_accepted_can_be_overturned_and_what_was_refused_stays_so() {
        let accepted = [by(1, Verdict::Accepted, true)];
        assert_eq!(settled(&accepted, 1, Verdict::Rejected, 2), Ok(true));
        assert_eq!(settled(&accepted, 2, Verdict::Accepted, 2), Err(NoVerdict::Settled(Verdict::Accepted)));
        let refused = [by(1, Verdict::Rejected, true)];
        for verdict in [Verdict::Accepted, Verdict::Rejected] {
            assert_eq!(settled(&refused, 2, verdict, 1), Err(NoVerdict::Settled(Verdict::Rejected)));
        }
    }
}
