//! Certificates on the wire.

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::{CertificationScheme, Loaders, certification};
use crate::{
    accounts::OrganizationId,
    certification::{
        self, CertificateId, Decided, certificate_key,
        model::{certificate, decision::status_at},
    },
    connection,
    credentials::{
        graphql::{self as credentials, Credential},
        model::conformity::SUBJECT_KIND,
    },
    directory::graphql::{Loaders as DirectoryLoaders, Organization},
    documents::graphql::{self as documents, Document},
    kernel::{
        graphql::{Date, Quantity, failure, list_complexity},
        page::{Counted, Page, PageArgs, SortValue, encode_cursor},
        quantity::{self, UnitCode},
    },
};

const OF_ORGANIZATION: &str = "certificates:organization";

/// The state of a certificate on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "certificate::CertificateStatus")]
pub enum CertificateStatus {
    /// Handed in, not yet looked at.
    Submitted,
    /// Looked at and refused.
    Rejected,
    /// Genuine, but its first day is still to come.
    NotYetValid,
    /// Genuine and in force.
    Verified,
    /// Genuine, for now without force.
    Suspended,
    /// Genuine, and past its last day.
    Expired,
    /// Withdrawn for good.
    Revoked,
}

/// A certificate that an organization holds.
#[derive(Debug, Clone)]
pub struct Certificate(pub certification::Certificate);

connection! {
    /// A page of certificates.
    CertificateConnection, CertificateEdge, Certificate
}

/// What a certificate covers.
#[derive(Debug, Clone)]
pub struct CertificateScope(certification::Certificate);

/// What a certificate covers.
#[Object(crate = "crate::kernel::graphql::fields")]
impl CertificateScope {
    /// The codes of the products that it names, each with everything below it in the tree; empty where it names none.
    fn product_codes(&self) -> &[String] {
        &self.0.products
    }

    /// The sites that it names.
    fn site_names(&self) -> &[String] {
        &self.0.sites
    }

    /// The organizations that it covers and that the caller may see, its holder among them.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn organizations(&self, ctx: &Context<'_>) -> Result<Vec<Organization>> {
        let covered = Loaders::covered(ctx, CertificateId::from_uuid(self.0.id)).await?;
        let seen = covered.iter().map(|id| DirectoryLoaders::organization(ctx, *id));
        Ok(futures_util::future::try_join_all(seen).await?.into_iter().flatten().collect())
    }

    /// What may be sold under it at most; null where it sets no limit.
    fn volume_limit(&self) -> Option<Quantity> {
        let grams = self.0.volume_limit_grams?;
        Some(Quantity {
            quantity: quantity::Quantity { thousandths: grams, unit: UnitCode::new("KGM") },
            grams: Some(grams),
        })
    }

    /// How many producers it certifies as a group; null where it certifies no group.
    async fn group_members(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        Loaders::group_size(ctx, CertificateId::from_uuid(self.0.id)).await
    }
}

/// Something that was decided about a certificate.
#[derive(Debug, Clone)]
pub struct CertificateDecision(Decided);

/// Something that was decided about a certificate. Decisions are appended and never edited.
#[Object(crate = "crate::kernel::graphql::fields")]
impl CertificateDecision {
    /// Counts the certificate's decisions, from 1.
    fn sequence(&self) -> i64 {
        self.0.sequence
    }

    /// What the certificate became by it.
    fn status(&self) -> CertificateStatus {
        use certificate::CertificateRecord;
        match self.0.record {
            CertificateRecord::Submitted => CertificateStatus::Submitted,
            CertificateRecord::Verified => CertificateStatus::Verified,
            CertificateRecord::Rejected => CertificateStatus::Rejected,
            CertificateRecord::Suspended => CertificateStatus::Suspended,
            CertificateRecord::Revoked => CertificateStatus::Revoked,
        }
    }

    /// The first day that it speaks of; null for all of the certificate's days.
    fn effective_from(&self) -> Option<Date> {
        self.0.effective_from.map(Date)
    }

    /// Whether it speaks of days before the one on which it was decided.
    fn retroactive(&self) -> bool {
        self.0.effective_from.is_some_and(|from| from < self.0.decided_at.date_naive())
    }

    /// Why; null where nothing had to be said.
    fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// When it was decided.
    fn decided_at(&self) -> DateTime<Utc> {
        self.0.decided_at
    }
}

/// A certificate that an organization holds.
#[Object(crate = "crate::kernel::graphql::fields")]
impl Certificate {
    /// Identifies the certificate.
    pub async fn id(&self) -> ID {
        ID(CertificateId::from_uuid(self.0.id).to_string())
    }

