//! What prefixes stand for: the JSON-LD contexts of documents and events, as far as EPCIS uses them.
//!
//! An event that is kept carries what its own prefixes stand for, so that it means the same outside the document that it came
//! in. Ours needs no saying: `bfw` stands for [`NAMESPACE`] where an event does not say otherwise.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// The standard's own context, which every document names.
pub const EPCIS: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";
/// Where it could be had before the standard was ratified; some programs still say so.
const EPCIS_BEFORE: &str = "https://gs1.github.io/EPCIS/epcis-context.jsonld";
/// The prefix of what events of ours say beyond the standard.
pub const PREFIX: &str = "bfw";
/// What the prefix stands for. Never changes: event hashes hold it.
pub const NAMESPACE: &str = "urn:bfw:traceability:1:";

/// What the standard's own context says of prefixes (CBV 2.0, section 8.9.1, rule 15).
const BUILT_IN: [(&str, &str); 3] =
    [("cbv", "https://ref.gs1.org/cbv/"), ("epcis", "https://ref.gs1.org/epcis/"), ("gs1", "https://gs1.org/voc/")];

/// What prefixes stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contexts(BTreeMap<String, String>);

impl Default for Contexts {
    /// Only ours.
    fn default() -> Self {
        Self(BTreeMap::from([(PREFIX.to_owned(), NAMESPACE.to_owned())]))
    }
}

impl Contexts {
    /// What an event's own `@context` says, and ours.
    #[must_use]
    pub fn of(event: &Value) -> Self {
        let mut contexts = Self::default();
        if let Some(said) = event.get("@context") {
            contexts.learn(said);
        }
        contexts
    }

    /// Takes over what a `@context` says. Contexts that would have to be fetched say nothing here.
    pub fn learn(&mut self, said: &Value) {
        for (prefix, meaning) in definitions(said) {
            if let Some(namespace) = meaning.as_str().or_else(|| meaning.get("@id")?.as_str()) {
                self.0.insert(prefix.clone(), namespace.to_owned());
            }
        }
    }

    /// The name of a field as the event hash writes it: `{namespace}name`, or as it stands where its prefix stands for
    /// nothing known.
    #[must_use]
    pub fn field(&self, name: &str) -> String {
        match self.split(name) {
            Some((namespace, local)) => format!("{{{namespace}}}{local}"),
            None => name.to_owned(),
        }
    }

    /// A value, written out where it is a compact URI.
    #[must_use]
    pub fn value(&self, value: &str) -> String {
        let built_in = |(prefix, local): (&str, &str)| {
            let (_, namespace) = BUILT_IN.iter().find(|(known, _)| *known == prefix)?;
            Some(format!("{namespace}{local}"))
        };
        match self.split(value) {
            Some((namespace, local)) => format!("{namespace}{local}"),
            None => value.split_once(':').and_then(built_in).unwrap_or_else(|| value.to_owned()),
        }
    }

    fn split<'a>(&'a self, text: &'a str) -> Option<(&'a str, &'a str)> {
        let (prefix, local) = text.split_once(':')?;
        Some((self.0.get(prefix)?, local))
    }
}

/// Whether a context is the standard's, by whichever address.
fn is_standard(context: &Value) -> bool {
    matches!(context.as_str(), Some(EPCIS | EPCIS_BEFORE))
}

/// A `@context` as a list.
fn listed(context: &Value) -> impl Iterator<Item = &Value> {
    let (many, one) = match context.as_array() {
        Some(many) => (many.as_slice(), None),
        None => ([].as_slice(), Some(context)),
    };
    many.iter().chain(one)
}

fn definitions(context: &Value) -> impl Iterator<Item = (&String, &Value)> {
    listed(context).filter_map(Value::as_object).flatten()
}

