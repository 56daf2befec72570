//! All processes in one file.

use std::io::Read as _;

use bfw::{
    accounts::OrganizationId,
    ocds::{Form, Wanted},
};
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::Value;

use super::world::{Process, World};
use crate::{
    harness::TestApp,
    operations::process::{run, stderr, stdout},
};

async fn processes(app: &TestApp, world: &World, seeds: std::ops::Range<u64>) -> Vec<Process> {
    let mut processes = Vec::new();
    for seed in seeds {
        let mut process = world.process(seed);
        process.walk_on(world).await;
        processes.push(process);
    }
    app.settle().await;
    processes
}

async fn export(app: &TestApp, wanted: &Wanted, form: Form) -> Vec<u8> {
    let mut out = Vec::new();
    app.app.ocds.export(wanted, form, &mut out, |_, _| ()).await.unwrap();
    out
}

fn ocids(lines: &[u8]) -> Vec<String> {
    let lines = std::str::from_utf8(lines).unwrap().lines();
    lines.map(|line| serde_json::from_str::<Value>(line).unwrap()["ocid"].as_str().unwrap().to_owned()).collect()
}

#[db_test]
async fn the_same_data_give_the_same_bytes_in_order(app: TestApp) {
    let world = World::make(&app.app.services, 30, 2, 6).await;
    processes(&app, &world, 0..12).await;

    let lines = export(&app, &Wanted::default(), Form::Lines).await;
    app.clock.advance(TimeDelta::days(1));
    let package = export(&app, &Wanted::default(), Form::Package).await;

    assert_eq!(package, export(&app, &Wanted::default(), Form::Package).await);
    let package: Value = serde_json::from_slice(&package).unwrap();
    let packed: Vec<_> =
        package["releases"].as_array().unwrap().iter().map(|release| release["ocid"].as_str().unwrap()).collect();
    assert_eq!(ocids(&lines), packed);
    assert!(packed.is_sorted() && packed.len() > 6, "{packed:?}");
}

#[db_test]
async fn an_export_is_of_a_buyer_and_of_days(app: TestApp) {
    let world = World::make(&app.app.services, 31, 2, 6).await;
    let made = processes(&app, &world, 0..12).await;
    let all = ocids(&export(&app, &Wanted::default(), Form::Lines).await);
    let buyer = world.buyers[0];
    let of_buyer = Wanted { buyer: Some(OrganizationId::from_uuid(buyer)), ..Wanted::default() };
    let expected: Vec<_> =
        made.iter().filter(|one| one.buyer == buyer && all.contains(&one.ocid)).map(|one| one.ocid.clone()).collect();
    assert!(!expected.is_empty() && expected.len() < all.len());
    assert_eq!(ocids(&export(&app, &of_buyer, Form::Lines).await), expected);

    let middle = made[0].now;
    let early = Wanted { until: Some(middle), ..Wanted::default() };
    let late = Wanted { from: Some(middle), ..Wanted::default() };
    let (early, late) = (export(&app, &early, Form::Lines).await, export(&app, &late, Form::Lines).await);
    let (early, late) = (ocids(&early), ocids(&late));
    assert!(late.contains(&made[0].ocid), "something happened at that instant");
    assert!(all.iter().all(|ocid| early.contains(ocid) || late.contains(ocid)));
}

#[db_test]
async fn of_nothing_nothing_is_written(app: TestApp) {
    assert_eq!(export(&app, &Wanted::default(), Form::Package).await, b"");
}

#[db_test]
async fn many_processes_take_as_many_statements_as_one(app: TestApp) {
    let world = World::make(&app.app.services, 32, 2, 6).await;
    processes(&app, &world, 0..2).await;
    export(&app, &Wanted::default(), Form::Lines).await;
    let (_, few) = app.statements_of(export(&app, &Wanted::default(), Form::Lines)).await;
    processes(&app, &world, 2..40).await;
    let (lines, many) = app.statements_of(export(&app, &Wanted::default(), Form::Lines)).await;
    assert!(ocids(&lines).len() > 20);
    assert_eq!(few, many);
}

#[db_test]
async fn the_command_leaves_a_file_that_is_whole_or_none(app: TestApp) {
    let world = World::make(&app.app.services, 33, 2, 6).await;
    processes(&app, &world, 0..6).await;
    let lines = export(&app, &Wanted::default(), Form::Lines).await;
    let file = app.database.folder.join("procurement.jsonl.gz");
    let path = file.to_str().unwrap();

    let written = run(&app.database, &["export", "ocds", "--out", path]);

    assert!(written.status.success(), "{}", stderr(&written));
    let said = format!("exported {} processes to {path}", ocids(&lines).len());
    assert_eq!(stdout(&written).lines().last(), Some(said.as_str()));
    let mut read = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(&file).unwrap()).read_to_end(&mut read).unwrap();
    assert_eq!(read, lines);

    let nothing = app.database.folder.join("nothing.json");
    let refused = run(&app.database, &["export", "ocds", "--from", "2099-01-01", "--out", nothing.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1), "{}", stdout(&refused));
    assert!(!nothing.exists() && !nothing.with_extension("json.unfinished").exists());
}
