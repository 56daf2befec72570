//! The room in GraphQL: `NotificationsQuery` and `NotificationsMutation` are merged into the schema's roots. What a
//! notification leads to belongs to other rooms, whose loaders give it.

mod loader;
mod mutation;
mod object;
mod query;

use async_graphql::Context;

pub use self::{
    loader::Loaders,
    mutation::{
        MarkNotificationsReadInput, MarkNotificationsReadPayload, NotificationsMutation, QuietHoursInput,
        SetNotificationPreferencesInput, SetNotificationPreferencesPayload, StopNotificationsInput,
        StopNotificationsPayload,
    },
    object::{
        DeliveryReason, DeliveryState, Notification, NotificationChannel, NotificationConnection, NotificationDelivery,
        NotificationEdge, NotificationKind, NotificationPreferences, QuietHours,
    },
    query::NotificationsQuery,
};
use super::Notifications;

/// The room's handle.
fn room<'c>(ctx: &Context<'c>) -> async_graphql::Result<&'c Notifications> {
    ctx.data()
}
