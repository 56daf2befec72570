//! What mutations take.

use std::str::FromStr;

use async_graphql::{ID, InputObject};

use super::{InquiryReportOutcome, InquiryReportReason};
use crate::{
    accounts::OrganizationId,
    catalog::ListingId,
    documents::graphql::document_ids,
    inquiries::{
        BlockOrganization, CloseInquiry, DecideInquiryReport, InquiryId, InquiryMessageId, InquiryReportId,
        MarkInquiryRead, ReplyToInquiry, ReportInquiry, StartInquiry, UnblockOrganization,
    },
    kernel::{ErrorCode, Failure, Outcome, Rejections, graphql::read_id, id::IdError},
};

/// Reads the ids of an input, and gathers what is wrong with them.
#[derive(Default)]
struct Ids(Rejections);

impl Ids {
    fn one<T: FromStr<Err = IdError>>(&mut self, id: &ID, expected: &'static str, field: &'static str) -> Option<T> {
        self.0.take(read_id(id, expected, ["input", field]))
    }

    fn maybe<T: FromStr<Err = IdError>>(
        &mut self,
        id: Option<&ID>,
        expected: &'static str,
        field: &'static str,
    ) -> Option<T> {
        id.and_then(|id| self.one(id, expected, field))
    }

    /// What was read, if nothing was wrong.
    fn finish<T>(self, read: Option<T>) -> Outcome<T> {
        self.0.finish()?;
        // It is there, or the collector would not have let us pass.
        read.ok_or_else(|| Failure::code(ErrorCode::Required))
    }
}

