//! Declarations and the read model of assessments.

use std::collections::HashMap;

use entity::{ownership_assessment, ownership_declaration};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, Set,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{uuids, word};
use crate::{
    accounts::{OrganizationId, UserId},
    directory::model::{
        declaration::{Declaration, DeclarationId},
        ownership::{Assessment, EvidenceLevel, OwnershipFacts, OwnershipStatus, Percent, StoredAssessment},
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

/// Every declaration of an organization, the oldest first.
pub(in crate::directory) async fn declared_by(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Vec<Declaration>, Fault> {
    use ownership_declaration::{Column, Entity};
    let found = Entity::find().filter(Column::OrganizationId.eq(organization.uuid()));
    found.order_by_asc(Column::Sequence).all(db).await?.into_iter().map(declaration).collect()
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

/// Puts these assessments of each organization in place of those that are kept. What is UNKNOWN is kept by having no row, since
/// it rests on no evidence and perhaps on no rules.
pub(in crate::directory) async fn replace_assessments(
    tx: &WriteTx,
    assessed: &[(OrganizationId, &[Assessment])],
) -> Result<(), DbErr> {
    use ownership_assessment::{ActiveModel, Column, Entity};
    let among = Column::OrganizationId.is_in(assessed.iter().map(|(id, _)| id.uuid()));
    Entity::delete_many().filter(among).exec(&**tx).await?;
    let row = |organization: OrganizationId, assessment: &Assessment| {
        let (level, version) = assessment.evidence_level.zip(assessment.rules_version.clone())?;
        Some(ActiveModel {
            organization_id: Set(organization.uuid()),
            definition: Set(assessment.definition.as_str().to_owned()),
            status: Set(assessment.status.as_str().to_owned()),
            evidence_level: Set(level.as_str().to_owned()),
            rules_version: Set(version),
            assessed_on: Set(assessment.as_of),
        })
    };
    let known = assessed.iter().flat_map(|(id, all)| all.iter().filter_map(|assessment| row(*id, assessment)));
    let known: Vec<ActiveModel> = known.collect();
    if !known.is_empty() {
        Entity::insert_many(known).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

/// The assessments that are kept of each organization, in the order of the definitions; one without is UNKNOWN.
pub(in crate::directory) async fn assessments_of(
    tx: &WriteTx,
    organizations: &[OrganizationId],
) -> Result<HashMap<OrganizationId, Vec<StoredAssessment>>, Fault> {
    use ownership_assessment::{Column, Entity};
    let rows = Entity::find().filter(Column::OrganizationId.is_in(uuids(organizations))).all(&**tx).await?;
    let mut found: HashMap<OrganizationId, Vec<StoredAssessment>> = HashMap::new();
    for row in rows {
        found.entry(OrganizationId::from_uuid(row.organization_id)).or_default().push(StoredAssessment {
            definition: word("ownership definition", &row.definition)?,
            status: word::<OwnershipStatus>("ownership status", &row.status)?,
            evidence_level: word::<EvidenceLevel>("evidence level", &row.evidence_level)?,
        });
    }
    for kept in found.values_mut() {
        kept.sort_unstable_by_key(|one| one.definition);
    }
    Ok(found)
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
