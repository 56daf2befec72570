//! Awards and appeals, and what belongs to them, for many siblings at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Error};
use uuid::Uuid;

use super::{Award, Complaint};
use crate::{
    accounts::Actor,
    kernel::{
        Fault,
        graphql::{BatchLoad, Batcher, loaders},
    },
    procurement::{self, AwardId, ComplaintId, FrozenStatus, Procurement},
};

/// The batchers of one request; the API makes them with its actor and puts them in its context.
pub struct AwardLoaders {
    awards: Batcher<Awards>,
    complaints: Batcher<Complaints>,
    statuses: Batcher<Statuses>,
}

impl AwardLoaders {
    /// Batchers that load what `actor` may see.
    #[must_use]
    pub fn new(room: &Procurement, actor: &Actor) -> Self {
        Self {
            awards: Batcher::new(Awards(room.clone(), actor.clone())),
            complaints: Batcher::new(Complaints(room.clone(), actor.clone())),
            statuses: Batcher::new(Statuses(room.clone())),
        }
    }

    /// The award, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn award(ctx: &Context<'_>, id: AwardId) -> Result<Option<Award>, Error> {
        Ok(loaders::<Self>(ctx)?.awards.get(ctx, id).await?.map(Award))
    }

    /// The award of which this is the wire id, if it is one and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn award_named(ctx: &Context<'_>, id: &str) -> Result<Option<Award>, Error> {
        match id.parse() {
            Ok(id) => Self::award(ctx, id).await,
            Err(_) => Ok(None),
        }
    }

    /// The appeal, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn complaint(ctx: &Context<'_>, id: ComplaintId) -> Result<Option<Complaint>, Error> {
        Ok(loaders::<Self>(ctx)?.complaints.get(ctx, id).await?.map(Complaint))
    }

    /// The appeal of which this is the wire id, if it is one and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn complaint_named(ctx: &Context<'_>, id: &str) -> Result<Option<Complaint>, Error> {
        match id.parse() {
            Ok(id) => Self::complaint(ctx, id).await,
            Err(_) => Ok(None),
        }
    }

    /// What organizations were under definitions of women's ownership on the day of an award.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub(super) async fn statuses(ctx: &Context<'_>, award: AwardId) -> Result<Arc<Vec<FrozenStatus>>, Error> {
        Ok(loaders::<Self>(ctx)?.statuses.get(ctx, award.uuid()).await?.unwrap_or_default())
    }
}

struct Awards(Procurement, Actor);

impl BatchLoad for Awards {
    type Key = AwardId;
    type Value = procurement::Award;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        self.0.awards_by_ids(&self.1, &keys).await
    }
}

struct Complaints(Procurement, Actor);

impl BatchLoad for Complaints {
    type Key = ComplaintId;
    type Value = procurement::Complaint;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        self.0.complaints_by_ids(&self.1, &keys).await
    }
}

struct Statuses(Procurement);

impl BatchLoad for Statuses {
    type Key = Uuid;
    type Value = Arc<Vec<FrozenStatus>>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let found = self.0.frozen(&keys).await?;
        Ok(found.into_iter().map(|(subject, statuses)| (subject, Arc::new(statuses))).collect())
    }
}
