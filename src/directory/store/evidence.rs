//! Evidence of who owns and leads organizations, and what verifiers found.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::{
    ownership_evidence::{ActiveModel, Column, Entity, Model},
    ownership_review,
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Set,
    sea_query::{Expr, LockType},
};
use uuid::Uuid;

use super::{json, to_json, uuids, word};
use crate::{
    accounts::{OrganizationId, UserId},
    directory::model::{
        declaration::{EvidenceId, EvidenceRecord},
        ownership::{Evidence, EvidenceLevel, Verdict},
        review::Review,
    },
    documents::DocumentId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Row, WriteTx, keyset, siblings, sql},
        page::{Page, Slice},
    },
};

/// Adds a piece of evidence that nobody has looked at.
pub(in crate::directory) async fn insert(tx: &WriteTx, record: &EvidenceRecord) -> Result<(), Fault> {
    let row = ActiveModel {
        id: Set(record.id.uuid()),
        organization_id: Set(record.organization.uuid()),
        facts: Set(to_json("evidence facts", &record.evidence.facts)?),
        level: Set(record.evidence.level.as_str().to_owned()),
        issuer: Set(record.issuer.clone()),
        valid_from: Set(record.evidence.valid_from),
        valid_until: Set(record.evidence.valid_until),
        document_id: Set(record.document.map(DocumentId::uuid)),
        submitted_by: Set(record.submitted_by.uuid()),
        submitted_at: Set(record.submitted_at),
        reviewer: Set(None),
        verdict: Set(None),
        reason: Set(None),
        reviewed_at: Set(None),
        claimed_by: Set(None),
        claimed_until: Set(None),
    };
    Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Appends what a verifier found, under the evidence's lock; where it settles the matter, lists follow it. Whoever was looking
/// at it is done.
pub(in crate::directory) async fn append_review(
    tx: &WriteTx,
    id: EvidenceId,
    review: &Review,
    level: EvidenceLevel,
) -> Result<(), DbErr> {
    let row = ownership_review::ActiveModel {
        evidence_id: Set(id.uuid()),
        sequence: Set(review.sequence),
        reviewer: Set(review.reviewer.uuid()),
        verdict: Set(review.verdict.as_str().to_owned()),
        reason: Set(review.reason.clone()),
        decides: Set(review.decides),
        reviewed_at: Set(review.reviewed_at),
    };
    ownership_review::Entity::insert(row).exec_without_returning(&**tx).await?;
    let mut update = Entity::update_many()
        .col_expr(Column::ClaimedBy, Expr::value(None::<Uuid>))
        .col_expr(Column::ClaimedUntil, Expr::value(None::<Timestamp>))
        .col_expr(Column::Level, Expr::value(level.as_str()));
    if review.decides {
        update = update
            .col_expr(Column::Reviewer, Expr::value(review.reviewer.uuid()))
            .col_expr(Column::Verdict, Expr::value(review.verdict.as_str()))
            .col_expr(Column::Reason, Expr::value(review.reason.clone()))
            .col_expr(Column::ReviewedAt, Expr::value(review.reviewed_at));
    }
    update.filter(Column::Id.eq(id.uuid())).exec(&**tx).await?;
    Ok(())
}

/// Notes, under its lock, who looks at a piece of evidence, or that nobody does.
pub(in crate::directory) async fn set_claim(
    tx: &WriteTx,
    id: EvidenceId,
    claimed: Option<(UserId, Timestamp)>,
) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::ClaimedBy, Expr::value(claimed.map(|(by, _)| by.uuid())))
        .col_expr(Column::ClaimedUntil, Expr::value(claimed.map(|(_, until)| until)));
    update.filter(Column::Id.eq(id.uuid())).exec(&**tx).await?;
    Ok(())
}

/// The evidence, within a transaction.
pub(in crate::directory) async fn by_id(tx: &WriteTx, id: EvidenceId) -> Result<Option<EvidenceRecord>, Fault> {
    let row = Entity::find_by_id(id.uuid()).one(&**tx).await?;
    Ok(records(&**tx, row.into_iter().collect()).await?.pop())
}

/// The evidence, and with it the lock that makes other reviews of it wait.
pub(in crate::directory) async fn lock(tx: &WriteTx, id: EvidenceId) -> Result<Option<EvidenceRecord>, Fault> {
    let row = Entity::find_by_id(id.uuid()).lock(LockType::NoKeyUpdate).one(&**tx).await?;
    Ok(records(&**tx, row.into_iter().collect()).await?.pop())
}

/// How many pieces of evidence of an organization nobody has settled, under its lock.
pub(in crate::directory) async fn count_waiting_of(tx: &WriteTx, organization: OrganizationId) -> Result<u64, DbErr> {
    let waiting =
        Entity::find().filter(Column::OrganizationId.eq(organization.uuid())).filter(Column::Verdict.is_null());
    waiting.count(&**tx).await
}

