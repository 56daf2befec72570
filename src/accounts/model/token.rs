//! Bearer tokens and invitation codes: random, shown once, kept as a hash.
//!
//! They are no passwords: nobody chose them, so that a plain SHA-256 tells a thief of the table nothing.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret, SecretBox};
use sha2::{Digest, Sha256};

use crate::kernel::Fault;

/// What is kept of a secret, and looked up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// As it was kept; none if it is no digest.
    #[must_use]
    pub fn from_stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// As the database keeps it.
    #[must_use]
    pub fn to_vec(self) -> Vec<u8> {
        self.0.to_vec()
    }
}

/// A bearer token of a session: 256 random bits.
pub type Token = OpaqueToken<32>;

/// So many random bytes, as `base64url` on the wire.
#[derive(Debug)]
pub struct OpaqueToken<const LENGTH: usize>(SecretBox<[u8; LENGTH]>);

impl<const LENGTH: usize> OpaqueToken<LENGTH> {
    /// Random bytes in a token.
    pub const LENGTH: usize = LENGTH;

    /// A token of bytes that nobody can foretell.
    #[must_use]
    pub fn from_entropy(bytes: [u8; LENGTH]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// Reads a token; none if the text was never one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; LENGTH];
        // The slice variant refuses what is too long before it decodes it.
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        (length == LENGTH).then(|| Self::from_entropy(bytes))
    }

    /// The token for the one answer that hands it out.
    #[must_use]
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.expose_secret())
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::of(self.0.expose_secret())
    }
}

/// What is kept of the idempotency key that a refresh token was exchanged with: whoever presents both again is given the same
/// pair, and nobody can work the pair out who lacks one of the three, the token, the key, or this.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Known to nobody outside. Without it, whoever holds a token that was used could compute what came after it.
    salt: [u8; Retry::SALT_BYTES],
    digest: SecretDigest,
}

impl std::fmt::Debug for Retry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Retry").field("digest", &self.digest).finish_non_exhaustive()
    }
}

impl Retry {
    /// Random bytes in it.
    pub const SALT_BYTES: usize = 32;

    /// Of a token and a key, with bytes that nobody can foretell.
    ///
    /// # Errors
    /// None in practice.
    pub fn new(salt: [u8; Self::SALT_BYTES], token: &Token, key: &str) -> Result<Self, Fault> {
        Ok(Self { salt, digest: SecretDigest(derived(&salt, token, b"retry", key)?) })
    }

    /// As it was kept; none if it is none.
    #[must_use]
    pub fn from_stored(bytes: &[u8]) -> Option<Self> {
        let (salt, digest) = bytes.split_at_checked(Self::SALT_BYTES)?;
        Some(Self { salt: salt.try_into().ok()?, digest: SecretDigest::from_stored(digest)? })
    }

    /// As the database keeps it.
    #[must_use]
    pub fn to_vec(self) -> Vec<u8> {
        [self.salt.as_slice(), self.digest.0.as_slice()].concat()
    }

    /// Whether it is of this token and this key.
    ///
    /// # Errors
    /// None in practice.
    pub fn is_of(&self, token: &Token, key: &str) -> Result<bool, Fault> {
        Ok(Self::new(self.salt, token, key)? == *self)
    }

    /// The access token and the refresh token that the exchange gives, however often it is repeated.
    ///
    /// # Errors
    /// None in practice.
    pub fn successors(&self, token: &Token, key: &str) -> Result<(Token, Token), Fault> {
        let next = |what: &[u8]| derived(&self.salt, token, what, key).map(Token::from_entropy);
        Ok((next(b"access")?, next(b"refresh")?))
    }
}

fn derived(salt: &[u8; Retry::SALT_BYTES], token: &Token, what: &[u8], key: &str) -> Result<[u8; 32], Fault> {
    let mac = Hmac::<Sha256>::new_from_slice(token.0.expose_secret());
    let mut mac = mac.map_err(|error| Fault::Internal(format!("a token cannot be derived: {error}")))?;
    mac.update(b"bfw session 1 ");
    mac.update(what);
    mac.update(b" ");
    mac.update(salt);
    mac.update(key.as_bytes());
    Ok(mac.finalize().into_bytes().into())
}

/// An invitation code of 80 random bits, made to be read out over the phone: `K3PF-9QXN-0B7T-M2CD`.
///
/// It opens nothing by itself: whoever presents it must hold the account that was invited, and her attempts are counted.
#[derive(Debug)]
pub struct InvitationCode(SecretBox<[u8; InvitationCode::LENGTH]>);

/// Crockford's base 32: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_SIGNS: usize = 16;
const CODE_GROUP: usize = 4;
/// Longer than a code with a blank or dash after every sign.
const CODE_INPUT_LENGTH_MAX: usize = 64;

