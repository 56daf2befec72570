//! Questions about requests.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{
    accounts::{OrganizationId, UserId},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Row, Sql, WriteTx, siblings::of_each, sql},
        page::{Direction, Page, Slice, SortValue},
    },
    procurement::model::{
        ids::{QuestionId, RequestId},
        question::Question,
    },
};

const COLUMNS: &str = "q.id, q.request_id, q.organization_id, q.question, q.asked_at, q.answer, q.answered_at";

/// Which questions a reader is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::procurement) enum QuestionScope {
    /// All of them: she belongs to the buyer.
    All,
    /// What was answered, and what these have asked.
    Answered(Vec<OrganizationId>),
}

/// Adds a question.
pub(in crate::procurement) async fn insert(
    tx: &WriteTx,
    question: &Question,
    asked_by: Option<UserId>,
) -> Result<(), DbErr> {
    let insert = sql(
        "INSERT INTO request_question (id, request_id, organization_id, asked_by, question, asked_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        [
            question.id.uuid().into(),
            question.request.uuid().into(),
            question.organization.uuid().into(),
            asked_by.map(UserId::uuid).into(),
            question.question.as_str().into(),
            question.asked_at.into(),
        ],
    );
    insert.run(&**tx).await?;
    Ok(())
}

/// Answers a locked question.
pub(in crate::procurement) async fn answer(
    tx: &WriteTx,
    id: QuestionId,
    (text, at): (&str, Timestamp),
    by: Option<UserId>,
) -> Result<(), DbErr> {
    let update = sql(
        "UPDATE request_question SET answer = $2, answered_at = $3, answered_by = $4 WHERE id = $1",
        [id.uuid().into(), text.into(), at.into(), by.map(UserId::uuid).into()],
    );
    update.run(&**tx).await?;
    Ok(())
}

/// A question, locked.
pub(in crate::procurement) async fn lock(tx: &WriteTx, id: QuestionId) -> Result<Option<Question>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM request_question q WHERE q.id = ").bind(id.uuid());
    select.lock(tx, " FOR NO KEY UPDATE");
    select.one(&**tx).await?.as_ref().map(question).transpose()
}

/// The questions among `ids`, whoever may see them.
pub(in crate::procurement) async fn by_ids(db: &Database, ids: &[QuestionId]) -> Result<Vec<Question>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM request_question q WHERE q.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    select.rows(db).await?.iter().map(question).collect()
}

/// How many questions an organization has asked about a request.
pub(in crate::procurement) async fn asked(
    tx: &WriteTx,
    request: RequestId,
    organization: OrganizationId,
) -> Result<i64, Fault> {
    let select = sql(
        "SELECT COUNT(*) FROM request_question WHERE request_id = $1 AND organization_id = $2",
        [request.uuid().into(), organization.uuid().into()],
    );
    let row = select.one(&**tx).await?.ok_or_else(|| Fault::corrupt("question", "a count gives a row"))?;
    Ok(row.get(0)?)
}

/// The same page of the questions about each request, the first asked first.
pub(in crate::procurement) async fn pages(
    db: &Database,
    requests: &[RequestId],
    scope: &QuestionScope,
    page: &Page,
) -> Result<HashMap<RequestId, Slice<Question>>, Fault> {
    let requests: Vec<Uuid> = requests.iter().map(|id| id.uuid()).collect();
    let rows = of_each(db, &requests, |query, request| {
        query.push("SELECT ").push(COLUMNS).push(" FROM request_question q WHERE q.request_id = ").bind(request);
        restrict(query, scope);
        for (key, comparison) in [(&page.after, ") > ("), (&page.before, ") < (")] {
            let Some(key) = key else { continue };
            if let SortValue::Time(at) = &key.sort {
                query.push(" AND (q.asked_at, q.id").push(comparison).bind(*at).push(", ").bind(key.id).push(")");
            }
        }
        query.push(match page.direction {
            Direction::Forward => " ORDER BY q.asked_at ASC, q.id ASC LIMIT ",
            Direction::Backward => " ORDER BY q.asked_at DESC, q.id DESC LIMIT ",
        });
        query.bind(i64::from(page.size) + 1);
    });
    let rows = rows.await?.iter().map(question).collect::<Result<Vec<_>, _>>()?;
    Ok(page.slices(rows, |question| question.request))
}

/// How many questions about each request a reader is shown.
pub(in crate::procurement) async fn counts(
    db: &Database,
    requests: &[RequestId],
    scope: &QuestionScope,
) -> Result<HashMap<RequestId, i64>, Fault> {
    let mut query = Sql::new("SELECT q.request_id, COUNT(*) FROM request_question q WHERE q.request_id IN ");
    query.bind_list(requests.iter().map(|id| id.uuid()));
    restrict(&mut query, scope);
    query.push(" GROUP BY q.request_id");
    let rows = query.rows(db).await?;
    rows.iter().map(|row| Ok((RequestId::from_uuid(row.get(0)?), row.get(1)?))).collect()
}

fn restrict(query: &mut Sql, scope: &QuestionScope) {
    match scope {
        QuestionScope::All => {}
        QuestionScope::Answered(own) => {
            query.push(" AND (q.answer IS NOT NULL OR q.organization_id IN ");
            query.bind_list(own.iter().map(|id| id.uuid())).push(")");
        }
    }
}

fn question(row: &Row) -> Result<Question, Fault> {
    let mut next = Reader::new(row)?;
    let id = QuestionId::from_uuid(next.get()?);
    let request = RequestId::from_uuid(next.get()?);
    let organization = OrganizationId::from_uuid(next.get()?);
    let (question, asked_at) = (next.get()?, next.get()?);
    let (answer, answered_at): (Option<String>, Option<Timestamp>) = (next.get()?, next.get()?);
    Ok(Question { id, request, organization, question, asked_at, answer: answer.zip(answered_at) })
}
