//! How failures reach a client: what she can mend as data or as an error with a code; what only we can, masked.

use async_graphql::{Context, Error, ErrorExtensions};

use super::{UserError, locale, request_id};
use crate::kernel::{
    blobs::BlobError,
    db::{Trouble, trouble},
    error::{ErrorCode, Failure, Fault},
};

/// The `extensions.code` of a top-level error: a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemErrorCode {
    /// An argument of a query is wrong; `extensions.userErrors` says which.
    BadUserInput,
    /// The field needs a signed-in person, or the bearer token is unknown or expired.
    Unauthenticated,
    /// The person may not see this field.
    Forbidden,
    /// A part that the field needs is away or overloaded; try again later.
    Unavailable,
    /// The request took longer than is allowed.
    Timeout,
    /// Something failed that only the operator can mend; the log has it under the request id.
    Internal,
}

impl SystemErrorCode {
    /// The code as clients see it.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::Unavailable => "UNAVAILABLE",
            Self::Timeout => "TIMEOUT",
            Self::Internal => "INTERNAL",
        }
    }
}

/// An error with its code and the request's id.
#[must_use]
pub fn system_error(ctx: &Context<'_>, code: SystemErrorCode, message: impl Into<String>) -> Error {
    let id = request_id(ctx);
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", code.wire());
        extensions.set("requestId", id.as_str());
    })
}

/// Turns the failure of a query's field into a top-level error.
#[must_use]
pub fn failure(ctx: &Context<'_>, failure: Failure) -> Error {
    let errors = match failure {
        Failure::Fault(cause) => return fault(ctx, &cause),
        Failure::Rejected(errors) => errors,
    };
    let language = locale(ctx);
    let first = errors.first().map(|error| error.code);
    let code = match first {
        Some(ErrorCode::Unauthenticated) => SystemErrorCode::Unauthenticated,
        Some(ErrorCode::Forbidden) => SystemErrorCode::Forbidden,
        Some(_) | None => SystemErrorCode::BadUserInput,
    };
    let message = errors.first().map_or_else(String::new, |error| error.message(language));
    let list: Vec<async_graphql::Value> = errors
        .iter()
        .map(|error| {
            async_graphql::value!({
                "code": error.code.wire(),
                "message": error.message(language),
                "path": error.path.clone(),
            })
        })
        .collect();
    system_error(ctx, code, message)
        .extend_with(|_, extensions| extensions.set("userErrors", async_graphql::Value::List(list)))
}

/// Logs a fault under the request's id and gives what may be shown of it.
#[must_use]
pub fn fault(ctx: &Context<'_>, fault: &Fault) -> Error {
    let request = request_id(ctx);
    let unavailable = SystemErrorCode::Unavailable;
    let internal = (SystemErrorCode::Internal, "internal error; the operator finds it under the request id");
    let (code, message) = match fault.cause() {
        Fault::Overloaded(_) => (unavailable, "the service is overloaded; try again in a moment"),
        Fault::Search(_) => (unavailable, "search is not available at the moment; try again later"),
        Fault::Store(BlobError::Unreadable(_)) => (
            SystemErrorCode::Internal,
            "the document cannot be read or kept; the operator finds it under the request id",
        ),
        Fault::Store(BlobError::Unavailable(_) | BlobError::Refused(_)) => {
            (unavailable, "documents cannot be stored or read at the moment; try again later")
        }
        Fault::Database(error) => match trouble(error) {
            Trouble::Busy => (unavailable, "the database is busy; nothing was changed, try again in a moment"),
            Trouble::Full => (unavailable, "the storage is full; nothing was changed, the operator has to make room"),
            Trouble::Away => (unavailable, "the database cannot be reached; try again later"),
            Trouble::Broken => internal,
        },
        Fault::Io(_) | Fault::Corrupt { .. } | Fault::Internal(_) | Fault::Shared(_) => internal,
    };
    tracing::error!(request_id = %request, error = %fault, code = code.wire(), "request failed");
    metrics::counter!("bfw_faults_total", "code" => code.wire()).increment(1);
    system_error(ctx, code, message)
}

/// The errors of a refused mutation as data.
///
/// # Errors
/// The masked form of a fault.
pub fn user_errors(ctx: &Context<'_>, failure: Failure) -> Result<Vec<UserError>, Error> {
    match failure {
        Failure::Rejected(errors) => Ok(errors.into_iter().map(UserError).collect()),
        Failure::Fault(cause) => Err(fault(ctx, &cause)),
    }
}
