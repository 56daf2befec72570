//! Wordings of requests.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{
    accounts::UserId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Row, Sql, WriteTx, siblings::of_each, sql},
        page::{Direction, Page, Slice, SortValue},
    },
    procurement::model::{
        ids::RequestId,
        wording::{RequestVersion, read},
    },
};

/// Keeps a wording.
pub(in crate::procurement) async fn keep(
    tx: &WriteTx,
    (request, version): (RequestId, i64),
    kept: serde_json::Value,
    rationale: Option<String>,
    (by, now): (Option<UserId>, Timestamp),
) -> Result<(), DbErr> {
    let insert = sql(
        "INSERT INTO request_version (request_id, version, terms, rationale, created_by, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        [request.uuid().into(), version.into(), kept.into(), rationale.into(), by.map(UserId::uuid).into(), now.into()],
    );
    insert.run(&**tx).await?;
    Ok(())
}

/// The same page of the wordings of each request, the newest first.
pub(in crate::procurement) async fn pages(
    db: &Database,
    requests: &[RequestId],
    page: &Page,
) -> Result<HashMap<RequestId, Slice<RequestVersion>>, Fault> {
    let requests: Vec<Uuid> = requests.iter().map(|id| id.uuid()).collect();
    let rows = of_each(db, &requests, |query, request| {
        query.push("SELECT request_id, version, rationale, terms, created_at FROM request_version WHERE request_id = ");
        query.bind(request);
        for (key, comparison) in [(&page.after, " AND version < "), (&page.before, " AND version > ")] {
            if let Some(SortValue::Integer(version)) = key.as_ref().map(|key| &key.sort) {
                query.push(comparison).bind(*version);
            }
        }
        query.push(match page.direction {
            Direction::Forward => " ORDER BY version DESC LIMIT ",
            Direction::Backward => " ORDER BY version ASC LIMIT ",
        });
        query.bind(i64::from(page.size) + 1);
    });
    let rows = rows.await?.iter().map(version).collect::<Result<Vec<_>, _>>()?;
    Ok(page.slices(rows, |version| version.request))
}

/// How many wordings each request has.
pub(in crate::procurement) async fn counts(
    db: &Database,
    requests: &[RequestId],
) -> Result<HashMap<RequestId, i64>, Fault> {
    let mut query = Sql::new("SELECT request_id, COUNT(*) FROM request_version WHERE request_id IN ");
    query.bind_list(requests.iter().map(|id| id.uuid())).push(" GROUP BY request_id");
    let rows = query.rows(db).await?;
    rows.iter().map(|row| Ok((RequestId::from_uuid(row.get(0)?), row.get(1)?))).collect()
}

fn version(row: &Row) -> Result<RequestVersion, Fault> {
    let mut next = Reader::new(row)?;
    let request = RequestId::from_uuid(next.get()?);
    let (version, rationale) = (next.get()?, next.get()?);
    let (terms, changed) = read(next.json()?);
    Ok(RequestVersion { request, version, rationale, terms, changed, created_at: next.get()? })
}
