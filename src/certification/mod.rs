//! Who certifies what of whom: schemes, certificates with the decisions about them, and the claims that follow.
//!
//! A holder hands a certificate in; a verifier, who belongs to nobody whom it covers, looks at it and finds it genuine or not;
//! later she may suspend it, reinstate it, or revoke it from a day on, which may lie in the past. Decisions are appended and
//! never edited, so that what a certificate was on any day can be told as it is known now and as it was known then.
//!
//! Nobody types "organic": a claim on a listing is derived from certificates that cover its organization and product on a
//! day. That a certificate ran out is derived too, and stored nowhere.
//!
//! What holds at any time: a number belongs to one genuine certificate of its scheme; everybody sees what was found genuine,
//! whatever became of it; what was not looked at or was refused is seen by the holder and by those who review; where a scheme
//! allows one certifier, nobody holds certificates of two for the same products and days; nobody is in two groups of a scheme.

mod audit;
mod certificates;
mod certify;
mod claim_certificate;
mod decide_certificate;
pub mod graphql;
pub mod model;
mod record_certificate;
mod store;
mod submit_certificate;
mod tell;

use std::sync::Arc;

pub use certificates::{CERTIFICATES, ClaimThen, WAITING, certificate_key};
pub use decide_certificate::DecideCertificate;
pub use model::{
    certificate::{Certificate, CertificateId, CertificateRecord, CertificateStatus},
    decision::{Decided, Decision},
    draft::{CertificateDraft, MemberDraft},
    query::{Asked, CertificateFilter},
};
pub use record_certificate::RecordCertificate;
pub use submit_certificate::SubmitCertificate;

use crate::{
    catalog::model::taxonomy::Taxonomy,
    credentials::Credentials,
    directory::Directory,
    documents::Documents,
    kernel::{Fault, Services, together::Together},
    notifications::Notifications,
};
use model::scheme::Schemes;

/// The room's handle. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Certification {
    knows: Arc<Known>,
}

/// What the room stands on.
#[derive(Debug)]
struct Known {
    services: Services,
    notifications: Notifications,
    documents: Documents,
    credentials: Credentials,
    directory: Directory,
    taxonomy: Arc<Taxonomy>,
    schemes: Arc<Schemes>,
    covering: Together<store::certificates::Covering>,
}

impl Certification {
    /// Opens the room: reads the embedded schemes.
    ///
    /// # Errors
    /// When the embedded data are not well-formed.
    pub fn new(
        services: Services,
        (notifications, documents, credentials): (Notifications, Documents, Credentials),
        directory: Directory,
        taxonomy: Arc<Taxonomy>,
    ) -> Result<Self, Fault> {
        let schemes = Schemes::embedded().map_err(|error| Fault::Internal(error.to_string()))?;
        let schemes = Arc::new(schemes);
        let covering = Together::over(&services.db, store::certificates::Covering(services.db.clone()));
        let knows = Known { services, notifications, documents, credentials, directory, taxonomy, schemes, covering };
        Ok(Self { knows: Arc::new(knows) })
    }

    /// What can be certified.
    #[must_use]
    pub fn schemes(&self) -> &Arc<Schemes> {
        &self.knows.schemes
    }

    /// The present day in Mali.
    #[must_use]
    pub fn today(&self) -> chrono::NaiveDate {
        self.knows.services.clock.today()
    }
}
