//! Events, holds and recalls on the wire.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::{Lot, LotLoaders, lot::kilograms, room};
use crate::{
    accounts::graphql::actor,
    connection,
    directory::graphql::{Loaders as Organizations, Organization},
    kernel::{
        Fault,
        graphql::{Json, Quantity, failure, list_complexity},
        page::{Counted, encode_cursor},
    },
    traceability::{RECALLS, event_key, model, recall_key},
};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::event::EventKind")]
pub enum TraceEventKind {
    /// A producer delivered.
    Delivery,
    /// Lots of one product became one.
    Aggregation,
    /// A lot became several.
    Split,
    /// Lots became lots of other products.
    Transformation,
    /// A lot was looked at.
    Inspection,
    /// A lot was sent.
    Shipment,
    /// A lot arrived.
    Receipt,
    /// Some of a lot was lost.
    Loss,
    /// Lots were called back.
    Recall,
    /// A recall was ended.
    RecallEnd,
    /// An event was declared an error.
    Correction,
    /// Another told of it; it is kept as it was handed in.
    Captured,
}

/// Something that happened to lots.
#[derive(Debug, Clone)]
pub struct TraceEvent(pub Arc<model::event::Event>);

impl From<model::event::Event> for TraceEvent {
    fn from(event: model::event::Event) -> Self {
        Self(Arc::new(event))
    }
}

connection! {
    /// A page of events.
    TraceEventConnection, TraceEventEdge, TraceEvent
}

/// Something that happened to lots. It was appended to the chain of the organization that recorded it, and never changes.
#[Object]
impl TraceEvent {
    /// Identifies the event.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What happened.
    fn kind(&self) -> TraceEventKind {
        self.0.kind.into()
    }

    /// When it happened.
    fn event_time(&self) -> DateTime<Utc> {
        self.0.event_time
    }

    /// When it was recorded.
    fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }

    /// Who recorded it.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Organizations::organization(ctx, self.0.organization).await
    }

    /// Counts the organization's events, from 1.
    fn sequence(&self) -> i64 {
        self.0.sequence
    }

    /// Its seal: SHA-256 of the seal of the event before it and its canonical form; 64 hexadecimal digits.
    fn hash(&self) -> String {
        self.0.hash.to_string()
    }

    /// By what the same event is known elsewhere (CBV 2.0, section 8.9).
    fn event_hash(&self) -> String {
        model::epcis::hash_uri(self.0.event_hash)
    }

    /// The lots that it gave, or is about where it gave none.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn lots(&self, ctx: &Context<'_>) -> Result<Vec<Lot>> {
        LotLoaders::of_event(ctx, self.0.id).await
    }

    /// The event in EPCIS 2.0, whole. Null to whoever does not belong to the organization that recorded it.
    async fn epcis(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        match room(ctx) {
            Ok(room) if room.sees_event(actor(ctx), &self.0) => {
                let body = serde_json::from_str(&self.0.body).map(Json);
                Some(body.map_err(|error| failure(ctx, Fault::corrupt("body of an event", error).into())))
            }
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        }
    }

    /// The event that this one declares an error; null for all other kinds.
    async fn corrects(&self, ctx: &Context<'_>) -> Option<Result<TraceEvent>> {
        match self.0.corrects {
            Some(id) => LotLoaders::event(ctx, id).await.transpose(),
            None => None,
        }
    }

    /// The event that declares this one an error; null while it stands.
    async fn corrected_by(&self, ctx: &Context<'_>) -> Option<Result<TraceEvent>> {
        LotLoaders::correction(ctx, self.0.id).await.transpose()
    }
}

/// A page of events as a connection.
pub(super) fn event_connection(
    list: &'static str,
    (slice, total): Counted<model::event::Event>,
) -> TraceEventConnection {
    let edge = |event: model::event::Event| (encode_cursor(list, &event_key(&event)), TraceEvent::from(event));
    TraceEventConnection::new(slice, edge, total)
}

/// What holds a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::hold::HoldCause")]
pub enum HoldCause {
    /// It is called back.
    Recall,
    /// Something that it was made of was declared an error.
    Correction,
    /// It, or something that it was made of, was found wanting.
    Inspection,
}

/// Something that holds a lot, or held it.
#[derive(Debug, Clone)]
pub struct LotHold(pub model::hold::Hold);

/// Something that holds a lot, or held it.
#[Object]
impl LotHold {
    /// What holds it.
    fn cause(&self) -> HoldCause {
        self.0.cause.into()
    }

