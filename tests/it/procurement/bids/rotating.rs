//! Another key seals bids, and what was sealed before still opens.

use std::{os::unix::fs::PermissionsExt as _, process::Output};

use db_test::db_test;
use serde_json::{Value, json};

use super::{asked, bidder, close, offer, opened, sealed, seen};
use crate::{
    harness::app::TestApp,
    operations::process::{bfw, stderr, stdout},
};

fn rotate(app: &TestApp) -> Output {
    let mut command = bfw(&app.database, &["sealing", "rotate-key"]);
    command.env("BFW_SEALING_KEY_FILE", &app.app.config.sealing_key_file).output().unwrap()
}

fn keys(app: &TestApp) -> Vec<Value> {
    let text = std::fs::read_to_string(&app.app.config.sealing_key_file).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["keys"].as_array().unwrap().clone()
}

#[db_test]
async fn a_bid_sealed_before_and_one_sealed_after_both_open(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let (koro, jigiya) = bidder(&app, "jigiya").await;
    let before = sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    let former = keys(&app);

    let rotated = rotate(&app);

    assert!(rotated.status.success(), "{}", stderr(&rotated));
    let after = keys(&app);
    assert_eq!((after.len(), &after[1..]), (2, former.as_slice()), "the new one first, the other as it was");
    let names = [&after[0]["id"], &former[0]["id"]].map(|id| id.as_str().unwrap().to_owned());
    let said = format!("{} seals bids from now on, in the place of {}", names[0], names[1]);
    assert_eq!(stdout(&rotated).lines().next(), Some(said.as_str()));
    let file = app.app.config.sealing_key_file.clone();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    // The bidder still finds her bid, and the other seals with the new key.
    assert!(seen(&app, Some(&awa), &before["id"]).await["sealedContent"].is_string());
    sealed(&app, &koro, offer(&asked, &jigiya, json!({}))).await;
    let services = app.app.services.clone();
    let found = bfw::procurement::check_sealing(&services.db, &file).await.unwrap();
    assert!(found.starts_with(&names[0]) && found.contains("2 are sealed with 2 keys"), "{found}");
    // Without the former key, only what was sealed with it is lost: so both are in use.
    let kept = std::fs::read(&file).unwrap();
    let mut alone: Value = serde_json::from_slice(&kept).unwrap();
    alone["keys"].as_array_mut().unwrap().truncate(1);
    std::fs::write(&file, alone.to_string()).unwrap();
    let lacking = bfw::procurement::check_sealing(&services.db, &file).await.unwrap_err();
    assert!(lacking.contains(&names[1]) && !lacking.contains(&names[0]), "{lacking}");
    std::fs::write(&file, kept).unwrap();

    close(&app);
    let opened = opened(&app, &asked).await;
    assert_eq!(opened["bids"].as_array().map(Vec::len), Some(2), "{opened}");
    assert_eq!((&opened["lapsedCount"], &opened["unreadableBidIds"]), (&json!(0), &json!([])));
}

#[db_test]
async fn a_file_that_cannot_be_written_stays_as_it_is(app: TestApp) {
    let file = app.app.config.sealing_key_file.clone();
    let before = std::fs::read(&file).unwrap();
    // What it is written beside of cannot be made.
    std::fs::create_dir(file.with_extension("new")).unwrap();

    let refused = rotate(&app);

    assert_eq!(refused.status.code(), Some(1), "{}", stdout(&refused));
    assert!(stderr(&refused).contains("BFW_SEALING_KEY_FILE"), "{}", stderr(&refused));
    assert_eq!(std::fs::read(&file).unwrap(), before);
    std::fs::remove_dir(file.with_extension("new")).unwrap();

    // One that would become too long to be read is not written either.
    let mut many: Value = serde_json::from_slice(&before).unwrap();
    for number in 0..619_u64 {
        let mut key = many["keys"][0].clone();
        key["id"] = format!("{number:016x}").into();
        many["keys"].as_array_mut().unwrap().push(key);
    }
    let mut long = many.to_string();
    long.push_str(&" ".repeat(64 * 1024 - long.len()));
    std::fs::write(&file, &long).unwrap();
    assert!(app.app.procurement.rotate_sealing_key().await.unwrap_err().to_string().contains("too long"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), long);
}

#[db_test]
async fn of_two_rotations_at_once_neither_loses_the_other_key(app: TestApp) {
    let other = app.another_process().await;
    let first = keys(&app);
    let (one, two) = tokio::join!(app.app.procurement.rotate_sealing_key(), other.procurement.rotate_sealing_key());
    let (one, two) = (one.unwrap(), two.unwrap());
    let after: Vec<String> = keys(&app).iter().map(|key| key["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(after.len(), 3);
    assert!(after.contains(&one.current) && after.contains(&two.current));
    assert_eq!(json!(after[2]), first[0]["id"]);
    other.close().await;
}
