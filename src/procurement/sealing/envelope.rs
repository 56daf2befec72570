//! How a bid is sealed and opened.
//!
//! Each content is encrypted (XChaCha20-Poly1305, RFC 8439 with the longer nonce of draft-irtf-cfrg-xchacha) under a random key
//! of its own, filled up to one of few lengths. That key is wrapped twice, under keys that follow (HKDF-SHA-256, RFC 5869) from
//! the secret of the key file: for the **opening** of its request, and for its **bidder**. What is sealed belongs to one bid of
//! one request: put anywhere else, it opens nowhere.
//!
//! The key for the opening is derived in one function, which asks for an [`Opening`]: only the use case that opens bids can make
//! one. With the wrapped key stands, authenticated, from which instant on it may be used and which wording the bid answers; so
//! neither an earlier deadline nor another version that somebody writes into the database opens or keeps a bid.

use std::fmt;

use chacha20poly1305::{
    Key, KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

use super::{
    keys::SealingKeys,
    padding::{padded, stripped},
};
use crate::{
    accounts::{OrganizationId, UserId},
    kernel::{
        Fault,
        clock::Timestamp,
        entropy,
        secret_ring::{ID_BYTES, Master, SECRET_BYTES},
    },
    procurement::{
        model::ids::{BidId, RequestId},
        open_bids::Opening,
    },
};

/// Bytes of a nonce.
const NONCE_BYTES: usize = 24;
/// How a wrapped key is written; another number is another way.
const FORMAT: u8 = 1;
/// Bytes before a wrapped key's nonce: the format, the name of the secret, two numbers.
const HEADER_BYTES: usize = 1 + ID_BYTES + 8 + 8;

/// Where something sealed belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::procurement) struct Place {
    /// The bid.
    pub(in crate::procurement) bid: BidId,
    /// Its request.
    pub(in crate::procurement) request: RequestId,
}

/// What is sealed. It is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::procurement) struct Plain {
    /// The content that the receipt speaks of.
    pub(in crate::procurement) content: String,
    /// Who submitted it: not part of what is proved, since a person may ask to be forgotten.
    submitted_by: Option<Uuid>,
}

impl Plain {
    /// A content, and who submitted it.
    pub(in crate::procurement) fn new(content: String, submitted_by: Option<UserId>) -> Self {
        Self { content, submitted_by: submitted_by.map(UserId::uuid) }
    }

    /// Who submitted it.
    pub(in crate::procurement) fn submitted_by(&self) -> Option<UserId> {
        self.submitted_by.map(UserId::from_uuid)
    }
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plain").finish_non_exhaustive()
    }
}

/// What the database keeps of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::procurement) struct Sealed {
    /// The content, encrypted.
    pub(in crate::procurement) content: Vec<u8>,
    /// Its key, wrapped for the opening.
    pub(in crate::procurement) for_opening: Vec<u8>,
    /// Its key, wrapped for the bidder.
    pub(in crate::procurement) for_bidder: Vec<u8>,
}

/// What stands, authenticated, with a key that is wrapped for the opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::procurement) struct Terms {
    /// The first instant at which it may be used: the deadline as it was when the bid was sealed or confirmed.
    pub(in crate::procurement) not_before: Timestamp,
    /// Which wording of the request the bid answers.
    pub(in crate::procurement) version: i64,
}

/// Why something sealed is not to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::procurement) enum Unreadable {
    /// The key file lacks the secret that it was sealed with.
    #[error("the key file lacks the key that it was sealed with")]
    UnknownKey,
    /// It is not as it was sealed, or belongs somewhere else.
    #[error("it is not what was sealed")]
    Damaged,
    /// Its instant has not come.
    #[error("it may not be opened before {0}")]
    TooEarly(Timestamp),
}

/// A key that content is encrypted with, or wrapped under. It is never printed.
struct Secret([u8; SECRET_BYTES]);

