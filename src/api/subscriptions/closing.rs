//! Anything that has to do with a connection may ask for its end; the first reason counts.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

use super::close::Close;

/// Asks for the end of a connection. Clones ask for the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Closing {
    why: Arc<OnceLock<Close>>,
    asked: CancellationToken,
}

impl Closing {
    /// Asks for it.
    pub(super) fn ask(&self, why: Close) {
        // Whoever asked before has given the reason.
        let _given_before = self.why.set(why);
        self.asked.cancel();
    }

    pub(super) fn is_asked(&self) -> bool {
        self.asked.is_cancelled()
    }

    /// Why, once it was asked for.
    pub(super) async fn asked(&self) -> Close {
        self.asked.cancelled().await;
        self.why.get().cloned().unwrap_or(Close::Internal)
    }
}
