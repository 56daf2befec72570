//! Fields of updates: what the client left out, and what it set to null.

use async_graphql::MaybeUndefined;

use crate::kernel::change::Change;

impl<T> From<MaybeUndefined<T>> for Change<T> {
    fn from(field: MaybeUndefined<T>) -> Self {
        match field {
            MaybeUndefined::Undefined => Self::Keep,
            MaybeUndefined::Null => Self::Clear,
            MaybeUndefined::Value(value) => Self::Set(value),
        }
    }
}
