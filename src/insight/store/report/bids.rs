//! What was bid, and for what.

use super::{
    Found, Source, class_or_none,
    sql::{Dialect, class, count, joint, within},
};
use crate::{
    insight::model::report::{
        cell::Measure,
        class::WHOLE,
        facts::{BidShare, Family, OpenedLot, OpenedRequest},
        scope::{Scope, Slice},
    },
    kernel::{Fault, db::Reader},
};

/// What was bid, lot by lot and request by request, from bids for lots of requests that were opened, by bidder.
pub(super) fn found(scope: &Scope, dialect: Dialect) -> Found {
    let opened = within(scope, "r.opened_at", "r.buyer_id");
    let class = |of: &str| class(scope.at_least, of);
    let share = |of: &str, wanted: &str| format!("sum(CASE WHEN {} = '{wanted}' THEN q.share ELSE 0 END)", class(of));
    // Whoever bids alone is what she is; only of consortia the shares are added.
    let with = format!(
        "bid_share AS MATERIALIZED (
            SELECT b.id AS bid, r.id AS request, bl.request_lot_id AS lot, p.organization_id AS organization, p.is_lead AS leads,
                b.disqualified_reason AS disqualified, r.buyer_id AS buyer, r.method AS method, l.product_code AS product,
                pl.region_code AS region, l.grams AS grams, {day} AS day, f.evidence_level AS level, {class} AS class,
                CASE WHEN p.share = {WHOLE} THEN {class} ELSE (
                    SELECT {joint} FROM bid_partner q LEFT JOIN frozen_status g
                        ON g.subject_id = b.id AND g.organization_id = q.organization_id AND g.definition = $5
                    WHERE q.bid_id = b.id) END AS joint,
                EXISTS (SELECT 1 FROM award a WHERE a.bid_id = b.id AND a.request_lot_id = bl.request_lot_id
                        AND a.status = 'ACTIVE') AS won
            FROM procurement_request r JOIN bid b ON b.request_id = r.id AND b.opened_at IS NOT NULL
                JOIN bid_lot bl ON bl.bid_id = b.id JOIN request_lot l ON l.id = bl.request_lot_id
                JOIN bid_partner p ON p.bid_id = b.id LEFT JOIN place pl ON pl.code = l.place_code
                LEFT JOIN frozen_status f
                    ON f.subject_id = b.id AND f.organization_id = p.organization_id AND f.definition = $5
            WHERE {opened})",
        day = dialect.day("r.opened_at"),
        class = class("f"),
        joint = joint(&share("g", "WOMEN"), &share("g", "NON_WOMEN")),
    );
    Found {
        with,
        sources: vec![bids(scope, dialect), opened_lots(&opened, dialect), opened_requests(&opened, dialect)],
    }
}

fn bids(scope: &Scope, dialect: Dialect) -> Source {
    // Of each bidder her last bid: of all, and of each group.
    let last =
        |group: &str| format!("row_number() OVER (PARTITION BY {group}f.organization ORDER BY f.day DESC, f.bid DESC)");
    let last_in_group = scope.group_by.map_or_else(String::new, |_| {
        let (group, id) = dialect.group(scope.group_by);
        format!(", {} AS back_in_group", last(&format!("{group}, {id}, ")))
    });
    let is_last =
        if last_in_group.is_empty() { "back = 1" } else { "CASE WHEN grouped THEN back_in_group ELSE back END = 1" };
    let counted = vec![
        count(Measure::Tenderers).class("class").only(is_last),
        count(Measure::Bids).class("joint").only("leads"),
        count(Measure::ValidBids).class("joint").only("leads AND disqualified IS NULL"),
        count(Measure::Disqualified).class("joint").key("disqualified").only("leads AND disqualified IS NOT NULL"),
        count(Measure::WonBids).class("joint").only("leads AND won"),
    ];
    Source {
        family: Family::Bids,
        with: String::new(),
        fact: format!("SELECT f.*, {} AS back{last_in_group} FROM bid_share f", last("")),
        columns: "bid, lot, organization, leads, class, joint, disqualified, won",
        counted,
        who: Some("organization"),
        one: "leads",
    }
}

pub(super) fn read(slice: Slice, next: &mut Reader<'_>) -> Result<BidShare, Fault> {
    Ok(BidShare {
        slice,
        bid: next.get()?,
        lot: next.get()?,
        organization: next.get()?,
        leads: next.get()?,
        class: next.word("class of a report")?,
        joint: next.word("class of a report")?,
        disqualified: next.get()?,
        won: next.get()?,
    })
}

