//! What every use case stands on.

use std::sync::Arc;

use super::{
    clock::{Clock, Timestamp},
    db::Database,
    id::{IdSource, UuidV7Source},
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
    /// Services whose new ids follow the clock.
    #[must_use]
    pub fn of(db: Database, clock: Arc<dyn Clock>) -> Self {
        let ids = Arc::new(UuidV7Source::new(Arc::clone(&clock)));
        Self { db, clock, ids }
    }

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
