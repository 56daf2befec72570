//! Sealing and opening what comes by and by. Of a blob no more is in memory than a piece and what has just come.

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, TryStreamExt as _, stream, stream::BoxStream};

use super::format::{Broken, Content, HEADER_BYTES, Header, PIECE};
use crate::kernel::blobs::{Arriving, BlobError, ReceiveError};

/// What of a sealed content is opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Which piece comes next.
    pub(super) next: u64,
    /// Which piece is the last that is wanted.
    pub(super) last: u64,
    /// Plain bytes of the next piece that are not wanted.
    pub(super) skip: usize,
    /// Plain bytes that are wanted.
    pub(super) wanted: u64,
}

struct Sealing {
    body: Arriving,
    content: Content,
    held: BytesMut,
    next: u64,
    ended: bool,
}

/// A body as it is written, header and all. The last piece comes only once the body has ended well.
pub(super) fn sealed(body: Arriving, content: Content, header: &Header) -> Arriving {
    let begin = stream::once(std::future::ready(Ok(Bytes::copy_from_slice(&header.written()))));
    let state = Sealing { body, content, held: BytesMut::new(), next: 0, ended: false };
    let pieces = stream::try_unfold(state, |mut state| async move {
        loop {
            // As long as no more has come than one piece, it may be the last.
            if state.held.len() > PIECE || (state.ended && state.next <= state.content.last()) {
                let length = state.held.len().min(PIECE);
                let mut piece = state.held.split_to(length).to_vec();
                state.content.seal(state.next, &mut piece).map_err(|broken| ReceiveError::Store(unsealed(broken)))?;
                state.next += 1;
                return Ok(Some((Bytes::from(piece), state)));
            }
            if state.ended {
                return Ok(None);
            }
            match state.body.try_next().await? {
                Some(bytes) => state.held.extend_from_slice(&bytes),
                None => state.ended = true,
            }
        }
    });
    begin.chain(pieces).boxed()
}

/// All of a content as it is written.
pub(super) fn sealed_whole(plain: &[u8], content: &Content, header: &Header) -> Result<Vec<u8>, BlobError> {
    let length = usize::try_from(super::format::sealed_length(content.length())).unwrap_or(0);
    let mut all = Vec::with_capacity(length);
    all.extend_from_slice(&header.written());
    let mut piece = Vec::with_capacity(PIECE + 16);
    for number in 0..=content.last() {
        let from = usize::try_from(number).unwrap_or(usize::MAX).saturating_mul(PIECE);
        let to = plain.len().min(from.saturating_add(PIECE));
        piece.clear();
        piece.extend_from_slice(plain.get(from..to).unwrap_or_default());
        content.seal(number, &mut piece).map_err(unsealed)?;
        all.extend_from_slice(&piece);
    }
    Ok(all)
}

fn unsealed(broken: Broken) -> BlobError {
    BlobError::Unreadable(format!("a content could not be sealed: {broken}"))
}

type Body = BoxStream<'static, Result<Bytes, BlobError>>;

/// Sealed bytes that come by and by, and those of them that were not used yet.
pub(super) struct Sealed {
    body: Body,
    held: BytesMut,
}

impl Sealed {
    pub(super) fn new(body: Body) -> Self {
        Self { body, held: BytesMut::new() }
    }

    /// So many bytes; none where there are not so many.
    async fn take(&mut self, length: usize) -> Result<Option<BytesMut>, BlobError> {
        while self.held.len() < length {
            match self.body.try_next().await? {
                Some(bytes) => self.held.extend_from_slice(&bytes),
                None => return Ok(None),
            }
        }
        Ok(Some(self.held.split_to(length)))
    }

    /// The header that it begins with.
    pub(super) async fn header(&mut self) -> Result<Result<Header, Broken>, BlobError> {
        Ok(self.take(HEADER_BYTES).await?.ok_or(Broken::Malformed).and_then(|header| Header::read(&header)))
    }

    /// The next piece that is wanted, opened.
    async fn piece(&mut self, content: &Content, part: &mut Part) -> Result<Result<Bytes, Broken>, BlobError> {
        let Some(length) = content.piece_length(part.next) else { return Ok(Err(Broken::OtherLength)) };
        let Some(piece) = self.take(length).await? else { return Ok(Err(Broken::OtherLength)) };
        let mut piece = piece.to_vec();
        if let Err(broken) = content.open(part.next, &mut piece) {
            return Ok(Err(broken));
        }
        let mut piece = Bytes::from(piece);
        piece = piece.split_off(part.skip.min(piece.len()));
        piece.truncate(usize::try_from(part.wanted).unwrap_or(usize::MAX));
        part.wanted -= piece.len() as u64;
        part.skip = 0;
        part.next += 1;
        Ok(Ok(piece))
    }

    /// Opens a part. Its first piece is opened before anything is given: where that fails, nothing is.
    pub(super) async fn opened(
        mut self,
        content: Content,
        mut part: Part,
        told: impl Fn(Broken) -> BlobError + Send + 'static,
    ) -> Result<Body, BlobError> {
        let first = self.piece(&content, &mut part).await?.map_err(&told)?;
        let rest =
            stream::try_unfold((self, content, part, told), |(mut sealed, content, mut part, told)| async move {
                if part.next > part.last || part.wanted == 0 {
                    return Ok(None);
                }
                let piece = sealed.piece(&content, &mut part).await?.map_err(&told)?;
                Ok(Some((piece, (sealed, content, part, told))))
            });
        Ok(stream::once(std::future::ready(Ok(first))).chain(rest).boxed())
    }
}
