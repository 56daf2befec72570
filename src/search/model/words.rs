//! Where the words of a text begin and end, and the forms each is compared by.

use std::ops::Range;

use super::fold::{fold, is_invisible, spelling_key};

/// Letters kept of one word. Longer runs are no words but noise (or an attack on the term dictionary).
pub const WORD_CHARS_MAX: usize = 40;

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The bytes of the text that the word stands on.
    pub range: Range<usize>,
    /// Its folded form ([`fold`]).
    pub folded: String,
    /// Its spelling-blind form, where that differs from the folded one.
    pub key: Option<String>,
    /// Its lower-cased form with accents and tones, where it has any.
    pub accented: Option<String>,
}

impl Word {
    fn new(text: &str, range: Range<usize>) -> Option<Word> {
        let written = text.get(range.clone())?;
        let mut folded = fold(written);
        if let Some((cut, _)) = folded.char_indices().nth(WORD_CHARS_MAX) {
            folded.truncate(cut);
        }
        if folded.is_empty() {
            return None;
        }
        let key = spelling_key(&folded);
        let key = (key != folded).then(|| key.into_owned());
        let accented = (!written.is_ascii()).then(|| accented(written)).filter(|accented| *accented != folded);
        Some(Word { range, folded, key, accented })
    }
}

/// Lower case in composed form, so that `é` typed as one character or as two compares equal.
fn accented(written: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    written
        .chars()
        .filter(|letter| !is_invisible(*letter))
        .flat_map(char::to_lowercase)
        .nfc()
        .take(WORD_CHARS_MAX)
        .collect()
}

/// The words of a text, in order. Apostrophes and hyphens part words (`l'oignon`, `jɛgɛ-jalan`); combining marks and
/// invisible characters do not.
pub fn words(text: &str) -> impl Iterator<Item = Word> + '_ {
    let mut letters = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (start, _) = letters.find(|(_, letter)| letter.is_alphanumeric())?;
            let mut end = text.len();
            while let Some(&(at, letter)) = letters.peek() {
                if !continues_word(letter) {
                    end = at;
                    break;
                }
                letters.next();
            }
            if let Some(word) = Word::new(text, start..end) {
                return Some(word);
            }
        }
    })
}

fn continues_word(letter: char) -> bool {
    letter.is_alphanumeric() || unicode_normalization::char::is_combining_mark(letter) || is_invisible(letter)
}

/// Words that carry no meaning of their own in French or English. A query of only such words is searched all the
/// same. Absent on purpose: `si`, which is shea in Bambara, and `son`, which is bran.
pub fn is_stop_word(folded: &str) -> bool {
    matches!(
        folded,
        "a" | "au"
            | "aux"
            | "avec"
            | "ce"
            | "ces"
            | "d"
            | "dans"
            | "de"
            | "des"
            | "du"
            | "en"
            | "et"
            | "l"
            | "la"
            | "le"
            | "les"
            | "ou"
            | "par"
            | "pour"
            | "sur"
            | "un"
            | "une"
            | "and"
            | "for"
            | "from"
            | "in"
            | "of"
            | "the"
            | "to"
            | "with"
            | "ka"
            | "ani"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).map(|word| word.folded).collect()
    }

    #[test]
    fn apostrophes_and_hyphens_part_words() {
        assert_eq!(
            folded("L'huile d’arachide, jɛ́gɛ-jalan (sac 50kg)"),
            ["l", "huile", "d", "arachide", "jege", "jalan", "sac", "50kg"]
        );
    }

    #[test]
    fn ranges_point_back_at_the_words_as_written() {
        let text = "Bɛ̀nɛ 🌾 pur\0Ségou";
        let written: Vec<&str> = words(text).map(|word| &text[word.range]).collect();
        assert_eq!(written, ["Bɛ̀nɛ", "pur", "Ségou"]);
    }

    #[test]
    fn a_decomposed_accent_compares_equal_to_a_composed_one() {
        let composed: Vec<_> = words("fíni").map(|word| word.accented).collect();
        let decomposed: Vec<_> = words("fi\u{301}ni").map(|word| word.accented).collect();
        assert_eq!(composed, decomposed);
    }

    #[test]
    fn a_word_without_end_is_cut() {
        let long = "a".repeat(10_000);
        assert_eq!(folded(&long), ["a".repeat(WORD_CHARS_MAX)]);
    }

    proptest! {
        #[test]
        fn any_text_is_parted_without_overlap(text in any::<String>()) {
            let mut end = 0;
            for word in words(&text) {
                prop_assert!(word.range.start >= end);
                prop_assert!(!word.folded.is_empty());
                end = word.range.end;
            }
        }
    }
}
