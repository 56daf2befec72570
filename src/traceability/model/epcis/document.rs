//! Events in the standard's documents.

use serde_json::{Value, json};

use super::context;
use crate::kernel::clock::{Timestamp, rfc3339};

/// The version of the standard.
pub const VERSION: &str = "2.0.0";

/// A document with events, for whoever wants to hand them on.
#[must_use]
pub fn document(events: Vec<Value>, created: Timestamp) -> Value {
    json!({
        "@context": context::of_documents(),
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": rfc3339(created),
        "epcisBody": { "eventList": events },
    })
}

/// The answer to a query.
#[must_use]
pub fn query_document(events: Vec<Value>, created: Timestamp) -> Value {
    json!({
        "@context": context::of_documents(),
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": rfc3339(created),
        "epcisBody": { "queryResults": {
            "queryName": "SimpleEventQuery",
            "resultsBody": { "eventList": events },
        } },
    })
}

/// An event that stands alone: what its prefixes mean is said before what it says itself.
#[must_use]
pub fn alone(mut event: Value) -> Value {
    if let Some(fields) = event.as_object_mut() {
        let own = fields.remove("@context");
        let mut contexts = vec![context::of_documents()];
        contexts.extend(own);
        let flat = contexts.into_iter().flat_map(|context| match context {
            Value::Array(contexts) => contexts,
            one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => vec![one],
        });
        let mut listed: Vec<Value> = Vec::new();
        for context in flat {
            if !listed.contains(&context) {
                listed.push(context);
            }
        }
        fields.insert("@context".to_owned(), Value::Array(listed));
    }
    event
}
