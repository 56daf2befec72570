//! Texts that people type: trimmed, normalized, and checked once, on their way in.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::error::{ErrorCode, UserError};

/// What a text may be.
#[derive(Debug, Clone, Copy)]
pub struct TextRule {
    /// Signs at least, after trimming.
    pub length_min: usize,
    /// Signs at most.
    pub length_max: usize,
    /// Whether it may have several lines.
    pub multiline: bool,
}

impl TextRule {
    /// A name or title.
    pub const NAME: Self = Self { length_min: 2, length_max: 200, multiline: false };
    /// A short note in one line.
    pub const LINE: Self = Self { length_min: 1, length_max: 200, multiline: false };
    /// Several paragraphs.
    pub const DESCRIPTION: Self = Self { length_min: 1, length_max: 5_000, multiline: true };

    /// Trims, brings to Unicode NFC, and checks. Text of every script is welcome, right-to-left included; control
    /// characters and invisible direction overrides, which could make a name read as another, are not.
    ///
    /// # Errors
    /// [`ErrorCode::Required`], [`ErrorCode::TooShort`], [`ErrorCode::TooLong`], [`ErrorCode::InvalidCharacters`] at `path`.
    pub fn check<P: ToString>(&self, text: &str, path: impl IntoIterator<Item = P>) -> Result<String, UserError> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(UserError::new(ErrorCode::Required, path));
        }
        // Before any work that grows with the text.
        if trimmed.len() > self.length_max * 4 {
            return Err(UserError::new(ErrorCode::TooLong, path).with("maximum", self.length_max));
        }
        if trimmed.chars().any(|sign| !self.allows(sign)) {
            return Err(UserError::new(ErrorCode::InvalidCharacters, path));
        }
        let normal: String = trimmed.nfc().collect();
        let length = normal.chars().count();
        if length < self.length_min {
            return Err(UserError::new(ErrorCode::TooShort, path).with("minimum", self.length_min));
        }
        if length > self.length_max {
            return Err(UserError::new(ErrorCode::TooLong, path).with("maximum", self.length_max));
        }
        Ok(normal)
    }

    fn allows(&self, sign: char) -> bool {
        match sign {
            '\n' | '\r' | '\t' => self.multiline,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => false,
            _ => !sign.is_control(),
        }
    }
}

/// Folds case and accents for sorting and for "is it the same name?": `Ségou` and `SEGOU` fold to `segou`. Letters that
/// are no accented Latin ones (ɛ, ɔ, ɲ, ŋ) are folded to their plain neighbours, as people type them.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for sign in text.nfd().filter(|sign| !is_combining_mark(*sign)).flat_map(char::to_lowercase) {
        match sign {
            'ɛ' => folded.push('e'),
            'ɔ' => folded.push('o'),
            'ɲ' => folded.push_str("ny"),
            'ŋ' => folded.push_str("ng"),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            '’' | 'ʼ' | '\'' | '-' | '‐' | '–' => folded.push(' '),
            other => folded.push(other),
        }
    }
    let mut words = folded.split_whitespace();
    let mut text = words.next().unwrap_or_default().to_owned();
    for word in words {
        text.push(' ');
        text.push_str(word);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folding_makes_spellings_meet() {
        assert_eq!(fold("  Ségou "), "segou");
        assert_eq!(fold("Benkɛ-Ɲɛtaa"), "benke nyetaa");
        assert_eq!(fold("Coopérative  d’Échalotes"), "cooperative d echalotes");
    }

    #[test]
    fn what_cannot_be_kept_is_refused_and_what_people_write_is_not() {
        let code = |text: &str| TextRule::NAME.check(text, ["input", "name"]).map_err(|error| error.code);
        assert_eq!(code("  \t "), Err(ErrorCode::Required));
        assert_eq!(code("x"), Err(ErrorCode::TooShort));
        assert_eq!(code("a\u{0}b"), Err(ErrorCode::InvalidCharacters));
        assert_eq!(code("a\u{202e}b"), Err(ErrorCode::InvalidCharacters));
        assert_eq!(code(&"x".repeat(10_000_000)), Err(ErrorCode::TooLong));
        assert_eq!(code("تعاونية النساء 🌾"), Ok("تعاونية النساء 🌾".into()));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
