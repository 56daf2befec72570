//! Each event becomes a release, and the releases of a process become its record.

use bfw::kernel::db::sql;
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use super::{
    get, in_order, json, releases,
    standard::Standard,
    world::{Step, World},
};
use crate::harness::{TestApp, seed, verifiers::merged_by_the_standard};

const UNTIL_AWARDED: [Step; 7] =
    [Step::Draft, Step::Publish, Step::Seal, Step::Close, Step::Open, Step::Judge, Step::Award];

#[db_test]
async fn each_event_is_published_once_and_in_its_order(app: TestApp) {
    let world = World::make(&app.app.services, 1, 1, 4).await;
    let mut process = world.with_story(1, &[&UNTIL_AWARDED[..], &[Step::Activate, Step::Sign]].concat());
    process.walk_on(&world).await;

    app.settle().await;
    app.app.ocds.follow_processes(&[process.id, process.id]).await.unwrap();

    let releases = releases(&app, &process.ocid).await;
    let told = |name: &str| -> Vec<Value> { releases.iter().map(|release| release[name].clone()).collect() };
    let tags = ["tender", "tenderUpdate", "tenderUpdate", "award", "awardUpdate", "contract"];
    assert_eq!(told("tag"), tags.map(|tag| json!([tag])));
    let ids: Vec<Value> = (1..=6).map(|sequence| json!(format!("{}-{sequence}", process.ocid))).collect();
    assert_eq!(told("id"), ids);
    let dates = told("date");
    assert!(dates.is_sorted_by_key(|date| date.as_str().unwrap()), "{dates:?}");
}

#[db_test]
async fn a_release_of_a_contract_leaves_out_what_cannot_change_any_more(app: TestApp) {
    let world = World::make(&app.app.services, 2, 1, 4).await;
    let mut process = world.with_story(2, &[&UNTIL_AWARDED[..], &[Step::Activate, Step::Sign]].concat());
    while process.walk(&world).await.is_some() {
        app.settle().await;
    }

    let releases = releases(&app, &process.ocid).await;

    let (award, contract) = (&releases[4], &releases[5]);
    assert!(award["bids"]["details"].is_array() && award["tender"]["items"].is_array());
    assert!(contract["bids"].is_null() && contract["tender"]["items"].is_null());
    assert_eq!(contract["tender"]["status"], "complete");
    assert_eq!(contract["contracts"][0]["status"], "active");
}

#[db_test]
async fn two_processes_at_work_publish_each_event_once(app: TestApp) {
    let world = World::make(&app.app.services, 3, 1, 4).await;
    let mut ids = Vec::new();
    for seed in 0..6 {
        let mut process = world.with_story(seed, &UNTIL_AWARDED);
        process.walk_on(&world).await;
        ids.push(process.id);
    }
    let other = app.another_process().await;

    let (one, two) = tokio::join!(app.app.ocds.follow_processes(&ids), other.ocds.follow_processes(&ids));

    one.unwrap();
    two.unwrap();
    let count = "SELECT count(*) AS count FROM ocds_release";
    let row = sql(count, []).one(app.app.services.db.read()).await.unwrap().unwrap();
    assert_eq!(row.get::<i64>(0).unwrap(), 6 * 4);
    other.close().await;
}

#[db_test]
async fn nothing_of_a_sealed_bid_is_published_before_the_opening(app: TestApp) {
    let world = World::make(&app.app.services, 4, 1, 4).await;
    let story = [Step::Draft, Step::Publish, Step::Seal, Step::Amend, Step::Seal, Step::Close, Step::Open];
    let mut process = world.with_story(4, &story);
    while let Some(step) = process.walk(&world).await {
        app.settle().await;
        let Step::Draft = step else {
            let package = json(&app, &format!("/ocds/releases/{}", process.ocid)).await;
            let (_, _, record) = get(&app, &format!("/ocds/records/{}", process.ocid), &[]).await;
            let mut exported = Vec::new();
            app.app.ocds.export(&Default::default(), bfw::ocds::Form::Lines, &mut exported, |_, _| ()).await.unwrap();
            let told = format!("{package}{record}{}", String::from_utf8(exported).unwrap());
            for word in ["\"bids\"", "tenderers", "numberOfTenderers", "tenderer", "bid_0", "receipt", "statistics"] {
                assert_eq!(told.contains(word), step == Step::Open, "{word} after {step:?}");
            }
            continue;
        };
    }
}

#[db_test]
async fn who_asked_and_who_was_invited_is_told_once_bidding_is_over(app: TestApp) {
    let world = World::make(&app.app.services, 5, 1, 4).await;
    // The seeds go on until one is not for everybody.
    for seed in 0.. {
        let mut process = world.with_story(seed, &[Step::Draft, Step::Publish, Step::Answer, Step::Close]);
        process.walk(&world).await;
        process.walk(&world).await;
        process.walk(&world).await;
        app.settle().await;
        let before = releases(&app, &process.ocid).await.pop().unwrap();
        process.walk(&world).await;
        app.settle().await;
        let after = releases(&app, &process.ocid).await.pop().unwrap();

        let asked = |release: &Value| release["tender"]["enquiries"].clone();
        assert_eq!(asked(&before).as_array().unwrap().len(), 1, "only what was answered is told");
        assert!(asked(&before)[0]["author"].is_null());
        assert!(asked(&after)[0]["author"]["id"].is_string());
        assert!(before["tender"]["bfw"]["invitations"].is_null());
        if after["tender"]["procurementMethod"] != "open" {
            assert_eq!(after["tender"]["bfw"]["invitations"].as_array().unwrap().len(), 2);
            return;
        }
    }
}

