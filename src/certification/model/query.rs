//! What may be asked of a list of certificates.

use chrono::NaiveDate;

use super::certificate::CertificateStatus;
use crate::accounts::OrganizationId;

/// Which certificates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CertificateFilter {
    /// Those that cover this organization.
    pub organization: Option<OrganizationId>,
    /// Those of this scheme.
    pub scheme: Option<String>,
    /// Those that are in this state today.
    pub status: Option<CertificateStatus>,
}

/// How much of them the reader may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// What was found genuine, of holders in good standing.
    Public,
    /// What everyone may see, and all that this organization handed in; not what others handed in that would cover it.
    Insider(OrganizationId),
    /// All of it.
    Everything,
}

/// A product of an organization on a day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Asked {
    /// The organization.
    pub organization: OrganizationId,
    /// The product, by its code.
    pub product: String,
    /// The day.
    pub day: NaiveDate,
}
