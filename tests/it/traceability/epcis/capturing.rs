//! Others hand in what happened.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use db_test::db_test;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{
    border::{captured, document, errors, get, observed, post, send},
    samples::{EX, foreign},
    standard::schema_errors,
};
use crate::{harness::app::TestApp, traceability::lots::Yard};

async fn cooperative(app: &TestApp) -> (String, String) {
    let owner = app.sign_up("awa@exemple.ml").await;
    let organization = app.register(&owner, "COOPERATIVE", "Benkadi").await;
    (owner, organization)
}

async fn kept(app: &TestApp, token: &str) -> Vec<Value> {
    get(app, token, "/epcis/events?perPage=100").await.events()
}

#[db_test]
async fn a_document_of_every_kind_of_event_is_captured_and_given_back_as_it_was(app: TestApp) {
    let (owner, _) = cooperative(&app).await;
    let events = foreign();

    let taken = post(&app, &owner, "/epcis/capture", &document(&events)).await;

    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
    assert_eq!(taken.header("gs1-epcis-version"), "2.0.0");
    assert_eq!(taken.header("gs1-capture-error-behaviour"), "rollback");
    let running = get(&app, &owner, taken.header("location")).await.json();
    assert_eq!((&running["running"], &running["success"]), (&json!(true), &json!(true)));
    app.settle().await;
    let job = get(&app, &owner, taken.header("location")).await.json();
    let told = (&job["running"], &job["success"], &job["captured"], &job["errors"]);
    assert_eq!(told, (&json!(false), &json!(true), &json!(events.len()), &json!([])), "{job:#}");
    assert_eq!(job["captureErrorBehaviour"], "rollback");
    assert_eq!(
        (&job["createdAt"], &job["finishedAt"]),
        (&json!("2026-11-02T08:00:00Z"), &json!("2026-11-02T08:00:00Z"))
    );

    let answer = get(&app, &owner, "/epcis/events?perPage=100&orderBy=recordTime&orderDirection=ASC").await;
    assert!(schema_errors(&answer.json()).is_none_or(|errors| errors.is_empty()));
    let mut given = answer.events();
    assert_eq!(given.len(), events.len());
    for (mut event, given) in events.into_iter().zip(&mut given) {
        // What the repository says, and what the document said for all.
        let given = given.as_object_mut().unwrap();
        assert_eq!(given.remove("recordTime"), Some(json!("2026-11-02T08:00:00Z")));
        let name = given.remove("eventID").unwrap();
        assert!(event.get("eventID").is_none_or(|own| *own == name), "{name}");
        let context = given.remove("@context");
        assert!(context.is_none() || context == Some(json!({ "ex": EX })));
        let expected = event.as_object_mut().unwrap();
        expected.remove("recordTime");
        expected.remove("eventID");
        let canonical = |said: &serde_json::Map<String, Value>| serde_json_canonicalizer::to_string(said).unwrap();
        assert_eq!(canonical(given), canonical(expected));
    }
}

#[db_test]
async fn the_same_events_again_are_captured_and_change_nothing(app: TestApp) {
    let (owner, _) = cooperative(&app).await;
    let events = [observed(1, json!({})), observed(2, json!({ "eventID": "urn:uuid:2", "ex:a": [1, 2] }))];
    captured(&app, &owner, "rollback", &document(&events)).await;
    let before = kept(&app, &owner).await;

    // Written another way: another offset, another form of a number, the step as a URI of its own.
    let mut same = events.clone();
    same[0]["eventTime"] = json!("2026-10-02T09:00:00.000+02:00");
    same[0]["quantityList"][0]["quantity"] = json!(10.50);
    let job = captured(&app, &owner, "rollback", &document(&[same[0].clone(), same[1].clone(), same[0].clone()])).await;

    assert_eq!((&job["success"], &job["captured"]), (&json!(true), &json!(3)), "{job:#}");
    assert_eq!(kept(&app, &owner).await, before);
    assert_eq!(before.len(), 2);
}

