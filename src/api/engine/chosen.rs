//! Which operation of a document runs.

use async_graphql::{
    Positioned, ServerError,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
};

use crate::api::error::{self, Code};

/// The operation to run (GraphQL, section 6.1, GetOperation).
pub(super) fn choose<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a Positioned<OperationDefinition>, Box<ServerError>> {
    let failure = |message: String| Box::new(error::error(Code::OperationResolutionFailure, message, None));
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok(operation),
        (DocumentOperations::Single(_), Some(_)) => {
            Err(failure("the document's only operation has no name; leave operationName out".to_owned()))
        }
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name).ok_or_else(|| {
            failure(format!("the document has no operation named \"{}\"", name.chars().take(100).collect::<String>()))
        }),
        (DocumentOperations::Multiple(operations), None) => match operations.values().next() {
            Some(only) if operations.len() == 1 => Ok(only),
            _ => Err(failure("the document has several operations; say which one with operationName".to_owned())),
        },
    }
}

/// The kind and the name of the operation that was chosen.
pub(super) fn described<'a>(
    document: &'a ExecutableDocument,
    name: Option<&'a str>,
) -> (&'static str, Option<&'a str>) {
    let kind = choose(document, name).map_or("", |chosen| match chosen.node.ty {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    });
    (kind, name.or_else(|| document.operations.iter().find_map(|(name, _)| name).map(|name| name.as_str())))
}
