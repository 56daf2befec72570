//! No byte of a token can be changed, and no bit of a list is another's.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bfw::credentials::{
    CredentialStatus, StatusEvent,
    model::{
        Bitstring, CredentialId, Issuer, Key, LIST_LENGTH, Place, Purpose, conformity, jws, payload, revoked_from,
        status_at, status_list,
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{at, statement, verifying};

const NOW: &str = "2026-11-02T09:00:00Z";
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";

fn issuer() -> Issuer {
    Issuer::of("https://market.example")
}

/// A good token, and the document that tells its key.
fn signed() -> (String, Value) {
    let (issuer, key) = (issuer(), Key::from_entropy(&[3; 32]));
    let statement = statement(bfw::accounts::OrganizationId::from_uuid(Uuid::from_u128(1)), Uuid::from_u128(2));
    let draft = conformity::draft(&issuer, &statement);
    let said = payload(&issuer, CredentialId::from_uuid(Uuid::from_u128(3)), &draft, Place { list: 1, index: 7 });
    (jws::sign(&issuer, &key, &said).unwrap(), issuer.document(&[key.public().clone()]))
}

#[test]
fn the_untouched_token_is_accepted() {
    let (token, document) = signed();
    assert!(verifying::open(&token, &document, NOW).is_ok());
}

#[test]
fn a_token_under_another_key_or_algorithm_is_refused() {
    let (token, document) = signed();
    let [_, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("{token}") };
    let kid = document["assertionMethod"][0].as_str().unwrap();
    for header in [
        json!({ "alg": "none", "typ": "vc+jwt", "cty": "vc", "kid": kid }),
        json!({ "alg": "HS256", "typ": "vc+jwt", "cty": "vc", "kid": kid }),
        json!({ "alg": "EdDSA", "typ": "vc+jwt", "cty": "vc", "kid": "did:web:evil.example#key-1" }),
    ] {
        let forged = format!("{}.{payload}.{signature}", URL_SAFE_NO_PAD.encode(header.to_string()));
        assert!(verifying::open(&forged, &document, NOW).is_err(), "{header}");
    }
    let stranger = issuer().document(&[Key::from_entropy(&[4; 32]).public().clone()]);
    assert!(verifying::open(&token, &stranger, NOW).is_err());
}

fn event() -> impl Strategy<Value = StatusEvent> {
    let status = prop_oneof![
        3 => Just(CredentialStatus::Suspended),
        3 => Just(CredentialStatus::Active),
        1 => Just(CredentialStatus::Revoked),
    ];
    (status, 0_i64..20).prop_map(|(status, hour)| StatusEvent {
        status,
        effective_at: at("2026-11-02T00:00:00Z") + chrono::TimeDelta::hours(hour),
        recorded_at: at("2026-11-02T00:00:00Z"),
        reason: String::new(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_token_with_any_byte_changed_is_refused(place: prop::sample::Index, letter in 0..LETTERS.len()) {
        let (token, document) = signed();
        let mut bytes = token.clone().into_bytes();
        let place = place.index(bytes.len());
        prop_assume!(bytes[place] != LETTERS[letter]);
        bytes[place] = LETTERS[letter];
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert!(verifying::open(&changed, &document, NOW).is_err(), "{changed}");
    }

    #[test]
    fn a_token_that_is_cut_short_is_refused(place: prop::sample::Index) {
        let (token, document) = signed();
        prop_assert!(verifying::open(&token[..place.index(token.len())], &document, NOW).is_err());
    }

    #[test]
    fn bits_survive_being_handed_out(places in prop::collection::hash_set(0..LIST_LENGTH, 0..200)) {
        let mut bits = Bitstring::default();
        places.iter().for_each(|place| bits.set(*place));
        let read = verifying::decode_bits(&bits.encode().unwrap()).unwrap();
        prop_assert_eq!(read.len(), LIST_LENGTH as usize);
        for (place, bit) in (0..).zip(read) {
            prop_assert_eq!(bit, places.contains(&place));
            prop_assert_eq!(bit, bits.is_set(place));
        }
    }

    #[test]
    fn the_bit_of_a_place_is_what_became_of_its_credential(
        told in prop::collection::btree_map(0..LIST_LENGTH, prop::collection::vec(event(), 1..6), 0..20),
        hour in 0_i64..24,
    ) {
        let told: status_list::Told = told.into_iter().collect();
        let then = at("2026-11-02T00:00:00Z") + chrono::TimeDelta::hours(hour);
        for purpose in Purpose::ALL {
            let bits = status_list::bits(&told, *purpose, then);
            let list = status_list::status_list(&issuer(), 1, *purpose, &bits, then).unwrap();
            let read = verifying::bits(&list).unwrap();
            prop_assert!(read.iter().filter(|bit| **bit).count() <= told.len());
            for (place, events) in &told {
                let expected = match purpose {
                    Purpose::Revocation => status_at(events, then) == CredentialStatus::Revoked,
                    Purpose::Suspension => status_at(events, then) == CredentialStatus::Suspended,
                };
                prop_assert_eq!(read[*place as usize], expected);
            }
        }
    }

    #[test]
    fn what_is_revoked_stays_so(events in prop::collection::vec(event(), 1..8), later in event(), hour in 0_i64..24) {
        let then = at("2026-11-02T00:00:00Z") + chrono::TimeDelta::hours(hour);
        let before = status_at(&events, then);
        let mut after = events.clone();
        after.push(later);
        prop_assert!(before != CredentialStatus::Revoked || status_at(&after, then) == CredentialStatus::Revoked);
        prop_assert_eq!(status_at(&events, then) == CredentialStatus::Revoked, revoked_from(&events).is_some_and(|from| from <= then));
    }

    #[test]
    fn a_list_holds_until_something_takes_effect(events in prop::collection::vec(event(), 0..8), minute in 0_i64..1_440, later in 0_i64..300) {
        let told = vec![(5, events)];
        let now = at("2026-11-02T00:00:00Z") + chrono::TimeDelta::minutes(minute);
        let (since, until) = status_list::holds(&told, now);
        prop_assert!(since <= now && now < until);
        let then = now + chrono::TimeDelta::seconds(later);
        for purpose in Purpose::ALL {
            if then < until {
                prop_assert_eq!(status_list::bits(&told, *purpose, then), status_list::bits(&told, *purpose, now));
            }
            prop_assert_eq!(status_list::bits(&told, *purpose, since), status_list::bits(&told, *purpose, now));
        }
    }
}
