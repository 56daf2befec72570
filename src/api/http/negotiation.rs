//! Which media type an answer gets (RFC 9110, section 12.5.1).

use axum::http::{HeaderMap, HeaderValue, header};

/// The media types an answer can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status tells how the request fared.
    GraphqlResponse,
    /// `application/json`: 200 for every GraphQL answer, as clients from before the specification expect.
    Json,
    /// `text/html`: the explorer.
    Html,
}

impl Media {
    /// The `Content-Type` of an answer.
    #[must_use]
    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        })
    }

    const fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::GraphqlResponse => ("application", "graphql-response+json"),
            Self::Json => ("application", "json"),
            Self::Html => ("text", "html"),
        }
    }
}

/// The best of the offered types, or `None` when the client accepts none of them.
///
/// Without an `Accept` header, and for a wildcard, it is `application/json`, which every client reads. Between types of the same
/// weight, one that is named wins over one that a wildcard covers, then the order of `offered` decides.
#[must_use]
pub(super) fn negotiate(headers: &HeaderMap, offered: &[Media]) -> Option<Media> {
    let ranges = Range::all(headers);
    if ranges.is_empty() {
        return Some(Media::Json);
    }
    let mut best: Option<(Media, u16, u8)> = None;
    for media in offered {
        let Some((specificity, weight)) = weigh(&ranges, media.name()) else { continue };
        let default = u8::from(*media == Media::Json && specificity < 2);
        let rank = (weight, specificity * 2 + default);
        if weight > 0 && best.is_none_or(|(_, best_weight, best_rank)| rank > (best_weight, best_rank)) {
            best = Some((*media, rank.0, rank.1));
        }
    }
    best.map(|(media, ..)| media)
}

/// The best of the offered types, such as `("text", "html")`, or `None` when the client accepts none of them.
///
/// Without an `Accept` header, and for a wildcard, it is the first. Between types of the same weight, one that is named wins
/// over one that a wildcard covers, then the order of `offered` decides.
#[must_use]
pub(in crate::api) fn accepted<T: Copy>(
    headers: &HeaderMap,
    offered: &[((&'static str, &'static str), T)],
) -> Option<T> {
    let ranges = Range::all(headers);
    if ranges.is_empty() {
        return offered.first().map(|(_, first)| *first);
    }
    let weighed = offered.iter().rev().filter_map(|(name, what)| {
        let (specificity, weight) = weigh(&ranges, *name)?;
        (weight > 0).then_some(((weight, specificity), *what))
    });
    // Of equal ones the last, which is the first that is offered.
    weighed.max_by_key(|(rank, _)| *rank).map(|(_, what)| what)
}

/// How specifically a type is accepted and what it weighs: the most specific range that covers it says so.
fn weigh(ranges: &[Range<'_>], name: (&str, &str)) -> Option<(u8, u16)> {
    let covering = ranges.iter().filter_map(|range| Some((range.covers(name)?, range.weight)));
    covering.max_by_key(|(specificity, _)| *specificity)
}

/// One element of an `Accept` header.
struct Range<'a> {
    kind: &'a str,
    subkind: &'a str,
    /// Thousandths.
    weight: u16,
}

impl<'a> Range<'a> {
    fn all(headers: &'a HeaderMap) -> Vec<Self> {
        let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).filter_map(Range::parse).collect()
    }

    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';');
        let (kind, subkind) = parts.next()?.trim().split_once('/')?;
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q=").or_else(|| part.trim().strip_prefix("Q=")))
            .map_or(1_000, weight);
        Some(Self { kind, subkind, weight })
    }

    /// How specifically the range covers a type: 0 for `*/*`, 1 for `application/*`, 2 for its name.
    fn covers(&self, (kind, subkind): (&str, &str)) -> Option<u8> {
        match (self.kind, self.subkind) {
            ("*", "*") => Some(0),
            (own, "*") if own.eq_ignore_ascii_case(kind) => Some(1),
            (own, sub) if own.eq_ignore_ascii_case(kind) && sub.eq_ignore_ascii_case(subkind) => Some(2),
            _ => None,
        }
    }
}

/// `0` to `1` with at most three decimals, in thousandths; what is not a weight weighs nothing.
fn weight(text: &str) -> u16 {
    let (whole, decimals) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let decimals_valid = decimals.len() <= 3 && decimals.bytes().all(|digit| digit.is_ascii_digit());
    match (whole, decimals_valid) {
        ("1", true) => 1_000,
        ("0", true) => format!("{decimals:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiated(accept: &[&str], html: bool) -> Option<Media> {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(header::ACCEPT, value.parse().unwrap());
        }
        let offered: &[Media] = if html {
            &[Media::GraphqlResponse, Media::Json, Media::Html]
        } else {
            &[Media::GraphqlResponse, Media::Json]
        };
        negotiate(&headers, offered)
    }

    #[test]
    fn picks_what_the_client_likes_best() {
        for (accept, expected) in [
            (vec![], Some(Media::Json)),
            (vec!["*/*"], Some(Media::Json)),
            (vec!["application/*"], Some(Media::Json)),
            (vec!["application/json"], Some(Media::Json)),
            (vec!["application/graphql-response+json"], Some(Media::GraphqlResponse)),
            (vec!["APPLICATION/GraphQL-Response+JSON; charset=utf-8"], Some(Media::GraphqlResponse)),
            (vec!["application/graphql-response+json, application/json;q=0.9"], Some(Media::GraphqlResponse)),
            (vec!["application/json", "application/graphql-response+json"], Some(Media::GraphqlResponse)),
            (vec!["application/graphql-response+json;q=0.5, application/json;q=0.501"], Some(Media::Json)),
            (vec!["*/*, application/json;q=0"], Some(Media::GraphqlResponse)),
            (vec!["text/html, */*;q=0.1"], Some(Media::Json)),
            (vec!["text/html"], None),
            (vec!["application/json;q=0"], None),
            (vec!["application/json;q=nonsense"], None),
            (vec!["image/png, text/plain"], None),
        ] {
            assert_eq!(negotiated(&accept, false), expected, "{accept:?}");
        }
    }

    #[test]
    fn gives_a_browser_the_page_and_a_program_the_data() {
        assert_eq!(
            negotiated(&["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"], true),
            Some(Media::Html)
        );
        assert_eq!(negotiated(&["*/*"], true), Some(Media::Json));
        assert_eq!(negotiated(&[], true), Some(Media::Json));
        assert_eq!(
            negotiated(&["application/graphql-response+json, application/json, text/html;q=0.5"], true),
            Some(Media::GraphqlResponse)
        );
    }
}