impl InvitationCode {
    /// Random bytes in a code.
    pub const LENGTH: usize = 10;

    /// A code of bytes that nobody can foretell.
    #[must_use]
    pub fn from_entropy(bytes: [u8; Self::LENGTH]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// Reads a code as people write it down: any case, any grouping, `O` for `0`, `I` or `L` for `1`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > CODE_INPUT_LENGTH_MAX {
            return None;
        }
        let mut bits: u128 = 0;
        let mut signs = 0;
        for sign in text.chars().filter(|sign| !sign.is_whitespace() && *sign != '-') {
            let sign = match sign.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let digit = ALPHABET.iter().position(|letter| char::from(*letter) == sign)?;
            signs += 1;
            if signs > CODE_SIGNS {
                return None;
            }
            bits = (bits << 5) | digit as u128;
        }
        if signs != CODE_SIGNS {
            return None;
        }
        let mut bytes = [0; Self::LENGTH];
        bytes.copy_from_slice(&bits.to_be_bytes()[16 - Self::LENGTH..]);
        Some(Self::from_entropy(bytes))
    }

    /// The code for the one answer that shows it.
    #[must_use]
    pub fn reveal(&self) -> String {
        let bits = self.0.expose_secret().iter().fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
        let mut text = String::with_capacity(CODE_SIGNS + CODE_SIGNS / CODE_GROUP);
        for position in 0..CODE_SIGNS {
            if position > 0 && position % CODE_GROUP == 0 {
                text.push('-');
            }
            let digit = (bits >> (5 * (CODE_SIGNS - 1 - position))) & 31;
            text.push(char::from(ALPHABET[digit as usize]));
        }
        text
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::of(self.0.expose_secret())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_are_never_printed() {
        let token = Token::from_entropy([0xab; 32]);
        let code = InvitationCode::from_entropy([0xab; 10]);
        let printed = format!("{token:?} {code:?}");
        assert!(!printed.contains("171") && !printed.contains("ab") && !printed.contains(&token.reveal()), "{printed}");
    }

    #[test]
    fn a_code_is_read_as_it_was_written_down() {
        let code = InvitationCode::from_entropy([0, 68, 50, 20, 199, 66, 84, 182, 53, 207]);
        assert_eq!(code.reveal(), "0123-4567-89AB-CDEF");
        for spelling in ["0123456789ABCDEF", "oi23 4567 89ab cdef", " OL23-4567-89AB-CDEF "] {
            assert_eq!(InvitationCode::parse(spelling).unwrap().digest(), code.digest(), "{spelling}");
        }
    }

    #[test]
    fn what_was_never_a_secret_of_ours_is_refused() {
        for text in ["", "x", "bearer", &"A".repeat(44), &"A".repeat(42), "é", &"A".repeat(1_000_000)] {
            assert!(Token::parse(text).is_none() && InvitationCode::parse(text).is_none());
        }
        assert!(InvitationCode::parse("U123-4567-89AB-CDEF").is_none(), "no code has a U");
    }

    #[test]
    fn a_repetition_gives_the_same_pair_and_nothing_else_does() {
        let (token, other) = (Token::from_entropy([7; 32]), Token::from_entropy([8; 32]));
        let retry = Retry::new([1; 32], &token, "key").unwrap();
        let read = Retry::from_stored(&retry.to_vec()).unwrap();
        assert!(read.is_of(&token, "key").unwrap());
        assert!(!read.is_of(&token, "other").unwrap() && !read.is_of(&other, "key").unwrap());
        let pair = |retry: &Retry, token: &Token, key: &str| {
            let (access, refresh) = retry.successors(token, key).unwrap();
            [access.reveal(), refresh.reveal()]
        };
        let same = pair(&retry, &token, "key");
        assert_eq!(pair(&read, &token, "key"), same);
        assert_ne!(same[0], same[1]);
        let salted = Retry::new([2; 32], &token, "key").unwrap();
        for different in [pair(&retry, &other, "key"), pair(&retry, &token, "yek"), pair(&salted, &token, "key")] {
            assert!(different.iter().all(|token| !same.contains(token)));
        }
        assert!(Retry::from_stored(&[0; 32]).is_none() && Retry::from_stored(&[0; 65]).is_none());
        assert!(!format!("{retry:?}").contains("salt"));
    }

    proptest! {
        #[test]
        fn secrets_survive_the_wire(token: [u8; 32], code: [u8; 10]) {
            let token = Token::from_entropy(token);
            let code = InvitationCode::from_entropy(code);
            prop_assert_eq!(Token::parse(&token.reveal()).unwrap().digest(), token.digest());
            prop_assert_eq!(InvitationCode::parse(&code.reveal()).unwrap().digest(), code.digest());
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            let _ = (Token::parse(&text), InvitationCode::parse(&text));
        }
    }
}
