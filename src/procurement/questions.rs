//! Questions about a request, answered in public: `askQuestion`, `answerQuestion`.

use serde::Serialize;
use serde_json::json;

use super::{
    Change, Method, Procurement, QuestionId, Refused, ReleaseTag, Request, RequestId, RequestStatus,
    model::question::Question, record, store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    kernel::{
        ErrorCode, Fault, Outcome, UserError,
        clock::{Timestamp, rfc3339},
        idempotency::{self, Claimed},
        text::TextRule,
    },
    notifications::NoticeKind,
};

const TEXT: TextRule = TextRule { length_min: 3, length_max: 4_000, multiline: true };
/// Questions that one organization asks about one request at most.
const QUESTIONS_MAX: i64 = 20;

/// What is asked about which request, for whom.
#[derive(Debug, Clone, Serialize)]
pub struct AskQuestion {
    /// The request.
    pub request: RequestId,
    /// For whom.
    pub organization: OrganizationId,
    /// What.
    pub question: String,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What is answered to which question.
#[derive(Debug, Clone, Serialize)]
pub struct AnswerQuestion {
    /// The question.
    pub question: QuestionId,
    /// The answer; everybody reads it.
    pub answer: String,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Procurement {
    /// Asks the buyer about a request. Who asks is told to nobody else before the request has closed, the buyer included.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::ConflictOfInterest`] for the buyer herself,
    /// [`ErrorCode::NotInvited`], [`ErrorCode::InvalidTransition`] for a request that takes no bids,
    /// [`ErrorCode::DeadlinePassed`], [`ErrorCode::LimitReached`], and what is wrong with the text.
    pub async fn ask_question(&self, actor: &Actor, command: AskQuestion) -> Outcome<Question> {
        let now = self.services().now();
        let asker = command.organization;
        let seen = self.request_for_anybody(actor, (command.request, "requestId")).await?;
        if self.knows.directory.organization(actor, asker).await?.is_none() {
            return Err(UserError::new(ErrorCode::NotFound, ["input", "organizationId"]).into());
        }
        policy::require(actor, Action::SubmitBids, &Facts::of(asker))?;
        if asker == seen.buyer {
            return Err(UserError::new(ErrorCode::ConflictOfInterest, ["input", "organizationId"]).into());
        }
        let text = TEXT.check(&command.question, ["input", "question"])?;
        let notice = self.notice_of(actor, &seen).await?;

        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "askQuestion", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.question_again(QuestionId::from_uuid(id)).await;
            }
        };
        let request = store::requests::share(&tx, seen.id).await?;
        let request = request.ok_or_else(|| Fault::corrupt("request", "it is gone"))?;
        if let Err(refused) = may_ask(&request, now) {
            drop(tx);
            return Err(self.refused(request.id, refused).await?);
        }
        if request.method != Method::Open && !store::drafts::invited(&tx, request.id).await?.contains(&asker) {
            return Err(UserError::new(ErrorCode::NotInvited, ["input", "organizationId"]).into());
        }
        if store::questions::asked(&tx, request.id, asker).await? >= QUESTIONS_MAX {
            let error = UserError::new(ErrorCode::LimitReached, ["input", "question"]);
            return Err(error.with("maximum", QUESTIONS_MAX).into());
        }
        let question = Question {
            id: QuestionId::from_uuid(self.services().ids.next_uuid()),
            request: request.id,
            organization: asker,
            question: text,
            asked_at: now,
            answer: None,
        };
        store::questions::insert(&tx, &question, actor.user_id()).await?;
        self.tell_keepers(&tx, &notice, &request, NoticeKind::QuestionAsked, &[request.buyer]).await?;
        let change = Change {
            process: request.id.uuid(),
            // Neither who asks nor for whom: before the request has closed that is nobody's to know.
            on_behalf_of: None,
            names_actor: false,
            action: "question.ask",
            subject: (QuestionId::PREFIX, question.id.uuid()),
            before: None,
            after: json!({ "question": question.question }),
            tag: None,
        };
        record(&tx, actor, now, change).await?;
        claim.finish(&tx, question.id.uuid()).await?;
        tx.commit().await?;
        Ok(question)
    }

