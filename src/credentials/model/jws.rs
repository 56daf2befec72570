//! A credential, signed: compact JWS with EdDSA
//! ([Securing Verifiable Credentials using JOSE and COSE](https://www.w3.org/TR/vc-jose-cose/), section 3.1).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Issuer, Key};

/// The content cannot be written in its canonical form.
#[derive(Debug, thiserror::Error)]
#[error("not writable as canonical JSON: {0}")]
pub struct Unwritable(#[from] serde_json::Error);

/// Signs a credential, in the form that [JCS](https://www.rfc-editor.org/rfc/rfc8785) makes canonical, so that the same
/// credential under the same key is the same token.
///
/// # Errors
/// When it holds what JSON cannot, such as a number that is none.
pub fn sign(issuer: &Issuer, key: &Key, credential: &Value) -> Result<String, Unwritable> {
    let header = json!({ "alg": "EdDSA", "cty": "vc", "kid": issuer.key_id(key.kid()), "typ": "vc+jwt" });
    let header = serde_json_canonicalizer::to_vec(&header)?;
    let payload = serde_json_canonicalizer::to_vec(credential)?;
    let mut token = URL_SAFE_NO_PAD.encode(header);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(payload, &mut token);
    let signature = key.sign(token.as_bytes());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

/// What a token says, unchecked: for tokens of our own, which we keep. None where it is no token at all.
#[must_use]
pub fn decode(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}
