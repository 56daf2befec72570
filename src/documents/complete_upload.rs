//! Looking at what was sent. Only what is found to be what was announced becomes a document.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};

use super::{
    Document, DocumentId, DocumentState, Documents, MediaType, Rendition, RenditionName,
    access::{not_found, record, snapshot},
    model::Address,
    pictures::{self, Picture, PictureError},
    places::{Place, arrivals, key_of},
    store::{self, documents::Lock},
};
use crate::{
    accounts::Actor,
    kernel::{
        ErrorCode, Failure, Fault, Outcome, UserError,
        admission::aside,
        blobs::{Blob, BlobError},
        digest::Digest,
        heavy::heavy,
    },
};

/// How long a document waits for its turn to be looked at.
const TURN_WAIT_MAX: Duration = Duration::from_secs(8);
/// How often it is tried to store contents that are just being removed, and how long apart.
const CLAIMS_MAX: u32 = 20;
const CLAIM_PAUSE: Duration = Duration::from_millis(100);

/// What is served of a document, with its bytes.
struct Content {
    rendition: Rendition,
    bytes: bytes::Bytes,
}

impl Documents {
    /// Looks at what was sent for a document. May be asked again, also while it is being looked at: a ready document stays
    /// as it is, and a refused one stays refused.
    ///
    /// What was begun is finished though whoever asked goes away.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::UploadMissing`] where nothing has arrived; and what
    /// refuses it for good: [`ErrorCode::LengthMismatch`], [`ErrorCode::DigestMismatch`], [`ErrorCode::TypeMismatch`],
    /// [`ErrorCode::ImageTooLarge`], [`ErrorCode::UnreadableImage`]. [`Fault::Store`] where the store is away.
    pub async fn complete_upload(&self, actor: &Actor, id: DocumentId) -> Outcome<Document> {
        actor.signed_in()?;
        let document = self.own_document(actor, id).await?;
        match document.state {
            DocumentState::Ready => return Ok(document),
            DocumentState::Refused => return Err(refused(&document)),
            DocumentState::Pending => {}
        }
        let (room, actor) = (self.clone(), actor.clone());
        let work = tokio::spawn(async move { Box::pin(room.look_at(&actor, document)).await });
        aside(work).await.map_err(|error| Fault::Internal(format!("looking at a document: {error}")))?
    }

    async fn look_at(&self, actor: &Actor, document: Document) -> Outcome<Document> {
        let turn = tokio::time::timeout(TURN_WAIT_MAX, self.knows.workers.acquire()).await;
        let _turn = turn.map_err(|_| Fault::Overloaded("too many documents wait to be looked at"))?;
        let bytes = match self.arrived(&document).await {
            Ok(bytes) => bytes,
            // Whoever was first may have taken it.
            Err(Failure::Rejected(_)) if self.settled(document.id()).await? => {
                return self.after_another(document.id()).await;
            }
            Err(Failure::Rejected(errors)) => return Err(self.refuse(actor, &document, errors).await),
            Err(fault) => return Err(fault),
        };
        let contents = match contents(document.announced.media_type, bytes).await {
            Ok(contents) => contents,
            Err(Failure::Rejected(errors)) => return Err(self.refuse(actor, &document, errors).await),
            Err(fault) => return Err(fault),
        };
        let mut contents = contents;
        for content in &mut contents {
            let place = self.place_of(&document, &content.rendition.sha256).map_err(Fault::from)?;
            content.rendition.address = place.address;
            self.store(content, place).await?;
        }
        let renditions = contents.into_iter().map(|content| content.rendition).collect();
        let ready = self.accept(actor, document.id(), renditions).await?;
        self.forget_arrival(&ready).await;
        Ok(ready)
    }

