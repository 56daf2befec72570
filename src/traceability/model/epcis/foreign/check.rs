//! Gathering what is wrong with a value, each with where it stands.

use chrono::{DateTime, Datelike as _, Utc};
use serde_json::Value;

use super::{Fields, Wrong};
use crate::kernel::{
    clock::{Timestamp, truncated},
    error::excerpt,
};

/// The largest whole number that every reader of JSON reads alike (RFC 7493, section 2.2).
const WHOLE_MAX: u64 = 9_007_199_254_740_991;
/// Bytes of a name or an identifier at most.
const URI_BYTES_MAX: usize = 2_000;

/// What is wrong so far.
#[derive(Debug)]
pub(super) struct Check {
    wrong: Vec<Wrong>,
    told_max: usize,
}

/// Where something stands.
pub(super) fn inside(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Where an item of a list stands.
pub(super) fn at(path: &str, position: usize) -> String {
    format!("{path}[{position}]")
}

impl Check {
    pub(super) fn new(told_max: usize) -> Self {
        Self { wrong: Vec::new(), told_max }
    }

    pub(super) fn wrong(&mut self, path: impl Into<String>, message: impl Into<String>) {
        if self.wrong.len() < self.told_max {
            self.wrong.push(Wrong::new(path, message));
        }
    }

    pub(super) fn is_good(&self) -> bool {
        self.wrong.is_empty()
    }

    pub(super) fn finish(self) -> Result<(), Vec<Wrong>> {
        if self.wrong.is_empty() { Ok(()) } else { Err(self.wrong) }
    }

    /// Numbers that are read alike everywhere, texts that can be kept, and an end to what stands inside each other.
    pub(super) fn plain(&mut self, fields: &Fields, depth_max: usize) {
        for (name, value) in fields {
            self.plain_text(name, name);
            self.plain_value(name, value, depth_max);
        }
    }

    fn plain_value(&mut self, path: &str, value: &Value, depth_left: usize) {
        match value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(number) => {
                let whole = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
                if whole.is_some_and(|whole| whole > WHOLE_MAX) {
                    self.wrong(path, "whole numbers go up to 2^53 - 1; larger ones are written as texts");
                }
            }
            Value::String(text) => self.plain_text(path, text),
            Value::Array(_) | Value::Object(_) if depth_left == 0 => {
                self.wrong(path, "too many things inside each other")
            }
            Value::Array(items) => {
                for (position, item) in items.iter().enumerate() {
                    self.plain_value(&at(path, position), item, depth_left - 1);
                }
            }
            Value::Object(members) => {
                for (name, value) in members {
                    let path = inside(path, &excerpt(name));
                    self.plain_text(&path, name);
                    self.plain_value(&path, value, depth_left - 1);
                }
            }
        }
    }

    fn plain_text(&mut self, path: &str, text: &str) {
        if text.contains('\0') {
            self.wrong(path, "texts hold no NUL");
        }
    }

    /// A field that must be there.
    pub(super) fn needed<'a>(&mut self, fields: &'a Fields, path: &str, name: &str) -> Option<&'a Value> {
        let value = fields.get(name);
        if value.is_none() {
            self.wrong(inside(path, name), "is missing");
        }
        value
    }

    pub(super) fn uri(&mut self, path: &str, value: &Value) {
        if !value.as_str().is_some_and(is_uri) {
            self.wrong(path, "a URI");
        }
    }

    pub(super) fn instant(&mut self, path: &str, value: &Value) -> Option<Timestamp> {
        let at = value.as_str().and_then(instant);
        if at.is_none() {
            self.wrong(path, "an instant with its offset, such as 2026-11-02T08:00:00+00:00");
        }
        at
    }

    pub(super) fn text(&mut self, path: &str, value: &Value) {
        if !value.is_string() {
            self.wrong(path, "a text");
        }
    }

    pub(super) fn number(&mut self, path: &str, value: &Value) {
        if !value.is_number() {
            self.wrong(path, "a number");
        }
    }

    pub(super) fn object<'a>(&mut self, path: &str, value: &'a Value) -> Option<&'a Fields> {
        let object = value.as_object();
        if object.is_none() {
            self.wrong(path, "an object");
        }
        object
    }

    pub(super) fn list<'a>(&mut self, path: &str, value: &'a Value, least: usize) -> &'a [Value] {
        match value.as_array() {
            Some(items) if items.len() >= least => items,
            Some(_) => {
                self.wrong(path, "a list that is not empty");
                &[]
            }
            None => {
                self.wrong(path, "a list");
                &[]
            }
        }
    }

    /// A list of URIs, each once where `unique`.
    pub(super) fn uris(&mut self, path: &str, value: &Value, unique: bool) {
        let items = self.list(path, value, 0);
        for (position, item) in items.iter().enumerate() {
            self.uri(&at(path, position), item);
        }
        let mut sorted: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
        sorted.sort_unstable();
        if unique && sorted.windows(2).any(|two| two[0] == two[1]) {
            self.wrong(path, "names each once");
        }
    }

    /// One of the standard's words, or a URI of another vocabulary.
    pub(super) fn word(&mut self, path: &str, value: &Value, words: &[&str], theirs: &[&str]) {
        let Some(text) = value.as_str() else { return self.text(path, value) };
        let foreign = is_uri(text) && !theirs.iter().any(|standard| text.starts_with(standard));
        if !words.contains(&text) && !foreign {
            self.wrong(
                path,
                format!("a word of the standard, or a URI of another vocabulary; \"{}\" is neither", excerpt(text)),
            );
        }
    }

    /// Fields that are neither known nor extensions.
    pub(super) fn known(&mut self, path: &str, fields: &Fields, known: &[&str], extensible: bool) {
        for name in fields.keys().filter(|name| !known.contains(&name.as_str())) {
            if !extensible {
                self.wrong(
                    inside(path, &excerpt(name)),
                    "the standard has no such field here, and takes no extensions",
                );
            } else if !is_uri(name) {
                self.wrong(
                    inside(path, &excerpt(name)),
                    "the standard has no such field; an extension has a prefix, such as ex:name",
                );
            }
        }
    }
}

