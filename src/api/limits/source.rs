//! The guard over the raw text: one pass, no recursion, no allocation.
//!
//! The pass follows the lexical grammar closely enough that nothing can hide a bracket from it: strings, block strings and
//! comments are the only places where brackets do not count, and it leaves each of them exactly where the parser does. Where the
//! two could disagree (a string that is never closed) the text is refused. Everything else that is not GraphQL is left for the
//! parser to name, which finds it after at most [`Limits::nesting_max`](super::Limits::nesting_max) levels.

use async_graphql::Pos;

use super::{Limits, Violation};

/// What one pass over a text found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shape {
    /// Tokens, by the lexical grammar.
    pub tokens: usize,
    /// The most brackets open at once.
    pub nesting: usize,
    /// Loop turns taken: never more than the text has bytes. Tests hold the guard to it, since they cannot trust a stopwatch.
    pub steps: usize,
}

/// Reads the text once and refuses it if it exceeds the limits.
///
/// # Errors
/// The first [`Violation`] met.
pub fn inspect(text: &str, limits: &Limits) -> Result<Shape, Violation> {
    let bytes = text.as_bytes();
    let mut shape = Shape::default();
    let mut open = 0_usize;
    let mut at = 0_usize;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        shape.steps += 1;
        at = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                at += 1;
                continue;
            }
            b'#' => {
                at = end_of_comment(bytes, at, &mut shape.steps);
                continue;
            }
            0xEF if bytes[at..].starts_with(b"\xEF\xBB\xBF") => {
                at += 3;
                continue;
            }
            b'"' => end_of_string(bytes, at, &mut shape.steps)
                .ok_or_else(|| Violation::UnterminatedString { at: position(text, start) })?,
            b'{' | b'(' | b'[' => {
                open += 1;
                shape.nesting = shape.nesting.max(open);
                if open > limits.nesting_max {
                    return Err(Violation::Nesting { at: position(text, start), max: limits.nesting_max });
                }
                at + 1
            }
            b'}' | b')' | b']' => {
                // A stray closing bracket is the parser's to report: it stops there and never sees what follows.
                open = open.saturating_sub(1);
                at + 1
            }
            b'.' if bytes[at..].starts_with(b"...") => at + 3,
            b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                let end = end_of_word(bytes, at, &mut shape.steps);
                if end - start > limits.word_bytes_max {
                    return Err(Violation::Word { at: position(text, start), max: limits.word_bytes_max });
                }
                end
            }
            _ => at + 1,
        };
        shape.tokens += 1;
        if shape.tokens > limits.tokens_max {
            return Err(Violation::Tokens { max: limits.tokens_max });
        }
    }
    Ok(shape)
}

fn end_of_comment(bytes: &[u8], mut at: usize, steps: &mut usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        if matches!(byte, b'\n' | b'\r') {
            break;
        }
        at += 1;
        *steps += 1;
    }
    *steps -= 1; // the caller has counted the first byte
    at
}

/// The offset after the closing quote, or `None` when there is none.
fn end_of_string(bytes: &[u8], start: usize, steps: &mut usize) -> Option<usize> {
    if bytes[start..].starts_with(b"\"\"\"") {
        let mut at = start + 3;
        while at < bytes.len() {
            *steps += 1;
            let rest = &bytes[at..];
            if rest.starts_with(b"\\\"\"\"") {
                at += 4;
            } else if rest.starts_with(b"\"\"\"") {
                return Some(at + 3);
            } else {
                at += 1;
            }
        }
        return None;
    }
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        *steps += 1;
        match byte {
            b'"' => return Some(at + 1),
            b'\n' | b'\r' => return None,
            // Whatever is escaped cannot close the string; a line end can still break it.
            b'\\' if !matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) => at += 2,
            _ => at += 1,
        }
    }
    None
}

fn end_of_word(bytes: &[u8], start: usize, steps: &mut usize) -> usize {
    let number = matches!(bytes[start], b'-' | b'0'..=b'9');
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        let inside = match byte {
            b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => true,
            b'+' | b'-' => number,
            b'.' => number && bytes.get(at + 1).is_some_and(u8::is_ascii_digit),
            _ => false,
        };
        if !inside {
            break;
        }
        at += 1;
        *steps += 1;
    }
    at
}

