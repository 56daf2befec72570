//! A credential, or another statement, signed: compact JWS with EdDSA
//! ([Securing Verifiable Credentials using JOSE and COSE](https://www.w3.org/TR/vc-jose-cose/), section 3.1).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Issuer, Key, PublicKey};

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
    signed(key, &header, credential)
}

/// Signs a statement that is no credential: a JSON Web Token (RFC 7519) whose kind `typ` tells, so that none is taken for
/// another.
///
/// # Errors
/// As [`sign`].
pub fn sign_statement(issuer: &Issuer, key: &Key, typ: &str, payload: &Value) -> Result<String, Unwritable> {
    let header = json!({ "alg": "EdDSA", "kid": issuer.key_id(key.kid()), "typ": typ });
    signed(key, &header, payload)
}

fn signed(key: &Key, header: &Value, payload: &Value) -> Result<String, Unwritable> {
    let header = serde_json_canonicalizer::to_vec(header)?;
    let payload = serde_json_canonicalizer::to_vec(payload)?;
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

/// Why a token is no statement of the issuer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOurs {
    /// It is not written as one of this kind.
    #[error("it is no such statement")]
    Malformed,
    /// It names a key that is not known.
    #[error("it is signed with a key that is not known")]
    UnknownKey,
    /// The signature does not fit.
    #[error("its signature does not fit")]
    Forged,
}

/// What a statement of a kind says, if it is signed with one of these keys by whom it names as its issuer.
///
/// # Errors
/// See [`NotOurs`].
pub fn open_statement(keys: &[PublicKey], typ: &str, token: &str) -> Result<Value, NotOurs> {
    let mut parts = token.split('.');
    let (Some(header), Some(payload), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(NotOurs::Malformed);
    };
    let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| NotOurs::Malformed);
    let parsed = |part| serde_json::from_slice::<Value>(&bytes(part)?).map_err(|_| NotOurs::Malformed);
    let (head, said) = (parsed(header)?, parsed(payload)?);
    let (issuer, kid) = head["kid"].as_str().and_then(|kid| kid.split_once('#')).ok_or(NotOurs::Malformed)?;
    if head["alg"] != "EdDSA" || head["typ"] != typ || said["iss"] != issuer {
        return Err(NotOurs::Malformed);
    }
    let key = keys.iter().find(|key| key.kid == kid).ok_or(NotOurs::UnknownKey)?;
    let signature: [u8; 64] = bytes(signature)?.try_into().map_err(|_| NotOurs::Malformed)?;
    let signed = token.rsplit_once('.').map_or("", |(signed, _)| signed);
    if key.verifies(signed.as_bytes(), &signature) { Ok(said) } else { Err(NotOurs::Forged) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_opened_as_it_was_signed_and_no_other_is() {
        let (issuer, key) = (Issuer::of("https://market.example"), Key::from_entropy(&[7; 32]));
        let said = json!({ "iss": issuer.did(), "number": 3 });
        let token = sign_statement(&issuer, &key, "count+jwt", &said).unwrap();
        let keys = [Key::from_entropy(&[1; 32]).public().clone(), key.public().clone()];

        assert_eq!(open_statement(&keys, "count+jwt", &token), Ok(said.clone()));
        assert_eq!(open_statement(&keys, "vc+jwt", &token), Err(NotOurs::Malformed));
        assert_eq!(open_statement(&keys[..1], "count+jwt", &token), Err(NotOurs::UnknownKey));
        assert_eq!(open_statement(&keys, "count+jwt", &format!("{token}.x")), Err(NotOurs::Malformed));
        let other = sign_statement(&issuer, &key, "count+jwt", &json!({ "iss": issuer.did(), "number": 4 })).unwrap();
        let (signed, _) = token.rsplit_once('.').unwrap();
        let (_, signature) = other.rsplit_once('.').unwrap();
        assert_eq!(open_statement(&keys, "count+jwt", &format!("{signed}.{signature}")), Err(NotOurs::Forged));
        let another = Issuer::of("https://other.example");
        let token = sign_statement(&another, &key, "count+jwt", &said).unwrap();
        assert_eq!(open_statement(&keys, "count+jwt", &token), Err(NotOurs::Malformed));
    }
}
