//! What people want, how they are reached, and the tokens that stop messages.

use std::collections::HashMap;

use entity::notification_opt_out;
use sea_orm::{ColumnTrait as _, DbBackend, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use crate::{
    accounts::{AccountStatus, EmailAddress, Phone, SecretDigest, UserId},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx, sql},
        locale::Locale,
    },
    notifications::model::{Channel, Preferences, QuietHours, Reach},
};

/// A person as far as messages go.
#[derive(Debug, Clone)]
pub(in crate::notifications) struct Recipient {
    pub(in crate::notifications) id: UserId,
    pub(in crate::notifications) active: bool,
    pub(in crate::notifications) email: Option<EmailAddress>,
    pub(in crate::notifications) phone: Option<Phone>,
    pub(in crate::notifications) language: Locale,
    pub(in crate::notifications) wishes: Preferences,
}

impl Recipient {
    pub(in crate::notifications) fn reach(&self, channel: Channel) -> Reach {
        let address = match channel {
            Channel::Email => self.email.is_some(),
            Channel::Sms => self.phone.is_some(),
        };
        Reach { active: self.active, address }
    }
}

/// The columns that [`recipient`] takes, in its order, and the tables that have them.
const SELECT: &str = "SELECT u.id, u.status, u.email, u.phone, u.language, p.email, p.sms, p.quiet_from, p.quiet_until, \
    p.email_daily_max, p.sms_daily_max \
    FROM user_account u LEFT JOIN notification_preference p ON p.user_id = u.id";

/// Those of these people that there are. Their rows stay locked until the transaction ends, so that two processes that
/// count what was sent to one of them today do so one after the other.
pub(in crate::notifications) async fn lock(tx: &WriteTx, ids: &[UserId]) -> Result<HashMap<UserId, Recipient>, Fault> {
    of(tx, ids, " ORDER BY u.id FOR NO KEY UPDATE OF u").await
}

/// Those of these people that there are.
pub(in crate::notifications) async fn recipients(
    tx: &WriteTx,
    ids: &[UserId],
) -> Result<HashMap<UserId, Recipient>, Fault> {
    of(tx, ids, "").await
}

async fn of(tx: &WriteTx, ids: &[UserId], lock: &str) -> Result<HashMap<UserId, Recipient>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push(" WHERE u.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    // SQLite has one writer and needs no row locks.
    if sea_orm::ConnectionTrait::get_database_backend(&**tx) == DbBackend::Postgres {
        select.push(lock);
    }
    let rows = select.all(&**tx).await?;
    rows.iter().map(|row| recipient(&mut Reader::new(row)?).map(|one| (one.id, one))).collect()
}

/// What she wants; none where she never said.
pub(in crate::notifications) async fn preferences(db: &Database, id: UserId) -> Result<Preferences, Fault> {
    let mut select = Sql::new(SELECT);
    select.push(" WHERE u.id = ").bind(id.uuid());
    let rows = select.rows(db).await?;
    let found = rows.first().map(|row| recipient(&mut Reader::new(row)?)).transpose()?;
    Ok(found.map(|recipient| recipient.wishes).unwrap_or_default())
}

/// Keeps what she wants.
pub(in crate::notifications) async fn keep(
    tx: &WriteTx,
    id: UserId,
    wishes: &Preferences,
    now: Timestamp,
) -> Result<(), DbErr> {
    let text = "INSERT INTO notification_preference
        (user_id, email, sms, quiet_from, quiet_until, email_daily_max, sms_daily_max, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, sms = excluded.sms,
        quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until,
        email_daily_max = excluded.email_daily_max, sms_daily_max = excluded.sms_daily_max,
        updated_at = excluded.updated_at";
    let minute = |pick: fn(QuietHours) -> u16| wishes.quiet.map(|quiet| i32::from(pick(quiet)));
    let values = [
        id.uuid().into(),
        wishes.email.into(),
        wishes.sms.into(),
        minute(|quiet| quiet.from).into(),
        minute(|quiet| quiet.until).into(),
        i32::from(wishes.email_daily_max).into(),
        i32::from(wishes.sms_daily_max).into(),
        now.into(),
    ];
    sql(text, values).run(&**tx).await?;
    Ok(())
}

/// Keeps tokens that are about to leave in messages.
pub(in crate::notifications) async fn keep_tokens(
    tx: &WriteTx,
    tokens: &[(UserId, SecretDigest)],
    now: Timestamp,
) -> Result<(), DbErr> {
    if tokens.is_empty() {
        return Ok(());
    }
    let mut insert = Sql::new("INSERT INTO notification_opt_out (token_hash, user_id, created_at) VALUES ");
    for (position, (user, hash)) in tokens.iter().enumerate() {
        insert.push(if position == 0 { "(" } else { ", (" }).bind(hash.to_vec());
        insert.push(", ").bind(user.uuid());
        insert.push(", ").bind(now).push(")");
    }
    insert.run(&**tx).await?;
    Ok(())
}

/// Whose messages a token stops.
pub(in crate::notifications) async fn holder(tx: &WriteTx, token: SecretDigest) -> Result<Option<UserId>, DbErr> {
    let found: Option<Uuid> = notification_opt_out::Entity::find()
        .select_only()
        .column(notification_opt_out::Column::UserId)
        .filter(notification_opt_out::Column::TokenHash.eq(token.to_vec()))
        .into_tuple()
        .one(&**tx)
        .await?;
    Ok(found.map(UserId::from_uuid))
}

/// Forgets tokens older than an instant; tells how many.
pub(in crate::notifications) async fn sweep_tokens(tx: &WriteTx, before: Timestamp) -> Result<u64, DbErr> {
    let old = notification_opt_out::Column::CreatedAt.lt(before);
    Ok(notification_opt_out::Entity::delete_many().filter(old).exec(&**tx).await?.rows_affected)
}

/// The next columns as a person.
fn recipient(next: &mut Reader<'_>) -> Result<Recipient, Fault> {
    let id = UserId::from_uuid(next.get()?);
    let status: AccountStatus = next.word("account status")?;
    let email: Option<String> = next.get()?;
    let phone: Option<String> = next.get()?;
    let language = next.word("account language")?;
    let by_email: Option<bool> = next.get()?;
    let by_sms: Option<bool> = next.get()?;
    let quiet: (Option<i32>, Option<i32>) = (next.get()?, next.get()?);
    let daily: (Option<i32>, Option<i32>) = (next.get()?, next.get()?);
    let small = |number: i32| u16::try_from(number).map_err(|error| Fault::corrupt("notification preference", error));
    let wishes = match (by_email, by_sms, daily) {
        (Some(email), Some(sms), (Some(email_daily_max), Some(sms_daily_max))) => Preferences {
            email,
            sms,
            quiet: match quiet {
                (Some(from), Some(until)) => Some(QuietHours { from: small(from)?, until: small(until)? }),
                (None, _) | (_, None) => None,
            },
            email_daily_max: small(email_daily_max)?,
            sms_daily_max: small(sms_daily_max)?,
        },
        _ => Preferences::default(),
    };
    Ok(Recipient {
        id,
        active: status == AccountStatus::Active,
        email: email.map(EmailAddress::from_stored),
        phone: phone.map(Phone::from_stored),
        language,
        wishes,
    })
}
