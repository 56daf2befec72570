//! A report as it is told: its figures with their digests, as JSON and as rows of a table.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    cell::{Measure, Tally},
    digest::Digests,
    figure::Figure,
    indicators::{INDICATORS, Indicator},
    ratio::Ratio,
    scope::{GroupBy, Scope},
    suppression::Withheld,
};
use crate::{accounts::OrganizationId, kernel::digest::Digest};

/// A report.
#[derive(Debug, Clone)]
pub struct Report {
    /// What it is about.
    pub scope: Scope,
    /// Whether small groups are shown.
    pub shows_all: bool,
    /// The indicators in their order.
    pub indicators: Vec<Told>,
}

/// An indicator.
#[derive(Debug, Clone)]
pub struct Told {
    /// Which.
    pub indicator: &'static Indicator,
    /// Of all.
    pub all: Numbers,
    /// Group by group, in the order of their keys; only groups that have facts of it.
    pub groups: Vec<(String, Numbers)>,
}

/// What is told of an indicator of a group.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    /// Its figures; none where they are withheld.
    pub figures: Vec<Figure>,
    /// Whether they are withheld, because too few are behind them.
    pub withheld: bool,
    /// The digest of the facts behind it; none where it was not asked for, or is withheld as the figures are.
    pub digest: Option<Digest>,
}

impl Numbers {
    /// The figure that the indicator is told by: the first, unless it is in one of several currencies.
    #[must_use]
    pub fn headline(&self) -> Option<&Figure> {
        let is_currency = |figure: &&Figure| figure.part.len() == 3;
        let currencies = self.figures.iter().filter(is_currency).count();
        self.figures.first().filter(|first| currencies <= 1 || !is_currency(first))
    }
}

/// A report from its numbers.
#[must_use]
pub fn report(scope: Scope, tally: &Tally, digests: Option<&Digests>, shows_all: bool) -> Report {
    let withheld = if shows_all { Withheld::default() } else { Withheld::of(tally) };
    let told = |indicator: &'static Indicator| {
        let numbers = |group: Option<&str>, cells| {
            if withheld.hides(indicator, group) {
                return Numbers { withheld: true, ..Numbers::default() };
            }
            let digest = digests.map(|digests| digests.behind(indicator.formula, &scope, group, indicator.families));
            Numbers { figures: (indicator.figures)(cells), withheld: false, digest }
        };
        let families: Vec<&str> = indicator.families.iter().map(|family| family.as_str()).collect();
        let has_facts =
            |cells: &&super::cell::Cells| cells.sum(Measure::Facts, |cell| families.contains(&cell.key.as_str())) > 0;
        let groups = tally.groups.iter().filter(|(_, cells)| has_facts(cells));
        Told {
            indicator,
            all: numbers(None, &tally.total),
            groups: groups.map(|(key, cells)| (key.clone(), numbers(Some(key), cells))).collect(),
        }
    };
    Report { scope, shows_all, indicators: INDICATORS.iter().map(told).collect() }
}

/// What is called how, in a language.
pub trait Names {
    /// The name of an indicator.
    fn indicator(&self, indicator: &Indicator) -> String;

    /// The name of a group.
    fn group(&self, key: &str) -> String;
}

/// A report as JSON.
#[must_use]
pub fn to_json(report: &Report, names: &impl Names) -> Value {
    let scope = &report.scope;
    let indicators: Vec<Value> = report
        .indicators
        .iter()
        .map(|told| {
            let groups = told.groups.iter().map(|(key, numbers)| {
                let mut group = numbers_json(numbers);
                group["key"] = key.as_str().into();
                group["label"] = names.group(key).into();
                group
            });
            let mut indicator = numbers_json(&told.all);
            indicator["formula"] = told.indicator.formula.into();
            indicator["name"] = names.indicator(told.indicator).into();
            indicator["groups"] = groups.collect();
            indicator
        })
        .collect();
    json!({
        "scope": {
            "buyer": scope.buyer.map(|buyer| OrganizationId::from_uuid(buyer).to_string()),
            "from": scope.from.to_string(),
            "to": scope.to.to_string(),
            "asOf": scope.as_of.to_string(),
            "definition": scope.definition.as_str(),
            "atLeastEvidence": scope.at_least.as_str(),
            "groupBy": scope.group_by.map(GroupBy::as_str),
            "showsSmallGroups": report.shows_all,
        },
        "indicators": indicators,
    })
}

fn numbers_json(numbers: &Numbers) -> Value {
    let figure = |figure: &Figure| {
        let [value, numerator, denominator, women, non_women, unknown] = decimals(figure);
        json!({
            "part": figure.part, "unit": figure.unit.as_str(), "value": value, "numerator": numerator,
            "denominator": denominator, "women": women, "nonWomen": non_women, "unknown": unknown,
        })
    };
    json!({
        "suppressed": numbers.withheld,
        "digest": numbers.digest.map(|digest| digest.to_string()),
        "figures": numbers.figures.iter().map(figure).collect::<Vec<_>>(),
    })
}

/// The numbers of a figure as they are written: value, numerator, denominator, women, not women, unknown.
#[must_use]
pub fn decimals(figure: &Figure) -> [Option<String>; 6] {
    let numbers = [figure.value, figure.numerator, figure.denominator, figure.women, figure.non_women, figure.unknown];
    numbers.map(|number| number.map(Ratio::decimal))
}