fn opened_lots(opened: &str, dialect: Dialect) -> Source {
    let with = "offers_for_lot AS (
            SELECT lot, count(*) AS bids, sum(CASE WHEN joint = 'WOMEN' THEN 1 ELSE 0 END) AS women,
                sum(CASE WHEN joint = 'NON_WOMEN' THEN 1 ELSE 0 END) AS non_women,
                sum(CASE WHEN joint = 'UNKNOWN' THEN 1 ELSE 0 END) AS unknown
            FROM bid_share WHERE leads GROUP BY lot)";
    let fact = format!(
        "SELECT {day} AS day, r.buyer_id AS buyer, pl.region_code AS region, l.product_code AS product, r.method AS method,
            l.grams AS grams, CAST(NULL AS text) AS level, l.id AS lot, CAST(coalesce(o.bids, 0) AS bigint) AS bids,
            CAST(coalesce(o.women, 0) AS bigint) AS women, CAST(coalesce(o.non_women, 0) AS bigint) AS non_women,
            CAST(coalesce(o.unknown, 0) AS bigint) AS unknown
        FROM procurement_request r JOIN request_lot l ON l.request_id = r.id AND l.status <> 'CANCELLED'
            LEFT JOIN place pl ON pl.code = l.place_code LEFT JOIN offers_for_lot o ON o.lot = l.id
        WHERE {opened}",
        day = dialect.day("r.opened_at"),
    );
    let counted = vec![
        count(Measure::BidsPerLot).bucket("bids"),
        count(Measure::LotsReached).of_class("WOMEN").only("women > 0"),
        count(Measure::LotsReached).of_class("NON_WOMEN").only("non_women > 0"),
        count(Measure::LotsReached).of_class("UNKNOWN").only("unknown > 0"),
    ];
    Source {
        family: Family::OpenedLots,
        with: with.to_owned(),
        fact,
        columns: "lot, bids, women, non_women, unknown",
        counted,
        who: None,
        one: "1 = 1",
    }
}

pub(super) fn read_lot(slice: Slice, next: &mut Reader<'_>) -> Result<OpenedLot, Fault> {
    Ok(OpenedLot {
        slice,
        lot: next.get()?,
        bids: next.get()?,
        women: next.get()?,
        non_women: next.get()?,
        unknown: next.get()?,
    })
}

/// Joins a request's first lot as `l`, if it has one that was not taken out, and its place as `pl`.
pub(super) const FIRST_LOT: &str = "LEFT JOIN request_lot l ON l.request_id = r.id AND l.position = (SELECT min(x.position) \
    FROM request_lot x WHERE x.request_id = r.id AND x.status <> 'CANCELLED') LEFT JOIN place pl ON pl.code = l.place_code";

fn opened_requests(opened: &str, dialect: Dialect) -> Source {
    let with =
        "together AS (SELECT request, bid, max(joint) AS joint FROM bid_share WHERE leads GROUP BY request, bid),
        offers_for_request AS (SELECT request, count(*) AS bids, max(joint) AS joint FROM together GROUP BY request)";
    let fact = format!(
        "SELECT {day} AS day, r.buyer_id AS buyer, pl.region_code AS region, l.product_code AS product, r.method AS method,
            l.grams AS grams, CAST(NULL AS text) AS level, r.id AS request, CAST(coalesce(o.bids, 0) AS bigint) AS bids,
            CASE WHEN o.bids = 1 THEN o.joint END AS only_bid, {publish_to_close} AS publish_to_close
        FROM procurement_request r {FIRST_LOT} LEFT JOIN offers_for_request o ON o.request = r.id
        WHERE {opened}",
        day = dialect.day("r.opened_at"),
        publish_to_close = dialect.days(&dialect.day("r.published_at"), &dialect.day("r.bid_deadline")),
    );
    let counted = vec![
        count(Measure::OpenRequests).only("method = 'OPEN'"),
        count(Measure::SingleBid).class("only_bid").only("method = 'OPEN' AND only_bid IS NOT NULL"),
        count(Measure::PublishToClose).bucket("publish_to_close"),
    ];
    Source {
        family: Family::Requests,
        with: with.to_owned(),
        fact,
        columns: "request, bids, only_bid, publish_to_close",
        counted,
        who: None,
        one: "1 = 1",
    }
}

pub(super) fn read_request(slice: Slice, next: &mut Reader<'_>) -> Result<OpenedRequest, Fault> {
    Ok(OpenedRequest {
        slice,
        request: next.get()?,
        bids: next.get()?,
        only: class_or_none(next)?,
        publish_to_close: next.get()?,
    })
}
