//! The room in GraphQL: `CertificationQuery` is merged into the schema's root. Types wrap the room's values; nothing
//! here decides.
//!
//! The room's handle is put into the context by the schema, and [`Loaders`] by each request.

mod claim;

use std::{collections::HashMap, sync::Arc};

pub use claim::{Claim, certified_by, listing_claims};

use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::{
    Certificate as Record, CertificateId, Certification,
    model::{
        certificate,
        scheme::{Scheme, SchemeCover},
    },
};
use crate::{
    accounts::{Actor, OrganizationId},
    connection,
    directory::graphql::{Certainty, Loaders as DirectoryLoaders, Organization},
    kernel::{
        Fault, UserError,
        graphql::{BatchLoad, Batcher, Date, LanguageCode, failure, locale, page_args, page_complexity},
        locale::Locale,
        page::{Page, PageArgs, SortValue},
    },
};

const CERTIFICATES: &str = "certificates:holder";
const SCHEMES: &str = "certification-schemes";

fn certification<'c>(ctx: &Context<'c>) -> Result<&'c Certification, Error> {
    ctx.data()
}

/// The batchers of one request; the API makes them with its actor and puts them in its context.
pub struct Loaders {
    of_holder: Batcher<OfHolder>,
    by_id: Batcher<ById>,
}

impl Loaders {
    /// Batchers that load what `actor` may see.
    #[must_use]
    pub fn new(certification: &Certification, actor: &Actor) -> Self {
        Self {
            of_holder: Batcher::new(OfHolder(certification.clone(), actor.clone())),
            by_id: Batcher::new(ById(certification.clone(), actor.clone())),
        }
    }

    /// All certificates of an organization that the request's actor may see, the last to run out first.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn certificates(ctx: &Context<'_>, holder: OrganizationId) -> Result<Arc<Vec<Record>>, Error> {
        Ok(ctx.data::<Self>()?.of_holder.get(ctx, holder).await?.unwrap_or_default())
    }

    /// The certificate, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn certificate(ctx: &Context<'_>, id: CertificateId) -> Result<Option<Certificate>, Error> {
        Ok(ctx.data::<Self>()?.by_id.get(ctx, id).await?.map(Certificate))
    }
}

struct OfHolder(Certification, Actor);

impl BatchLoad for OfHolder {
    type Key = OrganizationId;
    type Value = Arc<Vec<Record>>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let found = self.0.certificates_of(&self.1, &keys).await?;
        Ok(found.into_iter().map(|(holder, certificates)| (holder, Arc::new(certificates))).collect())
    }
}

struct ById(Certification, Actor);

impl BatchLoad for ById {
    type Key = CertificateId;
    type Value = Record;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        self.0.certificates_by_ids(&self.1, &keys).await
    }
}

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

/// What a certificate of a scheme speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "SchemeCover")]
pub enum CertificationCover {
    /// Products of the holder that the certificate names.
    Product,
    /// How the holder's sites work, whatever they make.
    Process,
    /// The holder itself.
    Organization,
}

/// Something that can be certified.
#[derive(Debug, Clone)]
pub struct CertificationScheme(pub Scheme);

connection! {
    /// A page of certification schemes.
    CertificationSchemeConnection, CertificationSchemeEdge, CertificationScheme
}

/// Something that can be certified: organic farming, fair trade, a safe process.
#[Object]
impl CertificationScheme {
    /// Identifies it, such as `ORGANIC_EU`.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its full name.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The language of the name; the request's own where none is given. French where there is none in it."
        )]
        language: Option<LanguageCode>,
    ) -> &str {
        self.0.names.best(language.map_or_else(|| locale(ctx), Locale::from)).unwrap_or(&self.0.code)
    }

    /// A short name, for tags and facets.
    async fn label(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The language of the label; the request's own where none is given. French where there is none in it."
        )]
        language: Option<LanguageCode>,
    ) -> &str {
        self.0.labels.best(language.map_or_else(|| locale(ctx), Locale::from)).unwrap_or(&self.0.code)
    }

    /// What its certificates speak of.
    fn covers(&self) -> CertificationCover {
        self.0.covers.into()
    }

    /// The codes of the products, each with everything below it in the tree, that it is about; empty for all.
    fn product_codes(&self) -> &[String] {
        &self.0.products
    }

    /// Bodies known to issue it. Others are not refused for it.
    fn issuers(&self) -> &[String] {
        &self.0.issuers
    }

    /// Members that a group may have at most to hold one certificate together; null where the scheme sets no number.
    fn group_members_max(&self) -> Option<i64> {
        self.0.group_rule.as_ref().map(|rule| i64::from(rule.members_max))
    }

    /// Where this is known from.
    fn source(&self) -> &str {
        &self.0.source
    }

    /// How sure that is.
    fn certainty(&self) -> Certainty {
        self.0.certainty.into()
    }
}

