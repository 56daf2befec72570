//! Somebody scores a bid.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    BidId, BidStatus, Change, Criterion, CriterionId, CriterionKind, Procurement, Refused, Request, RequestAction,
    RequestId, RequestStatus,
    journal::record,
    judge::{lock_bid, refused},
    model::{evaluation::Score, event::RequestEventKind, score::GivenScore},
    store,
};
use crate::{
    accounts::{Actor, UserId, policy::Action},
    directory::model::ownership::{Percent, PercentError},
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        clock::Timestamp,
        error::excerpt,
        events::{self, NewEvent, Topic},
        idempotency::{self, Claimed},
        text::TextRule,
    },
};

const COMMENT: TextRule = TextRule { length_min: 1, length_max: 2_000, multiline: true };

/// What somebody gives a bid.
#[derive(Debug, Clone, Serialize)]
pub struct ScoreBid {
    /// The bid.
    pub bid: BidId,
    /// What she gives it, by some of the criteria that people score.
    pub scores: Vec<ScoreDraft>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What somebody gives a bid by a criterion.
#[derive(Debug, Clone, Serialize)]
pub struct ScoreDraft {
    /// The criterion.
    pub criterion: CriterionId,
    /// Of 100 points, as a decimal number of at most three decimals.
    pub points: String,
    /// Why.
    pub comment: Option<String>,
}

/// A bid as somebody has scored it.
#[derive(Debug, Clone)]
pub struct ScoredBid {
    /// The bid.
    pub bid: BidId,
    /// Its request.
    pub request: RequestId,
    /// All that she gave it so far, by criterion.
    pub scores: Vec<GivenScore>,
}

impl Procurement {
    /// Scores a valid bid by criteria that people score. Scored again, her earlier score is replaced; once a lot of the request is
    /// awarded, nobody scores any more.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::ConflictOfInterest`] where she belongs to one that bids or
    /// has declared a conflict, [`ErrorCode::ConflictNotDeclared`] where she has declared nothing,
    /// [`ErrorCode::InvalidTransition`], and everything that is wrong with the scores.
    pub async fn score_bid(&self, actor: &Actor, command: ScoreBid) -> Outcome<ScoredBid> {
        let now = self.services().now();
        let evaluator = actor.signed_in()?.id;
        let request = self.bid_to_judge(actor, command.bid, Action::EvaluateBids).await?;
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "scoreBid", &command, now).await?;
        let (request, bid) = lock_bid(&tx, actor, (request, command.bid)).await?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => {
                let scores = store::scores::own(&*tx, bid.id, evaluator).await?;
                return Ok(ScoredBid { bid: bid.id, request: request.id, scores });
            }
        };
        match store::scores::declaration(&*tx, request.id, evaluator).await? {
            Some(declared) if declared.has_conflict => return Err(Failure::code(ErrorCode::ConflictOfInterest)),
            Some(_) => {}
            None => return Err(Failure::code(ErrorCode::ConflictNotDeclared)),
        }
        let status = may_be_scored(&request, now).map_err(|refused| refused.at("bidId"))?;
        if bid.status != BidStatus::Valid {
            return Err(refused(&["input", "bidId"], bid.status.as_str(), "scoreBid").into());
        }
        let criteria = store::requests::criteria(&*tx, &[request.id]).await?.remove(&request.id).unwrap_or_default();
        let given = checked(&command, &criteria, evaluator, now)?;

        let before = store::scores::own(&*tx, bid.id, evaluator).await?;
        store::scores::put(&tx, &given).await?;
        if status != request.status {
            store::progress::set_request(&tx, request.id, status, now).await?;
        }
        let change = Change {
            process: request.id.uuid(),
            on_behalf_of: Some(request.buyer),
            names_actor: true,
            action: "bid.score",
            subject: (BidId::PREFIX, bid.id.uuid()),
            before: (!before.is_empty()).then(|| told(&before)),
            after: told(&given),
            tag: None,
        };
        let scores = store::scores::own(&*tx, bid.id, evaluator).await?;
        record(&tx, actor, now, change).await?;
        if status != request.status {
            let (id, what) = (request.id.uuid(), RequestEventKind::Evaluating.as_str());
            events::append(&tx, &[NewEvent { topic: Topic::Process, what, subject: id, within: id }], now);
        }
        claim.finish(&tx, bid.id.uuid()).await?;
        tx.commit().await?;
        Ok(ScoredBid { bid: bid.id, request: request.id, scores })
    }
}

