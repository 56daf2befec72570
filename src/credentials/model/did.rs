//! Who issues: a [did:web](https://w3c-ccg.github.io/did-method-web/) identifier that follows from where the service is.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{CredentialId, PublicKey, Purpose};

/// What people know the issuer by.
const NAME: &str = "Buy From Women";

/// Who issues, and where what it issued is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    did: String,
    public_url: String,
}

impl Issuer {
    /// The issuer behind an address such as `https://market.example` or `https://example.org:8443/market`.
    ///
    /// The host comes first, with the colon before its port percent-encoded; then each segment of the path after a colon
    /// (did:web, section 3.2). The method asks for a domain name and https; what names an address of a local network is an
    /// identifier for trying things out, that nobody else can resolve.
    #[must_use]
    pub fn of(public_url: &str) -> Self {
        let public_url = public_url.trim_end_matches('/').to_owned();
        let place = public_url.split_once("://").map_or(public_url.as_str(), |(_, place)| place);
        let mut did = "did:web".to_owned();
        for segment in place.split('/').filter(|segment| !segment.is_empty()) {
            did.push(':');
            // What a method-specific id may hold as it stands (DID core, section 3.1); what is encoded already stays.
            push_encoded(&mut did, segment, b".-_%");
        }
        Self { did, public_url }
    }

    /// The identifier: `did:web:market.example`.
    #[must_use]
    pub fn did(&self) -> &str {
        &self.did
    }

    /// What people know it by.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        NAME
    }

    /// How a credential names it.
    #[must_use]
    pub fn entry(&self) -> Value {
        json!({ "type": ["CredentialIssuer"], "id": self.did, "name": NAME })
    }

    /// The full name of one of its keys.
    #[must_use]
    pub fn key_id(&self, kid: &str) -> String {
        format!("{}#{kid}", self.did)
    }

    /// Where a credential is.
    #[must_use]
    pub fn credential_url(&self, id: CredentialId) -> String {
        format!("{}/credentials/{id}", self.public_url)
    }

    /// Where a credential is, with all that is needed to check it without a network.
    #[must_use]
    pub fn bundle_url(&self, id: CredentialId) -> String {
        format!("{}/bundle", self.credential_url(id))
    }

    /// Where the document is that says which keys are the issuer's own.
    #[must_use]
    pub fn document_url(&self) -> String {
        // Below the well-known path for a domain alone (did:web, section 3.2).
        let folder = if self.did.matches(':').count() == 2 { "/.well-known" } else { "" };
        format!("{}{folder}/did.json", self.public_url)
    }

    /// Where the context is that defines words of its own.
    #[must_use]
    pub fn context_url(&self) -> String {
        format!("{}/credentials/context/v1", self.public_url)
    }

    /// How something is named that has no address: below the issuer's own identifier, which nobody else can give names below.
    #[must_use]
    pub fn named(&self, path: &[&str]) -> String {
        let mut name = self.did.clone();
        for segment in path {
            name.push('/');
            push_encoded(&mut name, segment, b".-_~");
        }
        name
    }

    /// Where a status list is.
    #[must_use]
    pub fn list_url(&self, list: i64, purpose: Purpose) -> String {
        format!("{}/credentials/status/{list}/{}", self.public_url, purpose.as_str())
    }

    /// The document that says which keys are its own ([DID core](https://www.w3.org/TR/did-core/), section 5).
    #[must_use]
    pub fn document(&self, keys: &[PublicKey]) -> Value {
        let ids: Vec<String> = keys.iter().map(|key| self.key_id(&key.kid)).collect();
        let methods: Vec<Value> = keys
            .iter()
            .zip(&ids)
            .map(|(key, id)| {
                json!({ "id": id, "type": "JsonWebKey", "controller": self.did, "publicKeyJwk": key.jwk() })
            })
            .collect();
        json!({
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
            "id": self.did,
            "verificationMethod": methods,
            "assertionMethod": ids,
        })
    }
}

/// Adds a text, percent-encoded but for letters, digits and `plain`.
fn push_encoded(to: &mut String, text: &str, plain: &[u8]) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            to.push(char::from(byte));
        } else {
            // A `String` takes all that is written to it.
            let _ = write!(to, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_follows_from_the_address() {
        for (url, did) in [
            ("https://market.example", "did:web:market.example"),
            ("https://market.example/", "did:web:market.example"),
            ("https://market.example:8443", "did:web:market.example%3A8443"),
            ("http://127.0.0.1:8080", "did:web:127.0.0.1%3A8080"),
            ("https://example.org/women/market", "did:web:example.org:women:market"),
            ("https://example.org:3000/a%20b", "did:web:example.org%3A3000:a%20b"),
            ("http://[::1]:8080", "did:web:%5B%3A%3A1%5D%3A8080"),
        ] {
            assert_eq!(Issuer::of(url).did(), did, "{url}");
        }
    }
}
