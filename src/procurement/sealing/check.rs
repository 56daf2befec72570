//! The key file is looked at, by an operator who wonders whether all is well.

use std::{collections::BTreeSet, path::Path};

use super::{SealingKeys, envelope::sealed_with, store};
use crate::kernel::{db::Database, key_file::KeyFile};

/// What is found about the key file and the bids that are sealed, or what is wrong and how to mend it. That sealed bids can be
/// opened cannot be tried before their deadline; that the file has the keys that they name can. Changes nothing.
///
/// # Errors
/// What is wrong, for the operator to read.
pub async fn check_sealing(db: &Database, file: &Path) -> Result<String, String> {
    let shown = file.display();
    let named = store::sealed::wrapped_keys(db).await.map_err(|error| error.to_string())?;
    let Some(keys) = KeyFile::<SealingKeys>::at(file.to_owned()).examine()? else {
        if named.is_empty() {
            return Ok(format!("{shown} is not there yet; the first start of `bfw serve` makes it"));
        }
        return Err(format!(
            "{shown} is gone, and {} bids are sealed with it; bring it back from where it is kept",
            named.len()
        ));
    };
    let ids: BTreeSet<_> = named.iter().filter_map(|wrapped| sealed_with(wrapped)).collect();
    let missing: Vec<String> = ids.iter().filter(|id| keys.named(*id).is_none()).map(hex::encode).collect();
    if !missing.is_empty() {
        return Err(format!(
            "{shown} lacks the keys {} that bids are sealed with; bring them back from where it is kept",
            missing.join(", ")
        ));
    }
    let (current, count) = (keys.current().name(), keys.count());
    Ok(format!("{current} seals bids; {} are sealed with {count} keys that are all there", named.len()))
}
