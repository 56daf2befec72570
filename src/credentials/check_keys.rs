//! The keys are looked at, by an operator who wonders whether all is well.

use std::{os::unix::fs::PermissionsExt as _, path::Path};

use super::{model::KeySet, store};
use crate::kernel::db::Database;

/// Bits of a file's mode that let others than its owner have it.
const OTHERS: u32 = 0o077;

/// What is found about the key file, or what is wrong with it and how to mend it. Changes nothing.
///
/// # Errors
/// What is wrong, for the operator to read.
pub async fn check_keys(db: &Database, file: &Path) -> Result<String, String> {
    let known = store::keys::kept(db).await.map_err(|error| error.to_string())?;
    let shown = file.display();
    let metadata = match file.metadata() {
        Ok(metadata) => metadata,
        Err(_) if known.is_empty() => {
            return Ok(format!("{shown} is not there yet; the first start of `bfw serve` makes it"));
        }
        Err(error) => {
            return Err(format!(
                "{shown}: {error}; bring it back from where it is kept, or let the next start make a new one: what was \
                 signed is verified as before"
            ));
        }
    };
    let mode = metadata.permissions().mode();
    if mode & OTHERS != 0 {
        return Err(format!("{shown} may be read by others (mode {:o}); run `chmod 600 {shown}`", mode & 0o777));
    }
    let text = std::fs::read_to_string(file).map_err(|error| format!("{shown}: {error}; let its owner run this"))?;
    let keys = KeySet::read(&text).map_err(|error| format!("{shown}: {error}; bring it back from where it is kept"))?;
    let current = keys.current.kid();
    match known.iter().find(|key| key.public.kid == current) {
        None => {
            Err(format!("the database does not know {current}, which would sign; start `bfw serve` or `bfw worker`"))
        }
        Some(key) if key.public.bytes != keys.current.public().bytes => {
            Err(format!("the database has another key under the name {current}; compare with a backup"))
        }
        Some(key) if key.retired => Err(format!(
            "{current} signs, though another took its place; put back the newer file, or run `bfw credentials rotate-key`"
        )),
        Some(_) => Ok(format!("{current} signs; {} keys in the DID document", known.len())),
    }
}
