//! Two stock verifiers, in other languages and by other people, accept what is good and refuse what is not.

use bfw::credentials::CredentialStatus;
use db_test::db_test;
use serde_json::{Value, json};

use super::{Holding, verifying};
use crate::harness::{
    TestApp,
    verifiers::{Verdict, Verifier},
};

const NOW: &str = "2026-11-02T08:30:00Z";

/// What each verifier says, and that the tests' own says the same.
fn verdicts(holding: &Holding, bundle: &Value, document: &Value, instant: &str) -> Vec<Verdict> {
    let all = Verifier::all();
    let own = verifying::verify(bundle, document, instant).is_ok();
    let verdicts: Vec<Verdict> =
        all.iter().map(|one| one.verify(&holding.app.database.folder, bundle, document, instant)).collect();
    for (verifier, verdict) in all.iter().zip(&verdicts) {
        assert_eq!(matches!(verdict, Verdict::Valid(_)), own, "{verifier:?} says {verdict:?}");
    }
    verdicts
}

fn assert_refused(verdicts: &[Verdict], reason: &str) {
    for verdict in verdicts {
        assert!(matches!(verdict, Verdict::Refused(told) if told.contains(reason)), "{verdict:?} is not {reason}");
    }
}

#[db_test]
async fn a_good_credential_is_accepted(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let id = holding.issue(holding.draft()).await;
    let bundle = holding.bundle(id).await;

    // when
    let verdicts = verdicts(&holding, &bundle, &bundle["didDocument"], NOW);

    // then
    let url = format!("http://127.0.0.1:8080/credentials/{id}");
    assert!(verdicts.iter().all(|verdict| *verdict == Verdict::Valid(url.clone())), "{verdicts:?}");
}

#[db_test]
async fn a_credential_is_refused_that_was_tampered_with_or_is_anothers(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let id = holding.issue(holding.draft()).await;
    let good = holding.bundle(id).await;
    let document = &good["didDocument"];

    // when its content is another
    let token = good["credential"]["token"].as_str().unwrap();
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("{token}") };
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let said = String::from_utf8(base64::Engine::decode(&engine, payload).unwrap()).unwrap();
    let said = said.replace("2026-11-30", "2036-11-30");
    let payload = base64::Engine::encode(&engine, said);
    let mut tampered = good.clone();
    tampered["credential"]["token"] = json!(format!("{header}.{payload}.{signature}"));
    // then
    assert_refused(&verdicts(&holding, &tampered, document, NOW), "signature");

    // when its status list is another's
    let mut swapped = good.clone();
    swapped["statusLists"][0]["token"] = good["statusLists"][1]["token"].clone();
    // then
    assert_refused(&verdicts(&holding, &swapped, document, NOW), "");

    // when the issuer's keys are others
    let key = bfw::credentials::model::Key::from_entropy(&[5; 32]);
    let strange = holding.app.app.credentials.issuer().document(&[key.public().clone()]);
    // then
    assert_refused(&verdicts(&holding, &good, &strange, NOW), "key that the issuer does not have");
}

#[db_test]
async fn a_credential_is_refused_before_and_after_its_days(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let mut draft = holding.draft();
    draft.valid_until = Some("2026-11-02T08:15:00Z".parse().unwrap());
    let id = holding.issue(draft).await;
    let bundle = holding.bundle(id).await;

    // when
    let after = verdicts(&holding, &bundle, &bundle["didDocument"], NOW);
    let before = verdicts(&holding, &bundle, &bundle["didDocument"], "2025-12-31T23:59:59Z");

    // then
    assert_refused(&after, "expired");
    assert_refused(&before, "not valid yet");
}

#[db_test]
async fn a_credential_is_refused_while_it_is_suspended_and_once_it_is_revoked(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let id = holding.issue(holding.draft()).await;

    // when, then
    holding.say(CredentialStatus::Suspended, "2026-11-02T08:00:00Z").await;
    let bundle = holding.bundle(id).await;
    assert_refused(&verdicts(&holding, &bundle, &bundle["didDocument"], NOW), "suspension");

    holding.say(CredentialStatus::Active, "2026-11-02T08:00:00Z").await;
    let bundle = holding.bundle(id).await;
    let again = verdicts(&holding, &bundle, &bundle["didDocument"], NOW);
    assert!(again.iter().all(|verdict| matches!(verdict, Verdict::Valid(_))), "{again:?}");

    holding.say(CredentialStatus::Revoked, "2026-11-02T08:00:00Z").await;
    let bundle = holding.bundle(id).await;
    assert_refused(&verdicts(&holding, &bundle, &bundle["didDocument"], NOW), "revocation");
}

#[db_test]
async fn what_a_retired_key_signed_is_accepted_still(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let id = holding.issue(holding.draft()).await;

    // when
    holding.app.app.credentials.rotate_key().await.unwrap();

    // then
    let bundle = holding.bundle(id).await;
    let verdicts = verdicts(&holding, &bundle, &bundle["didDocument"], NOW);
    assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Valid(_))), "{verdicts:?}");
}
