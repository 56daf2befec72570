//! What takes bytes from outside, each as one function of bytes that panics where it should not have taken them. Nothing here
//! knows who makes the bytes up.

use std::sync::LazyLock;

use bfw::{
    accounts::Phone,
    api::limits::{Limits, source},
    directory::model::{gazetteer::Gazetteer, place_import::plan_import},
    kernel::{
        clock::Timestamp,
        id,
        page::{CursorKey, Page, PageArgs, SortValue, encode_cursor},
    },
    traceability::model::epcis::foreign::{Document, EVENT_BYTES_MAX},
};

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::embedded().unwrap());

/// The guard before the parser: it looks at each byte once, and what it lets through the parser can read on a small stack.
pub(crate) fn guard(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let Ok(shape) = source::inspect(&text, &Limits::default()) else { return };
    assert!(shape.steps <= text.len() && shape.nesting <= Limits::default().nesting_max, "{shape:?}");
    // As much as a thread that answers requests has.
    let parsing = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    let parsed = parsing.spawn(move || async_graphql::parser::parse_query(&text).is_ok()).unwrap();
    parsed.join().unwrap();
}

/// Cursors: whatever is taken for one is the one that would be given.
pub(crate) fn cursor(bytes: &[u8]) {
    const LIST: &str = "a list";
    let after = Some(String::from_utf8_lossy(bytes).into_owned());
    for is in [SortValue::is_integer, SortValue::is_text, SortValue::is_time] {
        let args = PageArgs { first: Some(10), after: after.clone(), ..PageArgs::default() };
        let Ok(page) = Page::new(LIST, &args, is) else { continue };
        let key: &CursorKey = page.after.as_ref().unwrap();
        assert!(is(&key.sort), "{key:?}");
        let again = PageArgs { after: Some(encode_cursor(LIST, key)), ..args };
        assert_eq!(Page::new(LIST, &again, is).unwrap().after.as_ref(), Some(key));
        assert!(Page::new("another list", &again, is).is_err(), "good in every list: {key:?}");
    }
}

/// Ids: one text each.
pub(crate) fn global_id(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok((prefix, uuid)) = id::decode(&text) {
        assert_eq!(id::encode(prefix, uuid), text);
    }
}

/// A file of places: nothing is lost without a word.
pub(crate) fn places(bytes: &[u8]) {
    let today = "2026-11-02".parse().unwrap();
    let Ok(plan) = plan_import(bytes, "a source", &GAZETTEER, |_| false, today) else { return };
    assert!(plan.lines.len() <= bytes.len(), "{} lines of {} bytes", plan.lines.len(), bytes.len());
    assert_eq!(plan.count(|_| true), plan.lines.len());
}

/// A place that somebody typed: what is certain is among what is likely.
pub(crate) fn place(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let today = "2026-11-02".parse().unwrap();
    let found = GAZETTEER.find(&text, today, 5);
    assert!(found.len() <= 5);
    if let Some(place) = GAZETTEER.locate(&text, today) {
        assert!(GAZETTEER.place(&place.code).is_some(), "{text:?}");
    }
}

/// A number that somebody typed: its canonical form is a number, and its own canonical form.
pub(crate) fn phone(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(phone) = Phone::parse(&text, ["phone"]) else { return };
    let digits = phone.as_str().strip_prefix('+').unwrap_or_else(|| panic!("{text:?} is {}", phone.as_str()));
    // E.164 has a most and no least: in Niue numbers have seven digits with the country's code.
    assert!((1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()), "{digits}");
    assert_eq!(Phone::parse(phone.as_str(), ["phone"]).unwrap().as_str(), phone.as_str());
}

/// Events of others: what is kept is bounded, has no time of ours, and reads the same the next time.
pub(crate) fn capture(bytes: &[u8]) {
    let now: Timestamp = "2026-11-02T08:00:00Z".parse().unwrap();
    let Ok(said) = serde_json::from_slice(bytes) else { return };
    let Ok(document) = Document::of(said) else { return };
    for event in document.read(now).into_iter().flatten() {
        assert!(event.body.to_string().len() <= EVENT_BYTES_MAX * 2 && event.body.get("recordTime").is_none());
        // What stood in the document around it is carried into the event, so that it can stand alone.
        if let Some(Ok(again)) = Document::of(event.body.clone()).ok().map(|alone| alone.read(now).remove(0)) {
            assert_eq!((again.hash, again.event_time), (event.hash, event.event_time));
        }
    }
}
