//! Something becomes true, and its credential with it.

use bfw::{
    credentials::{CredentialStatus, Standing, model::jws},
    kernel::{Failure, Fault},
};
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::json;

use super::{Holding, at, verifying::verify};
use crate::harness::TestApp;

#[db_test]
async fn an_issued_credential_says_what_was_handed_over_and_verifies(app: TestApp) {
    // given
    let holding = Holding::of(app).await;

    // when
    let id = holding.issue(holding.draft()).await;

    // then
    let bundle = holding.bundle(id).await;
    let said = verify(&bundle, &bundle["didDocument"], "2026-11-02T09:00:00Z").unwrap();
    assert_eq!(said["type"], json!(["DigitalConformityCredential", "VerifiableCredential"]));
    assert_eq!(said["@context"][0], "https://www.w3.org/ns/credentials/v2");
    assert_eq!(said["id"], format!("http://127.0.0.1:8080/credentials/{id}"));
    assert_eq!(said["issuer"]["id"], "did:web:127.0.0.1%3A8080");
    assert_eq!(said["validFrom"], "2026-01-01T00:00:00Z");
    assert_eq!(said["validUntil"], "2026-11-30T23:59:59Z");
    assert_eq!(said["credentialSubject"]["id"], holding.certificate.urn().to_string());
    let list = "http://127.0.0.1:8080/credentials/status/1";
    let entry = |purpose: &str| {
        json!({ "id": format!("{list}/{purpose}#0"), "type": "BitstringStatusListEntry", "statusPurpose": purpose,
                "statusListIndex": "0", "statusListCredential": format!("{list}/{purpose}") })
    };
    assert_eq!(said["credentialStatus"], json!([entry("revocation"), entry("suspension")]));
}

#[db_test]
async fn what_is_rolled_back_was_never_stated(app: TestApp) {
    // given
    let holding = Holding::of(app).await;

    // when
    let tx = holding.app.app.services.db.begin().await.unwrap();
    let lost = holding.app.app.credentials.issue(&tx, holding.draft()).await.unwrap();
    drop(tx);
    let kept = holding.issue(holding.draft()).await;

    // then
    let found = holding.app.app.credentials.credentials_by_ids(&[lost, kept]).await.unwrap();
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), [kept]);
    assert_eq!(found[&kept].place.index, 0);
}

#[db_test]
async fn a_newer_credential_about_the_same_subject_takes_back_the_one_before(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let first = holding.issue(holding.draft()).await;

    // when
    holding.app.clock.advance(TimeDelta::days(1));
    let second = holding.issue(holding.draft()).await;

    // then
    let (before, after) = (holding.credential(first).await, holding.credential(second).await);
    let now = holding.app.app.credentials.now();
    assert_eq!((before.standing(now), after.standing(now)), (Standing::Revoked, Standing::Valid));
    assert_eq!(before.superseded_at, Some(now));
    assert_eq!(before.standing(now - TimeDelta::seconds(1)), Standing::Valid);
    let standing = holding.app.app.credentials.of_subjects("certificate", &[holding.certificate]).await.unwrap();
    assert_eq!(standing[&holding.certificate].id, second);
    assert_ne!(before.place, after.place);
}

#[db_test]
async fn status_is_said_of_the_credential_that_stands_and_revocation_of_all(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let first = holding.issue(holding.draft()).await;
    holding.app.clock.advance(TimeDelta::days(2));
    let second = holding.issue(holding.draft()).await;

    // when
    let suspended = holding.say(CredentialStatus::Suspended, "2026-11-04T09:00:00Z").await;
    let reinstated = holding.say(CredentialStatus::Active, "2026-11-05T00:00:00Z").await;
    let revoked = holding.say(CredentialStatus::Revoked, "2026-11-03T00:00:00Z").await;
    let again = holding.say(CredentialStatus::Revoked, "2026-11-05T00:00:00Z").await;
    let too_late = holding.say(CredentialStatus::Active, "2026-11-06T00:00:00Z").await;

    // then
    assert_eq!((suspended, reinstated, revoked, again, too_late), (1, 1, 2, 0, 0));
    let (first, second) = (holding.credential(first).await, holding.credential(second).await);
    for credential in [&first, &second] {
        assert_eq!(credential.standing(at("2026-11-02T23:59:59Z")), Standing::Valid);
        assert_eq!(credential.standing(at("2026-11-03T00:00:00Z")), Standing::Revoked);
        assert_eq!(credential.standing(at("2026-12-24T00:00:00Z")), Standing::Revoked);
    }
    assert_eq!(second.events.len(), 3);
}

#[db_test]
async fn days_before_and_after_are_told_apart_from_what_was_taken_back(app: TestApp) {
    // given
    let holding = Holding::of(app).await;

    // when
    let id = holding.issue(holding.draft()).await;
    holding.say(CredentialStatus::Suspended, "2026-11-20T00:00:00Z").await;
    holding.say(CredentialStatus::Active, "2026-11-25T00:00:00Z").await;

    // then
    let credential = holding.credential(id).await;
    let standing = |day: &str| credential.standing(at(&format!("{day}T12:00:00Z")));
    assert_eq!(standing("2025-12-31"), Standing::NotYetValid);
    assert_eq!(standing("2026-11-19"), Standing::Valid);
    assert_eq!(standing("2026-11-20"), Standing::Suspended);
    assert_eq!(standing("2026-11-30"), Standing::Valid);
    assert_eq!(standing("2026-12-01"), Standing::Expired);
}

#[db_test]
async fn a_period_that_ends_before_it_begins_is_not_signed(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let mut draft = holding.draft();
    draft.valid_until = Some(draft.valid_from - TimeDelta::seconds(1));

    // when
    let outcome = holding.try_to_issue(draft).await;

    // then
    assert!(matches!(outcome, Err(Failure::Fault(Fault::Internal(_)))), "{outcome:?}");
}

#[db_test]
async fn what_is_too_long_for_a_slow_network_is_not_signed(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let mut draft = holding.draft();
    draft.credential_subject["description"] = json!("é".repeat(30_000));

    // when
    let outcome = holding.try_to_issue(draft).await;

    // then
    assert!(matches!(outcome, Err(Failure::Fault(Fault::Internal(_)))), "{outcome:?}");
}

#[db_test]
async fn what_was_revoked_before_its_successor_stays_so_for_the_reason_it_was(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let first = holding.issue(holding.draft()).await;
    holding.say(CredentialStatus::Revoked, "2026-11-01T00:00:00Z").await;

    // when
    let second = holding.issue(holding.draft()).await;

    // then
    let (before, after) = (holding.credential(first).await, holding.credential(second).await);
    assert_eq!(before.events.iter().map(|event| event.reason.as_str()).collect::<Vec<_>>(), ["contrôle"]);
    assert!(before.superseded_at.is_some());
    assert_eq!(after.standing(holding.app.app.credentials.now()), Standing::Valid);
}

#[db_test]
async fn the_same_credential_under_the_same_key_is_the_same_token(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let id = holding.issue(holding.draft()).await;
    let credential = holding.credential(id).await;

    // when
    let said = jws::decode(&credential.token).unwrap();

    // then
    let canonical = serde_json_canonicalizer::to_string(&said).unwrap();
    let payload = credential.token.split('.').nth(1).unwrap();
    let decoded = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, payload).unwrap();
    assert_eq!(String::from_utf8(decoded).unwrap(), canonical);
}
