//! How an account is addressed: by phone or by e-mail.

use std::{fmt, str::FromStr};

use email_address::Options;
use unicode_normalization::UnicodeNormalization;

use super::Phone;
use crate::kernel::{ErrorCode, UserError, error::excerpt};

/// Bytes in an address at most ([RFC 5321](https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.3), less the angle
/// brackets).
const EMAIL_LENGTH_MAX: usize = 254;

/// An e-mail address in lower case.
///
/// A mail server may tell `Awa@` from `awa@`; no person does, and none in use is known to. Two accounts that differ in
/// nothing else would be a trap.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidEmail`] at `path`.
    pub fn parse<P: ToString>(text: &str, path: impl IntoIterator<Item = P>) -> Result<Self, UserError> {
        Self::read(text).ok_or_else(|| UserError::new(ErrorCode::InvalidEmail, path).with("value", excerpt(text)))
    }

    /// Takes an address back from where it was stored.
    #[must_use]
    pub fn from_stored(address: String) -> Self {
        Self(address)
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or(self.0.as_str(), |(local, _)| local)
    }

    fn read(text: &str) -> Option<Self> {
        let trimmed = text.trim();
        // Quoted local parts may hold anything, blanks and direction marks included, and nobody has one.
        let odd = |sign: char| sign == '"' || sign.is_control() || sign.is_whitespace();
        if trimmed.len() > EMAIL_LENGTH_MAX || trimmed.contains(odd) {
            return None;
        }
        let normal = trimmed.nfc().collect::<String>().to_lowercase();
        let rules = Options::default().without_display_text().without_domain_literal().with_required_tld();
        let valid =
            normal.len() <= EMAIL_LENGTH_MAX && email_address::EmailAddress::parse_with_options(&normal, rules).is_ok();
        valid.then_some(Self(normal))
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A phone number or an e-mail address: what a person signs in with and is invited by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identifier {
    /// By phone.
    Phone(Phone),
    /// By e-mail.
    Email(EmailAddress),
}

/// The text is neither a phone number nor an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither a phone number nor an e-mail address")]
pub struct NoIdentifier;

impl Identifier {
    /// Reads an identifier: with an `@` it is an address, without one a number.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidEmail`] or [`ErrorCode::InvalidPhone`] at `path`.
    pub fn parse<P: ToString>(text: &str, path: impl IntoIterator<Item = P>) -> Result<Self, UserError> {
        if text.contains('@') {
            EmailAddress::parse(text, path).map(Self::Email)
        } else {
            Phone::parse(text, path).map(Self::Phone)
        }
    }

    /// Takes an identifier back from where it was stored.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        if text.contains('@') { Self::Email(EmailAddress(text)) } else { Self::Phone(Phone::from_stored(text)) }
    }

    /// The one spelling that all its spellings come to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Phone(phone) => phone.as_str(),
            Self::Email(email) => email.as_str(),
        }
    }
}

impl FromStr for Identifier {
    type Err = NoIdentifier;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse::<&str>(text, []).map_err(|_| NoIdentifier)
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<String> {
        text.parse::<Identifier>().ok().map(|identifier| identifier.to_string())
    }

    #[test]
    fn spellings_of_one_address_meet() {
        assert_eq!(read(" Awa.Traore@Exemple.ML "), Some("awa.traore@exemple.ml".into()));
        assert_eq!(read("awa+marche@exemple.ml"), Some("awa+marche@exemple.ml".into()));
        assert_eq!(read("76 12 34 56"), Some("+22376123456".into()));
    }

    #[test]
    fn what_cannot_be_written_to_is_refused() {
        let long = format!("{}@exemple.ml", "a".repeat(300));
        for text in [
            "@",
            "awa@",
            "@exemple.ml",
            "awa@localhost",
            "awa@@exemple.ml",
            "\"a b\"@exemple.ml",
            "a\0@exemple.ml",
            "Awa <awa@exemple.ml>",
            "awa@[127.0.0.1]",
            &long,
        ] {
            assert_eq!(Identifier::parse(text, ["identifier"]).unwrap_err().code, ErrorCode::InvalidEmail, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_what_was_read_changes_nothing(text in "[a-zA-Z0-9.é+-]{1,12}@[a-z]{1,8}\\.(ml|org)") {
            if let Some(once) = read(&text) {
                prop_assert_eq!(read(&once), Some(once));
            }
        }
    }
}