/// What the columns of a table are called.
pub const COLUMNS: [&str; 13] = [
    "formula",
    "name",
    "group",
    "label",
    "part",
    "unit",
    "value",
    "numerator",
    "denominator",
    "women",
    "non_women",
    "unknown",
    "digest",
];

/// A report as rows of a table: a figure a row. What is withheld has one row, whose unit is `SUPPRESSED`.
#[must_use]
pub fn rows(report: &Report, names: &impl Names) -> Vec<[String; 13]> {
    let mut rows = Vec::new();
    for told in &report.indicators {
        let name = names.indicator(told.indicator);
        let all = std::iter::once((None, &told.all));
        for (key, numbers) in all.chain(told.groups.iter().map(|(key, numbers)| (Some(key), numbers))) {
            let group = key.map(|key| (key.clone(), names.group(key))).unwrap_or_default();
            let mut row = |part: &str, unit: &str, numbers: [Option<String>; 6], digest: Option<Digest>| {
                let [value, numerator, denominator, women, non_women, unknown] = numbers.map(Option::unwrap_or_default);
                rows.push([
                    told.indicator.formula.to_owned(),
                    name.clone(),
                    group.0.clone(),
                    group.1.clone(),
                    part.to_owned(),
                    unit.to_owned(),
                    value,
                    numerator,
                    denominator,
                    women,
                    non_women,
                    unknown,
                    digest.map(|digest| digest.to_string()).unwrap_or_default(),
                ]);
            };
            if numbers.withheld {
                row("", "SUPPRESSED", [const { None }; 6], None);
            }
            for figure in &numbers.figures {
                row(&figure.part, figure.unit.as_str(), decimals(figure), numbers.digest);
            }
        }
    }
    rows
}

/// What a report is about, as it was told in JSON, and whether it shows small groups.
///
/// # Errors
/// What is missing, or cannot be.
pub fn read_scope(report: &Value) -> Result<(Scope, bool), String> {
    let scope = &report["scope"];
    let text = |name: &str| scope[name].as_str().ok_or_else(|| format!("scope.{name} is missing"));
    let day = |name: &str| text(name)?.parse().map_err(|_| format!("scope.{name} is no day"));
    Ok((
        Scope {
            buyer: scope["buyer"]
                .as_str()
                .map(|buyer| buyer.parse::<OrganizationId>().map(OrganizationId::uuid))
                .transpose()
                .map_err(|error| format!("scope.buyer: {error}"))?,
            from: day("from")?,
            to: day("to")?,
            as_of: day("asOf")?,
            definition: text("definition")?.parse().map_err(|_| "scope.definition is none".to_owned())?,
            at_least: text("atLeastEvidence")?.parse().map_err(|_| "scope.atLeastEvidence is none".to_owned())?,
            group_by: scope["groupBy"]
                .as_str()
                .map(str::parse)
                .transpose()
                .map_err(|_| "scope.groupBy is none".to_owned())?,
        },
        scope["showsSmallGroups"].as_bool().unwrap_or(false),
    ))
}

/// Where a report and what was computed anew differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The formula, the group and the part, and what of it.
    pub place: String,
    /// What the report says; nothing where it does not have it.
    pub told: Option<String>,
    /// What was computed.
    pub computed: Option<String>,
}

/// Every number, digest and suppression in which two reports differ, but for those of one formula; names do not matter.
#[must_use]
pub fn differences(told: &Value, computed: &Value, except: Option<&str>) -> Vec<Difference> {
    let (mut told, mut computed) = (flat(told, except), flat(computed, except));
    let mut places: Vec<String> = told.keys().chain(computed.keys()).cloned().collect();
    places.sort_unstable();
    places.dedup();
    let compared = places.into_iter().map(|place| {
        let (told, computed) = (told.remove(&place), computed.remove(&place));
        Difference { place, told, computed }
    });
    compared.filter(|difference| difference.told != difference.computed).collect()
}

/// How many numbers, digests and suppressions a report tells, but for one formula.
#[must_use]
pub fn count(report: &Value, except: Option<&str>) -> usize {
    flat(report, except).len()
}

fn flat(report: &Value, except: Option<&str>) -> BTreeMap<String, String> {
    let mut flat = BTreeMap::new();
    for indicator in report["indicators"].as_array().into_iter().flatten() {
        let formula = indicator["formula"].as_str().unwrap_or_default();
        if except == Some(formula) {
            continue;
        }
        flatten(&mut flat, formula, indicator);
        for group in indicator["groups"].as_array().into_iter().flatten() {
            flatten(&mut flat, &format!("{formula}, group {}", group["key"]), group);
        }
    }
    flat
}

fn flatten(flat: &mut BTreeMap<String, String>, place: &str, numbers: &Value) {
    let mut add = |name: String, value: &Value| {
        if !value.is_null() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            flat.insert(format!("{place}: {name}"), text);
        }
    };
    add("suppressed".to_owned(), &numbers["suppressed"]);
    add("digest".to_owned(), &numbers["digest"]);
    for figure in numbers["figures"].as_array().into_iter().flatten() {
        let part = figure["part"].as_str().unwrap_or_default();
        for (name, value) in figure.as_object().into_iter().flatten().filter(|(name, _)| *name != "part") {
            add(format!("{part} {name}").trim_start().to_owned(), value);
        }
    }
}
