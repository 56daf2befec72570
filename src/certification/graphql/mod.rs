//! The room in GraphQL: `CertificationQuery` and `CertificationMutation` are merged into the schema's roots. Types wrap the
//! room's values; nothing here decides.
//!
//! The room's handle is put into the context by the schema, and [`Loaders`] by each request.

mod claim;
mod loader;
mod mutation;
mod object;
mod query;
mod scheme;

pub use claim::{Claim, certified_by, listing_claims, organization_claims};
pub use loader::Loaders;
pub use mutation::{
    CertificatePayload, CertificationMutation, ClaimCertificateInput, GroupMemberInput, ReinstateCertificateInput,
    RejectCertificateInput, ReleaseCertificateInput, RevokeCertificateInput, SubmitCertificateInput,
    SuspendCertificateInput, VerifyCertificateInput,
};
pub use object::{
    Certificate, CertificateConnection, CertificateDecision, CertificateEdge, CertificateScope, CertificateStatus,
    organization_certificates,
};
pub use query::{CertificateFilter, CertificationQuery};
pub use scheme::{CertificationScheme, CertificationSchemeConnection, CertificationSchemeEdge};

use async_graphql::{Context, Error};

use super::Certification;

fn certification<'c>(ctx: &Context<'c>) -> Result<&'c Certification, Error> {
    ctx.data()
}
