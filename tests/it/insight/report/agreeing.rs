//! What the database counts is what the rules count, and what follows from the export alone.

use bfw::{
    demo::{self, SeedPlan},
    directory::model::ownership::{Definition, EvidenceLevel},
    insight::{
        ReportNames,
        model::report::{
            digest::digests,
            fold::fold,
            from_ocds::FromOcds,
            scope::{GroupBy, Scope},
            target::Targets,
            told::{report, to_json},
        },
        verify,
    },
};
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::Value;

use super::{day, export, export_for_auditors, scope};
use crate::{harness::TestApp, ocds::world::World};

/// Scopes that ask differently: everything, each grouping, narrow days, a buyer, other definitions and evidence.
fn scopes(app: &TestApp, buyer: uuid::Uuid) -> Vec<Scope> {
    let whole = scope(app, None);
    let mut scopes: Vec<Scope> = GroupBy::ALL.iter().map(|by| Scope { group_by: Some(*by), ..whole }).collect();
    scopes.push(whole);
    scopes.push(Scope { buyer: Some(buyer), group_by: Some(GroupBy::Period), ..whole });
    scopes.push(Scope { definition: Definition::UnWomenOwned, at_least: EvidenceLevel::DocumentVerified, ..whole });
    scopes.push(Scope {
        from: day("2026-01-15"),
        to: day("2026-04-20"),
        group_by: Some(GroupBy::Product),
        definition: Definition::WomensCooperative,
        ..whole
    });
    scopes
}

/// Holds the ways to each other: the database's count, the rules over its facts, the rules over those of the public export and of the
/// auditors'.
async fn agree(app: &TestApp, buyer: uuid::Uuid) {
    let public: Value = serde_json::from_slice(&export(app).await).unwrap();
    let audited: Value = serde_json::from_slice(&export_for_auditors(app).await).unwrap();
    let targets = Targets::embedded().unwrap();
    for scope in scopes(app, buyer) {
        let facts = app.app.insight.report_facts(&scope).await.unwrap();
        let counted = app.app.insight.report_tally(&scope).await.unwrap();
        assert_eq!(counted, fold(&facts, &scope), "{scope:?}");

        let told = |export: &Value| {
            let mut reading = FromOcds::new(&scope, &targets);
            for release in export["releases"].as_array().unwrap() {
                reading.read(release).unwrap();
            }
            (reading.is_for_auditors(), reading.finish())
        };
        assert_eq!(told(&audited), (true, facts.clone()), "{scope:?}");
        let (is_for_auditors, mut exported) = told(&public);
        assert!(!is_for_auditors && exported.producers.is_empty());
        exported.producers.clone_from(&facts.producers);
        assert_eq!(exported, facts, "{scope:?}");
    }
}

#[db_test]
async fn the_database_counts_as_the_rules_do_and_the_export_has_every_fact(app: TestApp) {
    let plan = SeedPlan { organizations: 60, listings: 200, contracts: 120, seed: 11 };
    demo::seed(&app.app, &plan, |_| {}).await.unwrap();
    let facts = app.app.insight.report_facts(&scope(&app, None)).await.unwrap();

    assert!(facts.awards.len() > 120 && facts.bids.len() > 240, "{} {}", facts.awards.len(), facts.bids.len());
    assert!(!facts.complaints.is_empty() && !facts.invitations.is_empty() && !facts.invoices.is_empty());
    agree(&app, facts.awards[0].slice.buyer).await;
}

#[db_test]
async fn so_it_is_of_processes_in_every_state(app: TestApp) {
    let world = World::make(&app.app.services, 60, 3, 9).await;
    for seed in 0..60 {
        let mut process = world.process(seed);
        process.walk_on(&world).await;
    }
    app.clock.advance(TimeDelta::days(200));
    app.settle().await;
    agree(&app, world.buyers[0]).await;
}

#[db_test]
async fn a_digest_is_of_every_fact(app: TestApp) {
    let plan = SeedPlan { organizations: 60, listings: 50, contracts: 30, seed: 5 };
    demo::seed(&app.app, &plan, |_| {}).await.unwrap();
    let scope = scope(&app, Some(GroupBy::Method));
    let facts = app.app.insight.report_facts(&scope).await.unwrap();
    let told = |facts: &bfw::insight::model::report::facts::Facts| {
        let digests = digests(facts, &scope).unwrap();
        let report = report(scope, &fold(facts, &scope), Some(&digests), true);
        report.indicators.iter().map(|told| told.all.digest.unwrap()).collect::<Vec<_>>()
    };
    let before = told(&facts);
    let changed =
        |after: Vec<_>| -> Vec<usize> { (1..=23).filter(|number| before[number - 1] != after[number - 1]).collect() };

    assert_eq!(changed(told(&facts)), [0; 0]);
    let mut other = facts.clone();
    other.awards[3].minor += 1;
    assert_eq!(changed(told(&other)), [1, 2, 3, 9, 12, 15, 19, 20, 21]);
    let mut other = facts.clone();
    other.bids.pop();
    assert_eq!(changed(told(&other)), [4, 6, 7]);
    let mut other = facts.clone();
    other.payments[0].days += 1;
    assert_eq!(changed(told(&other)), [13, 15]);
    let mut other = facts.clone();
    other.invoices[0].unpaid_minor += 1;
    assert_eq!(changed(told(&other)), [14]);
    let mut other = facts.clone();
    other.releases[0].lag_minutes = Some(77);
    assert_eq!(changed(told(&other)), [23]);
}

#[db_test]
async fn a_report_is_verified_from_the_export_and_what_was_changed_is_found(app: TestApp) {
    let plan = SeedPlan { organizations: 60, listings: 100, contracts: 60, seed: 8 };
    demo::seed(&app.app, &plan, |_| {}).await.unwrap();
    let scope = scope(&app, Some(GroupBy::Region));
    let facts = app.app.insight.report_facts(&scope).await.unwrap();
    let tally = app.app.insight.report_tally(&scope).await.unwrap();
    let digests = digests(&facts, &scope).unwrap();
    let package = export(&app).await;

    for shows_all in [true, false] {
        let honest = to_json(&report(scope, &tally, Some(&digests), shows_all), &ReportNames::default());
        let verified = verify(package.as_slice(), &honest, |_| {}).unwrap();
        assert_eq!(verified.differences, []);
        assert_eq!(verified.processes, 60);
        assert!(verified.told > 200, "{}", verified.told);

        let mut forged = honest.clone();
        forged["indicators"][1]["figures"][0]["women"] = "123".into();
        let found = verify(package.as_slice(), &forged, |_| {}).unwrap().differences;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].told.as_deref(), Some("123"));
        assert!(found[0].place.starts_with("GRP-02@1: ") && found[0].place.ends_with(" women"), "{}", found[0].place);
    }
    let honest = to_json(&report(scope, &tally, Some(&digests), true), &ReportNames::default());
    let lines: Vec<u8> = {
        let package: Value = serde_json::from_slice(&package).unwrap();
        let lines = package["releases"].as_array().unwrap().iter().map(|release| format!("{release}\n"));
        lines.collect::<String>().into_bytes()
    };
    assert_eq!(verify(lines.as_slice(), &honest, |_| {}).unwrap().differences, []);
    assert!(verify(&lines[..lines.len() - 9], &honest, |_| {}).is_err());
}
