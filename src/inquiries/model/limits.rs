//! How much may be written.

use chrono::TimeDelta;

use crate::kernel::{clock::Timestamp, text::TextRule};

/// What a message may be.
pub const TEXT: TextRule = TextRule { length_min: 1, length_max: 4_000, multiline: true };
/// Documents of a message at most.
pub const ATTACHMENTS_MAX: usize = 5;

/// What an operator may set.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Threads that an organization may begin in 24 hours.
    pub begun_a_day: i64,
    /// Messages that an organization may write in an hour.
    pub messages_an_hour: i64,
}

/// What an organization has sent within a span of time that ends now.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sent {
    /// How much.
    pub count: i64,
    /// When the first of it was sent.
    pub first_at: Option<Timestamp>,
}

/// How many minutes it takes, rounded up, until another may be sent, of which there may be `most` in a span; none where it may
/// be sent now.
#[must_use]
pub fn minutes_to_wait(sent: Sent, most: i64, span: TimeDelta, now: Timestamp) -> Option<i64> {
    let first_at = sent.first_at.filter(|_| sent.count >= most)?;
    let seconds = (first_at + span - now).num_seconds();
    Some(((seconds + 59) / 60).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_sent_as_much_as_may_be_waits_until_the_first_of_it_is_long_enough_ago() {
        let now = Timestamp::UNIX_EPOCH + TimeDelta::hours(5);
        let wait = |count, minutes_ago| {
            let sent = Sent { count, first_at: Some(now - TimeDelta::minutes(minutes_ago)) };
            minutes_to_wait(sent, 3, TimeDelta::hours(1), now)
        };
        assert_eq!((wait(2, 10), wait(3, 10), wait(4, 59), wait(3, 60)), (None, Some(50), Some(1), Some(1)));
        assert_eq!(minutes_to_wait(Sent::default(), 3, TimeDelta::hours(1), now), None);
    }
}
