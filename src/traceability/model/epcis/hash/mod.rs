//! By what the same event is known again: the event hash of CBV 2.0, section 8.9.
//!
//! Everything that an event says is written one after the other, in the order that the standard gives, lists sorted, instants
//! in UTC with milliseconds, numbers and names in one form; what is hashed is that text. When it was recorded, what it is
//! called and whether it was declared an error is left out, so that an error declaration has the hash of what it is about.
//!
//! Where the standard's text leaves something open, this follows `epcis-event-hash-generator`, by the same authors: transactions,
//! sources and destinations come after what sensors say, sorted among `ilmd` and extensions; texts that are numbers are
//! written as numbers; a yes is `True`.
//!
//! The hash is an identifier, no seal.

mod digital_link;
mod extension;
mod value;

use serde_json::{Map, Value};

use self::{
    extension::{pairs, rest},
    value::{instant, plain, scalar},
};
use super::Contexts;
use crate::kernel::digest::Digest;

/// The hash of an event, by what its own `@context` says of prefixes, and ours.
#[must_use]
pub fn event_hash(event: &Value) -> Digest {
    Digest::of(pre_hash(event).as_bytes())
}

/// How the standard writes a hash: a name of RFC 6920.
#[must_use]
pub fn hash_uri(hash: Digest) -> String {
    format!("ni:///sha-256;{hash}?ver=CBV2.0")
}

/// The text that is hashed.
fn pre_hash(event: &Value) -> String {
    let nothing = Map::new();
    let fields = event.as_object().unwrap_or(&nothing);
    let contexts = Contexts::of(event);
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
    format!("eventType={kind}{}", group(fields, EVENT, Place::Event, &contexts))
}

