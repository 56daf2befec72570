//! Completing what is being typed: which texts are reached, and which of them are offered.

use std::collections::{HashMap, HashSet};

use super::{
    Suggestion, SuggestionKind,
    words::{is_stop_word, words},
};

/// Words of a text that lead to it.
pub const ENTRIES_MAX: usize = 4;

/// How a text is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reached {
    /// By its beginning.
    First,
    /// By a later word.
    Within,
}

/// Completions found so far: how each is reached best, and the documents behind it.
pub type Completions = HashMap<(SuggestionKind, String), (Reached, u64)>;

/// What is being typed, or a text that may be meant, in the form in which they are held together.
#[must_use]
pub fn typed_prefix(typed: &str) -> String {
    words(typed).map(|word| word.folded).collect::<Vec<_>>().join(" ")
}

/// How a text is reached by the beginning that was typed, in the form of [`typed_prefix`]; not at all where none of its
/// words begins so.
#[must_use]
pub fn reached(text: &str, typed: &str) -> Option<Reached> {
    let folded: Vec<String> = words(text).map(|word| word.folded).collect();
    let leads = |(at, word): &(usize, &String)| *at == 0 || !is_stop_word(word);
    let begins = |(at, _): (usize, &String)| {
        let rest = folded.get(at..).unwrap_or_default().join(" ");
        rest.starts_with(typed).then_some(if at == 0 { Reached::First } else { Reached::Within })
    };
    folded.iter().enumerate().filter(leads).take(ENTRIES_MAX).find_map(begins)
}

/// The best of what was found: products before organizations before listings, texts that begin with what is typed before
/// those that hold it, then those with more behind them.
#[must_use]
pub fn best(found: Completions, count_max: usize) -> Vec<Suggestion> {
    let mut suggestions: Vec<(Reached, Suggestion)> =
        found.into_iter().map(|((kind, text), (reached, count))| (reached, Suggestion { text, kind, count })).collect();
    suggestions.sort_by(|(one_reached, one), (other_reached, other)| {
        let key = |reached: &Reached, count: u64| (*reached, std::cmp::Reverse(count));
        one.kind
            .cmp(&other.kind)
            .then_with(|| key(one_reached, one.count).cmp(&key(other_reached, other.count)))
            .then_with(|| one.text.cmp(&other.text))
    });
    // Many listings are titled like their product: what reads alike is offered once.
    let mut offered = HashSet::new();
    suggestions
        .into_iter()
        .map(|(_, suggestion)| suggestion)
        .filter(|suggestion| offered.insert(typed_prefix(&suggestion.text)))
        .take(count_max)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_reached_by_the_beginning_of_any_word_that_means_something() {
        for (typed, expected) in [
            ("beu", Some(Reached::First)),
            ("beurre de k", Some(Reached::First)),
            ("kari", Some(Reached::Within)),
            ("de k", None),
            ("rite", None),
        ] {
            assert_eq!(reached("Beurre de karité", &typed_prefix(typed)), expected, "{typed}");
        }
    }

    #[test]
    fn products_come_before_organizations_and_what_reads_alike_comes_once() {
        let found = Completions::from([
            ((SuggestionKind::Listing, "Karité".to_owned()), (Reached::First, 90)),
            ((SuggestionKind::Organization, "Karidja".to_owned()), (Reached::First, 1)),
            ((SuggestionKind::Product, "Beurre de karité".to_owned()), (Reached::Within, 50)),
            ((SuggestionKind::Product, "karite".to_owned()), (Reached::First, 2)),
        ]);
        let texts: Vec<String> = best(found, 10).into_iter().map(|suggestion| suggestion.text).collect();
        assert_eq!(texts, ["karite", "Beurre de karité", "Karidja"]);
    }
}
