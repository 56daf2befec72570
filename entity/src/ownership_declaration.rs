//! What an organization says of who owns, leads and works in it; facts only, appended and never edited.

use sea_orm::entity::prelude::*;

/// A row of `ownership_declaration`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ownership_declaration")]
pub struct Model {
    /// The declaration.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who declares.
    pub organization_id: Uuid,
    /// Counts the organization's declarations from 1; the highest holds.
    pub sequence: i64,
    /// Share of capital owned by women, thousandths of a percent.
    pub women_owned_percent: Option<i64>,
    /// Share of women on the board, thousandths of a percent.
    pub women_board_percent: Option<i64>,
    /// Share of women in management, thousandths of a percent.
    pub women_management_percent: Option<i64>,
    /// Members who are women.
    pub women_members: Option<i64>,
    /// All members.
    pub total_members: Option<i64>,
    /// Members who are young women.
    pub young_women_members: Option<i64>,
    /// Employees who are women.
    pub women_employees: Option<i64>,
    /// All employees.
    pub total_employees: Option<i64>,
    /// Whether a woman signs for it in law.
    pub woman_signatory: Option<bool>,
    /// Whether it is run independently of firms not owned by women.
    pub operated_independently: Option<bool>,
    /// Whether a woman leads its daily business.
    pub woman_chief_executive: Option<bool>,
    /// Whether there is a board at all.
    pub has_board: Option<bool>,
    /// The user who declared it.
    pub declared_by: Uuid,
    /// When.
    pub declared_at: DateTimeUtc,
    /// Its `organization`.
    #[sea_orm(belongs_to, from = "organization_id", to = "id")]
    pub organization: BelongsTo<super::organization::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