/// Line and column, counted from one in characters, as the parser counts them. Only computed for a refusal.
fn position(text: &str, offset: usize) -> Pos {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |index| index + 1);
    Pos {
        line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shape(text: &str) -> Shape {
        inspect(text, &Limits::default()).unwrap()
    }

    #[test]
    fn counts_tokens_and_nesting_by_the_lexical_grammar() {
        let shape =
            shape("query Q($id: ID! = \"a\") { listing(id: $id) { ...F price(in: [1.5e-3, -2]) @include(if: true) } }");
        assert_eq!(shape.tokens, 40);
        assert_eq!(shape.nesting, 4);
    }

    #[test]
    fn ignores_white_space_commas_comments_and_byte_order_marks() {
        assert_eq!(shape("\u{feff} ,\t\r\n# { { {\n").tokens, 0);
        assert_eq!(shape("# { { {").nesting, 0);
    }

    #[test]
    fn does_not_look_for_brackets_inside_strings() {
        assert_eq!(shape(r#"{ a(s: "{[(\"{") }"#).nesting, 2);
        assert_eq!(shape("{ a(s: \"\"\"{ \"quoted\" \\\"\"\" {{{\"\"\") }").nesting, 2);
        assert_eq!(shape(r#"{ a(s: "") { b } }"#).nesting, 2);
    }

    #[test]
    fn counts_brackets_that_follow_a_string() {
        assert_eq!(shape(r#"{ a(s: "\\") { b { c } } }"#).nesting, 3);
        assert_eq!(shape("{ a(s: \"\"\"\"\"\") { b { c } } }").nesting, 3);
    }

    #[test]
    fn refuses_strings_that_never_end() {
        for text in ["{ a(s: \"", "{ a(s: \"x\n\") }", "{ a(s: \"\"\"x\") }", "{ a(s: \"\\", "{ a(s: \"\\\n\") }"] {
            assert_eq!(
                inspect(text, &Limits::default()),
                Err(Violation::UnterminatedString { at: Pos { line: 1, column: 8 } }),
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_nesting_beyond_the_limit_and_says_where() {
        let limits = Limits { nesting_max: 3, ..Limits::default() };
        assert!(inspect("{a{b(c:1)}}", &limits).is_ok());
        assert_eq!(
            inspect("{a\n{b(é:[1])}}", &limits),
            Err(Violation::Nesting { at: Pos { line: 2, column: 6 }, max: 3 })
        );
        let deep = "{a".repeat(3_000);
        assert!(matches!(inspect(&deep, &Limits::default()), Err(Violation::Nesting { .. })));
        let types = format!("query($a: {}", "[".repeat(3_000));
        assert!(matches!(inspect(&types, &Limits::default()), Err(Violation::Nesting { .. })));
    }

    #[test]
    fn closing_brackets_in_surplus_buy_no_depth() {
        let limits = Limits { nesting_max: 3, ..Limits::default() };
        assert!(matches!(inspect("}}}}{{{{", &limits), Err(Violation::Nesting { .. })));
    }

    #[test]
    fn refuses_too_many_tokens_and_too_long_words() {
        let limits = Limits { tokens_max: 10, word_bytes_max: 5, ..Limits::default() };
        assert!(inspect("{ a b c d e f g h }", &limits).is_ok());
        assert_eq!(inspect("{ a b c d e f g h i }", &limits), Err(Violation::Tokens { max: 10 }));
        assert!(inspect("{ abcde }", &limits).is_ok());
        assert_eq!(inspect("{ abcdef }", &limits), Err(Violation::Word { at: Pos { line: 1, column: 3 }, max: 5 }));
    }

    /// Text that looks like GraphQL often enough to reach every branch.
    fn soup() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("{".to_owned()),
            Just("}".to_owned()),
            Just("(".to_owned()),
            Just(")".to_owned()),
            Just("[".to_owned()),
            Just("]".to_owned()),
            Just("\"".to_owned()),
            Just("\"\"\"".to_owned()),
            Just("\\".to_owned()),
            Just("\\\"\"\"".to_owned()),
            Just("#".to_owned()),
            Just("\n".to_owned()),
            Just("\r".to_owned()),
            Just("...".to_owned()),
            Just(".".to_owned()),
            Just("-1.5e+3".to_owned()),
            Just("$a: Int".to_owned()),
            Just("fragment F on T".to_owned()),
            Just("@skip(if: $a)".to_owned()),
            Just("\u{feff}".to_owned()),
            Just("\0".to_owned()),
            "\\PC{0,6}",
        ];
        proptest::collection::vec(piece, 0..200).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn takes_no_more_steps_than_the_text_has_bytes(text in soup()) {
            let unlimited = Limits { tokens_max: usize::MAX, nesting_max: usize::MAX, word_bytes_max: usize::MAX, ..Limits::default() };
            if let Ok(shape) = inspect(&text, &unlimited) {
                prop_assert!(shape.steps <= text.len());
                prop_assert!(shape.tokens <= shape.steps);
                prop_assert!(shape.nesting <= shape.tokens);
            }
        }

        #[test]
        fn what_it_lets_through_never_nests_deeper_in_the_parser(text in soup()) {
            let limits = Limits { nesting_max: 12, ..Limits::default() };
            if inspect(&text, &limits).is_ok() && let Ok(document) = async_graphql::parser::parse_query(&text) {
                let deepest = super::super::document::measure(&document).map_or(0, |measure| measure.nesting);
                prop_assert!(deepest <= 12, "{text}");
            }
        }
    }
}
