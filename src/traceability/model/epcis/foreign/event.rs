//! What an event of each type may say (EPCIS 2.0, section 7.4, and the standard's JSON schema).

use serde_json::Value;

use super::{
    Fields, NAMED,
    check::{Check, at, inside},
    vocabulary::{
        ACTIONS, ALERTS, BIZ_STEPS, COMPONENTS, DISPOSITIONS, ERROR_REASONS, MEASUREMENTS, OLD, PARTY_TYPES,
        TRANSACTION_TYPES, VOC,
    },
};
use crate::{kernel::clock::Timestamp, traceability::model::event::EpcRole};

/// What every event may say.
const COMMON: [&str; 17] = [
    "@context",
    "type",
    "eventTime",
    "recordTime",
    "eventTimeZoneOffset",
    "eventID",
    "certificationInfo",
    "errorDeclaration",
    "bizStep",
    "disposition",
    "readPoint",
    "bizLocation",
    "bizTransactionList",
    "sourceList",
    "destinationList",
    "sensorElementList",
    "action",
];

/// What an event of a type may say beside that.
fn own_fields(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "ObjectEvent" => &["epcList", "quantityList", "persistentDisposition", "ilmd"],
        "AggregationEvent" | "AssociationEvent" => &["parentID", "childEPCs", "childQuantityList"],
        "TransactionEvent" => &["parentID", "epcList", "quantityList"],
        "TransformationEvent" => &[
            "inputEPCList",
            "inputQuantityList",
            "outputEPCList",
            "outputQuantityList",
            "transformationID",
            "persistentDisposition",
            "ilmd",
        ],
        _ => return None,
    })
}

pub(super) fn check_event(check: &mut Check, event: &Fields, latest: Timestamp) {
    let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
    let Some(own) = own_fields(kind) else {
        let types = "ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent or AssociationEvent";
        return check.wrong("type", format!("{types}; others are not kept here"));
    };
    let known: Vec<&str> = COMMON.iter().chain(own).copied().collect();
    check.known("", event, &known, true);
    times(check, event, latest);
    common(check, event);
    action(check, event, kind);
    for (name, _) in NAMED {
        if let Some(value) = event.get(name).filter(|_| own.contains(&name)) {
            match name {
                "parentID" => check.uri(name, value),
                _ if name.ends_with("QuantityList") || name == "quantityList" => quantities(check, name, value),
                _ => check.uris(name, value, name != "childEPCs"),
            }
        }
    }
    if let Some(ilmd) = event.get("ilmd").filter(|_| own.contains(&"ilmd")) {
        if let Some(ilmd) = check.object("ilmd", ilmd) {
            check.known("ilmd", ilmd, &[], true);
        }
        if kind == "ObjectEvent" && event.get("action").and_then(Value::as_str) != Some("ADD") {
            check.wrong("ilmd", "only where something comes to be: action ADD");
        }
    }
    match kind {
        "TransformationEvent" => transformation(check, event),
        _ => subject(check, event, kind),
    }
}

fn times(check: &mut Check, event: &Fields, latest: Timestamp) {
    if let Some(time) = check.needed(event, "", "eventTime")
        && check.instant("eventTime", time).is_some_and(|time| time > latest)
    {
        check.wrong("eventTime", "lies in the future");
    }
    if let Some(time) = event.get("recordTime") {
        check.instant("recordTime", time);
    }
    if let Some(offset) = check.needed(event, "", "eventTimeZoneOffset")
        && !offset.as_str().is_some_and(is_offset)
    {
        check.wrong("eventTimeZoneOffset", "an offset such as +00:00, from -14:00 to +14:00");
    }
}

fn is_offset(text: &str) -> bool {
    let Some((hours, minutes)) = text.strip_prefix(['+', '-']).and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    let number = |digits: &str| (digits.len() == 2).then(|| digits.parse::<u8>().ok()).flatten();
    let digits = text.bytes().skip(1).all(|byte| byte.is_ascii_digit() || byte == b':');
    digits && matches!((number(hours), number(minutes)), (Some(0..=13), Some(0..=59)) | (Some(14), Some(0)))
}

