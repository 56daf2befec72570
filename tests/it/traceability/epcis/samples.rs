//! Events of every kind that there are: our own, and such as others send.

use bfw::{
    accounts::OrganizationId,
    kernel::clock::Timestamp,
    traceability::model::{
        epcis::{
            Names,
            ours::{self, Amount, Delivered, ErrorReason, Inspected, Lost, Made, Moved, Recalled, Step, Told, Waiver},
        },
        lot::CustodyModel,
    },
};
use serde_json::{Value, json};
use uuid::Uuid;

/// The prefix of foreign extensions, and what it stands for.
pub(super) const EX: &str = "https://ns.example.com/epcis/";

fn organization(number: u128) -> OrganizationId {
    OrganizationId::from_uuid(Uuid::from_u128(number))
}

/// One event of each kind of ours, and of some with less and more to tell.
pub(super) fn ours() -> Vec<Value> {
    let names = Names::under("https://market.example");
    let certificates = vec![
        "https://market.example/credentials/credential_01h455vb4pex5vsknk084sn02q".to_owned(),
        "https://market.example/credentials/credential_01h455vb4pex5vsknk084sn02r".to_owned(),
    ];
    let at: Timestamp = "2026-11-02T08:00:00.123456Z".parse().unwrap();
    let told = Told { names, at, organization: organization(1), place: Some("segou"), certificates: &certificates };
    let bare = Told { place: None, certificates: &[], at: "2026-11-02T08:00:00Z".parse().unwrap(), ..told };
    let amount = |code: &str, grams| Amount { lot_uri: names.lot(code), grams };
    let made = |code: &str, grams, product: &str, grade: Option<&str>| Made {
        amount: amount(code, grams),
        product: product.to_owned(),
        grade: grade.map(str::to_owned),
        custody: CustodyModel::Segregated,
    };
    let nuts = [amount("A1", 60_500), amount("A2", 1)];
    let butter = [made("B1", 20_000, "shea-butter", Some("A")), made("B2", 333, "shea-cake", None)];
    let moved = Moved { lots: &nuts, from: organization(1), to: organization(2) };
    let recalled = Recalled { recall: "recall_01h455vb4pex5vsknk084sn02q", lots: &nuts };
    let delivery = ours::delivery(
        &told,
        &Delivered {
            lot: made("A1", 60_500, "shea-nut", Some("2")),
            producer: "p-7k3m9qxh",
            measured: 1_500,
            unit: "SAC",
        },
    );
    let waived = Step {
        inputs: &nuts,
        outputs: &butter,
        waiver: Some(Waiver { reason: "nouvelle presse", signed_by: "MANAGER" }),
    };
    let plain = Step { inputs: &nuts, outputs: &butter[..1], waiver: None };
    let declared = ours::error_declaration(
        &delivery,
        ErrorReason::IncorrectData,
        "2026-11-03T08:00:00Z".parse().unwrap(),
        &["urn:uuid:0b9a2a8e-0000-4000-8000-000000000000".to_owned()],
    );
    vec![
        ours::delivery(
            &bare,
            &Delivered { lot: made("A3", 1, "shea-nut", None), producer: "p-1", measured: 1, unit: "KGM" },
        ),
        ours::aggregation(&told, &plain),
        ours::split(&bare, &Step { inputs: &nuts[..1], outputs: &butter, waiver: None }),
        ours::transformation(&told, &waived),
        ours::inspection(&told, &Inspected { lots: &nuts, conformant: true, grade: Some("1"), note: None }),
        ours::inspection(
            &bare,
            &Inspected { lots: &nuts, conformant: false, grade: None, note: Some("humidité 9,5 %") },
        ),
        ours::shipment(&told, &moved),
        ours::receipt(&bare, &moved),
        ours::loss(&told, &Lost { lot: &nuts[0], cause: Some("SPOILED") }),
        ours::loss(&bare, &Lost { lot: &nuts[1], cause: None }),
        ours::recall(&told, &recalled),
        ours::recall_end(&told, &recalled),
        declared,
        delivery,
    ]
}