/// A page of the evidence that waits for a verifier, the longest waiting first. Where `free_for` is given, only what nobody is
/// looking at then and what that verifier has given no verdict on.
pub(in crate::directory) async fn waiting(
    db: &Database,
    free_for: Option<(UserId, Timestamp)>,
    page: &Page,
) -> Result<Slice<EvidenceRecord>, Fault> {
    let mut query = Entity::find().filter(waits(free_for));
    keyset::window(&mut query, Column::SubmittedAt, Column::Id, false, page);
    let rows = query.all(db.read()).await?;
    Ok(page.slice(records(db.read(), rows).await?))
}

/// How many wait.
pub(in crate::directory) async fn count_waiting(
    db: &Database,
    free_for: Option<(UserId, Timestamp)>,
) -> Result<u64, DbErr> {
    Entity::find().filter(waits(free_for)).count(db.read()).await
}

fn waits(free_for: Option<(UserId, Timestamp)>) -> Condition {
    let waits = Condition::all().add(Column::Verdict.is_null());
    let Some((verifier, now)) = free_for else { return waits };
    let hers = {
        use sea_orm::QueryTrait as _;
        let given = ownership_review::Entity::find().select_only().column(ownership_review::Column::EvidenceId);
        given.filter(ownership_review::Column::Reviewer.eq(verifier.uuid())).into_query()
    };
    let unclaimed = Condition::any().add(Column::ClaimedUntil.is_null()).add(Column::ClaimedUntil.lte(now));
    waits.add(unclaimed).add(Column::Id.not_in_subquery(hers))
}

/// Accepted evidence that runs out between two days, both included, of whose running out nobody was reminded so many days before: at
/// most `limit`, the first to run out first.
pub(in crate::directory) async fn running_out(
    tx: &WriteTx,
    days: std::ops::RangeInclusive<NaiveDate>,
    days_before: i64,
    limit: i64,
) -> Result<Vec<(EvidenceId, OrganizationId, NaiveDate)>, Fault> {
    let select = sql(
        "SELECT e.id, e.organization_id, e.valid_until FROM ownership_evidence e
         WHERE e.verdict = 'ACCEPTED' AND e.valid_until >= $1 AND e.valid_until <= $2
           AND NOT EXISTS (SELECT 1 FROM reminder r WHERE r.subject_kind = $3 AND r.subject_id = e.id
                           AND r.days_before <= $4)
         ORDER BY e.valid_until, e.id LIMIT $5",
        [(*days.start()).into(), (*days.end()).into(), EvidenceId::PREFIX.into(), days_before.into(), limit.into()],
    );
    let read = |row: Row| {
        let mut next = crate::kernel::db::Reader::new(&row)?;
        Ok((EvidenceId::from_uuid(next.get()?), OrganizationId::from_uuid(next.get()?), next.get()?))
    };
    select.all(&**tx).await?.into_iter().map(read).collect()
}

/// All evidence of each organization, oldest first.
pub(in crate::directory) async fn of(
    db: &impl ConnectionTrait,
    organizations: &[OrganizationId],
) -> Result<HashMap<OrganizationId, Vec<EvidenceRecord>>, Fault> {
    let among = Column::OrganizationId.is_in(organizations.iter().map(|id| id.uuid()));
    let rows = Entity::find().filter(among).order_by_asc(Column::Id).all(db).await?;
    let mut found: HashMap<OrganizationId, Vec<EvidenceRecord>> = HashMap::new();
    for record in records(db, rows).await? {
        found.entry(record.organization).or_default().push(record);
    }
    Ok(found)
}

/// The pieces of evidence with these ids, as far as they exist.
pub(in crate::directory) async fn by_ids(db: &Database, ids: &[EvidenceId]) -> Result<Vec<EvidenceRecord>, Fault> {
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    records(db.read(), rows).await
}

/// The same page of each organization's evidence, the newest first: of those in `whole` all of it, of the others what was
/// accepted.
pub(in crate::directory) async fn pages(
    db: &Database,
    organizations: &[OrganizationId],
    whole: &BTreeSet<OrganizationId>,
    page: &Page,
) -> Result<HashMap<OrganizationId, Slice<EvidenceRecord>>, Fault> {
    let page_of = |organization: Uuid| {
        let mut query = Entity::find().filter(shown(OrganizationId::from_uuid(organization), whole));
        keyset::window(&mut query, Column::SubmittedAt, Column::Id, true, page);
        query
    };
    let rows = siblings::pages(db, &uuids(organizations), page_of).await?;
    let rows = records(db.read(), rows).await?;
    Ok(page.slices(rows, |row| row.organization))
}

