//! A status list as it is written: itself a credential
//! ([Bitstring Status List](https://www.w3.org/TR/vc-bitstring-status-list/), section 2.2).

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Bitstring, CredentialStatus, Issuer, Purpose, StatusEvent, credential, status_at};
use crate::kernel::clock::Timestamp;

/// How long a list may be kept by whoever fetched it.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(5);

/// What became of the credentials of a list: the place of each with its events in the order of writing.
pub type Told = Vec<(u32, Vec<StatusEvent>)>;

/// The bits for a purpose as of an instant.
#[must_use]
pub fn bits(told: &[(u32, Vec<StatusEvent>)], purpose: Purpose, at: Timestamp) -> Bitstring {
    let mut bits = Bitstring::default();
    for (index, events) in told {
        let set = match (purpose, status_at(events, at)) {
            (Purpose::Revocation, CredentialStatus::Revoked) | (Purpose::Suspension, CredentialStatus::Suspended) => {
                true
            }
            (Purpose::Revocation, CredentialStatus::Active | CredentialStatus::Suspended)
            | (Purpose::Suspension, CredentialStatus::Active | CredentialStatus::Revoked) => false,
        };
        if set {
            bits.set(*index);
        }
    }
    bits
}

/// Since when a list tells what it tells now, and until when it goes on telling it, if nothing more is written.
///
/// The beginning is that of the current five minutes, or the last change since. So every process that signs the same list
/// in the same five minutes writes the same.
#[must_use]
pub fn holds(told: &[(u32, Vec<StatusEvent>)], now: Timestamp) -> (Timestamp, Timestamp) {
    let past = TimeDelta::microseconds(now.timestamp_micros().rem_euclid(micros(LIFETIME)));
    let (mut since, mut until) = (now - past, now - past + LIFETIME);
    for event in told.iter().flat_map(|(_, events)| events) {
        if event.effective_at <= now {
            since = since.max(event.effective_at.max(event.recorded_at).min(now));
        } else {
            until = until.min(event.effective_at);
        }
    }
    (since, until)
}

fn micros(delta: TimeDelta) -> i64 {
    delta.num_microseconds().unwrap_or(i64::MAX)
}

/// The list, unsigned. It says as of when it holds and no end: how old a list one still believes is for whoever verifies to
/// decide, and a list that is kept beside a credential stays a proof of what was said then.
///
/// # Errors
/// None in practice, see [`Bitstring::encode`].
pub fn status_list(
    issuer: &Issuer,
    list: i64,
    purpose: Purpose,
    bits: &Bitstring,
    as_of: Timestamp,
) -> std::io::Result<Value> {
    let url = issuer.list_url(list, purpose);
    Ok(json!({
        "@context": [credential::BASE_CONTEXT],
        "type": [credential::BASE_TYPE, "BitstringStatusListCredential"],
        "id": url,
        "issuer": issuer.did(),
        "validFrom": credential::instant(as_of),
        "credentialSubject": {
            "id": format!("{url}#list"),
            "type": "BitstringStatusList",
            "statusPurpose": purpose.as_str(),
            "encodedList": bits.encode()?,
            "ttl": LIFETIME.num_milliseconds(),
        },
    }))
}
