use serde_json::json;

use super::*;

fn now() -> Timestamp {
    "2026-11-02T08:00:00Z".parse().unwrap()
}

fn observed(changes: Value) -> Value {
    let mut event = json!({
        "type": "ObjectEvent", "eventTime": "2026-11-02T07:00:00Z", "eventTimeZoneOffset": "+00:00",
        "action": "OBSERVE", "bizStep": "inspecting", "disposition": "conformant",
        "quantityList": [{ "epcClass": "urn:epc:class:lgtin:4012345.012345.998877", "quantity": 10.5, "uom": "KGM" }],
    });
    for (field, value) in changes.as_object().unwrap() {
        if value.is_null() {
            event.as_object_mut().unwrap().remove(field);
        } else {
            event[field] = value.clone();
        }
    }
    event
}

fn read_one(event: Value) -> Result<Foreign, Vec<Wrong>> {
    Document::of(event).map_err(|wrong| vec![wrong])?.read(now()).pop().unwrap()
}

fn paths(changes: Value) -> Vec<String> {
    match read_one(observed(changes)) {
        Ok(_) => Vec::new(),
        Err(wrong) => wrong.into_iter().map(|wrong| wrong.path).collect(),
    }
}

#[test]
fn an_event_is_kept_as_it_was_handed_in() {
    let event = observed(json!({
        "recordTime": "2026-11-02T07:30:00Z", "eventID": "urn:uuid:1", "@context": { "ex": "https://ns.example/" },
        "ex:nested": { "ex:deep": [1, 2.5, "trois"] },
    }));
    let read = read_one(event.clone()).unwrap();
    let mut expected = event;
    expected.as_object_mut().unwrap().remove("recordTime");
    assert_eq!(read.body, expected);
    assert_eq!(read.uri.as_deref(), Some("urn:uuid:1"));
    assert_eq!(read.epcs, [("urn:epc:class:lgtin:4012345.012345.998877".to_owned(), EpcRole::Object)]);
    assert!(!read.changes_mass && !read.is_error);
}

#[test]
fn what_is_wrong_is_told_by_where_it_stands() {
    for (changes, path) in [
        (json!({ "type": "ex:Other" }), "type"),
        (json!({ "action": null }), "action"),
        (json!({ "action": "MOVE" }), "action"),
        (json!({ "eventTime": "2026-11-02T07:00:00" }), "eventTime"),
        (json!({ "eventTime": "2026-11-02T08:05:01Z" }), "eventTime"),
        (json!({ "eventTimeZoneOffset": "+15:00" }), "eventTimeZoneOffset"),
        (json!({ "eventTimeZoneOffset": "Z" }), "eventTimeZoneOffset"),
        (json!({ "quantityList": null }), "epcList"),
        (json!({ "quantityList": [{ "quantity": 1 }] }), "quantityList[0].epcClass"),
        (json!({ "quantityList": [{ "epcClass": "a:b", "quantity": -0.5 }] }), "quantityList[0].quantity"),
        (json!({ "quantityList": [{ "epcClass": "a:b", "quantity": "1" }] }), "quantityList[0].quantity"),
        (json!({ "quantityList": [{ "epcClass": "a:b", "uom": "kilogram" }] }), "quantityList[0].uom"),
        (json!({ "quantityList": [{ "epcClass": "a:b", "ex:more": 1 }] }), "quantityList[0].ex:more"),
        (json!({ "epcList": ["a:b", "a:b"] }), "epcList"),
        (json!({ "epcList": ["a bag"] }), "epcList[0]"),
        (json!({ "bizStep": "dancing" }), "bizStep"),
        (json!({ "bizStep": "urn:epcglobal:cbv:bizstep:shipping" }), "bizStep"),
        (json!({ "readPoint": { "ex:door": 1 } }), "readPoint.id"),
        (json!({ "persistentDisposition": {} }), "persistentDisposition"),
        (json!({ "sourceList": [{ "source": "a:b" }] }), "sourceList[0].type"),
        (json!({ "sensorElementList": [{ "sensorReport": [] }] }), "sensorElementList[0].sensorReport"),
        (json!({ "ilmd": {} }), "ilmd"),
        (json!({ "colour": "red" }), "colour"),
        (json!({ "ex:count": 9_007_199_254_740_992_u64 }), "ex:count"),
        (json!({ "ex:text": "a\u{0}b" }), "ex:text"),
        (json!({ "inputQuantityList": [] }), "inputQuantityList"),
        (json!({ "errorDeclaration": {} }), "errorDeclaration.declarationTime"),
    ] {
        assert_eq!(paths(changes.clone()), [path], "{changes}");
    }
}

#[test]
fn a_clock_may_be_five_minutes_ahead() {
    assert_eq!(paths(json!({ "eventTime": "2026-11-02T08:05:00Z" })), Vec::<String>::new());
}

#[test]
fn nothing_is_made_of_itself() {
    let event = json!({
        "type": "TransformationEvent", "eventTime": "2026-11-02T07:00:00Z", "eventTimeZoneOffset": "+00:00",
        "inputQuantityList": [{ "epcClass": "a:1" }], "outputQuantityList": [{ "epcClass": "a:2" }, { "epcClass": "a:1" }],
    });
    let wrong = read_one(event).unwrap_err();
    assert_eq!(wrong, [Wrong::new("outputQuantityList", "nothing is made of itself: a:1 went in and came out")]);
}

#[test]
fn an_event_has_an_end() {
    let mut deep = json!(1);
    for _ in 0..DEPTH_MAX {
        deep = json!([deep]);
    }
    assert_eq!(paths(json!({ "ex:deep": deep.clone() })), Vec::<String>::new());
    assert_eq!(paths(json!({ "ex:deep": [deep] })).len(), 1);
    assert_eq!(paths(json!({ "ex:long": "x".repeat(EVENT_BYTES_MAX) })), [""]);
}

#[test]
fn a_document_says_what_it_is() {
    let document = |changes: Value| {
        let mut document = json!({
            "@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-02T08:00:00Z",
            "epcisBody": { "eventList": [observed(json!({}))] },
        });
        for (field, value) in changes.as_object().unwrap() {
            document[field] = value.clone();
        }
        Document::of(document).map(|document| document.events.len()).map_err(|wrong| wrong.path)
    };
    assert_eq!(document(json!({})), Ok(1));
    assert_eq!(document(json!({ "schemaVersion": "1.2" })), Err("schemaVersion".to_owned()));
    assert_eq!(document(json!({ "creationDate": "today" })), Err("creationDate".to_owned()));
    for events in [json!([]), json!({}), json!(vec![1; EVENTS_MAX + 1])] {
        assert_eq!(document(json!({ "epcisBody": { "eventList": events } })), Err("epcisBody.eventList".to_owned()));
    }
    assert_eq!(document(json!({ "epcisBody": [] })), Err("epcisBody.eventList".to_owned()));
    assert_eq!(Document::of(json!([])).unwrap_err().path, "");
}
