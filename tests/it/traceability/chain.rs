//! Chains of events cannot be changed, and where somebody changed them all the same, it is found.

use db_test::db_test;
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use super::sealed::{Written, add, drop_guards, execute, seal, try_execute, uuid};
use crate::{
    harness::{Backend, TestApp},
    operations::process::{run, stdout},
};

/// An organization with a chain of this many events of which two thirds are signed.
async fn chained(app: &TestApp, events: usize) -> (Uuid, String, Vec<Written>) {
    let owner = app.sign_up("awa@exemple.ml").await;
    let organization = app.register(&owner, "COOPERATIVE", "Benkadi").await;
    let id = uuid(&organization);
    let mut written = add(app, id, &[], events * 2 / 3).await;
    assert_eq!(app.app.traceability.checkpoint_chains().await.unwrap(), 1);
    written.extend(add(app, id, &written, events - written.len()).await);
    (id, organization, written)
}

/// What the doctor says of events, from the beginning of its line on.
fn doctor(app: &TestApp, arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(&app.database, &[&["doctor"][..], arguments].concat());
    let said = stdout(&output);
    let line = said.lines().find(|line| line[7..].starts_with("events: ")).unwrap_or_else(|| panic!("{said}"));
    (output.status.code(), line.to_owned())
}

async fn assert_found(app: &TestApp, organization: &str, at: usize, words: &str) {
    let (code, line) = doctor(app, &["--chain"]);
    assert_eq!(code, Some(1), "{line}");
    let expected = format!("WRONG  events: the chain of {organization} breaks at event {at}: ");
    assert!(line.starts_with(&expected) && line.contains(words), "{line}");
}

/// Writes seals anew from an event on, as far as it goes, and the head.
async fn seal_anew(connection: &DatabaseConnection, organization: Uuid, events: &[Written], from: usize) {
    let mut previous = events[from - 1].seal.clone();
    for event in &events[from..] {
        previous = seal(&previous, &event.body);
        let update = "UPDATE trace_event SET body = $1, hash = $2 WHERE organization_id = $3 AND sequence = $4";
        let values =
            vec![event.body.as_str().into(), previous.clone().into(), organization.into(), event.sequence.into()];
        execute(connection, update, values).await;
    }
    let head = "UPDATE trace_chain SET head_hash = $1 WHERE organization_id = $2";
    execute(connection, head, vec![previous.into(), organization.into()]).await;
}

#[db_test]
async fn the_database_refuses_to_change_or_remove_what_happened(app: TestApp) {
    let (_, _, written) = chained(&app, 6).await;
    let connection = app.database.connect().await;
    let epc = "INSERT INTO trace_event_epc (epc, event_id, role) VALUES ('A', $1, 'OBJECT')";
    execute(&connection, epc, vec![written[0].id.into()]).await;

    for (table, column) in [("trace_event", "body"), ("trace_event_epc", "epc"), ("trace_checkpoint", "token")] {
        let mut attempts = vec![format!("UPDATE {table} SET {column} = 'x'"), format!("DELETE FROM {table}")];
        if app.database.backend() == Backend::Postgres {
            attempts.push(format!("TRUNCATE {table} CASCADE"));
        }
        for attempt in attempts {
            let refused = try_execute(&connection, &attempt, vec![]).await.unwrap_err().to_string();
            assert!(refused.contains(&format!("{table} is append-only")), "{attempt}: {refused}");
        }
    }
    assert_eq!(doctor(&app, &["--chain"]).0, Some(0));
}

#[db_test]
async fn deliveries_are_kept_as_they_were_recorded(app: TestApp) {
    // No row is needed: on SQLite triggers that no row reaches are looked up, on PostgreSQL a truncation is refused as such.
    let connection = app.database.connect().await;
    match app.database.backend() {
        Backend::Sqlite => {
            let triggers = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'delivery'
                            AND sql LIKE '%append-only%'";
            assert_eq!(super::sealed::number(&connection, triggers).await, 2);
        }
        Backend::Postgres => {
            let refused = try_execute(&connection, "TRUNCATE delivery CASCADE", vec![]).await.unwrap_err().to_string();
            assert!(refused.contains("delivery is append-only"), "{refused}");
            let triggers = "SELECT COUNT(*) FROM pg_trigger WHERE tgrelid = 'delivery'::regclass
                            AND tgname = 'delivery_append_only'";
            assert_eq!(super::sealed::number(&connection, triggers).await, 1);
        }
    }
}

#[db_test]
async fn whole_chains_are_told_to_be_whole_by_the_ends_and_by_all_of_it(app: TestApp) {
    let (_, _, written) = chained(&app, 900).await;
    // Another's chain, which was never signed.
    let other = app.sign_up("fatou@exemple.ml").await;
    let other = uuid(&app.register(&other, "COOPERATIVE", "Jigiya").await);
    add(&app, other, &[], 3).await;

    let (code, ends) = doctor(&app, &[]);
    assert_eq!(
        (code, ends.as_str()),
        (Some(0), "ok     events: 2 chains end as they should; --chain looks at all of them")
    );
    let (code, all) = doctor(&app, &["--chain"]);
    let expected =
        format!("ok     events: {} events in 2 chains verified, 1 signed checkpoints hold", written.len() + 3);
    assert_eq!((code, all), (Some(0), expected));
}

