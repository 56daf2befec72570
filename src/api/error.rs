//! Top-level GraphQL errors: one closed list of codes, and nothing of our inside.
//!
//! What a user can mend in a form is data (`userErrors`) and never comes here. What comes here is either the client program's
//! fault, told as exactly as possible, or ours, told as a code and a request id while the cause goes to the log.

use async_graphql::{ErrorExtensionValues, Pos, ServerError};

use super::{
    limits::{Violation, rate::UsedUp},
    validation::Problem,
};
use crate::kernel::telemetry::RequestId;

/// Every value that `extensions.code` can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// The HTTP request is not a GraphQL request: malformed JSON, a missing or mistyped member, a batch.
    BadRequest,
    /// The method cannot do this; a mutation over GET.
    MethodNotAllowed,
    /// The body is in a media type, charset or encoding that is not read here.
    UnsupportedMediaType,
    /// No media type that the client accepts can be given.
    NotAcceptable,
    /// The body is larger than allowed.
    PayloadTooLarge,
    /// The request did not arrive in time.
    RequestTimeout,
    /// The document is not GraphQL.
    GraphqlParseFailed,
    /// The document does not fit the schema.
    GraphqlValidationFailed,
    /// It is not clear which operation of the document to run.
    OperationResolutionFailure,
    /// The document asks for more than one request may.
    QueryLimitExceeded,
    /// A variable or argument has a value that its type does not take.
    BadUserInput,
    /// A credential is missing where one is needed, or is unknown, expired or revoked.
    Unauthenticated,
    /// The actor can see the thing but may not do this to it.
    Forbidden,
    /// The caller has used up what she may cost; the same request works once the allowance has come back.
    RateLimited,
    /// The operation took longer than allowed and was stopped.
    Timeout,
    /// The service is overloaded or a part of it is away; the same request may work later.
    Unavailable,
    /// Our fault. The request id leads to the cause in the log.
    Internal,
}

impl Code {
    /// All codes, in the order of their documentation.
    pub const ALL: [Self; 17] = [
        Self::BadRequest,
        Self::MethodNotAllowed,
        Self::UnsupportedMediaType,
        Self::NotAcceptable,
        Self::PayloadTooLarge,
        Self::RequestTimeout,
        Self::GraphqlParseFailed,
        Self::GraphqlValidationFailed,
        Self::OperationResolutionFailure,
        Self::QueryLimitExceeded,
        Self::BadUserInput,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::RateLimited,
        Self::Timeout,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The code on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::NotAcceptable => "NOT_ACCEPTABLE",
            Self::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
            Self::RequestTimeout => "REQUEST_TIMEOUT",
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::OperationResolutionFailure => "OPERATION_RESOLUTION_FAILURE",
            Self::QueryLimitExceeded => "QUERY_LIMIT_EXCEEDED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::RateLimited => "RATE_LIMITED",
            Self::Timeout => "TIMEOUT",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }

    /// The code of that name.
    #[must_use]
    pub fn from_wire(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }
}

/// A top-level error with its code.
#[must_use]
pub fn error(code: Code, message: impl Into<String>, at: Option<Pos>) -> ServerError {
    let mut error = ServerError::new(message, at);
    set_code(&mut error, code);
    error
}

/// An error of ours: the code, a message that says nothing of the cause, and the id to find the cause by.
#[must_use]
pub fn masked(code: Code, request_id: &RequestId) -> ServerError {
    let message = if code == Code::Timeout {
        "the operation took too long and was stopped"
    } else if code == Code::Unavailable {
        "the service cannot answer at the moment; try again later"
    } else {
        "internal error; the operator finds it under the request id"
    };
    let mut masked = error(code, message, None);
    extensions(&mut masked).set("requestId", request_id.as_str());
    masked
}

/// The caller has used up what she may cost; `retryAfter` are the seconds until there is enough again.
#[must_use]
pub fn rate_limited(used_up: UsedUp) -> ServerError {
    let seconds = used_up.seconds();
    let message = format!("what {} may cost is used up; nothing was done, come back in {seconds} s", used_up.whose);
    let mut limited = error(Code::RateLimited, message, None);
    extensions(&mut limited).set("retryAfter", seconds);
    limited
}

fn extensions(error: &mut ServerError) -> &mut ErrorExtensionValues {
    error.extensions.get_or_insert_default()
}

fn set_code(error: &mut ServerError, code: Code) {
    extensions(error).set("code", code.as_str());
}

/// The code an error carries, if it is one of ours.
#[must_use]
pub fn code(error: &ServerError) -> Option<Code> {
    let async_graphql::Value::String(name) = error.extensions.as_ref()?.get("code")? else { return None };
    Code::from_wire(name)
}

