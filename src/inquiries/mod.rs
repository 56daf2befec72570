//! What buyers and sellers write to each other.
//!
//! An **inquiry** is a thread of messages between two organizations: who began it and whom it was sent to, about a listing of the
//! latter or about nothing in particular. Whoever writes again about the same thing goes on in the thread that is open; a new one
//! begins only once that is closed, which either side may do.
//!
//! **Read state** belongs to an organization, not to a person: one of its people has read, and who and when is kept. Writing
//! counts as having read what came before. How much each side has not read is kept beside the thread and follows from places of
//! messages by one pure rule ([`model::Inquiry::wrote`]).
//!
//! **Attachments** are documents of the organization that writes, which the other party is shown in the thread and nowhere else.
//!
//! A **block** keeps anything from being sent between two organizations, in either direction, until whoever set it takes it back.
//! Neither is told who did. A **report** lets the platform's administrators read that one thread while it waits; what is upheld
//! blocks the reported one in the reporter's name.
//!
//! What holds at any time: there is one open thread of an organization with another about a listing; a message is read by the two
//! organizations, by those of their people who may, and by nobody else unless it was reported; the name of whoever wrote it stays
//! within her own organization; while somebody has not read that a thread goes on, she is not told again.
//!
//! Deliberately absent: changing and removing what was sent, and files that are not documents.

mod access;
mod audit;
mod block_organization;
mod close_inquiry;
mod decide_inquiry_report;
mod follow;
pub mod graphql;
mod lookups;
mod mark_inquiry_read;
pub mod model;
mod personal;
mod reply_to_inquiry;
mod report_inquiry;
mod start_inquiry;
mod store;
mod tell;
mod write;

use std::sync::Arc;

use arc_swap::ArcSwap;
pub use block_organization::{BlockOrganization, UnblockOrganization};
pub use close_inquiry::CloseInquiry;
pub use decide_inquiry_report::DecideInquiryReport;
pub use lookups::{BLOCKS, Filter, INQUIRIES, MESSAGES, REPORTS, block_key, inquiry_key, message_key, report_key};
pub use mark_inquiry_read::MarkInquiryRead;
pub use model::{
    Block, Inquiry, InquiryId, InquiryMessageId, InquiryReportId, InquiryStatus, Limits, Message, Report,
    ReportOutcome, ReportReason, ReportStatus, Side,
};
pub use reply_to_inquiry::ReplyToInquiry;
pub use report_inquiry::ReportInquiry;
pub use start_inquiry::StartInquiry;

use crate::{
    catalog::Catalog, directory::Directory, documents::Documents, kernel::Services, notifications::Notifications,
};

/// The room's handle. Cheap to clone, and small: whatever runs the application holds all rooms' handles.
#[derive(Debug, Clone)]
pub struct Inquiries {
    knows: Arc<Known>,
}

/// What the room stands on.
#[derive(Debug)]
struct Known {
    services: Services,
    notifications: Notifications,
    documents: Documents,
    directory: Directory,
    catalog: Catalog,
    limits: ArcSwap<Limits>,
}

impl Inquiries {
    /// The room, over the rooms that it knows.
    #[must_use]
    pub fn new(
        services: Services,
        (notifications, documents): (Notifications, Documents),
        (directory, catalog): (Directory, Catalog),
        limits: Limits,
    ) -> Self {
        let limits = ArcSwap::from_pointee(limits);
        Self { knows: Arc::new(Known { services, notifications, documents, directory, catalog, limits }) }
    }

    /// Allows so much from now on.
    pub fn allow(&self, limits: Limits) {
        self.knows.limits.store(Arc::new(limits));
    }
}
