//! Plots and payments on the wire.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::{Loaders, Producer};
use crate::{
    directory::graphql::GeoPoint,
    kernel::{
        decimal,
        graphql::{Date, Decimal, Json, Money},
    },
    traceability::model::{self, geometry::HECTARE_DECIMALS},
};

/// Land that a producer farms.
#[derive(Debug, Clone)]
pub struct Plot(pub Arc<model::plot::Plot>);

/// Land that a producer farms.
#[Object]
impl Plot {
    /// Identifies the plot.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What it is called.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Who farms it.
    async fn producer(&self, ctx: &Context<'_>) -> Result<Option<Producer>> {
        Loaders::producer(ctx, self.0.producer).await
    }

    /// Where it lies: a GeoJSON `Point` or `Polygon` (RFC 7946), longitude before latitude. Null once its producer was
    /// forgotten.
    fn geometry(&self) -> Option<Json> {
        self.0.geometry.clone().map(Json)
    }

    /// How large it is: of a polygon measured on the ellipsoid, of a point as it was declared.
    fn hectares(&self) -> Option<Decimal> {
        self.0.square_metres.map(|area| Decimal(decimal::format_scaled(area, HECTARE_DECIMALS)))
    }

    /// The point, or the middle of the polygon.
    fn centre(&self) -> Option<GeoPoint> {
        self.0.centre.map(GeoPoint::from)
    }

    /// The first day on which she farms it.
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

    /// When it was changed last.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts its changes, from 1.
    fn version(&self) -> i64 {
        self.0.version
    }
}

/// What a producer was paid for a delivery.
#[derive(Debug, Clone)]
pub struct ProducerPayment(pub Arc<model::payment::Payment>);

/// What a producer was paid for a delivery. Shown to those who see the producer.
#[Object]
impl ProducerPayment {
    /// Identifies the payment.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Who was paid.
    async fn producer(&self, ctx: &Context<'_>) -> Result<Option<Producer>> {
        Loaders::producer(ctx, self.0.producer).await
    }

    /// The event of the delivery that was paid for.
    fn delivery_event_id(&self) -> ID {
        ID(self.0.delivery.to_string())
    }

    /// How much.
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// When she was paid.
    fn paid_at(&self) -> DateTime<Utc> {
        self.0.paid_at
    }

    /// When it was recorded.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When she confirmed that she was paid; null until she does.
    fn confirmed_at(&self) -> Option<DateTime<Utc>> {
        self.0.confirmed_at
    }
}
