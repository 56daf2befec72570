//! What was asked for, who was invited, who appealed, and what was published.

use std::fmt::Write as _;

use super::{
    Source,
    bids::FIRST_LOT,
    sql::{Dialect, class, count, within},
};
use crate::{
    insight::model::report::{
        cell::Measure,
        facts::{Appeal, Family, Invited, Published, PublishedLot},
        scope::{Scope, Slice},
    },
    kernel::{Fault, db::Reader},
    procurement::MeasureKind,
};

/// Kinds of gender measures, in the order in which they are told.
fn kinds() -> Vec<&'static str> {
    let mut kinds: Vec<&str> = MeasureKind::ALL.iter().map(|kind| kind.as_str()).collect();
    kinds.sort_unstable();
    kinds
}

pub(super) fn published_lots(scope: &Scope, dialect: Dialect) -> Source {
    let mut measures = "rtrim(".to_owned();
    for (position, kind) in kinds().into_iter().enumerate() {
        let _ = write!(
            measures,
            "{}CASE WHEN EXISTS (SELECT 1 FROM gender_measure m WHERE m.request_id = r.id AND m.kind = '{kind}' \
             AND (m.request_lot_id IS NULL OR m.request_lot_id = l.id)) THEN '{kind},' ELSE '' END",
            if position == 0 { "" } else { " || " }
        );
    }
    measures.push_str(", ',')");
    let fact = format!(
        "SELECT {day} AS day, r.buyer_id AS buyer, pl.region_code AS region, l.product_code AS product, r.method AS method,
            l.grams AS grams, CAST(NULL AS text) AS level, l.id AS lot, {measures} AS measures, l.estimated_minor AS minor,
            CASE WHEN l.estimated_minor IS NOT NULL THEN r.currency END AS currency
        FROM procurement_request r JOIN request_lot l ON l.request_id = r.id AND l.status <> 'CANCELLED'
            LEFT JOIN place pl ON pl.code = l.place_code
        WHERE r.status <> 'DRAFT' AND {published}",
        day = dialect.day("r.published_at"),
        published = within(scope, "r.published_at", "r.buyer_id"),
    );
    let mut counted = vec![
        count(Measure::Lots),
        count(Measure::GoalLots).only("measures <> ''"),
        count(Measure::EstimatedValue).key("currency").amounts("minor").only("minor IS NOT NULL"),
        count(Measure::GoalEstimatedValue)
            .key("currency")
            .amounts("minor")
            .only("minor IS NOT NULL AND measures <> ''"),
    ];
    counted.extend(kinds().into_iter().map(|kind| {
        let has = format!("',' || measures || ',' LIKE '%,{kind},%'");
        count(Measure::StrategyLots).under(kind).only(&has)
    }));
    Source {
        family: Family::PublishedLots,
        with: String::new(),
        fact,
        columns: "lot, measures, minor, currency",
        counted,
        who: None,
        one: "1 = 1",
    }
}

pub(super) fn read_lot(slice: Slice, next: &mut Reader<'_>) -> Result<PublishedLot, Fault> {
    Ok(PublishedLot { slice, lot: next.get()?, measures: next.get()?, minor: next.get()?, currency: next.get()? })
}

/// Joins what `organization` was by its last opened bid on the request `r`, as `f`.
fn by_her_bid(organization: &str) -> String {
    format!(
        "LEFT JOIN frozen_status f ON f.definition = $5 AND f.organization_id = {organization} AND f.subject_id = (
            SELECT b.id FROM bid b JOIN bid_partner p ON p.bid_id = b.id AND p.organization_id = {organization}
            WHERE b.request_id = r.id AND b.opened_at IS NOT NULL ORDER BY b.id DESC LIMIT 1)"
    )
}

