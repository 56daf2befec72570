//! What is asked about a request, and answered in public.

use super::ids::{QuestionId, RequestId};
use crate::{accounts::OrganizationId, kernel::clock::Timestamp};

/// A question about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub id: QuestionId,
    /// About which request.
    pub request: RequestId,
    /// Who asks. Told to nobody but herself before the request has closed.
    pub organization: OrganizationId,
    /// What she asks.
    pub question: String,
    /// When.
    pub asked_at: Timestamp,
    /// What the buyer answered, and when.
    pub answer: Option<(String, Timestamp)>,
}
