use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::evidence::Verdict;
use super::super::facts::FactValue;
use super::*;

const COOPERATIVE: Subject = Subject { cooperative: true, boardless: false };
const COMPANY: Subject = Subject { cooperative: false, boardless: false };

fn percent(text: &str) -> Option<Percent> {
    Some(Percent::parse(text).unwrap())
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    day("2026-11-23")
}

fn assess_today(definition: Definition, subject: Subject, facts: &OwnershipFacts) -> Assessment {
    assess(&RuleBook::embedded().unwrap(), definition, subject, facts, &[], today())
}

/// A firm that every definition for firms accepts.
fn women_owned_firm() -> OwnershipFacts {
    OwnershipFacts {
        women_owned_percent: percent("60"),
        women_management_percent: percent("75"),
        women_board_percent: percent("55"),
        woman_signatory: Some(true),
        operated_independently: Some(true),
        woman_chief_executive: Some(true),
        ..OwnershipFacts::default()
    }
}

fn evidence(facts: &OwnershipFacts, of: &[Fact], level: EvidenceLevel) -> Evidence {
    let attested: BTreeMap<Fact, FactValue> = of.iter().map(|fact| (*fact, facts.get(*fact).unwrap())).collect();
    Evidence {
        facts: attested,
        level,
        valid_from: None,
        valid_until: None,
        submitted_on: day("2026-01-01"),
        documented: true,
        verdicts: vec![(Verdict::Accepted, day("2026-01-02"))],
    }
}

#[test]
fn a_firm_with_every_fact_in_order_is_women_owned_by_every_definition_for_firms() {
    for definition in
        [Definition::Iwa34WomenOwned, Definition::Iwa34WomenLed, Definition::UnWomenOwned, Definition::IfcWomenOwned]
    {
        let assessment = assess_today(definition, COMPANY, &women_owned_firm());
        assert_eq!(assessment.status, OwnershipStatus::Yes, "{definition}");
        assert_eq!(assessment.evidence_level, Some(EvidenceLevel::SelfDeclared), "{definition}");
        assert_eq!(assessment.failing_criteria, [], "{definition}");
        assert!(assessment.missing_facts.is_empty(), "{definition}");
    }
}

#[test]
fn nothing_declared_is_unknown_and_says_which_facts_are_missing() {
    let assessment = assess_today(Definition::Iwa34WomenOwned, COMPANY, &OwnershipFacts::default());
    assert_eq!(assessment.status, OwnershipStatus::Unknown);
    assert_eq!(assessment.evidence_level, None);
    assert_eq!(assessment.failing_criteria, []);
    let missing: Vec<Fact> = assessment.missing_facts.into_iter().collect();
    assert_eq!(
        missing,
        [
            Fact::WomenOwnedPercent,
            Fact::WomenBoardPercent,
            Fact::WomenManagementPercent,
            Fact::WomanSignatory,
            Fact::OperatedIndependently,
            Fact::HasBoard,
        ]
    );
}

#[test]
fn a_definite_failure_is_no_even_when_everything_else_is_unknown() {
    let facts = OwnershipFacts { women_owned_percent: percent("48"), ..OwnershipFacts::default() };
    let assessment = assess_today(Definition::Iwa34WomenOwned, COMPANY, &facts);
    assert_eq!(assessment.status, OwnershipStatus::No);
    let [failing] = assessment.failing_criteria.as_slice() else { panic!("{assessment:?}") };
    assert_eq!(failing.criterion, Criterion::WomenOwnedPercent);
    assert_eq!(failing.actual, Actual::Percent(Percent::parse("48").unwrap()));
    let gap = Gap { points: Percent::parse("2").unwrap(), exclusive: true };
    assert_eq!(failing.fix, Fix::TransferOwnership(gap));
}

#[test]
fn half_is_not_more_than_half_and_fifty_one_is_at_least_fifty_one() {
    let owned = |text| OwnershipFacts { women_owned_percent: percent(text), ..women_owned_firm() };
    let status = |definition, text| assess_today(definition, COMPANY, &owned(text)).status;
    assert_eq!(status(Definition::Iwa34WomenOwned, "50"), OwnershipStatus::No);
    assert_eq!(status(Definition::Iwa34WomenOwned, "50.001"), OwnershipStatus::Yes);
    assert_eq!(status(Definition::UnWomenOwned, "50.999"), OwnershipStatus::No);
    assert_eq!(status(Definition::UnWomenOwned, "51"), OwnershipStatus::Yes);
}

