//! Holding facts against a definition, in three values.
//!
//! Kleene's logic, because facts are often missing: one definite failure makes an "all of" NO whatever else is
//! unknown, one definite success makes an "any of" YES, and everything else that hangs on a missing fact is UNKNOWN.
//! An unknown organization is never shown as one that women do not own.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::super::text_enum::text_enum;
use super::evidence::{Evidence, EvidenceLevel, Support};
use super::facts::{Fact, OwnershipFacts};
use super::fix::{self, Fix, Gap};
use super::percent::Percent;
use super::rules::{Definition, Rule, RuleBook, Threshold};

text_enum! {
    /// Whether an organization satisfies a definition.
    pub enum OwnershipStatus {
        /// Every fact that is needed is there and is enough.
        Yes = "YES",
        /// A fact that is there is definitely not enough.
        No = "NO",
        /// Facts are missing; nothing is said about the organization.
        Unknown = "UNKNOWN",
    }
}

text_enum! {
    /// What a definition looks at.
    pub enum Criterion {
        /// The share of the organization that women own.
        WomenOwnedPercent = "WOMEN_OWNED_PERCENT",
        /// The share of the management posts that women hold.
        WomenManagementPercent = "WOMEN_MANAGEMENT_PERCENT",
        /// The share of the board that women hold, where a board exists.
        WomenBoardPercent = "WOMEN_BOARD_PERCENT",
        /// The share of women among the members.
        WomenMembersShare = "WOMEN_MEMBERS_SHARE",
        /// A woman signs the legal documents and for the accounts.
        WomanSignatory = "WOMAN_SIGNATORY",
        /// The organization is run independently of businesses that women do not own.
        OperatedIndependently = "OPERATED_INDEPENDENTLY",
        /// A woman is chief executive or chief operating officer.
        WomanChiefExecutive = "WOMAN_CHIEF_EXECUTIVE",
        /// The organization is a cooperative.
        Cooperative = "COOPERATIVE",
    }
}

/// What is known of the organization besides the declared facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// Whether its kind is cooperative.
    pub cooperative: bool,
    /// Whether its legal form can have no board.
    pub boardless: bool,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actual {
    /// A share.
    Percent(Percent),
    /// So many women among so many members.
    Members {
        /// The women.
        women: i64,
        /// Everybody.
        total: i64,
    },
    /// Yes or no.
    Flag(bool),
}

/// What would have been needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// A share.
    Share(Threshold),
    /// Yes.
    Yes,
}

impl Rule {
    /// Every criterion that the rule looks at, with what it needs, in order.
    #[must_use]
    pub fn criteria(&self) -> Vec<(Criterion, Required)> {
        match self {
            Self::All(rules) | Self::Any(rules) => rules.iter().flat_map(Self::criteria).collect(),
            Self::WomenOwned(threshold) => vec![(Criterion::WomenOwnedPercent, Required::Share(*threshold))],
            Self::WomenManagement(threshold) => vec![(Criterion::WomenManagementPercent, Required::Share(*threshold))],
            Self::WomenBoardWhereOneExists(threshold) => {
                vec![(Criterion::WomenBoardPercent, Required::Share(*threshold))]
            }
            Self::WomenMembers(threshold) => vec![(Criterion::WomenMembersShare, Required::Share(*threshold))],
            Self::WomanSignatory => vec![(Criterion::WomanSignatory, Required::Yes)],
            Self::OperatedIndependently => vec![(Criterion::OperatedIndependently, Required::Yes)],
            Self::WomanChiefExecutive => vec![(Criterion::WomanChiefExecutive, Required::Yes)],
            Self::Cooperative => vec![(Criterion::Cooperative, Required::Yes)],
        }
    }
}

/// A criterion that definitely fails, and the nearest way to satisfy it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailingCriterion {
    /// What was looked at.
    pub criterion: Criterion,
    /// What was found.
    pub actual: Actual,
    /// What is needed.
    pub required: Required,
    /// The nearest change.
    pub fix: Fix,
}

/// An organization held against a definition, as of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The definition.
    pub definition: Definition,
    /// The day it was assessed for.
    pub as_of: NaiveDate,
    /// The answer.
    pub status: OwnershipStatus,
    /// How well the facts that decided are supported: the weakest of them. `None` where nothing was decided.
    pub evidence_level: Option<EvidenceLevel>,
    /// What fails, on the nearest way where there are several. Empty unless the answer is NO.
    pub failing_criteria: Vec<FailingCriterion>,
    /// The facts that would have to be declared to know more.
    pub missing_facts: BTreeSet<Fact>,
    /// The version of the rules; `None` where none were in force on the day.
    pub rules_version: Option<String>,
}

/// What the read model keeps of an assessment, for lists and for search. A definition of which nothing is kept is
/// UNKNOWN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredAssessment {
    /// The definition.
    pub definition: Definition,
    /// The answer: YES or NO.
    pub status: OwnershipStatus,
    /// How well it is supported.
    pub evidence_level: EvidenceLevel,
}

