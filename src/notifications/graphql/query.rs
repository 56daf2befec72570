//! Reading what one was told.

use async_graphql::{Context, Object, Result};

use super::{Notification, NotificationConnection, NotificationEdge, NotificationPreferences, room};
use crate::{
    accounts::graphql::actor,
    kernel::{
        graphql::{PageInfo, failure, page_args, page_complexity},
        page::encode_cursor,
    },
    notifications::{Inbox, NOTIFICATIONS, notification_key},
};

/// The room's queries.
#[derive(Debug, Default, Clone, Copy)]
pub struct NotificationsQuery;

#[Object]
impl NotificationsQuery {
    /// What the signed-in person was told, the newest first.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
        #[graphql(desc = "Only what she has not read; all where it is left out.")] unread_only: Option<bool>,
    ) -> Result<NotificationConnection> {
        let args = page_args(first, after, last, before);
        let asked = ctx.look_ahead();
        let counts = (asked.field("totalCount").exists(), asked.field("unreadCount").exists());
        // Boxed: what a field waits in stays small, since all fields of a type take as much memory as the largest.
        let inbox = Box::pin(room(ctx)?.inbox(actor(ctx), unread_only.unwrap_or_default(), &args, counts)).await;
        Ok(inbox.map_err(|error| failure(ctx, error))?.into())
    }

    /// What the signed-in person wants to be told beside what stands in the product, and when.
    async fn notification_preferences(&self, ctx: &Context<'_>) -> Result<NotificationPreferences> {
        let wishes = Box::pin(room(ctx)?.preferences(actor(ctx))).await;
        Ok(wishes.map_err(|error| failure(ctx, error))?.into())
    }
}

impl From<Inbox> for NotificationConnection {
    fn from(inbox: Inbox) -> Self {
        let Inbox { slice, total, unread } = inbox;
        let edges: Vec<NotificationEdge> = slice
            .rows
            .into_iter()
            .map(|row| NotificationEdge {
                cursor: encode_cursor(NOTIFICATIONS, &notification_key(&row)),
                node: Notification(row),
            })
            .collect();
        let page_info = PageInfo {
            has_next_page: slice.has_next,
            has_previous_page: slice.has_previous,
            start_cursor: edges.first().map(|edge| edge.cursor.clone().into()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone().into()),
        };
        Self { edges, page_info, total_count: total, unread_count: unread }
    }
}