    /// Answers a question, for everybody to read. An answer stands; what it changes in the request is amended there.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`] for one that was answered or whose
    /// request takes no bids, [`ErrorCode::DeadlinePassed`], and what is wrong with the text.
    pub async fn answer_question(&self, actor: &Actor, command: AnswerQuestion) -> Outcome<Question> {
        let now = self.services().now();
        let not_found = || UserError::new(ErrorCode::NotFound, ["input", "questionId"]);
        let found = self.question(actor, command.question).await?;
        let Some((asked, seen)) = found else {
            actor.signed_in()?;
            return Err(not_found().into());
        };
        policy::require(actor, Action::ManageRequests, &Facts::of(seen.buyer))?;
        let text = TEXT.check(&command.answer, ["input", "answer"])?;
        let notice = self.notice_of(actor, &seen).await?;

        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "answerQuestion", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.question_again(QuestionId::from_uuid(id)).await;
            }
        };
        let request = store::requests::share(&tx, asked.request).await?;
        let request = request.ok_or_else(|| Fault::corrupt("request", "it is gone"))?;
        let question = store::questions::lock(&tx, asked.id).await?.ok_or_else(not_found)?;
        if question.answer.is_some() {
            let error = UserError::new(ErrorCode::InvalidTransition, ["input", "questionId"]);
            return Err(error.with("state", "ANSWERED").with("action", "ANSWER").into());
        }
        if !request.takes_bids(now) {
            drop(tx);
            return Err(self.unanswerable(&request, now).await?.into());
        }
        store::questions::answer(&tx, question.id, (&text, now), actor.user_id()).await?;
        let to = [question.organization];
        self.tell_keepers(&tx, &notice, &request, NoticeKind::QuestionAnswered, &to).await?;
        let change = Change {
            process: request.id.uuid(),
            on_behalf_of: Some(request.buyer),
            names_actor: true,
            action: "question.answer",
            subject: (QuestionId::PREFIX, question.id.uuid()),
            before: Some(json!({ "answer": null })),
            after: json!({ "answer": text }),
            tag: Some(ReleaseTag::TenderUpdate),
        };
        record(&tx, actor, now, change).await?;
        claim.finish(&tx, question.id.uuid()).await?;
        tx.commit().await?;
        Ok(Question { answer: Some((text, now)), ..question })
    }

    async fn unanswerable(&self, request: &Request, now: Timestamp) -> Result<UserError, Fault> {
        let path = ["input", "questionId"];
        if request.status != RequestStatus::Published {
            let error = UserError::new(ErrorCode::InvalidTransition, path);
            return Ok(error.with("state", request.shown(now)).with("action", "ANSWER"));
        }
        self.close_now(request.id).await?;
        Ok(UserError::new(ErrorCode::DeadlinePassed, path).with("deadline", rfc3339(request.bid_deadline)))
    }

    async fn question_again(&self, id: QuestionId) -> Outcome<Question> {
        let found = store::questions::by_ids(&self.services().db, &[id]).await?.pop();
        Ok(found.ok_or_else(|| Fault::corrupt("idempotency record", "its question does not exist"))?)
    }
}

/// Whether questions may be asked: bids are taken, and the enquiry period is not over.
fn may_ask(request: &Request, now: Timestamp) -> Result<(), Refused> {
    if request.status != RequestStatus::Published {
        return Err(Refused::NotTakingBids(request.status));
    }
    if !request.takes_bids(now) {
        return Err(Refused::DeadlinePassed(request.bid_deadline));
    }
    match request.enquiry_deadline {
        Some(deadline) if now >= deadline => Err(Refused::EnquiryOver(deadline)),
        Some(_) | None => Ok(()),
    }
}