#[db_test]
async fn one_wrong_event_refuses_all_or_only_itself(app: TestApp) {
    let (owner, _) = cooperative(&app).await;
    let mut negative = observed(2, json!({}));
    negative["quantityList"][0]["quantity"] = json!(-1);
    let events = [
        observed(1, json!({})),
        negative,
        observed(3, json!({ "eventTime": "2026-11-02T08:06:00Z" })),
        observed(4, json!({ "ex:long": "x".repeat(70_000) })),
        observed(5, json!({})),
        json!({
            "type": "TransformationEvent", "eventTime": "2026-10-02T07:00:00Z", "eventTimeZoneOffset": "+00:00",
            "inputQuantityList": [{ "epcClass": "ex:1" }], "outputQuantityList": [{ "epcClass": "ex:1" }],
        }),
    ];
    let wrong = ["1 quantityList[0].quantity", "2 eventTime", "3 ", "5 outputQuantityList"];

    let atomic = captured(&app, &owner, "rollback", &document(&events)).await;

    assert_eq!((&atomic["success"], &atomic["captured"]), (&json!(false), &json!(0)));
    assert_eq!(errors(&atomic), wrong);
    assert_eq!(atomic["errors"][0]["detail"], "eventList[1].quantityList[0].quantity: a quantity is not negative");
    assert!(kept(&app, &owner).await.is_empty());

    let proceeding = captured(&app, &owner, "proceed", &document(&events)).await;

    assert_eq!((&proceeding["success"], &proceeding["captured"]), (&json!(false), &json!(2)));
    assert_eq!(errors(&proceeding), wrong);
    assert_eq!(kept(&app, &owner).await.len(), 2);
}

#[db_test]
async fn what_contradicts_what_is_kept_is_told(app: TestApp) {
    let (owner, _) = cooperative(&app).await;
    let lot = format!("{}/trace/7K3M9QXH", app.app.config.public_url);
    let known = observed(1, json!({ "eventID": "urn:uuid:1" }));
    captured(&app, &owner, "rollback", &document(&[known])).await;

    let job = captured(
        &app,
        &owner,
        "proceed",
        &document(&[
            observed(2, json!({ "eventID": "urn:uuid:1" })),
            observed(3, json!({ "quantityList": [{ "epcClass": lot }] })),
            observed(4, json!({ "eventID": "urn:uuid:4" })),
            observed(5, json!({ "eventID": "urn:uuid:4" })),
        ]),
    )
    .await;

    assert_eq!(errors(&job), ["0 eventID", "1 ", "3 eventID"]);
    assert_eq!(job["errors"][1]["detail"], "eventList[1]: no lot 7K3M9QXH is kept here");
    assert_eq!(job["captured"], 1);
}

#[db_test]
async fn an_error_declaration_stands_beside_what_it_is_about(app: TestApp) {
    let (owner, _) = cooperative(&app).await;
    let original = observed(1, json!({ "eventID": "urn:uuid:1" }));
    let mut declaration = original.clone();
    declaration["errorDeclaration"] = json!({ "declarationTime": "2026-11-01T08:00:00Z", "reason": "did_not_occur" });

    for events in [vec![original.clone(), declaration.clone()], vec![declaration.clone()], vec![original]] {
        let job = captured(&app, &owner, "rollback", &document(&events)).await;
        assert_eq!(job["success"], true, "{job:#}");
    }

    assert_eq!(kept(&app, &owner).await.len(), 2);
    let declared = get(&app, &owner, "/epcis/events?EXISTS_errorDeclaration=true").await.events();
    assert_eq!(declared.len(), 1);
    let found = get(&app, &owner, "/epcis/events/urn:uuid:1").await.json();
    assert_eq!(found["errorDeclaration"], declaration["errorDeclaration"]);
}

#[db_test]
async fn one_event_is_kept_at_once(app: TestApp) {
    let (owner, _) = cooperative(&app).await;

    let created =
        post(&app, &owner, "/epcis/events", &observed(1, json!({ "@context": { "ex": EX }, "ex:a": 1 }))).await;

    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    let found = get(&app, &owner, created.header("location")).await;
    assert_eq!(found.json()["eventID"], created.json()["eventID"]);
    assert_eq!(found.json()["ex:a"], 1);
    assert!(schema_errors(&found.json()).is_none_or(|errors| errors.is_empty()));
    let again = post(&app, &owner, "/epcis/events", &observed(1, json!({ "@context": { "ex": EX }, "ex:a": 1 }))).await;
    assert_eq!((again.status, again.json()), (StatusCode::CREATED, created.json()));

    let wrong =
        post(&app, &owner, "/epcis/events", &observed(2, json!({ "action": "MOVE", "bizStep": "dancing" }))).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let detail = wrong.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("action: ") && detail.contains("bizStep: "), "{detail}");
    let uri = created.json()["eventID"].clone();
    let other = post(&app, &owner, "/epcis/events", &observed(3, json!({ "eventID": uri }))).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.text);
    let several = document(&[observed(4, json!({})), observed(5, json!({}))]);
    assert_eq!(post(&app, &owner, "/epcis/events", &several).await.status, StatusCode::BAD_REQUEST);
}

