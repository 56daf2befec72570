//! A verifier of the tests' own, written from the standards and from nothing of the product: it reads texts.

use std::io::Read as _;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, VerifyingKey};
use flate2::read::GzDecoder;
use serde_json::Value;

use super::at;

/// Bits that a list has at least.
const LIST_BITS: usize = 131_072;

/// What a bundle's credential says, if it is signed by the issuer of `document`, holds at the instant and was not taken back.
pub(super) fn verify(bundle: &Value, document: &Value, instant: &str) -> Result<Value, String> {
    let said = open(text(&bundle["credential"]["token"]), document, instant)?;
    for entry in said["credentialStatus"].as_array().ok_or("no status")? {
        let url = text(&entry["statusListCredential"]);
        let lists = bundle["statusLists"].as_array().ok_or("no lists")?;
        let list = lists.iter().find(|list| list["id"] == url).ok_or("the list is not there")?;
        let told = open(text(&list["token"]), document, instant)?;
        if told["id"] != url || told["credentialSubject"]["statusPurpose"] != entry["statusPurpose"] {
            return Err("another list".into());
        }
        let index = text(&entry["statusListIndex"]).parse::<usize>().map_err(|error| error.to_string())?;
        if bits(&told)?.get(index) != Some(&false) {
            return Err(format!("status: {}", text(&entry["statusPurpose"])));
        }
    }
    Ok(said)
}

/// What a token says, if it is signed by the issuer of `document` and holds at the instant.
pub(super) fn open(token: &str, document: &Value, instant: &str) -> Result<Value, String> {
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else { return Err("no token".into()) };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|error| error.to_string());
    let parsed = |bytes: Vec<u8>| serde_json::from_slice::<Value>(&bytes).map_err(|error| error.to_string());
    let head = parsed(decode(header)?)?;
    for (name, value) in [("alg", "EdDSA"), ("typ", "vc+jwt"), ("cty", "vc")] {
        if head[name] != value {
            return Err(format!("{name} is {}", head[name]));
        }
    }
    let key = key(document, text(&head["kid"])).ok_or("signed with a key that the issuer does not have")?;
    let signature = Signature::from_slice(&decode(signature)?).map_err(|error| error.to_string())?;
    let signed = format!("{header}.{payload}");
    key.verify_strict(signed.as_bytes(), &signature).map_err(|error| error.to_string())?;
    let said = parsed(decode(payload)?)?;
    let issuer = if said["issuer"].is_object() { &said["issuer"]["id"] } else { &said["issuer"] };
    if issuer != &document["id"] {
        return Err("issued by somebody else".into());
    }
    if said["validFrom"].as_str().is_some_and(|from| at(instant) < at(from)) {
        return Err("not valid yet".into());
    }
    if said["validUntil"].as_str().is_some_and(|until| at(until) < at(instant)) {
        return Err("expired".into());
    }
    Ok(said)
}

fn key(document: &Value, kid: &str) -> Option<VerifyingKey> {
    document["assertionMethod"].as_array()?.iter().find(|id| *id == kid)?;
    let method = document["verificationMethod"].as_array()?.iter().find(|method| method["id"] == kid)?;
    let jwk = &method["publicKeyJwk"];
    let fits = jwk["kty"] == "OKP" && jwk["crv"] == "Ed25519" && method["controller"] == document["id"];
    let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(jwk["x"].as_str()?).ok()?.try_into().ok()?;
    fits.then(|| VerifyingKey::from_bytes(&bytes).ok())?
}

/// The bits of a list, the first place first.
pub(super) fn bits(told: &Value) -> Result<Vec<bool>, String> {
    decode_bits(text(&told["credentialSubject"]["encodedList"]))
}

pub(super) fn decode_bits(encoded: &str) -> Result<Vec<bool>, String> {
    let compressed = encoded.strip_prefix('u').ok_or("not multibase base64url")?;
    let compressed = URL_SAFE_NO_PAD.decode(compressed).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    GzDecoder::new(&compressed[..]).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let bits: Vec<bool> = bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte & (0x80 >> bit) != 0)).collect();
    if bits.len() < LIST_BITS { Err("a list that is too short".into()) } else { Ok(bits) }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
