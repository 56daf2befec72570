//! What is kept of a person: what she wrote, decided and handed in.

use serde_json::{Value, json};

use crate::{
    accounts::{OrganizationId, UserId},
    kernel::{
        db::{
            Database, DbErr,
            listed::{at, listed, text},
        },
        decimal::format_scaled,
    },
    procurement::model::ids::{AwardId, BidId, ComplaintId, CriterionId, QuestionId, RequestId},
};

/// What she did in requests, list by list, the last first.
pub(in crate::procurement) async fn deeds(db: &Database, user: UserId) -> Result<Value, DbErr> {
    let requests = listed(
        db,
        user.uuid(),
        "SELECT id, title, created_at FROM procurement_request WHERE created_by = $1 ORDER BY created_at DESC, id DESC",
        |next| {
            Ok(json!({ "request": RequestId::from_uuid(next.get()?), "title": text(next)?, "createdAt": at(next)? }))
        },
    );
    let openings = listed(
        db,
        user.uuid(),
        "SELECT id, opened_at FROM procurement_request WHERE opened_by = $1 ORDER BY opened_at DESC, id DESC",
        |next| Ok(json!({ "request": RequestId::from_uuid(next.get()?), "openedAt": at(next)? })),
    );
    let questions = listed(
        db,
        user.uuid(),
        "SELECT id, request_id, organization_id, question, asked_at FROM request_question WHERE asked_by = $1
         ORDER BY asked_at DESC, id DESC",
        |next| {
            Ok(json!({ "id": QuestionId::from_uuid(next.get()?), "request": RequestId::from_uuid(next.get()?),
                "for": OrganizationId::from_uuid(next.get()?), "question": text(next)?, "askedAt": at(next)? }))
        },
    );
    let answers = listed(
        db,
        user.uuid(),
        "SELECT id, request_id, answer, answered_at FROM request_question WHERE answered_by = $1
         ORDER BY answered_at DESC, id DESC",
        |next| {
            Ok(json!({ "question": QuestionId::from_uuid(next.get()?), "request": RequestId::from_uuid(next.get()?),
                "answer": text(next)?, "answeredAt": at(next)? }))
        },
    );
    let bids = listed(
        db,
        user.uuid(),
        "SELECT id, request_id, bidder_id, status, sealed_at, opened_at FROM bid WHERE submitted_by = $1
         ORDER BY sealed_at DESC, id DESC",
        |next| {
            Ok(json!({ "id": BidId::from_uuid(next.get()?), "request": RequestId::from_uuid(next.get()?),
                "for": OrganizationId::from_uuid(next.get()?), "status": text(next)?, "sealedAt": at(next)?,
                "openedAt": at(next)? }))
        },
    );
    let declarations = listed(
        db,
        user.uuid(),
        "SELECT request_id, has_conflict, statement, declared_at FROM conflict_declaration WHERE user_id = $1
         ORDER BY declared_at DESC, request_id DESC",
        |next| {
            let request = RequestId::from_uuid(next.get()?);
            let has_conflict: bool = next.get()?;
            Ok(json!({ "request": request, "hasConflict": has_conflict, "statement": text(next)?,
                "declaredAt": at(next)? }))
        },
    );
    let scores = listed(
        db,
        user.uuid(),
        "SELECT bid_id, criterion_id, points, comment, scored_at FROM bid_score WHERE evaluator_id = $1
         ORDER BY scored_at DESC, bid_id DESC, criterion_id DESC",
        |next| {
            let (bid, criterion) = (BidId::from_uuid(next.get()?), CriterionId::from_uuid(next.get()?));
            let points: i64 = next.get()?;
            Ok(json!({ "bid": bid, "criterion": criterion, "points": format_scaled(points, 3),
                "comment": text(next)?, "scoredAt": at(next)? }))
        },
    );
    let awards = listed(
        db,
        user.uuid(),
        "SELECT id, request_id, awarded_at FROM award WHERE awarded_by = $1 ORDER BY awarded_at DESC, id DESC",
        |next| {
            Ok(json!({ "id": AwardId::from_uuid(next.get()?), "request": RequestId::from_uuid(next.get()?),
                "awardedAt": at(next)? }))
        },
    );
    let complaints = listed(
        db,
        user.uuid(),
        "SELECT id, request_id, organization_id, level, status, grounds, filed_at FROM complaint WHERE filed_by = $1
         ORDER BY filed_at DESC, id DESC",
        |next| {
            Ok(json!({ "id": ComplaintId::from_uuid(next.get()?), "request": RequestId::from_uuid(next.get()?),
                "for": OrganizationId::from_uuid(next.get()?), "level": text(next)?, "status": text(next)?,
                "grounds": text(next)?, "filedAt": at(next)? }))
        },
    );
    let decisions = listed(
        db,
        user.uuid(),
        "SELECT id, status, decision, decided_at FROM complaint WHERE decided_by = $1 ORDER BY decided_at DESC, id DESC",
        |next| {
            Ok(json!({ "complaint": ComplaintId::from_uuid(next.get()?), "outcome": text(next)?,
                "decision": text(next)?, "decidedAt": at(next)? }))
        },
    );
    Ok(json!({
        "requests": requests.await?,
        "openings": openings.await?,
        "questions": questions.await?,
        "answers": answers.await?,
        "bids": bids.await?,
        "conflictDeclarations": declarations.await?,
        "scores": scores.await?,
        "awards": awards.await?,
        "complaints": complaints.await?,
        "complaintDecisions": decisions.await?,
    }))
}
