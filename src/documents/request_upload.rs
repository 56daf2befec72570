//! Announcing a document, and being told where to send its bytes.

use std::{sync::atomic::Ordering, time::Duration};

use chrono::TimeDelta;
use serde::Serialize;

use super::{
    Document, DocumentId, DocumentState, Documents, Visibility,
    complete_upload::refused,
    model::{CheckedFile, NewDocument, check_file},
    places::arrival,
    store::{self, changes::Taken},
};
use crate::{
    accounts::{Actor, OrganizationId},
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        blobs::{UploadLink, UploadTerms},
        clock::Timestamp,
        db::WriteTx,
        idempotency::{self, Claimed},
    },
};

/// How long the bytes may be sent: long enough for 25 MB over a line that carries 10 KB a second.
pub(super) const UPLOAD_LIFETIME: TimeDelta = TimeDelta::hours(1);
/// Documents of an organization that are announced and not looked at, at most.
const PENDING_MAX: i64 = 50;

/// A file that is to be sent.
#[derive(Debug, Clone, Serialize)]
pub struct RequestUpload {
    /// Whose document it is to be.
    pub organization: OrganizationId,
    /// What the file is called.
    pub file_name: String,
    /// What kind of file it is, as `application/pdf`.
    pub media_type: String,
    /// How many bytes it has.
    pub byte_size: i64,
    /// What they hash to, in hexadecimal digits.
    pub sha256: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// Makes a repeated announcement one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// An announced document.
#[derive(Debug)]
pub struct Upload {
    /// The document.
    pub document: Document,
    /// Where to send its bytes; none if they were sent and looked at before.
    pub link: Option<UploadLink>,
    /// Until when they may be sent.
    pub expires_at: Timestamp,
}

impl Documents {
    /// Announces a document. Announced again under the same idempotency key, it is the same one, with a fresh link while its
    /// bytes are awaited.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`], [`ErrorCode::NotFound`] for the organization, everything that is wrong with the input,
    /// [`ErrorCode::QuotaExceeded`], [`ErrorCode::LimitReached`] where too many are announced; or why it was refused before.
    pub async fn request_upload(&self, actor: &Actor, command: RequestUpload) -> Outcome<Upload> {
        self.require_uploader(actor, command.organization).await?;
        let mut wrong = Rejections::default();
        let file = (&*command.file_name, &*command.media_type, command.byte_size, &*command.sha256);
        let file = check_file(file, &mut wrong);
        wrong.finish()?;
        let Some(file) = file else { return Err(Failure::code(ErrorCode::Required)) };
        let services = &self.knows.services;
        let now = services.now();

        let tx = services.db.begin().await?;
        let taken = store::changes::lock_taken(&tx, command.organization).await?;
        let taken = taken.ok_or_else(|| UserError::new(ErrorCode::NotFound, ["input", "organizationId"]))?;
        let key = command.idempotency_key.as_deref();
        let scope = actor.idempotency_scope();
        let document = match idempotency::claim(&tx, scope, key, "requestUpload", &command, now).await? {
            Claimed::New(claim) => {
                self.require_room(taken, command.byte_size)?;
                let announced = self.announced(actor, &command, file, now);
                store::changes::insert(&tx, &announced).await?;
                claim.finish(&tx, announced.id.uuid()).await?;
                Document { announced, state: DocumentState::Pending, refusal: None, renditions: Vec::new() }
            }
            Claimed::Before(id) => self.announced_before(&tx, DocumentId::from_uuid(id), now).await?,
        };
        tx.commit().await?;
        self.upload_of(document).await
    }

    /// Goes on if there is room for so many bytes more.
    fn require_room(&self, taken: Taken, more: i64) -> Outcome<()> {
        if taken.pending >= PENDING_MAX {
            let error = UserError::new(ErrorCode::LimitReached, ["input", "organizationId"]);
            return Err(error.with("maximum", PENDING_MAX).into());
        }
        let quota = self.knows.quota_bytes.load(Ordering::Relaxed);
        if taken.bytes.saturating_add(more) > quota {
            let error = UserError::new(ErrorCode::QuotaExceeded, ["input", "byteSize"]);
            return Err(error.with("maximum", quota / (1024 * 1024)).into());
        }
        Ok(())
    }

    fn announced(&self, actor: &Actor, command: &RequestUpload, file: CheckedFile, now: Timestamp) -> NewDocument {
        NewDocument {
            id: DocumentId::from_uuid(self.knows.services.ids.next_uuid()),
            organization: command.organization,
            uploader: actor.user_id(),
            file_name: file.file_name,
            media_type: file.media_type,
            visibility: command.visibility,
            uploaded_sha256: file.sha256,
            uploaded_size: command.byte_size,
            upload_expires_at: now + UPLOAD_LIFETIME,
            created_at: now,
        }
    }

    /// The document that was announced under the same key, with more time if its bytes are still awaited.
    async fn announced_before(&self, tx: &WriteTx, id: DocumentId, now: Timestamp) -> Outcome<Document> {
        let mut found = store::documents::lock(tx, &[id], store::documents::Lock::Alone).await?;
        // It was abandoned for so long that it was removed, or deleted.
        let gone = || UserError::new(ErrorCode::NotFound, ["input", "idempotencyKey"]);
        let mut document = found.remove(&id).ok_or_else(gone)?;
        match document.state {
            DocumentState::Ready => {}
            DocumentState::Refused => return Err(refused(&document)),
            DocumentState::Pending => {
                document.announced.upload_expires_at = now + UPLOAD_LIFETIME;
                store::changes::prolong(tx, id, document.announced.upload_expires_at).await?;
            }
        }
        Ok(document)
    }

    async fn upload_of(&self, document: Document) -> Outcome<Upload> {
        let announced = &document.announced;
        let link = if document.state == DocumentState::Pending {
            let terms = UploadTerms {
                media_type: announced.media_type.as_str().to_owned(),
                length: u64::try_from(announced.uploaded_size).unwrap_or(0),
                sha256: announced.uploaded_sha256,
            };
            let lifetime = Duration::from_secs(UPLOAD_LIFETIME.num_seconds().unsigned_abs());
            let store = &self.knows.blobs.store;
            Some(store.upload_link(&arrival(&document), &terms, lifetime).await.map_err(crate::kernel::Fault::from)?)
        } else {
            None
        };
        Ok(Upload { expires_at: announced.upload_expires_at, link, document })
    }
}
