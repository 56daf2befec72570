//! Certificates, and what is said of them, for many siblings at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Error};

use super::Certificate;
use crate::{
    accounts::{Actor, OrganizationId},
    certification::{self, CertificateId, Certification, Decided},
    kernel::{
        Fault,
        graphql::{BatchLoad, Batcher, loaders},
    },
};

/// The batchers of one request; the API makes them with its actor and puts them in its context.
pub struct Loaders {
    of_organization: Batcher<OfOrganization>,
    by_id: Batcher<ById>,
    decisions: Batcher<DecisionsOf>,
    covered: Batcher<CoveredBy>,
    group_sizes: Batcher<GroupSizes>,
}

impl Loaders {
    /// Batchers that load what `actor` may see.
    #[must_use]
    pub fn new(certification: &Certification, actor: &Actor) -> Self {
        Self {
            of_organization: Batcher::new(OfOrganization(certification.clone(), actor.clone())),
            by_id: Batcher::new(ById(certification.clone(), actor.clone())),
            decisions: Batcher::new(DecisionsOf(certification.clone())),
            covered: Batcher::new(CoveredBy(certification.clone())),
            group_sizes: Batcher::new(GroupSizes(certification.clone())),
        }
    }

    /// All certificates that cover an organization and that the request's actor may see, the last to run out first.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn certificates(
        ctx: &Context<'_>,
        organization: OrganizationId,
    ) -> Result<Arc<Vec<certification::Certificate>>, Error> {
        Ok(loaders::<Self>(ctx)?.of_organization.get(ctx, organization).await?.unwrap_or_default())
    }

    /// The certificate, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn certificate(ctx: &Context<'_>, id: CertificateId) -> Result<Option<Certificate>, Error> {
        Ok(loaders::<Self>(ctx)?.by_id.get(ctx, id).await?.map(Certificate))
    }

    /// The certificate of which this is the wire id, if it is one and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn certificate_named(ctx: &Context<'_>, id: &str) -> Result<Option<Certificate>, Error> {
        match id.parse() {
            Ok(id) => Self::certificate(ctx, id).await,
            Err(_) => Ok(None),
        }
    }

    /// Every decision about a certificate that the request's actor was shown, the first one first.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub(super) async fn decisions(ctx: &Context<'_>, id: CertificateId) -> Result<Arc<Vec<Decided>>, Error> {
        Ok(loaders::<Self>(ctx)?.decisions.get(ctx, id).await?.unwrap_or_default())
    }

    /// Whom a certificate covers, its holder among them.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub(super) async fn covered(ctx: &Context<'_>, id: CertificateId) -> Result<Arc<Vec<OrganizationId>>, Error> {
        Ok(loaders::<Self>(ctx)?.covered.get(ctx, id).await?.unwrap_or_default())
    }

    /// How many producers a certificate certifies as a group; none where it certifies no group.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub(super) async fn group_size(ctx: &Context<'_>, id: CertificateId) -> Result<Option<i64>, Error> {
        loaders::<Self>(ctx)?.group_sizes.get(ctx, id).await
    }
}

struct OfOrganization(Certification, Actor);

impl BatchLoad for OfOrganization {
    type Key = OrganizationId;
    type Value = Arc<Vec<certification::Certificate>>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        self.0.certificates_of(&self.1, &keys).await
    }
}

struct ById(Certification, Actor);

impl BatchLoad for ById {
    type Key = CertificateId;
    type Value = certification::Certificate;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        self.0.certificates_by_ids(&self.1, &keys).await
    }
}

struct DecisionsOf(Certification);

impl BatchLoad for DecisionsOf {
    type Key = CertificateId;
    type Value = Arc<Vec<Decided>>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let found = self.0.decisions_of(&keys).await?;
        Ok(found.into_iter().map(|(id, decisions)| (id, Arc::new(decisions))).collect())
    }
}

struct CoveredBy(Certification);

impl BatchLoad for CoveredBy {
    type Key = CertificateId;
    type Value = Arc<Vec<OrganizationId>>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let found = self.0.covered_by(&keys).await?;
        Ok(found.into_iter().map(|(id, covered)| (id, Arc::new(covered))).collect())
    }
}

struct GroupSizes(Certification);

impl BatchLoad for GroupSizes {
    type Key = CertificateId;
    type Value = i64;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        self.0.group_sizes(&keys).await
    }
}
