//! Keys: where they are kept, and how one takes the place of another.

use std::{collections::HashSet, fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use bfw::credentials::{check_keys, model::KeySet};
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::Value;

use super::{Holding, verifying};
use crate::harness::TestApp;

fn file(app: &TestApp) -> PathBuf {
    app.app.config.signing_key_file.clone()
}

async fn document(holding: &Holding) -> Value {
    holding.get("/.well-known/did.json", "application/json").await.json()
}

#[db_test]
async fn the_first_start_makes_a_key_that_only_its_owner_may_read(app: TestApp) {
    // when
    let file = file(&app);

    // then
    let text = fs::read_to_string(&file).unwrap();
    let keys = KeySet::read(&text).unwrap();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(keys.all().count(), 1);
    let secret = serde_json::from_str::<Value>(&text).unwrap()["keys"][0]["d"].as_str().unwrap().to_owned();
    assert_eq!(secret.len(), 43);
    assert!(!format!("{keys:?} {:?}", app.app.credentials).contains(&secret));
}

#[db_test]
async fn the_document_names_every_key_and_nothing_secret(app: TestApp) {
    // given
    let holding = Holding::of(app).await;

    // when
    let document = document(&holding).await;

    // then
    assert_eq!(document["id"], "did:web:127.0.0.1%3A8080");
    assert_eq!(document["verificationMethod"].as_array().unwrap().len(), 1);
    let method = &document["verificationMethod"][0];
    assert_eq!(method["id"], document["assertionMethod"][0]);
    assert_eq!(method["type"], "JsonWebKey");
    assert_eq!(method["publicKeyJwk"]["crv"], "Ed25519");
    assert!(method["publicKeyJwk"]["d"].is_null());
}

#[db_test]
async fn what_the_former_key_signed_verifies_after_its_private_half_is_destroyed(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let old = holding.issue(holding.draft()).await;
    let before = fs::read_to_string(file(&holding.app)).unwrap();

    // when
    holding.app.clock.advance(TimeDelta::hours(1));
    let rotated = holding.app.app.credentials.rotate_key().await.unwrap();
    let new = holding.issue(holding.another()).await;

    // then
    let after = fs::read_to_string(file(&holding.app)).unwrap();
    let secret = serde_json::from_str::<Value>(&before).unwrap()["keys"][0]["d"].as_str().unwrap().to_owned();
    assert!(!after.contains(&secret));
    assert_ne!(rotated.former, rotated.current);
    let (old, new) = (holding.bundle(old).await, holding.bundle(new).await);
    for bundle in [&old, &new] {
        let document = document(&holding).await;
        assert!(verifying::verify(bundle, &document, "2026-11-02T10:00:00Z").is_ok());
    }
    let signed_with = |bundle: &Value| kid(bundle["credential"]["token"].as_str().unwrap());
    assert!(signed_with(&old).ends_with(&rotated.former) && signed_with(&new).ends_with(&rotated.current));
}

#[db_test]
async fn keys_that_follow_each_other_at_once_all_sign(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let other = holding.app.another_process().await;

    // when
    let mut signed_with = Vec::new();
    for _ in 0..5 {
        let rotated = other.credentials.rotate_key().await.unwrap();
        let id = holding.issue(holding.another()).await;
        signed_with.push((kid(&holding.credential(id).await.token), rotated.current));
    }
    other.close().await;

    // then
    assert!(signed_with.iter().all(|(used, current)| used.ends_with(current)), "{signed_with:?}");
    assert_eq!(document(&holding).await["verificationMethod"].as_array().unwrap().len(), 6);
}

fn kid(token: &str) -> String {
    let header = token.split('.').next().unwrap();
    let header = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, header).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

#[db_test]
async fn a_running_process_signs_with_a_key_that_another_put_in_place(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    holding.issue(holding.draft()).await;
    let other = holding.app.another_process().await;

    // when
    let rotated = other.credentials.rotate_key().await.unwrap();
    other.close().await;
    let id = holding.issue(holding.another()).await;

    // then
    let token = holding.credential(id).await.token;
    assert!(kid(&token).ends_with(&rotated.current));
    let list = holding.get("/credentials/status/1/revocation", "application/vc+jwt").await.body;
    assert!(kid(&list).ends_with(&rotated.current));
    let keys = document(&holding).await["assertionMethod"].as_array().unwrap().clone();
    assert_eq!(keys.iter().collect::<HashSet<_>>().len(), 2);
}

#[db_test]
async fn a_key_that_was_put_in_place_by_hand_is_known_before_it_signs(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let key = bfw::credentials::model::Key::from_entropy(&[7; 32]);

    // when
    fs::write(file(&holding.app), KeySet::of(key.clone()).write().unwrap()).unwrap();
    let id = holding.issue(holding.draft()).await;

    // then
    let bundle = holding.bundle(id).await;
    assert!(kid(&holding.credential(id).await.token).ends_with(key.kid()));
    assert!(verifying::verify(&bundle, &document(&holding).await, "2026-11-02T09:00:00Z").is_ok());
}

#[db_test]
async fn a_damaged_file_signs_nothing_and_is_told_without_its_content(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let spoilt = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA","d":"c2VjcmV0c2VjcmV0"}]}"#;

    // when
    fs::write(file(&holding.app), spoilt).unwrap();
    let outcome = holding.try_to_issue(holding.draft()).await;

    // then
    let said = outcome.unwrap_err().to_string();
    assert!(said.contains("Ed25519") && !said.contains("c2VjcmV0"), "{said}");
    let list = holding.get("/credentials/status/1/revocation", "application/vc+jwt").await;
    assert_eq!(list.status, 404);
}

#[db_test]
async fn the_doctor_tells_what_is_wrong_with_the_keys(app: TestApp) {
    let (file, db) = (file(&app), app.app.services.db.clone());

    // given all is well
    let well = check_keys(&db, &file).await.unwrap();
    assert!(well.contains("signs; 1 keys"), "{well}");

    // when others may read it
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let open = check_keys(&db, &file).await.unwrap_err();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    // when an older file was put back
    let older = fs::read_to_string(&file).unwrap();
    app.app.credentials.rotate_key().await.unwrap();
    fs::write(&file, older).unwrap();
    let old = check_keys(&db, &file).await.unwrap_err();
    // when a foreign file was put in place
    let foreign = KeySet::of(bfw::credentials::model::Key::from_entropy(&[9; 32]));
    fs::write(&file, foreign.write().unwrap()).unwrap();
    let unknown = check_keys(&db, &file).await.unwrap_err();
    // when it is gone
    fs::remove_file(&file).unwrap();
    let gone = check_keys(&db, &file).await.unwrap_err();

    // then
    assert!(open.contains("chmod 600"), "{open}");
    assert!(old.contains("another took its place"), "{old}");
    assert!(unknown.contains("does not know"), "{unknown}");
    assert!(gone.contains("bring it back"), "{gone}");
}

#[db_test]
async fn two_processes_that_share_the_file_share_the_key(app: TestApp) {
    // given
    let before = fs::read_to_string(file(&app)).unwrap();

    // when
    let other = app.another_process().await;

    // then
    assert_eq!(fs::read_to_string(file(&app)).unwrap(), before);
    assert_eq!(other.credentials.did_document().await.unwrap(), app.app.credentials.did_document().await.unwrap());
    other.close().await;
}
