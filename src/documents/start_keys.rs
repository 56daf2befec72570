//! The keys that contents are sealed with are there, or are made.

use std::{path::PathBuf, sync::Arc};

use super::store;
use crate::kernel::{Fault, Services, blobs::DocumentKeys, key_file::KeyFile};

/// Opens the key file, and makes it where it is missing. Call it where no other process does the same.
///
/// # Errors
/// When it can be neither read nor made; and when it is gone while documents are sealed, for then another would only hide the loss.
pub async fn start_keys(services: &Services, file: PathBuf) -> Result<Arc<KeyFile<DocumentKeys>>, Fault> {
    let file = KeyFile::at(file);
    if !file.exists()? {
        if !store::blobs::keys(&services.db).await?.is_empty() {
            let shown = file.path().display();
            return Err(Fault::Internal(format!(
                "the key file {shown} (BFW_DOCUMENT_KEY_FILE) is gone, and documents are encrypted with it; bring it back from \
                 where it is kept"
            )));
        }
        let made = DocumentKeys::made()?;
        file.replace(&made)?;
        tracing::info!(file = %file.path().display(), key = made.current().name(), "made the key that documents are encrypted with");
    }
    file.read()?;
    Ok(Arc::new(file))
}
