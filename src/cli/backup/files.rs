//! Files of a backup: written so that they outlive a power cut, read so that every byte is accounted for.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

use sha2::{Digest as _, Sha256};

use super::{super::CommandError, manifest::FileEntry};
use crate::kernel::digest::Digest;

/// A backup holds what nobody but the operator may read.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// Bytes that are read at once.
const CHUNK: usize = 256 * 1024;

/// Makes a folder, or takes one that is empty.
pub(super) fn make_folder(folder: &Path) -> Result<(), CommandError> {
    let told = || CommandError::file(folder.display().to_string());
    match DirBuilder::new().mode(FOLDER_MODE).create(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            if std::fs::read_dir(folder).map_err(told())?.next().is_some() {
                let shown = folder.display();
                return Err(CommandError::Other(format!(
                    "{shown} is not empty; name a folder that is, or is not there"
                )));
            }
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(FOLDER_MODE)).map_err(told())
        }
        Err(error) => Err(told()(error)),
    }
}

/// Removes everything in a folder, and leaves the folder.
pub(super) fn empty_folder(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() { std::fs::remove_dir_all(path)? } else { std::fs::remove_file(path)? }
    }
    Ok(())
}

/// A new file that only its owner may read, with the folders that it lies in.
pub(super) fn create(file: &Path) -> io::Result<File> {
    if let Some(folder) = file.parent() {
        DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(file)
}

/// Brings a file to the disk, and lets nobody but its owner read it.
pub(super) fn guard(file: &Path) -> io::Result<()> {
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(FILE_MODE))?;
    File::open(file)?.sync_all()
}

/// Brings the names in a folder to the disk.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Copies a file into a new one, and tells what was copied.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<(u64, Digest)> {
    let mut written = create(to)?;
    let copied = read(from, |bytes| written.write_all(bytes))?;
    written.sync_all()?;
    Ok(copied)
}

/// The length of a file and what it hashes to.
pub(super) fn measure(file: &Path) -> io::Result<(u64, Digest)> {
    read(file, |_| Ok(()))
}

fn read(file: &Path, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<(u64, Digest)> {
    let (mut file, mut hash, mut length) = (File::open(file)?, Sha256::new(), 0_u64);
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => return Ok((length, Digest::finish(hash))),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read?,
        };
        let bytes = buffer.get(..read).unwrap_or_default();
        each(bytes)?;
        hash.update(bytes);
        length += bytes.len() as u64;
    }
}

/// What a backup's file is listed as.
pub(super) fn listed(folder: &Path, path: &str) -> Result<FileEntry, CommandError> {
    let file = folder.join(path);
    let told = || CommandError::file(file.display().to_string());
    guard(&file).map_err(told())?;
    let (bytes, sha256) = measure(&file).map_err(told())?;
    Ok(FileEntry { path: path.to_owned(), bytes, sha256: sha256.to_string() })
}

/// Work with files, which may take long, beside what else is to be done.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CommandError> + Send + 'static,
) -> Result<T, CommandError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| CommandError::Other(format!("work with a file ended badly: {error}")))?
}
