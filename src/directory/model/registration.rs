//! Registration numbers: kept as typed, compared in one normal form, checked leniently.
//!
//! The registers' own forms changed over time and papers are copied by hand, so a number in an unusual form is
//! accepted and only marked; what cannot be a number of that register at all is refused.

use unicode_normalization::UnicodeNormalization as _;

use super::text_enum::text_enum;
use crate::kernel::error::{ErrorCode, UserError, excerpt};
use crate::kernel::text::TextRule;

text_enum! {
    /// A register or numbering scheme.
    pub enum RegistrationScheme {
        /// Trade and personal property credit register (registre du commerce et du crédit mobilier), such as `MA.BKO.2024.B.157`.
        Rccm = "RCCM",
        /// Register of cooperative societies (registre des sociétés coopératives).
        Rsc = "RSC",
        /// Tax identification number (numéro d'identification fiscale): 9 digits and a letter.
        Nif = "NIF",
        /// National identification number of a person: 14 digits and a letter. Personal data, shown to members only.
        Nina = "NINA",
        /// Any other register; say which in the number itself.
        Other = "OTHER",
    }
}

impl RegistrationScheme {
    /// A made-up number of the usual form.
    #[must_use]
    pub const fn example(self) -> &'static str {
        match self {
            Self::Rccm => "MA.BKO.2024.B.157",
            Self::Rsc => "MA.SEG.2021.C.42",
            Self::Nif => "081234567A",
            Self::Nina => "12345678901234A",
            Self::Other => "AGR-2023-118",
        }
    }

    /// Whether the number names a person, so that only members and the platform may see it.
    #[must_use]
    pub const fn is_personal(self) -> bool {
        match self {
            Self::Nina => true,
            Self::Rccm | Self::Rsc | Self::Nif | Self::Other => false,
        }
    }
}

/// One registration of an organization.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Registration {
    /// The register.
    pub scheme: RegistrationScheme,
    /// As it was typed, without blanks around it.
    pub raw: String,
    /// The one form by which numbers are compared.
    pub normalized: String,
}

impl Registration {
    /// What a number may be, whatever the register.
    pub const TEXT: TextRule = TextRule { length_min: 1, length_max: 64, multiline: false };

    /// Reads a number as typed.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidRegistration`] when the text cannot be a number of the register, and what [`TextRule::check`]
    /// says, at `path`.
    pub fn parse(scheme: RegistrationScheme, typed: &str, path: &[String]) -> Result<Self, UserError> {
        let raw = Self::TEXT.check(typed, path)?;
        let upper: String = raw.nfkc().flat_map(char::to_uppercase).collect();
        let normalized = match scheme {
            // Typed with dots, hyphens, slashes or blanks; the parts are what counts.
            RegistrationScheme::Rccm | RegistrationScheme::Rsc => joined(&upper, "."),
            RegistrationScheme::Nif | RegistrationScheme::Nina => joined(&upper, ""),
            RegistrationScheme::Other => joined(&upper, "-"),
        };
        let digits = normalized.bytes().filter(u8::is_ascii_digit).count();
        let letters = normalized.chars().filter(|sign| sign.is_alphabetic()).count();
        let plausible = match scheme {
            RegistrationScheme::Rccm | RegistrationScheme::Rsc => digits >= 1 && letters >= 1 && normalized.is_ascii(),
            RegistrationScheme::Nif => (7..=13).contains(&digits) && letters <= 2 && normalized.is_ascii(),
            RegistrationScheme::Nina => (13..=15).contains(&digits) && letters <= 2 && normalized.is_ascii(),
            RegistrationScheme::Other => digits + letters >= 1,
        };
        if plausible {
            return Ok(Self { scheme, raw, normalized });
        }
        Err(UserError::new(ErrorCode::InvalidRegistration, path)
            .with("scheme", scheme)
            .with("value", excerpt(&raw))
            .with("example", scheme.example()))
    }

