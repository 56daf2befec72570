//! The token in a message that stops further ones.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretBox};
use sha2::{Digest as _, Sha256};

/// An opaque token of 128 random bits, short enough for an SMS. Each message has one of its own, and only its SHA-256 is
/// kept: nobody chose it, so that the hash tells a thief of the table nothing.
#[derive(Debug)]
pub struct OptOutToken(SecretBox<[u8; OptOutToken::LENGTH]>);

impl OptOutToken {
    /// Random bytes in a token.
    pub const LENGTH: usize = 16;

    /// A token of bytes that nobody can foretell.
    #[must_use]
    pub fn from_entropy(bytes: [u8; Self::LENGTH]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// Reads a token; none if the text was never one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; Self::LENGTH];
        // The slice variant refuses what is too long before it decodes it.
        let length = URL_SAFE_NO_PAD.decode_slice(text.trim(), &mut bytes).ok()?;
        (length == Self::LENGTH).then(|| Self::from_entropy(bytes))
    }

    /// The token for the one message that carries it.
    #[must_use]
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.expose_secret())
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        Sha256::digest(self.0.expose_secret()).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_is_never_printed() {
        let token = OptOutToken::from_entropy([0xab; OptOutToken::LENGTH]);
        let printed = format!("{token:?}");
        assert!(!printed.contains("171") && !printed.contains(&token.reveal()), "{printed}");
    }

    proptest! {
        #[test]
        fn a_token_survives_the_wire(bytes: [u8; OptOutToken::LENGTH]) {
            let token = OptOutToken::from_entropy(bytes);
            prop_assert_eq!(OptOutToken::parse(&token.reveal()).unwrap().digest(), token.digest());
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,60}") {
            let _ = OptOutToken::parse(&text);
        }
    }
}
