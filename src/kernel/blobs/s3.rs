//! Blobs in a store that speaks S3.
//!
//! The bucket is addressed by path, which every store understands. The store keeps no metadata of ours: reading them back is
//! not to be relied on.

use std::{path::PathBuf, sync::Arc, time::Duration};

use ::s3::{AddressingStyle, Auth, Client, Credentials, Error};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use url::Url;

use super::{
    Arriving, Blob, BlobError, BlobKey, BlobStore, CALL_WAIT_MAX, DownloadTerms, Listed, Listing, ReceiveError,
    UploadLink, UploadTerms, bounded,
    drafts::Drafts,
    sigv4::{Signed, Signing, presigned},
};
use crate::kernel::{
    clock::{Clock as _, SystemClock, Timestamp, truncated},
    tls,
};

/// Times that a call is tried that may be tried again.
const ATTEMPTS_MAX: u32 = 3;
/// Blobs that came through the service and are passed on at the same time, each in memory.
const PASSED_ON_MAX: usize = 2;

/// A bucket.
#[derive(Clone)]
pub struct S3Blobs {
    client: Client,
    bucket: String,
    endpoint: Url,
    /// With the port where it is not the usual one, as clients name it.
    host: String,
    region: String,
    access_key: SecretString,
    secret_key: SecretString,
    /// Where what comes through the service waits until all of it is there: a client may take an hour, and a store does not wait
    /// so long.
    drafts: Drafts,
    passing_on: Arc<Semaphore>,
}

impl std::fmt::Debug for S3Blobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3Blobs").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

impl S3Blobs {
    /// A client of the bucket, with a folder of this machine for what is on its way there. Asks nothing of the store yet.
    ///
    /// # Errors
    /// When the settings cannot be used.
    pub fn new(
        endpoint: &str,
        region: &str,
        bucket: &str,
        (access_key, secret_key): (&SecretString, &SecretString),
        drafts: PathBuf,
    ) -> Result<Self, BlobError> {
        tls::install_provider();
        let refused = |error: Error| BlobError::Refused(error.to_string());
        let credentials = Credentials::new(access_key.expose_secret(), secret_key.expose_secret()).map_err(refused)?;
        let client = Client::builder(endpoint).map_err(refused)?.region(region).auth(Auth::Static(credentials));
        let client = client.addressing_style(AddressingStyle::Path).timeout(CALL_WAIT_MAX).max_attempts(ATTEMPTS_MAX);
        let client = client.build().map_err(refused)?;
        let url = Url::parse(endpoint).map_err(|error| BlobError::Refused(error.to_string()))?;
        let name = url.host_str().unwrap_or_default();
        Ok(Self {
            client,
            bucket: bucket.to_owned(),
            host: url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}")),
            endpoint: url,
            region: region.to_owned(),
            access_key: access_key.clone(),
            secret_key: secret_key.clone(),
            drafts: Drafts::within(drafts),
            passing_on: Arc::new(Semaphore::new(PASSED_ON_MAX)),
        })
    }
}

/// Which of the two it is. What the store's answer says goes to the log and to nobody else.
fn trouble(error: &Error) -> BlobError {
    match status(error) {
        Some(400..=499) => BlobError::Refused(error.to_string()),
        Some(_) | None => BlobError::Unavailable(error.to_string()),
    }
}

fn status(error: &Error) -> Option<u16> {
    if let Error::Api { status, .. } = error { Some(status.as_u16()) } else { None }
}

/// None where the store says that there is no such blob.
fn found<T>(answer: Result<T, Error>) -> Result<Option<T>, BlobError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        // A missing bucket is also not found, and must not look like a missing blob.
        Err(Error::Api { status, code, .. }) if status.as_u16() == 404 && code.as_deref() != Some("NoSuchBucket") => {
            Ok(None)
        }
        Err(error) => Err(trouble(&error)),
    }
}

#[async_trait]
impl BlobStore for S3Blobs {
    async fn put(&self, key: &BlobKey, content: Bytes, media_type: &str) -> Result<(), BlobError> {
        let put = self.client.objects().put(&self.bucket, key.as_str()).content_type(media_type).body_bytes(content);
        bounded(Box::pin(async { put.send().await.map(drop).map_err(|error| trouble(&error)) })).await
    }

