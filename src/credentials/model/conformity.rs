//! A certificate as a credential: the
//! [UN Transparency Protocol](https://uncefact.github.io/spec-untp/docs/specification/ConformityCredential)'s Digital
//! Conformity Credential, version 0.6.1.
//!
//! Only what the standard's context has a type for is given one, as in the standard's own samples.
//!
//! The issuer of the credential is this service, which has checked the certificate; the body that certified is named as the
//! auditor. Registers, schemes and products are named below the issuer's own identifier, holders and certificates by their
//! UUIDs: such names are the same wherever the service moves, and nobody else can give them.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CredentialDraft, CredentialKind, CredentialSchema, Issuer};
use crate::{accounts::OrganizationId, kernel::clock::Timestamp};

/// The context of version 0.6.1, the second after that of the data model, as its schema demands.
pub const CONTEXT: &str = "https://test.uncefact.org/vocabulary/untp/dcc/0.6.1/";
/// The schema of version 0.6.1.
pub const SCHEMA: &str = "https://test.uncefact.org/vocabulary/untp/dcc/untp-dcc-schema-0.6.1.json";

crate::words! {
    /// What an assessment is about: the standard's `conformityTopicCode`.
    ConformityTopic {
        /// Energy.
        Energy = "environment.energy",
        /// Emissions.
        Emissions = "environment.emissions",
        /// Water.
        Water = "environment.water",
        /// Waste.
        Waste = "environment.waste",
        /// Deforestation.
        Deforestation = "environment.deforestation",
        /// Biodiversity.
        Biodiversity = "environment.biodiversity",
        /// What something is made of.
        CircularContent = "circularity.content",
        /// How something is made to last.
        CircularDesign = "circularity.design",
        /// Labour.
        Labour = "social.labour",
        /// Rights.
        Rights = "social.rights",
        /// Community: fair trade, women's participation.
        Community = "social.community",
        /// Safety, of food too.
        Safety = "social.safety",
        /// Ethics.
        Ethics = "governance.ethics",
        /// Compliance.
        Compliance = "governance.compliance",
        /// Transparency.
        Transparency = "governance.transparency",
    }
}

crate::words! {
    /// Who stands behind an assessment: the standard's `assessmentLevelCode`.
    AssessmentLevel {
        /// A government.
        GovtApproval = "GovtApproval",
        /// A signatory of the international accreditation arrangements (IAF, ILAC).
        GlobalMra = "GlobalMRA",
        /// An independent accreditation.
        Accredited = "Accredited",
        /// Verified from outside.
        Verified = "Verified",
        /// Validated from outside.
        Validated = "Validated",
        /// Not said.
        Unspecified = "Unspecified",
    }
}

/// A number that a register gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Which register: `RCCM`.
    pub scheme: String,
    /// The number there.
    pub value: String,
}

/// Whoever holds what is certified.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The organization.
    pub organization: OrganizationId,
    /// Its name.
    pub name: String,
    /// Its registrations, the main one first: the standard has room for one.
    pub registrations: Vec<Registration>,
}

/// A scheme of certification. What is not known is left out, never made up.
#[derive(Debug, Clone)]
pub struct SchemeFacts {
    /// Our code for it: `ORGANIC_EU`.
    pub code: String,
    /// Its full name.
    pub name: String,
    /// What it is for, in a sentence.
    pub description: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Since when that version applies.
    pub since: Option<NaiveDate>,
    /// Whose it is. Where nobody knows, the scheme stands for its owner.
    pub owner: Option<String>,
    /// What it is about.
    pub topic: ConformityTopic,
}

