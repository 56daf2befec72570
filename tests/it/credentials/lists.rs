//! Status lists: places, bits, times.

use std::collections::HashSet;

use bfw::credentials::{CredentialStatus, model::Purpose};
use chrono::TimeDelta;
use db_test::db_test;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;

use super::{Holding, at, verifying};
use crate::harness::TestApp;

/// The places that are set in a list, by what its own token says.
async fn set_places(holding: &Holding, list: i64, purpose: &str, query: &str) -> Vec<usize> {
    let path = format!("/credentials/status/{list}/{purpose}{query}");
    let document: Value = holding.get("/.well-known/did.json", "application/json").await.json();
    let token = holding.get(&path, "application/vc+jwt").await.body;
    let now = holding.app.app.credentials.now().to_rfc3339();
    let told = verifying::open(&token, &document, &now).unwrap();
    assert_eq!(told["credentialSubject"]["statusPurpose"], purpose);
    let bits = verifying::bits(&told).unwrap();
    assert_eq!(bits.len(), 131_072);
    bits.iter().enumerate().filter(|(_, bit)| **bit).map(|(index, _)| index).collect()
}

#[db_test]
async fn each_credential_has_a_bit_of_its_own_for_each_purpose(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    for _ in 0..3 {
        holding.issue(holding.another()).await;
    }
    holding.issue(holding.draft()).await;
    for _ in 0..2 {
        holding.issue(holding.another()).await;
    }
    assert_eq!(set_places(&holding, 1, "revocation", "").await, Vec::<usize>::new());

    // when, then
    holding.say(CredentialStatus::Suspended, "2026-11-02T08:00:00Z").await;
    assert_eq!(set_places(&holding, 1, "suspension", "").await, [3]);
    assert_eq!(set_places(&holding, 1, "revocation", "").await, Vec::<usize>::new());

    holding.say(CredentialStatus::Active, "2026-11-02T08:00:00Z").await;
    assert_eq!(set_places(&holding, 1, "suspension", "").await, Vec::<usize>::new());

    holding.say(CredentialStatus::Revoked, "2026-11-02T08:00:00Z").await;
    assert_eq!(set_places(&holding, 1, "revocation", "").await, [3]);
    assert_eq!(set_places(&holding, 1, "suspension", "").await, Vec::<usize>::new());
}

#[db_test]
async fn a_list_can_be_had_as_of_any_time(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    holding.issue(holding.draft()).await;
    holding.say(CredentialStatus::Suspended, "2026-11-02T10:00:00Z").await;
    holding.say(CredentialStatus::Active, "2026-11-02T12:00:00Z").await;
    holding.say(CredentialStatus::Revoked, "2026-11-02T14:00:00Z").await;

    // when
    holding.app.clock.set(at("2026-11-03T08:00:00Z"));

    // then
    let none = Vec::<usize>::new();
    for (time, suspended, revoked) in [
        ("2026-11-02T09:59:59Z", &none, &none),
        ("2026-11-02T10:00:00Z", &vec![0], &none),
        ("2026-11-02T11:59:59Z", &vec![0], &none),
        ("2026-11-02T12:00:00Z", &none, &none),
        ("2026-11-02T14:00:00Z", &none, &vec![0]),
    ] {
        let query = format!("?at={time}");
        assert_eq!(&set_places(&holding, 1, "suspension", &query).await, suspended, "{time}");
        assert_eq!(&set_places(&holding, 1, "revocation", &query).await, revoked, "{time}");
    }
}

#[db_test]
async fn what_takes_effect_later_is_told_when_its_time_has_come(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    holding.issue(holding.draft()).await;
    holding.say(CredentialStatus::Revoked, "2026-11-02T08:02:00Z").await;
    assert_eq!(set_places(&holding, 1, "revocation", "").await, Vec::<usize>::new());

    // when
    holding.app.clock.set(at("2026-11-02T08:02:00Z"));

    // then
    assert_eq!(set_places(&holding, 1, "revocation", "").await, [0]);
}

#[db_test]
async fn two_processes_sign_the_same_list_alike(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    holding.issue(holding.draft()).await;
    holding.say(CredentialStatus::Revoked, "2026-11-02T08:00:00Z").await;
    let other = holding.app.another_process().await;

    // when
    holding.app.clock.set(at("2026-11-02T08:01:07Z"));
    let ours = holding.app.app.credentials.status_list(1, Purpose::Revocation, None).await.unwrap().unwrap();
    holding.app.clock.set(at("2026-11-02T08:04:59Z"));
    let again = holding.app.app.credentials.status_list(1, Purpose::Revocation, None).await.unwrap().unwrap();
    let theirs = other.credentials.status_list(1, Purpose::Revocation, None).await.unwrap().unwrap();
    holding.app.clock.set(at("2026-11-02T08:05:00Z"));
    let later = holding.app.app.credentials.status_list(1, Purpose::Revocation, None).await.unwrap().unwrap();
    other.close().await;

    // then
    assert_eq!((&ours.token, &ours.tag), (&theirs.token, &theirs.tag));
    assert!(std::sync::Arc::ptr_eq(&ours, &again));
    assert_ne!(ours.token, later.token);
    assert_eq!(later.credential["validFrom"], "2026-11-02T08:05:00Z");
}

#[db_test]
async fn a_full_list_is_followed_by_a_new_one(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    holding.issue(holding.draft()).await;
    let connection = holding.app.database.connect().await;
    let text = "UPDATE credential_status_list SET next_index = 131071";
    let fill = Statement::from_string(connection.get_database_backend(), text);
    assert_eq!(connection.execute_raw(fill).await.unwrap().rows_affected(), 1);

    // when
    let mut places = Vec::new();
    for _ in 0..3 {
        let id = holding.issue(holding.another()).await;
        let place = holding.credential(id).await.place;
        places.push((place.list, place.index));
    }

    // then
    assert_eq!(places, [(1, 131_071), (2, 0), (2, 1)]);
    assert_eq!(set_places(&holding, 2, "revocation", "").await, Vec::<usize>::new());
}

#[db_test]
async fn places_taken_at_the_same_time_differ(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let drafts: Vec<_> = (0..12).map(|_| holding.another()).collect();

    // when
    let issued = futures_util::future::join_all(drafts.into_iter().map(|draft| holding.issue(draft))).await;

    // then
    let mut places = HashSet::new();
    for id in issued {
        places.insert(holding.credential(id).await.place);
    }
    assert_eq!(places.len(), 12);
    assert!(places.iter().all(|place| place.list == 1 && place.index < 12), "{places:?}");
}

#[db_test]
async fn a_list_that_nobody_stands_in_is_not_there(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    holding.issue(holding.draft()).await;

    // when, then
    for path in [
        "2/revocation",
        "0/revocation",
        "-1/revocation",
        "1/refresh",
        "x/revocation",
        "99999999999999999999/revocation",
    ] {
        let answer = holding.get(&format!("/credentials/status/{path}"), "application/vc+jwt").await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[test]
fn lists_of_the_last_moment_are_kept_apart_from_those_of_the_next() {
    use bfw::credentials::model::status_list::holds;
    let now = at("2026-11-02T08:04:59.999999Z");
    let (since, until) = holds(&[], now);
    assert_eq!((since, until), (at("2026-11-02T08:00:00Z"), at("2026-11-02T08:05:00Z")));
    assert_eq!(holds(&[], until).0, until);
    assert_eq!(holds(&[], now + TimeDelta::microseconds(1)).0, until);
}
