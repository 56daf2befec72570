//! A person reads what she was told. Nobody reads what another was told.

use std::collections::HashMap;

use super::{Delivery, Notification, NotificationId, Notifications, Preferences, store};
use crate::{
    accounts::Actor,
    kernel::{
        ErrorCode, Failure, Fault, Outcome, UserError,
        page::{CursorKey, Page, PageArgs, Slice, SortValue},
    },
};

/// The list that cursors of notifications belong to.
pub const NOTIFICATIONS: &str = "notifications:newest";

/// Notifications that are marked by their ids at most.
const MARKED_MAX: usize = 100;

/// A page of a person's notifications, with what was counted.
#[derive(Debug)]
pub struct Inbox {
    /// The page.
    pub slice: Slice<Notification>,
    /// How many the list has, if that was asked for.
    pub total: Option<i64>,
    /// How many of all hers she has not read, if that was asked for.
    pub unread: Option<i64>,
}

/// Which notifications were read.
#[derive(Debug, Clone)]
pub enum MarkRead {
    /// These.
    These(Vec<NotificationId>),
    /// All that there are.
    All,
}

impl Notifications {
    /// A page of what the signed-in person was told, the newest first.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`], or what is wrong with the page.
    pub async fn inbox(
        &self,
        actor: &Actor,
        unread_only: bool,
        args: &PageArgs,
        (count, count_unread): (bool, bool),
    ) -> Outcome<Inbox> {
        let owner = actor.signed_in()?.id;
        let page = Page::new(NOTIFICATIONS, args, SortValue::is_time)?;
        let db = &self.services.db;
        let slice = store::notices::page(db, owner, unread_only, &page).await?;
        let total = if count { Some(store::notices::count(db, owner, unread_only).await?) } else { None };
        let unread = if count_unread { Some(store::notices::count(db, owner, true).await?) } else { None };
        Ok(Inbox { slice, total, unread })
    }

    /// Those of these notifications that the actor was told.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn notifications_by_ids(
        &self,
        actor: &Actor,
        ids: &[NotificationId],
    ) -> Result<HashMap<NotificationId, Notification>, Fault> {
        match actor.user_id() {
            Some(owner) => store::notices::by_ids(&self.services.db, owner, ids).await,
            None => Ok(HashMap::new()),
        }
    }

    /// The deliveries of notifications that the actor was shown.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn deliveries_of(&self, ids: &[NotificationId]) -> Result<HashMap<NotificationId, Vec<Delivery>>, Fault> {
        store::deliveries::of_notifications(&self.services.db, ids).await
    }

    /// What the signed-in person wants to be told, how and when.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`].
    pub async fn preferences(&self, actor: &Actor) -> Outcome<Preferences> {
        Ok(store::wishes::preferences(&self.services.db, actor.signed_in()?.id).await?)
    }

    /// Marks notifications as read; tells how many were not yet. May be done again with the same outcome.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`]; [`ErrorCode::NotFound`] for each that is not hers, and then none is marked.
    pub async fn mark_read(&self, actor: &Actor, command: MarkRead) -> Outcome<u64> {
        let owner = actor.signed_in()?.id;
        let ids = match command {
            MarkRead::All => None,
            MarkRead::These(ids) if ids.len() > MARKED_MAX => {
                let error = UserError::new(ErrorCode::TooLong, ["input", "notificationIds"]);
                return Err(error.with("maximum", MARKED_MAX).into());
            }
            MarkRead::These(ids) => {
                let hers = store::notices::by_ids(&self.services.db, owner, &ids).await?;
                let strange = ids.iter().enumerate().filter(|(_, id)| !hers.contains_key(id));
                let errors: Vec<UserError> = strange
                    .map(|(at, _)| UserError::new(ErrorCode::NotFound, ["input", "notificationIds", &at.to_string()]))
                    .collect();
                if !errors.is_empty() {
                    return Err(Failure::Rejected(errors));
                }
                Some(ids)
            }
        };
        let tx = self.services.db.begin().await?;
        let marked = store::notices::mark_read(&tx, owner, ids.as_deref(), self.services.now()).await?;
        tx.commit().await?;
        Ok(marked)
    }
}

/// Where a notification stands in the list.
#[must_use]
pub fn notification_key(notification: &Notification) -> CursorKey {
    CursorKey { sort: SortValue::Time(notification.created_at), id: notification.id.uuid() }
}
