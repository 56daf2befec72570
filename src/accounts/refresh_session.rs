//! A session is carried on.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{
    AccountStatus, Accounts, Actor, IssuedSession, SecretDigest, SessionId, SessionRecord, Token,
    audit::{self, Deed},
    model::Refresh,
    store::{self, sessions::Ended},
};
use crate::kernel::{ErrorCode, Failure, Outcome, clock::Timestamp, db::WriteTx, idempotency};

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
    /// way, gets another pair, in place of the first one if that is unused.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidSession`], whatever is wrong with the token; what is wrong with the key.
    pub async fn refresh_session(&self, actor: &Actor, command: RefreshSession) -> Outcome<IssuedSession> {
        let refused = || Failure::code(ErrorCode::InvalidSession);
        let key = idempotency::check_key(command.idempotency_key.as_deref())?;
        let token = Token::parse(command.refresh_token.expose_secret()).ok_or_else(refused)?;
        if !store::sessions::is_known(&self.services.db, token.digest()).await? {
            return Err(refused());
        }
        let retry = key.map(|key| token.retry_digest(key));
        let now = self.services.now();
        let tx = self.services.db.begin().await?;
        let record = store::sessions::lock_by_refresh(&tx, token.digest()).await?.ok_or_else(refused)?;
        match record.refresh(retry, now) {
            Refresh::Refuse => Err(refused()),
            Refresh::EndFamily => self.end_stolen(tx, actor, &record, now).await,
            Refresh::Replace(successor) => {
                if store::sessions::revoke_unused(&tx, successor, now).await? {
                    self.exchange(tx, &record, retry, now).await
                } else {
                    self.end_stolen(tx, actor, &record, now).await
                }
            }
            Refresh::Rotate => self.exchange(tx, &record, retry, now).await,
        }
    }

    async fn exchange(
        &self,
        tx: WriteTx,
        record: &SessionRecord,
        retry: Option<SecretDigest>,
        now: Timestamp,
    ) -> Outcome<IssuedSession> {
        let account = store::users::by_id(&*tx, record.user).await?;
        if account.is_none_or(|account| account.status != AccountStatus::Active) {
            return Err(Failure::code(ErrorCode::InvalidSession));
        }
        let issued = self.issue_session(&tx, record.user, Some(record.family), now).await?;
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