    async fn receive(
        &self,
        key: &BlobKey,
        (_length, media_type): (u64, &str),
        body: Arriving,
    ) -> Result<(), ReceiveError> {
        let draft = self.drafts.receive(body).await?;
        let turn = self.passing_on.acquire().await;
        let _turn = turn.map_err(|error| BlobError::Unavailable(error.to_string()))?;
        let content = draft.taken().await.map_err(|error| self.drafts.trouble(&error))?;
        Ok(self.put(key, content.into(), media_type).await?)
    }

    async fn get(&self, key: &BlobKey, range: Option<(u64, u64)>) -> Result<Option<Blob>, BlobError> {
        // What a part of a blob is part of is not told in a form that can be relied on.
        let whole = match range {
            Some(_) => match self.length(key).await? {
                Some(length) => Some(length),
                None => return Ok(None),
            },
            None => None,
        };
        let mut get = self.client.objects().get(&self.bucket, key.as_str());
        if let Some((from, to)) = range {
            if from >= to {
                return Ok(Some(Blob { length: whole.unwrap_or(0), body: stream::empty().boxed() }));
            }
            get = get.range_bytes(from, to - 1);
        }
        let Some(answer) = bounded(Box::pin(async { found(get.send().await) })).await? else { return Ok(None) };
        let length = whole.or(answer.content_length);
        let length = length.ok_or_else(|| BlobError::Unavailable("it does not say how long a blob is".to_owned()))?;
        // Each piece is waited for no longer than a call: a store that falls silent half way is away.
        let body = stream::try_unfold(answer.body, |mut body| async move {
            let next =
                bounded(Box::pin(async { body.next().await.transpose().map_err(|error| trouble(&error)) })).await?;
            Ok(next.map(|bytes| (bytes, body)))
        });
        Ok(Some(Blob { length, body: body.boxed() }))
    }

    async fn length(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        let head = self.client.objects().head(&self.bucket, key.as_str());
        let Some(answer) = bounded(Box::pin(async { found(head.send().await) })).await? else { return Ok(None) };
        let length = answer.content_length;
        length.map(Some).ok_or_else(|| BlobError::Unavailable("it does not say how long a blob is".to_owned()))
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        let delete = self.client.objects().delete(&self.bucket, key.as_str());
        bounded(Box::pin(async { found(delete.send().await).map(drop) })).await
    }

    async fn list(&self, folder: &str, after: Option<&BlobKey>, limit: u16) -> Result<Listing, BlobError> {
        let mut list = self.client.objects().list_v2(&self.bucket).prefix(folder).max_keys(u32::from(limit));
        if let Some(after) = after {
            list = list.start_after(after.as_str());
        }
        let page = bounded(Box::pin(async { list.send().await.map_err(|error| trouble(&error)) })).await?;
        let listed = page.contents.iter().filter_map(|object| {
            let modified =
                Timestamp::from(chrono::DateTime::parse_from_rfc3339(object.last_modified.as_deref()?).ok()?);
            Some(Listed { key: BlobKey::parse(&object.key)?, length: object.size, modified: truncated(modified) })
        });
        Ok(Listing { blobs: listed.collect(), has_more: page.is_truncated })
    }

    async fn tidy(&self, before: Timestamp) -> Result<u64, BlobError> {
        // In the store, a write is one request: it leaves nothing half done.
        self.drafts.tidy(before).await
    }

    async fn upload_link(
        &self,
        key: &BlobKey,
        terms: &UploadTerms,
        lifetime: Duration,
    ) -> Result<UploadLink, BlobError> {
        let length = terms.length.to_string();
        let what = Signed {
            method: "PUT",
            scheme: self.endpoint.scheme(),
            host: &self.host,
            path: &format!("/{}/{key}", self.bucket),
            // Signed, or the store would take any kind and any length.
            headers: &[("content-length", &length), ("content-type", &terms.media_type)],
        };
        let by = Signing { access_key: &self.access_key, secret_key: &self.secret_key, region: &self.region };
        // The store looks at its own clock, not at ours.
        let url = presigned(&by, &what, lifetime, SystemClock.now());
        let headers = vec![("Content-Type", terms.media_type.clone()), ("Content-Length", length)];
        Ok(UploadLink { url, headers })
    }

    async fn download_link(
        &self,
        key: &BlobKey,
        terms: &DownloadTerms,
        lifetime: Duration,
    ) -> Result<String, BlobError> {
        let link = self.client.objects().presign_get(&self.bucket, key.as_str()).expires_in(lifetime);
        let link = link.query_param("response-content-disposition", terms.disposition());
        let link = link.query_param("response-content-type", &terms.media_type);
        Ok(link.build().map_err(|error| trouble(&error))?.url.to_string())
    }
}
