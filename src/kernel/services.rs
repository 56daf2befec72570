//! What every use case stands on.

use std::sync::Arc;

use super::{
    clock::{Clock, Timestamp},
    db::Database,
    id::IdSource,
};

/// The database, the time and new ids. Cheap to clone; each room's handle holds one.
#[derive(Clone)]
pub struct Services {
    /// The database.
    pub db: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
}

impl Services {
    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services").field("db", &self.db).finish_non_exhaustive()
    }
}
