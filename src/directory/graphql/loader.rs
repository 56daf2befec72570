//! Organizations and what belongs to them, for many siblings at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Error};
use chrono::NaiveDate;

use super::{Organization, OwnershipEvidence};
use crate::{
    accounts::{Actor, OrganizationId},
    directory::{Declaration, Directory, EvidenceId, EvidenceRecord, model, ownership::Known},
    kernel::{
        Fault,
        graphql::{BatchLoad, Batcher, PageLoad, Pages, loaders, wants_total_count},
        page::{Counted, Page},
    },
};

/// The batchers of one request; the API makes them with its actor and puts them in its context.
pub struct Loaders {
    organizations: Batcher<Organizations>,
    registrations: Batcher<Registrations>,
    ownership: Batcher<Ownership>,
    evidence: Batcher<EvidenceById>,
    declarations: Pages<DeclarationsOf>,
    evidence_of: Pages<EvidenceOf>,
}

impl Loaders {
    /// Batchers that load what `actor` may see.
    #[must_use]
    pub fn new(directory: &Directory, actor: &Actor) -> Self {
        let seen = Seen { directory: directory.clone(), actor: actor.clone() };
        Self {
            organizations: Batcher::new(Organizations(seen.clone())),
            registrations: Batcher::new(Registrations(seen.clone())),
            ownership: Batcher::new(Ownership(directory.clone())),
            evidence: Batcher::new(EvidenceById(seen.clone())),
            declarations: Pages::new(DeclarationsOf(directory.clone())),
            evidence_of: Pages::new(EvidenceOf(seen)),
        }
    }

    /// The organization, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn organization(ctx: &Context<'_>, id: OrganizationId) -> Result<Option<Organization>, Error> {
        Ok(loaders::<Self>(ctx)?.organizations.get(ctx, id).await?.map(Organization::Whole))
    }

    /// The registrations of an organization that the request's actor may see.
    pub(super) async fn registrations(
        ctx: &Context<'_>,
        id: OrganizationId,
    ) -> Result<Arc<Vec<model::registration::Registration>>, Error> {
        Ok(loaders::<Self>(ctx)?.registrations.get(ctx, id).await?.unwrap_or_default())
    }

    /// What was known of an organization's ownership on a day.
    pub(super) async fn ownership(ctx: &Context<'_>, id: OrganizationId, day: NaiveDate) -> Result<Arc<Known>, Error> {
        Ok(loaders::<Self>(ctx)?.ownership.get(ctx, (id, day)).await?.unwrap_or_default())
    }
}

/// What belongs to the ownership of organizations that were loaded, and so may be seen.
impl Loaders {
    /// The evidence, if it exists and the request's actor may see the organization that it is about.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn evidence(ctx: &Context<'_>, id: EvidenceId) -> Result<Option<OwnershipEvidence>, Error> {
        Ok(loaders::<Self>(ctx)?.evidence.get(ctx, id).await?.map(OwnershipEvidence))
    }

    /// The evidence of which this is the wire id, if it is one and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn evidence_named(ctx: &Context<'_>, id: &str) -> Result<Option<OwnershipEvidence>, Error> {
        match id.parse() {
            Ok(id) => Self::evidence(ctx, id).await,
            Err(_) => Ok(None),
        }
    }

    /// A page of an organization's declarations.
    pub(super) async fn declarations(
        ctx: &Context<'_>,
        id: OrganizationId,
        page: Page,
    ) -> Result<Counted<Declaration>, Error> {
        loaders::<Self>(ctx)?.declarations.get(ctx, id, page, wants_total_count(ctx)).await
    }

    /// A page of an organization's evidence.
    pub(super) async fn evidence_of(
        ctx: &Context<'_>,
        id: OrganizationId,
        page: Page,
    ) -> Result<Counted<EvidenceRecord>, Error> {
        loaders::<Self>(ctx)?.evidence_of.get(ctx, id, page, wants_total_count(ctx)).await
    }
}

#[derive(Clone)]
struct Seen {
    directory: Directory,
    actor: Actor,
}

struct Organizations(Seen);

impl BatchLoad for Organizations {
    type Key = OrganizationId;
    type Value = Arc<model::organization::Organization>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        self.0.directory.organizations_by_ids(&self.0.actor, &keys).await
    }
}

struct Registrations(Seen);

impl BatchLoad for Registrations {
    type Key = OrganizationId;
    type Value = Arc<Vec<model::registration::Registration>>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let found = self.0.directory.registrations_of(&self.0.actor, &keys).await?;
        Ok(found.into_iter().map(|(id, registrations)| (id, Arc::new(registrations))).collect())
    }
}

struct Ownership(Directory);

impl BatchLoad for Ownership {
    type Key = (OrganizationId, NaiveDate);
    type Value = Arc<Known>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        // One request rarely asks about more than one or two days.
        let mut by_day: HashMap<NaiveDate, Vec<OrganizationId>> = HashMap::new();
        for (id, day) in keys {
            by_day.entry(day).or_default().push(id);
        }
        let mut loaded = HashMap::new();
        for (day, ids) in by_day {
            let known = self.0.ownership_known(&ids, day).await?;
            loaded.extend(known.into_iter().map(|(id, known)| ((id, day), Arc::new(known))));
        }
        Ok(loaded)
    }
}

struct EvidenceById(Seen);

impl BatchLoad for EvidenceById {
    type Key = EvidenceId;
    type Value = EvidenceRecord;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        self.0.directory.evidence_by_ids(&self.0.actor, &keys).await
    }
}

struct DeclarationsOf(Directory);

impl PageLoad for DeclarationsOf {
    type Parent = OrganizationId;
    type Item = Declaration;

    async fn load(
        &self,
        organizations: Vec<OrganizationId>,
        page: &Page,
        count: bool,
    ) -> Result<HashMap<OrganizationId, Counted<Declaration>>, Fault> {
        self.0.declarations(&organizations, page, count).await
    }
}

struct EvidenceOf(Seen);

impl PageLoad for EvidenceOf {
    type Parent = OrganizationId;
    type Item = EvidenceRecord;

    async fn load(
        &self,
        organizations: Vec<OrganizationId>,
        page: &Page,
        count: bool,
    ) -> Result<HashMap<OrganizationId, Counted<EvidenceRecord>>, Fault> {
        self.0.directory.evidence(&self.0.actor, &organizations, page, count).await
    }
}
