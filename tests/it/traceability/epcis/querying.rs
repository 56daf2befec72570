//! Asking for events, and what they are given as.

use axum::http::{Method, StatusCode};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bfw::accounts::{Actor, PlatformRole};
use db_test::db_test;
use serde_json::{Value, json};

use super::{
    border::{captured, document, get, observed, send},
    samples::{EX, foreign},
    standard::schema_errors,
};
use crate::harness::app::TestApp;

async fn cooperative(app: &TestApp, email: &str, events: &[Value]) -> (String, String) {
    let owner = app.sign_up(email).await;
    let organization = app.register(&owner, "COOPERATIVE", "Benkadi").await;
    let job = captured(app, &owner, "rollback", &document(events)).await;
    assert_eq!(job["success"], true, "{job:#}");
    (owner, organization)
}

fn next(answer: &super::border::Answer) -> Option<String> {
    let link = answer.headers.get("link")?.to_str().unwrap();
    assert!(link.ends_with("; rel=\"next\""), "{link}");
    Some(link.trim_start_matches('<').split('>').next().unwrap().to_owned())
}

/// How many events each question finds.
#[db_test]
async fn parameters_find_what_they_name(app: TestApp) {
    let (owner, _) = cooperative(&app, "awa@exemple.ml", &foreign()).await;
    for (question, count) in [
        ("", 11),
        ("eventType=ObjectEvent", 5),
        ("eventType=AggregationEvent%7CAssociationEvent", 3),
        ("EQ_action=DELETE", 2),
        ("EQ_action=ADD%7CDELETE", 5),
        ("EQ_bizStep=departing", 1),
        ("EQ_bizStep=https://ref.gs1.org/cbv/BizStep-departing%7Creceiving", 2),
        ("EQ_disposition=in_transit", 1),
        ("EQ_disposition=ex:lost", 1),
        ("EQ_readPoint=urn:epc:id:sgln:4012345.00005.0", 2),
        ("EQ_bizLocation=urn:epc:id:sgln:4012345.00005.12", 1),
        ("EQ_eventID=urn:uuid:6fb4e9d1-0000-4000-8000-000000000001", 1),
        ("EXISTS_errorDeclaration=true", 1),
        ("GE_eventTime=2026-01-01T00:00:00Z", 1),
        ("LT_eventTime=2026-01-01T00:00:00%2B01:00", 10),
        ("GE_eventTime=2020-03-04T10:00:30Z&LT_eventTime=2020-03-04T10:00:31Z", 10),
        ("GE_recordTime=2026-11-02T08:00:00Z", 11),
        ("LT_recordTime=2026-11-02T08:00:00Z", 0),
        ("MATCH_epc=urn:epc:id:sgtin:4012345.011111.9876", 3),
        ("MATCH_anyEPC=urn:epc:id:sscc:4012345.0111111111", 3),
        ("MATCH_parentID=urn:epc:id:sscc:4012345.0111111111", 2),
        ("MATCH_epcClass=urn:epc:class:lgtin:4012345.012345.998877", 1),
        ("MATCH_inputEPCClass=urn:epc:class:lgtin:4012345.011111.4444", 1),
        ("MATCH_outputEPCClass=urn:epc:class:lgtin:4012345.011111.4444", 0),
        ("MATCH_anyEPCClass=urn:epc:class:lgtin:4012345.011111.4444%7Curn:epc:class:lgtin:4012345.012345.998877", 2),
        ("MATCH_anyEPC=urn:epc:id:sscc:4012345.0111111111&EQ_action=DELETE", 1),
        ("eventCountLimit=4", 4),
    ] {
        let answer = get(&app, &owner, &format!("/epcis/events?{question}")).await;
        assert_eq!(answer.events().len(), count, "{question}");
    }
    let about = get(&app, &owner, "/epcis/epcs/urn:epc:id:sscc:4012345.0111111111/events?EQ_action=DELETE").await;
    assert_eq!(about.events().len(), 1);
    let encoded = get(&app, &owner, "/epcis/epcs/https%3A%2F%2Fexample.org%2Flots%2F7.5/events").await;
    assert_eq!(encoded.events().len(), 1);
}

