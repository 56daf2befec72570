//! The folders an index lives in.
//!
//! ```text
//! search/
//!   CURRENT                 the name of the generation that answers
//!   rebuild.lock            held while a generation is built
//!   generation-000002/      manifest.json, listings/, organizations/
//! ```
//!
//! A rebuild makes a new generation beside the one in use and then rewrites `CURRENT`, so that whoever searches has
//! the old one whole or the new one whole, and a build that was broken off counts for nothing. The generation before the current one is kept: another process may be
//! answering from it until it looks at `CURRENT` again.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tantivy::directory::MmapDirectory;
use tantivy::directory::error::LockError;
use tantivy::indexer::IndexWriterOptions;
use tantivy::merge_policy::LogMergePolicy;
use tantivy::{Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyError};

use super::schema::Fields;
use super::unavailable;
use crate::search::index::{IndexError, RebuildReason};
use crate::search::model::Collection;
use crate::search::model::fields::definition_digest;

const CURRENT: &str = "CURRENT";
const MANIFEST: &str = "manifest.json";
const PREFIX: &str = "generation-";
/// The name of the generation in memory, which no folder can have.
const EMPTY: &str = "(not built)";

/// Decompressed blocks of stored texts kept for each segment (16 KiB each).
const STORE_CACHE_BLOCKS: usize = 16;

/// Segments of about one size before they are merged.
const SEGMENTS_MERGED: usize = 4;

/// What a generation says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The fields and analysis it was built with.
    definition: String,
    /// When its builder began to read the database.
    pub(super) began_at: DateTime<Utc>,
}

/// One collection of a generation.
pub(super) struct Shelf {
    pub(super) index: Index,
    pub(super) reader: IndexReader,
}

impl fmt::Debug for Shelf {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shelf").field("index", &self.index).finish_non_exhaustive()
    }
}

/// An index as it was built once and is kept up to date since.
#[derive(Debug)]
pub(super) struct Generation {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) manifest: Manifest,
    listings: Shelf,
    organizations: Shelf,
}

impl Generation {
    /// An empty generation in memory, to answer from until one is built.
    pub(super) fn empty(began_at: DateTime<Utc>, fields: &Fields) -> Result<Generation, IndexError> {
        let manifest = Manifest { definition: definition_digest(), began_at };
        let shelf = || Shelf::new(Index::create_in_ram(fields.schema.clone()));
        let (listings, organizations) = (shelf()?, shelf()?);
        Ok(Generation { name: EMPTY.to_owned(), path: PathBuf::new(), manifest, listings, organizations })
    }

    /// Makes an empty generation with the next number. It does not answer yet.
    pub(super) fn create(root: &Path, began_at: DateTime<Utc>, fields: &Fields) -> Result<Generation, IndexError> {
        make_folder(root)?;
        let last = numbers(root)?.into_iter().max().unwrap_or(0);
        let name = format!("{PREFIX}{:06}", last + 1);
        let path = root.join(&name);
        fs::create_dir_all(&path).map_err(unavailable)?;
        let manifest = Manifest { definition: definition_digest(), began_at };
        let written = serde_json::to_vec_pretty(&manifest).map_err(unavailable)?;
        write_durably(&path.join(MANIFEST), &written)?;
        let shelf = |collection: Collection| -> Result<Shelf, IndexError> {
            let folder = path.join(collection.name());
            fs::create_dir_all(&folder).map_err(unavailable)?;
            let directory = MmapDirectory::open(&folder).map_err(unavailable)?;
            let settings = IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
            let index = Index::create(directory, fields.schema.clone(), settings).map_err(unavailable)?;
            Shelf::new(index)
        };
        let (listings, organizations) = (shelf(Collection::Listings)?, shelf(Collection::Organizations)?);
        Ok(Generation { name, path, manifest, listings, organizations })
    }

    /// Opens the generation that answers, checking every byte of it.
    pub(super) fn open_current(root: &Path, fields: &Fields) -> Result<Generation, RebuildReason> {
        let damaged = |error: &dyn std::fmt::Display| RebuildReason::Damaged(error.to_string());
        let name = match current_name(root) {
            Some(name) => name,
            None if root.join(CURRENT).exists() => return Err(damaged(&"CURRENT names no generation")),
            None => return Err(RebuildReason::Missing),
        };
        let path = root.join(&name);
        let manifest = fs::read(path.join(MANIFEST)).map_err(|error| damaged(&error))?;
        let manifest: Manifest = serde_json::from_slice(&manifest).map_err(|error| damaged(&error))?;
        if manifest.definition != definition_digest() {
            return Err(RebuildReason::Incompatible);
        }
        let shelf = |collection: Collection| -> Result<Shelf, RebuildReason> {
            let index = Index::open_in_dir(path.join(collection.name())).map_err(|error| damaged(&error))?;
            if index.schema() != fields.schema {
                return Err(RebuildReason::Incompatible);
            }
            let mut broken = index.validate_checksum().map_err(|error| damaged(&error))?.into_iter();
            if let Some(file) = broken.next() {
                return Err(RebuildReason::Damaged(format!("{} has a wrong checksum", file.display())));
            }
            Shelf::new(index).map_err(|error| damaged(&error))
        };
        let (listings, organizations) = (shelf(Collection::Listings)?, shelf(Collection::Organizations)?);
        Ok(Generation { name, path, manifest, listings, organizations })
    }

