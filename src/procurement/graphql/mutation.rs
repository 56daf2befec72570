//! Writing requests, and questions about them.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{
    AmendProcurementRequestInput, CreateProcurementRequestInput, Loaders, ProcurementRequest, RequestQuestion,
    UpdateProcurementRequestInput, procurement,
};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    kernel::{ErrorCode, Outcome, Rejections, UserError, graphql::read_id},
    payload,
    procurement::{
        AnswerQuestion, AskQuestion, CancelProcurementRequest, PublishProcurementRequest, QuestionId, RequestId,
        model::question::Question,
    },
};

/// Which draft to publish.
#[derive(Debug, Clone, InputObject)]
pub struct PublishProcurementRequestInput {
    /// The request.
    pub request_id: ID,
    /// Refuses it if the request is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Which request to give up, and why.
#[derive(Debug, Clone, InputObject)]
pub struct CancelProcurementRequestInput {
    /// The request.
    pub request_id: ID,
    /// Why; everybody reads it. 3 to 2,000 signs.
    pub reason: String,
    /// Refuses it if the request is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// What to ask about a request.
#[derive(Debug, Clone, InputObject)]
pub struct AskQuestionInput {
    /// The request.
    pub request_id: ID,
    /// For which organization; the caller bids for it. Told to nobody else before the request has closed.
    pub organization_id: ID,
    /// What, 3 to 4,000 signs. Everybody reads it once it is answered; name nobody in it.
    pub question: String,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// What to answer to a question.
#[derive(Debug, Clone, InputObject)]
pub struct AnswerQuestionInput {
    /// The question.
    pub question_id: ID,
    /// The answer, 3 to 4,000 signs. Everybody reads it.
    pub answer: String,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

payload! {
    /// What the mutations of a request give back.
    ProcurementRequestPayload {
        /// The request as it stands now; null when the mutation was refused.
        procurement_request: ProcurementRequest,
    }
}

payload! {
    /// What the mutations of a question give back.
    QuestionPayload {
        /// The question as it stands now; null when the mutation was refused.
        question: RequestQuestion,
    }
}

/// The mutations of requests.
#[derive(Debug, Default, Clone, Copy)]
pub struct RequestsMutation;

#[Object]
impl RequestsMutation {
    /// Writes a draft of a request. Only the buyer sees it until it is published.
    async fn create_procurement_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] input: CreateProcurementRequestInput,
    ) -> Result<ProcurementRequestPayload> {
        let outcome = match input.read(ctx) {
            Ok(command) => Box::pin(procurement(ctx)?.create_request(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        ProcurementRequestPayload::from_outcome(ctx, outcome.map(ProcurementRequest))
    }

    /// Changes a draft.
    async fn update_procurement_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateProcurementRequestInput,
    ) -> Result<ProcurementRequestPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.update_request(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        ProcurementRequestPayload::from_outcome(ctx, outcome.map(ProcurementRequest))
    }

    /// Shows a draft to everybody, and takes bids until its deadline. It is checked by the rules of the day.
    async fn publish_procurement_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request.")] input: PublishProcurementRequestInput,
    ) -> Result<ProcurementRequestPayload> {
        let request = read_id(&input.request_id, RequestId::PREFIX, ["input", "requestId"]);
        let outcome = match request {
            Ok(request) => {
                let command = PublishProcurementRequest {
                    request,
                    expected_version: input.expected_version,
                    idempotency_key: input.idempotency_key,
                };
                Box::pin(procurement(ctx)?.publish_request(actor(ctx), command)).await
            }
            Err(error) => Err(error.into()),
        };
        ProcurementRequestPayload::from_outcome(ctx, outcome.map(ProcurementRequest))
    }

    /// Gives a published request another wording, before its deadline. Bids that were placed have to be confirmed for it.
    async fn amend_procurement_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes, and why.")] input: AmendProcurementRequestInput,
    ) -> Result<ProcurementRequestPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.amend_request(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        ProcurementRequestPayload::from_outcome(ctx, outcome.map(ProcurementRequest))
    }

    /// Gives a request up for good. Bids that are sealed stay sealed.
    async fn cancel_procurement_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request, and why.")] input: CancelProcurementRequestInput,
    ) -> Result<ProcurementRequestPayload> {
        let request = read_id(&input.request_id, RequestId::PREFIX, ["input", "requestId"]);
        let outcome = match request {
            Ok(request) => {
                let command = CancelProcurementRequest {
                    request,
                    reason: input.reason,
                    expected_version: input.expected_version,
                    idempotency_key: input.idempotency_key,
                };
                Box::pin(procurement(ctx)?.cancel_request(actor(ctx), command)).await
            }
            Err(error) => Err(error.into()),
        };
        ProcurementRequestPayload::from_outcome(ctx, outcome.map(ProcurementRequest))
    }

    /// Asks the buyer about a request. Who asks stays hidden, from the buyer too, until the request has closed.
    async fn ask_question(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, about which request, for whom.")] input: AskQuestionInput,
    ) -> Result<QuestionPayload> {
        let outcome = match ask(input) {
            Ok(command) => Box::pin(procurement(ctx)?.ask_question(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        QuestionPayload::from_outcome(ctx, with_request(ctx, outcome).await?)
    }

    /// Answers a question about a request, for everybody to read.
    async fn answer_question(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, to which question.")] input: AnswerQuestionInput,
    ) -> Result<QuestionPayload> {
        let question = read_id(&input.question_id, QuestionId::PREFIX, ["input", "questionId"]);
        let outcome = match question {
            Ok(question) => {
                let command = AnswerQuestion { question, answer: input.answer, idempotency_key: input.idempotency_key };
                Box::pin(procurement(ctx)?.answer_question(actor(ctx), command)).await
            }
            Err(error) => Err(error.into()),
        };
        QuestionPayload::from_outcome(ctx, with_request(ctx, outcome).await?)
    }
}

fn ask(input: AskQuestionInput) -> Outcome<AskQuestion> {
    let mut wrong = Rejections::default();
    let request = wrong.take(read_id(&input.request_id, RequestId::PREFIX, ["input", "requestId"]));
    let organization = wrong.take(read_id(&input.organization_id, OrganizationId::PREFIX, ["input", "organizationId"]));
    wrong.finish()?;
    let (Some(request), Some(organization)) = (request, organization) else {
        // Both are there, or the collector would not have let us pass.
        return Err(UserError::new(ErrorCode::Required, ["input"]).into());
    };
    Ok(AskQuestion { request, organization, question: input.question, idempotency_key: input.idempotency_key })
}

/// The question with its request, which whoever wrote it sees.
async fn with_request(ctx: &Context<'_>, outcome: Outcome<Question>) -> Result<Outcome<RequestQuestion>> {
    let question = match outcome {
        Ok(question) => question,
        Err(failure) => return Ok(Err(failure)),
    };
    let request = Loaders::request(ctx, question.request).await?;
    let found = request.map(|request| RequestQuestion { question, request: request.0 });
    Ok(found.ok_or_else(|| UserError::new(ErrorCode::NotFound, ["input", "requestId"]).into()))
}