#[test]
fn a_board_that_does_not_exist_cannot_fail() {
    let without_board = OwnershipFacts { women_board_percent: None, has_board: Some(false), ..women_owned_firm() };
    assert_eq!(assess_today(Definition::Iwa34WomenOwned, COMPANY, &without_board).status, OwnershipStatus::Yes);
    let not_told = OwnershipFacts { women_board_percent: None, has_board: None, ..women_owned_firm() };
    assert_eq!(assess_today(Definition::Iwa34WomenOwned, COMPANY, &not_told).status, OwnershipStatus::Unknown);
    let sole_trader = Subject { cooperative: false, boardless: true };
    assert_eq!(assess_today(Definition::Iwa34WomenOwned, sole_trader, &not_told).status, OwnershipStatus::Yes);
}

#[test]
fn ifc_accepts_either_way_and_tells_the_nearest_when_both_fail() {
    let ifc = |facts: &OwnershipFacts| assess_today(Definition::IfcWomenOwned, COMPANY, facts);
    let majority = OwnershipFacts { women_owned_percent: percent("51"), ..OwnershipFacts::default() };
    assert_eq!(ifc(&majority).status, OwnershipStatus::Yes, "nothing but the majority is needed");

    let led = OwnershipFacts {
        women_owned_percent: percent("20"),
        woman_chief_executive: Some(true),
        women_board_percent: percent("30"),
        ..OwnershipFacts::default()
    };
    assert_eq!(ifc(&led).status, OwnershipStatus::Yes);

    let almost_majority = OwnershipFacts {
        women_owned_percent: percent("49"),
        woman_chief_executive: Some(false),
        has_board: Some(false),
        ..OwnershipFacts::default()
    };
    let assessment = ifc(&almost_majority);
    assert_eq!(assessment.status, OwnershipStatus::No);
    let fixes: Vec<Fix> = assessment.failing_criteria.iter().map(|failing| failing.fix).collect();
    let two_points = Gap { points: Percent::parse("2").unwrap(), exclusive: false };
    assert_eq!(fixes, [Fix::TransferOwnership(two_points)]);

    let minority = OwnershipFacts { women_owned_percent: percent("25"), ..almost_majority };
    let fixes: Vec<Fix> = ifc(&minority).failing_criteria.iter().map(|failing| failing.fix).collect();
    assert_eq!(fixes, [Fix::AppointWomanChiefExecutive], "nearer than transferring 26 %");
}

#[test]
fn ifc_is_unknown_while_the_second_way_is_open() {
    let facts = OwnershipFacts { women_owned_percent: percent("30"), ..OwnershipFacts::default() };
    let assessment = assess_today(Definition::IfcWomenOwned, COMPANY, &facts);
    assert_eq!(assessment.status, OwnershipStatus::Unknown);
    assert_eq!(assessment.failing_criteria, [], "an unknown answer shows no failure");
    let missing: Vec<Fact> = assessment.missing_facts.into_iter().collect();
    assert_eq!(missing, [Fact::WomenBoardPercent, Fact::WomanChiefExecutive, Fact::HasBoard]);
}

#[test]
fn a_womens_cooperative_is_told_how_many_women_to_admit_and_never_to_send_men_away() {
    let facts = OwnershipFacts {
        women_members: Some(14),
        total_members: Some(30),
        women_management_percent: percent("60"),
        ..OwnershipFacts::default()
    };
    let assessment = assess_today(Definition::WomensCooperative, COOPERATIVE, &facts);
    assert_eq!(assessment.status, OwnershipStatus::No);
    let [failing] = assessment.failing_criteria.as_slice() else { panic!("{assessment:?}") };
    assert_eq!(failing.actual, Actual::Members { women: 14, total: 30 });
    assert_eq!(failing.fix, Fix::AdmitWomenMembers(3), "17 of 33 is more than half, 16 of 32 is not");
}

