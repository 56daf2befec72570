//! A person says what she wants to be told, by which way and when.

use serde_json::{Value, json};

use super::{
    Notifications,
    model::{Preferences, QuietHours, hour},
    store,
};
use crate::{
    accounts::{Actor, UserId},
    kernel::{
        ErrorCode, Outcome, Rejections, UserError,
        audit::{self, AuditEntry},
        change::Change,
        clock::Timestamp,
        db::{DbErr, WriteTx},
        error::excerpt,
    },
};

/// What is to be different. Setting the same again changes nothing, so that no key is needed.
#[derive(Debug, Clone, Default)]
pub struct SetPreferences {
    /// Whether she wants e-mail.
    pub email: Option<bool>,
    /// Whether she wants SMS.
    pub sms: Option<bool>,
    /// From when until when she is left alone, as `21:00` and `07:00`; cleared for never.
    pub quiet: Change<(String, String)>,
    /// E-mails a day at most.
    pub email_daily_max: Option<i32>,
    /// SMS a day at most.
    pub sms_daily_max: Option<i32>,
}

impl Notifications {
    /// Keeps what the signed-in person wants. It holds for everything that has not left yet.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`], or everything that is wrong with the input.
    pub async fn set_preferences(&self, actor: &Actor, command: SetPreferences) -> Outcome<Preferences> {
        let user = actor.signed_in()?.id;
        let mut wrong = Rejections::default();
        let quiet = check_quiet(command.quiet, &mut wrong);
        let email_daily_max = check_daily(command.email_daily_max, "emailDailyMax", &mut wrong);
        let sms_daily_max = check_daily(command.sms_daily_max, "smsDailyMax", &mut wrong);
        wrong.finish()?;
        let now = self.services.now();

        let tx = self.services.db.begin().await?;
        let before = locked(&tx, user).await?;
        let after = Preferences {
            email: command.email.unwrap_or(before.email),
            sms: command.sms.unwrap_or(before.sms),
            quiet: match quiet {
                Change::Keep => before.quiet,
                Change::Clear => None,
                Change::Set(quiet) => Some(quiet),
            },
            email_daily_max: email_daily_max.unwrap_or(before.email_daily_max),
            sms_daily_max: sms_daily_max.unwrap_or(before.sms_daily_max),
        };
        if after != before {
            keep(&tx, actor, user, (&before, &after), "notifications.set_preferences", now).await?;
        }
        tx.commit().await?;
        Ok(after)
    }
}

/// What she wants so far; other changes of it wait until the transaction ends.
pub(super) async fn locked(tx: &WriteTx, user: UserId) -> Outcome<Preferences> {
    Ok(store::wishes::lock(tx, &[user]).await?.remove(&user).map(|known| known.wishes).unwrap_or_default())
}

/// Keeps what she wants now, with what the audit log says of it.
pub(super) async fn keep(
    tx: &WriteTx,
    actor: &Actor,
    user: UserId,
    (before, after): (&Preferences, &Preferences),
    action: &'static str,
    now: Timestamp,
) -> Result<(), DbErr> {
    store::wishes::keep(tx, user, after, now).await?;
    let entry = AuditEntry {
        chain: user.uuid(),
        at: now,
        actor_user: actor.user_id().map(UserId::uuid),
        on_behalf_of: None,
        action,
        subject_kind: UserId::PREFIX,
        subject_id: user.uuid(),
        before: Some(snapshot(before)),
        after: Some(snapshot(after)),
        request_id: actor.request.id.as_str().to_owned(),
    };
    audit::append(tx, &entry).await
}

fn snapshot(wishes: &Preferences) -> Value {
    json!({
        "email": wishes.email,
        "sms": wishes.sms,
        "quiet": wishes.quiet.map(|quiet| [quiet.from, quiet.until]),
        "emailDailyMax": wishes.email_daily_max,
        "smsDailyMax": wishes.sms_daily_max,
    })
}

fn check_quiet(typed: Change<(String, String)>, wrong: &mut Rejections) -> Change<QuietHours> {
    let (from, until) = match typed {
        Change::Keep => return Change::Keep,
        Change::Clear => return Change::Clear,
        Change::Set(typed) => typed,
    };
    let mut read = |field: &'static str, text: &str| {
        let error = || UserError::new(ErrorCode::InvalidValue, ["input", "quietHours", field]);
        wrong.take(hour(text).ok_or_else(|| error().with("value", excerpt(text)).with("allowed", "00:00 … 23:59")))
    };
    let (from, until) = (read("from", &from), read("until", &until));
    let (Some(from), Some(until)) = (from, until) else { return Change::Keep };
    if from == until {
        let error = UserError::new(ErrorCode::InvalidPeriod, ["input", "quietHours", "until"]);
        wrong.push(error);
        return Change::Keep;
    }
    Change::Set(QuietHours { from, until })
}

fn check_daily(typed: Option<i32>, field: &'static str, wrong: &mut Rejections) -> Option<u16> {
    let typed = typed?;
    let fits = u16::try_from(typed).ok().filter(|number| *number <= Preferences::DAILY_MAX);
    let error = || UserError::new(ErrorCode::OutOfRange, ["input", field]);
    wrong.take(fits.ok_or_else(|| error().with("minimum", 0).with("maximum", Preferences::DAILY_MAX)))
}
