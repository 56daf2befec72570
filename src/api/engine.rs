//! From the text of a request to the body of its answer.
//!
//! ```text
//! text ─ cache ──────────────────────────────┐
//!   └─ source guard ─ parse ─ document guard ┴─ choose operation ─ check variables ─ run ─ classify errors
//! ```
//!
//! The schema is built twice. A document seen for the first time runs on the *full* one, with every validation rule. One that
//! came through without a request error is kept, and from then on runs on the *trusting* one, which repeats only what depends on
//! the variables: complexity and depth. Variables themselves are checked by [`validation`](super::validation) every time.
//! Only documents with a single operation are kept, since the library validates arguments of the chosen operation only.

use std::{collections::BTreeMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{
    ObjectType, Positioned, Request, Response, SchemaBuilder, ServerError, SubscriptionType, ValidationMode, Value,
    Variables,
    parser::{
        parse_query,
        types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection},
    },
};
use futures_util::{FutureExt, future::BoxFuture};
use tracing::Instrument as _;

use super::{
    documents::Documents,
    error::{self, Code},
    limits::{Limits, document, source},
    validation::{Problem, once, positions, types::Types, variables},
};
use crate::kernel::telemetry::{RequestId, traces};

/// What the engine is set up with.
#[derive(Debug, Clone)]
pub struct Options {
    /// The caps.
    pub limits: Limits,
    /// Whether clients may read the schema.
    pub introspection: bool,
    /// Whether errors suggest names that are spelt alike.
    pub suggestions: bool,
    /// How many documents are kept parsed.
    pub documents_kept: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { limits: Limits::default(), introspection: true, suggestions: true, documents_kept: 512 }
    }
}

/// A GraphQL request, read from HTTP.
#[derive(Debug, Default)]
pub struct Operation {
    /// The document.
    pub query: String,
    /// Which operation of the document to run.
    pub operation_name: Option<String>,
    /// Values for its variables.
    pub variables: Variables,
    /// Whether only queries may run, as over GET.
    pub read_only: bool,
}

/// How far a request came; the HTTP status follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Refused before anything ran: there is no `data`.
    Refused,
    /// Refused because the method may not do this.
    MethodNotAllowed,
    /// It ran; there is `data`, perhaps null, and perhaps errors of fields.
    Executed,
    /// It was stopped by the time limit: there is no `data`.
    TimedOut,
    /// It broke: there is no `data`.
    Broken,
}

/// A GraphQL answer.
#[derive(Debug)]
pub struct Reply {
    /// How far it came.
    pub stage: Stage,
    /// Errors, each with a code.
    pub errors: Vec<ServerError>,
    /// The result; absent unless [`Stage::Executed`].
    pub data: Option<Value>,
    /// What extensions have added.
    pub extensions: BTreeMap<String, Value>,
}

impl Reply {
    /// An answer of errors alone.
    #[must_use]
    pub fn refused(stage: Stage, errors: Vec<ServerError>) -> Self {
        Self { stage, errors, data: None, extensions: BTreeMap::new() }
    }
}

/// A document that has been read.
struct Document {
    tree: ExecutableDocument,
    not_null: Vec<positions::NotNull>,
}

type Run = Arc<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>;

/// Runs GraphQL requests against one schema.
pub struct Engine {
    full: Run,
    trusting: Run,
    types: Types,
    documents: Documents<Document>,
    options: Options,
    sdl: String,
}