/// A certificate that an organization holds.
#[derive(Debug, Clone)]
pub struct Certificate(pub Record);

connection! {
    /// A page of certificates.
    CertificateConnection, CertificateEdge, Certificate
}

/// What a certificate covers.
#[derive(Debug, Clone, SimpleObject)]
pub struct CertificateScope {
    /// The codes of the products that it names, each with everything below it in the tree; empty where it names none.
    pub product_codes: Vec<String>,
    /// The sites that it names.
    pub site_names: Vec<String>,
}

/// A certificate that an organization holds.
#[Object]
impl Certificate {
    /// Identifies the certificate.
    pub async fn id(&self) -> ID {
        ID(CertificateId::from_uuid(self.0.id).to_string())
    }

    /// What is certified.
    async fn scheme(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<CertificationScheme>> {
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
    async fn holder(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Organization>> {
        DirectoryLoaders::organization(ctx, OrganizationId::from_uuid(self.0.holder)).await
    }

    /// Its state today. That it ran out follows from the day.
    async fn status(&self, ctx: &Context<'_>) -> async_graphql::Result<CertificateStatus> {
        Ok(self.0.status_at(certification(ctx)?.today()).into())
    }

    /// Its state at an instant, by what is recorded of it today.
    async fn status_at(&self, #[graphql(desc = "The instant.")] time: DateTime<Utc>) -> CertificateStatus {
        self.0.status_at(time.date_naive()).into()
    }

    /// What it covers.
    fn scope(&self) -> CertificateScope {
        CertificateScope { product_codes: self.0.products.clone(), site_names: self.0.sites.clone() }
    }

    /// Its first day.
    fn valid_from(&self) -> Date {
        Date(self.0.valid_from)
    }

    /// Its last day.
    fn valid_until(&self) -> Date {
        Date(self.0.valid_until)
    }
}

/// A page of the certificates of an organization that the request's actor may see, loaded together with those of its
/// siblings.
///
/// # Errors
/// What is wrong with the arguments, or the masked form of a fault.
pub async fn organization_certificates(
    ctx: &Context<'_>,
    holder: OrganizationId,
    args: PageArgs,
) -> Result<CertificateConnection, Error> {
    let page = Page::new(CERTIFICATES, &args, SortValue::is_text).map_err(|error| failure(ctx, error.into()))?;
    let held = Loaders::certificates(ctx, holder).await?;
    let total = i64::try_from(held.len()).unwrap_or(i64::MAX);
    let is = |certificate: &&Record, id: &str| CertificateId::from_uuid(certificate.id).to_string() == id;
    let slice = page.of_memory(held.iter().collect(), is).map_err(|error| failure(ctx, error.into()))?;
    let turn = |certificate: &Record| {
        let id = CertificateId::from_uuid(certificate.id).to_string();
        (Page::memory_cursor(CERTIFICATES, &id), Certificate(certificate.clone()))
    };
    Ok(CertificateConnection::new(slice, turn, Some(total)))
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
    ) -> async_graphql::Result<CertificationSchemeConnection> {
        let args = page_args(first, after, last, before);
        schemes(certification(ctx)?, &args).map_err(|error| failure(ctx, error.into()))
    }

    /// A certificate by its id; null where there is none that the caller may see.
    async fn certificate(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The certificate's id.")] certificate_id: ID,
    ) -> Option<async_graphql::Result<Certificate>> {
        match certificate_id.parse::<CertificateId>() {
            Ok(id) => Loaders::certificate(ctx, id).await.transpose(),
            Err(error) => {
                let error = UserError::from_id(&error, CertificateId::PREFIX, ["id"]);
                Some(Err(failure(ctx, error.into())))
            }
        }
    }
}

fn schemes(certification: &Certification, args: &PageArgs) -> Result<CertificationSchemeConnection, UserError> {
    let page = Page::new(SCHEMES, args, SortValue::is_text)?;
    let all: Vec<&Scheme> = certification.schemes().all().iter().collect();
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let slice = page.of_memory(all, |scheme, code| scheme.code == code)?;
    let turn = |scheme: &Scheme| (Page::memory_cursor(SCHEMES, &scheme.code), CertificationScheme(scheme.clone()));
    Ok(CertificationSchemeConnection::new(slice, turn, Some(total)))
}