/// How a field of the standard is written.
#[derive(Clone, Copy)]
enum Shape {
    /// Its value, or each of its values.
    Leaf,
    /// An instant.
    Time,
    /// A word of the standard's vocabulary, which begins with this where it is written out.
    Word(&'static str),
    /// Identifiers, each as `epc`.
    Epcs,
    /// Objects under a name that JSON leaves out.
    Elements(&'static str, &'static [(&'static str, Shape)]),
    /// An object, or each of several.
    Group(&'static [(&'static str, Shape)]),
}

/// Where fields stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Event,
    Inside,
}

const DISPOSITION: Shape = Shape::Word("https://ref.gs1.org/cbv/Disp-");
const QUANTITY: Shape =
    Shape::Elements("quantityElement", &[("epcClass", Shape::Leaf), ("quantity", Shape::Leaf), ("uom", Shape::Leaf)]);

/// The order of an event's fields.
const EVENT: &[(&str, Shape)] = &[
    ("eventTime", Shape::Time),
    ("eventTimeZoneOffset", Shape::Leaf),
    ("certificationInfo", Shape::Leaf),
    ("parentID", Shape::Leaf),
    ("epcList", Shape::Epcs),
    ("inputEPCList", Shape::Epcs),
    ("childEPCs", Shape::Epcs),
    ("quantityList", QUANTITY),
    ("childQuantityList", QUANTITY),
    ("inputQuantityList", QUANTITY),
    ("outputEPCList", Shape::Epcs),
    ("outputQuantityList", QUANTITY),
    ("action", Shape::Leaf),
    ("transformationID", Shape::Leaf),
    ("bizStep", Shape::Word("https://ref.gs1.org/cbv/BizStep-")),
    ("disposition", DISPOSITION),
    ("persistentDisposition", Shape::Group(&[("set", DISPOSITION), ("unset", DISPOSITION)])),
    ("readPoint", Shape::Group(&[("id", Shape::Leaf)])),
    ("bizLocation", Shape::Group(&[("id", Shape::Leaf)])),
    ("sensorElementList", Shape::Elements("sensorElement", SENSOR_ELEMENT)),
];

const SENSOR_ELEMENT: &[(&str, Shape)] = &[
    (
        "sensorMetadata",
        Shape::Group(&[
            ("time", Shape::Time),
            ("startTime", Shape::Time),
            ("endTime", Shape::Time),
            ("deviceID", Shape::Leaf),
            ("deviceMetadata", Shape::Leaf),
            ("rawData", Shape::Leaf),
            ("dataProcessingMethod", Shape::Leaf),
            ("bizRules", Shape::Leaf),
        ]),
    ),
    (
        "sensorReport",
        Shape::Group(&[
            ("type", Shape::Word("https://gs1.org/voc/")),
            ("exception", Shape::Word("https://gs1.org/voc/")),
            ("deviceID", Shape::Leaf),
            ("deviceMetadata", Shape::Leaf),
            ("rawData", Shape::Leaf),
            ("dataProcessingMethod", Shape::Leaf),
            ("time", Shape::Time),
            ("microorganism", Shape::Leaf),
            ("chemicalSubstance", Shape::Leaf),
            ("value", Shape::Leaf),
            ("component", Shape::Word("https://ref.gs1.org/cbv/Comp-")),
            ("stringValue", Shape::Leaf),
            ("booleanValue", Shape::Leaf),
            ("hexBinaryValue", Shape::Leaf),
            ("uriValue", Shape::Leaf),
            ("minValue", Shape::Leaf),
            ("maxValue", Shape::Leaf),
            ("meanValue", Shape::Leaf),
            ("sDev", Shape::Leaf),
            ("percRank", Shape::Leaf),
            ("percValue", Shape::Leaf),
            ("uom", Shape::Leaf),
            ("coordinateReferenceSystem", Shape::Leaf),
        ]),
    ),
];

/// Lists whose entries are a value and its type, and what the words of the types begin with.
const TYPED: [(&str, &str, &str); 3] = [
    ("bizTransactionList", "bizTransaction", "https://ref.gs1.org/cbv/BTT-"),
    ("sourceList", "source", "https://ref.gs1.org/cbv/SDT-"),
    ("destinationList", "destination", "https://ref.gs1.org/cbv/SDT-"),
];

/// What does not take part at the event's own level.
const LEFT_OUT: [&str; 4] = ["recordTime", "eventID", "type", "errorDeclaration"];

/// Fields in their order, then what is not of the standard.
fn group(fields: &Map<String, Value>, order: &[(&str, Shape)], place: Place, contexts: &Contexts) -> String {
    let mut text = String::new();
    for (name, shape) in order {
        if let Some(value) = fields.get(*name) {
            text.push_str(&field(name, value, *shape, contexts));
        }
    }
    let is_ordered = |name: &str| order.iter().any(|(ordered, _)| *ordered == name);
    let mut others = Map::new();
    let mut parts = Vec::new();
    for (name, value) in fields.iter().filter(|(name, _)| !is_ordered(name)) {
        let typed = TYPED.iter().find(|(list, ..)| list == name);
        match typed.filter(|_| place == Place::Event) {
            _ if place == Place::Event && LEFT_OUT.contains(&name.as_str()) => {}
            Some((list, entry, word)) => parts.push(pairs(list, entry, word, value, contexts)),
            None => {
                others.insert(name.clone(), value.clone());
            }
        }
    }
    parts.extend(rest(&others, contexts));
    parts.sort_unstable();
    text.push_str(&parts.concat());
    text
}

fn field(name: &str, value: &Value, shape: Shape, contexts: &Contexts) -> String {
    let each = |write: &dyn Fn(&Value) -> String| {
        let mut written: Vec<String> = many(value).iter().map(write).collect();
        written.sort_unstable();
        written.concat()
    };
    let named = |label: &str, text: String| if text.is_empty() { text } else { format!("{label}{text}") };
    let valued = |label: &str, text: String| if text.is_empty() { text } else { format!("{label}={text}") };
    match shape {
        Shape::Leaf => each(&|value| valued(name, scalar(value, contexts))),
        Shape::Time => each(&|value| valued(name, instant(&plain(value)))),
        Shape::Word(begin) => each(&|value| valued(name, word(begin, value, contexts))),
        Shape::Epcs => named(name, each(&|value| valued("epc", scalar(value, contexts)))),
        Shape::Elements(label, order) => named(name, each(&|value| named(label, inside(value, order, contexts)))),
        Shape::Group(order) => each(&|value| named(name, inside(value, order, contexts))),
    }
}

fn inside(value: &Value, order: &[(&str, Shape)], contexts: &Contexts) -> String {
    value.as_object().map(|fields| group(fields, order, Place::Inside, contexts)).unwrap_or_default()
}

fn many(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// A word of the vocabulary, written out; what is a URI already stays.
fn word(begin: &str, value: &Value, contexts: &Contexts) -> String {
    let text = scalar(value, contexts);
    if text.is_empty() || text.contains(':') { text } else { format!("{begin}{text}") }
}

#[cfg(test)]
mod tests;