impl Assessment {
    /// What the read model keeps of it; nothing of what is UNKNOWN.
    #[must_use]
    pub fn stored(&self) -> Option<StoredAssessment> {
        let (evidence_level, _) = self.evidence_level.zip(self.rules_version.as_ref())?;
        Some(StoredAssessment { definition: self.definition, status: self.status, evidence_level })
    }
}

/// Holds an organization's facts, as supported by evidence, against a definition as it stood on a day.
///
/// Where the definition had no rules on that day the answer is UNKNOWN.
#[must_use]
pub fn assess(
    book: &RuleBook,
    definition: Definition,
    subject: Subject,
    facts: &OwnershipFacts,
    evidence: &[Evidence],
    as_of: NaiveDate,
) -> Assessment {
    let rules = book.in_force(definition, as_of);
    let finding = match rules {
        Some(set) => {
            let support = Support::of(facts, evidence, as_of);
            Examination { subject, facts, support: &support }.examine(&set.rule)
        }
        None => Finding::unknown([]),
    };
    Assessment {
        definition,
        as_of,
        status: finding.status,
        evidence_level: match finding.status {
            OwnershipStatus::Yes | OwnershipStatus::No => Some(finding.level.unwrap_or(EvidenceLevel::SelfDeclared)),
            OwnershipStatus::Unknown => None,
        },
        failing_criteria: finding.failing,
        missing_facts: finding.missing,
        rules_version: rules.map(|set| set.version.clone()),
    }
}

/// What examining one rule gave.
struct Finding {
    status: OwnershipStatus,
    /// The weakest support among the facts that decided; `None` where no declared fact was needed.
    level: Option<EvidenceLevel>,
    failing: Vec<FailingCriterion>,
    missing: BTreeSet<Fact>,
}

impl Finding {
    fn yes(level: Option<EvidenceLevel>) -> Self {
        Self { status: OwnershipStatus::Yes, level, failing: Vec::new(), missing: BTreeSet::new() }
    }

    fn unknown(missing: impl IntoIterator<Item = Fact>) -> Self {
        Self {
            status: OwnershipStatus::Unknown,
            level: None,
            failing: Vec::new(),
            missing: missing.into_iter().collect(),
        }
    }

    fn no(level: Option<EvidenceLevel>, failing: FailingCriterion) -> Self {
        Self { status: OwnershipStatus::No, level, failing: vec![failing], missing: BTreeSet::new() }
    }

    /// How far away satisfying the rule is; each missing fact may hide a failure and counts as one.
    fn distance(&self) -> i64 {
        let unknown = i64::try_from(self.missing.len()).unwrap_or(i64::MAX).saturating_mul(fix::CHANGE_OF_PERSON);
        self.failing.iter().fold(unknown, |sum, failing| sum.saturating_add(failing.fix.distance()))
    }
}

struct Examination<'a> {
    subject: Subject,
    facts: &'a OwnershipFacts,
    support: &'a Support,
}

