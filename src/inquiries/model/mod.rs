//! What an inquiry, its messages, blocks and reports are, and the rules over them: no I/O, no clock, no randomness.

mod inquiry;
mod limits;
mod report;

pub use inquiry::{Block, Inquiry, InquiryStatus, Message, Reading, Side};
pub use limits::{ATTACHMENTS_MAX, Limits, Sent, TEXT, minutes_to_wait};
pub use report::{Report, ReportOutcome, ReportReason, ReportStatus};

use crate::define_id;

define_id!(
    /// Identifies a thread of messages.
    pub InquiryId = "inquiry"
);

define_id!(
    /// Identifies a message of a thread.
    pub InquiryMessageId = "inquiry_message"
);

define_id!(
    /// Identifies what was reported of a thread.
    pub InquiryReportId = "inquiry_report"
);
