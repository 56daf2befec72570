//! Phone numbers: taken in the spellings people use, kept as E.164.

use std::fmt;

use crate::kernel::{ErrorCode, UserError, error::excerpt};

/// Signs that people put between digits.
const SEPARATORS: [char; 9] = [' ', '\u{a0}', '\u{202f}', '\t', '.', '-', '/', '(', ')'];
/// Longer than any number with its separators.
const INPUT_LENGTH_MAX: usize = 40;
/// Mali's country code. Its national numbers have eight digits and no trunk prefix.
const MALI: &str = "223";
const MALI_NATIONAL_LENGTH: usize = 8;

/// A number that can be called, in E.164 form: `+22376123456`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads a number. Eight digits are a number in Mali; any other country is written with `+` or `00` before its code.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidPhone`] at `path` for what no numbering plan has.
    pub fn parse<P: ToString>(text: &str, path: impl IntoIterator<Item = P>) -> Result<Self, UserError> {
        Self::read(text).ok_or_else(|| UserError::new(ErrorCode::InvalidPhone, path).with("value", excerpt(text)))
    }

    /// Takes a number back from where it was stored.
    #[must_use]
    pub fn from_stored(e164: String) -> Self {
        Self(e164)
    }

    /// The number in E.164 form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() > INPUT_LENGTH_MAX * 2 {
            return None;
        }
        let dense: String = text.trim().chars().filter(|sign| !SEPARATORS.contains(sign)).collect();
        let (international, digits) = match dense.strip_prefix('+').or_else(|| dense.strip_prefix("00")) {
            Some(digits) => (true, digits),
            None => (false, dense.as_str()),
        };
        if digits.is_empty() || digits.len() > INPUT_LENGTH_MAX || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let with_code = digits.len() == MALI.len() + MALI_NATIONAL_LENGTH && digits.starts_with(MALI);
        let e164 = match (international, digits.len()) {
            (true, _) => format!("+{digits}"),
            (false, MALI_NATIONAL_LENGTH) => format!("+{MALI}{digits}"),
            (false, _) if with_code => format!("+{digits}"),
            (false, _) => return None,
        };
        let number = phonenumber::parse(None, &e164).ok().filter(phonenumber::is_valid)?;
        Some(Self(number.format().mode(phonenumber::Mode::E164).to_string()))
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_spelling_of_a_malian_number_is_the_same_number() {
        for spelling in [
            "76123456",
            "76 12 34 56",
            "76-12-34-56",
            " 76.12.34.56 ",
            "76\u{a0}12\u{202f}34 56",
            "+223 76 12 34 56",
            "+22376123456",
            "(+223) 76 12 34 56",
            "00223 76123456",
            "223 76 12 34 56",
        ] {
            assert_eq!(Phone::read(spelling).as_ref().map(Phone::as_str), Some("+22376123456"), "{spelling}");
        }
    }

    #[test]
    fn numbers_of_other_countries_need_their_code() {
        assert_eq!(Phone::read("+33 6 12 34 56 78").unwrap().as_str(), "+33612345678");
        assert_eq!(Phone::read("00 221 77 123 45 67").unwrap().as_str(), "+221771234567");
        assert_eq!(Phone::read("+683 4000").unwrap().as_str(), "+6834000", "short ones of small countries, too");
        assert_eq!(Phone::read("(00494(0049").unwrap().as_str(), "+4940049");
        assert_eq!(Phone::read("06 12 34 56 78"), None);
    }

    #[test]
    fn what_nobody_can_call_is_refused_and_quoted() {
        for text in
            ["", "+", "7612345", "761234567", "+223 1", "16123456", "+999 12345678", "76 12 34 5x", "🌾", "76123456\0"]
        {
            let error = Phone::parse(text, ["input", "phone"]).unwrap_err();
            assert_eq!((error.code, error.path.len()), (ErrorCode::InvalidPhone, 2), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_what_was_read_changes_nothing(text in "[+0-9 ().-]{0,20}") {
            if let Some(phone) = Phone::read(&text) {
                prop_assert_eq!(Phone::read(phone.as_str()), Some(phone));
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,100}") {
            if let Some(phone) = Phone::read(&text) {
                prop_assert!(phone.as_str().starts_with('+') && phone.as_str().len() <= 16);
            }
        }
    }
}