impl Engine {
    /// Builds the engine from a schema builder without limits; it sets them.
    ///
    /// # Errors
    /// When the schema's own SDL cannot be read back.
    pub fn new<Q, M, S>(
        build: impl Fn() -> SchemaBuilder<Q, M, S>,
        options: Options,
    ) -> Result<Self, async_graphql::parser::Error>
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        let limited = |mode: ValidationMode| {
            let mut builder = build()
                .validation_mode(mode)
                .limit_complexity(options.limits.complexity_max)
                .limit_depth(options.limits.depth_max);
            if !options.introspection {
                builder = builder.disable_introspection();
            }
            if !options.suggestions {
                builder = builder.disable_suggestions();
            }
            builder.finish()
        };
        let full = limited(ValidationMode::Strict);
        let trusting = limited(ValidationMode::Fast);
        let sdl = full.sdl();
        Ok(Self {
            types: Types::from_sdl(&sdl)?.discreet(!options.suggestions),
            full: Arc::new(move |request| {
                let schema = full.clone();
                async move { schema.execute(request).await }.boxed()
            }),
            trusting: Arc::new(move |request| {
                let schema = trusting.clone();
                async move { schema.execute(request).await }.boxed()
            }),
            documents: Documents::new(options.documents_kept),
            options,
            sdl,
        })
    }

    /// The caps in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.options.limits
    }

    /// The schema as the library writes it, unsorted.
    #[must_use]
    pub fn sdl(&self) -> &str {
        &self.sdl
    }

    /// Runs one request. `prepare` adds what resolvers need to it.
    pub async fn execute(
        &self,
        operation: Operation,
        request_id: &RequestId,
        prepare: impl FnOnce(Request) -> Request,
    ) -> Reply {
        let kept = self.documents.get(&operation.query);
        let is_new = kept.is_none();
        let document = match kept.map_or_else(|| self.read(&operation.query), Ok) {
            Ok(document) => document,
            Err(errors) => return Reply::refused(Stage::Refused, errors),
        };
        if let Err((stage, errors)) = self.check(&operation, &document) {
            return Reply::refused(stage, errors);
        }

        let trace = traces::operation(|| described(&document.tree, operation.operation_name.as_deref()));
        let mut request = Request::new("").variables(operation.variables);
        request.operation_name = operation.operation_name;
        request.set_parsed_query(document.tree.clone());
        let run = if is_new { &self.full } else { &self.trusting };
        let running = AssertUnwindSafe(run(prepare(request))).catch_unwind().instrument(trace);
        let response = match tokio::time::timeout(Duration::from_millis(self.options.limits.execution_ms_max), running)
            .await
        {
            Ok(Ok(response)) => response,
            Ok(Err(panic)) => {
                tracing::error!(%request_id, cause = panic_text(panic.as_ref()), "resolver panicked");
                return Reply::refused(Stage::Broken, vec![error::masked(Code::Internal, request_id)]);
            }
            Err(_) => {
                tracing::warn!(%request_id, limit_ms = self.options.limits.execution_ms_max, "operation stopped by the time limit");
                return Reply::refused(Stage::TimedOut, vec![error::masked(Code::Timeout, request_id)]);
            }
        };
        let reply = self.classify(response, request_id);
        if is_new && reply.stage == Stage::Executed && document.tree.operations.iter().len() == 1 {
            self.documents.insert(&operation.query, document);
        }
        reply
    }

    /// Guards, parses and measures a text.
    fn read(&self, text: &str) -> Result<Arc<Document>, Vec<ServerError>> {
        let limits = &self.options.limits;
        source::inspect(text, limits).map_err(|violation| vec![ServerError::from(&violation)])?;
        let mut tree = parse_query(text).map_err(|failure| vec![error::parse_failed(&failure)])?;
        document::inspect(&tree, limits).map_err(|violation| vec![ServerError::from(&violation)])?;
        if !self.options.introspection
            && let Some(at) = introspects(&tree)
        {
            return Err(vec![error::error(
                Code::GraphqlValidationFailed,
                "introspection is switched off on this server",
                Some(at),
            )]);
        }
        once::enforce(&mut tree).map_err(|found| error::problems(Code::GraphqlValidationFailed, vec![found]))?;
        let not_null = positions::check(&self.types, &tree, limits.errors_max)
            .map_err(|found| error::problems(Code::GraphqlValidationFailed, found))?;
        Ok(Arc::new(Document { tree, not_null }))
    }

    /// Checks what may differ between two requests with the same document.
    fn check(&self, operation: &Operation, document: &Document) -> Result<(), (Stage, Vec<ServerError>)> {
        let refused = |errors| (Stage::Refused, errors);
        let chosen =
            choose(&document.tree, operation.operation_name.as_deref()).map_err(|failure| refused(vec![*failure]))?;
        match chosen.node.ty {
            OperationType::Query => {}
            OperationType::Mutation if operation.read_only => {
                let failure = error::error(Code::MethodNotAllowed, "mutations are sent with POST", Some(chosen.pos));
                return Err((Stage::MethodNotAllowed, vec![failure]));
            }
            OperationType::Mutation => {}
            OperationType::Subscription => {
                let failure = error::error(
                    Code::OperationResolutionFailure,
                    "subscriptions are not served over this transport",
                    Some(chosen.pos),
                );
                return Err(refused(vec![failure]));
            }
        }
        let mut found = variables::check(
            &self.types,
            &chosen.node.variable_definitions,
            &operation.variables,
            self.options.limits.errors_max,
        )
        .err()
        .unwrap_or_default();
        for use_ in &document.not_null {
            let is_chosen =
                operation.operation_name.is_none() || use_.operation.as_deref() == operation.operation_name.as_deref();
            if is_chosen && operation.variables.get(&use_.variable) == Some(&Value::Null) {
                let message = format!(
                    "variable \"${}\": null is not taken where it is used; leave it out instead",
                    use_.variable
                );
                found.push(Problem { message, at: use_.at });
            }
        }
        if found.is_empty() { Ok(()) } else { Err(refused(error::problems(Code::BadUserInput, found))) }
    }

    fn classify(&self, response: Response, request_id: &RequestId) -> Reply {
        let Response { mut errors, data, extensions, .. } = response;
        // Only errors of fields have a path, and a field only fails once its operation runs.
        let refused = errors.iter().any(|failure| failure.path.is_empty());
        errors.truncate(self.options.limits.errors_max);
        for failure in &mut errors {
            if refused {
                error::classify_request_error(failure, &self.options.limits);
            } else {
                error::classify_field_error(failure, request_id);
            }
        }
        if refused {
            return Reply::refused(Stage::Refused, errors);
        }
        Reply { stage: Stage::Executed, errors, data: Some(data), extensions }
    }
}

/// The operation to run (GraphQL, section 6.1, GetOperation).
fn choose<'a>(
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
fn described<'a>(document: &'a ExecutableDocument, name: Option<&'a str>) -> (&'static str, Option<&'a str>) {
    let kind = choose(document, name).map_or("", |chosen| match chosen.node.ty {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    });
    (kind, name.or_else(|| document.operations.iter().find_map(|(name, _)| name).map(|name| name.as_str())))
}

/// The first introspection field of a document, if there is one. `__typename` is not introspection.
fn introspects(document: &ExecutableDocument) -> Option<async_graphql::Pos> {
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set);
    let mut open: Vec<_> =
        operations.chain(document.fragments.values().map(|fragment| &fragment.node.selection_set)).collect();
    while let Some(set) = open.pop() {
        for selection in &set.node.items {
            match &selection.node {
                Selection::Field(field) if matches!(field.node.name.node.as_str(), "__schema" | "__type") => {
                    return Some(field.pos);
                }
                Selection::Field(field) => open.push(&field.node.selection_set),
                Selection::InlineFragment(fragment) => open.push(&fragment.node.selection_set),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    None
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}
