//! What is sealed in a folder, read and tampered with.

use std::path::PathBuf;

use futures_util::TryStreamExt as _;

use super::*;
use crate::kernel::{
    blobs::{BlobSettings, Blobs},
    clock::SystemClock,
    key_file::Keys as _,
};

struct Place {
    blobs: Blobs,
    keys: Arc<KeyFile<DocumentKeys>>,
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Arc::new(KeyFile::at(folder.path().join("document-key.json")));
        keys.replace(&DocumentKeys::made().unwrap()).unwrap();
        let settings = BlobSettings::Local { folder: folder.path().join("blobs"), public_url: String::new() };
        let blobs = Blobs::open(&settings, Arc::clone(&keys), Arc::new(SystemClock)).unwrap();
        Self { blobs, keys, folder }
    }

    fn file(&self, key: &BlobKey) -> PathBuf {
        self.folder.path().join("blobs").join(key.as_str())
    }

    async fn put(&self, key: &BlobKey, plain: &[u8]) {
        self.blobs.store.put(key, Bytes::copy_from_slice(plain), "application/pdf").await.unwrap();
    }

    async fn read(&self, key: &BlobKey, range: Option<(u64, u64)>) -> Result<Vec<u8>, BlobError> {
        let blob = self.blobs.store.get(key, range).await?.unwrap();
        let pieces: Vec<Bytes> = blob.body.try_collect().await?;
        Ok(pieces.concat())
    }
}

fn plain(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at % 253).unwrap()).collect()
}

fn key(name: &str) -> BlobKey {
    BlobKey::sealed_incoming(name)
}

#[tokio::test]
async fn what_is_put_or_comes_by_and_by_is_given_back_whole_and_in_parts() {
    let place = Place::new();
    for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 5] {
        let (plain, put, sent) = (plain(length), key("put"), key("sent"));
        place.put(&put, &plain).await;
        let sha256 = Digest::of(&plain).to_string();
        let chunks: Vec<Result<Bytes, ()>> =
            plain.chunks(10_007).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
        let terms = (length as u64, &*sha256, "application/pdf");
        place.blobs.receive(&sent, terms, stream::iter(chunks)).await.unwrap();
        for key in [&put, &sent] {
            assert_eq!(place.blobs.store.length(key).await.unwrap(), Some(length as u64), "{length}");
            assert!(place.read(key, None).await.unwrap() == plain, "{key} of {length}");
            let ends = [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, length.saturating_sub(1), length];
            for from in ends.into_iter().filter(|from| *from <= length) {
                for to in ends.into_iter().filter(|to| from <= *to && *to <= length) {
                    let part = place.read(key, Some((from as u64, to as u64))).await.unwrap();
                    assert!(part == plain[from..to], "{from} to {to} of {length}");
                }
            }
        }
    }
}

#[tokio::test]
async fn of_what_does_not_end_well_nothing_is_kept() {
    let place = Place::new();
    let (plain, key) = (plain(2 * PIECE), key("a"));
    let other = Digest::of(b"other").to_string();
    let right = Digest::of(&plain).to_string();
    let length = plain.len() as u64;
    let refused = async |terms: (u64, String), bytes: Bytes, ends_well: bool| {
        let mut chunks: Vec<Result<Bytes, ()>> = vec![Ok(bytes)];
        chunks.extend((!ends_well).then_some(Err(())));
        let terms = (terms.0, &*terms.1, "application/pdf");
        place.blobs.receive(&key, terms, stream::iter(chunks)).await.unwrap_err()
    };
    let whole = Bytes::from(plain.clone());
    assert!(matches!(refused((length, other), whole.clone(), true).await, ReceiveError::OtherDigest));
    assert!(matches!(refused((length, right.clone()), whole.clone(), false).await, ReceiveError::BrokeOff));
    assert!(matches!(refused((length, right.clone()), whole.slice(1..), true).await, ReceiveError::TooShort(_)));
    assert!(matches!(refused((length - 1, right), whole, true).await, ReceiveError::TooLong(_)));
    assert_eq!(place.blobs.store.length(&key).await.unwrap(), None);
    let drafts = std::fs::read_dir(place.folder.path().join("blobs/.drafts")).unwrap().count();
    assert_eq!(drafts, 0, "nothing half written is left");
}

#[tokio::test]
async fn what_was_altered_cut_or_moved_is_not_given() {
    let place = Place::new();
    let (plain, here, there) = (plain(2 * PIECE + 9), key("a"), key("b"));
    place.put(&here, &plain).await;
    let whole = std::fs::read(place.file(&here)).unwrap();
    let is_refused = async |key: &BlobKey, range| matches!(place.read(key, range).await, Err(BlobError::Unreadable(_)));
    std::fs::write(place.file(&there), &whole).unwrap();
    assert!(is_refused(&there, None).await && is_refused(&there, Some((0, 1))).await, "at another place");
    for at in [0, 10, 20, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + PIECE] {
        let mut altered = whole.clone();
        altered[at] ^= 1;
        std::fs::write(place.file(&here), &altered).unwrap();
        assert!(is_refused(&here, None).await && is_refused(&here, Some((5, 6))).await, "byte {at}");
    }
    let mut altered = whole.clone();
    *altered.last_mut().unwrap() ^= 1;
    std::fs::write(place.file(&here), &altered).unwrap();
    assert!(is_refused(&here, None).await, "its last byte");
    assert!(place.read(&here, Some((5, 9))).await.unwrap() == plain[5..9], "what is far from it can be read");
    for cut in [0, 7, HEADER_BYTES, HEADER_BYTES + PIECE + 16, whole.len() - 1] {
        std::fs::write(place.file(&here), &whole[..cut]).unwrap();
        assert!(is_refused(&here, None).await && is_refused(&here, Some((0, 1))).await, "cut at {cut}");
    }
}

#[tokio::test]
async fn a_former_key_opens_what_it_sealed_and_without_it_the_fault_names_it() {
    let place = Place::new();
    let (before, after) = (key("before"), key("after"));
    place.put(&before, b"sealed before").await;
    let former = place.keys.read().unwrap().current().name();
    let text = std::fs::read_to_string(place.keys.path()).unwrap();
    place.keys.replace(&DocumentKeys::read(&text).unwrap().with_another().unwrap()).unwrap();
    place.put(&after, b"sealed after").await;
    assert_eq!(place.read(&before, None).await.unwrap(), b"sealed before");
    assert_eq!(place.read(&after, None).await.unwrap(), b"sealed after");

    place.keys.replace(&DocumentKeys::made().unwrap()).unwrap();
    let told = place.read(&before, None).await.unwrap_err().to_string();
    assert!(told.contains(&former) && told.contains("sealed-incoming/before"), "{told}");
    std::fs::remove_file(place.keys.path()).unwrap();
    let told = place.read(&before, None).await.unwrap_err().to_string();
    assert!(told.contains("BFW_DOCUMENT_KEY_FILE"), "{told}");
}

#[tokio::test]
async fn what_is_not_sealed_lies_as_it_is() {
    let place = Place::new();
    let (open, shut) = (BlobKey::incoming("a"), key("a"));
    for key in [&open, &shut] {
        place.put(key, b"a word that is looked for").await;
    }
    assert_eq!(std::fs::read(place.file(&open)).unwrap(), b"a word that is looked for");
    let sealed = std::fs::read(place.file(&shut)).unwrap();
    assert!(!sealed.windows(4).any(|window| window == b"word"));
    let listed = place.blobs.store.list(BlobKey::SEALED_INCOMING, None, 10).await.unwrap();
    assert_eq!(listed.blobs[0].length, 25, "as long as it is, not as it lies");
}
