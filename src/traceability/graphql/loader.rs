//! What the room keeps, for many siblings at once.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use async_graphql::{Context, Error};

use super::{Plot, Producer, ProducerMembership, ProducerPayment};
use crate::{
    accounts::Actor,
    kernel::{
        Fault,
        clock::Timestamp,
        graphql::{BatchLoad, Batcher, loaders},
    },
    traceability::{
        EnrolmentId, EventId, PaymentId, PlotId, ProducerId, Traceability,
        model::{membership::Enrolment, payment::Payment, plot, producer},
    },
};

/// The batchers of one request; the API makes them with its actor and puts them in its context.
pub struct Loaders {
    producers: Batcher<Producers>,
    plots: Batcher<Plots>,
    plots_of: Batcher<PlotsOf>,
    enrolments: Batcher<Enrolments>,
    enrolments_of: Batcher<EnrolmentsOf>,
    payments: Batcher<Payments>,
    payments_of: Batcher<PaymentsOf>,
    delivered: Batcher<DeliveredBy>,
    confirmed: Batcher<ConfirmedAt>,
}

impl Loaders {
    /// Batchers that load what `actor` may see.
    #[must_use]
    pub fn new(room: &Traceability, actor: &Actor) -> Self {
        let seen = || Seen { room: room.clone(), actor: actor.clone() };
        Self {
            producers: Batcher::new(Producers(seen())),
            plots: Batcher::new(Plots(seen())),
            plots_of: Batcher::new(PlotsOf(room.clone())),
            enrolments: Batcher::new(Enrolments(seen())),
            enrolments_of: Batcher::new(EnrolmentsOf(room.clone())),
            payments: Batcher::new(Payments(seen())),
            payments_of: Batcher::new(PaymentsOf(seen())),
            delivered: Batcher::new(DeliveredBy(room.clone())),
            confirmed: Batcher::new(ConfirmedAt(room.clone())),
        }
    }

    /// The producer, if the request's actor may see her.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn producer(ctx: &Context<'_>, id: ProducerId) -> Result<Option<Producer>, Error> {
        Ok(loaders::<Self>(ctx)?.producers.get(ctx, id).await?.map(Producer))
    }

    /// The plot, if the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn plot(ctx: &Context<'_>, id: PlotId) -> Result<Option<Plot>, Error> {
        Ok(loaders::<Self>(ctx)?.plots.get(ctx, id).await?.map(Plot))
    }

    /// A producer's membership, if the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn enrolment(ctx: &Context<'_>, id: EnrolmentId) -> Result<Option<ProducerMembership>, Error> {
        Ok(loaders::<Self>(ctx)?.enrolments.get(ctx, id).await?.map(ProducerMembership))
    }

    /// What a producer was paid, if the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn payment(ctx: &Context<'_>, id: PaymentId) -> Result<Option<ProducerPayment>, Error> {
        Ok(loaders::<Self>(ctx)?.payments.get(ctx, id).await?.map(ProducerPayment))
    }

    /// What was paid for a delivery, as far as the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn payments_of(ctx: &Context<'_>, delivery: EventId) -> Result<Vec<ProducerPayment>, Error> {
        let found = loaders::<Self>(ctx)?.payments_of.get(ctx, delivery).await?.unwrap_or_default();
        Ok(found.iter().cloned().map(Arc::new).map(ProducerPayment).collect())
    }

    /// When a delivery was confirmed by who delivered.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn confirmed_at(ctx: &Context<'_>, delivery: EventId) -> Result<Option<Timestamp>, Error> {
        loaders::<Self>(ctx)?.confirmed.get(ctx, delivery).await
    }

    /// All plots of a producer whom the request's actor was shown.
    pub(super) async fn plots_of(ctx: &Context<'_>, id: ProducerId) -> Result<Vec<Plot>, Error> {
        let found = loaders::<Self>(ctx)?.plots_of.get(ctx, id).await?.unwrap_or_default();
        Ok(found.iter().cloned().map(Arc::new).map(Plot).collect())
    }

    /// To what a producer belonged whom the request's actor was shown.
    pub(super) async fn enrolments_of(ctx: &Context<'_>, id: ProducerId) -> Result<Vec<ProducerMembership>, Error> {
        let found = loaders::<Self>(ctx)?.enrolments_of.get(ctx, id).await?.unwrap_or_default();
        Ok(found.iter().cloned().map(Arc::new).map(ProducerMembership).collect())
    }

    /// What a producer delivered whom the request's actor was shown, in grams.
    pub(super) async fn delivered_by(ctx: &Context<'_>, id: ProducerId) -> Result<i64, Error> {
        Ok(loaders::<Self>(ctx)?.delivered.get(ctx, id).await?.unwrap_or_default())
    }
}

/// The room, and who looks into it.
struct Seen {
    room: Traceability,
    actor: Actor,
}

/// Many values, each cheap to clone.
pub(super) fn shared<K: Eq + Hash, V>(found: HashMap<K, V>) -> HashMap<K, Arc<V>> {
    found.into_iter().map(|(key, value)| (key, Arc::new(value))).collect()
}

/// Declares a loader: what it stands on, its key and value, and the room's function that it calls.
macro_rules! loader {
    ($name:ident ( $over:ty ), $key:ty => $value:ty, $load:expr) => {
        struct $name($over);

        impl BatchLoad for $name {
            type Key = $key;
            type Value = Arc<$value>;

            async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
                let load = $load;
                load(&self.0, &keys).await.map(shared)
            }
        }
    };
}
pub(super) use loader;

loader!(Producers(Seen), ProducerId => producer::Producer,
        async |seen: &Seen, keys: &[_]| seen.room.producers_by_ids(&seen.actor, keys).await);
loader!(Plots(Seen), PlotId => plot::Plot,
        async |seen: &Seen, keys: &[_]| seen.room.plots_by_ids(&seen.actor, keys).await);
loader!(Enrolments(Seen), EnrolmentId => Enrolment,
        async |seen: &Seen, keys: &[_]| seen.room.enrolments_by_ids(&seen.actor, keys).await);
loader!(Payments(Seen), PaymentId => Payment,
        async |seen: &Seen, keys: &[_]| seen.room.payments_by_ids(&seen.actor, keys).await);
loader!(PaymentsOf(Seen), EventId => Vec<Payment>,
        async |seen: &Seen, keys: &[_]| seen.room.payments_of(&seen.actor, keys).await);
loader!(PlotsOf(Traceability), ProducerId => Vec<plot::Plot>, Traceability::plots_of);
loader!(EnrolmentsOf(Traceability), ProducerId => Vec<Enrolment>, Traceability::enrolments_of);

struct DeliveredBy(Traceability);

impl BatchLoad for DeliveredBy {
    type Key = ProducerId;
    type Value = i64;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        self.0.delivered_by(&keys).await
    }
}

struct ConfirmedAt(Traceability);

impl BatchLoad for ConfirmedAt {
    type Key = EventId;
    type Value = Timestamp;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        self.0.confirmed_at(&keys).await
    }
}
