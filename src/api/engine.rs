//! From the text of a request to the body of its answer.
//!
//! ```text
//! text ─ cache ──────────────────────────────┐
//!   └─ source guard ─ parse ─ document guard ┴─ choose operation ─ check variables ─ measure ─ charge ─ run ─ classify errors
//! ```
//!
//! The schema is built three times. A document seen for the first time is put to the *measuring* one, which holds it against every
//! validation rule and limit, tells what it costs, and runs nothing. One that came through is kept, with its cost for each length
//! of pages that was asked for, and runs on the *trusting* one, which repeats nothing of that.
//! Variables themselves are checked by [`validation`](super::validation) every time.
//! Only documents with a single operation are kept, since the library validates arguments of the chosen operation only.
//! A subscription runs on the *following* one, where what its answers are read with is renewed for each ([`super::renewal`]).

mod chosen;
mod cost;
mod reply;
mod trusted;

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{
    ObjectType, Request, Response, SchemaBuilder, ServerError, SubscriptionType, ValidationMode, Value,
    parser::{
        parse_query,
        types::{ExecutableDocument, OperationType, Selection},
    },
};
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::BoxStream};
use tracing::Instrument as _;

pub use self::{
    cost::Cost,
    reply::{Operation, Reply, Stage},
};
use self::{
    cost::{Costs, Measure},
    trusted::Trusted,
};
use super::{
    documents::Documents,
    error::{self, Code},
    limits::{Limits, document, rate::UsedUp, source},
    renewal::Renewals,
    validation::{Problem, once, positions, single, twice, types::Types, variables},
};
use crate::kernel::{
    graphql::{AsTree, Plans},
    telemetry::{RequestId, traces},
};

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

/// A document that has been read.
struct Document {
    tree: ExecutableDocument,
    not_null: Vec<positions::NotNull>,
    /// Whether something of it is put together of two selections.
    selects_twice: bool,
    costs: Costs,
}

type Run = Arc<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>;
type Follow = Arc<dyn Fn(Request) -> BoxStream<'static, Response> + Send + Sync>;

