//! How a connection is closed, and what the client is told by it.

use std::borrow::Cow;

/// Bytes that the reason of a close frame may have (RFC 6455, section 5.5: 125 with the code).
const REASON_BYTES_MAX: usize = 123;

/// Why a connection is closed by the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Close {
    /// 1001: the service stops; another process answers.
    GoingAway,
    /// 1009: a message is larger than a request may be.
    TooBig,
    /// 1013: the service cannot go on now; connect again later, and look for what was missed.
    TryAgainLater(&'static str),
    /// 4400: a message is not one of the protocol's.
    BadMessage(String),
    /// 4401: something was asked for before the connection was acknowledged.
    Unauthorized,
    /// 4403: the token is not good, or no longer, or what its holder may do has changed.
    Forbidden,
    /// 4406: the client does not speak the protocol.
    SubprotocolNotAcceptable,
    /// 4408: the client did not say who she is in time.
    InitialisationTimeout,
    /// 4409: there is a running operation of that id.
    SubscriberAlreadyExists(String),
    /// 4429: the client said more than once who she is.
    TooManyInitialisationRequests,
    /// 4500: something of ours broke.
    Internal,
}

impl Close {
    /// The code of the close frame.
    #[must_use]
    pub const fn code(&self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::TooBig => 1009,
            Self::TryAgainLater(_) => 1013,
            Self::BadMessage(_) => 4400,
            Self::Unauthorized => 4401,
            Self::Forbidden => 4403,
            Self::SubprotocolNotAcceptable => 4406,
            Self::InitialisationTimeout => 4408,
            Self::SubscriberAlreadyExists(_) => 4409,
            Self::TooManyInitialisationRequests => 4429,
            Self::Internal => 4500,
        }
    }

    /// The reason, in the words that the protocol gives where it gives any; never longer than a close frame takes.
    #[must_use]
    pub fn reason(&self) -> String {
        let reason: Cow<'_, str> = match self {
            Self::GoingAway => "the service stops".into(),
            Self::TooBig => "the message is too large".into(),
            Self::TryAgainLater(why) => (*why).into(),
            Self::BadMessage(why) => why.into(),
            Self::Unauthorized => "Unauthorized".into(),
            Self::Forbidden => "Forbidden".into(),
            Self::SubprotocolNotAcceptable => "Subprotocol not acceptable".into(),
            Self::InitialisationTimeout => "Connection initialisation timeout".into(),
            Self::SubscriberAlreadyExists(id) => format!("Subscriber for {id} already exists").into(),
            Self::TooManyInitialisationRequests => "Too many initialisation requests".into(),
            Self::Internal => "internal error".into(),
        };
        let mut end = reason.len().min(REASON_BYTES_MAX);
        while !reason.is_char_boundary(end) {
            end -= 1;
        }
        reason[..end].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_fits_into_a_close_frame() {
        for id in ["é".repeat(200), format!("a{}", "é".repeat(200)), "1".to_owned()] {
            let reason = Close::SubscriberAlreadyExists(id).reason();
            assert!(reason.len() <= REASON_BYTES_MAX, "{reason}");
            assert!(reason.starts_with("Subscriber for "), "{reason}");
        }
    }
}
