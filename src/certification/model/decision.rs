//! What may be decided about a certificate, and what it was on any day, as far as was known on any other.
//!
//! | decided ↓, recorded → | SUBMITTED | VERIFIED | REJECTED | SUSPENDED | REVOKED |
//! |---|---|---|---|---|---|
//! | verify | VERIFIED | – | – | – | – |
//! | reject | REJECTED | – | – | – | – |
//! | suspend | – | SUSPENDED | – | – | – |
//! | reinstate | – | – | – | VERIFIED | – |
//! | revoke | – | REVOKED | – | REVOKED | – |
//!
//! A refusal and a revocation are for good: whoever was refused hands in a certificate anew.

use chrono::NaiveDate;
use serde::Serialize;

use super::certificate::{Certificate, CertificateRecord, CertificateStatus};
use crate::{
    accounts::UserId,
    kernel::{clock::Timestamp, error::ErrorCode, error::UserError},
};

/// What a verifier decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Decision {
    /// It is genuine.
    Verify,
    /// It is not, or it does not say what was written down.
    Reject,
    /// It is without force from this day until further notice.
    Suspend,
    /// It is in force again from this day.
    Reinstate,
    /// It is without force from a day on, for good.
    Revoke,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Self; 5] = [Self::Verify, Self::Reject, Self::Suspend, Self::Reinstate, Self::Revoke];

    /// What the audit log calls it.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Verify => "certificate.verify",
            Self::Reject => "certificate.reject",
            Self::Suspend => "certificate.suspend",
            Self::Reinstate => "certificate.reinstate",
            Self::Revoke => "certificate.revoke",
        }
    }

    /// Whether whoever is affected must be told why.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        match self {
            Self::Reject | Self::Suspend | Self::Revoke => true,
            Self::Verify | Self::Reinstate => false,
        }
    }

    /// What a certificate becomes; none where this cannot be decided about it.
    #[must_use]
    pub const fn apply(self, record: CertificateRecord) -> Option<CertificateRecord> {
        match (self, record) {
            (Self::Verify, CertificateRecord::Submitted) | (Self::Reinstate, CertificateRecord::Suspended) => {
                Some(CertificateRecord::Verified)
            }
            (Self::Reject, CertificateRecord::Submitted) => Some(CertificateRecord::Rejected),
            (Self::Suspend, CertificateRecord::Verified) => Some(CertificateRecord::Suspended),
            (Self::Revoke, CertificateRecord::Verified | CertificateRecord::Suspended) => {
                Some(CertificateRecord::Revoked)
            }
            (
                Self::Verify | Self::Reject,
                CertificateRecord::Verified
                | CertificateRecord::Rejected
                | CertificateRecord::Suspended
                | CertificateRecord::Revoked,
            )
            | (
                Self::Suspend,
                CertificateRecord::Submitted
                | CertificateRecord::Rejected
                | CertificateRecord::Suspended
                | CertificateRecord::Revoked,
            )
            | (
                Self::Reinstate,
                CertificateRecord::Submitted
                | CertificateRecord::Verified
                | CertificateRecord::Rejected
                | CertificateRecord::Revoked,
            )
            | (Self::Revoke, CertificateRecord::Submitted | CertificateRecord::Rejected | CertificateRecord::Revoked) => {
                None
            }
        }
    }
}

/// A decision as it is kept: appended, never edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Counts the certificate's decisions, from 1.
    pub sequence: i64,
    /// What the certificate became by it.
    pub record: CertificateRecord,
    /// The first day that it speaks of; none for all of the certificate's days.
    pub effective_from: Option<NaiveDate>,
    /// Why.
    pub reason: Option<String>,
    /// Who decided; none for the service itself.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Timestamp,
}

/// The state of a certificate on a `day`, as far as it was decided by `known_at`. None where it was not handed in by then.
///
/// Each decision speaks of its first day and all that follow, and outweighs those before it there: a revocation that
/// reaches back takes days away that were in force until it was known, and what was known then can still be told.
#[must_use]
pub fn status_at(
    certificate: &Certificate,
    decisions: &[Decided],
    day: NaiveDate,
    known_at: Timestamp,
) -> Option<CertificateStatus> {
    let speaks =
        |decided: &&Decided| decided.decided_at <= known_at && decided.effective_from.is_none_or(|from| from <= day);
    let last = decisions.iter().filter(speaks).max_by_key(|decided| decided.sequence)?;
    Some(certificate.status_of(last.record, day))
}