impl From<&Violation> for ServerError {
    fn from(violation: &Violation) -> Self {
        let code = match violation {
            Violation::UnterminatedString { .. } => Code::GraphqlParseFailed,
            Violation::FragmentCycle { .. } => Code::GraphqlValidationFailed,
            Violation::Tokens { .. }
            | Violation::Nesting { .. }
            | Violation::Word { .. }
            | Violation::ExpandedSelections { .. }
            | Violation::Aliases { .. }
            | Violation::RootFields { .. }
            | Violation::Directives { .. }
            | Violation::Operations { .. }
            | Violation::Introspection { .. } => Code::QueryLimitExceeded,
        };
        error(code, violation.to_string(), violation.position())
    }
}

/// Problems with variables as errors under one code.
#[must_use]
pub fn problems(code: Code, problems: Vec<Problem>) -> Vec<ServerError> {
    problems.into_iter().map(|problem| error(code, problem.message, Some(problem.at))).collect()
}

/// A parser's error without its picture of the source, which would send a long line back whole.
#[must_use]
pub fn parse_failed(parser: &async_graphql::parser::Error) -> ServerError {
    let text = parser.to_string();
    let reason = text.rsplit_once("\n  = ").map_or(text.as_str(), |(_, reason)| reason).trim();
    error(Code::GraphqlParseFailed, format!("syntax error: {reason}"), parser.positions().next())
}

/// Gives an error met before execution its code, and words that tell the limit.
pub fn classify_request_error(error: &mut ServerError, limits: &super::limits::Limits) {
    if code(error).is_some() {
        return;
    }
    // The library has no kinds for its errors; `limits_of_the_library_are_told_apart` holds these texts.
    let code = if error.message == "Query is too complex." {
        error.message =
            format!("the operation costs more than {}; page sizes multiply what is inside them", limits.complexity_max);
        Code::QueryLimitExceeded
    } else if error.message == "Query is nested too deep."
        || error.message.starts_with("The recursion depth of the query")
    {
        error.message = format!("the operation nests fields deeper than {}", limits.depth_max);
        Code::QueryLimitExceeded
    } else if error.message.starts_with("Invalid value for argument") {
        Code::BadUserInput
    } else {
        Code::GraphqlValidationFailed
    };
    set_code(error, code);
}

/// Gives an error met while running its code. Those with a code come from our own resolvers, which have said what may be
/// told (`kernel::graphql`); what has none was not meant for the client: it is logged and hidden.
pub fn classify_field_error(error: &mut ServerError, request_id: &RequestId) {
    if code(error).is_some() {
        return;
    }
    if is_input_error(error) {
        set_code(error, Code::BadUserInput);
        return;
    }
    tracing::error!(%request_id, path = %display_path(error), cause = %error.message, "field failed");
    let mut hidden = masked(Code::Internal, request_id);
    hidden.locations = std::mem::take(&mut error.locations);
    hidden.path = std::mem::take(&mut error.path);
    *error = hidden;
}

/// Whether the library's own reading of an argument failed: the only errors of its own that a field can have.
fn is_input_error(error: &ServerError) -> bool {
    error.source.is_none()
        && (error.message.starts_with("Failed to parse \"") || error.message.starts_with("Expected input type \""))
}

fn display_path(error: &ServerError) -> String {
    let segments = error.path.iter().map(|segment| match segment {
        async_graphql::PathSegment::Field(name) => name.clone(),
        async_graphql::PathSegment::Index(index) => index.to_string(),
    });
    segments.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart_on_the_wire() {
        for code in Code::ALL {
            assert_eq!(Code::from_wire(code.as_str()), Some(code));
        }
        let names: std::collections::HashSet<_> = Code::ALL.map(Code::as_str).into_iter().collect();
        assert_eq!(names.len(), Code::ALL.len());
    }

    #[test]
    fn syntax_errors_name_the_place_without_repeating_the_text() {
        let long = format!("{{ a(x: \"{}\") ", "é".repeat(5_000));
        let error = parse_failed(&async_graphql::parser::parse_query(long).unwrap_err());
        assert!(error.message.starts_with("syntax error: expected "), "{}", error.message);
        assert!(error.message.len() < 200, "{}", error.message);
        assert_eq!(error.locations.len(), 1);
        assert_eq!(code(&error), Some(Code::GraphqlParseFailed));
    }

    #[test]
    fn causes_of_our_own_failures_stay_with_us() {
        let id = RequestId::new("r-1");
        let mut failed = ServerError::new("connection to 10.0.0.7 refused", None);
        failed.path = vec![async_graphql::PathSegment::Field("listing".into())];
        classify_field_error(&mut failed, &id);
        assert_eq!(code(&failed), Some(Code::Internal));
        assert!(!failed.message.contains("10.0.0.7"));
        assert_eq!(failed.path.len(), 1);
        assert_eq!(failed.extensions.unwrap().get("requestId"), Some(&async_graphql::Value::from("r-1")));
    }

    #[test]
    fn errors_marked_for_the_client_are_left_alone() {
        let mut forbidden = error(Code::Forbidden, "not yours", None);
        classify_field_error(&mut forbidden, &RequestId::new("-"));
        assert_eq!((code(&forbidden), forbidden.message.as_str()), (Some(Code::Forbidden), "not yours"));
    }
}
