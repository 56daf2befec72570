//! What the opening of a bid found that somebody has to look at.

use serde::{Deserialize, Serialize};

use super::ids::RequestLotId;
use crate::{accounts::OrganizationId, documents::DocumentId};

/// Something to look at before the bid is found to answer the request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// About which lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<RequestLotId>,
    /// About which scheme, by code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// About which organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// About which document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentId>,
}

/// What there may be to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FindingKind {
    /// Less is offered than the lot asks for.
    PartialQuantity,
    /// An organization holds no certificate of a scheme that the lot asks for.
    CertificateMissing,
    /// The lot is reserved, and those who bid did not satisfy its definition when the bid was sealed.
    WomenStatusMissing,
    /// A document that belongs to the bid is gone, or is not what was sealed.
    DocumentMissing,
    /// An organization among those who bid is not in good standing.
    NotInGoodStanding,
    /// The lot is no longer asked for.
    LotGone,
}

impl Finding {
    /// A finding about nothing in particular yet.
    #[must_use]
    pub const fn of(kind: FindingKind) -> Self {
        Self { kind, lot: None, scheme: None, organization: None, document: None }
    }
}
