//! How far an allowance of attempts to sign in is used up.

use sea_orm::entity::prelude::*;

/// A row of `attempt`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attempt")]
pub struct Model {
    /// What an identifier or an address falls into.
    #[sea_orm(primary_key, auto_increment = false)]
    pub slot: i64,
    /// Microseconds since 1970 up to which it is used up.
    pub used_until: i64,
}

impl ActiveModelBehavior for ActiveModel {}