/// An instant with its offset, in a year that both databases can keep. None for every other text.
#[must_use]
pub fn instant(text: &str) -> Option<Timestamp> {
    let at = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    ((1..=9_999).contains(&at.year()) && text.as_bytes().get(10) == Some(&b'T')).then(|| truncated(at))
}

/// A URI with a scheme (RFC 3986): the signs that it may have, where they matter here.
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let mut letters = scheme.bytes();
    let scheme_good = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || b"+-.".contains(&letter));
    let mut signs = rest.bytes();
    let mut good = scheme_good && !rest.is_empty() && text.len() <= URI_BYTES_MAX;
    let mut fragments = 0;
    while let Some(sign) = signs.next().filter(|_| good) {
        good = match sign {
            b'%' => (0..2).all(|_| signs.next().is_some_and(|digit| digit.is_ascii_hexdigit())),
            b'#' => {
                fragments += 1;
                fragments == 1
            }
            other => other.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=".contains(&other),
        };
    }
    // What follows two slashes begins with a host, whose port is a number.
    good && rest.strip_prefix("//").is_none_or(|rest| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = host.split_once(':').unwrap_or((host, ""));
        !host.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit()) && authority.matches('@').count() <= 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_begins_with_its_scheme() {
        for good in ["urn:uuid:1", "ex:drying", "https://a.example/b?c=d#e", "ni:///sha-256;00?ver=CBV2.0", "a:%20"] {
            assert!(is_uri(good) || good.starts_with("ni:"), "{good}");
        }
        for bad in ["", "drying", ":a", "1a:b", "ex:", "ex:a b", "ex:%2", "ex:é", "ex:a#b#c", "https://a:b/", "ex:<a>"]
        {
            assert!(!is_uri(bad), "{bad}");
        }
    }

    #[test]
    fn an_instant_has_an_offset() {
        assert!(instant("2026-11-02T08:00:00.123+02:00").is_some());
        for bad in ["2026-11-02", "2026-11-02T08:00:00", "2026-11-02 08:00:00Z", "+12026-11-02T08:00:00Z", ""] {
            assert!(instant(bad).is_none(), "{bad}");
        }
    }
}
