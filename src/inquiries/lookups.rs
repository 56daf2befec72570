//! Reading threads, blocks and reports, as far as the reader may see them.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    Block, Inquiries, Inquiry, InquiryId, InquiryMessageId, InquiryReportId, InquiryStatus, Message, Report,
    ReportStatus,
    access::reads,
    store::{self, lists::Narrowed},
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts, allowed},
    },
    catalog::ListingId,
    documents::Document,
    kernel::{
        Fault, Outcome,
        page::{Counted, CursorKey, Page, PageArgs, SortValue},
    },
};

/// The list that cursors of threads belong to.
pub const INQUIRIES: &str = "inquiries:latest";
/// The list that cursors of the messages of a thread belong to.
pub const MESSAGES: &str = "inquiry-messages:order";
/// The list that cursors of blocked organizations belong to.
pub const BLOCKS: &str = "blocked-organizations:newest";
/// The list that cursors of reports belong to.
pub const REPORTS: &str = "inquiry-reports:newest";

/// What a list of threads is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those of this organization.
    pub organization: Option<OrganizationId>,
    /// Those about this listing.
    pub listing: Option<ListingId>,
    /// Those with something to read, or without.
    pub unread: Option<bool>,
    /// Those in this state.
    pub status: Option<InquiryStatus>,
}

impl Inquiries {
    /// A page of the threads of organizations whose threads the signed-in person reads, the one with the latest message first.
    ///
    /// # Errors
    /// `Unauthenticated`, `Forbidden` for an organization whose threads she does not read, or what is wrong with the page.
    pub async fn inquiries(
        &self,
        actor: &Actor,
        filter: &Filter,
        args: &PageArgs,
        total: bool,
    ) -> Outcome<Counted<Inquiry>> {
        let user = actor.signed_in()?;
        let page = Page::new(INQUIRIES, args, SortValue::is_time)?;
        let parties = match filter.organization {
            Some(organization) => {
                policy::require(actor, Action::ViewInquiries, &Facts::of(organization))?;
                vec![organization]
            }
            None => {
                let mut own = user.memberships.organizations();
                own.retain(|organization| allowed(actor, Action::ViewInquiries, &Facts::of(*organization)));
                own
            }
        };
        if parties.is_empty() {
            return Ok((page.slice(Vec::new()), total.then_some(0)));
        }
        let narrowed = Narrowed { parties, listing: filter.listing, unread: filter.unread, status: filter.status };
        let db = &self.knows.services.db;
        let slice = store::lists::page(db, &narrowed, &page).await?;
        let total = if total { Some(store::lists::count(db, &narrowed).await?) } else { None };
        Ok((slice, total))
    }

