//! The README's five-minute walk, run as it is printed: every request is sent and every answer held against the page.
//!
//! With `BFW_TEST_WRITE_WALK=1` the answers on the page are replaced by those that were seen.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use db_test::db_test;
use serde_json::{Value, json};

use super::process::{Serving, bfw};
use crate::harness::{TestDatabase, setting};

/// How often search is asked for a change before the walk is called broken: twenty seconds, since the whole demo is indexed before
/// it, on a machine that may be running every other test.
const TRIES: u32 = 400;

/// A request of the walk and the answer the page shows.
struct Step {
    /// What follows `-d`, with the shell's variables still in it.
    body: String,
    /// Whether the bearer token is sent along.
    signed_in: bool,
    /// The answer's lines on the page.
    answer: std::ops::Range<usize>,
}

#[db_test]
async fn the_walk_in_the_readme_gives_what_the_readme_shows(database: TestDatabase) {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let steps = steps(&lines);
    assert!(steps.len() >= 7, "the walk has {} steps", steps.len());
    let serving = Serving::start(bfw(&database, &["serve", "--demo"]));
    let mut kept: BTreeMap<&str, String> = BTreeMap::new();
    let mut seen = Vec::new();

    for step in &steps {
        let mut body = step.body.clone();
        for (name, value) in &kept {
            body = body.replace(&format!("'\"${name}\"'"), value);
        }
        let body: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error} in {body}"));
        let token = step.signed_in.then(|| kept["TOKEN"].clone());
        let shown = lines[step.answer.clone()].join("\n");
        let expected: Value = serde_json::from_str(&shown).unwrap_or(Value::Null);
        let mut text = String::new();
        let mut answer = Value::Null;
        for _ in 0..TRIES {
            let query = body["query"].as_str().unwrap();
            let response = serving.answer(token.as_deref(), query, body["variables"].clone()).await.unwrap();
            text = response.text().await.unwrap();
            answer = serde_json::from_str(&text).unwrap();
            // What it cost and what is left, which the page speaks of elsewhere.
            answer.as_object_mut().unwrap().remove("extensions");
            if alike(&expected, &answer) || query.starts_with("mutation") {
                break;
            }
            // Search follows a commit within a second.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        keep(&mut kept, &answer);
        seen.push((step.answer.clone(), text));
        if setting("BFW_TEST_WRITE_WALK").is_none() {
            assert!(alike(&expected, &answer), "for {body}\nthe page shows {expected:#}\nbut it is {answer:#}");
        }
    }
    if setting("BFW_TEST_WRITE_WALK").is_some() {
        std::fs::write(&page, rewritten(&lines, &seen)).unwrap();
    }
}

/// The steps between the page's marks.
fn steps(lines: &[&str]) -> Vec<Step> {
    let begin = lines.iter().position(|line| *line == "<!-- walk -->").unwrap();
    let end = lines.iter().position(|line| *line == "<!-- /walk -->").unwrap();
    let mut steps = Vec::new();
    let mut number = begin;
    while number < end {
        if !lines[number].starts_with("$ curl") {
            number += 1;
            continue;
        }
        let mut command = String::new();
        while let Some(part) = lines[number].strip_suffix('\\') {
            command.push_str(part);
            command.push('\n');
            number += 1;
        }
        command.push_str(lines[number]);
        let first = number + 1;
        let last = (first..end).find(|line| lines[*line].starts_with("```")).unwrap();
        let (_, body) = command.split_once("-d '").unwrap();
        steps.push(Step {
            body: body.trim_end().strip_suffix('\'').unwrap().to_owned(),
            signed_in: command.contains("Bearer $TOKEN"),
            answer: first..last,
        });
        number = last;
    }
    steps
}

/// Keeps what later steps name: the token and the newest ids.
fn keep(kept: &mut BTreeMap<&str, String>, answer: &Value) {
    let places = [
        ("TOKEN", "/data/signIn/session/accessToken"),
        ("ORGANIZATION", "/data/registerOrganization/organization/id"),
        ("LISTING", "/data/createListing/listing/id"),
    ];
    for (name, place) in places {
        if let Some(value) = answer.pointer(place).and_then(Value::as_str) {
            kept.insert(name, value.to_owned());
        }
    }
}

/// Whether two answers say the same, apart from ids, tokens and times, which differ from run to run.
fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| alike(value, other)))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
        }
        (Value::String(one), Value::String(other)) => one == other || (kind(one).is_some() && kind(one) == kind(other)),
        _ => one == other,
    }
}

/// What kind of passing thing a text is.
fn kind(text: &str) -> Option<&str> {
    let is_id = |suffix: &str| suffix.len() == 26 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // A token may hold such a sign too.
    if let Some((prefix, _)) = text.rsplit_once('_').filter(|(_, suffix)| is_id(suffix)) {
        return Some(prefix);
    }
    let token = text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let time = text.len() > 19 && text.as_bytes()[10] == b'T' && text[..4].bytes().all(|byte| byte.is_ascii_digit());
    match (token, time) {
        (true, _) => Some("a token"),
        (_, true) => Some("a time"),
        _ => None,
    }
}

fn rewritten(lines: &[&str], seen: &[(std::ops::Range<usize>, String)]) -> String {
    let mut page = String::new();
    let mut next = 0;
    for (range, answer) in seen {
        page.push_str(&lines[next..range.start].join("\n"));
        page.push('\n');
        // This type keeps the order in which the fields came.
        let mut answer: async_graphql::Value = serde_json::from_str(answer).unwrap();
        if let async_graphql::Value::Object(members) = &mut answer {
            members.shift_remove("extensions");
        }
        page.push_str(&serde_json::to_string_pretty(&answer).unwrap());
        page.push('\n');
        next = range.end;
    }
    page.push_str(&lines[next..].join("\n"));
    page.push('\n');
    page
}

#[test]
fn answers_that_differ_in_substance_are_told_apart() {
    let page = json!({ "id": "listing_01h455vb4pex5vsknk084sn02q", "n": 1 });
    assert!(alike(&page, &json!({ "id": "listing_7zzzzzzzzzzzzzzzzzzzzzzzzz", "n": 1 })));
    assert!(!alike(&page, &json!({ "id": "organization_7zzzzzzzzzzzzzzzzzzzzzzzzz", "n": 1 })));
    assert!(!alike(&page, &json!({ "id": "listing_7zzzzzzzzzzzzzzzzzzzzzzzzz", "n": 2 })));
    let token = |text: &str| json!({ "token": text });
    let page = token("-rfzvJZBQl9oPhL_NXJ4H6vaLWGaTAdd8FR0Z7fWZh4");
    assert!(alike(&page, &token("vJqeRERXW1WDYv7tnJ5oRfGuREqd5XuiXG7XE4sIBN0")), "a token may have any sign anywhere");
    assert!(!alike(&page, &token("listing_7zzzzzzzzzzzzzzzzzzzzzzzzz")));
}
