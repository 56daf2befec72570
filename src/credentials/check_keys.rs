//! The keys are looked at, by an operator who wonders whether all is well.

use std::path::Path;

use super::{key_ring::KeyRing, store};
use crate::kernel::db::Database;

/// What is found about the key file, or what is wrong with it and how to mend it. Changes nothing.
///
/// # Errors
/// What is wrong, for the operator to read.
pub async fn check_keys(db: &Database, file: &Path) -> Result<String, String> {
    let known = store::keys::kept(db).await.map_err(|error| error.to_string())?;
    let shown = file.display();
    let keys = match KeyRing::at(file.to_owned()).examine()? {
        Some(keys) => keys,
        None if known.is_empty() => {
            return Ok(format!("{shown} is not there yet; the first start of `bfw serve` makes it"));
        }
        None => {
            return Err(format!(
                "{shown} is gone; bring it back from where it is kept, or let the next start make a new one: what was \
                 signed is verified as before"
            ));
        }
    };
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
