//! Who evaluates bids, and what she gave them.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use crate::{
    accounts::{OrganizationId, UserId},
    kernel::{
        Fault,
        db::{DbErr, Reader, Sql, WriteTx, sql},
    },
    procurement::model::{
        evaluation::Score,
        ids::{BidId, CriterionId, RequestId},
        score::{ConflictDeclaration, GivenScore},
    },
};

/// Whoever bids on a request, alone or with others, as far as its bids were opened.
pub(in crate::procurement) async fn bidders(tx: &WriteTx, request: RequestId) -> Result<Vec<OrganizationId>, Fault> {
    let select = sql(
        "SELECT DISTINCT p.organization_id FROM bid b JOIN bid_partner p ON p.bid_id = b.id WHERE b.request_id = $1",
        [request.uuid().into()],
    );
    let rows = select.all(&**tx).await?;
    rows.iter().map(|row| Ok(OrganizationId::from_uuid(Reader::new(row)?.get()?))).collect()
}

/// Keeps a declaration, in the place of the person's last one about the request.
pub(in crate::procurement) async fn declare(tx: &WriteTx, declared: &ConflictDeclaration) -> Result<(), DbErr> {
    let insert = sql(
        "INSERT INTO conflict_declaration (request_id, user_id, has_conflict, statement, declared_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (request_id, user_id) DO UPDATE \
         SET has_conflict = excluded.has_conflict, statement = excluded.statement, declared_at = excluded.declared_at",
        [
            declared.request.uuid().into(),
            declared.user.uuid().into(),
            declared.has_conflict.into(),
            declared.statement.clone().into(),
            declared.declared_at.into(),
        ],
    );
    insert.run(&**tx).await?;
    Ok(())
}

/// What a person declared about a request.
pub(in crate::procurement) async fn declaration(
    db: &impl ConnectionTrait,
    request: RequestId,
    user: UserId,
) -> Result<Option<ConflictDeclaration>, Fault> {
    let select = sql(
        "SELECT request_id, user_id, has_conflict, statement, declared_at FROM conflict_declaration \
         WHERE request_id = $1 AND user_id = $2",
        [request.uuid().into(), user.uuid().into()],
    );
    let Some(row) = select.one(db).await? else { return Ok(None) };
    let mut next = Reader::new(&row)?;
    Ok(Some(ConflictDeclaration {
        request: RequestId::from_uuid(next.get()?),
        user: UserId::from_uuid(next.get()?),
        has_conflict: next.get()?,
        statement: next.get()?,
        declared_at: next.get()?,
    }))
}

/// Keeps what an evaluator gives a bid, each in the place of what she gave it by that criterion before.
pub(in crate::procurement) async fn put(tx: &WriteTx, scores: &[GivenScore]) -> Result<(), DbErr> {
    if scores.is_empty() {
        return Ok(());
    }
    let mut insert =
        Sql::new("INSERT INTO bid_score (bid_id, criterion_id, evaluator_id, points, comment, scored_at) VALUES ");
    for (position, given) in scores.iter().enumerate() {
        insert.push(if position == 0 { "(" } else { ", (" }).bind(given.bid.uuid()).push(", ");
        insert.bind(given.score.criterion.uuid()).push(", ").bind(given.score.evaluator.uuid()).push(", ");
        insert.bind(given.score.points).push(", ").bind(given.comment.clone()).push(", ");
        insert.bind(given.scored_at).push(")");
    }
    insert.push(
        " ON CONFLICT (bid_id, criterion_id, evaluator_id) DO UPDATE \
         SET points = excluded.points, comment = excluded.comment, scored_at = excluded.scored_at",
    );
    insert.run(&**tx).await?;
    Ok(())
}

/// What evaluators gave the bids on a request, as far as it counts: what somebody gave who has declared a conflict of interest
/// since does not.
pub(in crate::procurement) async fn of_request(
    db: &impl ConnectionTrait,
    request: RequestId,
) -> Result<HashMap<BidId, Vec<GivenScore>>, Fault> {
    let select = sql(
        "SELECT s.bid_id, s.criterion_id, s.evaluator_id, s.points, s.comment, s.scored_at \
         FROM bid b JOIN bid_score s ON s.bid_id = b.id \
         JOIN conflict_declaration d ON d.request_id = b.request_id AND d.user_id = s.evaluator_id AND d.has_conflict = FALSE \
         WHERE b.request_id = $1 ORDER BY s.bid_id, s.criterion_id, s.evaluator_id",
        [request.uuid().into()],
    );
    let mut found: HashMap<BidId, Vec<GivenScore>> = HashMap::new();
    for row in &select.all(db).await? {
        let given = given(&mut Reader::new(row)?)?;
        found.entry(given.bid).or_default().push(given);
    }
    Ok(found)
}

/// What a person gave a bid, whether it counts or not.
pub(in crate::procurement) async fn own(
    db: &impl ConnectionTrait,
    bid: BidId,
    user: UserId,
) -> Result<Vec<GivenScore>, Fault> {
    let select = sql(
        "SELECT bid_id, criterion_id, evaluator_id, points, comment, scored_at FROM bid_score \
         WHERE bid_id = $1 AND evaluator_id = $2 ORDER BY criterion_id",
        [bid.uuid().into(), user.uuid().into()],
    );
    select.all(db).await?.iter().map(|row| given(&mut Reader::new(row)?)).collect()
}

fn given(next: &mut Reader<'_>) -> Result<GivenScore, Fault> {
    let bid = BidId::from_uuid(next.get()?);
    let score = Score {
        criterion: CriterionId::from_uuid(next.get()?),
        evaluator: UserId::from_uuid(next.get()?),
        points: next.get()?,
    };
    Ok(GivenScore { bid, score, comment: next.get()?, scored_at: next.get()? })
}
