//! Credentials signed and verified a second, beside bare Ed25519 over the same bytes in the same run.
//!
//! ```text
//! cargo bench --bench credentials [-- SECONDS]
//! ```
//!
//! Signing is all that the product does for a credential but the database: what a certificate says is written, made canonical
//! and signed. Verifying is all that a verifier does without a network: the token is taken apart, its key found in the
//! issuer's document, its signature checked strictly and what it says read. The floor signs and checks the same bytes and does
//! nothing else. Each pair takes turns, so that both meet the same machine.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program for people at a terminal that says what is wrong by stopping"
)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bfw::{
    accounts::OrganizationId,
    credentials::model::{
        CredentialId, Issuer, Key, Place,
        conformity::{
            self, AssessmentLevel, ConformityStatement, ConformityTopic, Holder, ProductFacts, Registration,
            SchemeFacts,
        },
        jws, payload,
    },
};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde_json::Value;
use uuid::Uuid;

/// How often each pair takes turns; the better turn of each counts.
const TURNS: u32 = 3;
const SECRET: [u8; 32] = [7; 32];

fn main() {
    let given = std::env::args().skip(1).find_map(|argument| argument.parse::<f64>().ok());
    let turn = Duration::from_secs_f64(given.unwrap_or(2.0));
    let issuer = Issuer::of("https://market.example");
    let key = Key::from_entropy(&SECRET);
    let bare = SigningKey::from_bytes(&SECRET);
    let document = issuer.document(&[key.public().clone()]);
    let statement = statement();
    let sign = || {
        let draft = conformity::draft(&issuer, &statement);
        let id = CredentialId::from_uuid(Uuid::from_u128(3));
        jws::sign(&issuer, &key, &payload(&issuer, id, &draft, Place { list: 1, index: 7 })).expect("it is writable")
    };
    let token = sign();
    let (signed, signature) = token.rsplit_once('.').expect("a token has three parts");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    let signature = Signature::from_slice(&signature).expect("64 bytes");
    let public = bare.verifying_key();
    println!("a conformity credential: {} bytes as a token", token.len());

    let raw_sign = || bare.sign(black_box(signed.as_bytes()));
    compare("signed", turn, &mut || drop(black_box(sign())), &mut || {
        black_box(raw_sign());
    });
    let raw_verify = || public.verify_strict(black_box(signed.as_bytes()), &signature).expect("it is good");
    let verify = || verify(black_box(&token), &document).expect("it is good");
    compare("verified", turn, &mut || drop(black_box(verify())), &mut || raw_verify());
}

/// Tells how often each is done a second, and what of the floor is left.
fn compare(what: &str, turn: Duration, product: &mut dyn FnMut(), floor: &mut dyn FnMut()) {
    let (mut ours, mut bare) = (0.0_f64, 0.0_f64);
    for _ in 0..TURNS {
        ours = ours.max(a_second(turn, product));
        bare = bare.max(a_second(turn, floor));
    }
    println!("{what:>8}: {ours:>8.0} a second; Ed25519 alone {bare:>8.0}; {:.0} % of it", 100.0 * ours / bare);
}

fn a_second(turn: Duration, work: &mut dyn FnMut()) -> f64 {
    let (started, mut count) = (Instant::now(), 0.0);
    while started.elapsed() < turn {
        for _ in 0..64 {
            work();
        }
        count += 64.0;
    }
    count / started.elapsed().as_secs_f64()
}

/// What a verifier does, without a network.
fn verify(token: &str, document: &Value) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    (header["alg"] == "EdDSA" && header["typ"] == "vc+jwt").then_some(())?;
    let methods = document["verificationMethod"].as_array()?;
    let method = methods.iter().find(|method| method["id"] == header["kid"])?;
    let public = URL_SAFE_NO_PAD.decode(method["publicKeyJwk"]["x"].as_str()?).ok()?;
    let public = VerifyingKey::from_bytes(&public.try_into().ok()?).ok()?;
    let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
    public.verify_strict(signed.as_bytes(), &signature).ok()?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

fn statement() -> ConformityStatement {
    ConformityStatement {
        certificate: Uuid::from_u128(2),
        number: "ML-BIO-2026-017".into(),
        scheme: SchemeFacts {
            code: "ORGANIC_EU".into(),
            name: "Agriculture biologique (Union européenne)".into(),
            description: None,
            version: None,
            since: None,
            owner: None,
            topic: ConformityTopic::Biodiversity,
        },
        issuer_name: "Ecocert".into(),
        level: AssessmentLevel::Unspecified,
        holder: Holder {
            organization: OrganizationId::from_uuid(Uuid::from_u128(1)),
            name: "Coopérative Benkadi".into(),
            registrations: vec![Registration { scheme: "RCCM".into(), value: "MA.SEG.2024.B.101".into() }],
        },
        products: vec![ProductFacts { code: "shea-butter".into(), name: "Beurre de karité".into() }],
        sites: vec!["Unité de Ségou".into()],
        volume_limit: None,
        criteria: Vec::new(),
        file: None,
        assessed_on: None,
        valid_from: "2026-01-01".parse().expect("a day"),
        valid_until: "2026-12-31".parse().expect("a day"),
    }
}
