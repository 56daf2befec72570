//! Which name does a person mean? Tolerant lookup among a few hundred names: case, accents, apostrophes and hyphens do
//! not matter, a beginning is enough, one slip of the pen is forgiven.
//!
//! Places and products are looked up so. Full-text search over listings is another matter, with its own analysis.

use super::text::fold;

/// A slip in a word shorter than this is not forgiven: too many short names lie one letter apart.
const SLIP_LETTERS_MIN: usize = 4;

/// How well a typed name fits, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is the code.
    Code,
    /// It is the name.
    Name,
    /// It is another name: a former one, a synonym, another spelling.
    OtherName,
    /// The name begins so.
    Beginning,
    /// A later word of the name begins so, or another name does.
    OtherBeginning,
    /// It is the name or another one, but for one slip.
    OneSlip,
}

impl Fit {
    /// Whether this leaves no doubt of what is meant, so that nobody need be asked back.
    #[must_use]
    pub fn is_certain(self) -> bool {
        self <= Self::OtherName
    }
}

/// A name brought to the form in which names are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameKey {
    /// The folded words, one space between them.
    words: String,
    /// The same without spaces, since `N'Gouma` is typed `ngouma` and `n gouma`.
    joined: String,
}

impl NameKey {
    /// Brings a name to that form.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let separated: String =
            fold(name).chars().map(|sign| if sign.is_alphanumeric() { sign } else { ' ' }).collect();
        let words = separated.split_whitespace().collect::<Vec<_>>().join(" ");
        let joined = words.replace(' ', "");
        Self { words, joined }
    }

    /// The form without spaces.
    #[must_use]
    pub fn joined(&self) -> &str {
        &self.joined
    }

    /// Whether nothing is left to compare.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.joined.is_empty()
    }

    fn begins_with(&self, typed: &Self) -> bool {
        self.joined.starts_with(&typed.joined)
    }

    fn has_later_word_beginning_with(&self, typed: &Self) -> bool {
        self.words.match_indices(' ').any(|(space, _)| self.words[space + 1..].starts_with(&typed.words))
    }

    fn is_one_slip_from(&self, typed: &Self) -> bool {
        typed.joined.chars().count() >= SLIP_LETTERS_MIN && within_one_slip(&self.joined, &typed.joined)
    }
}

/// The names that one thing answers to.
#[derive(Debug, Clone, Default)]
pub struct NameSet {
    names: Vec<NameKey>,
    others: Vec<NameKey>,
}

impl NameSet {
    /// The proper names of a thing, in its languages, and the other ones.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>, others: impl IntoIterator<Item = &'n str>) -> Self {
        let keys = |name| Some(NameKey::new(name)).filter(|key| !key.is_empty());
        Self {
            names: names.into_iter().filter_map(keys).collect(),
            others: others.into_iter().filter_map(keys).collect(),
        }
    }

    /// Whether `typed` is one of the names, to the letter.
    #[must_use]
    pub fn certain_fit(&self, typed: &NameKey) -> Option<Fit> {
        if typed.is_empty() {
            None
        } else if self.names.iter().any(|name| name.joined == typed.joined) {
            Some(Fit::Name)
        } else if self.others.iter().any(|name| name.joined == typed.joined) {
            Some(Fit::OtherName)
        } else {
            None
        }
    }

    /// How well `typed` fits, if at all. An empty name fits nothing.
    #[must_use]
    pub fn fit(&self, typed: &NameKey) -> Option<Fit> {
        let mut every = self.names.iter().chain(&self.others);
        let certain = self.certain_fit(typed);
        if typed.is_empty() || certain.is_some() {
            certain
        } else if self.names.iter().any(|name| name.begins_with(typed)) {
            Some(Fit::Beginning)
        } else if self.names.iter().any(|name| name.has_later_word_beginning_with(typed))
            || self.others.iter().any(|name| name.begins_with(typed))
        {
            Some(Fit::OtherBeginning)
        } else if every.any(|name| name.is_one_slip_from(typed)) {
            Some(Fit::OneSlip)
        } else {
            None
        }
    }
}

/// Whether two words are the same but for at most one slip: a letter missing, added or changed, or two neighbours swapped.
#[must_use]
pub fn within_one_slip(left: &str, right: &str) -> bool {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let (short, long) = if left.len() <= right.len() { (&left, &right) } else { (&right, &left) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same_start = short.iter().zip(long.iter()).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[same_start..], &long[same_start..]);
    let Some(long_tail) = long.get(1..) else { return true };
    if short.len() < long.len() {
        return short == long_tail;
    }
    let changed = &short[1..] == long_tail;
    let swapped = short.len() >= 2 && short[0] == long[1] && short[1] == long[0] && short[2..] == long[2..];
    changed || swapped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_slip_is_forgiven_and_two_are_not() {
        let one_slip =
            [("segou", "segou"), ("sgou", "segou"), ("seegou", "segou"), ("segoo", "segou"), ("esgou", "segou")];
        for (left, right) in one_slip.into_iter().chain([("", "a"), ("", "")]) {
            assert!(within_one_slip(left, right), "{left} {right}");
            assert!(within_one_slip(right, left), "{right} {left}");
        }
        for (left, right) in [("sgo", "segou"), ("kayes", "gao"), ("abcd", "badc"), ("", "ab")] {
            assert!(!within_one_slip(left, right), "{left} {right}");
        }
    }

    #[test]
    fn a_better_fit_comes_first() {
        let shea = NameSet::new(["Beurre de karité", "sìtulu"], ["huile de karité"]);
        let fit = |typed: &str| shea.fit(&NameKey::new(typed));

        assert_eq!(fit("beurre de karite"), Some(Fit::Name));
        assert_eq!(fit("SITULU"), Some(Fit::Name));
        assert_eq!(fit("si-tulu"), Some(Fit::Name));
        assert_eq!(fit("huile de karité"), Some(Fit::OtherName));
        assert_eq!(fit("beur"), Some(Fit::Beginning));
        assert_eq!(fit("karit"), Some(Fit::OtherBeginning));
        assert_eq!(fit("huile"), Some(Fit::OtherBeginning));
        assert_eq!(fit("sitoulu"), Some(Fit::OneSlip));
        assert_eq!(fit("coton"), None);
        assert_eq!(fit(" -'"), None);
    }

    proptest! {
        #[test]
        fn dropping_any_letter_is_one_slip(word in "[a-z]{1,12}", at in 0_usize..12) {
            let at = at % word.len();
            let shorter: String = word.chars().enumerate().filter(|(i, _)| *i != at).map(|(_, c)| c).collect();
            prop_assert!(within_one_slip(&word, &shorter));
        }

        #[test]
        fn every_name_fits_itself(name in "\\PC{1,30}") {
            let key = NameKey::new(&name);
            let fit = NameSet::new([name.as_str()], []).fit(&key);
            prop_assert_eq!(fit, (!key.is_empty()).then_some(Fit::Name));
        }
    }
}