    pub(super) fn shelf(&self, collection: Collection) -> &Shelf {
        match collection {
            Collection::Listings => &self.listings,
            Collection::Organizations => &self.organizations,
        }
    }

    /// Makes searches see what was committed.
    pub(super) fn reload(&self) -> Result<(), IndexError> {
        for collection in Collection::ALL {
            self.shelf(collection).reader.reload().map_err(unavailable)?;
        }
        Ok(())
    }

    /// Makes this generation the one that answers, and removes those that nobody can be answering from.
    pub(super) fn make_current(&self, root: &Path) -> Result<(), IndexError> {
        let previous = current_name(root);
        write_durably(&root.join(CURRENT), self.name.as_bytes())?;
        for number in numbers(root)? {
            let name = format!("{PREFIX}{number:06}");
            if name != self.name && Some(&name) != previous.as_ref() {
                // What cannot be removed now is removed by the next rebuild; nothing answers from it.
                if let Err(error) = fs::remove_dir_all(root.join(&name)) {
                    tracing::warn!(generation = name, %error, "old search index not removed");
                }
            }
        }
        Ok(())
    }

    /// Bytes of all its files.
    pub(super) fn bytes(&self) -> Result<u64, IndexError> {
        let mut bytes = 0;
        for collection in Collection::ALL {
            let searcher = self.shelf(collection).reader.searcher();
            bytes += searcher.space_usage().map_err(unavailable)?.total().get_bytes();
        }
        Ok(bytes)
    }
}

impl Shelf {
    fn new(index: Index) -> Result<Shelf, IndexError> {
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(STORE_CACHE_BLOCKS)
            .try_into()
            .map_err(unavailable)?;
        Ok(Shelf { index, reader })
    }

    /// The one writer; a second one, in any process, is refused while it lives.
    pub(super) fn writer(&self, heap_bytes: usize) -> Result<IndexWriter, IndexError> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(heap_bytes)
            .build();
        let writer: IndexWriter = self.index.writer_with_options(options).map_err(|error| {
            if matches!(error, TantivyError::LockFailure(LockError::LockBusy, _)) {
                IndexError::HeldElsewhere
            } else {
                unavailable(error)
            }
        })?;
        let mut merging = LogMergePolicy::default();
        merging.set_min_num_segments(SEGMENTS_MERGED);
        writer.set_merge_policy(Box::new(merging));
        // A process that was killed between writing a file and committing it left the file, and the next commit would make
        // one of the same name.
        writer.garbage_collect_files().wait().map_err(unavailable)?;
        Ok(writer)
    }
}

/// Makes the index's folder. What stands in its way is not ours to remove.
pub(super) fn make_folder(root: &Path) -> Result<(), IndexError> {
    fs::create_dir_all(root).map_err(|error| {
        let said = format!("cannot use the folder {}: {error}", root.display());
        unavailable(std::io::Error::new(error.kind(), said))
    })
}

/// The name in `CURRENT`; anything but a generation's name is as good as none.
pub(super) fn current_name(root: &Path) -> Option<String> {
    let name = fs::read_to_string(root.join(CURRENT)).ok()?;
    let name = name.trim();
    number(name).map(|_| name.to_owned())
}

fn number(name: &str) -> Option<u64> {
    let digits = name.strip_prefix(PREFIX)?;
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// Numbers of all generations on disk, finished or not.
fn numbers(root: &Path) -> Result<Vec<u64>, IndexError> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(root).map_err(unavailable)? {
        numbers.extend(entry.map_err(unavailable)?.file_name().to_str().and_then(number));
    }
    Ok(numbers)
}

/// Writes a small file so that after a crash it is there whole, old or new.
fn write_durably(path: &Path, content: &[u8]) -> Result<(), IndexError> {
    let beside = path.with_extension("new");
    let mut file = fs::File::create(&beside).map_err(unavailable)?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(unavailable)?;
    fs::rename(&beside, path).map_err(unavailable)?;
    if let Some(folder) = path.parent() {
        // The rename itself lives in the folder.
        fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(unavailable)?;
    }
    Ok(())
}