    /// All bytes that were sent, if they are what was announced.
    async fn arrived(&self, document: &Document) -> Outcome<bytes::Bytes> {
        let announced = &document.announced;
        let expected = u64::try_from(announced.uploaded_size).unwrap_or(0);
        let blob = self.sent(document).await?.ok_or_else(|| wrong(ErrorCode::UploadMissing))?;
        let other_length = |actual: u64| {
            Failure::from(wrong(ErrorCode::LengthMismatch).with("expected", expected).with("actual", actual))
        };
        if blob.length != expected {
            return Err(other_length(blob.length));
        }
        let (mut bytes, mut hash) = (Vec::with_capacity(usize::try_from(expected).unwrap_or(0)), Sha256::new());
        let mut body = blob.body;
        while let Some(piece) = body.try_next().await.map_err(Fault::from)? {
            hash.update(&piece);
            bytes.extend_from_slice(&piece);
            if bytes.len() as u64 > expected {
                return Err(other_length(bytes.len() as u64));
            }
        }
        if bytes.len() as u64 != expected {
            // The store gave less than it said: that is its fault and not hers.
            return Err(Fault::Store(BlobError::Unavailable("a blob broke off".to_owned())).into());
        }
        if Digest::finish(hash) != announced.uploaded_sha256 {
            return Err(wrong(ErrorCode::DigestMismatch).into());
        }
        if MediaType::sniffed(&bytes) != Some(announced.media_type) {
            return Err(wrong(ErrorCode::TypeMismatch).with("expected", announced.media_type.as_str()).into());
        }
        Ok(bytes.into())
    }

    /// What was sent, as it arrived.
    async fn sent(&self, document: &Document) -> Result<Option<Blob>, Fault> {
        for key in arrivals(document) {
            if let Some(blob) = self.knows.blobs.store.get(&key, None).await? {
                return Ok(Some(blob));
            }
        }
        Ok(None)
    }

    /// Stores contents where they are kept.
    async fn store(&self, content: &Content, place: Place) -> Outcome<()> {
        let services = &self.knows.services;
        for _ in 0..CLAIMS_MAX {
            if store::blobs::claim(&services.db, (&place.address, place.key), services.now()).await? {
                let (key, media_type) = (key_of(&place.address), content.rendition.media_type.as_str());
                let put = self.knows.blobs.store.put(&key, content.bytes.clone(), media_type);
                return Ok(put.await.map_err(Fault::from)?);
            }
            tokio::time::sleep(CLAIM_PAUSE).await;
        }
        Err(Fault::Overloaded("the same contents are being removed").into())
    }

    /// Makes the document ready, unless another was first.
    async fn accept(&self, actor: &Actor, id: DocumentId, renditions: Vec<Rendition>) -> Outcome<Document> {
        let services = &self.knows.services;
        let now = services.now();
        let tx = services.db.begin().await?;
        let mut document = store::documents::lock(&tx, &[id], Lock::Alone).await?.remove(&id).ok_or_else(not_found)?;
        match document.state {
            DocumentState::Ready => return Ok(document),
            DocumentState::Refused => return Err(refused(&document)),
            DocumentState::Pending => {}
        }
        // In one order everywhere, so that two documents with the same contents do not wait for each other.
        let mut addresses: Vec<&Address> = renditions.iter().map(|rendition| &rendition.address).collect();
        addresses.sort_unstable();
        addresses.dedup();
        for address in addresses {
            if !store::blobs::hold(&tx, address, now).await? {
                return Err(Fault::Overloaded("stored contents were removed before they were used").into());
            }
        }
        let before = snapshot(&document);
        store::changes::insert_renditions(&tx, id, &renditions).await?;
        store::changes::settle(&tx, id, (DocumentState::Ready, None), now).await?;
        (document.state, document.renditions) = (DocumentState::Ready, renditions);
        let entry = ("document.upload", Some(before), Some(snapshot(&document)));
        record(&tx, actor, &document, entry, now).await?;
        tx.commit().await?;
        Ok(document)
    }

    /// Refuses a document for good, with the errors that say why, and removes what was sent. That nothing has arrived is no
    /// reason: it still may.
    async fn refuse(&self, actor: &Actor, document: &Document, errors: Vec<UserError>) -> Failure {
        let reason = errors.first().map(|error| error.code);
        if let Some(code) = reason.filter(|code| *code != ErrorCode::UploadMissing) {
            if let Err(failure) = self.keep_refusal(actor, document.id(), code).await {
                return failure;
            }
            self.forget_arrival(document).await;
        }
        Failure::Rejected(errors)
    }