impl Secret {
    fn encrypt(&self, plain: &[u8], belongs: &[u8]) -> Result<Vec<u8>, Fault> {
        let nonce: [u8; NONCE_BYTES] = entropy::bytes()?;
        let cipher = XChaCha20Poly1305::new(Key::from_slice(&self.0));
        let sealed = cipher.encrypt(XNonce::from_slice(&nonce), Payload { msg: plain, aad: belongs });
        let sealed = sealed.map_err(|_| Fault::Internal("a bid is too long to be sealed".to_owned()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn decrypt(&self, sealed: &[u8], belongs: &[u8]) -> Result<Vec<u8>, Unreadable> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES).ok_or(Unreadable::Damaged)?;
        let cipher = XChaCha20Poly1305::new(Key::from_slice(&self.0));
        let plain = cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: belongs });
        plain.map_err(|_| Unreadable::Damaged)
    }
}

/// What a secret is derived for.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    /// The opening of a request.
    Opening,
    /// A bidder's own sight of her bids.
    Bidder,
}

impl Purpose {
    const fn name(self) -> &'static [u8] {
        match self {
            Self::Opening => b"bfw bids 1 opening",
            Self::Bidder => b"bfw bids 1 bidder",
        }
    }
}

/// A secret that follows from another.
pub(super) fn derived(secret: &[u8; SECRET_BYTES], parts: &[&[u8]]) -> Result<[u8; SECRET_BYTES], Fault> {
    let mut key = [0; SECRET_BYTES];
    let expanded = Hkdf::<Sha256>::new(None, secret).expand_multi_info(parts, &mut key);
    expanded.map_err(|error| Fault::Internal(format!("a key cannot be derived: {error}")))?;
    Ok(key)
}

fn wrapping(master: &Master, purpose: Purpose, subject: Uuid) -> Result<Secret, Fault> {
    Ok(Secret(derived(master.secret(), &[purpose.name(), subject.as_bytes()])?))
}

/// The key that opens the bids of a request: derived here, and nowhere else when bids are opened.
fn opening_key(master: &Master, opening: &Opening) -> Result<Secret, Fault> {
    wrapping(master, Purpose::Opening, opening.request().uuid())
}

impl Place {
    /// What binds a ciphertext to its place.
    fn binds(self, what: &[u8], header: &[u8]) -> Vec<u8> {
        [what, self.bid.uuid().as_bytes(), self.request.uuid().as_bytes(), header].concat()
    }
}

const CONTENT: &[u8] = b"bfw bids 1 content";

/// The name of a secret, the terms, the header that holds both, and what follows it.
type Parsed<'w> = ([u8; ID_BYTES], Terms, &'w [u8], &'w [u8]);

impl Terms {
    const NONE: Self = Self { not_before: Timestamp::UNIX_EPOCH, version: 0 };

    fn header(self, master: &Master) -> [u8; HEADER_BYTES] {
        let mut header = [FORMAT; HEADER_BYTES];
        let parts = master.id().into_iter();
        let parts = parts.chain(self.not_before.timestamp_micros().to_be_bytes()).chain(self.version.to_be_bytes());
        header.iter_mut().skip(1).zip(parts).for_each(|(place, byte)| *place = byte);
        header
    }

    /// The name of the secret and the terms of a wrapped key, which are not authenticated yet, and what follows them.
    fn parsed(wrapped: &[u8]) -> Option<Parsed<'_>> {
        let (header, rest) = wrapped.split_at_checked(HEADER_BYTES)?;
        let (format, after) = header.split_first()?;
        let (id, after) = after.split_first_chunk::<ID_BYTES>()?;
        let (not_before, after) = after.split_first_chunk::<8>()?;
        let (version, _) = after.split_first_chunk::<8>()?;
        let not_before = Timestamp::from_timestamp_micros(i64::from_be_bytes(*not_before))?;
        let terms = Self { not_before, version: i64::from_be_bytes(*version) };
        (*format == FORMAT).then_some((*id, terms, header, rest))
    }
}

/// The name of the secret that a key is wrapped under; none where it is no wrapped key.
pub(super) fn sealed_with(wrapped: &[u8]) -> Option<[u8; ID_BYTES]> {
    Terms::parsed(wrapped).map(|(id, ..)| id)
}

