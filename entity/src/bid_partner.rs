//! Who an opened bid is from: one organization, or several with their shares.

use sea_orm::entity::prelude::*;

/// A row of `bid_partner`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bid_partner")]
pub struct Model {
    /// The bid.
    #[sea_orm(primary_key, auto_increment = false)]
    pub bid_id: Uuid,
    /// The organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// Thousandths of a percent; all of a bid are 100000 together.
    pub share: i64,
    /// Is lead.
    pub is_lead: bool,
}

impl ActiveModelBehavior for ActiveModel {}