/// What is written to whom: either about a listing or to an organization.
#[derive(Debug, Clone, InputObject)]
pub struct StartInquiryInput {
    /// About which published listing; its seller is written to.
    pub listing_id: Option<ID>,
    /// To which organization, where it is about no listing.
    pub organization_id: Option<ID>,
    /// For which organization of the caller.
    pub from_organization_id: ID,
    /// What it says, at most 4,000 signs.
    pub text: String,
    /// What goes with it, at most 5: documents of the organization that writes, `PUBLIC` or `PARTY`.
    pub document_ids: Option<Vec<ID>>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl StartInquiryInput {
    pub(super) fn read(self) -> Outcome<StartInquiry> {
        let mut ids = Ids::default();
        let listing = ids.maybe(self.listing_id.as_ref(), ListingId::PREFIX, "listingId");
        let organization = ids.maybe(self.organization_id.as_ref(), OrganizationId::PREFIX, "organizationId");
        let from = ids.one(&self.from_organization_id, OrganizationId::PREFIX, "fromOrganizationId");
        let documents = document_ids(self.document_ids, &mut ids.0);
        let from = ids.finish(from)?;
        let (text, idempotency_key) = (self.text, self.idempotency_key);
        Ok(StartInquiry { listing, organization, from, text, documents, idempotency_key })
    }
}

/// What is written in which inquiry.
#[derive(Debug, Clone, InputObject)]
pub struct ReplyToInquiryInput {
    /// In which inquiry.
    pub inquiry_id: ID,
    /// For which of its parties; needed only by whoever may write for both.
    pub from_organization_id: Option<ID>,
    /// What it says, at most 4,000 signs.
    pub text: String,
    /// What goes with it, at most 5: documents of the organization that writes, `PUBLIC` or `PARTY`.
    pub document_ids: Option<Vec<ID>>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl ReplyToInquiryInput {
    pub(super) fn read(self) -> Outcome<ReplyToInquiry> {
        let mut ids = Ids::default();
        let inquiry = ids.one(&self.inquiry_id, InquiryId::PREFIX, "inquiryId");
        let from = ids.maybe(self.from_organization_id.as_ref(), OrganizationId::PREFIX, "fromOrganizationId");
        let documents = document_ids(self.document_ids, &mut ids.0);
        let inquiry = ids.finish(inquiry)?;
        let (text, idempotency_key) = (self.text, self.idempotency_key);
        Ok(ReplyToInquiry { inquiry, from, text, documents, idempotency_key })
    }
}

/// How far which inquiry was read.
#[derive(Debug, Clone, InputObject)]
pub struct MarkInquiryReadInput {
    /// Which inquiry.
    pub inquiry_id: ID,
    /// By which of its parties; needed only by whoever may write for both.
    pub organization_id: Option<ID>,
    /// Up to which message, itself included; up to the last where it is left out.
    pub up_to: Option<ID>,
}

impl MarkInquiryReadInput {
    pub(super) fn read(self) -> Outcome<MarkInquiryRead> {
        let mut ids = Ids::default();
        let inquiry = ids.one(&self.inquiry_id, InquiryId::PREFIX, "inquiryId");
        let organization = ids.maybe(self.organization_id.as_ref(), OrganizationId::PREFIX, "organizationId");
        let up_to = ids.maybe(self.up_to.as_ref(), InquiryMessageId::PREFIX, "upTo");
        let inquiry = ids.finish(inquiry)?;
        Ok(MarkInquiryRead { inquiry, organization, up_to })
    }
}

/// Which inquiry is to be closed.
#[derive(Debug, Clone, InputObject)]
pub struct CloseInquiryInput {
    /// Which inquiry.
    pub inquiry_id: ID,
    /// By which of its parties; needed only by whoever may write for both.
    pub organization_id: Option<ID>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl CloseInquiryInput {
    pub(super) fn read(self) -> Outcome<CloseInquiry> {
        let mut ids = Ids::default();
        let inquiry = ids.one(&self.inquiry_id, InquiryId::PREFIX, "inquiryId");
        let organization = ids.maybe(self.organization_id.as_ref(), OrganizationId::PREFIX, "organizationId");
        let inquiry = ids.finish(inquiry)?;
        Ok(CloseInquiry { inquiry, organization, idempotency_key: self.idempotency_key })
    }
}

/// Who wants to hear nothing of whom.
#[derive(Debug, Clone, InputObject)]
pub struct BlockOrganizationInput {
    /// Which organization of the caller.
    pub organization_id: ID,
    /// Of whom it wants to hear nothing.
    pub blocked_organization_id: ID,
    /// Why, at most 200 signs; seen by her own people only.
    pub reason: Option<String>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl BlockOrganizationInput {
    pub(super) fn read(self) -> Outcome<BlockOrganization> {
        let mut ids = Ids::default();
        let organization = ids.one(&self.organization_id, OrganizationId::PREFIX, "organizationId");
        let blocked = ids.one(&self.blocked_organization_id, OrganizationId::PREFIX, "blockedOrganizationId");
        let (organization, blocked) = ids.finish(organization.zip(blocked))?;
        Ok(BlockOrganization { organization, blocked, reason: self.reason, idempotency_key: self.idempotency_key })
    }
}

/// Who may write again to whom.
#[derive(Debug, Clone, InputObject)]
pub struct UnblockOrganizationInput {
    /// Which organization of the caller.
    pub organization_id: ID,
    /// Of whom it may hear again.
    pub blocked_organization_id: ID,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl UnblockOrganizationInput {
    pub(super) fn read(self) -> Outcome<UnblockOrganization> {
        let mut ids = Ids::default();
        let organization = ids.one(&self.organization_id, OrganizationId::PREFIX, "organizationId");
        let blocked = ids.one(&self.blocked_organization_id, OrganizationId::PREFIX, "blockedOrganizationId");
        let (organization, blocked) = ids.finish(organization.zip(blocked))?;
        Ok(UnblockOrganization { organization, blocked, idempotency_key: self.idempotency_key })
    }
}

/// What is reported of an inquiry.
#[derive(Debug, Clone, InputObject)]
pub struct ReportInquiryInput {
    /// Which inquiry.
    pub inquiry_id: ID,
    /// By which of its parties; needed only by whoever may write for both.
    pub organization_id: Option<ID>,
    /// Which message of the other party; the whole inquiry where it is left out.
    pub message_id: Option<ID>,
    /// What is wrong.
    pub reason: InquiryReportReason,
    /// More of it, at most 2,000 signs.
    pub text: Option<String>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl ReportInquiryInput {
    pub(super) fn read(self) -> Outcome<ReportInquiry> {
        let mut ids = Ids::default();
        let inquiry = ids.one(&self.inquiry_id, InquiryId::PREFIX, "inquiryId");
        let organization = ids.maybe(self.organization_id.as_ref(), OrganizationId::PREFIX, "organizationId");
        let message = ids.maybe(self.message_id.as_ref(), InquiryMessageId::PREFIX, "messageId");
        let inquiry = ids.finish(inquiry)?;
        Ok(ReportInquiry {
            inquiry,
            organization,
            message,
            reason: self.reason.into(),
            text: self.text,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// What is decided about a report.
#[derive(Debug, Clone, InputObject)]
pub struct DecideInquiryReportInput {
    /// Which report.
    pub report_id: ID,
    /// What was found.
    pub outcome: InquiryReportOutcome,
    /// More of it, at most 2,000 signs; seen by the reporter's people.
    pub note: Option<String>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl DecideInquiryReportInput {
    pub(super) fn read(self) -> Outcome<DecideInquiryReport> {
        let mut ids = Ids::default();
        let report = ids.one(&self.report_id, InquiryReportId::PREFIX, "reportId");
        let report = ids.finish(report)?;
        Ok(DecideInquiryReport {
            report,
            outcome: self.outcome.into(),
            note: self.note,
            idempotency_key: self.idempotency_key,
        })
    }
}
