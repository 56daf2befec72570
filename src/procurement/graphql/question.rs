//! Questions about requests on the wire.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::{Loaders, ProcurementRequest, procurement};
use crate::{
    accounts::graphql::actor,
    connection,
    directory::graphql::{Loaders as Organizations, Organization},
    kernel::{
        graphql::failure,
        page::{CursorKey, Page, PageArgs, SortValue, encode_cursor},
    },
    procurement::{Request, model::question::Question},
};

/// The list that cursors of questions belong to.
const QUESTIONS: &str = "request-questions";

/// What somebody asked about a request.
#[derive(Debug, Clone)]
pub struct RequestQuestion {
    pub(super) question: Question,
    pub(super) request: Request,
}

connection! {
    /// A page of questions about a request.
    RequestQuestionConnection, RequestQuestionEdge, RequestQuestion
}

/// What somebody asked about a request, and what the buyer answered in public.
#[Object]
impl RequestQuestion {
    /// Identifies the question.
    pub async fn id(&self) -> ID {
        self.question.id.to_string().into()
    }

    /// What it is about.
    fn request(&self) -> ProcurementRequest {
        ProcurementRequest(self.request.clone())
    }

    /// What was asked.
    fn question(&self) -> &str {
        &self.question.question
    }

    /// When it was asked.
    fn asked_at(&self) -> DateTime<Utc> {
        self.question.asked_at
    }

    /// Who asked. Null to everybody but herself, the buyer included, before the request has closed.
    async fn asker(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        if procurement(ctx)?.shows_asker(actor(ctx), &self.question, &self.request) {
            return Organizations::organization(ctx, self.question.organization).await;
        }
        Ok(None)
    }

    /// What the buyer answered; null while she has not.
    fn answer(&self) -> Option<&str> {
        self.question.answer.as_ref().map(|(text, _)| text.as_str())
    }

    /// When she answered.
    fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.question.answer.as_ref().map(|(_, at)| *at)
    }
}

/// A page of those questions about a request that the request's actor is shown.
pub(super) async fn questions(
    ctx: &Context<'_>,
    request: &Request,
    args: &PageArgs,
) -> Result<RequestQuestionConnection> {
    let page = Page::new(QUESTIONS, args, SortValue::is_time).map_err(|error| failure(ctx, error.into()))?;
    let (slice, total) = Loaders::questions(ctx, request, page).await?;
    let turn = |question: Question| {
        let key = CursorKey { sort: SortValue::Time(question.asked_at), id: question.id.uuid() };
        (encode_cursor(QUESTIONS, &key), RequestQuestion { question, request: request.clone() })
    };
    Ok(RequestQuestionConnection::new(slice, turn, total))
}
