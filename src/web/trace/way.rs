//! The way of a lot as a vertical picture: a sign for each step, and what happened in words.

use chrono::Datelike as _;
use maud::{Markup, html};

use super::{
    icons,
    words::{best, day, kilograms, party, say},
};
use crate::{
    kernel::locale::{Locale, message},
    traceability::model::{
        event::EventKind,
        journey::{Journey, Step},
    },
};

pub(super) fn section(language: Locale, journey: &Journey) -> Markup {
    let left_out = journey.steps_left_out.to_string();
    let mut kinds: Vec<EventKind> = journey.steps.iter().map(|step| step.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    html! {
        @if !journey.steps.is_empty() {
            section {
                h2 { (say(language, "trace-page-way")) }
                (icons::symbols(&kinds))
                ol class="way" { @for step in &journey.steps { (self::step(language, step)) } }
                @if journey.steps_left_out > 0 {
                    p class="more" { (message(language, "trace-page-steps-more", [("count", left_out.as_str())])) }
                }
                @if journey.is_cut_off { p class="more" { (say(language, "trace-page-cut-off")) } }
            }
        }
    }
}

fn step(language: Locale, step: &Step) -> Markup {
    let class = match step.kind {
        _ if step.is_void => Some("void"),
        EventKind::Recall => Some("bad"),
        EventKind::Delivery => Some("grown"),
        EventKind::Aggregation
        | EventKind::Split
        | EventKind::Transformation
        | EventKind::Inspection
        | EventKind::Shipment
        | EventKind::Receipt
        | EventKind::Loss
        | EventKind::RecallEnd
        | EventKind::Correction
        | EventKind::Captured => None,
    };
    let when = when(language, step);
    html! {
        li class=[class] {
            (icons::icon(step.kind))
            h3 { (say(language, step_key(step.kind))) }
            p class="when" { (when) }
            p {
                b {
                    (best(&step.product, language))
                    @if let Some(grams) = step.grams { ", " (kilograms(language, grams)) }
                }
                @if step.producers > 0 {
                    br;
                    (message(language, "trace-page-step-producers", [("count", step.producers.to_string().as_str())]))
                }
                br;
                (party(language, step.organization.as_ref()))
                @if let Some(place) = &step.place { ", " (best(&place.names, language)) }
            }
            @if step.is_void { p class="error" { (say(language, "trace-page-step-void")) } }
        }
    }
}

/// When it happened: a day, or the days of what is told together.
fn when(language: Locale, step: &Step) -> String {
    let (begin, end) = (step.at.date_naive(), step.until.date_naive());
    let until = day(language, step.until);
    if begin == end {
        until
    } else if (begin.year(), begin.month()) == (end.year(), end.month()) {
        format!("{}–{until}", begin.day())
    } else {
        let from = day(language, step.at);
        message(language, "trace-page-days", [("from", from.as_str()), ("until", until.as_str())])
    }
}

const fn step_key(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Delivery => "trace-page-step-delivery",
        EventKind::Aggregation => "trace-page-step-aggregation",
        EventKind::Split => "trace-page-step-split",
        EventKind::Transformation => "trace-page-step-transformation",
        EventKind::Inspection => "trace-page-step-inspection",
        EventKind::Shipment => "trace-page-step-shipment",
        EventKind::Receipt => "trace-page-step-receipt",
        EventKind::Loss => "trace-page-step-loss",
        EventKind::Recall => "trace-page-step-recall",
        EventKind::RecallEnd => "trace-page-step-recall-end",
        EventKind::Correction => "trace-page-step-correction",
        EventKind::Captured => "trace-page-step-captured",
    }
}

/// What somebody did who recorded such an event.
pub(super) const fn deed_key(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Delivery => "trace-page-deed-delivery",
        EventKind::Aggregation => "trace-page-deed-aggregation",
        EventKind::Split => "trace-page-deed-split",
        EventKind::Transformation => "trace-page-deed-transformation",
        EventKind::Inspection => "trace-page-deed-inspection",
        EventKind::Shipment => "trace-page-deed-shipment",
        EventKind::Receipt => "trace-page-deed-receipt",
        EventKind::Loss => "trace-page-deed-loss",
        EventKind::Recall => "trace-page-deed-recall",
        EventKind::RecallEnd => "trace-page-deed-recall-end",
        EventKind::Correction => "trace-page-deed-correction",
        EventKind::Captured => "trace-page-deed-captured",
    }
}