/// Why it is not to be had, or what went wrong of ours.
#[derive(Debug, thiserror::Error)]
pub(in crate::procurement) enum Refused {
    /// Why it is not to be had.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// What went wrong.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl SealingKeys {
    /// Seals a content for the opening of its request and for its bidder.
    ///
    /// # Errors
    /// When there is no randomness.
    pub(in crate::procurement) fn seal(
        &self,
        place: Place,
        bidder: OrganizationId,
        plain: &Plain,
        terms: Terms,
    ) -> Result<Sealed, Fault> {
        let text = serde_json::to_vec(plain).map_err(|error| Fault::Internal(format!("a bid: {error}")))?;
        let text = padded(&text).ok_or_else(|| Fault::Internal("a bid is too long to be sealed".to_owned()))?;
        let key = Secret(entropy::bytes()?);
        Ok(Sealed {
            content: key.encrypt(&text, &place.binds(CONTENT, &[]))?,
            for_opening: self.wrap(&key, (Purpose::Opening, place.request.uuid()), place, terms)?,
            for_bidder: self.wrap(&key, (Purpose::Bidder, bidder.uuid()), place, Terms::NONE)?,
        })
    }

    /// The content of a bid, for the organization that sealed it.
    ///
    /// # Errors
    /// See [`Unreadable`].
    pub(in crate::procurement) fn read_own(
        &self,
        place: Place,
        bidder: OrganizationId,
        (content, for_bidder): (&[u8], &[u8]),
    ) -> Result<Plain, Refused> {
        plain(&self.own_key(place, bidder, for_bidder)?, place, content)
    }

    /// The content's key wrapped anew for the opening, under other terms: its bidder confirms the bid for another wording.
    ///
    /// # Errors
    /// See [`Unreadable`].
    pub(in crate::procurement) fn confirm(
        &self,
        place: Place,
        bidder: OrganizationId,
        for_bidder: &[u8],
        terms: Terms,
    ) -> Result<Vec<u8>, Refused> {
        let key = self.own_key(place, bidder, for_bidder)?;
        Ok(self.wrap(&key, (Purpose::Opening, place.request.uuid()), place, terms)?)
    }

    /// The content of a bid, and which wording it answers, for the opening of its request.
    ///
    /// # Errors
    /// See [`Unreadable`].
    pub(in crate::procurement) fn open(
        &self,
        opening: &Opening,
        bid: BidId,
        (content, for_opening): (&[u8], &[u8]),
    ) -> Result<(Plain, i64), Refused> {
        let place = Place { bid, request: opening.request() };
        let (terms, key) = self.unwrap(for_opening, Purpose::Opening, place, |master| opening_key(master, opening))?;
        if opening.at() < terms.not_before {
            return Err(Unreadable::TooEarly(terms.not_before).into());
        }
        Ok((plain(&key, place, content)?, terms.version))
    }

    fn own_key(&self, place: Place, bidder: OrganizationId, for_bidder: &[u8]) -> Result<Secret, Refused> {
        let derive = |master: &Master| wrapping(master, Purpose::Bidder, bidder.uuid());
        Ok(self.unwrap(for_bidder, Purpose::Bidder, place, derive)?.1)
    }

    fn wrap(
        &self,
        key: &Secret,
        (purpose, subject): (Purpose, Uuid),
        place: Place,
        terms: Terms,
    ) -> Result<Vec<u8>, Fault> {
        let header = terms.header(self.current());
        let wrapped = wrapping(self.current(), purpose, subject)?;
        let wrapped = wrapped.encrypt(&key.0, &place.binds(purpose.name(), &header))?;
        Ok([header.as_slice(), &wrapped].concat())
    }

    fn unwrap(
        &self,
        wrapped: &[u8],
        purpose: Purpose,
        place: Place,
        derive: impl FnOnce(&Master) -> Result<Secret, Fault>,
    ) -> Result<(Terms, Secret), Refused> {
        let (id, terms, header, wrapped) = Terms::parsed(wrapped).ok_or(Unreadable::Damaged)?;
        let master = self.named(&id).ok_or(Unreadable::UnknownKey)?;
        let key = derive(master)?.decrypt(wrapped, &place.binds(purpose.name(), header))?;
        Ok((terms, Secret(key.try_into().map_err(|_| Unreadable::Damaged)?)))
    }
}

fn plain(key: &Secret, place: Place, content: &[u8]) -> Result<Plain, Refused> {
    let text = key.decrypt(content, &place.binds(CONTENT, &[]))?;
    let text = stripped(&text).ok_or(Unreadable::Damaged)?;
    Ok(serde_json::from_slice(text).map_err(|_| Unreadable::Damaged)?)
}

#[cfg(test)]
#[path = "envelope_tests.rs"]
mod tests;
