//! What certificates say of a listing.

use async_graphql::{Context, Error, Object};

use crate::{
    catalog::{graphql::catalog, model::Listing},
    certification::{
        Certification,
        graphql::{Certificate, CertificateStatus, CertificationScheme, Loaders},
        model::{certificate, claim, scheme::Scheme},
    },
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
    async fn scheme(&self) -> CertificationScheme {
        CertificationScheme(self.scheme.clone())
    }

    /// The state of the certificate today: only while it is `VERIFIED` does the claim stand. A claim that lapsed is shown
    /// as such rather than left out.
    async fn status(&self) -> CertificateStatus {
        self.status.into()
    }

    /// What it rests on.
    async fn certificate(&self) -> Certificate {
        Certificate(self.certificate.clone())
    }
}

/// The claims on a listing today, those that stand before those that lapsed.
pub(super) async fn claims(ctx: &Context<'_>, listing: &Listing) -> Result<Vec<Claim>, Error> {
    let certification = ctx.data::<Certification>()?;
    let held = Loaders::certificates(ctx, listing.organization).await?;
    let (schemes, taxonomy) = (certification.schemes(), catalog(ctx)?.taxonomy());
    let (holder, product) = (listing.organization.uuid(), listing.offer.product.as_str());
    let claims = claim::claims(&held, schemes, taxonomy, holder, product, certification.today());
    let owned = |claim: claim::Claim<'_>| {
        let scheme = schemes.scheme(claim.scheme)?.clone();
        Some(Claim { scheme, status: claim.status, certificate: claim.certificate.clone() })
    };
    Ok(claims.into_iter().filter_map(owned).collect())
}
