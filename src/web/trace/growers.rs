//! The share that women grew: a ring, and the same in words.

use maud::{Markup, html};

use super::words::{percent, percents, say};
use crate::{
    kernel::locale::{Locale, message},
    traceability::model::journey::Growers,
};

const WHOLE: u32 = 1_000_000;

pub(super) fn section(language: Locale, growers: &Growers) -> Markup {
    let [women, others, unknown] = percents([growers.women, growers.others, growers.unknown]);
    let parts = [
        ("women", "trace-page-women", growers.women, women),
        ("others", "trace-page-others", growers.others, others),
        ("unknown", "trace-page-unknown-growers", growers.unknown, unknown),
    ];
    let said = |part, rounded| percent(language, part, rounded);
    let confirmed =
        percent(language, growers.confirmed, percents([growers.confirmed, WHOLE - growers.confirmed.min(WHOLE)])[0]);
    html! {
        section {
            h2 { (say(language, "trace-page-growers")) }
            div class="growers" {
                (ring(language, growers, &said(growers.women, women)))
                div {
                    p class="headline" { (say(language, headline_key(growers))) }
                    ul {
                        @for (class, key, part, rounded) in parts {
                            @if part > 0 || class == "women" {
                                li class=(class) { b { (said(part, rounded)) } " " (say(language, key)) }
                            }
                        }
                    }
                }
            }
            @if growers.producer_count > 0 {
                p {
                    (message(language, "trace-page-counted", [
                        ("women", growers.women_count.to_string().as_str()),
                        ("producers", growers.producer_count.to_string().as_str()),
                    ]))
                }
            }
            p class="confirmed" { (message(language, "trace-page-confirmed", [("percent", confirmed.as_str())])) }
            @if !growers.names.is_empty() {
                h3 { (say(language, "trace-page-names")) }
                p class="names" {
                    (growers.names.join(" · "))
                    @if growers.names_left_out > 0 {
                        " " (message(language, "trace-page-names-more", [("count", growers.names_left_out.to_string().as_str())]))
                    }
                }
            }
        }
    }
}

/// The share of women in words, so that nobody has to read a number.
const fn headline_key(growers: &Growers) -> &'static str {
    match growers.women {
        _ if growers.unknown >= WHOLE => "trace-page-headline-unknown",
        0 => "trace-page-headline-none",
        WHOLE.. => "trace-page-headline-all",
        900_000.. => "trace-page-headline-nearly-all",
        500_001.. => "trace-page-headline-most",
        500_000 => "trace-page-headline-half",
        200_000.. => "trace-page-headline-some",
        _ => "trace-page-headline-little",
    }
}

/// A ring whose circumference is a hundred, so that a part is as long as it is large; it begins at the top.
fn ring(language: Locale, growers: &Growers, women: &str) -> Markup {
    let arcs = [("women", growers.women), ("others", growers.others), ("unknown", growers.unknown)];
    let mut begin = 0;
    let arcs = arcs.map(|(class, part)| {
        let arc = (class, part, begin);
        begin += part;
        arc
    });
    let label = message(language, "trace-page-ring", [("percent", women)]);
    html! {
        svg class="ring" viewBox="0 0 42 42" role="img" aria-label=(label) {
            @for (class, part, begin) in arcs {
                @if part > 0 {
                    circle class=(class) cx="21" cy="21" r="15.9155" fill="none" stroke-width="9"
                        stroke-dasharray={ (hundredth(part)) " " (hundredth(WHOLE.saturating_sub(part))) }
                        stroke-dashoffset=(offset(begin)) {}
                }
            }
            text x="21" y="23.6" text-anchor="middle" { (women) }
        }
    }
}

/// Parts of a million as parts of a hundred, in decimals.
fn hundredth(part: u32) -> String {
    crate::kernel::decimal::format_scaled(i64::from(part), 4)
}

/// Where an arc begins, a quarter before where circles do.
fn offset(begin: u32) -> String {
    crate::kernel::decimal::format_scaled(250_000 - i64::from(begin), 4)
}
