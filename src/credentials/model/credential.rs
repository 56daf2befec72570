//! A credential as it is written: the [W3C data model 2.0](https://www.w3.org/TR/vc-data-model-2.0/).

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{CredentialStatus, Issuer, Purpose, Standing, StatusEvent, status_at};
use crate::{accounts::OrganizationId, define_id, kernel::clock::Timestamp};

/// The context that every credential begins with (data model 2.0, section 4.3).
pub(super) const BASE_CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
/// The type that every credential has (data model 2.0, section 4.5).
pub(super) const BASE_TYPE: &str = "VerifiableCredential";

define_id!(
    /// Identifies a credential.
    pub CredentialId = "credential"
);

crate::words! {
    /// What a credential states.
    CredentialKind {
        /// That an organization, a site or a product conforms to a scheme, as its certificate says.
        ConformityCertificate = "CONFORMITY_CERTIFICATE",
        /// That women own and lead an organization, as its assessment says.
        OwnershipVerification = "OWNERSHIP_VERIFICATION",
    }
}

/// The schema that a credential's JSON follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialSchema {
    /// Where it is.
    pub id: String,
    /// Which kind of schema: `JsonSchema`.
    pub r#type: String,
}

/// What a credential is to say, before it has an id, a place and a signature.
#[derive(Debug, Clone)]
pub struct CredentialDraft {
    /// What it states.
    pub kind: CredentialKind,
    /// The kind of thing that it states something of, as that thing's id begins: `certificate`.
    pub subject_kind: &'static str,
    /// Which one.
    pub subject_id: Uuid,
    /// Whose it is.
    pub organization: OrganizationId,
    /// What people call it.
    pub name: String,
    /// What it says, in a sentence.
    pub description: Option<String>,
    /// Contexts after the first.
    pub contexts: Vec<String>,
    /// Types beside `VerifiableCredential`.
    pub types: Vec<String>,
    /// What it says, for machines.
    pub credential_subject: Value,
    /// The schema that it follows, if there is one.
    pub schema: Option<CredentialSchema>,
    /// Since when it holds; may lie before its issue.
    pub valid_from: Timestamp,
    /// Until when it holds; for ever, where nothing is said.
    pub valid_until: Option<Timestamp>,
}

/// A credential as it was issued, and what became of it.
#[derive(Debug, Clone)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// What it states.
    pub kind: CredentialKind,
    /// Of which subject.
    pub subject_id: Uuid,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Its place in a status list.
    pub place: Place,
    /// Since when it holds.
    pub valid_from: Timestamp,
    /// Until when it holds; for ever, where nothing is said.
    pub valid_until: Option<Timestamp>,
    /// When it was signed.
    pub issued_at: Timestamp,
    /// When another took its place.
    pub superseded_at: Option<Timestamp>,
    /// The signed form, a compact JWS.
    pub token: String,
    /// What became of it, in the order of writing.
    pub events: Vec<StatusEvent>,
}

impl Credential {
    /// Where it stands at an instant. What is revoked or suspended is that first: an end by the calendar takes back neither.
    #[must_use]
    pub fn standing(&self, at: Timestamp) -> Standing {
        match status_at(&self.events, at) {
            CredentialStatus::Revoked => Standing::Revoked,
            CredentialStatus::Suspended => Standing::Suspended,
            CredentialStatus::Active if at < self.valid_from => Standing::NotYetValid,
            CredentialStatus::Active if self.valid_until.is_some_and(|until| until < at) => Standing::Expired,
            CredentialStatus::Active => Standing::Valid,
        }
    }
}

/// A place in a status list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// Which list, from 1.
    pub list: i64,
    /// Which bit, from 0.
    pub index: u32,
}

/// The credential, unsigned.
#[must_use]
pub fn payload(issuer: &Issuer, id: CredentialId, draft: &CredentialDraft, place: Place) -> Value {
    let mut types: Vec<&str> = draft.types.iter().map(String::as_str).collect();
    if !types.contains(&BASE_TYPE) {
        types.push(BASE_TYPE);
    }
    let mut contexts = vec![BASE_CONTEXT];
    contexts.extend(draft.contexts.iter().map(String::as_str).filter(|context| *context != BASE_CONTEXT));
    let statuses: Vec<Value> = Purpose::ALL.iter().map(|purpose| status_entry(issuer, *purpose, place)).collect();
    let mut said = Map::new();
    said.insert("@context".into(), json!(contexts));
    said.insert("type".into(), json!(types));
    said.insert("id".into(), json!(issuer.credential_url(id)));
    said.insert("issuer".into(), issuer.entry());
    said.insert("name".into(), json!(draft.name));
    if let Some(description) = &draft.description {
        said.insert("description".into(), json!(description));
    }
    said.insert("validFrom".into(), json!(instant(draft.valid_from)));
    if let Some(until) = draft.valid_until {
        said.insert("validUntil".into(), json!(instant(until)));
    }
    said.insert("credentialStatus".into(), json!(statuses));
    if let Some(schema) = &draft.schema {
        said.insert("credentialSchema".into(), json!({ "id": schema.id, "type": schema.r#type }));
    }
    said.insert("credentialSubject".into(), draft.credential_subject.clone());
    Value::Object(said)
}

/// Where the credential's status for one purpose is read
/// ([Bitstring Status List](https://www.w3.org/TR/vc-bitstring-status-list/), section 2.1).
fn status_entry(issuer: &Issuer, purpose: Purpose, place: Place) -> Value {
    let list = issuer.list_url(place.list, purpose);
    json!({
        "id": format!("{list}#{}", place.index),
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose.as_str(),
        "statusListIndex": place.index.to_string(),
        "statusListCredential": list,
    })
}

/// An instant as credentials write it: `2026-11-02T08:00:00Z`, finer only where it is.
#[must_use]
pub(super) fn instant(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
