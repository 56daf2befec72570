//! How a word is made comparable with the many ways people spell it.
//!
//! Two forms are kept of each word. [`fold`] is the light one: case, accents, Bambara tones and the four letters
//! that a French keyboard lacks. [`spelling_key`] goes further and forgets the habits by which the same Bambara
//! word is written with French sounds (`soumbala` and `súnbala`, `sitoulou` and `sìtulu`). The light form decides
//! first; the key is only a second chance, because on French words it would bring unlike words together.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Folds case, accents, tones and letters of the Bambara alphabet; drops characters that cannot be seen.
///
/// Everything else, spaces and punctuation included, is left where it is. Folding twice changes nothing.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    // Compatibility forms can decompose into capital letters (`℡` is `TEL`), and lowering a letter can compose a
    // new mark (`İ`): so decompose, lower, and decompose what came of it.
    for letter in text.nfkd().flat_map(char::to_lowercase).nfkd() {
        if is_combining_mark(letter) || is_invisible(letter) {
            continue;
        }
        match letter {
            'ɔ' => folded.push('o'),
            'ɛ' => folded.push('e'),
            'ɲ' => folded.push_str("ny"),
            'ŋ' => folded.push_str("ng"),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ø' => folded.push('o'),
            'ß' => folded.push_str("ss"),
            'ı' => folded.push('i'),
            '’' | '‘' | 'ʼ' | '´' | '`' => folded.push('\''),
            other => folded.push(other),
        }
    }
    folded
}

/// Characters that order or join text but are not part of a word: zero-width spaces and joiners, direction marks,
/// soft hyphens, the byte-order mark.
pub(super) fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
    )
}

/// Letters from which a last `s` is taken for a plural: shorter words have it of their own (`riz`, `mais`, `gros`).
const PLURAL_CHARS_MIN: usize = 5;

/// The spelling-blind form of a folded word.
///
/// French `ou` is Bambara `u` (`w` before a vowel), `gn` is `ny`, `ch` and `sy` are `sh`, `n` before `b` or `p` is
/// `m`, a doubled letter is one (`echalotte`), and the `s` of a plural is left out. Applied until nothing changes, so that
/// a key of a key is itself.
pub fn spelling_key(folded: &str) -> Cow<'_, str> {
    let mut key = Cow::Borrowed(folded);
    // Each round shortens the word or moves a letter towards its one final form: three are more than any word needs,
    // and the bound keeps hostile input from being interesting.
    for _ in 0..folded.len().max(1) {
        match respell(&key) {
            Some(next) => key = Cow::Owned(next),
            None => break,
        }
    }
    key
}

/// One round of [`spelling_key`]; `None` when nothing was left to change.
fn respell(word: &str) -> Option<String> {
    let letters: Vec<char> = word.chars().collect();
    let mut key = String::with_capacity(word.len());
    let mut last = None;
    let mut at = 0;
    let mut push = |key: &mut String, letter: char| {
        let doubled = last == Some(letter) && letter.is_alphabetic();
        if !doubled {
            key.push(letter);
        }
        last = Some(letter);
    };
    while let Some(&letter) = letters.get(at) {
        let next = letters.get(at + 1).copied();
        let taken = match (letter, next) {
            ('o', Some('u')) => {
                let before_vowel = letters.get(at + 2).is_some_and(|after| "aei".contains(*after));
                push(&mut key, if before_vowel { 'w' } else { 'u' });
                2
            }
            ('g', Some('n')) => {
                push(&mut key, 'n');
                push(&mut key, 'y');
                2
            }
            ('s', Some('y')) | ('c', Some('h')) => {
                push(&mut key, 's');
                push(&mut key, 'h');
                2
            }
            ('n', Some('b' | 'p')) => {
                push(&mut key, 'm');
                1
            }
            _ => {
                push(&mut key, letter);
                1
            }
        };
        at += taken;
    }
    if key.ends_with('s') && letters.len() >= PLURAL_CHARS_MIN {
        key.pop();
    }
    (key != word).then_some(key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn accents_tones_and_bambara_letters_are_dropped() {
        for (written, expected) in [
            ("Ségou", "segou"),
            ("Beurre de KARITÉ", "beurre de karite"),
            ("bɛ̀nɛ", "bene"),
            ("ɲɔ̀", "nyo"),
            ("ŋɔ́mi", "ngomi"),
            ("sìtulu", "situlu"),
            ("Ɲɔ", "nyo"),
            ("œuf", "oeuf"),
            ("l’oignon", "l'oignon"),
            ("ｋａｒｉｔｅ", "karite"),
        ] {
            assert_eq!(fold(written), expected, "folding {written}");
        }
    }

    #[test]
    fn invisible_characters_do_not_part_a_word() {
        assert_eq!(fold("ka\u{200B}ri\u{00AD}té\u{202E}"), "karite");
    }

    #[test]
    fn spellings_of_one_word_share_a_key() {
        for (one, other) in [
            ("soumbala", "súnbala"),
            ("sitoulou", "sìtulu"),
            ("échalotte", "échalote"),
            ("gnamakou", "ɲámaku"),
            ("syo", "shɔ̀"),
            ("cho", "shɔ̀"),
            ("Ségou", "segu"),
            ("ouagadougou", "wagadugu"),
            ("échalottes", "échalote"),
        ] {
            let key = |word: &str| spelling_key(&fold(word)).into_owned();
            assert_eq!(key(one), key(other), "{one} and {other}");
        }
    }

    #[test]
    fn unlike_words_keep_unlike_keys() {
        for (one, other) in [("fini", "fine"), ("mil", "miel"), ("fil", "fils"), ("riz", "ris"), ("2024", "224")] {
            assert_ne!(spelling_key(one), spelling_key(other));
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn folding_takes_any_characters(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn the_key_of_a_key_is_itself(text in "[a-zɲɛɔ0-9]{0,16}|(o|u|s|y|g|n|c|h|b){0,12}") {
            let folded = fold(&text);
            let key = spelling_key(&folded).into_owned();
            prop_assert_eq!(spelling_key(&key).into_owned(), key.clone());
        }
    }
}
