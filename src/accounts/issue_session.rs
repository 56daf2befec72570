//! Handing out a pair of tokens: the end of signing up, signing in and refreshing.

use uuid::Uuid;

use super::{Accounts, IssuedSession, SessionId, Token, UserId, store};
use crate::kernel::{Outcome, clock::Timestamp, db::WriteTx, entropy};

impl Accounts {
    /// Makes and keeps the next pair of a family; a family of its own where none is given.
    pub(super) async fn issue_session(
        &self,
        tx: &WriteTx,
        user: UserId,
        family: Option<Uuid>,
        now: Timestamp,
    ) -> Outcome<IssuedSession> {
        let pair = (Token::from_entropy(entropy::bytes()?), Token::from_entropy(entropy::bytes()?));
        self.issue_pair(tx, user, family, pair, now).await
    }

    /// The same, of these tokens.
    pub(super) async fn issue_pair(
        &self,
        tx: &WriteTx,
        user: UserId,
        family: Option<Uuid>,
        (access_token, refresh_token): (Token, Token),
        now: Timestamp,
    ) -> Outcome<IssuedSession> {
        let issued = IssuedSession {
            id: SessionId::from_uuid(self.knows.services.ids.next_uuid()),
            access_token,
            refresh_token,
            expires_at: now + self.knows.access_lifetime,
            refresh_expires_at: now + self.knows.refresh_lifetime,
        };
        let family = family.unwrap_or_else(|| issued.id.uuid());
        store::sessions::insert(tx, user, family, &issued, now).await?;
        Ok(issued)
    }
}
