//! Declarations, evidence and the read model of assessments.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{ownership_assessment, ownership_declaration, ownership_evidence};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, Set,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{json, word};
use crate::{
    accounts::{OrganizationId, UserId},
    directory::model::{
        declaration::{Declaration, DeclarationId, EvidenceId, EvidenceRecord},
        ownership::{Assessment, Evidence, EvidenceLevel, OwnershipFacts, OwnershipStatus, Percent, StoredAssessment},
    },
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, WriteTx, keyset, siblings},
        page::{Page, Slice},
    },
};

/// Appends a declaration, under the organization's lock.
pub(in crate::directory) async fn append(tx: &WriteTx, declaration: &Declaration) -> Result<(), DbErr> {
    let facts = &declaration.facts;
    let thousandths = |share: Option<Percent>| share.map(Percent::thousandths);
    let row = ownership_declaration::ActiveModel {
        id: Set(declaration.id.uuid()),
        organization_id: Set(declaration.organization.uuid()),
        sequence: Set(declaration.sequence),
        women_owned_percent: Set(thousandths(facts.women_owned_percent)),
        women_board_percent: Set(thousandths(facts.women_board_percent)),
        women_management_percent: Set(thousandths(facts.women_management_percent)),
        women_members: Set(facts.women_members),
        total_members: Set(facts.total_members),
        young_women_members: Set(facts.young_women_members),
        women_employees: Set(facts.women_employees),
        total_employees: Set(facts.total_employees),
        woman_signatory: Set(facts.woman_signatory),
        operated_independently: Set(facts.operated_independently),
        woman_chief_executive: Set(facts.woman_chief_executive),
        has_board: Set(facts.has_board),
        declared_by: Set(declaration.declared_by.uuid()),
        declared_at: Set(declaration.declared_at),
    };
    ownership_declaration::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// The last declaration of an organization, under its lock.
pub(in crate::directory) async fn last_declaration(
    tx: &WriteTx,
    organization: OrganizationId,
) -> Result<Option<Declaration>, Fault> {
    use ownership_declaration::{Column, Entity};
    let found = Entity::find().filter(Column::OrganizationId.eq(organization.uuid()));
    found.order_by_desc(Column::Sequence).limit(1).one(&**tx).await?.map(declaration).transpose()
}

/// The last declaration of each organization at an instant.
pub(in crate::directory) async fn last_declarations(
    db: &impl ConnectionTrait,
    organizations: &[OrganizationId],
    at: Timestamp,
) -> Result<HashMap<OrganizationId, Declaration>, Fault> {
    use ownership_declaration::{Column, Entity};
    let among = Column::OrganizationId.is_in(organizations.iter().map(|id| id.uuid()));
    let last = Entity::find()
        .select_only()
        .column(Column::OrganizationId)
        .column_as(Column::Sequence.max(), "sequence")
        .filter(among.clone())
        .filter(Column::DeclaredAt.lte(at))
        .group_by(Column::OrganizationId);
    let place = Expr::tuple([Expr::col(Column::OrganizationId), Expr::col(Column::Sequence)]);
    let rows = Entity::find().filter(place.in_subquery(last.into_query())).filter(among).all(db).await?;
    rows.into_iter().map(|row| declaration(row).map(|found| (found.organization, found))).collect()
}

/// The same page of each organization's declarations, the newest first.
pub(in crate::directory) async fn declarations_pages(
    db: &Database,
    organizations: &[OrganizationId],
    page: &Page,
) -> Result<HashMap<OrganizationId, Slice<Declaration>>, Fault> {
    use ownership_declaration::{Column, Entity};
    let page_of = |organization: Uuid| {
        let mut query = Entity::find().filter(Column::OrganizationId.eq(organization));
        keyset::window(&mut query, Column::Sequence, Column::Id, true, page);
        query
    };
    let rows = siblings::pages(db, &uuids(organizations), page_of).await?;
    let rows = rows.into_iter().map(declaration).collect::<Result<Vec<_>, _>>()?;
    Ok(page.slices(rows, |row| row.organization))
}

/// How many declarations each organization has made; none where it is left out.
pub(in crate::directory) async fn declarations_counts(
    db: &Database,
    organizations: &[OrganizationId],
) -> Result<HashMap<OrganizationId, i64>, DbErr> {
    use ownership_declaration::{Column, Entity};
    let counts = siblings::counts::<Entity>(db, &uuids(organizations), Column::OrganizationId).await?;
    Ok(counts.into_iter().map(|(id, count)| (OrganizationId::from_uuid(id), count)).collect())
}

/// All evidence of each organization, oldest first.
pub(in crate::directory) async fn evidence_of(
    db: &impl ConnectionTrait,
    organizations: &[OrganizationId],
) -> Result<HashMap<OrganizationId, Vec<EvidenceRecord>>, Fault> {
    use ownership_evidence::{Column, Entity};
    let among = Column::OrganizationId.is_in(organizations.iter().map(|id| id.uuid()));
    let rows = Entity::find().filter(among).order_by_asc(Column::Id).all(db).await?;
    let mut found: HashMap<OrganizationId, Vec<EvidenceRecord>> = HashMap::new();
    for row in rows {
        let record = evidence(row)?;
        found.entry(record.organization).or_default().push(record);
    }
    Ok(found)
}

/// The pieces of evidence with these ids, as far as they exist.
pub(in crate::directory) async fn evidence_by_ids(
    db: &Database,
    ids: &[EvidenceId],
) -> Result<Vec<EvidenceRecord>, Fault> {
    use ownership_evidence::{Column, Entity};
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    rows.into_iter().map(evidence).collect()
}

/// The same page of each organization's evidence, the newest first.
pub(in crate::directory) async fn evidence_pages(
    db: &Database,
    organizations: &[OrganizationId],
    page: &Page,
) -> Result<HashMap<OrganizationId, Slice<EvidenceRecord>>, Fault> {
    use ownership_evidence::{Column, Entity};
    let page_of = |organization: Uuid| {
        let mut query = Entity::find().filter(Column::OrganizationId.eq(organization));
        keyset::window(&mut query, Column::SubmittedAt, Column::Id, true, page);
        query
    };
    let rows = siblings::pages(db, &uuids(organizations), page_of).await?;
    let rows = rows.into_iter().map(evidence).collect::<Result<Vec<_>, _>>()?;
    Ok(page.slices(rows, |row| row.organization))
}

/// How many pieces of evidence each organization has submitted; none where it is left out.
pub(in crate::directory) async fn evidence_counts(
    db: &Database,
    organizations: &[OrganizationId],
) -> Result<HashMap<OrganizationId, i64>, DbErr> {
    use ownership_evidence::{Column, Entity};
    let counts = siblings::counts::<Entity>(db, &uuids(organizations), Column::OrganizationId).await?;
    Ok(counts.into_iter().map(|(id, count)| (OrganizationId::from_uuid(id), count)).collect())
}

/// Puts these assessments in place of those that are kept. What is UNKNOWN is kept by having no row, since it rests on
/// no evidence and perhaps on no rules.
pub(in crate::directory) async fn replace_assessments(
    tx: &WriteTx,
    organization: OrganizationId,
    assessments: &[Assessment],
) -> Result<(), DbErr> {
    use ownership_assessment::{ActiveModel, Column, Entity};
    Entity::delete_many().filter(Column::OrganizationId.eq(organization.uuid())).exec(&**tx).await?;
    let known = assessments.iter().filter_map(|assessment| {
        let (level, version) = assessment.evidence_level.zip(assessment.rules_version.clone())?;
        Some(ActiveModel {
            organization_id: Set(organization.uuid()),
            definition: Set(assessment.definition.as_str().to_owned()),
            status: Set(assessment.status.as_str().to_owned()),
            evidence_level: Set(level.as_str().to_owned()),
            rules_version: Set(version),
            assessed_on: Set(assessment.as_of),
        })
    });
    let known: Vec<ActiveModel> = known.collect();
    if !known.is_empty() {
        Entity::insert_many(known).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

/// The assessments that are kept of an organization; a definition without one is UNKNOWN.
pub(in crate::directory) async fn assessments_of(
    tx: &WriteTx,
    organization: OrganizationId,
) -> Result<Vec<StoredAssessment>, Fault> {
    use ownership_assessment::{Column, Entity};
    let found = Entity::find().filter(Column::OrganizationId.eq(organization.uuid()));
    let rows = found.order_by_asc(Column::Definition).all(&**tx).await?;
    let read = |row: ownership_assessment::Model| {
        Ok(StoredAssessment {
            definition: word("ownership definition", &row.definition)?,
            status: word::<OwnershipStatus>("ownership status", &row.status)?,
            evidence_level: word::<EvidenceLevel>("evidence level", &row.evidence_level)?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Organizations of which a piece of evidence began or ceased to hold between two days, after one of them, smallest first.
pub(in crate::directory) async fn turned_after(
    db: &Database,
    since: NaiveDate,
    today: NaiveDate,
    after: Option<OrganizationId>,
    limit: u64,
) -> Result<Vec<OrganizationId>, DbErr> {
    use ownership_evidence::{Column, Entity};
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

fn uuids(organizations: &[OrganizationId]) -> Vec<Uuid> {
    organizations.iter().map(|id| id.uuid()).collect()
}

fn declaration(row: ownership_declaration::Model) -> Result<Declaration, Fault> {
    let share = |thousandths: Option<i64>| match thousandths {
        None => Ok(None),
        Some(thousandths) => Percent::from_thousandths(thousandths)
            .map(Some)
            .ok_or_else(|| Fault::corrupt("declared share", format!("{thousandths} thousandths of a percent"))),
    };
    Ok(Declaration {
        id: DeclarationId::from_uuid(row.id),
        organization: OrganizationId::from_uuid(row.organization_id),
        sequence: row.sequence,
        facts: OwnershipFacts {
            women_owned_percent: share(row.women_owned_percent)?,
            women_board_percent: share(row.women_board_percent)?,
            women_management_percent: share(row.women_management_percent)?,
            women_members: row.women_members,
            total_members: row.total_members,
            young_women_members: row.young_women_members,
            women_employees: row.women_employees,
            total_employees: row.total_employees,
            woman_signatory: row.woman_signatory,
            operated_independently: row.operated_independently,
            woman_chief_executive: row.woman_chief_executive,
            has_board: row.has_board,
        },
        declared_by: UserId::from_uuid(row.declared_by),
        declared_at: row.declared_at,
    })
}

fn evidence(row: ownership_evidence::Model) -> Result<EvidenceRecord, Fault> {
    let verdict = row.verdict.as_deref().map(|verdict| word("evidence verdict", verdict)).transpose()?;
    Ok(EvidenceRecord {
        id: EvidenceId::from_uuid(row.id),
        organization: OrganizationId::from_uuid(row.organization_id),
        evidence: Evidence {
            facts: json("evidence facts", row.facts)?,
            level: word("evidence level", &row.level)?,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            submitted_on: row.submitted_at.date_naive(),
            review: verdict.zip(row.reviewed_at.map(|at| at.date_naive())),
        },
        issuer: row.issuer,
        submitted_at: row.submitted_at,
        reason: row.reason,
        reviewed_at: row.reviewed_at,
    })
}
