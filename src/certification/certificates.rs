//! Reading certificates, as far as the reader may see them.

use std::collections::HashMap;

use super::{Certificate, CertificateId, CertificateRecord, Certification, model::scheme::SchemeCover, store};
use crate::{
    accounts::{Actor, OrganizationId},
    catalog::model::query::CertifiedBy,
    directory::is_insider,
    kernel::Fault,
};

impl Certification {
    /// The certificates of each organization that the actor may see, the last to run out first. An organization holds a
    /// few, so all of them come.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn certificates_of(
        &self,
        actor: &Actor,
        holders: &[OrganizationId],
    ) -> Result<HashMap<OrganizationId, Vec<Certificate>>, Fault> {
        let mut found = store::of_holders(&self.services.db, holders).await?;
        for certificates in found.values_mut() {
            certificates.retain(|certificate| sees(actor, certificate));
        }
        Ok(found)
    }

    /// Those of these certificates that exist and that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn certificates_by_ids(
        &self,
        actor: &Actor,
        ids: &[CertificateId],
    ) -> Result<HashMap<CertificateId, Certificate>, Fault> {
        let mut found = store::by_ids(&self.services.db, ids).await?;
        found.retain(|_, certificate| sees(actor, certificate));
        // What a suspended organization holds is not shown either.
        let holders: Vec<OrganizationId> =
            found.values().map(|certificate| OrganizationId::from_uuid(certificate.holder)).collect();
        let visible = self.directory.organizations_by_ids(actor, &holders).await?;
        found.retain(|_, certificate| visible.contains_key(&OrganizationId::from_uuid(certificate.holder)));
        Ok(found)
    }

    /// Which certificates make a listing certified by a scheme; none where there is no scheme with this code.
    #[must_use]
    pub fn certified_by(&self, code: &str) -> Option<CertifiedBy> {
        let scheme = self.schemes.scheme(code)?;
        let about = scheme.products.iter().flat_map(|class| self.taxonomy.with_descendants(class));
        Some(CertifiedBy {
            scheme: scheme.code.clone(),
            products: about.map(|product| product.code.clone()).collect(),
            names_products: scheme.covers == SchemeCover::Product,
        })
    }
}

/// Everybody sees what was found genuine, insiders of the holder the rest.
fn sees(actor: &Actor, certificate: &Certificate) -> bool {
    was_genuine(certificate.record) || is_insider(actor, OrganizationId::from_uuid(certificate.holder))
}

fn was_genuine(record: CertificateRecord) -> bool {
    match record {
        CertificateRecord::Verified | CertificateRecord::Suspended | CertificateRecord::Revoked => true,
        CertificateRecord::Submitted | CertificateRecord::Rejected => false,
    }
}
