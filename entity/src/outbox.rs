//! Something happened to a subject and others want to know: written with the change, carried out by the worker.

use sea_orm::entity::prelude::*;

/// A row of `outbox`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// Order of writing.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// What kind of subject.
    #[sea_orm(column_type = "Text")]
    pub topic: String,
    /// Which one.
    pub subject_id: Uuid,
    /// When it happened.
    pub created_at: DateTimeUtc,
    /// Not to be tried before; moves on with each failed attempt.
    pub available_at: DateTimeUtc,
    /// How often it was tried.
    #[sea_orm(default_value = 0)]
    pub attempts: i32,
    /// A worker has it until here.
    pub claimed_until: Option<DateTimeUtc>,
    /// Which worker.
    #[sea_orm(column_type = "Text", nullable)]
    pub claimed_by: Option<String>,
    /// When it was given up on.
    pub parked_at: Option<DateTimeUtc>,
    /// What the last attempt failed of.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
