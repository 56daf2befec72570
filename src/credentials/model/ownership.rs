//! That women own and lead an organization, as a credential. No standard has a type for it, so it is one of our own, with a
//! context that defines its words.

use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    CredentialDraft, CredentialKind, Issuer,
    conformity::{Holder, first_instant, last_instant, party},
};

/// An assessment of who owns and leads an organization, as its room knows it.
#[derive(Debug, Clone)]
pub struct OwnershipStatement {
    /// The kind of thing that the credential is about, as its id begins: what [`super::super::Credentials::set_status`] is
    /// told later.
    pub subject_kind: &'static str,
    /// Which one.
    pub subject_id: Uuid,
    /// The organization.
    pub holder: Holder,
    /// The definition that it answers: `IWA34_WOMEN_OWNED`.
    pub definition: String,
    /// What the definition is called.
    pub definition_name: String,
    /// Where the definition is from: `IWA 34:2021`.
    pub source: String,
    /// How well it is evidenced: `THIRD_PARTY_CERTIFIED`.
    pub evidence_level: String,
    /// The day as of which it was assessed.
    pub assessed_on: NaiveDate,
    /// The first day that it holds.
    pub valid_from: NaiveDate,
    /// The last day that it holds, which it covers whole.
    pub valid_until: NaiveDate,
}

/// The credential of an assessment that found the definition answered.
#[must_use]
pub fn draft(issuer: &Issuer, statement: &OwnershipStatement) -> CredentialDraft {
    let mut said = party(issuer, &statement.holder);
    said["type"] = json!(["WomenOwnedOrganization"]);
    said["ownershipDefinition"] = json!(statement.definition);
    said["ownershipDefinitionName"] = json!(statement.definition_name);
    said["ownershipSource"] = json!(statement.source);
    said["evidenceLevel"] = json!(statement.evidence_level);
    said["assessedOn"] = json!(statement.assessed_on);
    let name = format!("{}: {}", statement.definition_name, statement.holder.name);
    CredentialDraft {
        kind: CredentialKind::OwnershipVerification,
        subject_kind: statement.subject_kind,
        subject_id: statement.subject_id,
        organization: statement.holder.organization,
        description: Some(format!(
            "{} answers the definition \u{201c}{}\u{201d} ({})",
            statement.holder.name, statement.definition_name, statement.source
        )),
        name,
        contexts: vec![issuer.context_url()],
        types: vec!["WomenOwnershipCredential".to_owned()],
        credential_subject: said,
        schema: None,
        valid_from: first_instant(statement.valid_from),
        valid_until: Some(last_instant(statement.valid_until)),
    }
}

/// The context that defines the words above, and those of the UN Transparency Protocol that stand beside them. It never
/// changes: other words get another version.
#[must_use]
pub fn context(issuer: &Issuer) -> Value {
    let own = |name: &str| format!("{}#{name}", issuer.context_url());
    let text = |name: &str| json!({ "@id": own(name), "@type": "http://www.w3.org/2001/XMLSchema#string" });
    let core = "https://test.uncefact.org/vocabulary/untp/core/0/";
    json!({
        "@context": {
            "@version": 1.1,
            "@protected": true,
            "CredentialIssuer": format!("{core}CredentialIssuer"),
            "IdentifierScheme": format!("{core}IdentifierScheme"),
            "WomenOwnershipCredential": own("WomenOwnershipCredential"),
            "WomenOwnedOrganization": {
                "@id": own("WomenOwnedOrganization"),
                "@context": {
                    "@protected": true,
                    "registeredId": { "@id": format!("{core}registeredId"), "@type": "http://www.w3.org/2001/XMLSchema#string" },
                    "idScheme": { "@id": format!("{core}idScheme"), "@type": "@id" },
                    "ownershipDefinition": text("ownershipDefinition"),
                    "ownershipDefinitionName": text("ownershipDefinitionName"),
                    "ownershipSource": text("ownershipSource"),
                    "evidenceLevel": text("evidenceLevel"),
                    "assessedOn": { "@id": own("assessedOn"), "@type": "http://www.w3.org/2001/XMLSchema#date" },
                },
            },
        },
    })
}
