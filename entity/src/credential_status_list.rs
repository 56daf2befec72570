//! A list of credentials in which each has a place for its status. The bits follow from the events.

use sea_orm::entity::prelude::*;

/// A row of `credential_status_list`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credential_status_list")]
pub struct Model {
    /// The list, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The next place to be taken; 131,072 when the list is full.
    pub next_index: i32,
    /// Counts the events of its credentials.
    pub changes: i64,
    /// When it was begun.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
