//! All that is needed to check a credential where there is no network.

use serde::Serialize;
use serde_json::Value;

use super::{Credential, Issuer, credential::instant, jws};
use crate::kernel::clock::Timestamp;

/// What a signed part is.
const MEDIA_TYPE: &str = "application/vc+jwt";

/// A credential with the issuer's keys and both its status lists: one JSON text that can be kept, sent and checked by stock
/// libraries without a network.
///
/// Nothing around the tokens is signed. Whoever checks the bundle takes the issuer's document from a place she trusts, or
/// compares the one in the bundle with it; judges by the lists' own `validFrom` how fresh they are; and reads everything else
/// from the tokens.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bundle {
    /// What this is: `CredentialBundle`.
    pub r#type: &'static str,
    /// The form's version. Names may be added within a version; none is dropped or changes its meaning.
    pub version: u32,
    /// When it was put together.
    pub made_at: String,
    /// The instant that the status lists tell of.
    pub as_of: String,
    /// The credential.
    pub credential: SignedPart,
    /// The issuer's DID document, with every key that it ever signed with.
    pub did_document: Value,
    /// The status lists that the credential names, in its order.
    pub status_lists: Vec<SignedPart>,
}

/// A signed part of a bundle.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedPart {
    /// Where it is found; its own `id`.
    pub id: String,
    /// `application/vc+jwt`.
    pub media_type: &'static str,
    /// The compact JWS.
    pub token: String,
}

impl SignedPart {
    /// A part with its address.
    #[must_use]
    pub const fn new(id: String, token: String) -> Self {
        Self { id, media_type: MEDIA_TYPE, token }
    }
}

impl Bundle {
    /// A bundle of a credential.
    #[must_use]
    pub fn of(
        issuer: &Issuer,
        credential: &Credential,
        did_document: Value,
        status_lists: Vec<SignedPart>,
        (made_at, as_of): (Timestamp, Timestamp),
    ) -> Self {
        Self {
            r#type: "CredentialBundle",
            version: 1,
            made_at: instant(made_at),
            as_of: instant(as_of),
            credential: SignedPart::new(issuer.credential_url(credential.id), credential.token.clone()),
            did_document,
            status_lists,
        }
    }
}

/// What a credential is among credentials that carry their proof inside: itself, in an envelope
/// ([data model 2.0](https://www.w3.org/TR/vc-data-model-2.0/#enveloped-verifiable-credentials)).
#[must_use]
pub fn envelope(credential: &Credential) -> Value {
    serde_json::json!({
        "@context": [super::credential::BASE_CONTEXT],
        "id": format!("data:{MEDIA_TYPE},{}", credential.token),
        "type": "EnvelopedVerifiableCredential",
    })
}

/// What a credential of ours says.
#[must_use]
pub fn said(credential: &Credential) -> Value {
    jws::decode(&credential.token).unwrap_or_default()
}