    async fn keep_refusal(&self, actor: &Actor, id: DocumentId, code: ErrorCode) -> Outcome<()> {
        let services = &self.knows.services;
        let now = services.now();
        let tx = services.db.begin().await?;
        let mut document = store::documents::lock(&tx, &[id], Lock::Alone).await?.remove(&id).ok_or_else(not_found)?;
        if document.state == DocumentState::Pending {
            let before = snapshot(&document);
            let settled = (DocumentState::Refused, Some(code.wire()));
            store::changes::settle(&tx, id, settled, now).await?;
            (document.state, document.refusal) = (DocumentState::Refused, Some(code.wire().to_owned()));
            let entry = ("document.refuse", Some(before), Some(snapshot(&document)));
            record(&tx, actor, &document, entry, now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Removes what was sent. What cannot be removed now is swept later.
    async fn forget_arrival(&self, document: &Document) {
        for key in arrivals(document) {
            if let Err(error) = self.knows.blobs.store.delete(&key).await {
                tracing::warn!(document = %document.id(), %error, "what was sent stays until it is swept");
            }
        }
    }

    async fn settled(&self, id: DocumentId) -> Outcome<bool> {
        let found = store::documents::by_ids(&self.knows.services.db, &[id]).await?.remove(&id);
        Ok(found.is_none_or(|document| document.state != DocumentState::Pending))
    }

    /// What another that looked at the document at the same time made of it.
    async fn after_another(&self, id: DocumentId) -> Outcome<Document> {
        let found = store::documents::by_ids(&self.knows.services.db, &[id]).await?.remove(&id);
        let document = found.ok_or_else(not_found)?;
        if document.state == DocumentState::Refused { Err(refused(&document)) } else { Ok(document) }
    }
}

/// What is served of the bytes.
async fn contents(media_type: MediaType, bytes: bytes::Bytes) -> Outcome<Vec<Content>> {
    if !media_type.is_picture() {
        let rendition = rendition(RenditionName::Full, media_type, &bytes, None);
        return Ok(vec![Content { rendition, bytes }]);
    }
    let redrawn = heavy("picture", move || pictures::redraw(&bytes, media_type)).await;
    let redrawn = redrawn.unwrap_or_else(|error| {
        tracing::error!(%error, "a picture could not be worked on");
        Err(PictureError::Unreadable)
    });
    let pictures = redrawn.map_err(|error| match error {
        PictureError::TooLarge => wrong(ErrorCode::ImageTooLarge).with("maximum", pictures::PIXELS_MAX / 1_000_000),
        PictureError::Unreadable => wrong(ErrorCode::UnreadableImage),
    })?;
    let content = |picture: Picture| {
        let (side, bytes) = (|pixels| i32::try_from(pixels).unwrap_or(i32::MAX), bytes::Bytes::from(picture.content));
        let pixels = Some((side(picture.width), side(picture.height)));
        Content { rendition: rendition(picture.name, picture.media_type, &bytes, pixels), bytes }
    };
    Ok(pictures.into_iter().map(content).collect())
}

fn rendition(
    name: RenditionName,
    media_type: MediaType,
    bytes: &bytes::Bytes,
    pixels: Option<(i32, i32)>,
) -> Rendition {
    let byte_size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let sha256 = Digest::of(bytes);
    // Where it is to lie is said once it is known whose it is.
    Rendition { name, sha256, address: Address::Open(sha256), media_type, byte_size, pixels }
}

fn wrong(code: ErrorCode) -> UserError {
    UserError::new(code, ["input", "documentId"])
}

/// Why a document was refused, again.
pub(super) fn refused(document: &Document) -> Failure {
    let announced = &document.announced;
    let known = ErrorCode::ALL.iter().find(|code| Some(code.wire()) == document.refusal.as_deref());
    let code = known.copied().unwrap_or(ErrorCode::InvalidValue);
    // What its message speaks of; how long it was is no longer known.
    let error = wrong(code).with("actual", "?").with("maximum", pictures::PIXELS_MAX / 1_000_000);
    let error = if code == ErrorCode::LengthMismatch {
        error.with("expected", announced.uploaded_size)
    } else {
        error.with("expected", announced.media_type.as_str())
    };
    error.into()
}