#[test]
fn a_company_is_no_womens_cooperative_whatever_it_declares() {
    let assessment = assess_today(Definition::WomensCooperative, COMPANY, &OwnershipFacts::default());
    assert_eq!(assessment.status, OwnershipStatus::No);
    assert_eq!(assessment.failing_criteria[0].fix, Fix::ChooseAnotherDefinition);
}

#[test]
fn a_cooperative_without_members_has_no_share_of_women() {
    let facts = OwnershipFacts {
        women_members: Some(0),
        total_members: Some(0),
        women_management_percent: percent("100"),
        ..OwnershipFacts::default()
    };
    let assessment = assess_today(Definition::WomensCooperative, COOPERATIVE, &facts);
    assert_eq!(assessment.status, OwnershipStatus::No);
    assert_eq!(assessment.failing_criteria[0].fix, Fix::AdmitWomenMembers(1));
}

#[test]
fn yes_is_as_well_supported_as_its_weakest_fact() {
    let facts = women_owned_firm();
    let strong = [
        Fact::WomenOwnedPercent,
        Fact::WomenManagementPercent,
        Fact::WomenBoardPercent,
        Fact::WomanSignatory,
        Fact::OperatedIndependently,
    ];
    let level = |evidence: &[Evidence]| {
        assess(&RuleBook::embedded().unwrap(), Definition::Iwa34WomenOwned, COMPANY, &facts, evidence, today())
            .evidence_level
    };
    let certified = evidence(&facts, &strong[..4], EvidenceLevel::ThirdPartyCertified);
    let verified = evidence(&facts, &strong[4..], EvidenceLevel::DocumentVerified);
    assert_eq!(level(std::slice::from_ref(&certified)), Some(EvidenceLevel::SelfDeclared));
    assert_eq!(level(&[certified, verified]), Some(EvidenceLevel::DocumentVerified));
}

#[test]
fn no_is_as_well_supported_as_its_best_supported_failure() {
    let facts = OwnershipFacts {
        women_owned_percent: percent("10"),
        woman_signatory: Some(false),
        ..OwnershipFacts::default()
    };
    let verified = evidence(&facts, &[Fact::WomenOwnedPercent], EvidenceLevel::DocumentVerified);
    let assessment =
        assess(&RuleBook::embedded().unwrap(), Definition::Iwa34WomenOwned, COMPANY, &facts, &[verified], today());
    assert_eq!(assessment.status, OwnershipStatus::No);
    assert_eq!(assessment.failing_criteria.len(), 2);
    assert_eq!(assessment.evidence_level, Some(EvidenceLevel::DocumentVerified));
}

#[test]
fn the_better_supported_of_two_ways_gives_the_level() {
    let facts = OwnershipFacts { women_owned_percent: percent("55"), ..women_owned_firm() };
    let verified = evidence(&facts, &[Fact::WomenOwnedPercent], EvidenceLevel::DocumentVerified);
    let assessment =
        assess(&RuleBook::embedded().unwrap(), Definition::IfcWomenOwned, COMPANY, &facts, &[verified], today());
    assert_eq!(assessment.evidence_level, Some(EvidenceLevel::DocumentVerified));
}

#[test]
fn before_a_definition_existed_nothing_is_said() {
    let assessment = assess(
        &RuleBook::embedded().unwrap(),
        Definition::Iwa34WomenOwned,
        COMPANY,
        &women_owned_firm(),
        &[],
        day("2021-03-07"),
    );
    assert_eq!(assessment.status, OwnershipStatus::Unknown);
    assert_eq!(assessment.rules_version, None);
}

/// How good an answer is, worst first.
fn rank(status: OwnershipStatus) -> u8 {
    match status {
        OwnershipStatus::No => 0,
        OwnershipStatus::Unknown => 1,
        OwnershipStatus::Yes => 2,
    }
}