fn common(check: &mut Check, event: &Fields) {
    for (name, value) in event {
        match name.as_str() {
            "@context" => contexts(check, value),
            "eventID" | "transformationID" => check.uri(name, value),
            "certificationInfo" if value.is_array() => check.uris(name, value, false),
            "certificationInfo" => check.uri(name, value),
            "errorDeclaration" => error_declaration(check, value),
            "bizStep" => check.word(name, value, BIZ_STEPS, OLD),
            "disposition" => check.word(name, value, DISPOSITIONS, OLD),
            "persistentDisposition" => persistent_disposition(check, value),
            "readPoint" | "bizLocation" => {
                if let Some(place) = check.object(name, value) {
                    check.known(name, place, &["id"], true);
                    if let Some(id) = check.needed(place, name, "id") {
                        check.uri(&inside(name, "id"), id);
                    }
                }
            }
            "bizTransactionList" => typed(check, name, value, "bizTransaction", (TRANSACTION_TYPES, false)),
            "sourceList" => typed(check, name, value, "source", (PARTY_TYPES, true)),
            "destinationList" => typed(check, name, value, "destination", (PARTY_TYPES, true)),
            "sensorElementList" => sensor_elements(check, value),
            _ => {}
        }
    }
}

fn contexts(check: &mut Check, value: &Value) {
    let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    for item in items {
        if !item.is_object() {
            check.uri("@context", item);
        }
    }
    if items.iter().enumerate().any(|(position, item)| items[..position].contains(item)) {
        check.wrong("@context", "names each once");
    }
}

fn error_declaration(check: &mut Check, value: &Value) {
    let path = "errorDeclaration";
    let Some(declaration) = check.object(path, value) else { return };
    check.known(path, declaration, &["declarationTime", "reason", "correctiveEventIDs"], true);
    if let Some(time) = check.needed(declaration, path, "declarationTime") {
        check.instant(&inside(path, "declarationTime"), time);
    }
    if let Some(reason) = declaration.get("reason") {
        check.word(&inside(path, "reason"), reason, ERROR_REASONS, OLD);
    }
    if let Some(events) = declaration.get("correctiveEventIDs") {
        check.uris(&inside(path, "correctiveEventIDs"), events, false);
    }
}

fn persistent_disposition(check: &mut Check, value: &Value) {
    let path = "persistentDisposition";
    let Some(said) = check.object(path, value) else { return };
    check.known(path, said, &["set", "unset"], false);
    if said.is_empty() {
        check.wrong(path, "sets or unsets something");
    }
    for (name, list) in said {
        let path = inside(path, name);
        let words = check.list(&path, list, 1);
        for (position, word) in words.iter().enumerate() {
            check.word(&at(&path, position), word, DISPOSITIONS, OLD);
            if words[..position].contains(word) {
                check.wrong(&path, "names each once");
            }
        }
    }
}

fn typed(check: &mut Check, list: &str, value: &Value, entry: &str, (types, needed): (&[&str], bool)) {
    for (position, item) in check.list(list, value, 0).iter().enumerate() {
        let path = at(list, position);
        let Some(item) = check.object(&path, item) else { continue };
        check.known(&path, item, &["type", entry], false);
        if let Some(uri) = check.needed(item, &path, entry) {
            check.uri(&inside(&path, entry), uri);
        }
        let kind = if needed { check.needed(item, &path, "type") } else { item.get("type") };
        if let Some(kind) = kind {
            check.word(&inside(&path, "type"), kind, types, OLD);
        }
    }
}

fn quantities(check: &mut Check, list: &str, value: &Value) {
    for (position, item) in check.list(list, value, 0).iter().enumerate() {
        let path = at(list, position);
        let Some(item) = check.object(&path, item) else { continue };
        check.known(&path, item, &["epcClass", "quantity", "uom"], false);
        if let Some(class) = check.needed(item, &path, "epcClass") {
            check.uri(&inside(&path, "epcClass"), class);
        }
        if let Some(quantity) = item.get("quantity") {
            let path = inside(&path, "quantity");
            check.number(&path, quantity);
            if quantity.as_f64().is_some_and(|quantity| quantity < 0.0) {
                check.wrong(path, "a quantity is not negative");
            }
        }
        if let Some(unit) = item.get("uom") {
            let is_code = |code: &str| {
                (2..=3).contains(&code.len())
                    && code.bytes().all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit())
            };
            if !unit.as_str().is_some_and(is_code) {
                check.wrong(inside(&path, "uom"), "a code of UN/CEFACT recommendation 20, such as KGM");
            }
        }
    }
}

fn action(check: &mut Check, event: &Fields, kind: &str) {
    if kind == "TransformationEvent" {
        if event.contains_key("action") {
            check.wrong("action", "a transformation has none");
        }
        return;
    }
    if let Some(action) = check.needed(event, "", "action")
        && !action.as_str().is_some_and(|action| ACTIONS.contains(&action))
    {
        check.wrong("action", "ADD, OBSERVE or DELETE");
    }
}

fn has(event: &Fields, name: &str) -> bool {
    event.get(name).and_then(Value::as_array).is_some_and(|items| !items.is_empty())
}

