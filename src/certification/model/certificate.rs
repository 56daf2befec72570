//! A certificate and its states: what was recorded of it, and what follows from the day.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::define_id;
use crate::kernel::{clock::Timestamp, reference::Validity};

define_id!(
    /// Identifies a certificate.
    pub CertificateId = "certificate"
);

/// What was recorded of a certificate. That it ran out is no record but follows from the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CertificateRecord {
    /// Handed in, not yet looked at.
    Submitted,
    /// Looked at and found genuine.
    Verified,
    /// Looked at and refused.
    Rejected,
    /// Found genuine, for now without force.
    Suspended,
    /// Withdrawn for good.
    Revoked,
}

impl CertificateRecord {
    /// Every record.
    pub const ALL: [Self; 5] = [Self::Submitted, Self::Verified, Self::Rejected, Self::Suspended, Self::Revoked];

    /// The name used in tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "SUBMITTED",
            Self::Verified => "VERIFIED",
            Self::Rejected => "REJECTED",
            Self::Suspended => "SUSPENDED",
            Self::Revoked => "REVOKED",
        }
    }

    /// Whether it was found genuine, whatever became of it since: that everybody may know.
    #[must_use]
    pub const fn is_genuine(self) -> bool {
        match self {
            Self::Verified | Self::Suspended | Self::Revoked => true,
            Self::Submitted | Self::Rejected => false,
        }
    }
}

/// A text that names no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown certificate status: {0}")]
pub struct UnknownRecord(String);

impl std::str::FromStr for CertificateRecord {
    type Err = UnknownRecord;

    /// Reads the name used in tables.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|record| record.as_str() == name);
        found.ok_or_else(|| UnknownRecord(name.to_owned()))
    }
}

/// The state of a certificate on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CertificateStatus {
    /// Handed in, not yet looked at.
    Submitted,
    /// Looked at and refused.
    Rejected,
    /// Genuine, but its first day is still to come.
    NotYetValid,
    /// Genuine and in force.
    Verified,
    /// Genuine, for now without force.
    Suspended,
    /// Genuine, and past its last day.
    Expired,
    /// Withdrawn for good.
    Revoked,
}

impl CertificateStatus {
    /// Whether claims rest on it.
    #[must_use]
    pub fn is_in_force(self) -> bool {
        self == Self::Verified
    }

    /// The name used on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "SUBMITTED",
            Self::Rejected => "REJECTED",
            Self::NotYetValid => "NOT_YET_VALID",
            Self::Verified => "VERIFIED",
            Self::Suspended => "SUSPENDED",
            Self::Expired => "EXPIRED",
            Self::Revoked => "REVOKED",
        }
    }
}

