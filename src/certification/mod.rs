//! Who certifies what of whom: schemes, certificates with their dated states, and the claims that follow from them.
//!
//! Nobody types "organic": a claim on a listing is derived from certificates that cover its organization and product on a
//! day. That a certificate ran out is derived too, and stored nowhere.
//!
//! What holds at any time: a number belongs to one certificate of its scheme; everybody sees what was found genuine,
//! whatever became of it; what is not verified or was refused is seen by the holder and by those who oversee the platform.
//!
//! Deliberately absent: handing in and reviewing certificates, which come with documents. What a scheme's own register
//! confirms can be recorded.

mod certificates;
pub mod graphql;
pub mod model;
mod record_certificate;
mod store;

use std::sync::Arc;

pub use model::certificate::{Certificate, CertificateId, CertificateRecord, CertificateStatus};
pub use record_certificate::RecordCertificate;

use crate::{
    catalog::model::taxonomy::Taxonomy,
    directory::Directory,
    kernel::{Fault, Services},
};
use model::scheme::Schemes;

/// The room's handle. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Certification {
    services: Services,
    directory: Directory,
    taxonomy: Arc<Taxonomy>,
    schemes: Arc<Schemes>,
}

impl Certification {
    /// Opens the room: reads the embedded schemes.
    ///
    /// # Errors
    /// When the embedded data are not well-formed.
    pub fn new(services: Services, directory: Directory, taxonomy: Arc<Taxonomy>) -> Result<Self, Fault> {
        let schemes = Schemes::embedded().map_err(|error| Fault::Internal(error.to_string()))?;
        Ok(Self { services, directory, taxonomy, schemes: Arc::new(schemes) })
    }

    /// What can be certified.
    #[must_use]
    pub fn schemes(&self) -> &Arc<Schemes> {
        &self.schemes
    }

    /// The present day in Mali.
    #[must_use]
    pub fn today(&self) -> chrono::NaiveDate {
        self.services.clock.today()
    }
}