    /// Whether both are one number of one register, however they were typed.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.normalized == other.normalized
    }

    /// Whether the number has the form its register gives today. Older papers may differ, so this is a remark.
    #[must_use]
    pub fn has_usual_form(&self) -> bool {
        let digits_then_letter = |count: usize| {
            let bytes = self.normalized.as_bytes();
            bytes.len() == count + 1
                && bytes.iter().take(count).all(u8::is_ascii_digit)
                && bytes.last().is_some_and(u8::is_ascii_alphabetic)
        };
        match self.scheme {
            RegistrationScheme::Rccm | RegistrationScheme::Rsc => {
                let parts: Vec<&str> = self.normalized.split('.').collect();
                let letters = |part: &str| !part.is_empty() && part.bytes().all(|sign| sign.is_ascii_alphabetic());
                let digits = |part: &str| !part.is_empty() && part.bytes().all(|sign| sign.is_ascii_digit());
                matches!(parts.as_slice(), [country, court, year, series, number]
                    if *country == "MA" && letters(court) && digits(year) && year.len() == 4
                        && letters(series) && digits(number))
            }
            RegistrationScheme::Nif => digits_then_letter(9),
            RegistrationScheme::Nina => digits_then_letter(14),
            RegistrationScheme::Other => true,
        }
    }
}

/// The runs of letters and digits, joined anew.
fn joined(text: &str, separator: &str) -> String {
    let runs: Vec<&str> = text.split(|sign: char| !sign.is_alphanumeric()).filter(|run| !run.is_empty()).collect();
    runs.join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(scheme: RegistrationScheme, typed: &str) -> Result<Registration, ErrorCode> {
        Registration::parse(scheme, typed, &["value".to_owned()]).map_err(|error| error.code)
    }

    fn normalized(scheme: RegistrationScheme, typed: &str) -> String {
        parse(scheme, typed).unwrap().normalized
    }

    #[test]
    fn one_number_typed_in_many_ways_is_one_number() {
        let typed_ways = [
            "MA.BKO.2024.B.157",
            "ma-bko-2024-b-157",
            " MA BKO 2024 B 157 ",
            "MA/BKO/2024/B/157",
            "ＭＡ.BKO.2024.B.157",
        ];
        for typed in typed_ways {
            assert_eq!(normalized(RegistrationScheme::Rccm, typed), "MA.BKO.2024.B.157", "{typed}");
        }
        assert_eq!(normalized(RegistrationScheme::Nif, "081 234 567-a"), "081234567A");
        assert_eq!(normalized(RegistrationScheme::Other, "agr/2023  118"), "AGR-2023-118");
    }

    #[test]
    fn the_raw_form_stays_as_typed() {
        let number = parse(RegistrationScheme::Nif, " 081 234 567 a ").unwrap();
        assert_eq!(number.raw, "081 234 567 a");
    }

    #[test]
    fn examples_have_the_usual_form() {
        for scheme in RegistrationScheme::ALL {
            let number = parse(*scheme, scheme.example()).unwrap();
            assert!(number.has_usual_form(), "{scheme}");
        }
    }

    #[test]
    fn an_unusual_form_is_accepted_and_marked() {
        assert!(!parse(RegistrationScheme::Rccm, "SEGOU 157/98").unwrap().has_usual_form());
        assert!(!parse(RegistrationScheme::Nif, "081234567").unwrap().has_usual_form());
    }

    #[test]
    fn what_cannot_be_a_number_is_refused() {
        let refused = |scheme, typed: &str| parse(scheme, typed).unwrap_err();
        assert_eq!(refused(RegistrationScheme::Rccm, "  "), ErrorCode::Required);
        assert_eq!(refused(RegistrationScheme::Rccm, "RCCM Ségou 157/98"), ErrorCode::InvalidRegistration);
        assert_eq!(refused(RegistrationScheme::Nif, "pending"), ErrorCode::InvalidRegistration);
        assert_eq!(refused(RegistrationScheme::Nina, "١٢٣٤٥٦٧٨٩٠١٢٣٤أ"), ErrorCode::InvalidRegistration);
        assert_eq!(refused(RegistrationScheme::Other, "--"), ErrorCode::InvalidRegistration);
        assert_eq!(refused(RegistrationScheme::Other, "a\0b"), ErrorCode::InvalidCharacters);
        assert_eq!(refused(RegistrationScheme::Other, &"9".repeat(65)), ErrorCode::TooLong);
    }
}