#[db_test]
async fn an_altered_event_is_found(app: TestApp) {
    let (id, organization, written) = chained(&app, 30).await;
    let connection = drop_guards(&app).await;
    let body = written[9].body.replace("soleil", "lune");
    let alter = "UPDATE trace_event SET body = $1 WHERE organization_id = $2 AND sequence = 10";
    execute(&connection, alter, vec![body.into(), id.into()]).await;

    assert_found(&app, &organization, 10, "its seal does not follow").await;
    assert_eq!(doctor(&app, &[]).0, Some(0), "the ends are as they were");
}

#[db_test]
async fn an_event_that_is_gone_is_found(app: TestApp) {
    let (id, organization, _) = chained(&app, 30).await;
    let connection = drop_guards(&app).await;
    execute(&connection, "DELETE FROM trace_event WHERE organization_id = $1 AND sequence = 10", vec![id.into()]).await;

    assert_found(&app, &organization, 11, "1 events before it are missing").await;
}

#[db_test]
async fn events_in_another_order_are_found(app: TestApp) {
    let (id, organization, _) = chained(&app, 30).await;
    let connection = drop_guards(&app).await;
    for (from, to) in [(10, 1_000), (11, 10), (1_000, 11)] {
        let swap = format!("UPDATE trace_event SET sequence = {to} WHERE organization_id = $1 AND sequence = {from}");
        execute(&connection, &swap, vec![id.into()]).await;
    }

    assert_found(&app, &organization, 10, "its seal does not follow").await;
}

#[db_test]
async fn an_end_that_was_cut_off_is_found_whether_the_head_was_moved_or_not(app: TestApp) {
    let (id, organization, written) = chained(&app, 30).await;
    let connection = drop_guards(&app).await;
    execute(&connection, "DELETE FROM trace_event WHERE organization_id = $1 AND sequence > 15", vec![id.into()]).await;

    assert_found(&app, &organization, 16, "the end of the chain is missing").await;
    let (code, line) = doctor(&app, &[]);
    assert!(code == Some(1) && line.contains("the end of the chain is missing"), "{line}");

    let head = "UPDATE trace_chain SET head_sequence = 15, head_hash = $1 WHERE organization_id = $2";
    execute(&connection, head, vec![written[14].seal.clone().into(), id.into()]).await;

    assert_found(&app, &organization, 16, "event 20 was signed at 2026-11-02T08:00:00Z").await;
    let (code, line) = doctor(&app, &[]);
    assert!(code == Some(1) && line.contains("later events were signed"), "{line}");
}

#[db_test]
async fn events_behind_the_head_are_found(app: TestApp) {
    let (id, organization, written) = chained(&app, 30).await;
    let connection = app.database.connect().await;
    let head = "UPDATE trace_chain SET head_sequence = 25, head_hash = $1 WHERE organization_id = $2";
    execute(&connection, head, vec![written[24].seal.clone().into(), id.into()]).await;

    assert_found(&app, &organization, 26, "it stands behind the head").await;
    assert_eq!(doctor(&app, &[]).0, Some(1));
}

#[db_test]
async fn a_chain_that_was_sealed_anew_is_found_by_what_was_signed_of_it(app: TestApp) {
    let (id, organization, mut written) = chained(&app, 30).await;
    let connection = drop_guards(&app).await;
    written[9].body = written[9].body.replace("soleil", "lune");
    seal_anew(&connection, id, &written, 9).await;

    assert_found(&app, &organization, 20, "the events up to it are not those that were signed").await;
    assert_eq!(app.app.traceability.checkpoint_chains().await.unwrap(), 0, "what was changed is not signed again");

    // Only what was never signed can be sealed anew unseen.
    execute(&connection, "DELETE FROM trace_checkpoint", vec![]).await;
    assert_eq!(doctor(&app, &["--chain"]).0, Some(0));
}

#[db_test]
async fn a_long_chain_that_was_sealed_anew_is_found_by_the_hashes_that_were_kept(app: TestApp) {
    let (id, organization, mut written) = chained(&app, 900).await;
    let connection = drop_guards(&app).await;
    written[299].body = written[299].body.replace("soleil", "lune");
    seal_anew(&connection, id, &written, 299).await;

    assert_found(&app, &organization, 512, "another than when their hash was kept").await;

    // Also where whoever did it sets the hash right.
    execute(&connection, "DELETE FROM trace_tile", vec![]).await;
    assert_found(&app, &organization, 600, "not those that were signed").await;
}