/// What an event is about must be said.
fn subject(check: &mut Check, event: &Fields, kind: &str) {
    let is_delete = event.get("action").and_then(Value::as_str) == Some("DELETE");
    match kind {
        "ObjectEvent" => {
            let senses = has(event, "sensorElementList") && event.contains_key("readPoint");
            if !event.contains_key("epcList") && !has(event, "quantityList") && !senses {
                check.wrong("epcList", "what it is about: epcList, quantityList, or sensorElementList with readPoint");
            }
        }
        "TransactionEvent" => {
            if !has(event, "bizTransactionList") {
                check.wrong("bizTransactionList", "the transaction");
            }
            if !event.contains_key("epcList") && !has(event, "quantityList") && !is_delete {
                check.wrong("epcList", "what it is about: epcList or quantityList");
            }
        }
        _ => {
            if kind == "AssociationEvent" {
                check.needed(event, "", "parentID");
            }
            if !has(event, "childEPCs") && !has(event, "childQuantityList") && !is_delete {
                check.wrong("childEPCs", "what it is about: childEPCs or childQuantityList");
            }
        }
    }
}

fn transformation(check: &mut Check, event: &Fields) {
    let goes_in = has(event, "inputEPCList") || has(event, "inputQuantityList");
    let comes_out = has(event, "outputEPCList") || has(event, "outputQuantityList");
    let is_whole = goes_in && comes_out;
    let is_part = event.contains_key("transformationID") && (goes_in || comes_out);
    if !(is_whole || is_part) {
        let part = "or one of them and the transformationID of the whole";
        check.wrong("outputQuantityList", format!("what went in and what came out, {part}"));
    }
    let named = super::epcs(&Value::Object(event.clone()));
    let inputs = named.iter().filter(|(_, role)| *role == EpcRole::Input);
    for (epc, _) in inputs {
        if named.iter().any(|(other, role)| other == epc && *role == EpcRole::Output) {
            check.wrong("outputQuantityList", format!("nothing is made of itself: {epc} went in and came out"));
        }
    }
}

const METADATA: [&str; 8] =
    ["time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"];

const REPORT: [&str; 24] = [
    "type",
    "exception",
    "deviceID",
    "deviceMetadata",
    "rawData",
    "dataProcessingMethod",
    "bizRules",
    "time",
    "microorganism",
    "chemicalSubstance",
    "coordinateReferenceSystem",
    "value",
    "component",
    "stringValue",
    "booleanValue",
    "hexBinaryValue",
    "uriValue",
    "minValue",
    "maxValue",
    "meanValue",
    "sDev",
    "percRank",
    "percValue",
    "uom",
];

fn sensor_elements(check: &mut Check, value: &Value) {
    let list = "sensorElementList";
    for (position, element) in check.list(list, value, 0).iter().enumerate() {
        let path = at(list, position);
        let Some(element) = check.object(&path, element) else { continue };
        check.known(&path, element, &["sensorMetadata", "sensorReport"], true);
        if let Some(metadata) = element.get("sensorMetadata") {
            let path = inside(&path, "sensorMetadata");
            if let Some(metadata) = check.object(&path, metadata) {
                check.known(&path, metadata, &METADATA, true);
                sensed(check, &path, metadata);
            }
        }
        let Some(reports) = check.needed(element, &path, "sensorReport") else { continue };
        let path = inside(&path, "sensorReport");
        for (position, report) in check.list(&path, reports, 1).iter().enumerate() {
            let path = at(&path, position);
            if let Some(report) = check.object(&path, report) {
                check.known(&path, report, &REPORT, true);
                check.needed(report, &path, "type");
                sensed(check, &path, report);
            }
        }
    }
}

fn sensed(check: &mut Check, path: &str, fields: &Fields) {
    for (name, value) in fields {
        let path = inside(path, name);
        match name.as_str() {
            "time" | "startTime" | "endTime" => {
                check.instant(&path, value);
            }
            "type" => check.word(&path, value, MEASUREMENTS, VOC),
            "exception" => check.word(&path, value, ALERTS, VOC),
            "component" => check.word(&path, value, COMPONENTS, OLD),
            "value" | "minValue" | "maxValue" | "meanValue" | "sDev" | "percRank" | "percValue" => {
                check.number(&path, value);
            }
            "stringValue" | "uom" => check.text(&path, value),
            "booleanValue" => flag(check, path, value),
            "hexBinaryValue" => {
                let is_hex = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_hexdigit());
                if !value.as_str().is_some_and(is_hex) {
                    check.wrong(path, "hexadecimal digits");
                }
            }
            _ if METADATA.contains(&name.as_str()) || REPORT.contains(&name.as_str()) => check.uri(&path, value),
            _ => {}
        }
    }
}

fn flag(check: &mut Check, path: String, value: &Value) {
    if !value.is_boolean() {
        check.wrong(path, "true or false");
    }
}
