//! What certificates say of a listing.

use async_graphql::{Context, Error, Object};
use chrono::{DateTime, NaiveDate, Utc};

use super::{Certificate, CertificateStatus, CertificationScheme, Loaders, certification};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    catalog::model::{Listing, query::CertifiedBy},
    certification::model::{certificate, claim, scheme::Scheme},
    kernel::{ErrorCode, UserError, error::excerpt, graphql::failure},
};

/// What may be said of a product because a certificate says so.
#[derive(Debug, Clone)]
pub struct Claim {
    scheme: Scheme,
    status: certificate::CertificateStatus,
    certificate: certificate::Certificate,
}

/// What may be said of a product because a certificate covers it and its organization. Nobody types it.
#[Object(crate = "crate::kernel::graphql::fields")]
impl Claim {
    /// What is certified.
    fn scheme(&self) -> CertificationScheme {
        CertificationScheme(self.scheme.clone())
    }

    /// The state of the certificate on the day, today unless another was asked for: only while it is `VERIFIED` does the claim stand. A claim that lapsed is shown
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
    let (schemes, taxonomy) = (certification.schemes(), &certification.knows.taxonomy);
    let today = certification.today();
    let claims =
        claim::claims(&held, schemes, taxonomy, &listing.offer.product, |certificate| certificate.status_at(today));
    let owned = |claim: claim::Claim<'_>| {
        let scheme = schemes.scheme(claim.scheme)?.clone();
        Some(Claim { scheme, status: claim.status, certificate: claim.certificate.clone() })
    };
    Ok(claims.into_iter().filter_map(owned).collect())
}

/// What an organization's certificates say of a product on a day, as far as it was decided by an instant.
///
/// # Errors
/// [`ErrorCode::UnknownProduct`] at `productCode`, or the masked form of a fault.
pub async fn organization_claims(
    ctx: &Context<'_>,
    organization: OrganizationId,
    product: &str,
    (on, known_at): (Option<NaiveDate>, Option<DateTime<Utc>>),
) -> Result<Vec<Claim>, Error> {
    let room = certification(ctx)?;
    if room.knows.taxonomy.product(product).is_none() {
        let error = UserError::new(ErrorCode::UnknownProduct, ["productCode"]).with("value", excerpt(product));
        let near: Vec<&str> =
            room.knows.taxonomy.find(&excerpt(product), 3).iter().map(|found| found.code.as_str()).collect();
        return Err(failure(ctx, error.with("suggestions", near.join(", ")).into()));
    }
    let (on, known_at) = (on.unwrap_or_else(|| room.today()), known_at.unwrap_or(DateTime::<Utc>::MAX_UTC));
    let claims = room.claims_at(actor(ctx), organization, product, on, known_at).await;
    let claims = claims.map_err(|fault| failure(ctx, fault.into()))?;
    let owned = |(scheme, certificate, status): (String, certificate::Certificate, certificate::CertificateStatus)| {
        Some(Claim { scheme: room.schemes().scheme(&scheme)?.clone(), status, certificate })
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
