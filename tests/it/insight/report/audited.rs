//! What producers were paid is in the export for auditors, and nowhere else.

use bfw::{
    insight::{
        ReportNames,
        model::report::{
            digest::digests,
            facts::ProducerPaid,
            fold::fold,
            from_ocds::FromOcds,
            scope::{GroupBy, Scope},
            target::Targets,
            told::{report, to_json},
        },
        verify,
    },
    kernel::{db::sql, digest::Digest},
    ocds::{Form, Wanted},
};
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    by_hand::{Hands, make},
    day, export, export_for_auditors, scope,
    world::{Writer, at},
};
use crate::{
    harness::TestApp,
    ocds::{json, standard::Standard},
};

/// What a statement gives, which gives ids alone.
async fn ids(app: &TestApp, text: &str) -> Vec<Uuid> {
    let rows = sql(text, []).all(app.app.services.db.read()).await.unwrap();
    rows.iter().map(|row| row.get(0).unwrap()).collect()
}

/// The world that is worked out by hand, in which the lots of the first delivery are delivered once more a week later, under
/// another contract. Of every process something is to be published.
async fn twice_delivered(app: &TestApp) -> Hands {
    let hands = make(app).await;
    let deliveries = ids(app, "SELECT id FROM contract_delivery ORDER BY accepted_at").await;
    let lots = ids(app, "SELECT lot_id FROM contract_delivery_lot").await;
    assert_eq!((deliveries.len(), lots.len()), (3, 2));
    let silent = "SELECT p.id FROM procurement_process p
        WHERE NOT EXISTS (SELECT 1 FROM procurement_event e WHERE e.process_id = p.id)";
    let silent = ids(app, silent).await;
    let writer = Writer::begin(app).await;
    for lot in lots {
        let row = [("delivery_id", deliveries[1].into()), ("lot_id", lot.into()), ("grams", 100_i64.into())];
        writer.row("contract_delivery_lot", row).await;
    }
    for process in silent {
        writer.event(process, 1, "tender", at("07-01"), None).await;
    }
    let counted = "UPDATE procurement_process SET
        events = (SELECT count(*) FROM procurement_event e WHERE e.process_id = procurement_process.id),
        released = (SELECT count(*) FROM ocds_release r WHERE r.process_id = procurement_process.id)";
    sql(counted, []).run(&*writer.tx).await.unwrap();
    writer.tx.commit().await.unwrap();
    hands
}

fn producers(export: &[u8], scope: &Scope) -> Vec<ProducerPaid> {
    let export: Value = serde_json::from_slice(export).unwrap();
    let targets = Targets::embedded().unwrap();
    let mut reading = FromOcds::new(scope, &targets);
    for release in export["releases"].as_array().unwrap() {
        reading.read(release).unwrap();
    }
    reading.finish().producers
}

#[db_test]
async fn a_payment_counts_once_with_the_first_delivery_of_the_report_as_in_the_database(app: TestApp) {
    let hands = twice_delivered(&app).await;
    let audited = export_for_auditors(&app).await;
    let whole = scope(&app, Some(GroupBy::Period));
    let both = Scope { from: day("2026-08-01"), to: day("2026-08-31"), ..whole };
    let later = Scope { from: day("2026-08-22"), ..both };
    let of_buyer = Scope { buyer: Some(hands.buyer.uuid()), group_by: None, ..whole };
    let of_nobody = Scope { buyer: Some(Uuid::nil()), ..of_buyer };
    for (scope, days) in [(whole, 21), (both, 21), (later, 28), (of_buyer, 21)]
        .map(|(scope, days)| (scope, Some(days)))
        .into_iter()
        .chain([(of_nobody, None)])
    {
        let facts = app.app.insight.report_facts(&scope).await.unwrap().producers;
        assert_eq!(producers(&audited, &scope), facts, "{scope:?}");
        assert_eq!(facts.len(), if days.is_some() { 3 } else { 0 });
        let on = days.map(|day| format!("2026-08-{day}"));
        assert!(facts.iter().all(|fact| Some(fact.slice.on.to_string()) == on), "{facts:?}");
    }
    // A woman confirmed 1000, another nothing, a man 500.
    let mut confirmed: Vec<i64> = producers(&audited, &whole).iter().map(|fact| fact.confirmed_minor).collect();
    confirmed.sort_unstable();
    assert_eq!(confirmed, [0, 500, 1_000]);
}

