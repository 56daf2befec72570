//! How the answer of a definition changed over time.

use std::{collections::BTreeSet, ops::RangeInclusive};

use chrono::NaiveDate;

use super::{
    assess::{Assessment, OwnershipStatus, Subject, assess},
    evidence::{Evidence, EvidenceLevel},
    facts::OwnershipFacts,
    rules::{Definition, RuleBook},
};

/// Each answer of a definition that differs from the one before it in status or level of evidence, as of its first day, the
/// oldest first; up to `today`. `declared` are the facts with the days from which they held, in order.
///
/// An answer changes only on days on which something was declared, submitted, settled, began or ceased to hold, or on which
/// the rules changed: only those are looked at.
#[must_use]
pub fn history(
    rules: &RuleBook,
    definition: Definition,
    subject: Subject,
    declared: &[(NaiveDate, OwnershipFacts)],
    evidence: &[Evidence],
    today: NaiveDate,
) -> Vec<Assessment> {
    let mut days: BTreeSet<NaiveDate> = declared.iter().map(|(day, _)| *day).collect();
    for piece in evidence {
        days.insert(piece.submitted_on);
        days.extend(piece.valid_from);
        days.extend(piece.valid_until.and_then(|last| last.succ_opt()));
        days.extend(piece.verdicts.iter().map(|(_, day)| *day));
    }
    days.extend(rules.turning_days(definition));
    let Some((first, _)) = declared.first() else { return Vec::new() };
    let mut answers: Vec<Assessment> = Vec::new();
    for day in days.range(*first..=today) {
        let facts = declared.iter().rfind(|(from, _)| from <= day).map(|(_, facts)| *facts).unwrap_or_default();
        let answer = assess(rules, definition, subject, &facts, evidence, *day);
        let same = |last: &Assessment| (last.status, last.evidence_level) == (answer.status, answer.evidence_level);
        if !answers.last().is_some_and(same) {
            answers.push(answer);
        }
    }
    answers
}