#[db_test]
async fn of_many_who_tell_the_first_event_of_an_organization_at_once_one_is_kept(app: TestApp) {
    let (owner, _) = cooperative(&app).await;
    let app = Arc::new(app);
    let races = (0..16).map(|turn| {
        let (app, owner) = (Arc::clone(&app), owner.clone());
        let event = observed(turn % 2, json!({ "eventID": "urn:uuid:1" }));
        Box::pin(async move { post(&app, &owner, "/epcis/events", &event).await.status })
    });

    let answers = join_all(races).await;

    let created = answers.iter().filter(|status| **status == StatusCode::CREATED).count();
    let refused = answers.iter().filter(|status| **status == StatusCode::CONFLICT).count();
    assert_eq!((created, refused), (8, 8), "{answers:?}");
    assert_eq!(kept(&app, &owner).await.len(), 1);
}

#[db_test]
async fn what_is_no_document_is_refused_at_once(app: TestApp) {
    let (owner, _) = cooperative(&app).await;
    let good = document(&[observed(1, json!({}))]).to_string();
    let long = document(&[observed(1, json!({ "ex:long": "x".repeat(3_000_000) }))]).to_string();
    let many = document(&vec![observed(1, json!({})); 501]).to_string();
    let (json, text) = ("application/json", "text/plain");
    for (media, behaviour, body, status) in [
        (json, "rollback", "{", StatusCode::BAD_REQUEST),
        (json, "rollback", "[]", StatusCode::BAD_REQUEST),
        (json, "rollback", "{\"type\":\"EPCISDocument\"}", StatusCode::BAD_REQUEST),
        (json, "rollback", many.as_str(), StatusCode::BAD_REQUEST),
        (json, "sometimes", good.as_str(), StatusCode::BAD_REQUEST),
        (json, "rollback", long.as_str(), StatusCode::PAYLOAD_TOO_LARGE),
        (text, "rollback", good.as_str(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/ld+json; charset=utf-8", "proceed", good.as_str(), StatusCode::ACCEPTED),
    ] {
        let headers = [("content-type", media), ("gs1-capture-error-behaviour", behaviour)];
        let answer = send(&app, Some(&owner), (Method::POST, "/epcis/capture"), &headers, body).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        if status != StatusCode::ACCEPTED {
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
    }
}

#[db_test]
async fn events_are_handed_in_for_an_organization_by_whoever_may_record_for_it(app: TestApp) {
    let (owner, first) = cooperative(&app).await;
    let stranger = app.sign_up("fanta@exemple.ml").await;
    let said = document(&[observed(1, json!({}))]);
    let status = async |token: Option<&str>, path: &str| {
        let headers = [("content-type", "application/json")];
        send(&app, token, (Method::POST, path), &headers, &said.to_string()).await.status
    };

    assert_eq!(status(None, "/epcis/capture").await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(Some("nobody"), "/epcis/capture").await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(Some(&stranger), "/epcis/capture").await, StatusCode::FORBIDDEN);
    let named = format!("/epcis/capture?organization={first}");
    assert_eq!(status(Some(&stranger), &named).await, StatusCode::FORBIDDEN);
    assert_eq!(status(Some(&owner), &named).await, StatusCode::ACCEPTED);
    assert_eq!(status(Some(&owner), "/epcis/capture?organization=x").await, StatusCode::BAD_REQUEST);
    assert_eq!(status(Some(&owner), "/epcis/capture?colour=red").await, StatusCode::BAD_REQUEST);
    app.register(&owner, "COOPERATIVE", "Sabougnouma").await;
    assert_eq!(status(Some(&owner), "/epcis/capture").await, StatusCode::BAD_REQUEST);
    assert_eq!(status(Some(&owner), &named).await, StatusCode::ACCEPTED);
}

#[db_test]
async fn what_became_of_documents_is_listed_in_pages_for_those_who_see_the_events(app: TestApp) {
    let (owner, organization) = cooperative(&app).await;
    let stranger = app.sign_up("fanta@exemple.ml").await;
    let mut ids = Vec::new();
    for number in 0..5 {
        let job = captured(&app, &owner, "rollback", &document(&[observed(number, json!({}))])).await;
        ids.insert(0, job["captureID"].clone());
    }

    let (mut found, mut path) = (Vec::new(), "/epcis/capture?perPage=2".to_owned());
    loop {
        let page = get(&app, &owner, &path).await;
        found.extend(page.json().as_array().unwrap().iter().map(|job| job["captureID"].clone()));
        let Some(link) = page.headers.get("link") else { break };
        path = link.to_str().unwrap().trim_start_matches('<').split('>').next().unwrap().to_owned();
    }

    assert_eq!(found, ids);
    let one = format!("/epcis/capture/{}", ids[0].as_str().unwrap());
    assert_eq!(get(&app, &stranger, &one).await.status, StatusCode::NOT_FOUND);
    let of_another = format!("/epcis/capture?organization={organization}");
    assert_eq!(get(&app, &stranger, &of_another).await.status, StatusCode::FORBIDDEN);
    assert_eq!(get(&app, &owner, "/epcis/capture?nextPageToken=x").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(get(&app, &owner, "/epcis/capture/capture_x").await.status, StatusCode::NOT_FOUND);
}

#[db_test]
async fn a_document_that_was_answered_is_worked_through_by_whichever_process_comes_next(app: TestApp) {
    let (owner, _) = cooperative(&app).await;
    let taken = post(&app, &owner, "/epcis/capture", &document(&[observed(1, json!({}))])).await;

    // The process that took it is gone before anything was worked through.
    let another = app.another_process().await;
    bfw::kernel::worker::drain(&another.services, &another.follow_up(), "another").await.unwrap();
    // And the message comes a second time.
    let id: bfw::traceability::CaptureId = taken.json()["captureID"].as_str().unwrap().parse().unwrap();
    another.traceability.follow_captures(&[id.uuid(), id.uuid()]).await.unwrap();

    let job = get(&app, &owner, taken.header("location")).await.json();
    assert_eq!((&job["running"], &job["captured"]), (&json!(false), &json!(1)));
    assert_eq!(kept(&app, &owner).await.len(), 1);
}

#[db_test]
async fn of_a_lot_that_is_kept_here_others_tell_only_what_they_saw(yard: Yard) {
    let lot = yard.delivered(&yard.woman, "200").await;
    let code = yard.lot(&lot).await["code"].clone();
    let (app, owner) = (&yard.app, yard.owner.as_str());
    let uri = format!("{}/trace/{}", app.app.config.public_url, code.as_str().unwrap());
    let quantity = json!([{ "epcClass": uri, "quantity": 200, "uom": "KGM" }]);
    let now = yard.ago(1);
    let about = |changes: Value| {
        let mut event = observed(1, json!({ "eventTime": now, "quantityList": quantity }));
        for (field, value) in changes.as_object().unwrap() {
            event[field] = value.clone();
        }
        event
    };
    let made = json!({
        "type": "TransformationEvent", "eventTime": now, "eventTimeZoneOffset": "+00:00",
        "inputQuantityList": quantity, "outputQuantityList": [{ "epcClass": "ex:1" }],
    });
    let events = [about(json!({ "action": "DELETE" })), about(json!({ "action": "ADD" })), made, about(json!({}))];

    let job = captured(app, owner, "proceed", &document(&events)).await;

    assert_eq!(errors(&job), ["0 ", "1 ", "2 "]);
    assert!(job["errors"][0]["detail"].as_str().unwrap().contains("record it with recordTransformation"), "{job:#}");
    let events = get(app, owner, &format!("/epcis/events?MATCH_epcClass={uri}&orderDirection=ASC")).await.events();
    let steps: Vec<&Value> = events.iter().map(|event| &event["bizStep"]).collect();
    assert_eq!(steps, ["commissioning", "inspecting"]);
    assert_eq!(events[0]["quantityList"], quantity);
    assert_eq!(yard.left(&lot).await, "200");

    // What was recorded here is declared an error here.
    let mut declaration = events[0].clone();
    declaration["errorDeclaration"] = json!({ "declarationTime": now, "reason": "did_not_occur" });
    let job = captured(app, owner, "rollback", &document(&[declaration])).await;
    assert_eq!(errors(&job), ["0 errorDeclaration"]);
    // And what was recorded here and comes back is the same event.
    let job = captured(app, owner, "rollback", &document(&events[1..])).await;
    assert_eq!((&job["success"], &job["captured"]), (&json!(true), &json!(1)), "{job:#}");
    let verified = bfw::traceability::verify_chains(&app.app.services.db, |_, _| {}).await.unwrap();
    assert_eq!((verified.events, verified.broken.len(), verified.unbalanced), (2, 0, 0));
}
