//! What share of purchases is meant to go to women: dated configuration.

use chrono::NaiveDate;
use serde::Deserialize;

use super::class::WHOLE;
use crate::kernel::decimal::parse_scaled;

/// Targets by their days, for requests that set none of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Targets(Vec<Target>);

/// A target, and when it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Thousandths of a percent.
    pub percent: i64,
    /// The first day.
    pub from: NaiveDate,
    /// The last day; none where it goes on.
    pub to: Option<NaiveDate>,
    /// Who set it, and where that is written.
    pub source: String,
    /// How sure that is.
    pub certainty: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    target: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    percent: String,
    valid_from: String,
    valid_to: Option<String>,
    source: String,
    certainty: String,
}

impl Targets {
    /// The targets that come with the program.
    ///
    /// # Errors
    /// When they are not well-formed.
    pub fn embedded() -> Result<Self, String> {
        Self::parse(include_str!("../../data/targets.toml"))
    }

    /// Reads targets.
    ///
    /// # Errors
    /// When the text is not TOML of that form, a number is none, or two targets count on one day.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let day = |text: &str| text.parse::<NaiveDate>().map_err(|_| format!("no day: {text}"));
        let mut targets = Vec::new();
        for row in file.target {
            let percent = parse_scaled(&row.percent, 3).map_err(|error| format!("{}: {error}", row.percent))?;
            if !(0..=WHOLE).contains(&percent) {
                return Err(format!("no percent: {}", row.percent));
            }
            let to = row.valid_to.as_deref().map(day).transpose()?;
            targets.push(Target {
                percent,
                from: day(&row.valid_from)?,
                to,
                source: row.source,
                certainty: row.certainty,
            });
        }
        targets.sort_by_key(|target| target.from);
        let overlap = targets.windows(2).any(|two| match two {
            [one, next] => one.to.is_none_or(|last| last >= next.from),
            _ => false,
        });
        if overlap { Err("two targets count on one day".to_owned()) } else { Ok(Self(targets)) }
    }

    /// The target on a day, in thousandths of a percent.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<i64> {
        let counts = |target: &&Target| target.from <= day && target.to.is_none_or(|last| day <= last);
        self.0.iter().find(counts).map(|target| target.percent)
    }

    /// All of them, in the order of their days.
    #[must_use]
    pub fn all(&self) -> &[Target] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_has_one_target_at_most() {
        let row = |percent: &str, from: &str, to: &str| {
            format!(
                "[[target]]\npercent = \"{percent}\"\nvalid_from = \"{from}\"\n{to}\nsource = \"x\"\ncertainty = \"CONFIGURED\"\n"
            )
        };
        let first = row("25", "2020-01-01", "valid_to = \"2024-12-31\"");
        let targets = Targets::parse(&format!("{first}{}", row("30.5", "2025-01-01", ""))).unwrap();
        let on = |day: &str| targets.on(day.parse().unwrap());
        assert_eq!([on("2019-12-31"), on("2024-12-31"), on("2025-01-01")], [None, Some(25_000), Some(30_500)]);
        assert!(Targets::parse(&format!("{first}{}", row("30", "2024-12-31", ""))).is_err());
        assert!(Targets::parse(&row("101", "2024-12-31", "")).is_err());
        assert!(Targets::embedded().is_ok());
    }
}
