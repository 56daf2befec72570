//! Names that only this service can compute, and nobody can turn back.

use hmac::{Hmac, Mac as _};
use serde::Serialize;
use sha2::Sha256;

use super::{SealingKeys, envelope::derived};
use crate::{
    accounts::{Actor, OrganizationId},
    documents::HoldKey,
    kernel::{Fault, secret_ring::SECRET_BYTES},
    procurement::model::ids::RequestId,
};

/// Bytes of a tag.
const TAG_BYTES: usize = 32;

fn tag(secret: &[u8; SECRET_BYTES], parts: &[&[u8]]) -> Result<[u8; TAG_BYTES], Fault> {
    let mac = Hmac::<Sha256>::new_from_slice(secret);
    let mut mac = mac.map_err(|error| Fault::Internal(format!("a tag cannot be computed: {error}")))?;
    for part in parts {
        // With its length before it, so that no two lists of parts read alike.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    Ok(mac.finalize().into_bytes().into())
}

impl SealingKeys {
    /// What a bidder's bid on a request is known by; another on each request, so that no two rows show the same hand.
    ///
    /// # Errors
    /// None in practice.
    pub(in crate::procurement) fn tag(
        &self,
        request: RequestId,
        bidder: OrganizationId,
    ) -> Result<[u8; TAG_BYTES], Fault> {
        let secret = derived(self.lasting(), &[b"bfw bids 1 bidder tag"])?;
        tag(&secret, &[request.uuid().as_bytes(), bidder.uuid().as_bytes()])
    }

    /// The tags of many pairs, with the secret derived once.
    ///
    /// # Errors
    /// None in practice.
    pub(in crate::procurement) fn tags_of(
        &self,
        pairs: impl IntoIterator<Item = (RequestId, OrganizationId)>,
    ) -> Result<Vec<([u8; TAG_BYTES], RequestId, OrganizationId)>, Fault> {
        let secret = derived(self.lasting(), &[b"bfw bids 1 bidder tag"])?;
        let of = |(request, bidder): (RequestId, OrganizationId)| {
            let tag = tag(&secret, &[request.uuid().as_bytes(), bidder.uuid().as_bytes()])?;
            Ok((tag, request, bidder))
        };
        pairs.into_iter().map(of).collect()
    }

    /// A repeated write by names that tell neither who writes nor what: the key, and what stands for the input.
    ///
    /// # Errors
    /// When the input cannot be written.
    pub(in crate::procurement) fn repeated(
        &self,
        actor: &Actor,
        key: &str,
        input: &impl Serialize,
    ) -> Result<(String, String), Fault> {
        let secret = derived(self.lasting(), &[b"bfw bids 1 repeated write"])?;
        let input = serde_json_canonicalizer::to_vec(input);
        let input = input.map_err(|error| Fault::Internal(format!("idempotency input: {error}")))?;
        let who = actor.idempotency_scope();
        let key = tag(&secret, &[b"key", who.as_bytes(), key.as_bytes()])?;
        Ok((hex::encode(key), hex::encode(tag(&secret, &[b"input", &input])?)))
    }

    /// The secret by which documents are held.
    ///
    /// # Errors
    /// None in practice.
    pub(super) fn hold_key(&self) -> Result<HoldKey, Fault> {
        Ok(HoldKey::new(derived(self.lasting(), &[b"bfw bids 1 documents"])?))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_bidder_has_another_tag_on_each_request_and_under_each_key() {
        let (keys, others) = (SealingKeys::made().unwrap(), SealingKeys::made().unwrap());
        let (request, bidder) =
            (RequestId::from_uuid(Uuid::from_u128(1)), OrganizationId::from_uuid(Uuid::from_u128(2)));
        let tags = [
            keys.tag(request, bidder).unwrap(),
            keys.tag(RequestId::from_uuid(Uuid::from_u128(3)), bidder).unwrap(),
            keys.tag(request, OrganizationId::from_uuid(Uuid::from_u128(4))).unwrap(),
            others.tag(request, bidder).unwrap(),
        ];
        for (at, tag) in tags.iter().enumerate() {
            assert!(!tags[..at].contains(tag));
        }
        assert_eq!(keys.tags_of([(request, bidder)]).unwrap(), [(tags[0], request, bidder)]);
    }

    #[test]
    fn a_repeated_write_is_known_again_and_tells_neither_who_nor_what() {
        let keys = SealingKeys::made().unwrap();
        let (one, two) = (Actor::system("a"), Actor::system("b"));
        let first = keys.repeated(&one, "k", &["x"]).unwrap();
        assert_eq!(first, keys.repeated(&two, "k", &["x"]).unwrap(), "the request is none of its business");
        assert_ne!(first.0, keys.repeated(&one, "l", &["x"]).unwrap().0);
        assert_ne!(first.1, keys.repeated(&one, "k", &["y"]).unwrap().1);
    }
}