/// A product that is covered.
#[derive(Debug, Clone)]
pub struct ProductFacts {
    /// Our code for it.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// How much is covered.
#[derive(Debug, Clone)]
pub struct VolumeLimit {
    /// In thousandths of the unit.
    pub thousandths: i64,
    /// The unit's code in UN/CEFACT Recommendation 20: `KGM`.
    pub unit: String,
}

/// A rule that was assessed.
#[derive(Debug, Clone)]
pub struct Criterion {
    /// Its name.
    pub name: String,
    /// What it demands.
    pub description: String,
    /// What it is about.
    pub topic: ConformityTopic,
}

/// The certificate itself, where it may be read.
#[derive(Debug, Clone)]
pub struct CertificateFile {
    /// Where it is.
    pub url: String,
    /// Its name.
    pub name: String,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
}

/// A certificate, as its room knows it.
#[derive(Debug, Clone)]
pub struct ConformityStatement {
    /// Which certificate.
    pub certificate: Uuid,
    /// The number that its issuer gave it.
    pub number: String,
    /// The scheme.
    pub scheme: SchemeFacts,
    /// Who certified.
    pub issuer_name: String,
    /// Who stands behind that.
    pub level: AssessmentLevel,
    /// Whoever holds it.
    pub holder: Holder,
    /// The products that it names.
    pub products: Vec<ProductFacts>,
    /// The sites that it names.
    pub sites: Vec<String>,
    /// How much of the products it covers, if it says so.
    pub volume_limit: Option<VolumeLimit>,
    /// What was assessed beside the scheme as a whole.
    pub criteria: Vec<Criterion>,
    /// The certificate itself, where it is public.
    pub file: Option<CertificateFile>,
    /// When it was checked, if known.
    pub assessed_on: Option<NaiveDate>,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// Its last day, which it covers whole. Days are Mali's, which are UTC's all year.
    pub valid_until: NaiveDate,
}

/// What the subjects of such credentials are called.
pub const SUBJECT_KIND: &str = "certificate";

/// The credential of a certificate.
#[must_use]
pub fn draft(issuer: &Issuer, statement: &ConformityStatement) -> CredentialDraft {
    let name = format!("{} {}", statement.scheme.name, statement.number);
    let description = format!(
        "{}: certificate {} of {}, issued by {}",
        statement.scheme.name, statement.number, statement.holder.name, statement.issuer_name
    );
    CredentialDraft {
        kind: CredentialKind::ConformityCertificate,
        subject_kind: SUBJECT_KIND,
        subject_id: statement.certificate,
        organization: statement.holder.organization,
        credential_subject: attestation(issuer, statement, &name, &description),
        name,
        description: Some(description),
        contexts: vec![CONTEXT.to_owned()],
        types: vec!["DigitalConformityCredential".to_owned()],
        schema: Some(CredentialSchema { id: SCHEMA.to_owned(), r#type: "JsonSchema".to_owned() }),
        valid_from: first_instant(statement.valid_from),
        valid_until: Some(last_instant(statement.valid_until)),
    }
}

/// The first instant of a day.
#[must_use]
pub fn first_instant(day: NaiveDate) -> Timestamp {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// The last second of a day.
#[must_use]
pub fn last_instant(day: NaiveDate) -> Timestamp {
    first_instant(day) + TimeDelta::days(1) - TimeDelta::seconds(1)
}

fn attestation(issuer: &Issuer, statement: &ConformityStatement, name: &str, description: &str) -> Value {
    let mut said = json!({
        "type": ["ConformityAttestation", "Attestation"],
        "id": uuid_name(statement.certificate),
        "name": name,
        "assessorLevel": "3rdParty",
        "assessmentLevel": statement.level.as_str(),
        "attestationType": "certification",
        "description": description,
        "issuedToParty": party(issuer, &statement.holder),
        "assessment": [assessment(issuer, statement, name)],
    });
    if let Some(scope) = scope(issuer, &statement.scheme) {
        said["scope"] = scope;
    }
    if let Some(file) = &statement.file {
        said["conformityCertificate"] = json!({
            "linkURL": file.url,
            "linkName": file.name,
            "hashDigest": file.sha256,
            "hashMethod": "SHA-256",
            "encryptionMethod": "none",
        });
    }
    said
}

/// The scheme, where all is known that the standard asks for.
fn scope(issuer: &Issuer, scheme: &SchemeFacts) -> Option<Value> {
    let (description, version, since) = (scheme.description.as_ref()?, scheme.version.as_ref()?, scheme.since?);
    Some(json!({
        "type": ["ConformityScheme"],
        "id": scheme_name(issuer, scheme),
        "name": scheme.name,
        "description": description,
        "version": version,
        "validFrom": since,
        "owner": owner(issuer, scheme),
    }))
}

fn assessment(issuer: &Issuer, statement: &ConformityStatement, name: &str) -> Value {
    let certificate = uuid_name(statement.certificate);
    let scheme = &statement.scheme;
    let products = statement.products.iter().map(|product| {
        json!({
            "product": {
                "id": issuer.named(&["products", &product.code]),
                "name": product.name,
                "registeredId": product.code,
            },
            "IDverifiedByCAB": false,
        })
    });
    let sites = statement.sites.iter().enumerate().map(|(at, site)| {
        json!({
            "facility": { "id": format!("{certificate}#site-{}", at + 1), "name": site },
            "IDverifiedByCAB": false,
        })
    });
    let criteria = statement.criteria.iter().enumerate().map(|(at, criterion)| {
        json!({
            "type": ["Criterion"],
            "id": format!("{}#criterion-{}", scheme_name(issuer, scheme), at + 1),
            "name": criterion.name,
            "description": criterion.description,
            "conformityTopic": criterion.topic.as_str(),
            "status": "active",
        })
    });
    let mut said = json!({
        "type": ["ConformityAssessment", "Declaration"],
        "id": format!("{certificate}#assessment-1"),
        "name": name,
        "referenceStandard": {
            "type": ["Standard"],
            "id": scheme_name(issuer, scheme),
            "name": scheme.name,
            "issuingParty": owner(issuer, scheme),
        },
        "assessmentCriteria": criteria.collect::<Vec<_>>(),
        "conformance": true,
        "conformityTopic": scheme.topic.as_str(),
        "assessedProduct": products.collect::<Vec<_>>(),
        "assessedFacility": sites.collect::<Vec<_>>(),
        "assessedOrganisation": party(issuer, &statement.holder),
        "auditor": { "id": issuer.named(&["certifiers", &statement.issuer_name]), "name": statement.issuer_name },
    });
    if let Some(day) = statement.assessed_on {
        said["assessmentDate"] = json!(day);
    }
    if let Some(limit) = &statement.volume_limit {
        said["declaredValue"] = json!([{
            "metricName": "certified volume",
            "metricValue": { "value": number(limit.thousandths), "unit": limit.unit },
        }]);
    }
    // A list of nothing says less than no list.
    if let Some(said) = said.as_object_mut() {
        said.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
    }
    said
}

/// Thousandths as a number: whole where they are.
fn number(thousandths: i64) -> Value {
    if thousandths % 1_000 == 0 {
        return json!(thousandths / 1_000);
    }
    // Nine figures, at most three of them behind the point: a double holds them as they are read.
    format!("{}.{:03}", thousandths / 1_000, (thousandths % 1_000).abs())
        .parse::<f64>()
        .map_or(Value::Null, Value::from)
}

pub(super) fn party(issuer: &Issuer, holder: &Holder) -> Value {
    let mut said = json!({ "id": uuid_name(holder.organization.uuid()), "name": holder.name });
    if let Some(main) = holder.registrations.first() {
        said["registeredId"] = json!(main.value);
        said["idScheme"] = json!({
            "type": ["IdentifierScheme"],
            "id": issuer.named(&["registers", &main.scheme]),
            "name": main.scheme,
        });
    }
    said
}

fn owner(issuer: &Issuer, scheme: &SchemeFacts) -> Value {
    match &scheme.owner {
        Some(owner) => json!({ "id": issuer.named(&["owners", owner]), "name": owner }),
        None => json!({ "id": scheme_name(issuer, scheme), "name": scheme.name }),
    }
}

fn scheme_name(issuer: &Issuer, scheme: &SchemeFacts) -> String {
    issuer.named(&["schemes", &scheme.code])
}

/// How a thing is named by its UUID (RFC 9562, section 4).
pub(super) fn uuid_name(uuid: Uuid) -> String {
    uuid.urn().to_string()
}