#[db_test]
async fn a_checkpoint_that_was_not_signed_here_is_found(app: TestApp) {
    let (_, organization, _) = chained(&app, 30).await;
    let connection = drop_guards(&app).await;
    execute(&connection, "UPDATE trace_checkpoint SET token = substr(token, 1, length(token) - 4) || 'AAAA'", vec![])
        .await;

    assert_found(&app, &organization, 20, "its signature does not fit").await;
}

#[db_test]
async fn what_an_event_says_of_itself_is_held_against_its_row(app: TestApp) {
    let (id, organization, _) = chained(&app, 30).await;
    let connection = drop_guards(&app).await;
    let later = "UPDATE trace_event SET event_time = recorded_at, recorded_at = $1 WHERE organization_id = $2 AND sequence = 12";
    let at: bfw::kernel::clock::Timestamp = "2026-10-09T06:00:00Z".parse().unwrap();
    execute(&connection, later, vec![at.into(), id.into()]).await;

    assert_found(&app, &organization, 12, "its time of recording is another than its content says").await;
}

#[db_test]
async fn two_workers_that_sign_at_once_keep_one_checkpoint(app: TestApp) {
    let (id, _, written) = chained(&app, 300).await;
    let another = app.another_process().await;

    let (one, other) = tokio::join!(app.app.traceability.checkpoint_chains(), another.traceability.checkpoint_chains());

    assert_eq!(one.unwrap() + other.unwrap(), 1);
    let connection = app.database.connect().await;
    let sequences = "SELECT COUNT(*) FROM trace_checkpoint WHERE sequence IN (200, 300)";
    assert_eq!(super::sealed::number(&connection, sequences).await, 2);
    assert_eq!(super::sealed::number(&connection, "SELECT COUNT(*) FROM trace_tile").await, 1);
    add(&app, id, &written, 1).await;
    assert_eq!(app.app.traceability.checkpoint_chains().await.unwrap(), 1);
    assert_eq!(app.app.traceability.checkpoint_chains().await.unwrap(), 0, "nothing is new");
    assert_eq!(doctor(&app, &["--chain"]).0, Some(0));
}

#[db_test]
async fn a_worker_signs_what_has_grown(app: TestApp) {
    let owner = app.sign_up("awa@exemple.ml").await;
    let organization = uuid(&app.register(&owner, "COOPERATIVE", "Benkadi").await);
    add(&app, organization, &[], 3).await;

    bfw::kernel::worker::Handler::sweep(&app.app.follow_up()).await;

    let connection = app.database.connect().await;
    assert_eq!(super::sealed::number(&connection, "SELECT sequence FROM trace_checkpoint").await, 3);
}

#[db_test]
async fn lots_whose_masses_do_not_add_up_are_found(app: TestApp) {
    let (id, _, _) = chained(&app, 3).await;
    let connection = app.database.connect().await;
    let (shea, butter) = (Uuid::from_u128(1), Uuid::from_u128(2));
    for (lot, code, grams, left) in [(shea, "SHEA", 100_000_i64, 40_000_i64), (butter, "BUTTER", 20_000, 20_000)] {
        let insert =
            "INSERT INTO lot (id, code, product_code, organization_id, maker_id, grams, left_grams, reserved_grams,
            custody, status, holds, waived, made_by, made_at, touched_at, created_at)
            SELECT $1, $2, 'shea-butter', o.id, o.id, $3, $4, 0, 'SEGREGATED', 'AVAILABLE', 0, false, $1, o.created_at,
            o.created_at, o.created_at FROM organization o WHERE o.id = $5";
        execute(&connection, insert, vec![lot.into(), code.into(), grams.into(), left.into(), id.into()]).await;
    }
    let edge = "INSERT INTO lot_edge (child_id, parent_id, grams) VALUES ($1, $2, 60000)";
    execute(&connection, edge, vec![butter.into(), shea.into()]).await;
    let lots = || {
        let said = stdout(&run(&app.database, &["doctor", "--chain"]));
        said.lines().find(|line| line[7..].starts_with("lots: ")).unwrap().to_owned()
    };

    assert_eq!(lots(), "ok     lots: the masses of 2 lots add up");

    // More is there than can be, and less than was told to be lost.
    execute(&connection, "UPDATE lot SET left_grams = 50000 WHERE code = 'SHEA'", vec![]).await;
    execute(&connection, "UPDATE lot SET left_grams = 19000 WHERE code = 'BUTTER'", vec![]).await;
    let told = lots();
    let shea = "lot SHEA weighed 100000 g; 50000 g are left, 60000 g were taken, 0 g lost";
    let butter = "lot BUTTER weighed 20000 g; 19000 g are left, 0 g were taken, 0 g lost";
    assert!(told.starts_with("WRONG") && told.contains(shea) && told.contains(butter), "{told}");
    execute(&connection, "UPDATE lot SET status = 'VOID', left_grams = 0", vec![]).await;
    assert_eq!(lots(), "ok     lots: the masses of 2 lots add up");
}
