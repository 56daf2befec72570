//! Reading the ids that a client gives.

use std::str::FromStr;

use async_graphql::ID;

use crate::kernel::{Rejections, UserError, id::IdError};

/// The id that stands at `path`; `kind` is its prefix.
///
/// # Errors
/// [`ErrorCode::InvalidId`](crate::kernel::ErrorCode::InvalidId) at the path where it is not one of that kind.
pub fn read_id<T: FromStr<Err = IdError>, P: ToString>(
    id: &ID,
    kind: &'static str,
    path: impl IntoIterator<Item = P>,
) -> Result<T, UserError> {
    id.parse().map_err(|error| UserError::from_id(&error, kind, path))
}

/// The ids of a list that stands at a field of `input`: those that are of the kind. What is wrong with the others is gathered,
/// each at its own place.
pub fn read_ids<T: FromStr<Err = IdError>>(
    ids: &[ID],
    kind: &'static str,
    field: &str,
    wrong: &mut Rejections,
) -> Vec<T> {
    let read = |(index, id)| wrong.take(read_id(id, kind, ["input", field, &usize::to_string(&index)]));
    ids.iter().enumerate().filter_map(read).collect()
}