impl Examination<'_> {
    fn examine(&self, rule: &Rule) -> Finding {
        match rule {
            Rule::All(rules) => all_of(rules.iter().map(|rule| self.examine(rule)).collect()),
            Rule::Any(rules) => any_of(rules.iter().map(|rule| self.examine(rule)).collect()),
            Rule::WomenOwned(threshold) => self.share(
                *threshold,
                self.facts.women_owned_percent,
                (Criterion::WomenOwnedPercent, Fact::WomenOwnedPercent),
                Fix::TransferOwnership,
            ),
            Rule::WomenManagement(threshold) => self.share(
                *threshold,
                self.facts.women_management_percent,
                (Criterion::WomenManagementPercent, Fact::WomenManagementPercent),
                Fix::RaiseManagementShare,
            ),
            Rule::WomenBoardWhereOneExists(threshold) => self.board(*threshold),
            Rule::WomenMembers(threshold) => self.members(*threshold),
            Rule::WomanSignatory => self.flag(
                self.facts.woman_signatory,
                (Criterion::WomanSignatory, Fact::WomanSignatory),
                Fix::NameWomanSignatory,
            ),
            Rule::OperatedIndependently => self.flag(
                self.facts.operated_independently,
                (Criterion::OperatedIndependently, Fact::OperatedIndependently),
                Fix::OperateIndependently,
            ),
            Rule::WomanChiefExecutive => self.flag(
                self.facts.woman_chief_executive,
                (Criterion::WomanChiefExecutive, Fact::WomanChiefExecutive),
                Fix::AppointWomanChiefExecutive,
            ),
            Rule::Cooperative if self.subject.cooperative => Finding::yes(None),
            Rule::Cooperative => Finding::no(
                None,
                FailingCriterion {
                    criterion: Criterion::Cooperative,
                    actual: Actual::Flag(false),
                    required: Required::Yes,
                    fix: Fix::ChooseAnotherDefinition,
                },
            ),
        }
    }

    fn share(
        &self,
        threshold: Threshold,
        declared: Option<Percent>,
        (criterion, fact): (Criterion, Fact),
        fix: fn(Gap) -> Fix,
    ) -> Finding {
        let Some(actual) = declared else { return Finding::unknown([fact]) };
        let level = Some(self.support.level(fact));
        if threshold.is_met_by(actual) {
            return Finding::yes(level);
        }
        let failing = FailingCriterion {
            criterion,
            actual: Actual::Percent(actual),
            required: Required::Share(threshold),
            fix: fix(Gap::to(threshold, actual)),
        };
        Finding::no(level, failing)
    }

    fn board(&self, threshold: Threshold) -> Finding {
        if self.subject.boardless {
            return Finding::yes(None);
        }
        match (self.facts.has_board, self.facts.women_board_percent) {
            (Some(false), _) => Finding::yes(Some(self.support.level(Fact::HasBoard))),
            (None, None) => Finding::unknown([Fact::HasBoard, Fact::WomenBoardPercent]),
            (Some(true), None) | (Some(true) | None, Some(_)) => self.share(
                threshold,
                self.facts.women_board_percent,
                (Criterion::WomenBoardPercent, Fact::WomenBoardPercent),
                Fix::RaiseBoardShare,
            ),
        }
    }

    fn members(&self, threshold: Threshold) -> Finding {
        let (Some(women), Some(total)) = (self.facts.women_members, self.facts.total_members) else {
            let missing =
                [(Fact::WomenMembers, self.facts.women_members), (Fact::TotalMembers, self.facts.total_members)];
            return Finding::unknown(missing.into_iter().filter(|(_, count)| count.is_none()).map(|(fact, _)| fact));
        };
        let level = self.support.level(Fact::WomenMembers).min(self.support.level(Fact::TotalMembers));
        if threshold.is_met_by_count(women, total) {
            return Finding::yes(Some(level));
        }
        let failing = FailingCriterion {
            criterion: Criterion::WomenMembersShare,
            actual: Actual::Members { women, total },
            required: Required::Share(threshold),
            fix: Fix::AdmitWomenMembers(fix::women_to_admit(threshold, women, total)),
        };
        Finding::no(Some(level), failing)
    }

    fn flag(&self, declared: Option<bool>, (criterion, fact): (Criterion, Fact), fix: Fix) -> Finding {
        match declared {
            None => Finding::unknown([fact]),
            Some(true) => Finding::yes(Some(self.support.level(fact))),
            Some(false) => {
                let failing = FailingCriterion { criterion, actual: Actual::Flag(false), required: Required::Yes, fix };
                Finding::no(Some(self.support.level(fact)), failing)
            }
        }
    }
}

/// Every rule must hold. One that fails decides alone, so the best supported failure gives the level.
fn all_of(findings: Vec<Finding>) -> Finding {
    let missing = findings.iter().flat_map(|finding| finding.missing.iter().copied()).collect();
    let levels_of =
        |status| findings.iter().filter(move |finding| finding.status == status).filter_map(|finding| finding.level);
    if findings.iter().any(|finding| finding.status == OwnershipStatus::No) {
        let level = levels_of(OwnershipStatus::No).max();
        let failing = findings.into_iter().flat_map(|finding| finding.failing).collect();
        return Finding { status: OwnershipStatus::No, level, failing, missing };
    }
    if findings.iter().any(|finding| finding.status == OwnershipStatus::Unknown) {
        return Finding::unknown(missing);
    }
    Finding::yes(levels_of(OwnershipStatus::Yes).min())
}

/// One rule is enough. The best supported success decides; a failure takes all of them, and the nearest is told.
fn any_of(findings: Vec<Finding>) -> Finding {
    let levels_of =
        |status| findings.iter().filter(move |finding| finding.status == status).map(|finding| finding.level);
    if findings.iter().any(|finding| finding.status == OwnershipStatus::Yes) {
        // A success that needs no declared fact is the best supported of all.
        let level = levels_of(OwnershipStatus::Yes).collect::<Option<Vec<_>>>();
        return Finding::yes(level.and_then(|levels| levels.into_iter().max()));
    }
    if findings.iter().any(|finding| finding.status == OwnershipStatus::Unknown) {
        let open = findings.into_iter().filter(|finding| finding.status == OwnershipStatus::Unknown);
        return Finding::unknown(open.flat_map(|finding| finding.missing));
    }
    let level = levels_of(OwnershipStatus::No).flatten().min();
    match findings.into_iter().min_by_key(Finding::distance) {
        Some(nearest) => Finding { level, ..nearest },
        None => Finding::unknown([]),
    }
}

#[cfg(test)]
mod tests;
