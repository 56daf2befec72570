//! A release: what is public of a process at an event of it.
//!
//! Each release repeats all that is public, so that whoever missed one has it with the next; those that tell of contracts leave
//! out what can no longer change by then: the plan, the bids, and of the request all but how it stands.

use chrono::SecondsFormat;
use serde_json::{Value, json};

pub use super::values::Reference;
use super::{
    awards, bids, contracts, merge, parties,
    snapshot::{Publication, Snapshot},
    tender,
    values::{OWN, instant, instant_of, object, set},
};
use crate::{
    kernel::clock::Timestamp,
    procurement::{ProcessKind, ReleaseTag},
};

/// What a release tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Everything.
    All,
    /// Awards and contracts.
    Contracts,
}

impl Scope {
    /// What an event of a process that began with a request is told with. An order from a listing is small, and told whole.
    const fn of(kind: ProcessKind, tag: ReleaseTag) -> Self {
        match (kind, tag) {
            (
                ProcessKind::Request,
                ReleaseTag::Contract
                | ReleaseTag::ContractUpdate
                | ReleaseTag::ContractAmendment
                | ReleaseTag::ContractTermination
                | ReleaseTag::Implementation
                | ReleaseTag::ImplementationUpdate,
            ) => Self::Contracts,
            (ProcessKind::DirectOrder, _)
            | (
                ProcessKind::Request,
                ReleaseTag::Planning
                | ReleaseTag::Tender
                | ReleaseTag::TenderAmendment
                | ReleaseTag::TenderUpdate
                | ReleaseTag::TenderCancellation
                | ReleaseTag::Award
                | ReleaseTag::AwardUpdate
                | ReleaseTag::AwardCancellation,
            ) => Self::All,
        }
    }
}

/// The identifier of a release: the process's, and the event's place in it.
#[must_use]
pub fn release_id(ocid: &str, sequence: i64) -> String {
    format!("{ocid}-{sequence}")
}

/// The process and the event that an identifier of a release names, if it can be one.
#[must_use]
pub fn read_release_id(id: &str) -> Option<(&str, i64)> {
    let (ocid, sequence) = id.rsplit_once('-')?;
    let sequence = sequence.parse().ok().filter(|sequence: &i64| *sequence >= 1)?;
    (release_id(ocid, sequence) == id).then_some((ocid, sequence))
}

/// The date of a release: always of one length, because releases are put in order by this text.
#[must_use]
pub fn release_date(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// What is published of an event of a process that stands as the snapshot has it.
#[must_use]
pub fn published(snapshot: &Snapshot, reference: &Reference<'_>, tag: ReleaseTag, publication: &Publication) -> Value {
    let mut release = body(snapshot, reference, Scope::of(snapshot.kind, tag), std::slice::from_ref(publication));
    set(&mut release, "id", release_id(&snapshot.ocid, publication.sequence).into());
    set(&mut release, "date", release_date(publication.date).into());
    set(&mut release, "tag", json!([publication.tag]));
    release
}

/// A process as it stands: what merging all its releases comes to, once all are published.
#[must_use]
pub fn current(snapshot: &Snapshot, reference: &Reference<'_>) -> Value {
    let mut release = body(snapshot, reference, Scope::All, &snapshot.publications);
    let published = snapshot.publications.iter().filter(|publication| publication.at.is_some());
    let date = published.map(|publication| publication.date).max();
    set(&mut release, "date", release_date(date.unwrap_or(snapshot.last_event)).into());
    // Takes out what a wording took away.
    merge::compiled([&release])
}

fn body(snapshot: &Snapshot, reference: &Reference<'_>, scope: Scope, publications: &[Publication]) -> Value {
    let roles = parties::roles(snapshot);
    let named = match scope {
        Scope::All => None,
        Scope::Contracts => Some(parties::of_contracts(snapshot)),
    };
    let is_named = |id| named.as_ref().is_none_or(|named| named.contains(&id));
    let whole = scope == Scope::All;
    let request = snapshot.request.as_ref();
    let mut release = object([
        ("ocid", snapshot.ocid.as_str().into()),
        ("initiationType", "tender".into()),
        ("language", request.map_or("fr", |request| request.language.as_str()).into()),
        ("buyer", parties::refer(snapshot, snapshot.buyer)),
        ("parties", parties::parties(snapshot, reference, &roles, is_named)),
        ("awards", awards::awards(snapshot, reference)),
        ("contracts", contracts::contracts(snapshot, reference)),
    ]);
    let asked = request
        .map_or_else(|| tender::direct_order(snapshot), |request| tender::tender(snapshot, request, reference, scope));
    set(&mut release, "tender", asked);
    if let Some(request) = request.filter(|_| whole) {
        set(&mut release, "planning", tender::planning(request));
        set(&mut release, "bids", bids::bids(snapshot, request, reference));
    }
    let complaints = if whole { awards::complaints(snapshot) } else { Value::Null };
    let told = publications.iter().map(|publication| {
        object([
            ("id", release_id(&snapshot.ocid, publication.sequence).into()),
            ("tag", publication.tag.as_str().into()),
            ("occurredAt", instant(publication.happened_at)),
            ("publishedAt", instant_of(publication.at)),
        ])
    });
    let own = object([
        ("kind", snapshot.kind.as_str().into()),
        ("complaints", complaints),
        ("publications", super::values::array(told)),
    ]);
    set(&mut release, OWN, own);
    release
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_of_a_release_is_read_back_and_no_other() {
        let id = release_id("ocds-bfw000-01jd", 12);
        assert_eq!(read_release_id(&id), Some(("ocds-bfw000-01jd", 12)));
        for other in
            ["", "ocds", "ocds-bfw000-01jd", "ocds-bfw000-01jd-0", "ocds-bfw000-01jd-012", "ocds-bfw000-01jd-+1"]
        {
            assert_eq!(read_release_id(other), None, "{other}");
        }
    }

    #[test]
    fn dates_of_releases_stand_in_order_as_texts() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let dates = ["2026-11-02T08:00:00Z", "2026-11-02T08:00:00.5Z", "2026-11-02T08:00:01Z"];
        assert!(dates.map(|date| release_date(at(date))).is_sorted());
    }
}