/// How many there are in each list that [`pages`] gives pages of; none where it is left out.
pub(in crate::directory) async fn counts(
    db: &Database,
    organizations: &[OrganizationId],
    whole: &BTreeSet<OrganizationId>,
) -> Result<HashMap<OrganizationId, i64>, DbErr> {
    let (all, accepted): (Vec<OrganizationId>, Vec<OrganizationId>) =
        organizations.iter().partition(|id| whole.contains(id));
    let of_all = Condition::all().add(Column::OrganizationId.is_in(uuids(&all)));
    let of_accepted = Condition::all()
        .add(Column::OrganizationId.is_in(uuids(&accepted)))
        .add(Column::Verdict.eq(Verdict::Accepted.as_str()));
    let counts = Entity::find().select_only().column(Column::OrganizationId).column_as(Column::Id.count(), "pieces");
    let counts = counts.filter(Condition::any().add(of_all).add(of_accepted)).group_by(Column::OrganizationId);
    let counts: Vec<(Uuid, i64)> = counts.into_tuple().all(db.read()).await?;
    Ok(counts.into_iter().map(|(id, count)| (OrganizationId::from_uuid(id), count)).collect())
}

fn shown(organization: OrganizationId, whole: &BTreeSet<OrganizationId>) -> Condition {
    let of_it = Condition::all().add(Column::OrganizationId.eq(organization.uuid()));
    if whole.contains(&organization) { of_it } else { of_it.add(Column::Verdict.eq(Verdict::Accepted.as_str())) }
}

/// Organizations of which a piece of evidence began or ceased to hold between two days, after one of them, smallest first.
pub(in crate::directory) async fn turned_after(
    db: &Database,
    since: NaiveDate,
    today: NaiveDate,
    after: Option<OrganizationId>,
    limit: u64,
) -> Result<Vec<OrganizationId>, DbErr> {
    let (first, last) = if since <= today { (since, today) } else { (today, since) };
    let turned = Condition::any()
        .add(Column::ValidFrom.between(first, last))
        // The last day that it holds for is the day before it ceases.
        .add(Column::ValidUntil.between(first.pred_opt().unwrap_or(first), last));
    let mut query = Entity::find().filter(turned);
    if let Some(after) = after {
        query = query.filter(Column::OrganizationId.gt(after.uuid()));
    }
    let ids: Vec<uuid::Uuid> = query
        .select_only()
        .column(Column::OrganizationId)
        .distinct()
        .order_by_asc(Column::OrganizationId)
        .limit(limit)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(ids.into_iter().map(OrganizationId::from_uuid).collect())
}

/// Rows with what verifiers found, in the order of the rows.
async fn records(db: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<EvidenceRecord>, Fault> {
    use ownership_review::{Column, Entity};
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let found = Entity::find().filter(Column::EvidenceId.is_in(rows.iter().map(|row| row.id)));
    let mut reviews: HashMap<Uuid, Vec<Review>> = HashMap::new();
    for row in found.order_by_asc(Column::EvidenceId).order_by_asc(Column::Sequence).all(db).await? {
        reviews.entry(row.evidence_id).or_default().push(review(row)?);
    }
    rows.into_iter()
        .map(|row| {
            let reviews = reviews.remove(&row.id).unwrap_or_default();
            record(row, reviews)
        })
        .collect()
}

fn review(row: ownership_review::Model) -> Result<Review, Fault> {
    Ok(Review {
        sequence: row.sequence,
        reviewer: UserId::from_uuid(row.reviewer),
        verdict: word("evidence verdict", &row.verdict)?,
        reason: row.reason,
        decides: row.decides,
        reviewed_at: row.reviewed_at,
    })
}

fn record(row: Model, reviews: Vec<Review>) -> Result<EvidenceRecord, Fault> {
    let settled = reviews.iter().filter(|review| review.decides);
    Ok(EvidenceRecord {
        id: EvidenceId::from_uuid(row.id),
        organization: OrganizationId::from_uuid(row.organization_id),
        evidence: Evidence {
            facts: json("evidence facts", row.facts)?,
            level: word("evidence level", &row.level)?,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            documented: row.document_id.is_some(),
            submitted_on: row.submitted_at.date_naive(),
            verdicts: settled.map(|review| (review.verdict, review.reviewed_at.date_naive())).collect(),
        },
        issuer: row.issuer,
        document: row.document_id.map(DocumentId::from_uuid),
        submitted_by: UserId::from_uuid(row.submitted_by),
        submitted_at: row.submitted_at,
        reviews,
        claimed: row.claimed_by.map(UserId::from_uuid).zip(row.claimed_until),
    })
}