/// The last of these days up to which a definition is satisfied without a break and every fact that decides is verified. The
/// first of them where it is not satisfied even then.
#[must_use]
pub fn verified_until(
    rules: &RuleBook,
    definition: Definition,
    subject: Subject,
    facts: &OwnershipFacts,
    evidence: &[Evidence],
    days: RangeInclusive<NaiveDate>,
) -> NaiveDate {
    let ends = evidence.iter().filter_map(|piece| piece.valid_until?.succ_opt());
    let turning: BTreeSet<NaiveDate> = ends.chain(rules.turning_days(definition)).collect();
    let unverified = turning.range(days.clone()).find(|day| {
        let answer = assess(rules, definition, subject, facts, evidence, **day);
        answer.status != OwnershipStatus::Yes || answer.evidence_level < Some(EvidenceLevel::DocumentVerified)
    });
    unverified.and_then(|day| day.pred_opt()).map_or(*days.end(), |last| last.max(*days.start()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::directory::model::ownership::{Fact, FactValue, Percent, Verdict};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    const SUBJECT: Subject = Subject { cooperative: false, boardless: true };

    fn facts(percent: &str) -> OwnershipFacts {
        OwnershipFacts {
            women_owned_percent: Some(Percent::parse(percent).unwrap()),
            women_management_percent: Some(Percent::parse(percent).unwrap()),
            woman_signatory: Some(true),
            operated_independently: Some(true),
            ..OwnershipFacts::default()
        }
    }

    fn attested(facts: &OwnershipFacts, verdict: Verdict, until: Option<&str>) -> Evidence {
        let attests = Fact::ALL.iter().filter_map(|fact| Some((*fact, facts.get(*fact)?)));
        Evidence {
            facts: attests.collect::<BTreeMap<Fact, FactValue>>(),
            level: EvidenceLevel::DocumentVerified,
            valid_from: None,
            valid_until: until.map(day),
            documented: true,
            submitted_on: day("2026-03-01"),
            verdicts: vec![(verdict, day("2026-03-10"))],
        }
    }

    fn told(
        declared: &[(NaiveDate, OwnershipFacts)],
        evidence: &[Evidence],
    ) -> Vec<(String, &'static str, Option<EvidenceLevel>)> {
        let rules = RuleBook::embedded().unwrap();
        let found = history(&rules, Definition::UnWomenOwned, SUBJECT, declared, evidence, day("2026-11-26"));
        found.into_iter().map(|one| (one.as_of.to_string(), one.status.as_str(), one.evidence_level)).collect()
    }

    #[test]
    fn each_change_of_the_answer_is_told_with_its_day() {
        let declared = [(day("2026-02-01"), facts("40")), (day("2026-02-10"), facts("60"))];
        let evidence = [attested(&facts("60"), Verdict::Accepted, Some("2026-06-30"))];
        let at = |on: &str, status, level| (on.to_owned(), status, Some(level));
        assert_eq!(
            told(&declared, &evidence),
            [
                at("2026-02-01", "NO", EvidenceLevel::SelfDeclared),
                at("2026-02-10", "YES", EvidenceLevel::SelfDeclared),
                at("2026-03-01", "YES", EvidenceLevel::DocumentSubmitted),
                at("2026-03-10", "YES", EvidenceLevel::DocumentVerified),
                at("2026-07-01", "YES", EvidenceLevel::SelfDeclared),
            ]
        );
        let refused = [attested(&facts("60"), Verdict::Rejected, None)];
        assert_eq!(told(&declared[1..], &refused).last(), Some(&at("2026-03-10", "YES", EvidenceLevel::SelfDeclared)));
        assert_eq!(told(&[], &evidence), []);
    }

    #[test]
    fn a_verification_holds_as_long_as_its_evidence() {
        let rules = RuleBook::embedded().unwrap();
        let until = |evidence: &[Evidence]| {
            let days = day("2026-04-01")..=day("2027-04-01");
            verified_until(&rules, Definition::UnWomenOwned, SUBJECT, &facts("60"), evidence, days).to_string()
        };
        let half_a_year = attested(&facts("60"), Verdict::Accepted, Some("2026-09-30"));
        assert_eq!(until(&[attested(&facts("60"), Verdict::Accepted, None)]), "2027-04-01");
        assert_eq!(until(std::slice::from_ref(&half_a_year)), "2026-09-30");
        let longer = attested(&facts("60"), Verdict::Accepted, Some("2026-12-31"));
        assert_eq!(until(&[half_a_year, longer]), "2026-12-31", "what ends first is not needed");
    }

    proptest! {
        /// What the history says of any day is what an assessment of that day says.
        #[test]
        fn the_history_agrees_with_every_day(
            percents in prop::collection::vec((0_i64..300, 0_u32..101), 1..5),
            pieces in prop::collection::vec((0_i64..300, prop::option::of(0_i64..300), 0_i64..300, any::<bool>()), 0..4),
            asked in 0_i64..300,
        ) {
            let rules = RuleBook::embedded().unwrap();
            let begin = day("2026-01-01");
            let on = |days: i64| begin + chrono::Duration::days(days);
            let mut declared: Vec<_> =
                percents.iter().map(|(days, percent)| (on(*days), facts(&percent.to_string()))).collect();
            declared.sort_by_key(|(day, _)| *day);
            declared.dedup_by_key(|(day, _)| *day);
            let evidence: Vec<Evidence> = pieces
                .iter()
                .map(|(submitted, until, settled, accepted)| Evidence {
                    submitted_on: on(*submitted),
                    valid_until: until.map(on),
                    verdicts: vec![(
                        if *accepted { Verdict::Accepted } else { Verdict::Rejected },
                        on(submitted + settled),
                    )],
                    ..attested(&declared[0].1, Verdict::Accepted, None)
                })
                .collect();
            let found = history(&rules, Definition::UnWomenOwned, SUBJECT, &declared, &evidence, on(700));
            let asked = on(asked);
            let facts = declared.iter().rfind(|(from, _)| *from <= asked).map(|(_, facts)| *facts);
            let told = found.iter().rfind(|one| one.as_of <= asked).map(|one| (one.status, one.evidence_level));
            let expected = facts.map(|facts| {
                let one = assess(&rules, Definition::UnWomenOwned, SUBJECT, &facts, &evidence, asked);
                (one.status, one.evidence_level)
            });
            prop_assert_eq!(told, expected);
            prop_assert!(found.iter().all(|one| one.status != OwnershipStatus::Unknown));
        }
    }
}
