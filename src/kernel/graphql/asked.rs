//! What a field asks for, found out once for all its siblings: of twenty organizations whose listings are asked for, all twenty are
//! asked for the same ones.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_graphql::Context;

/// What fields of one request ask for. Made anew for every request: a field is known by where it stands in the document.
pub struct Asked<T>(Mutex<Vec<(usize, T)>>);

impl<T> Default for Asked<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Asked<T> {
    /// What the field asks for, as `read` finds it out.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn of<E>(&self, ctx: &Context<'_>, read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let field = std::ptr::from_ref(ctx.item).addr();
        if let Some((_, asked)) = self.known().iter().find(|(known, _)| *known == field) {
            return Ok(asked.clone());
        }
        let asked = read()?;
        self.known().push((field, asked.clone()));
        Ok(asked)
    }

    fn known(&self) -> MutexGuard<'_, Vec<(usize, T)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