#[db_test]
async fn what_is_not_known_is_said_and_never_a_no(app: TestApp) {
    let world = World::make(&app.app.services, 6, 1, 4).await;
    let mut process = world.with_story(6, &UNTIL_AWARDED);
    process.walk_on(&world).await;
    app.settle().await;

    let release = releases(&app, &process.ocid).await.pop().unwrap();

    let parties = release["parties"].as_array().unwrap();
    let tenderers: Vec<_> = parties.iter().filter(|party| party["roles"].to_string().contains("tenderer")).collect();
    assert!(!tenderers.is_empty());
    let mut unknown = 0;
    for party in tenderers {
        let classified = party["details"]["classifications"].as_array().unwrap();
        let women: Vec<_> =
            classified.iter().filter(|one| one["scheme"].as_str().unwrap().starts_with("MLI-WOMEN-")).collect();
        assert_eq!(women.len(), 5, "one a definition");
        assert!(women.iter().all(|one| ["YES", "NO", "UNKNOWN"].contains(&one["id"].as_str().unwrap())));
        unknown += women.iter().filter(|one| one["id"] == "UNKNOWN").count();
    }
    assert!(unknown > 0);
    assert!(!release.to_string().contains("12345678901234A"), "numbers of persons are not told");
}

#[db_test]
async fn a_clock_that_goes_back_puts_no_release_before_an_earlier_one(app: TestApp) {
    let world = World::make(&app.app.services, 7, 1, 4).await;
    let mut process = world.with_story(7, &[Step::Draft, Step::Publish, Step::Answer, Step::Close]);
    process.walk(&world).await;
    process.walk(&world).await;
    app.settle().await;
    process.walk(&world).await;
    process.now -= TimeDelta::days(30);
    process.walk(&world).await;
    app.settle().await;

    let releases = releases(&app, &process.ocid).await;

    let dates: Vec<_> = releases.iter().map(|release| release["date"].as_str().unwrap()).collect();
    assert_eq!(dates.len(), 3);
    assert!(dates.is_sorted(), "{dates:?}");
    assert_eq!(dates[1], dates[2]);
}

#[db_test]
async fn processes_of_every_kind_follow_the_standard_and_merge_as_it_says(app: TestApp) {
    let Some(standard) = Standard::load() else { return };
    let number = seed(8) & 0xFFFF;
    let world = World::make(&app.app.services, number, 3, 9).await;
    let mut processes = Vec::new();
    for seed in 0..30 {
        let mut process = world.process(seed);
        // Some are published step by step, some all at once.
        while process.walk(&world).await.is_some() {
            if seed % 2 == 0 {
                app.settle().await;
            }
        }
        processes.push(process);
    }
    app.settle().await;
    let mut exported = Vec::new();
    app.app.ocds.export(&Default::default(), bfw::ocds::Form::Package, &mut exported, |_, _| ()).await.unwrap();
    let exported: Value = serde_json::from_slice(&exported).unwrap();
    assert_eq!(standard.package_errors(&exported), Vec::<String>::new());

    let (mut told, mut records) = (Vec::new(), Vec::new());
    for process in &processes {
        let (status, _, body) = get(&app, &format!("/ocds/releases/{}", process.ocid), &[]).await;
        if status == 404 {
            // It is still a draft.
            continue;
        }
        let package: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(standard.package_errors(&package), Vec::<String>::new(), "{}", process.ocid);
        let record = json(&app, &format!("/ocds/records/{}", process.ocid)).await;
        assert_eq!(standard.record_errors(&record), Vec::<String>::new(), "{}", process.ocid);
        let record = record["records"][0].clone();
        let exported = exported["releases"].as_array().unwrap().iter();
        let exported: Vec<_> = exported.filter(|release| release["ocid"] == process.ocid.as_str()).collect();
        assert_eq!(exported.len(), 1);
        pretty(&in_order(record["compiledRelease"].clone()), &in_order(exported[0].clone()));
        told.push(package["releases"].clone());
        records.push(record);
    }
    assert_eq!(exported["releases"].as_array().unwrap().len(), records.len());
    let folder = tempfile::tempdir().unwrap();
    let Some(merged) = merged_by_the_standard(folder.path(), &standard.schema, &json!(told)) else { return };
    for (record, (compiled, versioned)) in records.iter().zip(&merged) {
        pretty(&record["compiledRelease"], compiled);
        pretty(&record["versionedRelease"], versioned);
    }
}

/// Fails with the first places at which two values differ.
fn pretty(ours: &Value, theirs: &Value) {
    fn walk(path: &str, ours: &Value, theirs: &Value, found: &mut Vec<String>) {
        match (ours, theirs) {
            (Value::Object(ours), Value::Object(theirs)) => {
                for name in ours.keys().chain(theirs.keys()).collect::<std::collections::BTreeSet<_>>() {
                    let of = |map: &serde_json::Map<String, Value>| map.get(name).cloned().unwrap_or(json!("(absent)"));
                    walk(&format!("{path}/{name}"), &of(ours), &of(theirs), found);
                }
            }
            (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
                for (position, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                    walk(&format!("{path}/{position}"), ours, theirs, found);
                }
            }
            _ if ours == theirs => {}
            _ => found.push(format!("{path}: {ours} instead of {theirs}")),
        }
    }
    let mut found = Vec::new();
    walk("", ours, theirs, &mut found);
    assert!(found.is_empty(), "{:#?}", &found[..found.len().min(10)]);
}
