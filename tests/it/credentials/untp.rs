//! What credentials say, against the standards they follow.
//!
//! `untp_dcc.schema.json` is written by hand from version 0.6.1 of the UN Transparency Protocol's Digital Conformity
//! Credential: its required members, closed lists of words and closed objects.

use bfw::{
    accounts::OrganizationId,
    credentials::model::{
        CredentialId, Issuer, Place,
        conformity::{self, CertificateFile, ConformityStatement, ConformityTopic, Criterion, VolumeLimit},
        ownership::{self, OwnershipStatement},
        payload,
    },
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::statement;

fn issuer() -> Issuer {
    Issuer::of("https://market.example")
}

fn bare() -> ConformityStatement {
    statement(OrganizationId::from_uuid(Uuid::from_u128(1)), Uuid::from_u128(2))
}

/// With everything that a certificate may have.
fn full() -> ConformityStatement {
    let mut full = bare();
    full.scheme.description = Some("Production rules for organic farming".into());
    full.scheme.version = Some("2018/848".into());
    full.scheme.since = Some("2022-01-01".parse().unwrap());
    full.scheme.owner = Some("European Union".into());
    full.volume_limit = Some(VolumeLimit { thousandths: 12_500_500, unit: "KGM".into() });
    full.criteria = vec![Criterion {
        name: "Group of operators".into(),
        description: "At most 2,000 members with an internal control system".into(),
        topic: ConformityTopic::Compliance,
    }];
    full.file = Some(CertificateFile {
        url: "https://market.example/documents/1".into(),
        name: "certificate.pdf".into(),
        sha256: "6239119dda5bd4c8a6ffb832fe16feaa5c27b7dba154d24c53d4470a2c69adc2".into(),
    });
    full
}

fn written(statement: &ConformityStatement) -> Value {
    let draft = conformity::draft(&issuer(), statement);
    payload(&issuer(), CredentialId::from_uuid(Uuid::from_u128(3)), &draft, Place { list: 1, index: 7 })
}

/// Where a credential does not follow the schema.
fn errors(credential: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(include_str!("untp_dcc.schema.json")).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    validator.iter_errors(credential).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn conformity_credentials_follow_the_standard() {
    for statement in [bare(), full()] {
        let credential = written(&statement);
        assert_eq!(errors(&credential), Vec::<String>::new(), "{credential:#}");
    }
}

/// Every word that says what something is, at any depth.
fn types(value: &Value, found: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            let own = members.get("type").into_iter().flat_map(|types| types.as_array().into_iter().flatten());
            found.extend(own.filter_map(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| types(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| types(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn a_conformity_credential_uses_only_types_that_its_contexts_define() {
    let mut found = std::collections::BTreeSet::new();
    types(&written(&full()), &mut found);
    let defined = [
        "Attestation",
        "ConformityAssessment",
        "ConformityAttestation",
        "ConformityScheme",
        "CredentialIssuer",
        "Criterion",
        "Declaration",
        "DigitalConformityCredential",
        "IdentifierScheme",
        "Standard",
        "VerifiableCredential",
    ];
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), defined);
}

#[test]
fn the_schema_notices_what_the_standard_forbids() {
    let good = written(&full());
    let spoil = |pointer: &str, value: Value| {
        let mut spoilt = good.clone();
        *spoilt.pointer_mut(pointer).unwrap() = value;
        errors(&spoilt).len()
    };
    for (pointer, value) in [
        ("/@context/1", json!("https://test.uncefact.org/vocabulary/untp/dcc/0.6.0/")),
        ("/type", json!(["VerifiableCredential"])),
        ("/issuer", json!("did:web:market.example")),
        ("/validFrom", json!("2026-01-01")),
        ("/credentialSubject/attestationType", json!("licence")),
        ("/credentialSubject/assessmentLevel", json!("3rdParty")),
        ("/credentialSubject/issuedToParty", json!({ "name": "nobody" })),
        ("/credentialSubject/scope", json!({ "id": "https://x.example", "name": "x" })),
        ("/credentialSubject/assessment/0/conformance", json!("yes")),
        ("/credentialSubject/assessment/0/conformityTopic", json!("social.gender")),
        ("/credentialSubject/assessment/0/declaredValue/0/metricValue", json!({ "value": "1", "unit": "KGM" })),
        ("/credentialSubject/conformityCertificate/hashMethod", json!("MD5")),
    ] {
        assert!(spoil(pointer, value) > 0, "{pointer}");
    }
}

#[test]
fn a_conformity_credential_says_what_the_certificate_says() {
    let credential = written(&full());
    let subject = &credential["credentialSubject"];
    let assessment = &subject["assessment"][0];
    assert_eq!(credential["credentialSchema"]["id"], conformity::SCHEMA);
    assert_eq!(subject["issuedToParty"]["registeredId"], "MA.SEG.2024.B.101");
    assert_eq!(subject["issuedToParty"]["idScheme"]["id"], "did:web:market.example/registers/RCCM");
    assert_eq!(subject["scope"]["owner"]["name"], "European Union");
    assert_eq!(assessment["auditor"]["name"], "Ecocert");
    assert_eq!(assessment["auditor"]["id"], "did:web:market.example/certifiers/Ecocert");
    assert_eq!(assessment["assessmentDate"], "2026-01-05");
    assert_eq!(assessment["assessedProduct"][0]["product"]["registeredId"], "shea-butter");
    assert_eq!(assessment["assessedFacility"][0]["facility"]["name"], "Unité de Ségou");
    assert_eq!(assessment["declaredValue"][0]["metricValue"]["value"], 12500.5);
    // What is not known is left out, not made up.
    let bare = written(&bare());
    assert_eq!(bare["credentialSubject"]["scope"], Value::Null);
    assert_eq!(bare["credentialSubject"]["assessment"][0]["declaredValue"], Value::Null);
    assert_eq!(
        bare["credentialSubject"]["assessment"][0]["referenceStandard"]["issuingParty"]["name"],
        bare["credentialSubject"]["assessment"][0]["referenceStandard"]["name"]
    );
}

fn ownership() -> Value {
    let statement = OwnershipStatement {
        subject_kind: "evidence",
        subject_id: Uuid::from_u128(4),
        holder: bare().holder,
        definition: "IWA34_WOMEN_OWNED".into(),
        definition_name: "Entreprise détenue par des femmes".into(),
        source: "IWA 34:2021, 3.1".into(),
        evidence_level: "THIRD_PARTY_CERTIFIED".into(),
        assessed_on: "2026-10-01".parse().unwrap(),
        valid_from: "2026-10-01".parse().unwrap(),
        valid_until: "2027-09-30".parse().unwrap(),
    };
    let draft = ownership::draft(&issuer(), &statement);
    payload(&issuer(), CredentialId::from_uuid(Uuid::from_u128(5)), &draft, Place { list: 1, index: 8 })
}

#[test]
fn an_ownership_credential_uses_only_words_that_a_context_defines() {
    // given what the data model's own context and ours define
    let context = ownership::context(&issuer());
    let ours = context["@context"].as_object().unwrap();
    let own_subject = ours["WomenOwnedOrganization"]["@context"].as_object().unwrap();
    let base = [
        "id",
        "type",
        "name",
        "description",
        "@context",
        "issuer",
        "validFrom",
        "validUntil",
        "credentialStatus",
        "credentialSubject",
        "VerifiableCredential",
    ];

    // when
    let credential = ownership();

    // then
    assert_eq!(
        credential["@context"],
        json!(["https://www.w3.org/ns/credentials/v2", "https://market.example/credentials/context/v1"])
    );
    assert!(credential.as_object().unwrap().keys().all(|word| base.contains(&word.as_str())));
    let subject = credential["credentialSubject"].as_object().unwrap();
    for word in subject.keys() {
        assert!(base.contains(&word.as_str()) || own_subject.contains_key(word), "{word}");
    }
    let types = [&credential["type"], &subject["type"], &credential["issuer"]["type"], &subject["idScheme"]["type"]];
    for one in types.into_iter().flat_map(|types| types.as_array().unwrap()) {
        let word = one.as_str().unwrap();
        assert!(base.contains(&word) || ours.contains_key(word), "{word}");
    }
    assert_eq!(subject["evidenceLevel"], "THIRD_PARTY_CERTIFIED");
}
