//! What the statements of reports are written with, on both databases.

use std::fmt::Write as _;

use chrono::Days;
use sea_orm::Value;

use crate::{
    directory::model::ownership::EvidenceLevel,
    insight::model::report::{
        cell::Measure,
        class::WHOLE,
        scope::{BANDS, GroupBy, Scope},
        target::Targets,
    },
    kernel::db::DbBackend,
};

/// No group that is an id.
pub(super) const NO_ID: &str = "CAST(NULL AS uuid)";

/// The words of one database for what both can.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect(pub(super) DbBackend);

impl Dialect {
    fn is_postgres(self) -> bool {
        self.0 == DbBackend::Postgres
    }

    /// The day of an instant.
    pub(super) fn day(self, instant: &str) -> String {
        if self.is_postgres() { format!("({instant} AT TIME ZONE 'UTC')::date") } else { format!("date({instant})") }
    }

    /// Days from one day to another.
    pub(super) fn days(self, from: &str, to: &str) -> String {
        if self.is_postgres() {
            format!("CAST({to} - {from} AS bigint)")
        } else {
            format!("CAST(julianday({to}) - julianday({from}) AS bigint)")
        }
    }

    /// Whole minutes from one instant to another, both taken down to the second.
    pub(super) fn minutes(self, from: &str, to: &str) -> String {
        let seconds = |instant: &str| {
            if self.is_postgres() {
                format!("CAST(floor(extract(epoch FROM {instant})) AS bigint)")
            } else {
                format!("CAST(strftime('%s', {instant}) AS bigint)")
            }
        };
        format!("({} - {}) / 60", seconds(to), seconds(from))
    }

    /// The greater of two values.
    pub(super) fn greater(self, one: &str, other: &str) -> String {
        let name = if self.is_postgres() { "greatest" } else { "max" };
        format!("{name}({one}, {other})")
    }

    fn month(self, day: &str) -> String {
        if self.is_postgres() { format!("to_char({day}, 'YYYY-MM')") } else { format!("substr({day}, 1, 7)") }
    }

    fn quarter(self, day: &str) -> String {
        if self.is_postgres() {
            format!("to_char({day}, 'YYYY\"-Q\"Q')")
        } else {
            format!("substr({day}, 1, 4) || '-Q' || ((CAST(substr({day}, 6, 2) AS bigint) + 2) / 3)")
        }
    }

    /// The group that a fact belongs to, as a text or as an id.
    pub(super) fn group(self, by: Option<GroupBy>) -> (String, &'static str) {
        let text = match by {
            None => "''".to_owned(),
            Some(GroupBy::Buyer) => return ("''".to_owned(), "f.buyer"),
            Some(GroupBy::Region) => "coalesce(f.region, '')".to_owned(),
            Some(GroupBy::Product) => "coalesce(f.product, '')".to_owned(),
            Some(GroupBy::Method) => "f.method".to_owned(),
            Some(GroupBy::LotSize) => {
                let mut bands = "CASE WHEN f.grams IS NULL THEN ''".to_owned();
                for (from, name) in BANDS.iter().rev() {
                    let _ = write!(bands, " WHEN f.grams >= {from} THEN '{name}'");
                }
                format!("{bands} END")
            }
            Some(GroupBy::Period) => self.month("f.day"),
            Some(GroupBy::Quarter) => self.quarter("f.day"),
            Some(GroupBy::EvidenceLevel) => "coalesce(f.level, '')".to_owned(),
        };
        (text, NO_ID)
    }
}

/// What an organization is, by its frozen status.
pub(super) fn class(at_least: EvidenceLevel, frozen: &str) -> String {
    let levels: Vec<String> = EvidenceLevel::ALL
        .iter()
        .filter(|level| **level >= at_least)
        .map(|level| format!("'{}'", level.as_str()))
        .collect();
    format!(
        "CASE WHEN {frozen}.status = 'YES' AND {frozen}.evidence_level IN ({}) THEN 'WOMEN' \
         WHEN {frozen}.status = 'NO' THEN 'NON_WOMEN' ELSE 'UNKNOWN' END",
        levels.join(", ")
    )
}

/// What several are together, from the sums of women's and of others' shares.
pub(super) fn joint(women: &str, non_women: &str) -> String {
    let half = WHOLE / 2;
    format!("CASE WHEN {women} > {half} THEN 'WOMEN' WHEN {non_women} >= {half} THEN 'NON_WOMEN' ELSE 'UNKNOWN' END")
}

/// The target that counts on a day where a request has none of its own.
pub(super) fn target(targets: &Targets, day: &str) -> String {
    if targets.all().is_empty() {
        return "CAST(NULL AS bigint)".to_owned();
    }
    let mut text = "CASE".to_owned();
    for target in targets.all() {
        let _ = write!(text, " WHEN {day} >= '{}'", target.from);
        if let Some(to) = target.to {
            let _ = write!(text, " AND {day} <= '{to}'");
        }
        let _ = write!(text, " THEN {}", target.percent);
    }
    format!("CAST({text} END AS bigint)")
}

