use serde_json::json;

use super::*;

#[test]
fn an_event_is_written_as_the_standard_says() {
    let event = json!({
        "@context": { "ex": "https://ns.example.com/epcis/" },
        "type": "ObjectEvent",
        "eventID": "urn:uuid:00000000-0000-4000-8000-000000000000",
        "eventTime": "2020-03-04T11:00:30.000+01:00",
        "recordTime": "2020-03-05T11:00:30.000+01:00",
        "eventTimeZoneOffset": "+01:00",
        "epcList": ["urn:epc:id:sscc:4012345.0222222222", "urn:epc:id:sscc:4012345.0111111111"],
        "action": "OBSERVE",
        "bizStep": "departing",
        "readPoint": { "id": "urn:epc:id:sgln:4012345.00005.0" },
        "ex:myField2": 123.450,
        "ex:myField1": { "ex:inner": ["b", "a"] },
    });
    assert_eq!(
        pre_hash(&event),
        "eventType=ObjectEventeventTime=2020-03-04T10:00:30.000ZeventTimeZoneOffset=+01:00\
         epcListepc=https://id.gs1.org/00/040123451111111110epc=https://id.gs1.org/00/040123452222222221\
         action=OBSERVEbizStep=https://ref.gs1.org/cbv/BizStep-departing\
         readPointid=https://id.gs1.org/414/4012345000054\
         {https://ns.example.com/epcis/}myField1{https://ns.example.com/epcis/}inner=a{https://ns.example.com/epcis/}inner=b\
         {https://ns.example.com/epcis/}myField2=123.45"
    );
}

#[test]
fn only_what_happened_counts() {
    let event =
        json!({ "type": "ObjectEvent", "eventTime": "2026-11-02T08:00:00Z", "action": "ADD", "bfw:kind": "LOSS" });
    let mut same = event.clone();
    same["eventID"] = json!("urn:uuid:00000000-0000-4000-8000-000000000000");
    same["recordTime"] = json!("2026-11-03T08:00:00Z");
    same["errorDeclaration"] = json!({ "declarationTime": "2026-11-03T08:00:00Z" });
    same["eventTime"] = json!("2026-11-02T09:00:00.000+01:00");
    same["@context"] = json!({ "bfw": "urn:bfw:traceability:1:" });
    assert_eq!(event_hash(&same), event_hash(&event));
    let mut other = event.clone();
    other["bfw:kind"] = json!("DELIVERY");
    assert_ne!(event_hash(&other), event_hash(&event));
    assert_eq!(hash_uri(event_hash(&event)).len(), "ni:///sha-256;?ver=CBV2.0".len() + 64);
}