#[db_test]
async fn pages_follow_each_other_under_the_same_filters(app: TestApp) {
    // Some at the same instant, so that the order has ties.
    let events: Vec<Value> = (0..40)
        .map(|number| observed(number, json!({ "bizStep": if number % 3 == 0 { "storing" } else { "inspecting" } })))
        .collect();
    let (owner, organization) = cooperative(&app, "awa@exemple.ml", &events).await;
    let whole = "/epcis/events?EQ_bizStep=inspecting&orderBy=eventTime&orderDirection=ASC&perPage=100";
    let all = get(&app, &owner, whole).await.events();
    assert_eq!(all.len(), 26);
    assert!(all.windows(2).all(|two| two[0]["eventTime"].as_str() <= two[1]["eventTime"].as_str()));

    for (more, expected) in [("", 26), ("&eventCountLimit=17", 17), ("&eventCountLimit=14", 14)] {
        let mut path = format!(
            "/epcis/events?EQ_bizStep=inspecting&orderBy=eventTime&orderDirection=ASC&perPage=7&organization={organization}{more}"
        );
        let mut found = Vec::new();
        loop {
            let page = get(&app, &owner, &path).await;
            found.extend(page.events());
            match next(&page) {
                Some(next) => path = next,
                None => break,
            }
        }
        assert_eq!(found, all[..expected], "{more}");
    }
    let first = get(&app, &owner, "/epcis/events").await;
    assert_eq!(first.events().len(), 30);
    let token = next(&first).unwrap().split("nextPageToken=").nth(1).unwrap().to_owned();
    for other in ["orderDirection=ASC&", "orderBy=recordTime&", "eventCountLimit=50&"] {
        let answer = get(&app, &owner, &format!("/epcis/events?{other}nextPageToken={token}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{other}");
    }
}

#[db_test]
async fn a_parameter_that_is_not_understood_is_named(app: TestApp) {
    let (owner, _) = cooperative(&app, "awa@exemple.ml", &foreign()[..1]).await;
    for (question, name) in [
        ("EQ_colour=red", "EQ_colour"),
        ("GE_eventTime=yesterday", "GE_eventTime"),
        ("perPage=none", "perPage"),
        ("nextPageToken=x", "nextPageToken"),
        ("MATCH_epc=urn:epc:idpat:sgtin:4012345.*.*", "MATCH_epc"),
        ("organization=listing_x", "organization"),
    ] {
        let answer = get(&app, &owner, &format!("/epcis/events?{question}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{question}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert!(answer.json()["detail"].as_str().unwrap().starts_with(&format!("{name}: ")), "{}", answer.text);
    }
}

#[db_test]
async fn events_are_seen_by_those_who_belong_to_their_organization_and_by_those_who_watch(app: TestApp) {
    let (owner, organization) =
        cooperative(&app, "awa@exemple.ml", &[observed(1, json!({ "eventID": "urn:uuid:1" }))]).await;
    let (other, _) = cooperative(&app, "fanta@exemple.ml", &[observed(2, json!({ "eventID": "urn:uuid:2" }))]).await;
    let stranger = app.sign_up("oumou@exemple.ml").await;
    let auditor = app.sign_up("auditor@exemple.ml").await;
    let operator = Actor::system("test");
    app.app.accounts.grant_platform_role(&operator, "auditor@exemple.ml", PlatformRole::Auditor).await.unwrap();
    let names = async |token: &str, path: &str| -> Vec<Value> {
        get(&app, token, path).await.events().iter().map(|event| event["eventID"].clone()).collect()
    };
    let of_first = format!("/epcis/events?organization={organization}");

    assert_eq!(names(&owner, "/epcis/events").await, ["urn:uuid:1"]);
    assert_eq!(names(&other, "/epcis/events").await, ["urn:uuid:2"]);
    assert_eq!(names(&stranger, "/epcis/events").await, Vec::<Value>::new());
    assert_eq!(names(&auditor, "/epcis/events").await, ["urn:uuid:2", "urn:uuid:1"]);
    assert_eq!(names(&auditor, &of_first).await, ["urn:uuid:1"]);
    assert_eq!(names(&other, &of_first).await, Vec::<Value>::new());
    let about = "/epcis/epcs/urn:epc:class:lgtin:4012345.012345.1/events";
    assert_eq!(names(&owner, about).await, ["urn:uuid:1"]);
    assert_eq!(names(&other, about).await, Vec::<Value>::new());
    for (token, status) in [
        (&owner, StatusCode::OK),
        (&auditor, StatusCode::OK),
        (&other, StatusCode::NOT_FOUND),
        (&stranger, StatusCode::NOT_FOUND),
    ] {
        assert_eq!(get(&app, token, "/epcis/events/urn:uuid:1").await.status, status);
    }
    for path in ["/epcis/events", "/epcis/events/urn:uuid:1", about, "/epcis/capture"] {
        let answer = send(&app, None, (Method::GET, path), &[], "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
    }
}

#[db_test]
async fn an_event_is_given_in_the_form_that_is_asked_for(app: TestApp) {
    let event = observed(1, json!({ "eventID": "https://example.org/events/1?a=b", "ex:a": { "ex:b": 1.5 } }));
    let (owner, _) = cooperative(&app, "awa@exemple.ml", &[event]).await;
    let path = "/epcis/events/https%3A%2F%2Fexample.org%2Fevents%2F1%3Fa%3Db";
    let ask = async |accept: &str| send(&app, Some(&owner), (Method::GET, path), &[("accept", accept)], "").await;

    let plain = ask("application/ld+json").await;
    assert_eq!(plain.header("content-type"), "application/ld+json");
    assert_eq!(plain.header("gs1-epcis-version"), "2.0.0");
    let context = plain.json()["@context"].clone();
    assert_eq!(context.as_array().unwrap().last(), Some(&json!({ "ex": EX })));
    assert!(schema_errors(&plain.json()).is_none_or(|errors| errors.is_empty()));

    let signed = ask("application/vc+jwt").await;
    assert_eq!(signed.header("content-type"), "application/vc+jwt");
    let payload = URL_SAFE_NO_PAD.decode(signed.text.split('.').nth(1).unwrap()).unwrap();
    let said: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(said["type"], json!(["DigitalTraceabilityEvent", "VerifiableCredential"]));
    // A colon needs no other spelling in an address.
    assert_eq!(said["id"], format!("{}{}", app.app.config.public_url, path.replace("%3A", ":")));
    assert_eq!(
        said["credentialSubject"],
        json!([{
            "type": ["ObjectEvent", "Event"], "id": "https://example.org/events/1?a=b", "eventTime": "2026-10-02T07:00:00Z",
            "action": "observe", "processType": "inspecting", "bizStep": "https://ref.gs1.org/cbv/BizStep-inspecting",
            "disposition": "https://ref.gs1.org/cbv/Disp-conformant",
            "quantityList": [{
                "productId": "urn:epc:class:lgtin:4012345.012345.1", "productName": "4012345.012345.1", "quantity": 10.5, "uom": "KGM",
            }],
        }])
    );
    assert_eq!(ask("image/png").await.status, StatusCode::NOT_ACCEPTABLE);
    let old = [("gs1-epcis-max", "1.2")];
    let answer = send(&app, Some(&owner), (Method::GET, path), &old, "").await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
}

#[db_test]
async fn an_address_tells_what_it_can_do_and_a_browser_whether_a_page_may_call_it(app: TestApp) {
    let abilities = send(&app, None, (Method::OPTIONS, "/epcis/capture"), &[], "").await;
    assert_eq!(abilities.status, StatusCode::NO_CONTENT);
    for (name, value) in [
        ("allow", "GET, HEAD, POST, OPTIONS"),
        ("gs1-epcis-version", "2.0.0"),
        ("gs1-cbv-version", "2.0.0"),
        ("gs1-epcis-min", "2.0.0"),
        ("gs1-epcis-max", "2.0.0"),
        ("gs1-capture-error-behaviour", "rollback, proceed"),
        ("gs1-epcis-capture-limit", "500"),
        ("gs1-epcis-capture-file-size-limit", "2097152"),
    ] {
        assert_eq!(abilities.header(name), value);
    }
    let asked = [("access-control-request-method", "POST"), ("origin", "https://elsewhere.example")];
    let preflight = send(&app, None, (Method::OPTIONS, "/epcis/capture"), &asked, "").await;
    assert!(preflight.headers.get("allow").is_none_or(|allow| allow != "GET, HEAD, POST, OPTIONS"));
    assert!(preflight.headers.get("access-control-allow-methods").is_some());
}
