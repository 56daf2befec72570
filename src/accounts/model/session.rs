//! Sessions: a chain of token pairs that begins with one sign-in.

use chrono::TimeDelta;
use uuid::Uuid;

use super::{Retry, SessionId, Token, UserId};
use crate::kernel::{Fault, clock::Timestamp};

/// How long after an exchange its answer may be asked for again: long enough for a client on a bad line to try twice or
/// thrice, short for a thief who must know the key as well.
const RETRY_WITHIN: TimeDelta = TimeDelta::seconds(60);

/// The tokens that a sign-in or a refresh hands out, this once.
#[derive(Debug)]
pub struct IssuedSession {
    /// The pair.
    pub id: SessionId,
    /// Proves who asks, for a short time.
    pub access_token: Token,
    /// Is exchanged, once, for the next pair.
    pub refresh_token: Token,
    /// The access token is refused from here on.
    pub expires_at: Timestamp,
    /// The refresh token is refused from here on.
    pub refresh_expires_at: Timestamp,
}

/// What is kept of a pair of tokens.
#[derive(Debug, Clone)]
pub struct SessionRecord {
    /// The pair.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// Shared by all pairs that descend from one sign-in.
    pub family: Uuid,
    /// The refresh token is refused from here on.
    pub refresh_expires_at: Timestamp,
    /// When the refresh token was exchanged.
    pub rotated_at: Option<Timestamp>,
    /// What is kept of the idempotency key that it was exchanged with.
    pub retry: Option<Retry>,
    /// The pair that it was exchanged for.
    pub successor: Option<SessionId>,
    /// When the pair was ended.
    pub revoked_at: Option<Timestamp>,
}

/// What to do with a refresh token that is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// Exchange it.
    Rotate,
    /// It was exchanged a moment ago with the same idempotency key: the answer was lost, or another window of the same client was
    /// faster. If the pair that was handed out then is unused, it is handed out again; else it is as [`Refresh::EndFamily`].
    Repeat(SessionId, Retry),
    /// It was exchanged before: two hold it, and one of them is a thief. End the family.
    EndFamily,
    /// It is over; nothing more is to be done.
    Refuse,
}

impl SessionRecord {
    /// Decides on the refresh token of this pair, presented with an idempotency key or without.
    ///
    /// # Errors
    /// None in practice.
    pub fn refresh(&self, token: &Token, key: Option<&str>, now: Timestamp) -> Result<Refresh, Fault> {
        Ok(if self.revoked_at.is_some() {
            Refresh::Refuse
        } else if let Some(rotated_at) = self.rotated_at {
            match (self.successor, self.retry, key) {
                (Some(successor), Some(retry), Some(key))
                    if now <= rotated_at + RETRY_WITHIN && retry.is_of(token, key)? =>
                {
                    Refresh::Repeat(successor, retry)
                }
                (_, _, _) => Refresh::EndFamily,
            }
        } else if self.refresh_expires_at <= now {
            Refresh::Refuse
        } else {
            Refresh::Rotate
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    fn record() -> SessionRecord {
        SessionRecord {
            id: SessionId::from_uuid(Uuid::nil()),
            user: UserId::from_uuid(Uuid::nil()),
            family: Uuid::nil(),
            refresh_expires_at: DateTime::UNIX_EPOCH + TimeDelta::days(1),
            rotated_at: None,
            retry: None,
            successor: None,
            revoked_at: None,
        }
    }

    fn token() -> Token {
        Token::from_entropy([7; Token::LENGTH])
    }

    fn refresh(record: &SessionRecord, key: Option<&str>, now: Timestamp) -> Refresh {
        record.refresh(&token(), key, now).unwrap()
    }

    #[test]
    fn a_refresh_token_is_good_until_it_expires() {
        let record = record();
        let before = record.refresh_expires_at - TimeDelta::microseconds(1);
        assert_eq!(refresh(&record, None, before), Refresh::Rotate);
        assert_eq!(refresh(&record, None, record.refresh_expires_at), Refresh::Refuse);
    }

    #[test]
    fn a_second_use_ends_the_family_even_after_expiry() {
        let used = SessionRecord { rotated_at: Some(DateTime::UNIX_EPOCH), ..record() };
        assert_eq!(refresh(&used, None, DateTime::UNIX_EPOCH), Refresh::EndFamily);
        assert_eq!(refresh(&used, None, used.refresh_expires_at), Refresh::EndFamily);
    }

    #[test]
    fn a_lost_answer_may_be_asked_for_again_for_a_minute_by_who_knows_the_key() {
        let retry = Retry::new([1; Retry::SALT_BYTES], &token(), "key").unwrap();
        let at = DateTime::UNIX_EPOCH;
        let successor = SessionId::from_uuid(Uuid::max());
        let used = SessionRecord { rotated_at: Some(at), retry: Some(retry), successor: Some(successor), ..record() };
        let key = Some("key");
        assert_eq!(refresh(&used, key, at + TimeDelta::seconds(60)), Refresh::Repeat(successor, retry));
        assert_eq!(refresh(&used, key, at + TimeDelta::seconds(61)), Refresh::EndFamily);
        assert_eq!(refresh(&used, Some("other"), at), Refresh::EndFamily);
        assert_eq!(refresh(&used, None, at), Refresh::EndFamily);
        let without_key = SessionRecord { retry: None, ..used };
        assert_eq!(refresh(&without_key, None, at), Refresh::EndFamily);
        assert_eq!(refresh(&without_key, key, at), Refresh::EndFamily);
    }

    #[test]
    fn an_ended_family_is_not_ended_again() {
        let at = Some(DateTime::UNIX_EPOCH);
        let ended = SessionRecord { rotated_at: at, revoked_at: at, ..record() };
        assert_eq!(refresh(&ended, None, DateTime::UNIX_EPOCH), Refresh::Refuse);
    }
}
