//! Notifications and their deliveries for many siblings at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Error};

use super::Notification;
use crate::{
    accounts::Actor,
    kernel::{
        Fault,
        graphql::{BatchLoad, Batcher, loaders},
    },
    notifications::{self, Delivery, NotificationId, Notifications},
};

/// The batchers of one request; the API makes them with its actor and puts them in its context.
pub struct Loaders {
    by_id: Batcher<ById>,
    deliveries: Batcher<DeliveriesOf>,
}

impl Loaders {
    /// Batchers that load what `actor` was told.
    #[must_use]
    pub fn new(notifications: &Notifications, actor: &Actor) -> Self {
        Self {
            by_id: Batcher::new(ById(notifications.clone(), actor.clone())),
            deliveries: Batcher::new(DeliveriesOf(notifications.clone())),
        }
    }

    /// The notification, if the request's actor was told it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn notification(ctx: &Context<'_>, id: NotificationId) -> Result<Option<Notification>, Error> {
        Ok(loaders::<Self>(ctx)?.by_id.get(ctx, id).await?.map(Notification))
    }

    /// The deliveries of a notification that the actor was shown.
    pub(super) async fn deliveries(ctx: &Context<'_>, id: NotificationId) -> Result<Arc<Vec<Delivery>>, Error> {
        Ok(loaders::<Self>(ctx)?.deliveries.get(ctx, id).await?.unwrap_or_default())
    }
}

struct ById(Notifications, Actor);

impl BatchLoad for ById {
    type Key = NotificationId;
    type Value = notifications::Notification;

    async fn load(&self, ids: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        self.0.notifications_by_ids(&self.1, &ids).await
    }
}

struct DeliveriesOf(Notifications);

impl BatchLoad for DeliveriesOf {
    type Key = NotificationId;
    type Value = Arc<Vec<Delivery>>;

    async fn load(&self, ids: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let found = self.0.deliveries_of(&ids).await?;
        Ok(found.into_iter().map(|(id, deliveries)| (id, Arc::new(deliveries))).collect())
    }
}