    /// What is certified.
    async fn scheme(&self, ctx: &Context<'_>) -> Result<Option<CertificationScheme>> {
        Ok(certification(ctx)?.schemes().scheme(&self.0.scheme).cloned().map(CertificationScheme))
    }

    /// The number that its issuer gave it.
    fn number(&self) -> &str {
        &self.0.number
    }

    /// Who issued it.
    fn issuer_name(&self) -> &str {
        &self.0.issuer_name
    }

    /// Who holds it.
    async fn holder(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        DirectoryLoaders::organization(ctx, OrganizationId::from_uuid(self.0.holder)).await
    }

    /// Its state today. That it ran out follows from the day.
    async fn status(&self, ctx: &Context<'_>) -> Result<CertificateStatus> {
        Ok(self.0.status_at(certification(ctx)?.today()).into())
    }

    /// Its state on the day of an instant: what a decision that reaches back took away is taken away. Null where it was not
    /// handed in yet at `asKnownAt`.
    async fn status_at(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The instant.")] time: DateTime<Utc>,
        #[graphql(desc = "Only what was decided by then counts; what is decided now where it is left out.")]
        as_known_at: Option<DateTime<Utc>>,
    ) -> Result<Option<CertificateStatus>> {
        let decisions = Loaders::decisions(ctx, CertificateId::from_uuid(self.0.id)).await?;
        let known_at = as_known_at.unwrap_or(DateTime::<Utc>::MAX_UTC);
        Ok(status_at(&self.0, &decisions, time.date_naive(), known_at).map(CertificateStatus::from))
    }

    /// Everything that was decided about it, the first one first.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn decisions(&self, ctx: &Context<'_>) -> Result<Vec<CertificateDecision>> {
        let decisions = Loaders::decisions(ctx, CertificateId::from_uuid(self.0.id)).await?;
        Ok(decisions.iter().cloned().map(CertificateDecision).collect())
    }

    /// What it covers.
    fn scope(&self) -> CertificateScope {
        CertificateScope(self.0.clone())
    }

    /// The documents that show it and that the caller may see.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn documents(&self, ctx: &Context<'_>) -> Result<Vec<Document>> {
        documents::Loaders::documents_of(ctx, CertificateId::PREFIX, self.0.id).await
    }

    /// The certificate as a signed statement that anybody can check without asking us; null until it is verified.
    async fn credential(&self, ctx: &Context<'_>) -> Option<Result<Credential>> {
        credentials::Loaders::of_subject(ctx, SUBJECT_KIND, self.0.id).await.transpose()
    }

    /// Its first day.
    fn valid_from(&self) -> Date {
        Date(self.0.valid_from)
    }

    /// Its last day.
    fn valid_until(&self) -> Date {
        Date(self.0.valid_until)
    }

    /// When it was handed in, or recorded.
    fn submitted_at(&self) -> DateTime<Utc> {
        self.0.submitted_at
    }

    /// Counts its changes, from 1.
    fn version(&self) -> i64 {
        self.0.version
    }
}

/// A page of certificates as a connection.
pub(super) fn certificate_connection(
    list: &'static str,
    (slice, total): Counted<certification::Certificate>,
) -> CertificateConnection {
    let edge = |held: certification::Certificate| (encode_cursor(list, &certificate_key(&held)), Certificate(held));
    CertificateConnection::new(slice, edge, total)
}

/// A page of the certificates that cover an organization and that the request's actor may see, loaded together with those of
/// its siblings.
///
/// # Errors
/// What is wrong with the arguments, or the masked form of a fault.
pub async fn organization_certificates(
    ctx: &Context<'_>,
    organization: OrganizationId,
    args: PageArgs,
) -> Result<CertificateConnection> {
    let page = Page::new(OF_ORGANIZATION, &args, SortValue::is_text).map_err(|error| failure(ctx, error.into()))?;
    let held = Loaders::certificates(ctx, organization).await?;
    let total = i64::try_from(held.len()).unwrap_or(i64::MAX);
    let name = |certificate: &certification::Certificate| CertificateId::from_uuid(certificate.id).to_string();
    let slice = page.of_memory(held.iter().collect(), |held: &&certification::Certificate, id| name(held) == id);
    let slice = slice.map_err(|error| failure(ctx, error.into()))?;
    let turn = |held: &certification::Certificate| {
        (Page::memory_cursor(OF_ORGANIZATION, &name(held)), Certificate(held.clone()))
    };
    Ok(CertificateConnection::new(slice, turn, Some(total)))
}