/// A certificate that an organization holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its id.
    pub id: Uuid,
    /// The scheme, by code.
    pub scheme: String,
    /// The number that its issuer gave it.
    pub number: String,
    /// Who issued it.
    pub issuer_name: String,
    /// The organization that holds it.
    pub holder: Uuid,
    /// What was decided last.
    pub record: CertificateRecord,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// Its last day.
    pub valid_until: NaiveDate,
    /// The first day without force by decision: of a suspension that lasts, or of a revocation, which may be to come.
    pub void_from: Option<NaiveDate>,
    /// The products that it names, each with everything below it in the tree; empty where it names none.
    pub products: Vec<String>,
    /// The sites that it names.
    pub sites: Vec<String>,
    /// What may be sold under it at most, in thousandths of a kilogram; none where it sets no limit.
    pub volume_limit_grams: Option<i64>,
    /// When it was handed in, or recorded.
    pub submitted_at: Timestamp,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl Certificate {
    /// Its state on the present day or one to come, as far as is decided by now. What it was on a day before is told by
    /// its decisions: [`super::decision::status_at`].
    ///
    /// A refusal, a suspension or a withdrawal weighs more than the days: a revoked certificate does not become merely
    /// expired. `EXPIRED` and `NOT_YET_VALID` are derived here and stored nowhere.
    #[must_use]
    pub fn status_at(&self, day: NaiveDate) -> CertificateStatus {
        let in_force_until_then = self.void_from.is_some_and(|void_from| day < void_from);
        let record = if in_force_until_then { CertificateRecord::Verified } else { self.record };
        self.status_of(record, day)
    }

    /// The state on a day of which this is what was decided.
    pub(super) fn status_of(&self, record: CertificateRecord, day: NaiveDate) -> CertificateStatus {
        match record {
            CertificateRecord::Submitted => CertificateStatus::Submitted,
            CertificateRecord::Rejected => CertificateStatus::Rejected,
            CertificateRecord::Revoked => CertificateStatus::Revoked,
            CertificateRecord::Suspended if day <= self.valid_until => CertificateStatus::Suspended,
            CertificateRecord::Verified if day < self.valid_from => CertificateStatus::NotYetValid,
            CertificateRecord::Verified if day <= self.valid_until => CertificateStatus::Verified,
            CertificateRecord::Suspended | CertificateRecord::Verified => CertificateStatus::Expired,
        }
    }

    /// The days on which it was issued to hold.
    #[must_use]
    pub fn validity(&self) -> Validity {
        Validity { from: Some(self.valid_from), to: Some(self.valid_until) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn certificate(record: CertificateRecord) -> Certificate {
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
            submitted_at: Timestamp::UNIX_EPOCH,
            version: 1,
        }
    }

    #[test]
    fn a_verified_certificate_holds_from_its_first_to_its_last_day() {
        let verified = certificate(CertificateRecord::Verified);

        assert_eq!(verified.status_at(day("2025-02-28")), CertificateStatus::NotYetValid);
        assert_eq!(verified.status_at(day("2025-03-01")), CertificateStatus::Verified);
        assert_eq!(verified.status_at(day("2026-02-28")), CertificateStatus::Verified);
        assert_eq!(verified.status_at(day("2026-03-01")), CertificateStatus::Expired);
    }

    #[test]
    fn what_was_decided_weighs_more_than_the_days() {
        let late = day("2030-01-01");

        assert_eq!(certificate(CertificateRecord::Revoked).status_at(late), CertificateStatus::Revoked);
        assert_eq!(certificate(CertificateRecord::Rejected).status_at(late), CertificateStatus::Rejected);
        assert_eq!(certificate(CertificateRecord::Submitted).status_at(late), CertificateStatus::Submitted);
        assert_eq!(
            certificate(CertificateRecord::Suspended).status_at(day("2025-06-01")),
            CertificateStatus::Suspended
        );
        assert_eq!(certificate(CertificateRecord::Suspended).status_at(late), CertificateStatus::Expired);
    }

    #[test]
    fn a_revocation_to_come_leaves_it_in_force_until_then() {
        let announced = Certificate { void_from: Some(day("2025-09-01")), ..certificate(CertificateRecord::Revoked) };

        assert_eq!(announced.status_at(day("2025-02-28")), CertificateStatus::NotYetValid);
        assert_eq!(announced.status_at(day("2025-08-31")), CertificateStatus::Verified);
        assert_eq!(announced.status_at(day("2025-09-01")), CertificateStatus::Revoked);
    }

    #[test]
    fn records_survive_the_round_trip() {
        for record in CertificateRecord::ALL {
            assert_eq!(record.as_str().parse(), Ok(record));
        }
        assert!("EXPIRED".parse::<CertificateRecord>().is_err());
    }

    proptest! {
        #[test]
        fn it_is_in_force_exactly_on_the_days_it_was_issued_for(offset in -800_i64..800) {
            let verified = certificate(CertificateRecord::Verified);
            let on = verified.valid_from + chrono::Duration::days(offset);
            prop_assert_eq!(verified.status_at(on).is_in_force(), verified.validity().contains(on));
            for record in CertificateRecord::ALL.into_iter().filter(|record| *record != CertificateRecord::Verified) {
                prop_assert!(!certificate(record).status_at(on).is_in_force());
            }
        }
    }
}