/// The parameters of every statement of a report: `$1` and `$2` are the first instant and the first one after it, `$3` and `$4` the first
/// and the last day, `$5` the definition, `$6` the buyer, if there is one.
pub(super) fn parameters(scope: &Scope) -> Vec<Value> {
    let begins = |day: chrono::NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
    let after = scope.through().checked_add_days(Days::new(1)).unwrap_or(scope.through());
    let mut parameters: Vec<Value> = vec![
        begins(scope.from).into(),
        begins(after).into(),
        scope.from.into(),
        scope.through().into(),
        scope.definition.as_str().into(),
    ];
    parameters.extend(scope.buyer.map(Value::from));
    parameters
}

/// Holds the statement to the report's buyer, if it has one: said so that her index is used.
pub(super) fn of_buyer(scope: &Scope, buyer: &str) -> String {
    if scope.buyer.is_some() { format!("{buyer} = $6") } else { "TRUE".to_owned() }
}

/// A condition that an instant is within the report's days.
pub(super) fn within(scope: &Scope, instant: &str, buyer: &str) -> String {
    format!("{instant} >= $1 AND {instant} < $2 AND {}", of_buyer(scope, buyer))
}

/// One kind of cells, as a select over facts.
pub(super) struct Counting {
    measure: Measure,
    class: String,
    key: String,
    text: String,
    who: String,
    bucket: String,
    number: (String, String),
    only: String,
    by: Vec<String>,
}

/// Counts facts under a measure.
pub(super) fn count(measure: Measure) -> Counting {
    let constant = |text: &str| text.to_owned();
    Counting {
        measure,
        class: constant("'UNKNOWN'"),
        key: constant("''"),
        text: constant("''"),
        who: constant("CAST(NULL AS uuid)"),
        bucket: constant("CAST(0 AS bigint)"),
        number: (constant("CAST(0 AS bigint)"), constant("count(*)")),
        only: constant("1 = 1"),
        by: Vec::new(),
    }
}

impl Counting {
    /// Each class by itself.
    pub(super) fn class(mut self, column: &str) -> Self {
        self.by.push(column.to_owned());
        column.clone_into(&mut self.class);
        self
    }

    /// Under a fixed class.
    pub(super) fn of_class(mut self, class: &str) -> Self {
        self.class = format!("'{class}'");
        self
    }

    /// Each key by itself.
    pub(super) fn key(mut self, column: &str) -> Self {
        self.by.push(column.to_owned());
        column.clone_into(&mut self.key);
        self
    }

    /// Under a fixed key.
    pub(super) fn under(mut self, key: &str) -> Self {
        self.key = format!("'{key}'");
        self
    }

    /// Each text by itself.
    pub(super) fn text(mut self, column: &str) -> Self {
        self.by.push(column.to_owned());
        column.clone_into(&mut self.text);
        self
    }

    /// Each organization by itself.
    pub(super) fn who(mut self, column: &str) -> Self {
        self.by.push(column.to_owned());
        column.clone_into(&mut self.who);
        self
    }

    /// Each bucket by itself.
    pub(super) fn bucket(mut self, column: &str) -> Self {
        self.by.push(column.to_owned());
        column.clone_into(&mut self.bucket);
        self
    }

    /// Adds shares of amounts, in hundred-thousandths of a minor unit. Amount times share does not fit where amounts are large: whole
    /// units and what is left of them are added apart.
    pub(super) fn shares(mut self, minor: &str, share: &str) -> Self {
        self.number = (
            format!("CAST(sum({minor} / {WHOLE} * {share} + {minor} % {WHOLE} * {share} / {WHOLE}) AS bigint)"),
            format!("CAST(sum({minor} % {WHOLE} * {share} % {WHOLE}) AS bigint)"),
        );
        self
    }

    /// Adds amounts.
    pub(super) fn amounts(mut self, minor: &str) -> Self {
        self.number = (format!("CAST(sum({minor}) AS bigint)"), "CAST(0 AS bigint)".to_owned());
        self
    }

    /// Counts different values.
    pub(super) fn different(mut self, column: &str) -> Self {
        self.number.1 = format!("count(DISTINCT {column})");
        self
    }

    /// Only some facts.
    pub(super) fn only(mut self, condition: &str) -> Self {
        self.only = format!("{} AND ({condition})", self.only);
        self
    }

    /// The select, from this table.
    pub(super) fn select(&self, table: &str) -> String {
        let Self { measure, class, key, text, who, bucket, number: (whole, part), only, by } = self;
        let by: String = by.iter().map(|column| format!(", {column}")).collect();
        format!(
            "SELECT grouped, grp, grp_id, '{}', {class}, {key}, {text}, {who}, {bucket}, {whole}, {part} FROM {table} WHERE {only} \
             GROUP BY grouped, grp, grp_id{by}",
            measure.as_str()
        )
    }
}
