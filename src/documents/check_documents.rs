//! Documents are looked at, by an operator who wonders whether all is well. Changes nothing.

use std::path::Path;

use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};

use super::{
    places::key_of,
    store::{self, exposed::Kept},
};
use crate::kernel::{
    blobs::{BlobError, Blobs, DocumentKeys},
    db::Database,
    digest::Digest,
    key_file::KeyFile,
};

/// Documents that cannot be read of which is told.
const TOLD_MAX: usize = 10;
/// Contents that are looked up at once.
const BATCH: i64 = 500;

/// What was found of all contents.
#[derive(Debug, Default)]
pub struct Checked {
    /// How many were read.
    pub read: u64,
    /// How many of them are not what they were, or gone.
    pub broken: u64,
    /// The first of those: which, and why.
    pub told: Vec<String>,
}

/// What is found about the key file and what is sealed, or what is wrong and how to mend it: that the file has each key that seals
/// something, that one content of each can be opened, and that nothing lies in clear that is not public.
///
/// # Errors
/// What is wrong, for the operator to read.
pub async fn check_keys(db: &Database, blobs: Option<&Blobs>, file: &Path) -> Result<String, String> {
    let shown = file.display();
    let used = store::blobs::keys(db).await.map_err(|error| error.to_string())?;
    let sealed: i64 = used.iter().map(|(_, count)| count).sum();
    let exposed = store::exposed::count(db).await.map_err(|error| error.to_string())?;
    let keys = KeyFile::<DocumentKeys>::at(file.to_owned()).examine()?;
    let found = match (keys, used.is_empty()) {
        (None, true) => format!("{shown} is not there yet; the first start of `bfw serve` makes it"),
        (None, false) => {
            return Err(format!(
                "{shown} is gone, and {sealed} contents are encrypted with it; bring it back from where it is kept"
            ));
        }
        (Some(keys), _) => {
            let missing: Vec<String> =
                used.iter().filter(|(id, _)| keys.named(id).is_none()).map(|(id, _)| hex::encode(id)).collect();
            if !missing.is_empty() {
                return Err(format!(
                    "{shown} lacks the keys {} that documents are encrypted with; bring them back from where it is kept",
                    missing.join(", ")
                ));
            }
            format!(
                "{} encrypts; {sealed} contents are encrypted with {} keys that are all there",
                keys.current().name(),
                keys.count()
            )
        }
    };
    if let Some(blobs) = blobs {
        for (key, _) in &used {
            let Some(kept) = store::exposed::sealed_with(db, key).await.map_err(|error| error.to_string())? else {
                continue;
            };
            read(blobs, &kept).await.map_err(|reason| {
                format!(
                    "{}: {reason}; `bfw doctor --documents` looks at all documents; bring back the key file from where it is kept, \
                     or the bytes from a backup of the store",
                    kept.document
                )
            })?;
        }
    }
    if exposed > 0 {
        return Err(format!(
            "{exposed} contents that are not public still lie in clear, as earlier versions kept them; `bfw serve` or `bfw worker` \
             encrypts them in the background ({found})"
        ));
    }
    Ok(found)
}

/// Reads all contents and holds each against its SHA-256, telling how many of how many are done.
///
/// # Errors
/// When the database cannot be asked.
pub async fn check_contents(
    db: &Database,
    blobs: &Blobs,
    progress: impl Fn(u64, u64) + Send,
) -> Result<Checked, String> {
    let total = store::exposed::count_all(db).await.map_err(|error| error.to_string())?;
    let total = u64::try_from(total).unwrap_or(0);
    let (mut checked, mut after) = (Checked::default(), None);
    loop {
        let page = store::exposed::all(db, after, BATCH).await.map_err(|error| error.to_string())?;
        let Some(last) = page.last() else { return Ok(checked) };
        after = Some((last.document, last.name));
        for kept in &page {
            if let Err(reason) = read(blobs, kept).await {
                checked.broken += 1;
                if checked.told.len() < TOLD_MAX {
                    checked.told.push(format!("{} {}: {reason}", kept.document, kept.name.as_str()));
                }
            }
            checked.read += 1;
            progress(checked.read, total);
        }
    }
}

/// Goes on if the content can be read and is what it was.
async fn read(blobs: &Blobs, kept: &Kept) -> Result<(), String> {
    let hashed = async {
        let Some(blob) = blobs.store.get(&key_of(&kept.address), None).await? else { return Ok(None) };
        let (mut body, mut hash) = (blob.body, Sha256::new());
        while let Some(bytes) = body.try_next().await? {
            hash.update(&bytes);
        }
        Ok::<_, BlobError>(Some(Digest::finish(hash)))
    };
    match hashed.await {
        Ok(Some(digest)) if digest == kept.sha256 => Ok(()),
        Ok(Some(_)) => Err(format!("the bytes at {} are not what they were", key_of(&kept.address))),
        Ok(None) => Err(format!("the bytes at {} are gone", key_of(&kept.address))),
        Err(error) => Err(error.to_string()),
    }
}