pub(super) fn invitations(scope: &Scope, dialect: Dialect) -> Source {
    let fact = format!(
        "SELECT {day} AS day, r.buyer_id AS buyer, pl.region_code AS region, l.product_code AS product, r.method AS method,
            l.grams AS grams, f.evidence_level AS level, r.id AS request, i.organization_id AS organization, {class} AS class
        FROM procurement_request r JOIN request_invitation i ON i.request_id = r.id {FIRST_LOT} {her}
        WHERE r.status <> 'DRAFT' AND r.closed_at IS NOT NULL AND {published}",
        day = dialect.day("r.published_at"),
        class = class(scope.at_least, "f"),
        her = by_her_bid("i.organization_id"),
        published = within(scope, "r.published_at", "r.buyer_id"),
    );
    Source {
        family: Family::Invitations,
        with: String::new(),
        fact,
        columns: "request, organization, class",
        counted: vec![count(Measure::Invited).class("class")],
        who: Some("organization"),
        one: "1 = 1",
    }
}

pub(super) fn read_invitation(slice: Slice, next: &mut Reader<'_>) -> Result<Invited, Fault> {
    Ok(Invited { slice, request: next.get()?, organization: next.get()?, class: next.word("class of a report")? })
}

pub(super) fn complaints(scope: &Scope, dialect: Dialect) -> Source {
    let filed = dialect.day("k.filed_at");
    let fact = format!(
        "SELECT {filed} AS day, r.buyer_id AS buyer, pl.region_code AS region, l.product_code AS product, r.method AS method,
            l.grams AS grams, f.evidence_level AS level, k.id AS complaint, k.organization_id AS organization, {class} AS class,
            k.status IN ('UPHELD', 'REJECTED', 'INADMISSIBLE') AS decided, k.status = 'UPHELD' AS upheld,
            CASE WHEN k.status IN ('UPHELD', 'REJECTED', 'INADMISSIBLE') THEN {days} END AS days
        FROM complaint k JOIN procurement_request r ON r.id = k.request_id {FIRST_LOT} {her}
        WHERE {within}",
        class = class(scope.at_least, "f"),
        days = dialect.days(&filed, &dialect.day("k.decided_at")),
        her = by_her_bid("k.organization_id"),
        within = within(scope, "k.filed_at", "r.buyer_id"),
    );
    Source {
        family: Family::Complaints,
        with: String::new(),
        fact,
        columns: "complaint, organization, class, decided, upheld, days",
        counted: vec![
            count(Measure::Complaints).class("class"),
            count(Measure::Decided).class("class").only("decided"),
            count(Measure::Upheld).class("class").only("upheld"),
            count(Measure::ComplaintDays).class("class").bucket("days").only("days IS NOT NULL"),
        ],
        who: Some("organization"),
        one: "1 = 1",
    }
}

pub(super) fn read_complaint(slice: Slice, next: &mut Reader<'_>) -> Result<Appeal, Fault> {
    Ok(Appeal {
        slice,
        complaint: next.get()?,
        organization: next.get()?,
        class: next.word("class of a report")?,
        decided: next.get()?,
        upheld: next.get()?,
        days: next.get()?,
    })
}

pub(super) fn releases(scope: &Scope, dialect: Dialect) -> Source {
    let fact = format!(
        "SELECT {day} AS day, p.buyer_id AS buyer, CAST(NULL AS text) AS region, CAST(NULL AS text) AS product,
            coalesce(r.method, 'DIRECT') AS method, CAST(NULL AS bigint) AS grams, CAST(NULL AS text) AS level,
            p.id AS process, e.sequence AS sequence, {lag} AS lag
        FROM procurement_event e JOIN procurement_process p ON p.id = e.process_id
            LEFT JOIN procurement_request r ON r.id = p.id
            LEFT JOIN ocds_release o ON o.process_id = e.process_id AND o.sequence = e.sequence
        WHERE {within}",
        day = dialect.day("e.at"),
        lag = dialect.minutes("e.at", "o.published_at"),
        within = within(scope, "e.at", "p.buyer_id"),
    );
    Source {
        family: Family::Releases,
        with: String::new(),
        fact,
        columns: "process, sequence, lag",
        counted: vec![count(Measure::Events), count(Measure::PublicationLag).bucket("lag").only("lag IS NOT NULL")],
        who: None,
        one: "1 = 1",
    }
}

pub(super) fn read_release(slice: Slice, next: &mut Reader<'_>) -> Result<Published, Fault> {
    Ok(Published { slice, process: next.get()?, sequence: next.get()?, lag_minutes: next.get()? })
}