    /// Since when.
    fn placed_at(&self) -> DateTime<Utc> {
        self.0.placed_at
    }

    /// Until when; null while it lasts.
    fn released_at(&self) -> Option<DateTime<Utc>> {
        self.0.released_at
    }

    /// Why it was let go.
    fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }
}

/// Lots that were called back.
#[derive(Debug, Clone)]
pub struct Recall(pub Arc<model::recall::Recall>);

impl From<model::recall::Recall> for Recall {
    fn from(recall: model::recall::Recall) -> Self {
        Self(Arc::new(recall))
    }
}

connection! {
    /// A page of recalls.
    RecallConnection, RecallEdge, Recall
}

/// What a recall concerns at an organization.
#[derive(Debug, Clone)]
pub struct RecallAt {
    organization: crate::accounts::OrganizationId,
    lots: usize,
    grams: i64,
}

/// What a recall concerns at one organization, as it is now.
#[Object]
impl RecallAt {
    /// Who has it, or is to receive it.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Organizations::organization(ctx, self.organization).await
    }

    /// How many lots.
    async fn lot_count(&self) -> i64 {
        i64::try_from(self.lots).unwrap_or(i64::MAX)
    }

    /// What is left of them.
    async fn remaining(&self) -> Quantity {
        kilograms(self.grams)
    }
}

/// Lots that were called back, for everybody to know. Who has how much of it is for those who recall.
#[Object]
impl Recall {
    /// Identifies the recall.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Who recalls.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Organizations::organization(ctx, self.0.organization).await
    }

    /// Why it was called back.
    fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Since when.
    fn opened_at(&self) -> DateTime<Utc> {
        self.0.opened_at
    }

    /// Until when; null while it is open.
    fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.0.closed_at
    }

    /// What was done about it; null while it is open.
    fn resolution(&self) -> Option<&str> {
        self.0.resolution.as_deref()
    }

    /// Counts its changes, from 1.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// The lots that it began with.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn roots(&self, ctx: &Context<'_>) -> Result<Vec<Lot>> {
        let concerned = LotLoaders::recalled(ctx, self.0.id).await?;
        let roots: Vec<_> = concerned.iter().filter(|one| one.is_root).map(|one| one.lot).collect();
        let found = LotLoaders::many(ctx, &roots).await?;
        Ok(roots.iter().filter_map(|lot| found.get(lot).cloned()).collect())
    }

    /// How many lots it concerns: those and all that was made of them, and nothing else.
    async fn lot_count(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(i64::try_from(LotLoaders::recalled(ctx, self.0.id).await?.len()).unwrap_or(i64::MAX))
    }

    /// Who has how much of it now, the most first. Null to whoever does not belong to the organization that recalls.
    #[graphql(complexity = "list_complexity(10, child_complexity)")]
    async fn affected(&self, ctx: &Context<'_>) -> Option<Result<Vec<RecallAt>>> {
        match room(ctx) {
            Ok(room) if room.sees_recall(actor(ctx), &self.0) => Some(affected(ctx, &self.0).await),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

async fn affected(ctx: &Context<'_>, recall: &model::recall::Recall) -> Result<Vec<RecallAt>> {
    affected_of(ctx, &LotLoaders::recalled(ctx, recall.id).await?).await
}

/// Who has how much of these lots now, the most first.
pub(super) async fn affected_of(ctx: &Context<'_>, concerned: &[model::recall::RecalledLot]) -> Result<Vec<RecallAt>> {
    let lots: Vec<_> = concerned.iter().map(|one| one.lot).collect();
    let mut at: std::collections::BTreeMap<_, (usize, i64)> = std::collections::BTreeMap::new();
    for lot in LotLoaders::many(ctx, &lots).await?.values().filter(|lot| lot.0.left > 0) {
        let (count, grams) = at.entry(lot.0.destination.unwrap_or(lot.0.organization)).or_default();
        *count += 1;
        *grams += lot.0.left;
    }
    let mut at: Vec<RecallAt> =
        at.into_iter().map(|(organization, (lots, grams))| RecallAt { organization, lots, grams }).collect();
    at.sort_by_key(|at| std::cmp::Reverse(at.grams));
    Ok(at)
}

/// A page of recalls as a connection.
pub(super) fn recall_connection((slice, total): Counted<model::recall::Recall>) -> RecallConnection {
    let edge = |recall: model::recall::Recall| (encode_cursor(RECALLS, &recall_key(&recall)), Recall::from(recall));
    RecallConnection::new(slice, edge, total)
}
