//! Sealing bids: what the database keeps of one tells, before its opening, neither what is offered nor by whom.
//!
//! The secrets stand in a file of their own (`BFW_SEALING_KEY_FILE`). Whoever has the database without it has nothing but the
//! number of bids; whoever has the file without the database has nothing. Where the file is lost, sealed bids are lost.
//!
//! What it does not protect from: whoever can read the file and the database, or the memory of the process, can compute what
//! the process can. That is why the file belongs to the service's own account, and its backup somewhere else than the
//! database's.

mod check;
mod envelope;
mod keys;
mod padding;
mod rotate;
mod tags;

use std::{path::PathBuf, sync::Arc};

pub use check::check_sealing;
pub(super) use envelope::{Place, Plain, Refused, Terms, Unreadable};
pub(super) use keys::SealingKeys;
pub use rotate::RotatedSealing;

use super::store;
use crate::kernel::{Fault, Services, key_file::KeyFile};

/// The secrets that bids are sealed with. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sealing {
    file: Arc<KeyFile<SealingKeys>>,
}

impl Sealing {
    /// Opens the key file, and makes it where it is missing. Call it where no other process does the same.
    ///
    /// # Errors
    /// When it can be neither read nor made; and when it is gone while bids are sealed, for then another would only hide the
    /// loss.
    pub async fn start(services: &Services, file: PathBuf) -> Result<Self, Fault> {
        let file = KeyFile::at(file);
        if !file.exists()? {
            if store::sealed::any(&services.db).await? {
                let shown = file.path().display();
                return Err(Fault::Internal(format!(
                    "the key file {shown} (BFW_SEALING_KEY_FILE) is gone, and bids are sealed with it; bring it back from \
                     where it is kept"
                )));
            }
            let made = SealingKeys::made()?;
            file.replace(&made)?;
            tracing::info!(file = %file.path().display(), key = made.current().name(), "made the key that seals bids");
        }
        file.read()?;
        Ok(Self { file: Arc::new(file) })
    }

    /// The secrets as the file holds them now.
    pub(super) fn keys(&self) -> Result<Arc<SealingKeys>, Fault> {
        self.file.read()
    }

    /// The secret by which documents are held for sealed bids: see [`crate::documents::HoldKey`].
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn hold_key(&self) -> Result<crate::documents::HoldKey, Fault> {
        self.keys()?.hold_key()
    }
}
