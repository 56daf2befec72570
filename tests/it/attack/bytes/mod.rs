//! Bytes that nobody would write: thousands of them a run, made of good ones by small changes, at everything that reads bytes from
//! outside.

mod targets;

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

/// What a change puts in: signs that mean something to one of the readers, and such as mean nothing to anybody.
const PIECES: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"(",
    b"\"",
    b"\"\"\"",
    b"#",
    b"\\",
    b"\\u0000",
    b"\0",
    b"\n",
    b"\r",
    b",",
    b";",
    b":",
    b"_",
    b"=",
    b"+",
    b"00",
    b"-",
    b"9",
    b"9223372036854775808",
    b"1e999",
    b"null",
    b"...",
    b"$",
    b"@",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xf4\x8f\xbf\xbf",
    b"\xe2\x80\xae",
    "é".as_bytes(),
    "ɲ".as_bytes(),
    b"{{{{{{{{{{",
    b"[[[[[[[[[[",
];

/// A change: where, in thousandths of the whole, how much is taken away there, and what is put in.
pub(crate) fn changes() -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
    prop::collection::vec((0..=1_000_usize, 0..8_usize, 0..=PIECES.len()), 0..8)
}

/// The bytes after such changes.
pub(crate) fn changed(seed: &[u8], changes: &[(usize, usize, usize)]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for (place, taken, piece) in changes {
        let at = bytes.len() * place / 1_000;
        let end = (at + taken).min(bytes.len());
        let piece: &[u8] = PIECES.get(*piece).copied().unwrap_or_default();
        bytes.splice(at..end, piece.iter().copied());
    }
    bytes
}

/// Tries a reader on its seeds, on what is left of them after changes, and on anything.
fn attack(read: fn(&[u8]), seeds: &[&[u8]], cases: u32) {
    seeds.iter().for_each(|seed| read(seed));
    let config = || Config { failure_persistence: None, ..Config::with_cases(cases) };
    let near = (0..seeds.len(), changes()).prop_map(|(seed, changes)| changed(seeds[seed], &changes));
    let mut runner = TestRunner::new(config());
    runner
        .run(&near, |bytes| {
            read(&bytes);
            Ok(())
        })
        .unwrap();
    let mut runner = TestRunner::new(config());
    runner
        .run(&prop::collection::vec(any::<u8>(), 0..200), |bytes| {
            read(&bytes);
            Ok(())
        })
        .unwrap();
}

#[test]
fn no_text_gets_past_the_guard_that_the_parser_cannot_bear() {
    let deep = "{a(b:[{c:\"\"\"d\"\"\"}])".repeat(12) + &"}".repeat(12);
    let seeds: &[&[u8]] = &[
        b"{ viewer { user { id } } }",
        b"query Q($a: [Int!]! = [1, 2]) @d(x: {y: \"z\"}) { a: b(c: $a, d: \"\\u00e9\", e: \"\"\"f \\\"\"\" g\"\"\") { ...F ... on T @skip(if: true) { h } } } fragment F on T { i }",
        b"# {{{{\n{ a } # }}}}",
        deep.as_bytes(),
    ];
    attack(targets::guard, seeds, 2_000);
}

#[test]
fn what_is_taken_for_a_cursor_is_one() {
    use bfw::kernel::page::{CursorKey, SortValue, encode_cursor};
    let id = uuid::Uuid::from_u128(7);
    let sorts = [
        SortValue::Integer(-5),
        SortValue::Text("ségou".to_owned()),
        SortValue::Time("2026-11-02T08:00:00Z".parse().unwrap()),
        SortValue::Missing,
    ];
    let cursors = sorts.map(|sort| encode_cursor("a list", &CursorKey { sort, id }));
    let foreign = encode_cursor("another list", &CursorKey { sort: SortValue::Integer(1), id });
    let seeds: Vec<&[u8]> = cursors.iter().chain([&foreign]).map(String::as_bytes).collect();
    attack(targets::cursor, &seeds, 4_000);
    // Whatever stands in a cursor, written by somebody who knows how.
    use base64::Engine as _;
    let key = prop_oneof![
        any::<i64>()
            .prop_map(|number| format!("[1,\"a list\",{{\"i\":{number}}},\"00000000-0000-0000-0000-000000000007\"]")),
        any::<i64>()
            .prop_map(|micros| format!("[1,\"a list\",{{\"m\":{micros}}},\"00000000-0000-0000-0000-000000000007\"]")),
        "\\PC{0,60}",
    ];
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(4_000) });
    runner
        .run(&key, |text| {
            targets::cursor(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text).as_bytes());
            Ok(())
        })
        .unwrap();
}

#[test]
fn an_id_has_one_text() {
    let seeds: &[&[u8]] = &[
        b"listing_01h455vb4pex5vsknk084sn02q",
        b"inquiry_message_7zzzzzzzzzzzzzzzzzzzzzzzzz",
        b"listing_8zzzzzzzzzzzzzzzzzzzzzzzzz",
        b"_00000000000000000000000000",
        b"listing_01H455VB4PEX5VSKNK084SN02Q",
    ];
    attack(targets::global_id, seeds, 8_000);
}

#[test]
fn a_file_of_places_is_read_or_refused() {
    let seeds: &[&[u8]] = &[
        b"name,kind,parent,latitude,longitude\nKati,commune,kati,12.7,-8.07\n",
        b"code;name;level;parent\nx;Kati;commune;Koulikoro\n\"y\";\"Ka\"\"ti\";;\n",
        b"\xef\xbb\xbfname\n",
        b"\"name\n",
    ];
    attack(targets::places, seeds, 300);
}

#[test]
fn a_place_that_is_certain_is_a_place() {
    let seeds: &[&[u8]] =
        &["Ségou".as_bytes(), b"segou", b"ML-4", b"Sikaso", b"Kita, Kayes", "Ɲɔnɔ".as_bytes(), b"' OR 1=1 --"];
    attack(targets::place, seeds, 150);
}

#[test]
fn a_number_has_one_canonical_form() {
    let seeds: &[&[u8]] = &[
        b"76123456",
        b"+223 76 12 34 56",
        b"0022376123456",
        b"+33612345678",
        b"+1 (202) 555-0143",
        "٧٦١٢٣٤٥٦".as_bytes(),
    ];
    attack(targets::phone, seeds, 3_000);
}

#[test]
fn events_of_others_are_kept_as_they_are_or_not_at_all() {
    let event = br#"{"type":"ObjectEvent","eventTime":"2026-10-01T07:00:00Z","eventTimeZoneOffset":"+00:00","action":"OBSERVE",
        "bizStep":"inspecting","quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.1","quantity":10.5,"uom":"KGM"}]}"#;
    let document = [
        &br#"{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"EPCISDocument",
        "schemaVersion":"2.0","creationDate":"2026-11-02T08:00:00Z","epcisBody":{"eventList":["#[..],
        event,
        b"]}}",
    ]
    .concat();
    let nested = [&b"{\"type\":\"ObjectEvent\",\"ex:a\":"[..], &b"[".repeat(120), &b"]".repeat(120), b"}"].concat();
    attack(targets::capture, &[event, &document, &nested], 3_000);
}
