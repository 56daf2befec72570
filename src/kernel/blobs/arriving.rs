//! What a client sends by a link of the service, on its way into the store.

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream, stream::BoxStream};
use sha2::{Digest as _, Sha256};

use super::BlobError;
use crate::kernel::digest::Digest;

/// Bytes as they come. Only where the last one is followed by the end, and not by an error, are they to be kept.
pub type Arriving = BoxStream<'static, Result<Bytes, ReceiveError>>;

/// Why what a client sends by a link is not kept. Nothing of it is.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// It has more bytes than the link says.
    #[error("more bytes than the {0} that this link is for")]
    TooLong(u64),
    /// It has fewer bytes than the link says.
    #[error("fewer bytes than the {0} that this link is for")]
    TooShort(u64),
    /// It hashes to something else than the link says.
    #[error("the SHA-256 is not the one that this link is for")]
    OtherDigest,
    /// The client broke off.
    #[error("the bytes broke off")]
    BrokeOff,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] BlobError),
}

/// A body that ends well only if it has so many bytes, which hash to this.
pub(super) fn checked<E>(
    body: impl Stream<Item = Result<Bytes, E>> + Unpin + Send + 'static,
    (length, sha256): (u64, &str),
) -> Arriving {
    let state = (body, 0_u64, Sha256::new(), sha256.to_ascii_lowercase());
    let checked = stream::try_unfold(state, move |(mut body, mut received, mut hash, sha256)| async move {
        match body.next().await {
            Some(Ok(bytes)) => {
                received += bytes.len() as u64;
                if received > length {
                    return Err(ReceiveError::TooLong(length));
                }
                hash.update(&bytes);
                Ok(Some((bytes, (body, received, hash, sha256))))
            }
            Some(Err(_)) => Err(ReceiveError::BrokeOff),
            None if received < length => Err(ReceiveError::TooShort(length)),
            None if Digest::finish(hash).to_string() != sha256 => Err(ReceiveError::OtherDigest),
            None => Ok(None),
        }
    });
    checked.boxed()
}
