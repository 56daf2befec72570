//! How long appeals may be filed and answered, and how days of standstill are counted: dated rules, read from `procurement/data/appeals.toml`.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use serde::Deserialize;

use super::{
    award::Award,
    complaint::{Complaint, ComplaintLevel, ComplaintStatus},
};
use crate::{directory::model::ownership::Certainty, kernel::clock::Timestamp};

/// Which days are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CountedDays {
    /// All but Saturdays, Sundays and holidays.
    Working,
    /// All.
    Calendar,
}

/// The rules of a period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppealRules {
    /// Names these very rules, for good.
    pub version: String,
    /// First day in force.
    pub valid_from: NaiveDate,
    /// Last day in force; `None` is until further notice.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
    /// Where they come from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
    /// Which days are counted, of the standstill too.
    pub days: CountedDays,
    /// To appeal to the buyer, from the award.
    pub gracious_days: i64,
    /// For the buyer to answer.
    pub gracious_answer_days: i64,
    /// To appeal to the review body, from the answer or from when it was due.
    pub review_days: i64,
    /// Days of each year that are not worked, as `MM-DD`.
    pub holidays: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rules: Vec<AppealRules>,
}

static EMBEDDED: LazyLock<Result<Vec<AppealRules>, String>> =
    LazyLock::new(|| read(include_str!("../data/appeals.toml")));

fn read(text: &str) -> Result<Vec<AppealRules>, String> {
    let File { mut rules } = toml::from_str(text).map_err(|error| error.to_string())?;
    rules.sort_by_key(|set| set.valid_from);
    for set in &rules {
        let days = [set.gracious_days, set.gracious_answer_days, set.review_days];
        if days.iter().any(|days| !(1..=365).contains(days)) || set.valid_to.is_some_and(|to| to < set.valid_from) {
            return Err(format!("{}: a period is out of range", set.version));
        }
        // A leap year, so that the 29th of February may be one.
        let is_day = |day: &String| NaiveDate::parse_from_str(&format!("2024-{day}"), "%Y-%m-%d").is_ok();
        if let Some(wrong) = set.holidays.iter().find(|day| !is_day(day)) {
            return Err(format!("{}: {wrong} is no day", set.version));
        }
    }
    let overlaps = |pair: &&[AppealRules]| pair[0].valid_to.is_none_or(|to| to >= pair[1].valid_from);
    match rules.windows(2).find(overlaps) {
        Some(pair) => Err(format!("{} and {} overlap", pair[0].version, pair[1].version)),
        None if rules.is_empty() => Err("no rules".to_owned()),
        None => Ok(rules),
    }
}

impl AppealRules {
    /// The rules in force on a day, from those that come with the program.
    ///
    /// # Errors
    /// That none are, or that they cannot be read.
    pub fn on(day: NaiveDate) -> Result<&'static Self, String> {
        let rules = EMBEDDED.as_ref().map_err(|error| format!("cannot read the rules of appeals: {error}"))?;
        let in_force = |set: &&Self| set.valid_from <= day && set.valid_to.is_none_or(|to| day <= to);
        rules.iter().find(in_force).ok_or_else(|| format!("no rules of appeals are in force on {day}"))
    }

    /// The end of so many days after the day of an instant; the instant itself, where there are none. Days are Mali's, in UTC.
    #[must_use]
    pub fn after(&self, from: Timestamp, days: i64) -> Timestamp {
        if days <= 0 {
            return from;
        }
        let (mut day, mut left) = (from.date_naive(), days);
        while let Some(next) = day.succ_opt().filter(|_| left > 0) {
            day = next;
            left -= i64::from(self.counts(day));
        }
        // What holds until the end of a day holds until the next begins.
        let next = day.succ_opt().unwrap_or(day);
        DateTime::<Utc>::from_naive_utc_and_offset(next.and_time(NaiveTime::MIN), Utc)
    }

    fn counts(&self, day: NaiveDate) -> bool {
        match self.days {
            CountedDays::Calendar => true,
            CountedDays::Working => {
                let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
                !weekend && !self.holidays.contains(&day.format("%m-%d").to_string())
            }
        }
    }

    /// The first instant at which an award can no longer be appealed against with its buyer.
    #[must_use]
    pub fn gracious_until(&self, award: &Award) -> Timestamp {
        self.after(award.awarded_at, self.gracious_days)
    }

    /// From when on an appeal to the buyer counts as refused, where it was not answered.
    #[must_use]
    pub fn answer_due(&self, gracious: &Complaint) -> Timestamp {
        self.after(gracious.filed_at, self.gracious_answer_days)
    }

    /// The first instant at which the review body can no longer be asked after this appeal to the buyer; none where it cannot be
    /// asked at all: it is no such appeal, was taken back or was right, or the buyer still has time to answer.
    #[must_use]
    pub fn review_until(&self, gracious: &Complaint, now: Timestamp) -> Option<Timestamp> {
        match gracious.level {
            ComplaintLevel::Gracious => {}
            ComplaintLevel::Review => return None,
        }
        let from = match gracious.status {
            ComplaintStatus::Rejected | ComplaintStatus::Inadmissible => gracious.decided_at?,
            // Within the last day of the answer, so that the first day after it counts.
            ComplaintStatus::Open => {
                Some(self.answer_due(gracious)).filter(|due| *due <= now)? - TimeDelta::microseconds(1)
            }
            ComplaintStatus::Upheld | ComplaintStatus::Withdrawn => return None,
        };
        Some(self.after(from, self.review_days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_rules_that_come_with_the_program_are_in_force_and_say_where_they_are_from() {
        let rules = AppealRules::on("2026-11-02".parse().unwrap()).unwrap();
        assert!(!rules.source.is_empty() && rules.certainty == Certainty::Remembered);
        assert!(AppealRules::on("2000-01-01".parse().unwrap()).is_err());
    }

    #[test]
    fn working_days_leave_out_weekends_and_holidays_and_end_with_their_last_day() {
        let rules = AppealRules::on("2026-11-02".parse().unwrap()).unwrap();
        // A Thursday: Friday, Monday and Tuesday are the three.
        assert_eq!(rules.after(at("2026-11-05T15:00:00Z"), 3), at("2026-11-11T00:00:00Z"));
        // The 25th of December is a Friday.
        assert_eq!(rules.after(at("2026-12-24T08:00:00Z"), 1), at("2026-12-29T00:00:00Z"));
        assert_eq!(rules.after(at("2026-11-05T15:00:00Z"), 0), at("2026-11-05T15:00:00Z"));
        let calendar = AppealRules { days: CountedDays::Calendar, ..rules.clone() };
        assert_eq!(calendar.after(at("2026-11-05T15:00:00Z"), 3), at("2026-11-09T00:00:00Z"));
    }

    #[test]
    fn rules_that_overlap_or_make_no_sense_are_refused() {
        let shipped = include_str!("../data/appeals.toml");
        let again = shipped.replace("ML/2015-09", "B").replace("2015-09-25\"\nsource", "2020-01-01\"\nsource");
        assert_eq!(read(&format!("{shipped}\n{again}")).unwrap_err(), "ML/2015-09 and B overlap");
        assert!(read(&shipped.replace("gracious_days = 5", "gracious_days = 0")).is_err());
        assert!(read(&shipped.replace("01-20", "13-20")).is_err());
        assert_eq!(read("rules = []").unwrap_err(), "no rules");
    }
}
