//! Reading what others say: a document of events, or a single one.
//!
//! What is kept is what was handed in, extensions verbatim; `recordTime` is the repository's to say. Everything that is wrong
//! with an event is told at once, each by where it stands. What passes here follows the standard's JSON schema, and beyond it:
//! masses are not negative, nothing is made of itself, nothing happens in the future, numbers are such as every reader of JSON
//! reads alike, and an event has an end.

mod check;
mod event;
mod vocabulary;

use chrono::TimeDelta;
use serde::Serialize;
use serde_json::{Map, Value};

pub use self::check::instant;
use self::{check::Check, event::check_event};
use super::{context, event_hash};
use crate::{
    kernel::{clock::Timestamp, digest::Digest},
    traceability::model::event::EpcRole,
};

/// Events of a document at most: so many are kept in one transaction.
pub const EVENTS_MAX: usize = 500;
/// Bytes of an event at most, in its canonical form.
pub const EVENT_BYTES_MAX: usize = 64 * 1024;
/// How deep things may stand inside each other.
const DEPTH_MAX: usize = 16;
/// How much a foreign clock may be ahead.
const AHEAD_MAX: TimeDelta = TimeDelta::minutes(5);
/// How much of what is wrong is told of one event.
const TOLD_MAX: usize = 20;

/// Something that is wrong, and where: `quantityList[0].quantity`. Empty for the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wrong {
    /// Where.
    pub path: String,
    /// What.
    pub message: String,
}

impl Wrong {
    /// Something wrong at a path.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}

/// A document whose events have not been looked at yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its `@context`.
    context: Option<Value>,
    /// Its events, at least one.
    pub events: Vec<Value>,
}

/// An event of somebody else's that may be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreign {
    /// What is kept, without `recordTime`.
    pub body: Value,
    /// What it is called, if it is.
    pub uri: Option<String>,
    /// When it happened.
    pub event_time: Timestamp,
    /// Its event hash.
    pub hash: Digest,
    /// What it is about, as it is called outside.
    pub epcs: Vec<(String, EpcRole)>,
    /// Whether it changes what there is of what it is about: adds, removes, or makes one of another.
    pub changes_mass: bool,
    /// Whether it declares an error.
    pub is_error: bool,
}

impl Document {
    /// Reads a document or a single event. Its events are looked at by [`Document::read`].
    ///
    /// # Errors
    /// What is wrong with the document.
    pub fn of(mut said: Value) -> Result<Self, Wrong> {
        let fields = said.as_object_mut().ok_or_else(|| Wrong::new("", "a document of events is a JSON object"))?;
        let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
        let events = match kind {
            "EPCISDocument" => {
                let version = fields.get("schemaVersion").and_then(Value::as_str).unwrap_or_default();
                if version != "2" && !version.starts_with("2.") {
                    return Err(Wrong::new("schemaVersion", "the version is 2.0"));
                }
                let created = fields.get("creationDate").and_then(Value::as_str);
                if created.and_then(check::instant).is_none() {
                    return Err(Wrong::new("creationDate", "an instant with its offset, such as 2026-11-02T08:00:00Z"));
                }
                match fields.get_mut("epcisBody").and_then(|body| body.get_mut("eventList")).map(Value::take) {
                    Some(Value::Array(events)) => events,
                    _ => return Err(Wrong::new("epcisBody.eventList", "a list of events")),
                }
            }
            "" => return Err(Wrong::new("type", "EPCISDocument, or the type of an event")),
            _ => vec![said.clone()],
        };
        if events.is_empty() || events.len() > EVENTS_MAX {
            return Err(Wrong::new("epcisBody.eventList", format!("from 1 to {EVENTS_MAX} events")));
        }
        let is_document = kind_of(&said) == "EPCISDocument";
        let context = said.get("@context").filter(|_| is_document).cloned();
        Ok(Self { context, events })
    }

    /// Reads each of the events, in their order.
    #[must_use]
    pub fn read(self, now: Timestamp) -> Vec<Result<Foreign, Vec<Wrong>>> {
        let context = self.context;
        self.events.into_iter().map(|event| read(event, context.as_ref(), now)).collect()
    }
}

fn kind_of(said: &Value) -> &str {
    said.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn read(event: Value, document: Option<&Value>, now: Timestamp) -> Result<Foreign, Vec<Wrong>> {
    let Value::Object(mut fields) = event else { return Err(vec![Wrong::new("", "an event is a JSON object")]) };
    let mut check = Check::new(TOLD_MAX);
    check.plain(&fields, DEPTH_MAX);
    if check.is_good() {
        check_event(&mut check, &fields, now + AHEAD_MAX);
    }
    check.finish()?;
    fields.remove("recordTime");
    context::carry(document, &mut fields);
    let body = Value::Object(fields);
    let length = serde_json_canonicalizer::to_vec(&body).map(|canonical| canonical.len());
    if length.ok().is_none_or(|length| length > EVENT_BYTES_MAX) {
        return Err(vec![Wrong::new("", format!("an event has at most {EVENT_BYTES_MAX} bytes"))]);
    }
    let time = body["eventTime"].as_str().and_then(check::instant);
    let event_time = time.ok_or_else(|| vec![Wrong::new("eventTime", "an instant")])?;
    Ok(Foreign {
        uri: body["eventID"].as_str().map(str::to_owned),
        event_time,
        hash: event_hash(&body),
        epcs: epcs(&body),
        changes_mass: match kind_of(&body) {
            "ObjectEvent" => body["action"] != "OBSERVE",
            kind => kind == "TransformationEvent",
        },
        is_error: body.get("errorDeclaration").is_some(),
        body,
    })
}

/// Where an event names what it is about.
const NAMED: [(&str, EpcRole); 9] = [
    ("epcList", EpcRole::Object),
    ("quantityList", EpcRole::Object),
    ("inputEPCList", EpcRole::Input),
    ("inputQuantityList", EpcRole::Input),
    ("outputEPCList", EpcRole::Output),
    ("outputQuantityList", EpcRole::Output),
    ("parentID", EpcRole::Parent),
    ("childEPCs", EpcRole::Child),
    ("childQuantityList", EpcRole::Child),
];

/// What an event is about, each once in a role.
#[must_use]
pub fn epcs(body: &Value) -> Vec<(String, EpcRole)> {
    let mut found: Vec<(String, EpcRole)> = Vec::new();
    for (field, role) in NAMED {
        let Some(value) = body.get(field) else { continue };
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let named = items.iter().filter_map(|item| item.as_str().or_else(|| item.get("epcClass")?.as_str()));
        found.extend(named.map(|epc| (epc.to_owned(), role)));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The fields of an object.
type Fields = Map<String, Value>;

#[cfg(test)]
mod tests;
