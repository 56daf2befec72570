//! A session is carried on.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{
    AccountStatus, Accounts, Actor, IssuedSession, SessionId, Token,
    audit::{self, Deed},
    model::Refresh,
    store::{self, sessions::Ended},
};
use crate::kernel::{ErrorCode, Failure, Outcome};

impl Accounts {
    /// Exchanges a refresh token for the next pair of tokens. The old refresh token is worth nothing from here on: a second
    /// use says that it was stolen, before or after, and ends every session of its family.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidSession`], whatever is wrong with the token.
    pub async fn refresh_session(&self, actor: &Actor, refresh_token: &SecretString) -> Outcome<IssuedSession> {
        let refused = || Failure::code(ErrorCode::InvalidSession);
        let token = Token::parse(refresh_token.expose_secret()).ok_or_else(refused)?;
        let now = self.services.now();
        let tx = self.services.db.begin().await?;
        let record = store::sessions::lock_by_refresh(&tx, token.digest()).await?.ok_or_else(refused)?;
        match record.refresh(now) {
            Refresh::Refuse => Err(refused()),
            Refresh::EndFamily => {
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
                Err(refused())
            }
            Refresh::Rotate => {
                let account = store::users::by_id(&*tx, record.user).await?;
                if account.is_none_or(|account| account.status != AccountStatus::Active) {
                    return Err(refused());
                }
                store::sessions::mark_rotated(&tx, record.id, now).await?;
                let issued = self.issue_session(&tx, record.user, Some(record.family), now).await?;
                tx.commit().await?;
                Ok(issued)
            }
        }
    }
}
