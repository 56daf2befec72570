//! What stands on labels.

use std::fmt;

/// Crockford's base 32: no letter that is taken for a digit, none that makes a word.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Signs of a code: 60 bits, so that nobody comes upon a lot by trying.
const SIGNS: usize = 12;

/// The code of a lot, as it stands on its label and in its address: twelve letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LotCode(String);

impl LotCode {
    /// A code made of bytes that nobody can foretell.
    #[must_use]
    pub fn from_entropy(bytes: [u8; SIGNS]) -> Self {
        Self(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect())
    }

    /// Reads what somebody typed off a label: case, spaces and hyphens do not matter, and what is taken for another sign is
    /// that sign. None where it is no code.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        // Before any work that grows with the text.
        if typed.len() > 4 * SIGNS {
            return None;
        }
        let code: Option<String> = typed
            .chars()
            .filter(|sign| !matches!(sign, ' ' | '-' | '\u{a0}'))
            .map(|sign| match sign.to_ascii_uppercase() {
                'O' => Some('0'),
                'I' | 'L' => Some('1'),
                sign => u8::try_from(sign).ok().filter(|byte| ALPHABET.contains(byte)).map(char::from),
            })
            .collect();
        code.filter(|code| code.len() == SIGNS).map(Self)
    }

    /// The letters and digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LotCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_typed_off_a_label_is_read_and_nothing_else() {
        let read = |typed| LotCode::read(typed).map(|code| code.to_string());
        assert_eq!(read(" k7q2-m9xw-4tbo "), Some("K7Q2M9XW4TB0".to_owned()));
        assert_eq!(read("K7Q2M9XWIl0o"), Some("K7Q2M9XW1100".to_owned()));
        for other in ["", "K7Q2M9XW4TB", "K7Q2M9XW4TBXX", "K7Q2M9XW4TBU", "K7Q2M9XW4TBé", "../../etc/passwd"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn every_code_is_read_back(bytes: [u8; SIGNS]) {
            let code = LotCode::from_entropy(bytes);
            prop_assert_eq!(LotCode::read(code.as_str()), Some(code.clone()));
            prop_assert_eq!(LotCode::read(&code.as_str().to_lowercase()), Some(code));
        }
    }
}
