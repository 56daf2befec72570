//! What a person wants to be told, by which channel, and when.

use chrono::{NaiveTime, TimeDelta, Timelike as _};

use super::{Channel, Reason};
use crate::kernel::clock::Timestamp;

/// Minutes in a day.
const DAY_MINUTES: u16 = 24 * 60;

/// The hours of a day in which a person is left alone, in Mali's own time, which is UTC all year. They may go over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// The first quiet minute of the day.
    pub from: u16,
    /// The first minute of the day that is no longer quiet.
    pub until: u16,
}

impl QuietHours {
    /// When the quiet that reigns at an instant ends; none where there is none.
    #[must_use]
    pub fn end_at(self, now: Timestamp) -> Option<Timestamp> {
        let minute = u16::try_from(now.hour() * 60 + now.minute()).unwrap_or(0);
        let quiet = match self.from <= self.until {
            true => (self.from..self.until).contains(&minute),
            false => minute >= self.from || minute < self.until,
        };
        let begin_of_day = now.date_naive().and_time(NaiveTime::MIN).and_utc();
        let end = begin_of_day + TimeDelta::minutes(i64::from(self.until));
        quiet.then(|| if end > now { end } else { end + TimeDelta::days(1) })
    }
}

/// Reads an hour as people write it, `21:30`; the minute of the day.
#[must_use]
pub fn hour(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let number = |digits: &str, most: u16| {
        let plain = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|number| plain && *number <= most)
    };
    Some(number(hours, 23)? * 60 + number(minutes, 59)?).filter(|minute| *minute < DAY_MINUTES)
}

/// A person's wishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preferences {
    /// Whether she wants e-mail.
    pub email: bool,
    /// Whether she wants SMS.
    pub sms: bool,
    /// When she is left alone, if ever.
    pub quiet: Option<QuietHours>,
    /// E-mails a day at most.
    pub email_daily_max: u16,
    /// SMS a day at most.
    pub sms_daily_max: u16,
}

impl Preferences {
    /// Messages a day and channel that may be asked for at most.
    pub const DAILY_MAX: u16 = 100;

    /// Whether she wants messages by a channel.
    #[must_use]
    pub const fn wants(&self, channel: Channel) -> bool {
        match channel {
            Channel::Email => self.email,
            Channel::Sms => self.sms,
        }
    }

    /// Messages a day at most.
    #[must_use]
    pub const fn daily_max(&self, channel: Channel) -> u16 {
        match channel {
            Channel::Email => self.email_daily_max,
            Channel::Sms => self.sms_daily_max,
        }
    }
}

impl Default for Preferences {
    /// Of who never said anything: few messages, and none at night.
    fn default() -> Self {
        let quiet = Some(QuietHours { from: 21 * 60, until: 7 * 60 });
        Self { email: true, sms: true, quiet, email_daily_max: 10, sms_daily_max: 3 }
    }
}

/// How a person can be reached by a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Her account is in use.
    pub active: bool,
    /// She gave an address or a number for it.
    pub address: bool,
}

/// What is to be done with a delivery now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Hand it over.
    Send,
    /// Leave it until then.
    Wait(Timestamp),
    /// Never send it.
    Suppress(Reason),
}

/// What is to be done with a delivery at an instant, when so many were sent to her by this channel today.
#[must_use]
pub fn decide(wishes: &Preferences, channel: Channel, reach: Reach, sent_today: u64, now: Timestamp) -> Decision {
    if !reach.active {
        return Decision::Suppress(Reason::RecipientGone);
    }
    if !wishes.wants(channel) {
        return Decision::Suppress(Reason::OptedOut);
    }
    if !reach.address {
        return Decision::Suppress(Reason::NoAddress);
    }
    if let Some(end) = wishes.quiet.and_then(|quiet| quiet.end_at(now)) {
        return Decision::Wait(end);
    }
    if sent_today >= u64::from(wishes.daily_max(channel)) {
        return Decision::Suppress(Reason::DailyLimit);
    }
    Decision::Send
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn quiet_hours_may_go_over_midnight_and_end_in_the_morning() {
        let night = QuietHours { from: 21 * 60, until: 7 * 60 };
        assert_eq!(night.end_at(at("2026-11-02T20:59:59Z")), None);
        assert_eq!(night.end_at(at("2026-11-02T21:00:00Z")), Some(at("2026-11-03T07:00:00Z")));
        assert_eq!(night.end_at(at("2026-11-03T06:59:59Z")), Some(at("2026-11-03T07:00:00Z")));
        assert_eq!(night.end_at(at("2026-11-03T07:00:00Z")), None);
        let noon = QuietHours { from: 12 * 60, until: 14 * 60 };
        assert_eq!(noon.end_at(at("2026-11-03T13:00:00Z")), Some(at("2026-11-03T14:00:00Z")));
        assert_eq!(noon.end_at(at("2026-11-03T14:00:00Z")), None);
        let never = QuietHours { from: 600, until: 600 };
        assert_eq!(never.end_at(at("2026-11-03T10:00:00Z")), None);
    }

    #[test]
    fn an_hour_is_written_with_two_digits_on_each_side() {
        assert_eq!((hour("00:00"), hour("21:30"), hour(" 23:59 ")), (Some(0), Some(1_290), Some(1_439)));
        for text in ["", "7:00", "24:00", "12:60", "+1:00", "12", "12:0", "1é:00"] {
            assert_eq!(hour(text), None, "{text}");
        }
    }

    #[test]
    fn each_wish_is_kept_and_the_firmest_reason_is_given() {
        let wishes = Preferences { sms: false, email_daily_max: 2, ..Preferences::default() };
        let (noon, night) = (at("2026-11-02T12:00:00Z"), at("2026-11-02T23:00:00Z"));
        let reach = Reach { active: true, address: true };
        let email = |reach, sent, now| decide(&wishes, Channel::Email, reach, sent, now);
        assert_eq!(email(reach, 1, noon), Decision::Send);
        assert_eq!(email(reach, 2, noon), Decision::Suppress(Reason::DailyLimit));
        assert_eq!(email(reach, 2, night), Decision::Wait(at("2026-11-03T07:00:00Z")));
        assert_eq!(email(Reach { address: false, ..reach }, 0, night), Decision::Suppress(Reason::NoAddress));
        assert_eq!(email(Reach { active: false, ..reach }, 0, noon), Decision::Suppress(Reason::RecipientGone));
        assert_eq!(decide(&wishes, Channel::Sms, reach, 0, noon), Decision::Suppress(Reason::OptedOut));
    }
}