#[db_test]
async fn the_last_indicator_is_verified_from_the_export_for_auditors_alone(app: TestApp) {
    twice_delivered(&app).await;
    let scope = scope(&app, Some(GroupBy::Region));
    let facts = app.app.insight.report_facts(&scope).await.unwrap();
    let tally = app.app.insight.report_tally(&scope).await.unwrap();
    let digests = digests(&facts, &scope).unwrap();
    let honest = to_json(&report(scope, &tally, Some(&digests), true), &ReportNames::default());
    assert_eq!(tally, fold(&facts, &scope));
    let (public, audited) = (export(&app).await, export_for_auditors(&app).await);

    let verified = verify(audited.as_slice(), &honest, |_| {}).unwrap();
    assert_eq!((verified.differences, verified.left_out), (vec![], None));
    let without = verify(public.as_slice(), &honest, |_| {}).unwrap();
    assert_eq!((without.differences, without.left_out), (vec![], Some("GRP-22@1")));
    assert!(without.told < verified.told);

    let mut forged = honest.clone();
    assert_eq!(forged["indicators"][21]["formula"], "GRP-22@1");
    forged["indicators"][21]["figures"][0]["women"] = "123".into();
    assert_eq!(verify(public.as_slice(), &forged, |_| {}).unwrap().differences, []);
    let found = verify(audited.as_slice(), &forged, |_| {}).unwrap().differences;
    assert_eq!(found.len(), 1);
    assert!(found[0].place.starts_with("GRP-22@1: "), "{}", found[0].place);

    // Another payment than was confirmed is another fact.
    let text = String::from_utf8(audited.clone()).unwrap();
    let altered = text.replace("\"confirmed\":false", "\"confirmed\":true");
    assert_ne!(altered, text);
    let found = verify(altered.as_bytes(), &honest, |_| {}).unwrap().differences;
    assert!(found.iter().any(|one| one.place == "GRP-22@1: digest"), "{found:?}");

    // Where one release was written for anybody, what is told of producers is not all.
    let mut mixed: Value = serde_json::from_slice(&audited).unwrap();
    mixed["releases"][0]["bfw"].as_object_mut().unwrap().remove("edition");
    let verified = verify(mixed.to_string().as_bytes(), &honest, |_| {}).unwrap();
    assert_eq!(verified.left_out, Some("GRP-22@1"));
}

#[db_test]
async fn nothing_that_is_published_tells_of_producers(app: TestApp) {
    twice_delivered(&app).await;
    let rows = sql("SELECT pseudonym FROM producer", []).all(app.app.services.db.read()).await.unwrap();
    let pseudonyms: Vec<String> = rows.iter().map(|row| row.get(0).unwrap()).collect();
    let digests: Vec<String> = pseudonyms.iter().map(|name| Digest::of(name.as_bytes()).to_string()).collect();
    app.app.ocds.follow_processes(&ids(&app, "SELECT id FROM procurement_process").await).await.unwrap();

    let audited = String::from_utf8(export_for_auditors(&app).await).unwrap();
    assert_eq!(digests.iter().filter(|digest| audited.contains(*digest)).count(), 3, "the fourth delivered nothing on");
    assert!(pseudonyms.iter().all(|name| !audited.contains(name)));

    let package: Value = serde_json::from_str(&audited).unwrap();
    let mut published = String::from_utf8(export(&app).await).unwrap();
    for release in package["releases"].as_array().unwrap() {
        let ocid = release["ocid"].as_str().unwrap();
        for address in [format!("/ocds/releases/{ocid}"), format!("/ocds/records/{ocid}")] {
            let (_, _, body) = crate::ocds::get(&app, &address, &[]).await;
            published.push_str(&body);
        }
    }
    app.clock.advance(TimeDelta::minutes(1));
    published.push_str(&json(&app, "/ocds/packages").await.to_string());
    assert!(published.matches("PARTIALLY_ACCEPTED").count() > 2, "deliveries are told of, in each way");
    for secret in digests.iter().chain(&pseudonyms).map(String::as_str).chain(["producers", "edition", "AUDIT"]) {
        assert!(!published.contains(secret), "{secret}");
    }

    // But for what is the auditors', both say the same.
    let mut bare = package.clone();
    for release in bare["releases"].as_array_mut().unwrap() {
        assert_eq!(release["bfw"].as_object_mut().unwrap().remove("edition"), Some(json!("AUDIT")));
        for contract in release["contracts"].as_array_mut().into_iter().flatten() {
            let deliveries = contract.pointer_mut("/implementation/milestones").and_then(Value::as_array_mut);
            for delivery in deliveries.into_iter().flatten() {
                delivery["bfw"].as_object_mut().unwrap().remove("producers");
            }
        }
    }
    assert_eq!(bare, serde_json::from_slice::<Value>(&export(&app).await).unwrap());
    if let Some(standard) = Standard::load() {
        assert_eq!(
            standard.package_errors(&package),
            standard.package_errors(&bare),
            "it is declared, and well-formed"
        );
    }
}

#[db_test]
async fn many_processes_are_told_to_auditors_in_as_many_statements_as_few(app: TestApp) {
    twice_delivered(&app).await;
    let of = |buyer| Wanted { buyer, ..Wanted::default() };
    let exported = async |wanted: Wanted| {
        let mut out = Vec::new();
        app.app.ocds.export_for_auditors(&wanted, Form::Lines, &mut out, |_, _| ()).await.unwrap()
    };
    exported(of(None)).await;
    let (few, statements) = app.statements_of(exported(of(None))).await;
    bfw::demo::seed(&app.app, &bfw::demo::SeedPlan { organizations: 40, listings: 40, contracts: 30, seed: 4 }, |_| {})
        .await
        .unwrap();
    let (many, statements_of_many) = app.statements_of(exported(of(None))).await;
    assert!(many > few + 20, "{few} {many}");
    assert_eq!(statements_of_many, statements);
}
