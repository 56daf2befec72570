//! Reading certificates and schemes.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{
    Certificate, CertificateConnection, CertificateStatus, CertificationSchemeConnection, Loaders, certification,
    object::certificate_connection, scheme::schemes,
};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    certification::{CERTIFICATES, CertificateFilter as Filter, CertificateId, Certification, WAITING},
    kernel::{
        ErrorCode, Outcome, Rejections, UserError,
        error::excerpt,
        graphql::{failure, page_args, page_complexity, read_id, wants_total_count},
    },
};

/// Narrows a list of certificates.
#[derive(Debug, Clone, Default, InputObject)]
pub struct CertificateFilter {
    /// Only those that cover this organization. Its members, and those who review, then see all of them.
    pub organization_id: Option<ID>,
    /// Only those of this scheme, by code.
    pub scheme_code: Option<String>,
    /// Only those that are in this state today.
    pub status: Option<CertificateStatus>,
}

impl CertificateFilter {
    fn read(self, room: &Certification) -> Outcome<Filter> {
        let mut wrong = Rejections::default();
        let path = ["filter", "organizationId"];
        let organization = self.organization_id.map(|id| read_id(&id, OrganizationId::PREFIX, path));
        let organization = wrong.take(organization.transpose()).flatten();
        if let Some(code) = &self.scheme_code
            && room.schemes().scheme(code).is_none()
        {
            let error = UserError::new(ErrorCode::UnknownScheme, ["filter", "schemeCode"]);
            wrong.push(error.with("value", excerpt(code)));
        }
        wrong.finish()?;
        Ok(Filter { organization, scheme: self.scheme_code, status: self.status.map(Into::into) })
    }
}

/// The room's queries.
#[derive(Debug, Default, Clone, Copy)]
pub struct CertificationQuery;

#[Object]
impl CertificationQuery {
    /// What can be certified.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn certification_schemes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<CertificationSchemeConnection> {
        let args = page_args(first, after, last, before);
        schemes(certification(ctx)?, &args).map_err(|error| failure(ctx, error.into()))
    }

    /// A certificate by its id; null where there is none that the caller may see.
    async fn certificate(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The certificate's id.")] certificate_id: ID,
    ) -> Option<Result<Certificate>> {
        match read_id(&certificate_id, CertificateId::PREFIX, ["id"]) {
            Ok(id) => Loaders::certificate(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }

    /// Certificates, the last handed in first. Everybody sees those that were found genuine.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn certificates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<CertificateFilter>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<CertificateConnection> {
        let filter = filter.unwrap_or_default().read(certification(ctx)?).map_err(|error| failure(ctx, error))?;
        let args = page_args(first, after, last, before);
        let page = certification(ctx)?.certificates(actor(ctx), &filter, &args, wants_total_count(ctx));
        let page = Box::pin(page).await.map_err(|error| failure(ctx, error))?;
        Ok(certificate_connection(CERTIFICATES, page))
    }

    /// The certificates that wait for a verifier, the longest waiting first; for those who review.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn certificate_review_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that no verifier has taken; all where it is left out.")] unclaimed: Option<bool>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<CertificateConnection> {
        let args = page_args(first, after, last, before);
        let unclaimed = unclaimed.unwrap_or_default();
        let page = certification(ctx)?.waiting_certificates(actor(ctx), unclaimed, &args, wants_total_count(ctx));
        let page = Box::pin(page).await.map_err(|error| failure(ctx, error))?;
        Ok(certificate_connection(WAITING, page))
    }
}
