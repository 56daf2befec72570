//! Writing: each mutation is one use case.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};

use super::{NotificationChannel, NotificationPreferences, room};
use crate::{
    accounts::graphql::actor,
    kernel::{ErrorCode, Outcome, Rejections, UserError, change::Change, graphql::read_ids},
    notifications::{self, MarkRead, NotificationId, SetPreferences},
    payload,
};

/// Which notifications were read: some by their ids, or all.
#[derive(Debug, Clone, InputObject)]
pub struct MarkNotificationsReadInput {
    /// These, at most 100.
    pub notification_ids: Option<Vec<ID>>,
    /// All that there are.
    #[graphql(default = false)]
    pub all: bool,
}

impl MarkNotificationsReadInput {
    fn read(self) -> Outcome<MarkRead> {
        let Some(ids) = self.notification_ids.filter(|_| !self.all) else {
            let neither = || UserError::new(ErrorCode::Required, ["input", "notificationIds"]);
            return if self.all { Ok(MarkRead::All) } else { Err(neither().into()) };
        };
        let mut wrong = Rejections::default();
        let read = read_ids(&ids, NotificationId::PREFIX, "notificationIds", &mut wrong);
        wrong.finish()?;
        Ok(MarkRead::These(read))
    }
}

/// The hours of a day in which one is left alone. In Mali's own time, which is UTC all year.
#[derive(Debug, Clone, InputObject)]
pub struct QuietHoursInput {
    /// From when, such as `21:00`.
    pub from: String,
    /// Until when, such as `07:00`; before `from` where they go over midnight.
    pub until: String,
}

/// What is to be different; what is left out stays as it is.
#[derive(Debug, Clone, InputObject)]
pub struct SetNotificationPreferencesInput {
    /// Whether to send e-mail.
    pub email: Option<bool>,
    /// Whether to send SMS.
    pub sms: Option<bool>,
    /// When to be left alone: what is told then is sent when they end. Null for never.
    pub quiet_hours: MaybeUndefined<QuietHoursInput>,
    /// E-mails a day at most, 0 to 100.
    pub email_daily_max: Option<i32>,
    /// SMS a day at most, 0 to 100.
    pub sms_daily_max: Option<i32>,
}

impl From<SetNotificationPreferencesInput> for SetPreferences {
    fn from(input: SetNotificationPreferencesInput) -> Self {
        let quiet = match Change::from(input.quiet_hours) {
            Change::Keep => Change::Keep,
            Change::Clear => Change::Clear,
            Change::Set(QuietHoursInput { from, until }) => Change::Set((from, until)),
        };
        Self {
            email: input.email,
            sms: input.sms,
            quiet,
            email_daily_max: input.email_daily_max,
            sms_daily_max: input.sms_daily_max,
        }
    }
}

/// What is to be stopped.
#[derive(Clone, InputObject)]
pub struct StopNotificationsInput {
    /// The token that stands in every message.
    #[graphql(secret)]
    pub token: String,
    /// By which way no more is to come; every way where it is left out.
    pub channel: Option<NotificationChannel>,
}

payload! {
    /// What `markNotificationsRead` gives back.
    MarkNotificationsReadPayload {
        /// How many were marked that were not yet; null when it was refused.
        marked: i64,
    }
}

payload! {
    /// What `setNotificationPreferences` gives back.
    SetNotificationPreferencesPayload {
        /// What holds from now on; null when it was refused.
        preferences: NotificationPreferences,
    }
}

payload! {
    /// What `stopNotifications` gives back.
    StopNotificationsPayload {
        /// True when no more will come that way.
        stopped: bool,
    }
}

/// The room's mutations.
#[derive(Debug, Default, Clone, Copy)]
pub struct NotificationsMutation;

#[Object]
impl NotificationsMutation {
    /// Marks notifications of the signed-in person as read. Doing it again changes nothing.
    async fn mark_notifications_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which were read.")] input: MarkNotificationsReadInput,
    ) -> Result<MarkNotificationsReadPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.mark_read(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        let outcome = outcome.map(|marked| i64::try_from(marked).unwrap_or(i64::MAX));
        MarkNotificationsReadPayload::from_outcome(ctx, outcome)
    }

    /// Keeps what the signed-in person wants to be told beside what stands in the product, and when. It holds for
    /// everything that has not left yet. Doing it again changes nothing.
    async fn set_notification_preferences(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be different.")] input: SetNotificationPreferencesInput,
    ) -> Result<SetNotificationPreferencesPayload> {
        let outcome = Box::pin(room(ctx)?.set_preferences(actor(ctx), input.into())).await;
        SetNotificationPreferencesPayload::from_outcome(ctx, outcome.map(NotificationPreferences::from))
    }

    /// Stops messages by a token that one of them carried. Nobody needs to be signed in. Doing it again changes nothing.
    async fn stop_notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be stopped.")] input: StopNotificationsInput,
    ) -> Result<StopNotificationsPayload> {
        let command = notifications::StopNotifications {
            token: input.token.into(),
            channel: input.channel.map(notifications::Channel::from),
        };
        let outcome = Box::pin(room(ctx)?.stop(actor(ctx), command)).await;
        StopNotificationsPayload::from_outcome(ctx, outcome.map(|()| true))
    }
}
