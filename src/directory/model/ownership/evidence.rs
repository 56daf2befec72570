//! How well a fact is supported, on a given day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::text_enum::text_enum;
use super::facts::{Fact, FactValue, OwnershipFacts};

text_enum! {
    /// How well something is supported, weakest first.
    pub enum EvidenceLevel {
        /// The organization says so.
        SelfDeclared = "SELF_DECLARED",
        /// A document says so; nobody has checked it yet.
        DocumentSubmitted = "DOCUMENT_SUBMITTED",
        /// A verifier has checked the document.
        DocumentVerified = "DOCUMENT_VERIFIED",
        /// A body outside the marketplace certifies it.
        ThirdPartyCertified = "THIRD_PARTY_CERTIFIED",
    }
}

text_enum! {
    /// What a reviewer found.
    pub enum Verdict {
        /// The evidence supports the facts it names.
        Accepted = "ACCEPTED",
        /// It does not.
        Rejected = "REJECTED",
    }
}

/// One piece of evidence: which facts, with which values, how well supported, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The facts it attests, with the values it attests. A later declaration of another value is not covered.
    pub facts: BTreeMap<Fact, FactValue>,
    /// The level it reaches once accepted.
    pub level: EvidenceLevel,
    /// First day it holds for; `None` is from the beginning.
    pub valid_from: Option<NaiveDate>,
    /// Last day it holds for; `None` is without end.
    pub valid_until: Option<NaiveDate>,
    /// Whether a document was handed in with it. What only names who could confirm it is the organization's word until a
    /// verifier has asked there.
    pub documented: bool,
    /// The day it was submitted.
    pub submitted_on: NaiveDate,
    /// The verdicts that settled the matter and the days they were given, in order: one, and perhaps another that overturned it.
    pub verdicts: Vec<(Verdict, NaiveDate)>,
}

impl Evidence {
    /// The level this evidence gives on a day, as far as it was known that day; `None` where it gives none.
    ///
    /// A document counts as submitted until its review; a verdict has no effect on the days before it.
    #[must_use]
    pub fn level_on(&self, day: NaiveDate) -> Option<EvidenceLevel> {
        let in_force = self.submitted_on <= day
            && self.valid_from.is_none_or(|from| from <= day)
            && self.valid_until.is_none_or(|until| day <= until);
        if !in_force {
            return None;
        }
        match self.verdicts.iter().rfind(|(_, given_on)| *given_on <= day) {
            Some((Verdict::Accepted, _)) => Some(self.level),
            Some((Verdict::Rejected, _)) => None,
            None => self.documented.then_some(self.level.min(EvidenceLevel::DocumentSubmitted)),
        }
    }
}

/// How well each fact is supported on a day.
#[derive(Debug, Clone, Default)]
pub struct Support(BTreeMap<Fact, EvidenceLevel>);

impl Support {
    /// Matches declared facts with the evidence there is: a fact is as well supported as its best evidence of the
    /// very value that is declared.
    #[must_use]
    pub fn of(facts: &OwnershipFacts, evidence: &[Evidence], day: NaiveDate) -> Self {
        let mut levels: BTreeMap<Fact, EvidenceLevel> = BTreeMap::new();
        for piece in evidence {
            let Some(level) = piece.level_on(day) else { continue };
            for (fact, attested) in &piece.facts {
                if facts.get(*fact) == Some(*attested) {
                    let best = levels.entry(*fact).or_insert(level);
                    *best = level.max(*best);
                }
            }
        }
        Self(levels)
    }

    /// The level of one fact; what nobody documented is self-declared.
    #[must_use]
    pub fn level(&self, fact: Fact) -> EvidenceLevel {
        self.0.get(&fact).copied().unwrap_or(EvidenceLevel::SelfDeclared)
    }
}

#[cfg(test)]
mod tests {
    use super::super::percent::Percent;
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn sixty_percent() -> FactValue {
        FactValue::Percent(Percent::parse("60").unwrap())
    }

    fn statutes() -> Evidence {
        Evidence {
            facts: BTreeMap::from([(Fact::WomenOwnedPercent, sixty_percent())]),
            level: EvidenceLevel::DocumentVerified,
            valid_from: Some(day("2025-01-01")),
            valid_until: Some(day("2025-12-31")),
            documented: true,
            submitted_on: day("2025-03-01"),
            verdicts: vec![(Verdict::Accepted, day("2025-04-01"))],
        }
    }

    #[test]
    fn a_level_is_what_was_known_on_the_day() {
        let statutes = statutes();
        assert_eq!(statutes.level_on(day("2025-02-28")), None, "not yet submitted");
        assert_eq!(statutes.level_on(day("2025-03-31")), Some(EvidenceLevel::DocumentSubmitted));
        assert_eq!(statutes.level_on(day("2025-04-01")), Some(EvidenceLevel::DocumentVerified));
        assert_eq!(statutes.level_on(day("2025-12-31")), Some(EvidenceLevel::DocumentVerified));
        assert_eq!(statutes.level_on(day("2026-01-01")), None, "expired");
    }

    #[test]
    fn rejected_evidence_supports_nothing_from_the_day_of_the_verdict() {
        let rejected = Evidence { verdicts: vec![(Verdict::Rejected, day("2025-04-01"))], ..statutes() };
        assert_eq!(rejected.level_on(day("2025-03-31")), Some(EvidenceLevel::DocumentSubmitted));
        assert_eq!(rejected.level_on(day("2025-04-01")), None);
    }

    #[test]
    fn what_is_overturned_counted_until_then() {
        let mut overturned = statutes();
        overturned.verdicts.push((Verdict::Rejected, day("2025-08-01")));
        assert_eq!(overturned.level_on(day("2025-07-31")), Some(EvidenceLevel::DocumentVerified));
        assert_eq!(overturned.level_on(day("2025-08-01")), None);
    }

    #[test]
    fn what_comes_without_a_document_counts_once_it_is_accepted() {
        let named = Evidence { documented: false, ..statutes() };
        assert_eq!(named.level_on(day("2025-03-31")), None);
        assert_eq!(named.level_on(day("2025-04-01")), Some(EvidenceLevel::DocumentVerified));
    }

    #[test]
    fn evidence_covers_the_value_it_attests_and_no_other() {
        let on = day("2025-06-01");
        let declared = |percent: &str| OwnershipFacts {
            women_owned_percent: Some(Percent::parse(percent).unwrap()),
            ..OwnershipFacts::default()
        };
        let same = Support::of(&declared("60.0"), &[statutes()], on);
        let raised_later = Support::of(&declared("75"), &[statutes()], on);
        assert_eq!(same.level(Fact::WomenOwnedPercent), EvidenceLevel::DocumentVerified);
        assert_eq!(raised_later.level(Fact::WomenOwnedPercent), EvidenceLevel::SelfDeclared);
        assert_eq!(same.level(Fact::WomanSignatory), EvidenceLevel::SelfDeclared);
    }

    #[test]
    fn the_best_of_several_documents_counts() {
        let certificate = Evidence { level: EvidenceLevel::ThirdPartyCertified, ..statutes() };
        let facts =
            OwnershipFacts { women_owned_percent: Some(Percent::parse("60").unwrap()), ..OwnershipFacts::default() };
        let support = Support::of(&facts, &[certificate, statutes()], day("2025-06-01"));
        assert_eq!(support.level(Fact::WomenOwnedPercent), EvidenceLevel::ThirdPartyCertified);
    }
}