/// Gives an event out of a document the part of the document's context that it uses, before its own. What the standard's
/// context says is left out, and so is what nothing in the event names; addresses of other contexts are kept, unread.
pub fn carry(document: Option<&Value>, event: &mut Map<String, Value>) {
    let own = event.remove("@context");
    let mut used = BTreeSet::new();
    event.iter().for_each(|(name, value)| prefixes(name, value, &mut used));
    let mut kept: Vec<Value> = Vec::new();
    let entries = document.into_iter().flat_map(listed).map(|context| (context, false));
    for (context, is_own) in entries.chain(own.iter().flat_map(listed).map(|context| (context, true))) {
        let entry = match context {
            Value::Object(terms) if !is_own => {
                let terms: Map<_, _> =
                    terms.iter().filter(|(term, _)| used.contains(term.as_str())).map(owned).collect();
                Value::Object(terms)
            }
            Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                context.clone()
            }
        };
        let says_nothing = is_standard(&entry) || entry.as_object().is_some_and(Map::is_empty);
        if !says_nothing && !kept.contains(&entry) {
            kept.push(entry);
        }
    }
    let ours = json!({ PREFIX: NAMESPACE });
    kept.retain(|entry| *entry != ours);
    match (kept.len(), kept.pop()) {
        (0, _) | (_, None) => {}
        (1, Some(only)) => {
            event.insert("@context".to_owned(), only);
        }
        (_, Some(last)) => {
            kept.push(last);
            event.insert("@context".to_owned(), Value::Array(kept));
        }
    }
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// What stands before the first colon of names and texts, at any depth.
fn prefixes<'a>(name: &'a str, value: &'a Value, found: &mut BTreeSet<&'a str>) {
    let mut note = |text: &'a str| {
        if let Some((prefix, _)) = text.split_once(':') {
            found.insert(prefix);
        }
    };
    note(name);
    match value {
        Value::String(text) => note(text),
        Value::Array(items) => items.iter().for_each(|item| prefixes("", item, found)),
        Value::Object(members) => members.iter().for_each(|(name, value)| prefixes(name, value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The context of a document with events of ours: the standard's, and our prefix.
#[must_use]
pub fn of_documents() -> Value {
    json!([EPCIS, { PREFIX: NAMESPACE }])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried(document: Value, mut event: Value) -> Value {
        carry(Some(&document), event.as_object_mut().unwrap());
        event["@context"].take()
    }

    #[test]
    fn an_event_takes_along_only_what_it_uses() {
        let document = json!([EPCIS, { "ex": "https://ns.example/", "other": "https://other.example/" }]);
        let event = json!({ "type": "ObjectEvent", "bizStep": "ex:drying" });
        assert_eq!(carried(document.clone(), event), json!({ "ex": "https://ns.example/" }));
        assert_eq!(carried(document, json!({ "type": "ObjectEvent" })), Value::Null);
        let own = json!({ "@context": { "ex": "https://own.example/" }, "ex:a": 1 });
        let both = carried(json!([EPCIS_BEFORE, "https://far.example/c", { "ex": "https://ns.example/" }]), own);
        let kept = json!(["https://far.example/c", { "ex": "https://ns.example/" }, { "ex": "https://own.example/" }]);
        assert_eq!(both, kept);
        assert_eq!(carried(of_documents(), json!({ "bfw:kind": "LOSS" })), Value::Null);
    }

    #[test]
    fn names_and_values_are_written_out_where_the_prefix_is_known() {
        let contexts = Contexts::of(&json!({ "@context": [EPCIS, { "ex": "https://ns.example/" }] }));
        assert_eq!(contexts.field("ex:drying"), "{https://ns.example/}drying");
        assert_eq!(contexts.field("bfw:kind"), "{urn:bfw:traceability:1:}kind");
        assert_eq!(contexts.field("cbvmda:lotNumber"), "cbvmda:lotNumber");
        assert_eq!(contexts.value("gs1:Temperature"), "https://gs1.org/voc/Temperature");
        assert_eq!(contexts.value("https://ns.example/a:b"), "https://ns.example/a:b");
    }
}
