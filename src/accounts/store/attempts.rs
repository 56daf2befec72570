//! Attempts that all processes count together.

use std::time::Duration;

use crate::{
    accounts::model::Shared,
    kernel::{
        clock::Timestamp,
        db::{DbErr, WriteTx, sql},
    },
};

/// Counts an attempt, or gives the time until the next one is allowed.
///
/// What is kept is the instant up to which the allowance is used up. Each attempt moves it on by the time in which one comes
/// back; it may not be further away than the time in which all come back. One statement asks and counts, so that of two
/// attempts that come at the same time the second sees the first.
pub(in crate::accounts) async fn count(
    tx: &WriteTx,
    shared: &Shared,
    now: Timestamp,
) -> Result<Option<Duration>, DbErr> {
    let (period, whole) = (microseconds(shared.allowance.period), microseconds(shared.allowance.whole));
    let (slot, now) = (i64::try_from(shared.slot).unwrap_or(i64::MAX), now.timestamp_micros());
    let text = "INSERT INTO attempt (slot, used_until) VALUES ($1, $2)
                ON CONFLICT (slot) DO UPDATE
                SET used_until = CASE WHEN attempt.used_until > $3 THEN attempt.used_until + $4 ELSE $2 END
                WHERE attempt.used_until + $4 <= $5";
    let values = [slot.into(), (now + period).into(), now.into(), period.into(), (now + whole).into()];
    if sql(text, values).run(&**tx).await? == 1 {
        return Ok(None);
    }
    let used = sql("SELECT used_until FROM attempt WHERE slot = $1", [slot.into()]).one(&**tx).await?;
    let used: i64 = used.map_or(Ok(now), |row| row.get(0))?;
    let latest = now + whole;
    if used > latest {
        // A clock was ahead when it was counted. Nobody is locked out for as long as that.
        let text = "UPDATE attempt SET used_until = $2 WHERE slot = $1 AND used_until > $2";
        sql(text, [slot.into(), latest.into()]).run(&**tx).await?;
    }
    let wait = used.min(latest).saturating_add(period).saturating_sub(latest);
    Ok(Some(Duration::from_micros(u64::try_from(wait).unwrap_or(0))))
}

/// Removes what is used up no longer.
pub(in crate::accounts) async fn sweep(tx: &WriteTx, now: Timestamp) -> Result<u64, DbErr> {
    sql("DELETE FROM attempt WHERE used_until < $1", [now.timestamp_micros().into()]).run(&**tx).await
}

fn microseconds(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}