/// What a request becomes by a score: until the first award, whatever became of it, so that nobody scores by who would win.
fn may_be_scored(request: &Request, now: Timestamp) -> Result<RequestStatus, Refused> {
    if request.status == RequestStatus::Awarding {
        return Err(Refused::State(request.status, RequestAction::Score));
    }
    request.after(RequestAction::Score, now)
}

fn checked(command: &ScoreBid, criteria: &[Criterion], evaluator: UserId, now: Timestamp) -> Outcome<Vec<GivenScore>> {
    if command.scores.is_empty() {
        return Err(UserError::new(ErrorCode::Required, ["input", "scores"]).into());
    }
    if command.scores.len() > criteria.len() {
        return Err(UserError::new(ErrorCode::TooLong, ["input", "scores"]).with("maximum", criteria.len()).into());
    }
    let (mut wrong, mut given) = (Rejections::default(), Vec::<GivenScore>::with_capacity(command.scores.len()));
    for (index, draft) in command.scores.iter().enumerate() {
        let index = index.to_string();
        let at = |field: &'static str| ["input", "scores", index.as_str(), field];
        let criterion = criteria.iter().find(|criterion| criterion.id == draft.criterion);
        let criterion = wrong.take(match criterion {
            None => Err(UserError::new(ErrorCode::NotFound, at("criterionId"))),
            Some(criterion) if !criterion.kind.is_scored() => {
                Err(not_scored(at("criterionId"), criterion.kind.as_str()))
            }
            Some(criterion) if given.iter().any(|given| given.score.criterion == criterion.id) => {
                let error = UserError::new(ErrorCode::InvalidValue, at("criterionId"));
                Err(error.with("value", criterion.id).with("allowed", "-"))
            }
            Some(criterion) => Ok(criterion.id),
        });
        let points = wrong.take(points(&draft.points, at("points")));
        let comment = draft.comment.as_deref().map(|comment| COMMENT.check(comment, at("comment"))).transpose();
        let comment = wrong.take(comment);
        let (Some(criterion), Some(points), Some(comment)) = (criterion, points, comment) else { continue };
        let score = Score { criterion, evaluator, points };
        given.push(GivenScore { bid: command.bid, score, comment, scored_at: now });
    }
    wrong.finish()?;
    Ok(given)
}

fn not_scored(path: [&str; 4], kind: &str) -> UserError {
    let scored = CriterionKind::ALL.iter().filter(|kind| kind.is_scored());
    let scored: Vec<&str> = scored.map(|kind| kind.as_str()).collect();
    UserError::new(ErrorCode::InvalidValue, path).with("value", kind).with("allowed", scored.join(", "))
}

/// Points are kept as shares are: from 0 to 100, to a thousandth.
fn points(text: &str, path: [&str; 4]) -> Result<i64, UserError> {
    match Percent::parse(text) {
        Ok(points) => Ok(points.thousandths()),
        Err(PercentError::Number(error)) => Err(UserError::from_decimal(error, &excerpt(text), path)),
        Err(PercentError::OutOfRange) => {
            Err(UserError::new(ErrorCode::OutOfRange, path).with("minimum", 0).with("maximum", 100))
        }
    }
}

/// Scores as the chain tells them: without the words, in which people may write of people.
fn told(given: &[GivenScore]) -> Value {
    let each = given.iter().map(|given| json!({ "criterion": given.score.criterion, "points": given.score.points }));
    json!({ "scores": each.collect::<Vec<_>>() })
}
