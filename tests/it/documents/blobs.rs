//! Both stores do the same: one suite, over a folder and over a real S3 server.

use std::{path::Path, sync::Arc, time::Duration};

use bfw::kernel::{
    blobs::{BlobError, BlobKey, BlobSettings, BlobStore, Blobs, DocumentKeys, DownloadTerms, UploadTerms},
    clock::{Clock, ManualClock, SystemClock},
    digest::Digest,
    key_file::KeyFile,
    tls,
};
use bytes::Bytes;
use chrono::TimeDelta;
use futures_util::TryStreamExt;
use reqwest::{Client, StatusCode};
use tokio::net::TcpListener;

use super::s3_server::{ACCESS_KEY, BUCKET, S3Server, SECRET_KEY};

const HOUR: Duration = Duration::from_secs(3_600);

/// A store with whatever answers its links, and a way to let time pass for them.
struct Place {
    blobs: Blobs,
    /// The clock of the links; none where they follow the machine's.
    clock: Option<Arc<ManualClock>>,
    _server: Option<S3Server>,
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    async fn local() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(SystemClock.now()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let public_url = format!("http://{}", listener.local_addr().unwrap());
        let settings = BlobSettings::Local { folder: folder.path().join("blobs"), public_url };
        let blobs = Blobs::open(&settings, keys(folder.path()), Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
        let routes = bfw::api::blobs::routes(blobs.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { blobs, clock: Some(clock), _server: None, _folder: Some(folder) }
    }

    async fn s3() -> Self {
        let server = S3Server::start().await;
        let folder = tempfile::tempdir().unwrap();
        let blobs = s3(&server.endpoint, SECRET_KEY, folder.path());
        Self { blobs, clock: None, _server: Some(server), _folder: Some(folder) }
    }

    async fn both() -> [Self; 2] {
        tls::install_provider();
        [Self::local().await, Self::s3().await]
    }

    fn store(&self) -> &dyn BlobStore {
        &*self.blobs.store
    }

    /// Lets two seconds pass.
    async fn wait(&self) {
        match &self.clock {
            Some(clock) => clock.advance(TimeDelta::seconds(2)),
            None => tokio::time::sleep(Duration::from_secs(2)).await,
        }
    }
}

/// A key file of its own in this folder.
fn keys(folder: &Path) -> Arc<KeyFile<DocumentKeys>> {
    let keys = KeyFile::at(folder.join("document-key.json"));
    keys.replace(&DocumentKeys::made().unwrap()).unwrap();
    Arc::new(keys)
}

fn s3(endpoint: &str, secret_key: &str, folder: &Path) -> Blobs {
    let settings = BlobSettings::S3 {
        endpoint: endpoint.to_owned(),
        region: "us-east-1".to_owned(),
        bucket: BUCKET.to_owned(),
        access_key: ACCESS_KEY.into(),
        secret_key: secret_key.into(),
        public_url: "http://localhost".to_owned(),
        drafts: folder.join("drafts"),
    };
    Blobs::open(&settings, keys(folder), Arc::new(SystemClock)).unwrap()
}

fn key(text: &str) -> BlobKey {
    BlobKey::parse(text).unwrap()
}

async fn read(store: &dyn BlobStore, key: &BlobKey, range: Option<(u64, u64)>) -> Option<Vec<u8>> {
    let blob = store.get(key, range).await.unwrap()?;
    let pieces: Vec<Bytes> = blob.body.try_collect().await.unwrap();
    Some(pieces.concat())
}

fn terms(content: &[u8]) -> UploadTerms {
    UploadTerms { media_type: "application/pdf".into(), length: content.len() as u64, sha256: Digest::of(content) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_put_is_given_back_whole_and_in_parts_until_it_is_deleted() {
    for place in Place::both().await {
        let (store, here, elsewhere) = (place.store(), key("incoming/a"), key("incoming/b"));
        assert_eq!((store.length(&here).await.unwrap(), read(store, &here, None).await), (None, None), "{store:?}");
        for content in [&b"first"[..], b"second and last"] {
            store.put(&here, Bytes::copy_from_slice(content), "application/pdf").await.unwrap();
            assert_eq!(store.length(&here).await.unwrap(), Some(content.len() as u64));
            assert_eq!(read(store, &here, None).await.unwrap(), content);
        }
        assert_eq!(read(store, &here, Some((0, 6))).await.unwrap(), b"second");
        assert_eq!(read(store, &here, Some((11, 15))).await.unwrap(), b"last");
        assert_eq!(read(store, &here, Some((3, 3))).await.unwrap(), b"");
        assert_eq!(store.get(&here, Some((0, 1))).await.unwrap().unwrap().length, 15, "the length is that of all");
        assert!(store.get(&elsewhere, Some((0, 1))).await.unwrap().is_none());
        let large = Bytes::from(vec![7; 3 * 1024 * 1024 + 1]);
        store.put(&elsewhere, large.clone(), "application/pdf").await.unwrap();
        assert!(read(store, &elsewhere, None).await.unwrap() == large);
        for _ in 0..2 {
            store.delete(&here).await.unwrap();
            assert_eq!(store.length(&here).await.unwrap(), None);
        }
        place.blobs.probe().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_in_the_order_of_keys_and_goes_on_where_it_ended() {
    for place in Place::both().await {
        let store = place.store();
        let mut keys: Vec<BlobKey> = (0_u8..23).map(|number| BlobKey::content(&Digest::of(&[number]))).collect();
        for key in &keys {
            store.put(key, Bytes::from_static(b"x"), "application/pdf").await.unwrap();
        }
        store.put(&key("incoming/other"), Bytes::from_static(b"xy"), "application/pdf").await.unwrap();
        keys.sort_unstable();
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = store.list(BlobKey::CONTENT, after.as_ref(), 5).await.unwrap();
            assert!(page.blobs.len() <= 5);
            after = page.blobs.last().map(|blob| blob.key.clone());
            listed.extend(page.blobs.into_iter().map(|blob| blob.key));
            if !page.has_more {
                break;
            }
        }
        assert_eq!(listed, keys, "{store:?}");
        let incoming = store.list(BlobKey::INCOMING, None, 5).await.unwrap();
        assert_eq!((incoming.blobs.len(), incoming.blobs[0].length, incoming.has_more), (1, 2, false));
        let age = SystemClock.now() - incoming.blobs[0].modified;
        assert!(age < TimeDelta::minutes(5) && age > TimeDelta::minutes(-5), "{age}");
        assert_eq!(store.list("nothing/", None, 5).await.unwrap().blobs, []);
        store.tidy(SystemClock.now()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_takes_what_it_is_for_and_nothing_else() {
    for place in Place::both().await {
        let (store, here, content) = (place.store(), key("incoming/a"), b"%PDF-1.7 and more".to_vec());
        let http = Client::new();
        let link = store.upload_link(&here, &terms(&content), HOUR).await.unwrap();
        assert!(!format!("{link:?}").contains("http"), "it is not shown by chance");
        let send = async |url: &str, media_type: &str, body: Vec<u8>| {
            http.put(url).header("content-type", media_type).body(body).send().await.unwrap().status()
        };
        let kept = async || store.length(&here).await.unwrap();
        assert_eq!(link.headers[0], ("Content-Type", "application/pdf".to_owned()));

        assert!(send(&link.url, "text/html", content.clone()).await.is_client_error(), "of another type");
        assert!(send(&link.url, "application/pdf", [&*content, b"!"].concat()).await.is_client_error(), "longer");
        assert!(send(&link.url, "application/pdf", content[1..].to_vec()).await.is_client_error(), "shorter");
        for tampered in [link.url.replace("incoming", "sha256"), flipped(&link.url), format!("{}0", link.url)] {
            if tampered != link.url {
                let status = send(&tampered, "application/pdf", content.clone()).await;
                assert!(status.is_client_error(), "{status}: {tampered}");
            }
        }
        assert!(http.get(&link.url).send().await.unwrap().status().is_client_error(), "it is not for fetching");
        assert_eq!(kept().await, None, "nothing of it is kept: {store:?}");

        assert_eq!(send(&link.url, "application/pdf", content.clone()).await, StatusCode::OK);
        assert_eq!(read(store, &here, None).await.unwrap(), content);
        assert_eq!(send(&link.url, "application/pdf", content.clone()).await, StatusCode::OK, "again is the same");

        let short = store.upload_link(&key("incoming/late"), &terms(&content), Duration::from_secs(1)).await.unwrap();
        place.wait().await;
        assert_eq!(send(&short.url, "application/pdf", content.clone()).await, StatusCode::FORBIDDEN, "expired");
        assert_eq!(store.length(&key("incoming/late")).await.unwrap(), None);
    }
}

/// An address with one sign of its last part changed.
fn flipped(url: &str) -> String {
    let (rest, last) = url.split_at(url.len() - 20);
    let sign = if last.starts_with('a') { "b" } else { "a" };
    format!("{rest}{sign}{}", &last[1..])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_gives_what_it_is_for_until_its_time_is_over() {
    for place in Place::both().await {
        let (store, here, content) = (place.store(), key("sha256/a"), b"%PDF-1.7 and more");
        let http = Client::new();
        store.put(&here, Bytes::from_static(content), "application/pdf").await.unwrap();
        let terms = DownloadTerms {
            media_type: "application/pdf".into(),
            file_name: "Reçu n° 5.pdf".into(),
            inline: false,
            sha256: Digest::of(content),
        };
        let link = store.download_link(&here, &terms, HOUR).await.unwrap();
        let answer = http.get(&link).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "application/pdf");
        assert_eq!(answer.headers()["content-disposition"], terms.disposition());
        assert_eq!(answer.bytes().await.unwrap(), &content[..]);
        let part = http.get(&link).header("range", "bytes=0-3").send().await.unwrap();
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(part.bytes().await.unwrap(), &b"%PDF"[..]);
        assert!(http.get(flipped(&link)).send().await.unwrap().status().is_client_error(), "tampered");
        let sent = http.put(&link).header("content-type", "application/pdf").body("%PDF").send().await.unwrap();
        assert!(sent.status().is_client_error(), "it is not for sending");

        let short = store.download_link(&here, &terms, Duration::from_secs(1)).await.unwrap();
        place.wait().await;
        assert_eq!(http.get(short).send().await.unwrap().status(), StatusCode::FORBIDDEN, "expired");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_away_or_does_not_know_us_says_so() {
    tls::install_provider();
    let server = S3Server::start().await;
    let folder = tempfile::tempdir().unwrap();
    let stranger = s3(&server.endpoint, "another-secret", folder.path());
    let refused = stranger.probe().await.unwrap_err();
    assert!(matches!(refused, BlobError::Refused(_)), "{refused:?}");
    assert!(!refused.to_string().contains("another-secret"), "{refused}");

    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let away = s3(&endpoint, SECRET_KEY, folder.path()).probe().await.unwrap_err();
    assert!(matches!(away, BlobError::Unavailable(_)), "{away:?}");

    let file = folder.path().join("blobs");
    std::fs::write(&file, b"no folder").unwrap();
    let settings = BlobSettings::Local { folder: file, public_url: String::new() };
    let unusable = Blobs::open(&settings, keys(folder.path()), Arc::new(SystemClock)).unwrap_err();
    assert!(unusable.to_string().contains("blobs"), "{unusable}");
}
