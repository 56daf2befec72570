//! What certificates say of a listing.

use async_graphql::{Context, Error, Object};

use super::{Certificate, CertificateStatus, CertificationScheme, Loaders, certification};
use crate::{
    catalog::model::{Listing, query::CertifiedBy},
    certification::model::{certificate, claim, scheme::Scheme},
};

/// What may be said of a listing because a certificate says so.
#[derive(Debug, Clone)]
pub struct Claim {
    scheme: Scheme,
    status: certificate::CertificateStatus,
    certificate: certificate::Certificate,
}

/// What may be said of a listing because a certificate covers its organization and product. Nobody types it.
#[Object]
impl Claim {
    /// What is certified.
    fn scheme(&self) -> CertificationScheme {
        CertificationScheme(self.scheme.clone())
    }

    /// The state of the certificate today: only while it is `VERIFIED` does the claim stand. A claim that lapsed is shown
    /// as such rather than left out.
    fn status(&self) -> CertificateStatus {
        self.status.into()
    }

    /// What it rests on.
    fn certificate(&self) -> Certificate {
        Certificate(self.certificate.clone())
    }
}

/// The claims on a listing today, those that stand before those that lapsed.
///
/// # Errors
/// The masked form of a fault.
pub async fn listing_claims(ctx: &Context<'_>, listing: &Listing) -> Result<Vec<Claim>, Error> {
    let certification = certification(ctx)?;
    let held = Loaders::certificates(ctx, listing.organization).await?;
    let (schemes, taxonomy) = (certification.schemes(), &certification.taxonomy);
    let (holder, product) = (listing.organization.uuid(), listing.offer.product.as_str());
    let claims = claim::claims(&held, schemes, taxonomy, holder, product, certification.today());
    let owned = |claim: claim::Claim<'_>| {
        let scheme = schemes.scheme(claim.scheme)?.clone();
        Some(Claim { scheme, status: claim.status, certificate: claim.certificate.clone() })
    };
    Ok(claims.into_iter().filter_map(owned).collect())
}

/// Which certificates make a listing certified by the scheme with this code; none where there is no such scheme.
///
/// # Errors
/// When the schema holds no certification.
pub fn certified_by(ctx: &Context<'_>, code: &str) -> Result<Option<CertifiedBy>, Error> {
    Ok(certification(ctx)?.certified_by(code))
}
