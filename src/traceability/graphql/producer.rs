//! Producers on the wire.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::{Loaders, Plot, room};
use crate::{
    certification::graphql::CertificationScheme,
    connection,
    directory::graphql::{Loaders as DirectoryLoaders, Organization, Place},
    kernel::{
        decimal,
        graphql::{Date, Decimal, list_complexity},
        page::{Counted, encode_cursor},
    },
    traceability::{
        PRODUCERS,
        model::{self, confirmation, membership::Enrolment},
        producer_key,
    },
};

/// What a producer is, as she says herself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::producer::Gender")]
pub enum Gender {
    /// A woman.
    Female,
    /// A man; men deliver as well.
    Male,
    /// Another.
    Other,
    /// She was not asked, or did not say.
    Undisclosed,
}

/// Why a producer is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::producer::ForgetReason")]
pub enum ForgetReason {
    /// She asked for it.
    Asked,
    /// She delivers no more.
    Left,
    /// She was recorded by mistake.
    Mistake,
}

/// Whoever delivers to an organization; not a user.
#[derive(Debug, Clone)]
pub struct Producer(pub Arc<model::producer::Producer>);

connection! {
    /// A page of producers.
    ProducerConnection, ProducerEdge, Producer
}

/// Whoever delivers to an organization; not a user. Shown to those who work there and to those who oversee the platform.
#[Object]
impl Producer {
    /// Identifies the producer.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What the organization calls her by: her member number.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// To whom she delivers.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        DirectoryLoaders::organization(ctx, self.0.organization).await
    }

    /// Her name; null, as all that is personal, once she was forgotten.
    fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// What she is, as she says herself.
    fn gender(&self) -> Gender {
        self.0.gender.into()
    }

    /// The year in which she was born.
    fn birth_year(&self) -> Option<i64> {
        self.0.birth_year
    }

    /// How she is called, in E.164 form.
    fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Where she lives.
    async fn village(&self, ctx: &Context<'_>) -> Result<Option<Place>> {
        self.0.village.as_deref().map_or(Ok(None), |code| Place::of(ctx, code))
    }

    /// What events call her: drawn at random, so that they lead to nobody once she was forgotten.
    fn pseudonym(&self) -> &str {
        &self.0.pseudonym
    }

    /// What she farms and farmed, the first plot first.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn plots(&self, ctx: &Context<'_>) -> Result<Vec<Plot>> {
        Loaders::plots_of(ctx, self.0.id).await
    }

    /// When she belonged to the organization and to groups of it that are certified together, the first time first.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn memberships(&self, ctx: &Context<'_>) -> Result<Vec<ProducerMembership>> {
        Loaders::enrolments_of(ctx, self.0.id).await
    }

    /// What she delivered, without deliveries that were declared an error.
    async fn delivered_kilograms(&self, ctx: &Context<'_>) -> Result<Decimal> {
        let grams = Loaders::delivered_by(ctx, self.0.id).await?;
        Ok(Decimal(decimal::format_scaled(grams, 3)))
    }

    /// Whether she agrees that her name stands on public pages.
    fn name_is_public(&self) -> bool {
        self.0.name_public_since.is_some()
    }

    /// Since when she agrees to that.
    fn name_public_since(&self) -> Option<DateTime<Utc>> {
        self.0.name_public_since
    }

    /// When she was forgotten.
    fn forgotten_at(&self) -> Option<DateTime<Utc>> {
        self.0.erased_at
    }

    /// When she was recorded.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When something of her changed last.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts the changes, from 1.
    fn version(&self) -> i64 {
        self.0.version
    }
}

/// A page of producers as a connection.
pub(super) fn producer_connection((slice, total): Counted<model::producer::Producer>) -> ProducerConnection {
    let edge = |producer: model::producer::Producer| {
        (encode_cursor(PRODUCERS, &producer_key(&producer)), Producer(Arc::new(producer)))
    };
    ProducerConnection::new(slice, edge, total)
}

/// When a producer belongs to her organization, or to a group of it that is certified together.
#[derive(Debug, Clone)]
pub struct ProducerMembership(pub Arc<Enrolment>);

/// When a producer belongs to her organization, or to a group of it that is certified together.
#[Object]
impl ProducerMembership {
    /// Identifies the membership.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Who belongs.
    async fn producer(&self, ctx: &Context<'_>) -> Result<Option<Producer>> {
        Loaders::producer(ctx, self.0.producer).await
    }

    /// The scheme of the group; null for the organization itself.
    async fn scheme(&self, ctx: &Context<'_>) -> Result<Option<CertificationScheme>> {
        let Some(code) = &self.0.scheme else { return Ok(None) };
        Ok(room(ctx)?.schemes().scheme(code).cloned().map(CertificationScheme))
    }

    /// The first day.
    fn valid_from(&self) -> Date {
        Date(self.0.period.from)
    }

    /// The last day; null while it lasts.
    fn valid_until(&self) -> Option<Date> {
        self.0.period.until.map(Date)
    }

    /// When it was recorded.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// What a producer confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ConfirmationKind {
    /// That she delivered.
    Delivery,
    /// That she was paid.
    Payment,
}

/// Something that a producer confirmed.
#[derive(Debug, Clone, SimpleObject)]
pub struct DeliveryConfirmation {
    /// What she confirmed.
    pub kind: ConfirmationKind,
    /// The event of the delivery, or of the one that was paid for.
    pub delivery_event_id: ID,
    /// The payment, where it was one.
    pub payment_id: Option<ID>,
    /// When she confirmed it.
    pub confirmed_at: DateTime<Utc>,
}

impl From<confirmation::Confirmed> for DeliveryConfirmation {
    fn from(confirmed: confirmation::Confirmed) -> Self {
        let kind = match confirmed.payment {
            Some(_) => ConfirmationKind::Payment,
            None => ConfirmationKind::Delivery,
        };
        Self {
            kind,
            delivery_event_id: ID(confirmed.delivery.to_string()),
            payment_id: confirmed.payment.map(|id| ID(id.to_string())),
            confirmed_at: confirmed.at,
        }
    }
}