fn without(mut facts: OwnershipFacts, fact: Fact) -> OwnershipFacts {
    match fact {
        Fact::WomenOwnedPercent => facts.women_owned_percent = None,
        Fact::WomenBoardPercent => facts.women_board_percent = None,
        Fact::WomenManagementPercent => facts.women_management_percent = None,
        Fact::WomenMembers => facts.women_members = None,
        Fact::TotalMembers => facts.total_members = None,
        Fact::YoungWomenMembers => facts.young_women_members = None,
        Fact::WomenEmployees => facts.women_employees = None,
        Fact::TotalEmployees => facts.total_employees = None,
        Fact::WomanSignatory => facts.woman_signatory = None,
        Fact::OperatedIndependently => facts.operated_independently = None,
        Fact::WomanChiefExecutive => facts.woman_chief_executive = None,
        Fact::HasBoard => facts.has_board = None,
    }
    facts
}

fn any_percent() -> impl Strategy<Value = Option<Percent>> {
    // Near the thresholds as well as anywhere, with exact hits.
    let values = prop_oneof![
        0_i64..=100_000,
        prop::sample::select(vec![0, 20_000, 25_000, 30_000, 33_333, 50_000, 50_001, 51_000, 100_000]),
    ];
    prop::option::weighted(0.8, values.prop_map(|value| Percent::from_thousandths(value).unwrap()))
}

fn any_flag() -> impl Strategy<Value = Option<bool>> {
    prop::option::weighted(0.8, any::<bool>())
}

/// Facts that validation would let in.
fn any_facts() -> impl Strategy<Value = OwnershipFacts> {
    let members = prop::option::weighted(0.8, (0_i64..500, 0_i64..500));
    let flags = (any_flag(), any_flag(), any_flag(), any_flag());
    (any_percent(), any_percent(), any_percent(), members, flags).prop_map(
        |(owned, board, management, members, (signatory, independent, chief, has_board))| OwnershipFacts {
            women_owned_percent: owned,
            women_board_percent: if has_board == Some(false) { None } else { board },
            women_management_percent: management,
            women_members: members.map(|(women, _)| women),
            total_members: members.map(|(women, men)| women + men),
            woman_signatory: signatory,
            operated_independently: independent,
            woman_chief_executive: chief,
            has_board,
            ..OwnershipFacts::default()
        },
    )
}

fn any_definition() -> impl Strategy<Value = Definition> {
    prop::sample::select(Definition::ALL.to_vec())
}

/// The facts after the change that a fix asks for, with the smallest step beyond where the threshold is exclusive.
fn mended(mut facts: OwnershipFacts, fix: Fix) -> OwnershipFacts {
    let raised = |share: Option<Percent>, gap: Gap| {
        let target = share.unwrap().thousandths() + gap.points.thousandths() + i64::from(gap.exclusive);
        Some(Percent::from_thousandths(target).unwrap())
    };
    match fix {
        Fix::TransferOwnership(gap) => facts.women_owned_percent = raised(facts.women_owned_percent, gap),
        Fix::RaiseManagementShare(gap) => {
            facts.women_management_percent = raised(facts.women_management_percent, gap);
        }
        Fix::RaiseBoardShare(gap) => facts.women_board_percent = raised(facts.women_board_percent, gap),
        Fix::AdmitWomenMembers(women) => {
            facts.women_members = facts.women_members.map(|count| count + women);
            facts.total_members = facts.total_members.map(|count| count + women);
        }
        Fix::NameWomanSignatory => facts.woman_signatory = Some(true),
        Fix::OperateIndependently => facts.operated_independently = Some(true),
        Fix::AppointWomanChiefExecutive => facts.woman_chief_executive = Some(true),
        Fix::ChooseAnotherDefinition => {}
    }
    facts
}

