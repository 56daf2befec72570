//! What a person typed, taken apart.

use super::words::{Word, is_stop_word, words};

/// Characters a query may have. People type a handful of words; more is a paste or an attack.
pub const QUERY_CHARS_MAX: usize = 200;

/// Words of a query that are looked at; those after are not.
pub const QUERY_WORDS_MAX: usize = 12;

/// Results that are enough: with so many, none is shown that lacks a word, and no word is taken for a slip of another.
pub const RESULTS_ENOUGH: u64 = 20;

/// Letters from which one slip of a word is forgiven.
pub const ONE_SLIP_CHARS_MIN: usize = 4;

/// Letters from which two slips are.
pub const TWO_SLIPS_CHARS_MIN: usize = 8;

/// Why a query is not searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// More than [`QUERY_CHARS_MAX`] characters.
    #[error("the query is longer than {QUERY_CHARS_MAX} characters")]
    TooLong,
}

/// A query as words to find and phrases to insist on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParsedQuery {
    /// Words outside quotation marks, in order, without those that carry no meaning.
    pub words: Vec<Word>,
    /// Quoted runs of words: each must stand in a result in this order, side by side.
    pub phrases: Vec<Vec<Word>>,
    /// The last word may still be being typed: it matches as the beginning of a word too.
    pub last_is_prefix: bool,
}

impl ParsedQuery {
    /// Takes a query apart. An unclosed quotation mark opens a phrase that runs to the end.
    pub fn parse(typed: &str) -> Result<ParsedQuery, QueryError> {
        if typed.chars().count() > QUERY_CHARS_MAX {
            return Err(QueryError::TooLong);
        }
        let mut query = ParsedQuery::default();
        let mut budget = QUERY_WORDS_MAX;
        let mut quoted = false;
        for run in typed.split(['"', '«', '»', '“', '”']) {
            let run_words: Vec<Word> = words(run).take(budget).collect();
            budget -= run_words.len();
            match (quoted, run_words.len()) {
                (_, 0) => {}
                (true, _) => query.phrases.push(run_words),
                (false, _) => query.words.extend(run_words),
            }
            quoted = !quoted;
        }
        query.last_is_prefix = typed.chars().next_back().is_some_and(char::is_alphanumeric)
            // The run after the last mark is the unquoted one.
            && quoted;
        query.drop_stop_words();
        Ok(query)
    }

    /// Whether there is nothing to find, so that everything is shown.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.phrases.is_empty()
    }

    fn drop_stop_words(&mut self) {
        let meaningful = |word: &Word| !is_stop_word(&word.folded);
        let any_meaningful = self.words.iter().any(meaningful) || !self.phrases.is_empty();
        if any_meaningful {
            // A stop word at the very end may be the beginning of a longer one ("la" of "lait").
            if self.last_is_prefix && self.words.last().is_some_and(|last| !meaningful(last)) {
                self.last_is_prefix = false;
            }
            self.words.retain(meaningful);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(words: &[Word]) -> Vec<&str> {
        words.iter().map(|word| word.folded.as_str()).collect()
    }

    #[test]
    fn words_and_quoted_phrases_are_told_apart() {
        let query = ParsedQuery::parse("riz «\u{a0}étuvé main\u{a0}» Ségou").unwrap();
        assert_eq!(folded(&query.words), ["riz", "segou"]);
        assert_eq!(query.phrases.len(), 1);
        assert_eq!(folded(&query.phrases[0]), ["etuve", "main"]);
        assert!(query.last_is_prefix);
    }

    #[test]
    fn a_closed_quotation_or_a_space_ends_the_last_word() {
        assert!(!ParsedQuery::parse("\"riz étuvé\"").unwrap().last_is_prefix);
        assert!(!ParsedQuery::parse("riz ").unwrap().last_is_prefix);
        assert!(!ParsedQuery::parse("\"riz étu").unwrap().last_is_prefix);
    }

    #[test]
    fn words_without_meaning_are_dropped_unless_they_are_all_there_is() {
        assert_eq!(folded(&ParsedQuery::parse("beurre de karité").unwrap().words), ["beurre", "karite"]);
        assert_eq!(folded(&ParsedQuery::parse("la").unwrap().words), ["la"]);
        assert_eq!(folded(&ParsedQuery::parse("sì").unwrap().words), ["si"]);
    }

    #[test]
    fn a_query_has_a_length() {
        assert_eq!(ParsedQuery::parse(&"é".repeat(QUERY_CHARS_MAX + 1)), Err(QueryError::TooLong));
        let many = ParsedQuery::parse(&"riz ".repeat(50)).unwrap();
        assert_eq!(many.words.len(), QUERY_WORDS_MAX);
    }

    #[test]
    fn nothing_but_signs_is_an_empty_query() {
        for typed in ["", "   ", "\0", "\"\"", "🌾 !?", "\u{202E}"] {
            assert!(ParsedQuery::parse(typed).unwrap().is_empty(), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn anything_can_be_typed(typed in "\\PC{0,80}|[\"«» a-z]{0,60}") {
            let query = ParsedQuery::parse(&typed).unwrap();
            let count = query.words.len() + query.phrases.iter().map(Vec::len).sum::<usize>();
            prop_assert!(count <= QUERY_WORDS_MAX);
        }
    }
}
