//! An event as a Digital Traceability Event credential of the UN Transparency Protocol, version 0.6.0.
//!
//! The protocol takes EPCIS's events with fewer fields: what it has no field for stays in the event itself, which the credential
//! names.

use serde_json::{Map, Value, json};

/// The protocol's context.
const CONTEXT: &str = "https://test.uncefact.org/vocabulary/untp/dte/0.6.0/";
/// The protocol's schema.
const SCHEMA: &str = "https://test.uncefact.org/vocabulary/untp/dte/untp-dte-schema-0.6.0.json";

/// The credential of an event, unsigned. `url` is where the event is, `issuer` who states it.
#[must_use]
pub fn credential(event: &Value, url: &str, issuer: &Value) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", CONTEXT],
        "type": ["DigitalTraceabilityEvent", "VerifiableCredential"],
        "id": url,
        "issuer": issuer,
        "validFrom": event["recordTime"],
        "credentialSchema": { "id": SCHEMA, "type": "JsonSchema" },
        "credentialSubject": [subject(event)],
    })
}

fn subject(event: &Value) -> Value {
    let kind = event["type"].as_str().unwrap_or_default();
    let mut said = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) =
            value.filter(|value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()))
        {
            said.insert(name.to_owned(), value);
        }
    };
    set("type", Some(json!([kind, "Event"])));
    set("id", event.get("eventID").cloned());
    set("eventTime", event.get("eventTime").cloned());
    set("action", event["action"].as_str().map(|action| json!(action.to_lowercase())));
    set("processType", event["bfw:kind"].as_str().or_else(|| event["bizStep"].as_str()).map(|kind| json!(kind)));
    set("bizStep", word(&event["bizStep"], "BizStep-"));
    set("disposition", word(&event["disposition"], "Disp-"));
    set("bizLocation", event["bizLocation"].get("id").cloned());
    set("sensorElementList", Some(sensors(event)));
    for (theirs, things, quantities) in [
        ("epcList", "epcList", "quantityList"),
        ("inputEPCList", "inputEPCList", "inputQuantityList"),
        ("outputEPCList", "outputEPCList", "outputQuantityList"),
        ("childEPCList", "childEPCs", "childQuantityList"),
    ] {
        let counted = list(event, quantities).iter().filter(|item| item.get("quantity").is_some());
        // The protocol has no class without a quantity; it is named as a thing.
        let uncounted = list(event, quantities).iter().filter(|item| item.get("quantity").is_none());
        let things = list(event, things).iter().chain(uncounted.filter_map(|item| item.get("epcClass")));
        set(theirs, Some(things.filter_map(Value::as_str).map(item).collect()));
        set(quantities, Some(counted.map(|counted| quantity(event, counted)).collect()));
    }
    set("parentEPC", event["parentID"].as_str().map(item));
    if kind == "TransactionEvent" {
        set("sourceParty", party(event, "sourceList", "source"));
        set("destinationParty", party(event, "destinationList", "destination"));
        let transaction = list(event, "bizTransactionList").first();
        set(
            "bizTransaction",
            transaction.and_then(|first| word(&first["type"], "BTT-").or(first.get("bizTransaction").cloned())),
        );
    }
    Value::Object(said)
}

fn list<'a>(event: &'a Value, name: &str) -> &'a [Value] {
    event.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A word of the vocabulary, written out.
fn word(value: &Value, begin: &str) -> Option<Value> {
    let text = value.as_str()?;
    Some(if text.contains(':') { json!(text) } else { json!(format!("https://ref.gs1.org/cbv/{begin}{text}")) })
}

fn item(uri: &str) -> Value {
    json!({ "type": ["Item"], "id": uri, "name": last_segment(uri) })
}

fn quantity(event: &Value, counted: &Value) -> Value {
    let class = counted["epcClass"].as_str().unwrap_or_default();
    let mut said = json!({
        "productId": class,
        "productName": product(event, class).unwrap_or_else(|| last_segment(class)),
        "quantity": counted["quantity"],
    });
    if let Some(unit) = counted.get("uom") {
        said["uom"] = unit.clone();
    }
    said
}

/// The product of a lot of ours, where the event says it.
fn product<'a>(event: &'a Value, lot: &str) -> Option<&'a str> {
    let ilmd = event.get("ilmd")?;
    let of_lot = list(ilmd, "bfw:lots").iter().find(|made| made["bfw:lot"] == lot);
    of_lot.unwrap_or(ilmd).get("bfw:product")?.as_str()
}

/// What follows the last slash or colon: the shortest name that an identifier has.
fn last_segment(uri: &str) -> &str {
    uri.rsplit(['/', ':']).find(|segment| !segment.is_empty()).unwrap_or(uri)
}

fn party(event: &Value, name: &str, entry: &str) -> Option<Value> {
    let parties = list(event, name);
    parties.iter().find(|party| party["type"] == "owning_party").or(parties.first())?.get(entry).cloned()
}

fn sensors(event: &Value) -> Value {
    let elements = list(event, "sensorElementList").iter().map(|element| {
        let metadata = &element["sensorMetadata"];
        let mut sensor = Map::new();
        if let Some(device) = metadata["deviceID"].as_str() {
            sensor.insert("device".to_owned(), item(device));
        }
        if let Some(method) = metadata.get("dataProcessingMethod") {
            sensor.insert("dataProcessingMethod".to_owned(), method.clone());
        }
        let reports = list(element, "sensorReport").iter().map(|report| {
            let mut said = Map::new();
            for (theirs, value) in [
                ("time", report.get("time").or_else(|| metadata.get("time")).cloned()),
                ("sensorType", measurement(&report["type"])),
                ("value", report.get("value").cloned()),
                ("uom", report.get("uom").cloned()),
            ] {
                said.extend(value.map(|value| (theirs.to_owned(), value)));
            }
            Value::Object(said)
        });
        json!({ "sensorMetadata": sensor, "sensorReport": reports.collect::<Vec<_>>() })
    });
    elements.collect()
}

fn measurement(kind: &Value) -> Option<Value> {
    let kind = kind.as_str()?;
    Some(if kind.contains(':') { json!(kind) } else { json!(format!("https://gs1.org/voc/{kind}")) })
}