proptest! {
    #[test]
    fn a_greater_share_never_makes_the_answer_worse(
        facts in any_facts(), definition in any_definition(), which in 0_usize..3, step in 0_i64..100_000,
    ) {
        let mut better = facts;
        let share = [
            &mut better.women_owned_percent,
            &mut better.women_management_percent,
            &mut better.women_board_percent,
        ].into_iter().nth(which).unwrap();
        if let Some(percent) = share {
            *share = Percent::from_thousandths((percent.thousandths() + step).min(100_000));
        }
        let before = assess_today(definition, COOPERATIVE, &facts).status;
        let after = assess_today(definition, COOPERATIVE, &better).status;
        prop_assert!(rank(after) >= rank(before), "{before} became {after}");
    }

    #[test]
    fn forgetting_a_fact_only_ever_makes_the_answer_less_certain(
        facts in any_facts(), definition in any_definition(), fact in prop::sample::select(Fact::ALL.to_vec()),
    ) {
        let before = assess_today(definition, COOPERATIVE, &facts).status;
        let after = assess_today(definition, COOPERATIVE, &without(facts, fact)).status;
        prop_assert!(after == before || after == OwnershipStatus::Unknown, "{before} became {after}");
    }

    #[test]
    fn doing_what_the_fixes_say_mends_every_failure(facts in any_facts(), definition in any_definition()) {
        let assessment = assess_today(definition, COOPERATIVE, &facts);
        let mended = assessment.failing_criteria.iter().fold(facts, |facts, failing| mended(facts, failing.fix));
        let after = assess_today(definition, COOPERATIVE, &mended);
        prop_assert_ne!(after.status, OwnershipStatus::No);
        prop_assert_eq!(after.failing_criteria, vec![]);
    }

    #[test]
    fn one_woman_fewer_than_advised_is_not_enough(women in 0_i64..2_000, men in 0_i64..2_000) {
        let facts = OwnershipFacts {
            women_members: Some(women),
            total_members: Some(women + men),
            women_management_percent: percent("100"),
            ..OwnershipFacts::default()
        };
        let assessment = assess_today(Definition::WomensCooperative, COOPERATIVE, &facts);
        if let Some(FailingCriterion { fix: Fix::AdmitWomenMembers(advised), .. }) =
            assessment.failing_criteria.first()
        {
            let fewer = mended(facts, Fix::AdmitWomenMembers(advised - 1));
            prop_assert_eq!(
                assess_today(Definition::WomensCooperative, COOPERATIVE, &fewer).status,
                OwnershipStatus::No
            );
        }
    }

    #[test]
    fn failures_are_shown_with_no_and_with_nothing_else(facts in any_facts(), definition in any_definition()) {
        let assessment = assess_today(definition, COMPANY, &facts);
        prop_assert_eq!(assessment.status == OwnershipStatus::No, !assessment.failing_criteria.is_empty());
        prop_assert_eq!(assessment.status == OwnershipStatus::Unknown, assessment.evidence_level.is_none());
        if assessment.status == OwnershipStatus::Unknown {
            prop_assert!(!assessment.missing_facts.is_empty());
        }
    }

    #[test]
    fn better_evidence_never_weakens_the_level(
        facts in any_facts(), definition in any_definition(), fact in prop::sample::select(Fact::ALL.to_vec()),
    ) {
        prop_assume!(facts.get(fact).is_some());
        let book = RuleBook::embedded().unwrap();
        let before = assess(&book, definition, COOPERATIVE, &facts, &[], today());
        let piece = evidence(&facts, &[fact], EvidenceLevel::ThirdPartyCertified);
        let after = assess(&book, definition, COOPERATIVE, &facts, &[piece], today());
        prop_assert_eq!(after.status, before.status, "evidence supports facts, it does not change them");
        prop_assert!(after.evidence_level >= before.evidence_level);
    }
}

#[test]
fn every_fix_has_its_message_in_both_languages() {
    let gap = |exclusive| Gap { points: Percent::ZERO, exclusive };
    let fixes = [
        Fix::TransferOwnership(gap(false)),
        Fix::TransferOwnership(gap(true)),
        Fix::RaiseManagementShare(gap(false)),
        Fix::RaiseManagementShare(gap(true)),
        Fix::RaiseBoardShare(gap(false)),
        Fix::RaiseBoardShare(gap(true)),
        Fix::AdmitWomenMembers(3),
        Fix::NameWomanSignatory,
        Fix::OperateIndependently,
        Fix::AppointWomanChiefExecutive,
        Fix::ChooseAnotherDefinition,
    ];
    for fix in fixes {
        assert!(crate::kernel::locale::has_message(fix.message_key()), "{}", fix.message_key());
    }
}
