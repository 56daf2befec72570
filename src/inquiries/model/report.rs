//! What a party of a thread tells the platform about it.

use super::{InquiryId, InquiryMessageId, InquiryReportId};
use crate::{
    accounts::{OrganizationId, UserId},
    kernel::clock::Timestamp,
};

crate::words! {
    /// What is wrong.
    ReportReason {
        /// It was sent to many, or again and again.
        Spam = "SPAM",
        /// Somebody means to deceive.
        Fraud = "FRAUD",
        /// Somebody threatens, insults or harasses.
        Abuse = "ABUSE",
        /// Something else.
        Other = "OTHER",
    }
}

crate::words! {
    /// Where a report stands.
    ReportStatus {
        /// It waits for an administrator.
        Open = "OPEN",
        /// Nothing was found wrong.
        Dismissed = "DISMISSED",
        /// It is as was reported.
        Upheld = "UPHELD",
    }
}

crate::words! {
    /// What an administrator finds.
    ReportOutcome {
        /// Nothing is wrong.
        Dismissed = "DISMISSED",
        /// It is as was reported.
        Upheld = "UPHELD",
    }
}

impl ReportOutcome {
    /// Where the report stands then.
    #[must_use]
    pub const fn status(self) -> ReportStatus {
        match self {
            Self::Dismissed => ReportStatus::Dismissed,
            Self::Upheld => ReportStatus::Upheld,
        }
    }
}

/// What a party of a thread told the platform about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: InquiryReportId,
    /// About which thread.
    pub inquiry: InquiryId,
    /// About which of its messages; none for all of it.
    pub message: Option<InquiryMessageId>,
    /// Who reported.
    pub organization: OrganizationId,
    /// Of whom: the other party.
    pub reported: OrganizationId,
    /// Who of hers did; none where she was forgotten.
    pub by: Option<UserId>,
    /// What is wrong.
    pub reason: ReportReason,
    /// What she says of it.
    pub text: Option<String>,
    /// Where it stands.
    pub status: ReportStatus,
    /// What who decided says of it.
    pub note: Option<String>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// When it was reported.
    pub created_at: Timestamp,
}

impl Report {
    /// As it is once an administrator has decided; none where one has already.
    #[must_use]
    pub fn decided(
        &self,
        outcome: ReportOutcome,
        note: Option<String>,
        by: Option<UserId>,
        at: Timestamp,
    ) -> Option<Self> {
        match self.status {
            ReportStatus::Open => {
                Some(Self { status: outcome.status(), note, decided_by: by, decided_at: Some(at), ..self.clone() })
            }
            ReportStatus::Dismissed | ReportStatus::Upheld => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_report_is_decided_once() {
        let waiting = Report {
            id: InquiryReportId::from_uuid(Uuid::nil()),
            inquiry: InquiryId::from_uuid(Uuid::nil()),
            message: None,
            organization: OrganizationId::from_uuid(Uuid::nil()),
            reported: OrganizationId::from_uuid(Uuid::nil()),
            by: None,
            reason: ReportReason::Spam,
            text: None,
            status: ReportStatus::Open,
            note: None,
            decided_by: None,
            decided_at: None,
            created_at: Timestamp::UNIX_EPOCH,
        };
        for (outcome, status) in
            [(ReportOutcome::Dismissed, ReportStatus::Dismissed), (ReportOutcome::Upheld, ReportStatus::Upheld)]
        {
            let decided = waiting.decided(outcome, None, None, Timestamp::UNIX_EPOCH).unwrap();
            assert_eq!((decided.status, decided.decided_at), (status, Some(Timestamp::UNIX_EPOCH)));
            assert_eq!(decided.decided(outcome, None, None, Timestamp::UNIX_EPOCH), None);
        }
    }
}
