//! What the standard says: its schema, and its reference implementation of the event hash.

use bfw::traceability::model::epcis::{
    context::{EPCIS, NAMESPACE, PREFIX},
    document, event_hash,
    foreign::Document,
    hash_uri,
};
use serde_json::{Value, json};

use super::samples::{EX, foreign, ours};
use crate::harness::{foreign_file, verifiers::reference_event_hashes};

/// Where something does not follow the standard's schema. None where the schema is not there.
pub(super) fn schema_errors(said: &Value) -> Option<Vec<String>> {
    let schema: Value = serde_json::from_slice(&foreign_file("epcis/EPCIS-JSON-Schema.json")?).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    Some(validator.iter_errors(said).map(|error| format!("{}: {error}", error.instance_path())).collect())
}

fn all() -> Vec<Value> {
    ours().into_iter().chain(foreign()).collect()
}

fn declared(events: &[Value]) -> Value {
    let mut said = document::document(events.to_vec(), "2026-11-02T08:00:00Z".parse().unwrap());
    said["@context"] = json!([EPCIS, { PREFIX: NAMESPACE, "ex": EX }]);
    said
}

#[test]
fn events_of_every_kind_have_the_hash_that_the_reference_implementation_gives_them() {
    let scratch = tempfile::tempdir().unwrap();
    let events = all();
    let Some(reference) = reference_event_hashes(scratch.path(), &declared(&events)) else { return };
    assert_eq!(reference.len(), events.len());
    for (event, (text, hash)) in events.into_iter().zip(reference) {
        let mut carried = event;
        carried["@context"] = json!({ "ex": EX });
        assert_eq!(hash_uri(event_hash(&carried)), hash, "{carried:#}\n{text}");
    }
}

#[test]
fn events_of_every_kind_follow_the_schema_in_every_document() {
    let now = "2026-11-02T08:00:00Z".parse().unwrap();
    for said in [document::document(all(), now), document::query_document(all(), now)] {
        let Some(errors) = schema_errors(&said) else { return };
        assert_eq!(errors, Vec::<String>::new());
    }
    for event in all() {
        let alone = document::alone(event);
        assert_eq!(schema_errors(&alone), Some(Vec::new()), "{alone:#}");
    }
}

#[test]
fn what_the_schema_takes_is_read_and_given_back_as_it_was() {
    let now = "2026-11-03T08:00:00Z".parse().unwrap();
    let events = all();
    let read = Document::of(declared(&events)).unwrap().read(now);
    for (event, read) in events.into_iter().zip(read) {
        let mut body = read.unwrap_or_else(|wrong| panic!("{wrong:?}\n{event:#}")).body;
        let hash = event_hash(&body);
        let uses = event.to_string().contains("\"ex:");
        let own = body.as_object_mut().unwrap().remove("@context");
        assert_eq!(own, uses.then(|| json!({ "ex": EX })));
        let mut expected = event;
        expected.as_object_mut().unwrap().remove("recordTime");
        assert_eq!(body, expected);
        // What an event means does not depend on the document it stands in.
        expected["@context"] = json!([{ "ex": EX }]);
        assert_eq!(event_hash(&expected), hash);
    }
}
