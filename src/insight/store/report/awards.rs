//! What was awarded, by supplier.

use super::{
    Source,
    sql::{Dialect, class, count, joint, target, within},
};
use crate::{
    insight::model::report::{
        cell::Measure,
        facts::{AwardShare, Family},
        scope::{Scope, Slice},
        target::Targets,
    },
    kernel::{Fault, db::Reader},
};

pub(super) fn awards(scope: &Scope, targets: &Targets, dialect: Dialect) -> Source {
    let in_force = dialect.day("a.activated_at");
    let signed = dialect.day("c.signed_at");
    let close_to_award = dialect.days(&dialect.day("r.bid_deadline"), &dialect.day("a.awarded_at"));
    let with = format!(
        "given AS (
            SELECT a.id AS award, a.bid_id AS bid, r.id AS request, l.id AS lot, r.buyer_id AS buyer, l.product_code AS product,
                l.place_code AS place, r.method AS method, l.grams AS grams, a.amount_minor AS minor, a.currency AS currency,
                {in_force} AS day, {close_to_award} AS close_to_award
            FROM award a JOIN procurement_request r ON r.id = a.request_id JOIN request_lot l ON l.id = a.request_lot_id
            WHERE a.status = 'ACTIVE' AND {given}),
        supplied AS (
            SELECT g.award, g.buyer, g.product, g.place, g.method, g.grams, g.minor, g.currency, g.day, g.close_to_award,
                p.organization_id AS organization, p.is_lead AS leads, p.share AS share,
                EXISTS (SELECT 1 FROM gender_measure m WHERE m.request_id = g.request
                        AND (m.request_lot_id IS NULL OR m.request_lot_id = g.lot)) AS goal,
                (SELECT max(m.percent) FROM gender_measure m WHERE m.request_id = g.request AND m.kind = 'TARGET'
                    AND m.definition = $5 AND (m.request_lot_id IS NULL OR m.request_lot_id = g.lot)) AS own_target
            FROM given g JOIN bid_partner p ON p.bid_id = g.bid
            UNION ALL
            SELECT c.id, c.buyer_id, n.product_code, n.place_code, 'DIRECT', n.grams, c.signed_amount_minor, c.currency, {signed},
                CAST(NULL AS bigint), s.organization_id, s.organization_id = c.supplier_id, s.share, FALSE, CAST(NULL AS bigint)
            FROM contract c JOIN contract_supplier s ON s.contract_id = c.id
                LEFT JOIN contract_line n ON n.contract_id = c.id
                    AND n.position = (SELECT min(o.position) FROM contract_line o WHERE o.contract_id = c.id)
            WHERE c.award_id IS NULL AND c.status <> 'CANCELLED' AND {ordered}),
        firsts AS (
            SELECT organization, min(day) AS first_on FROM (
                SELECT p.organization_id AS organization, {in_force} AS day
                FROM award a JOIN bid_partner p ON p.bid_id = a.bid_id WHERE a.status = 'ACTIVE'
                UNION ALL
                SELECT s.organization_id, {signed} FROM contract c JOIN contract_supplier s ON s.contract_id = c.id
                WHERE c.award_id IS NULL AND c.status <> 'CANCELLED' AND c.signed_at IS NOT NULL) won
            GROUP BY organization),
        classed AS (
            SELECT s.*, f.evidence_level AS level, {class} AS class,
                coalesce(f.status = 'YES' AND f.evidence_level IN ('DOCUMENT_VERIFIED', 'THIRD_PARTY_CERTIFIED')
                    AND (f.evidence_until IS NULL OR f.evidence_until >= s.day), FALSE) AS verified
            FROM supplied s LEFT JOIN frozen_status f
                ON f.subject_id = s.award AND f.organization_id = s.organization AND f.definition = $5)",
        given = within(scope, "a.activated_at", "r.buyer_id"),
        ordered = within(scope, "c.signed_at", "c.buyer_id"),
        class = class(scope.at_least, "f"),
    );
    let fact = format!(
        "SELECT c.*, o.first_on, pl.region_code AS region, coalesce(c.own_target, {rule}) AS target, {joint} AS joint
        FROM classed c JOIN firsts o ON o.organization = c.organization LEFT JOIN place pl ON pl.code = c.place
        WINDOW w AS (PARTITION BY c.award)",
        rule = target(targets, "c.day"),
        joint = joint(
            "sum(CASE WHEN c.class = 'WOMEN' THEN c.share ELSE 0 END) OVER w",
            "sum(CASE WHEN c.class = 'NON_WOMEN' THEN c.share ELSE 0 END) OVER w",
        ),
    );
    let value = |measure| count(measure).class("class").key("currency").shares("minor", "share");
    let counted = vec![
        count(Measure::Awards).class("joint").only("leads"),
        count(Measure::OpenAwards).class("joint").only("leads AND method = 'OPEN'"),
        count(Measure::CloseToAward)
            .class("joint")
            .bucket("close_to_award")
            .only("leads AND close_to_award IS NOT NULL"),
        value(Measure::AwardValue),
        value(Measure::OpenValue).only("method = 'OPEN'"),
        value(Measure::TargetedValue).bucket("target").only("target IS NOT NULL"),
        value(Measure::GoalValue)
            .bucket("CAST(CASE WHEN goal THEN 1 ELSE 0 END AS bigint)")
            .text("coalesce(product, '')"),
        value(Measure::VerifiedValue).only("class = 'WOMEN' AND verified"),
        value(Measure::SupplierValue).who("organization").only("class = 'WOMEN'"),
        count(Measure::Winners).class("class").different("organization"),
        count(Measure::NewWinners).class("class").different("organization").only("first_on >= $3"),
    ];
    Source {
        family: Family::Awards,
        with,
        fact,
        columns: "award, organization, leads, class, joint, share, minor, currency, verified, goal, target, first_on, close_to_award",
        counted,
        who: Some("organization"),
        one: "leads",
    }
}

pub(super) fn read(slice: Slice, next: &mut Reader<'_>) -> Result<AwardShare, Fault> {
    Ok(AwardShare {
        slice,
        award: next.get()?,
        organization: next.get()?,
        leads: next.get()?,
        class: next.word("class of a report")?,
        joint: next.word("class of a report")?,
        share: next.get()?,
        minor: next.get()?,
        currency: next.get()?,
        verified: next.get()?,
        goal: next.get()?,
        target: next.get()?,
        first_on: next.get()?,
        close_to_award: next.get()?,
    })
}
