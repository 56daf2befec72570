//! What a lot's page says, for programs. Masses are in grams, shares decimal numbers from 0 to 1, texts by language.

use serde_json::{Value, json};

use crate::{
    kernel::{clock::rfc3339, decimal::format_scaled},
    traceability::model::journey::{ClaimShown, Growers, Journey, Maker, RecallShown, Spot, Step},
};

/// The facts of a lot.
pub(super) fn facts(journey: &Journey) -> Value {
    json!({
        "id": journey.url,
        "code": journey.code,
        "product": journey.product,
        "grade": journey.grade,
        "grams": journey.grams,
        "madeAt": rfc3339(journey.made_at),
        "maker": journey.maker,
        "place": journey.place.as_ref().map(place),
        "custody": journey.custody,
        "void": journey.is_void,
        "recalls": journey.recalls.iter().map(recall).collect::<Vec<_>>(),
        "growers": growers(&journey.growers),
        "claims": journey.claims.iter().map(claim).collect::<Vec<_>>(),
        "makers": journey.makers.iter().map(maker).collect::<Vec<_>>(),
        "steps": journey.steps.iter().map(step).collect::<Vec<_>>(),
        "stepsLeftOut": journey.steps_left_out,
        "cutOff": journey.is_cut_off,
    })
}

/// Parts of a million.
fn share(part: u32) -> String {
    format_scaled(i64::from(part), 6)
}

fn place(spot: &Spot) -> Value {
    json!({
        "name": spot.names,
        "point": spot.point.map(|point| json!({ "latitude": point.latitude, "longitude": point.longitude })),
    })
}

fn recall(recall: &RecallShown) -> Value {
    json!({
        "organization": recall.organization,
        "reason": recall.reason,
        "openedAt": rfc3339(recall.opened_at),
        "phone": recall.phone,
    })
}

fn growers(growers: &Growers) -> Value {
    json!({
        "womenGrownShare": share(growers.women),
        "othersGrownShare": share(growers.others),
        "unknownShare": share(growers.unknown),
        "producerConfirmedShare": share(growers.confirmed),
        "women": growers.women_count,
        "producers": growers.producer_count,
        "names": growers.names,
        "namesLeftOut": growers.names_left_out,
    })
}

fn claim(claim: &ClaimShown) -> Value {
    json!({
        "scheme": { "code": claim.scheme_code, "name": claim.scheme, "covers": claim.about },
        "share": share(claim.share),
        "statusThen": claim.then,
        "statusNow": claim.now,
        "certificate": {
            "number": claim.number,
            "issuer": claim.issuer,
            "holder": claim.holder,
            "validUntil": claim.valid_until,
            "credential": claim.credential_url,
        },
    })
}

fn maker(maker: &Maker) -> Value {
    json!({
        "name": maker.name,
        "place": maker.place.as_ref().map(place),
        "did": maker.did,
        "womenOwned": maker.women_owned.map(|(definition, level)| {
            json!({ "definition": definition.as_str(), "evidenceLevel": level.map(|level| level.as_str()) })
        }),
    })
}

fn step(step: &Step) -> Value {
    json!({
        "kind": step.kind,
        "from": rfc3339(step.at),
        "until": rfc3339(step.until),
        "organization": step.organization,
        "place": step.place.as_ref().map(place),
        "product": step.product,
        "grams": step.grams,
        "producers": step.producers,
        "void": step.is_void,
    })
}
