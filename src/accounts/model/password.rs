//! Passwords as they are typed: judged when they are chosen, brought to one form whenever they are used.

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use zxcvbn::{Score, zxcvbn};

use super::{EmailAddress, Phone};
use crate::kernel::{ErrorCode, UserError};

/// Signs in a password at least.
pub const LENGTH_MIN: usize = 10;
/// Signs in a password at most: enough for a long phrase, and a bound on the work it makes.
pub const LENGTH_MAX: usize = 128;
/// What takes a guesser more than a million tries. At ten tries in a quarter of an hour that is years; asking more would only
/// keep people out who write one sentence in their own language.
const SCORE_MIN: Score = Score::Two;

/// A password in the form that is hashed: NFKC, so that `é` from a phone and `é` from a computer are the same
/// ([NIST SP 800-63B, 5.1.1.2](https://pages.nist.gov/800-63-3/sp800-63b.html#memsecretver)).
#[derive(Debug, Clone)]
pub struct Password(SecretString);

impl Password {
    /// A password that somebody signs in with; none if nobody can have chosen it.
    #[must_use]
    pub fn presented(text: &SecretString) -> Option<Self> {
        let text = text.expose_secret();
        // NFKC may lengthen a text eighteenfold, so the bound comes first.
        if text.len() > LENGTH_MAX * 4 {
            return None;
        }
        let normal: String = text.nfkc().collect();
        (normal.chars().count() <= LENGTH_MAX).then(|| Self(normal.into()))
    }

    /// A password that somebody chooses.
    ///
    /// # Errors
    /// [`ErrorCode::Required`], [`ErrorCode::TooLong`], or [`ErrorCode::WeakPassword`] for one that is short, widely used, or
    /// made of what is known of its owner.
    pub fn choose<P: ToString>(
        text: &SecretString,
        owner: &Owner<'_>,
        path: impl IntoIterator<Item = P>,
    ) -> Result<Self, UserError> {
        let typed = text.expose_secret();
        if typed.is_empty() {
            return Err(UserError::new(ErrorCode::Required, path));
        }
        if typed.len() > LENGTH_MAX * 4 || typed.chars().count() > LENGTH_MAX {
            return Err(UserError::new(ErrorCode::TooLong, path).with("maximum", LENGTH_MAX));
        }
        let strong = Self::presented(text).filter(|password| password.is_strong(owner));
        strong.ok_or_else(|| UserError::new(ErrorCode::WeakPassword, path).with("minimum", LENGTH_MIN))
    }

    /// The bytes to be hashed.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }

    fn is_strong(&self, owner: &Owner<'_>) -> bool {
        if self.0.expose_secret().chars().count() < LENGTH_MIN {
            return false;
        }
        let known = owner.words();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        zxcvbn(self.0.expose_secret(), &known).score() >= SCORE_MIN
    }
}

/// What everybody may know of the person who chooses a password, and guess first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Owner<'a> {
    /// Her name.
    pub name: &'a str,
    /// Her phone number.
    pub phone: Option<&'a Phone>,
    /// Her e-mail address.
    pub email: Option<&'a EmailAddress>,
}

impl Owner<'_> {
    fn words(&self) -> Vec<String> {
        let mut words = vec!["bfw".to_owned(), "buyfromwomen".to_owned(), self.name.to_lowercase()];
        words.extend(self.name.to_lowercase().split_whitespace().map(str::to_owned));
        if let Some(phone) = self.phone {
            let digits = phone.as_str().trim_start_matches('+');
            words.push(digits.to_owned());
            words.push(digits.trim_start_matches("223").to_owned());
        }
        if let Some(email) = self.email {
            words.push(email.as_str().to_owned());
            words.extend(email.as_str().split(['@', '.', '+', '-', '_']).map(str::to_owned));
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(text: &str) -> Result<(), ErrorCode> {
        let phone = Phone::parse("76123456", ["phone"]).unwrap();
        let owner = Owner { name: "Fatoumata Diarra", phone: Some(&phone), email: None };
        Password::choose(&text.into(), &owner, ["input", "password"]).map(|_| ()).map_err(|error| error.code)
    }

    #[test]
    fn phrases_that_people_can_keep_in_mind_are_taken() {
        for text in ["la pluie tombe sur Bougouni", "situlu ni jaba ye", "Correct-horse-9", "雨がニジェール川に降る夜"]
        {
            assert_eq!(choose(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for text in
            ["short", "1234567890", "password123", "aaaaaaaaaaaa", "+22376123456", "22376123456", "fatoumatadiarra"]
        {
            assert_eq!(choose(text), Err(ErrorCode::WeakPassword), "{text}");
        }
        assert_eq!(choose(""), Err(ErrorCode::Required));
        assert_eq!(choose(&"sac de mil ".repeat(100)), Err(ErrorCode::TooLong));
    }

    #[test]
    fn two_ways_to_type_the_same_sign_are_one_password() {
        let composed = Password::presented(&"le caf\u{e9} du march\u{e9}".into()).unwrap();
        let decomposed = Password::presented(&"le cafe\u{301} du marche\u{301}".into()).unwrap();
        assert_eq!(composed.expose(), decomposed.expose());
    }

    #[test]
    fn a_password_is_never_printed() {
        let password = Password::presented(&"la pluie tombe".into()).unwrap();
        assert!(!format!("{password:?}").contains("pluie"));
    }

    #[test]
    fn an_enormous_password_costs_nothing() {
        assert!(Password::presented(&"x".repeat(10_000_000).into()).is_none());
    }
}