    /// Those of these threads that the actor may see: as one of the parties' people, or, while a report about it waits, as one
    /// who decides about reports.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn inquiries_by_ids(
        &self,
        actor: &Actor,
        ids: &[InquiryId],
    ) -> Result<HashMap<InquiryId, Inquiry>, Fault> {
        let db = &self.knows.services.db;
        let mut found = store::inquiries::by_ids(db, ids).await?;
        let others: Vec<InquiryId> =
            found.values().filter(|inquiry| !reads(actor, inquiry)).map(|inquiry| inquiry.id).collect();
        if others.is_empty() {
            return Ok(found);
        }
        let reported = match allowed(actor, Action::ReviewInquiryReports, &Facts::none()) {
            true => store::reports::waiting_of(db, &others).await?,
            false => std::collections::HashSet::new(),
        };
        found.retain(|id, inquiry| reads(actor, inquiry) || reported.contains(id));
        Ok(found)
    }

    /// The same page of the messages of each of these threads, which the actor was shown: the first first.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn messages(
        &self,
        threads: &[InquiryId],
        page: &Page,
        total: bool,
    ) -> Result<HashMap<InquiryId, Counted<Message>>, Fault> {
        let db = &self.knows.services.db;
        let slices = store::messages::pages(db, threads, page).await?;
        let counts = if total { Some(store::messages::counts(db, threads).await?) } else { None };
        Ok(page.counted(threads, slices, counts))
    }

    /// Those of these messages whose thread the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn messages_by_ids(
        &self,
        actor: &Actor,
        ids: &[InquiryMessageId],
    ) -> Result<HashMap<InquiryMessageId, Message>, Fault> {
        let mut found = store::messages::by_ids(&self.knows.services.db, ids).await?;
        let threads: Vec<InquiryId> = found.values().map(|message| message.inquiry).collect();
        let seen = self.inquiries_by_ids(actor, &threads).await?;
        found.retain(|_, message| seen.contains_key(&message.inquiry));
        Ok(found)
    }

    /// What goes with each of these messages, which the actor was shown.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn attachments(
        &self,
        messages: &[InquiryMessageId],
    ) -> Result<HashMap<InquiryMessageId, Vec<Document>>, Fault> {
        let ids: Vec<Uuid> = messages.iter().map(|id| id.uuid()).collect();
        let found = self.knows.documents.documents_for_parties(InquiryMessageId::PREFIX, &ids).await?;
        Ok(found.into_iter().map(|(id, documents)| (InquiryMessageId::from_uuid(id), documents)).collect())
    }

    /// A page of whom an organization has blocked, the last first.
    ///
    /// # Errors
    /// `Unauthenticated`, `Forbidden`, or what is wrong with the page.
    pub async fn blocks(
        &self,
        actor: &Actor,
        organization: OrganizationId,
        args: &PageArgs,
        total: bool,
    ) -> Outcome<Counted<Block>> {
        policy::require(actor, Action::ViewInquiries, &Facts::of(organization))?;
        let page = Page::new(BLOCKS, args, SortValue::is_time)?;
        let db = &self.knows.services.db;
        let slice = store::blocks::page(db, organization, &page).await?;
        let total = if total { Some(store::blocks::count(db, organization).await?) } else { None };
        Ok((slice, total))
    }

    /// A page of what was reported, the last first; of one state and about one organization, if they are given.
    ///
    /// # Errors
    /// `Unauthenticated`, `Forbidden`, or what is wrong with the page.
    pub async fn reports(
        &self,
        actor: &Actor,
        narrowed: (Option<ReportStatus>, Option<OrganizationId>),
        args: &PageArgs,
        total: bool,
    ) -> Outcome<Counted<Report>> {
        policy::require(actor, Action::ReviewInquiryReports, &Facts::none())?;
        let page = Page::new(REPORTS, args, SortValue::is_time)?;
        let db = &self.knows.services.db;
        let slice = store::reports::page(db, narrowed, &page).await?;
        let total = if total { Some(store::reports::count(db, narrowed).await?) } else { None };
        Ok((slice, total))
    }

    /// Those of these reports that the actor may see: as one of the reporter's people, or as one who decides about reports.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn reports_by_ids(
        &self,
        actor: &Actor,
        ids: &[InquiryReportId],
    ) -> Result<HashMap<InquiryReportId, Report>, Fault> {
        let mut found = store::reports::by_ids(&self.knows.services.db, ids).await?;
        let decides = allowed(actor, Action::ReviewInquiryReports, &Facts::none());
        found.retain(|_, report| decides || allowed(actor, Action::ViewInquiries, &Facts::of(report.organization)));
        Ok(found)
    }
}

/// Where a thread stands in the list.
#[must_use]
pub fn inquiry_key(inquiry: &Inquiry) -> CursorKey {
    CursorKey { sort: SortValue::Time(inquiry.last_message_at), id: inquiry.id.uuid() }
}

/// Where a message stands in its thread.
#[must_use]
pub fn message_key(message: &Message) -> CursorKey {
    CursorKey { sort: SortValue::Integer(message.sequence), id: message.id.uuid() }
}

/// Where a blocked organization stands in the list.
#[must_use]
pub fn block_key(block: &Block) -> CursorKey {
    CursorKey { sort: SortValue::Time(block.at), id: block.blocked.uuid() }
}

/// Where a report stands in the list.
#[must_use]
pub fn report_key(report: &Report) -> CursorKey {
    CursorKey { sort: SortValue::Time(report.created_at), id: report.id.uuid() }
}
