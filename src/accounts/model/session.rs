//! Sessions: a chain of token pairs that begins with one sign-in.

use uuid::Uuid;

use super::{SessionId, Token, UserId};
use crate::kernel::clock::Timestamp;

/// The tokens that a sign-in or a refresh hands out, this once.
#[derive(Debug)]
pub struct IssuedSession {
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
    /// When the pair was ended.
    pub revoked_at: Option<Timestamp>,
}

/// What to do with a refresh token that is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// Exchange it.
    Rotate,
    /// It was exchanged before: two hold it, and one of them is a thief. End the family.
    EndFamily,
    /// It is over; nothing more is to be done.
    Refuse,
}

impl SessionRecord {
    /// Decides on the refresh token of this pair.
    #[must_use]
    pub fn refresh(&self, now: Timestamp) -> Refresh {
        if self.revoked_at.is_some() {
            Refresh::Refuse
        } else if self.rotated_at.is_some() {
            Refresh::EndFamily
        } else if self.refresh_expires_at <= now {
            Refresh::Refuse
        } else {
            Refresh::Rotate
        }
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
            revoked_at: None,
        }
    }

    #[test]
    fn a_refresh_token_is_good_until_it_expires() {
        let record = record();
        assert_eq!(record.refresh(record.refresh_expires_at - TimeDelta::microseconds(1)), Refresh::Rotate);
        assert_eq!(record.refresh(record.refresh_expires_at), Refresh::Refuse);
    }

    #[test]
    fn a_second_use_ends_the_family_even_after_expiry() {
        let used = SessionRecord { rotated_at: Some(DateTime::UNIX_EPOCH), ..record() };
        assert_eq!(used.refresh(DateTime::UNIX_EPOCH), Refresh::EndFamily);
        assert_eq!(used.refresh(used.refresh_expires_at), Refresh::EndFamily);
    }

    #[test]
    fn an_ended_family_is_not_ended_again() {
        let at = Some(DateTime::UNIX_EPOCH);
        let ended = SessionRecord { rotated_at: at, revoked_at: at, ..record() };
        assert_eq!(ended.refresh(DateTime::UNIX_EPOCH), Refresh::Refuse);
    }
}
