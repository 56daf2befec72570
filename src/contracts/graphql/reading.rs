//! What inputs have in common.

use std::str::FromStr;

use async_graphql::ID;

use crate::{
    documents::DocumentId,
    kernel::{Rejections, UserError, id::IdError},
};

/// An id of a kind, or what is wrong with it.
pub(super) fn parsed<T: FromStr<Err = IdError>>(
    id: &ID,
    expected: &'static str,
    path: &[&str],
) -> Result<T, UserError> {
    id.parse().map_err(|error| UserError::from_id(&error, expected, path))
}

/// The ids of documents at `input.documentIds`.
pub(super) fn documents(ids: Option<Vec<ID>>, wrong: &mut Rejections) -> Vec<DocumentId> {
    let ids = ids.unwrap_or_default();
    let read = |(index, id): (usize, &ID)| {
        let index = index.to_string();
        wrong.take(parsed(id, DocumentId::PREFIX, &["input", "documentIds", &index]))
    };
    ids.iter().enumerate().filter_map(read).collect()
}