/// Events such as others send, by the standard's own kinds of fields.
pub(super) fn foreign() -> Vec<Value> {
    let base = |kind: &str, changes: Value| {
        let mut event = json!({
            "type": kind, "eventTime": "2020-03-04T11:00:30.000+01:00", "eventTimeZoneOffset": "+01:00",
        });
        for (field, value) in changes.as_object().unwrap() {
            event[field] = value.clone();
        }
        event
    };
    vec![
        base(
            "ObjectEvent",
            json!({
                "action": "OBSERVE", "bizStep": "departing", "disposition": "in_transit",
                "epcList": ["urn:epc:id:sscc:4012345.0222222222", "urn:epc:id:sscc:4012345.0111111111"],
                "readPoint": { "id": "urn:epc:id:sgln:4012345.00005.0" }, "bizLocation": { "id": "urn:epc:id:sgln:4012345.00005.12" },
                "ex:myField1": { "ex:mySubField1": "2", "ex:mySubField2": "5" }, "ex:myField3": { "ex:mySubField3": { "ex:deep": ["3", "1"] } },
            }),
        ),
        base(
            "ObjectEvent",
            json!({
                "action": "ADD", "bizStep": "commissioning", "eventID": "urn:uuid:6fb4e9d1-0000-4000-8000-000000000001",
                "recordTime": "2020-03-05T11:00:30Z", "epcList": [],
                "quantityList": [
                    { "epcClass": "urn:epc:class:lgtin:4012345.012345.998877", "quantity": 200.50, "uom": "KGM" },
                    { "epcClass": "https://shop.example.com/gtin/4012345123456/lot/AB-1", "quantity": 0.00001 },
                    { "epcClass": "urn:epc:idpat:sgtin:4012345.099999.*" },
                ],
                "ilmd": { "ex:bestBeforeDate": "2021-12-12", "ex:batch": "000123", "ex:sites": [{ "ex:name": "Ségou" }, { "ex:name": "Bamako" }] },
            }),
        ),
        base(
            "ObjectEvent",
            json!({
                "action": "OBSERVE", "bizStep": "sensor_reporting", "readPoint": { "id": "urn:epc:id:sgln:4012345.00005.0", "ex:door": "7" },
                "sensorElementList": [
                    {
                        "sensorMetadata": { "time": "2019-07-19T13:00:00.0005Z", "deviceID": "urn:epc:id:giai:4000001.111", "rawData": "https://example.org/giai/401234599999", "ex:maker": "acme" },
                        "sensorReport": [
                            { "type": "Temperature", "value": 26.0, "uom": "CEL", "sDev": 0.1, "ex:furtherSensorData": [{ "ex:measure1": "123.5" }, { "ex:measure2": "0.987" }] },
                            { "type": "RelativeHumidity", "value": 12.1, "uom": "P1", "booleanValue": true, "hexBinaryValue": "F7B0" },
                            { "type": "Speed", "component": "easting", "minValue": -1.50, "maxValue": 1e3, "stringValue": " fast ", "uriValue": "https://example.org/x", "exception": "ALARM_CONDITION" },
                        ],
                    },
                    { "sensorReport": [{ "type": "ex:Colour", "chemicalSubstance": "https://identifiers.org/inchikey:CZMRCDWAGMRECN-UGDNZRGBSA-N" }], "ex:seal": "ok" },
                ],
            }),
        ),
        base(
            "ObjectEvent",
            json!({
                "action": "DELETE", "bizStep": "decommissioning", "disposition": "ex:lost",
                "epcList": ["urn:epc:id:sgtin:4012345.011111.9876", "https://id.example.org/01/04012345111118/22/2A/10/L1/21/55?17=210101"],
                "persistentDisposition": { "set": ["completeness_verified", "ex:odd"], "unset": ["completeness_inferred"] },
                "errorDeclaration": { "declarationTime": "2020-01-15T00:00:00Z", "reason": "incorrect_data" },
            }),
        ),
        base(
            "TransactionEvent",
            json!({
                "action": "ADD", "bizStep": "shipping", "epcList": ["urn:epc:id:sgtin:4012345.011111.9876"],
                "bizTransactionList": [
                    { "bizTransaction": "urn:epc:id:gdti:0614141.00001.1618034", "type": "po" },
                    { "bizTransaction": "urn:epcglobal:cbv:bt:0614141073467:A123", "type": "inv" },
                    { "bizTransaction": "https://example.org/z", "type": "ex:other" },
                ],
            }),
        ),
        base(
            "AggregationEvent",
            json!({
                "action": "OBSERVE", "bizStep": "receiving", "disposition": "in_progress", "parentID": "urn:epc:id:sscc:4012345.0111111111",
                "childEPCs": ["urn:epc:id:sgtin:4012345.011111.9876", "urn:epc:id:grai:4012345.55555.987"],
                "childQuantityList": [{ "epcClass": "urn:epc:idpat:sgtin:4012345.011111.*", "quantity": 10 }],
                "sourceList": [
                    { "source": "urn:epc:id:pgln:4012345.00225", "type": "owning_party" },
                    { "source": "urn:epc:id:sgln:4012345.00225.0", "type": "location" },
                ],
                "destinationList": [{ "destination": "urn:epc:id:pgln:0614141.00777", "type": "possessing_party" }],
                "ilmd:x": "a prefix that nobody declared",
            }),
        ),
        base("AggregationEvent", json!({ "action": "DELETE", "parentID": "urn:epc:id:sscc:4012345.0111111111" })),
        base(
            "AssociationEvent",
            json!({
                "action": "ADD", "bizStep": "assembling", "parentID": "urn:epc:id:grai:4012345.55555.987",
                "childEPCs": ["urn:epc:id:giai:4000001.12345"], "certificationInfo": "https://example.org/certificate/1",
            }),
        ),
        base(
            "TransformationEvent",
            json!({
                "bizStep": "commissioning", "transformationID": "urn:epc:id:gdti:0614141.12345.400", "eventTimeZoneOffset": "-05:00",
                "inputEPCList": ["urn:epc:id:sgtin:4012345.011122.25"], "inputQuantityList": [{ "epcClass": "urn:epc:class:lgtin:4012345.011111.4444", "quantity": 10, "uom": "KGM" }],
                "outputEPCList": ["urn:epc:id:sgtin:4012345.077889.26", "urn:epc:id:sgtin:4012345.077889.25"],
                "outputQuantityList": [{ "epcClass": "https://example.org/lots/7.5", "quantity": 9.75, "uom": "KGM" }],
                "certificationInfo": ["https://example.org/certificate/2", "https://example.org/certificate/1"],
                "ex:numbers": [1.0, 10, -0.5, "007", "+3", "1e3", "1.2.3"], "ex:yes": true, "ex:words": "urn:epcglobal:cbv:bizstep:shipping",
                "ex:curie": "ex:value", "ex:thingList": ["b", "a"], "ex:empty": "", "ex:remark": { "#text": "5.0", "ex:by": "x", "rdfs:comment": "no part" },
            }),
        ),
        base(
            "TransformationEvent",
            json!({ "transformationID": "ex:t1", "outputEPCList": ["urn:epc:id:itip:4012345.012345.01.02.987"] }),
        ),
        base(
            "ObjectEvent",
            json!({ "eventTime": "2026-11-02T08:00:00.1235Z", "action": "OBSERVE", "epcList": ["urn:epc:id:cpi:4012345.AB-1.12", "urn:epc:id:sgcn:4012345.12345.77", "urn:epc:id:upui:4012345.012345.AB*1", "urn:epc:id:gsrn:4012345.1234567890"] }),
        ),
    ]
}
