//! To what a producer belongs, and when.

use super::{
    ids::{EnrolmentId, ProducerId},
    period::Period,
};
use crate::{accounts::OrganizationId, kernel::clock::Timestamp};

/// The time in which a producer belongs to her organization, or to a group of it that is certified together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Identifies it.
    pub id: EnrolmentId,
    /// Who belongs.
    pub producer: ProducerId,
    /// The producer's organization.
    pub organization: OrganizationId,
    /// The scheme of the group; none for the organization itself.
    pub scheme: Option<String>,
    /// When.
    pub period: Period,
    /// When it was recorded.
    pub created_at: Timestamp,
}