/// What becomes of a request over a connection that stays open.
pub enum Started {
    /// It was answered, once.
    Answered(Reply),
    /// It is answered again and again, until the stream ends.
    Following(BoxStream<'static, Reply>),
}

/// Why a request does not run: how far it came, and what is told.
type Refused = (Stage, Vec<ServerError>);

/// Runs GraphQL requests against one schema.
pub struct Engine {
    measuring: Run,
    trusting: Run,
    follow: Follow,
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
            builder
        };
        let measuring = limited(ValidationMode::Strict).extension(Measure).finish();
        let trusting = limited(ValidationMode::Fast).extension(Trusted).finish();
        let renewals = Renewals::within(Duration::from_millis(options.limits.execution_ms_max));
        let following = limited(ValidationMode::Fast).extension(renewals).finish();
        let sdl = trusting.sdl();
        Ok(Self {
            types: Types::from_sdl(&sdl)?.discreet(!options.suggestions),
            measuring: Arc::new(move |request| {
                let schema = measuring.clone();
                async move { schema.execute(request).await }.boxed()
            }),
            trusting: Arc::new(move |request| {
                let schema = trusting.clone();
                async move { schema.execute(request).await }.boxed()
            }),
            follow: Arc::new(move |request| following.execute_stream(request)),
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

    /// Runs one request. `charge` is told what it costs and may refuse it; `prepare` adds what resolvers need to it.
    pub async fn execute(
        &self,
        operation: Operation,
        request_id: &RequestId,
        charge: impl FnOnce(u32) -> Result<Option<Cost>, UsedUp>,
        prepare: impl FnOnce(Request) -> Request,
    ) -> Reply {
        let (document, ty) = match self.examined(&operation) {
            Ok(examined) => examined,
            Err((stage, errors)) => return Reply::refused(stage, errors),
        };
        if ty == OperationType::Subscription {
            let message = "subscriptions are served over a WebSocket that speaks graphql-transport-ws";
            let failure = error::error(Code::OperationResolutionFailure, message, None);
            return Reply::refused(Stage::Refused, vec![failure]);
        }
        match self.charged(&operation, &document, request_id, charge).await {
            Ok(cost) => Reply { cost, ..self.answer(operation, &document, request_id, prepare).await },
            Err(refused) => refused,
        }
    }

    /// Runs one request of a connection that stays open: a subscription is followed, and anything else answered as by
    /// [`Engine::execute`].
    pub async fn start(
        self: Arc<Self>,
        operation: Operation,
        request_id: RequestId,
        charge: impl FnOnce(u32) -> Result<Option<Cost>, UsedUp>,
        prepare: impl FnOnce(Request) -> Request,
    ) -> Started {
        let (document, ty) = match self.examined(&operation) {
            Ok(examined) => examined,
            Err((stage, errors)) => return Started::Answered(Reply::refused(stage, errors)),
        };
        let cost = match self.charged(&operation, &document, &request_id, charge).await {
            Ok(cost) => cost,
            Err(refused) => return Started::Answered(refused),
        };
        if ty != OperationType::Subscription {
            let reply = self.answer(operation, &document, &request_id, prepare).await;
            return Started::Answered(Reply { cost, ..reply });
        }
        let answers = (self.follow)(request(operation, &document, prepare));
        Started::Following(answers.map(move |response| self.classify(response, &request_id)).boxed())
    }

    /// The document of a request, read and held against its variables, and what it does.
    fn examined(&self, operation: &Operation) -> Result<(Arc<Document>, OperationType), Refused> {
        let document = self.documents.get(&operation.query).map_or_else(|| self.read(&operation.query), Ok);
        let document = document.map_err(|errors| (Stage::Refused, errors))?;
        let ty = self.check(operation, &document)?;
        Ok((document, ty))
    }

    /// Has an operation paid for.
    async fn charged(
        &self,
        operation: &Operation,
        document: &Arc<Document>,
        request_id: &RequestId,
        charge: impl FnOnce(u32) -> Result<Option<Cost>, UsedUp>,
    ) -> Result<Option<Cost>, Reply> {
        let requested = match document.costs.of(&operation.variables) {
            Some(requested) => requested,
            None => self.measure(operation, document, request_id).await?,
        };
        charge(requested)
            .map_err(|used_up| Reply::refused(Stage::RateLimited(used_up), vec![error::rate_limited(used_up)]))
    }

    /// Validates an operation, which is new or asks for pages of lengths that are, and gives what it costs.
    async fn measure(
        &self,
        operation: &Operation,
        document: &Arc<Document>,
        request_id: &RequestId,
    ) -> Result<u32, Reply> {
        let mut request = Request::new("").variables(operation.variables.clone());
        request.operation_name.clone_from(&operation.operation_name);
        request.set_parsed_query(document.tree.clone());
        let response = self.run(&self.measuring, request, request_id).await?;
        let requested = match Measure::found(&response) {
            Some(requested) if response.errors.is_empty() => requested,
            _ => return Err(self.classify(response, request_id)),
        };
        // What a document with several operations costs depends on which of them runs, and its arguments were looked at for
        // this one only.
        if document.tree.operations.iter().len() == 1 {
            document.costs.keep(&operation.variables, requested);
            self.documents.insert(&operation.query, Arc::clone(document));
        }
        Ok(requested)
    }

    async fn answer(
        &self,
        operation: Operation,
        document: &Document,
        request_id: &RequestId,
        prepare: impl FnOnce(Request) -> Request,
    ) -> Reply {
        let trace = traces::operation(|| chosen::described(&document.tree, operation.operation_name.as_deref()));
        let request = request(operation, document, prepare);
        match self.run(&self.trusting, request, request_id).instrument(trace).await {
            Ok(response) => self.classify(response, request_id),
            Err(refused) => refused,
        }
    }

    /// Runs a request on one of the schemas, within the time limit.
    async fn run(&self, schema: &Run, request: Request, request_id: &RequestId) -> Result<Response, Reply> {
        let running = AssertUnwindSafe(schema(request)).catch_unwind();
        match tokio::time::timeout(Duration::from_millis(self.options.limits.execution_ms_max), running).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(panic)) => {
                tracing::error!(%request_id, cause = panic_text(panic.as_ref()), "resolver panicked");
                Err(Reply::refused(Stage::Broken, vec![error::masked(Code::Internal, request_id)]))
            }
            Err(_) => {
                tracing::warn!(%request_id, limit_ms = self.options.limits.execution_ms_max, "operation stopped by the time limit");
                Err(Reply::refused(Stage::TimedOut, vec![error::masked(Code::Timeout, request_id)]))
            }
        }
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
        once::enforce(&mut tree)
            .and_then(|()| single::enforce(&mut tree))
            .map_err(|found| error::problems(Code::GraphqlValidationFailed, vec![found]))?;
        let not_null = positions::check(&self.types, &tree, limits.errors_max)
            .map_err(|found| error::problems(Code::GraphqlValidationFailed, found))?;
        let costs = Costs::of_document(&tree);
        let selects_twice = twice::selects(&tree);
        Ok(Arc::new(Document { tree, not_null, selects_twice, costs }))
    }

    /// Checks what may differ between two requests with the same document.
    fn check(&self, operation: &Operation, document: &Document) -> Result<OperationType, Refused> {
        let refused = |errors| (Stage::Refused, errors);
        let chosen = chosen::choose(&document.tree, operation.operation_name.as_deref())
            .map_err(|failure| refused(vec![*failure]))?;
        match chosen.node.ty {
            OperationType::Query => {}
            OperationType::Mutation if operation.read_only => {
                let failure = error::error(Code::MethodNotAllowed, "mutations are sent with POST", Some(chosen.pos));
                return Err((Stage::MethodNotAllowed, vec![failure]));
            }
            OperationType::Mutation | OperationType::Subscription => {}
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
        if found.is_empty() { Ok(chosen.node.ty) } else { Err(refused(error::problems(Code::BadUserInput, found))) }
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
        Reply { stage: Stage::Executed, errors, data: Some(data), extensions, cost: None }
    }
}

/// What the library is asked.
fn request(operation: Operation, document: &Document, prepare: impl FnOnce(Request) -> Request) -> Request {
    let mut request = Request::new("").variables(operation.variables);
    request.operation_name = operation.operation_name;
    request.set_parsed_query(document.tree.clone());
    let request = prepare(request);
    if document.selects_twice { request.data(AsTree) } else { request.data(Plans::default()) }
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
