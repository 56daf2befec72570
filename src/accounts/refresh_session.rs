//! A session is carried on.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{
    AccountStatus, Accounts, Actor, IssuedSession, Retry, SessionId, SessionRecord, Token,
    audit::{self, Deed},
    model::Refresh,
    store::{self, sessions::Ended},
};
use crate::kernel::{ErrorCode, Failure, Outcome, clock::Timestamp, db::WriteTx, entropy, idempotency};

/// What carries a session on.
#[derive(Debug, Clone)]
pub struct RefreshSession {
    /// The refresh token of the last answer.
    pub refresh_token: SecretString,
    /// Makes a repetition harmless.
    pub idempotency_key: Option<String>,
}

impl Accounts {
    /// Exchanges a refresh token for the next pair of tokens. The old refresh token is worth nothing from here on: a second
    /// use says that it was stolen, before or after, and ends every session of its family.
    ///
    /// Only whoever repeats the exchange with the same idempotency key within a minute, because the answer was lost on the
    /// way or two windows of one client asked at once, gets the same pair again, as long as that is unused.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidSession`], whatever is wrong with the token; what is wrong with the key.
    pub async fn refresh_session(&self, actor: &Actor, command: RefreshSession) -> Outcome<IssuedSession> {
        let refused = || Failure::code(ErrorCode::InvalidSession);
        let key = idempotency::check_key(command.idempotency_key.as_deref())?;
        let token = Token::parse(command.refresh_token.expose_secret()).ok_or_else(refused)?;
        if !store::sessions::is_known(&self.knows.services.db, token.digest()).await? {
            return Err(refused());
        }
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let record = store::sessions::lock_by_refresh(&tx, token.digest()).await?.ok_or_else(refused)?;
        match record.refresh(&token, key, now)? {
            Refresh::Refuse => Err(refused()),
            Refresh::EndFamily => self.end_stolen(tx, actor, &record, now).await,
            Refresh::Repeat(successor, retry) => {
                let Some((expires_at, refresh_expires_at)) = store::sessions::lock_unused(&tx, successor).await? else {
                    return self.end_stolen(tx, actor, &record, now).await;
                };
                self.still_welcome(&tx, &record).await?;
                let (access_token, refresh_token) = retry.successors(&token, key.unwrap_or_default())?;
                Ok(IssuedSession { id: successor, access_token, refresh_token, expires_at, refresh_expires_at })
            }
            Refresh::Rotate => self.exchange(tx, &record, (&token, key), now).await,
        }
    }

    /// Goes on if the account is in good standing.
    async fn still_welcome(&self, tx: &WriteTx, record: &SessionRecord) -> Outcome<()> {
        let account = store::users::by_id(&**tx, record.user).await?;
        match account.is_some_and(|account| account.status == AccountStatus::Active) {
            true => Ok(()),
            false => Err(Failure::code(ErrorCode::InvalidSession)),
        }
    }

    async fn exchange(
        &self,
        tx: WriteTx,
        record: &SessionRecord,
        (token, key): (&Token, Option<&str>),
        now: Timestamp,
    ) -> Outcome<IssuedSession> {
        self.still_welcome(&tx, record).await?;
        let (user, family) = (record.user, Some(record.family));
        let (issued, retry) = match key {
            None => (self.issue_session(&tx, user, family, now).await?, None),
            Some(key) => {
                let retry = Retry::new(entropy::bytes()?, token, key)?;
                let pair = retry.successors(token, key)?;
                (self.issue_pair(&tx, user, family, pair, now).await?, Some(retry))
            }
        };
        store::sessions::mark_rotated(&tx, record, issued.id, retry, now).await?;
        tx.commit().await?;
        Ok(issued)
    }

    async fn end_stolen(
        &self,
        tx: WriteTx,
        actor: &Actor,
        record: &SessionRecord,
        now: Timestamp,
    ) -> Outcome<IssuedSession> {
        let ended = store::sessions::revoke(&tx, Ended::Family(record.family), now).await?;
        let deed = Deed {
            action: "session.reuse_detected",
            subject_kind: SessionId::PREFIX,
            subject: record.id.uuid(),
            before: None,
            after: Some(json!({ "ended": ended })),
        };
        audit::of_user(&tx, actor, record.user, now, deed).await?;
        tx.commit().await?;
        tracing::warn!(user = %record.user, ended, "a refresh token was used twice; its sessions are ended");
        Err(Failure::code(ErrorCode::InvalidSession))
    }
}