/// The first day without force after a revocation from a day on: a suspension that lasts until then counts.
#[must_use]
pub fn void_from_revocation(certificate: &Certificate, effective_from: NaiveDate) -> NaiveDate {
    certificate.void_from.map_or(effective_from, |suspended| suspended.min(effective_from))
}

/// Checks the first day of a revocation: not before the certificate's own, and before today only where it reaches back.
///
/// # Errors
/// [`ErrorCode::OutOfRange`] at `input.effectiveFrom`, with the days that can be.
pub fn check_revocation(
    certificate: &Certificate,
    effective_from: NaiveDate,
    retroactive: bool,
    today: NaiveDate,
) -> Result<(), UserError> {
    let first = if retroactive { certificate.valid_from } else { certificate.valid_from.max(today) };
    // Something that has run out can still be taken back from its holder: its days matter to what was sold on them.
    let last = match certificate.record {
        // It is without force already: there is nothing to announce.
        CertificateRecord::Suspended => certificate.valid_until.min(today).max(first),
        CertificateRecord::Submitted
        | CertificateRecord::Verified
        | CertificateRecord::Rejected
        | CertificateRecord::Revoked => certificate.valid_until.max(first),
    };
    if (first..=last).contains(&effective_from) {
        return Ok(());
    }
    let error = UserError::new(ErrorCode::OutOfRange, ["input", "effectiveFrom"]);
    Err(error.with("minimum", first).with("maximum", last))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> Timestamp {
        format!("{text}T12:00:00Z").parse().unwrap()
    }

    fn organic(record: CertificateRecord) -> Certificate {
        Certificate {
            id: Uuid::nil(),
            scheme: "ORGANIC_EU".into(),
            number: "ML-BIO-1".into(),
            issuer_name: "Ecocert".into(),
            holder: Uuid::nil(),
            record,
            valid_from: day("2025-03-01"),
            valid_until: day("2026-02-28"),
            void_from: None,
            products: vec!["shea".into()],
            sites: Vec::new(),
            volume_limit_grams: None,
            submitted_at: chrono::DateTime::UNIX_EPOCH,
            version: 1,
        }
    }

    fn decided(sequence: i64, record: CertificateRecord, from: Option<&str>, on: &str) -> Decided {
        Decided { sequence, record, effective_from: from.map(day), reason: None, decided_by: None, decided_at: at(on) }
    }

    #[test]
    fn a_revocation_that_reaches_back_changes_past_days_but_not_what_was_known_on_them() {
        let certificate = organic(CertificateRecord::Revoked);
        let decisions = [
            decided(1, CertificateRecord::Submitted, None, "2025-03-10"),
            decided(2, CertificateRecord::Verified, None, "2025-03-20"),
            decided(3, CertificateRecord::Revoked, Some("2025-05-01"), "2025-09-01"),
        ];
        let told = |on: &str, known: &str| status_at(&certificate, &decisions, day(on), at(known));

        assert_eq!(told("2025-06-01", "2025-12-01"), Some(CertificateStatus::Revoked));
        assert_eq!(told("2025-06-01", "2025-08-01"), Some(CertificateStatus::Verified), "as was known then");
        assert_eq!(told("2025-04-30", "2025-12-01"), Some(CertificateStatus::Verified));
        assert_eq!(told("2025-04-30", "2025-03-15"), Some(CertificateStatus::Submitted));
        assert_eq!(told("2025-04-30", "2025-03-01"), None, "not handed in yet");
        assert_eq!(told("2025-02-01", "2025-12-01"), Some(CertificateStatus::NotYetValid));
    }

    #[test]
    fn a_suspension_stays_in_the_past_when_it_is_lifted() {
        let certificate = organic(CertificateRecord::Verified);
        let decisions = [
            decided(1, CertificateRecord::Verified, None, "2025-03-20"),
            decided(2, CertificateRecord::Suspended, Some("2025-06-01"), "2025-06-01"),
            decided(3, CertificateRecord::Verified, Some("2025-07-01"), "2025-07-01"),
        ];
        let told = |on: &str| status_at(&certificate, &decisions, day(on), at("2025-12-01"));

        assert_eq!(told("2025-05-31"), Some(CertificateStatus::Verified));
        assert_eq!(told("2025-06-15"), Some(CertificateStatus::Suspended));
        assert_eq!(told("2025-07-01"), Some(CertificateStatus::Verified));
        assert_eq!(told("2026-03-01"), Some(CertificateStatus::Expired));
    }

    #[test]
    fn a_revocation_begins_neither_before_the_certificate_nor_unsaid_in_the_past() {
        let certificate = organic(CertificateRecord::Verified);
        let today = day("2025-10-01");
        let check = |from: &str, retroactive| check_revocation(&certificate, day(from), retroactive, today).is_ok();

        assert!(!check("2025-02-28", true), "before its first day");
        assert!(check("2025-03-01", true));
        assert!(!check("2025-09-30", false), "in the past, unsaid");
        assert!(check("2025-10-01", false) && check("2026-02-28", false));
        assert!(!check("2026-03-01", false), "after its last day");
        let error = check_revocation(&certificate, day("2025-01-01"), false, today).unwrap_err();
        assert_eq!(error.args, [("minimum", "2025-10-01".to_owned()), ("maximum", "2026-02-28".to_owned())]);
    }

    /// The table of the module's documentation.
    #[test]
    fn every_decision_about_every_record_is_allowed_or_not() {
        use CertificateRecord::{Rejected, Revoked, Submitted, Suspended, Verified};
        let allowed: Vec<_> = Decision::ALL
            .into_iter()
            .flat_map(|decision| CertificateRecord::ALL.map(|record| (decision, record)))
            .filter_map(|(decision, record)| Some((decision, record, decision.apply(record)?)))
            .collect();
        assert_eq!(
            allowed,
            [
                (Decision::Verify, Submitted, Verified),
                (Decision::Reject, Submitted, Rejected),
                (Decision::Suspend, Verified, Suspended),
                (Decision::Reinstate, Suspended, Verified),
                (Decision::Revoke, Verified, Revoked),
                (Decision::Revoke, Suspended, Revoked),
            ]
        );
    }

    proptest! {
        /// What is shown today, from the certificate alone, is what its decisions say of today.
        #[test]
        fn the_present_state_is_the_state_that_the_decisions_tell(
            steps in prop::collection::vec((0_usize..5, 0_i64..60), 0..12),
            ahead in 0_i64..400,
        ) {
            let mut certificate = organic(CertificateRecord::Submitted);
            let mut today = day("2025-03-10");
            let mut decisions = vec![decided(1, CertificateRecord::Submitted, None, "2025-03-10")];
            for (decision, days) in steps {
                today += chrono::Duration::days(days);
                let decision = Decision::ALL[decision];
                let Some(record) = decision.apply(certificate.record) else { continue };
                let announced = today + chrono::Duration::days(days);
                let is_announced = check_revocation(&certificate, announced, false, today).is_ok();
                let revoked_from = if is_announced { announced } else { today };
                let (effective_from, void_from) = match decision {
                    Decision::Verify | Decision::Reject => (None, None),
                    Decision::Suspend => (Some(today), Some(today)),
                    Decision::Reinstate => (Some(today), None),
                    Decision::Revoke => (Some(revoked_from), Some(void_from_revocation(&certificate, revoked_from))),
                };
                certificate.record = record;
                certificate.void_from = void_from;
                decisions.push(Decided {
                    sequence: decisions.len() as i64 + 1,
                    record,
                    effective_from,
                    reason: None,
                    decided_by: None,
                    decided_at: today.and_hms_opt(0, 0, 0).unwrap().and_utc(),
                });
            }
            let on = today + chrono::Duration::days(ahead);
            let told = status_at(&certificate, &decisions, on, at("2099-01-01")).unwrap();
            prop_assert_eq!(certificate.status_at(on), told);
        }
    }
}
