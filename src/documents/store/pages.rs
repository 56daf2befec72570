//! Documents of an organization, as far as somebody sees them.

use entity::document::{Column, Entity};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _, Select,
};
use uuid::Uuid;

use crate::{
    accounts::{OrganizationId, UserId},
    documents::model::{DocumentId, DocumentState, Sight, Visibility},
    kernel::{
        db::{Database, DbErr, keyset},
        page::Page,
    },
};

/// What [`Sight::shows`] shows, as a condition.
fn seen(organization: OrganizationId, sight: &Sight) -> Select<Entity> {
    let public = Condition::all()
        .add(Column::Visibility.eq(Visibility::Public.as_str()))
        .add(Column::State.eq(DocumentState::Ready.as_str()));
    let mut seen = Condition::any().add(public);
    if sight.party {
        seen = seen.add(Column::Visibility.ne(Visibility::Reviewers.as_str()));
    }
    if sight.reviewed {
        seen = seen.add(Column::Visibility.eq(Visibility::Reviewers.as_str()));
    }
    if let Some(uploader) = sight.uploader.map(UserId::uuid) {
        let hers = Condition::all()
            .add(Column::Visibility.eq(Visibility::Reviewers.as_str()))
            .add(Column::UploaderId.eq(uploader));
        seen = seen.add(hers);
    }
    Entity::find().filter(Column::OrganizationId.eq(organization.uuid())).filter(seen)
}

/// A page of them, the newest first, and one more.
pub(in crate::documents) async fn page(
    db: &Database,
    organization: OrganizationId,
    sight: &Sight,
    page: &Page,
) -> Result<Vec<DocumentId>, DbErr> {
    let mut query = seen(organization, sight).select_only().column(Column::Id);
    keyset::window(&mut query, Column::CreatedAt, Column::Id, true, page);
    let ids: Vec<Uuid> = query.into_tuple().all(db.read()).await?;
    Ok(ids.into_iter().map(DocumentId::from_uuid).collect())
}

/// How many there are.
pub(in crate::documents) async fn count(
    db: &Database,
    organization: OrganizationId,
    sight: &Sight,
) -> Result<i64, DbErr> {
    Ok(i64::try_from(seen(organization, sight).count(db.read()).await?).unwrap_or(i64::MAX))
}
