//! What can be asked of the list of organizations.

use super::organization::{Organization, OrganizationKind};
use super::ownership::{Definition, EvidenceLevel};
use super::place::PlaceKind;
use super::text_enum::text_enum;
use crate::kernel::error::UserError;
use crate::kernel::page::{CursorKey, Page, PageArgs, SortValue};
use crate::kernel::text::fold;

text_enum! {
    /// What organizations can be sorted by.
    pub enum OrganizationOrderField {
        /// Their name, without regard to case and accents.
        Name = "NAME",
        /// When they were registered.
        CreatedAt = "CREATED_AT",
        /// When they last changed.
        UpdatedAt = "UPDATED_AT",
    }
}

/// In which order organizations come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrganizationOrder {
    /// By what.
    pub field: OrganizationOrderField,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl Default for OrganizationOrder {
    fn default() -> Self {
        Self { field: OrganizationOrderField::Name, descending: false }
    }
}

impl OrganizationOrder {
    /// What cursors of this list are marked with.
    #[must_use]
    pub const fn list_name(self) -> &'static str {
        match (self.field, self.descending) {
            (OrganizationOrderField::Name, false) => "organizations:name",
            (OrganizationOrderField::Name, true) => "organizations:name-desc",
            (OrganizationOrderField::CreatedAt, false) => "organizations:created",
            (OrganizationOrderField::CreatedAt, true) => "organizations:created-desc",
            (OrganizationOrderField::UpdatedAt, false) => "organizations:updated",
            (OrganizationOrderField::UpdatedAt, true) => "organizations:updated-desc",
        }
    }

    /// Where an organization stands in this order.
    #[must_use]
    pub fn key(self, organization: &Organization) -> CursorKey {
        let sort = match self.field {
            OrganizationOrderField::Name => SortValue::Text(fold(&organization.name)),
            OrganizationOrderField::CreatedAt => SortValue::Time(organization.created_at),
            OrganizationOrderField::UpdatedAt => SortValue::Time(organization.updated_at),
        };
        CursorKey { sort, id: organization.id.uuid() }
    }

    fn gives(self, sort: &SortValue) -> bool {
        match self.field {
            OrganizationOrderField::Name => matches!(sort, SortValue::Text(_)),
            OrganizationOrderField::CreatedAt | OrganizationOrderField::UpdatedAt => matches!(sort, SortValue::Time(_)),
        }
    }
}

/// A place to filter by, as the gazetteer knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithinPlace {
    /// Its code.
    pub code: String,
    /// On which level it stands, which tells the column to look at.
    pub kind: PlaceKind,
}

/// Organizations that satisfy a definition, at least so well supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WomenOwnedFilter {
    /// The definition.
    pub definition: Definition,
    /// The least evidence level.
    pub at_least: EvidenceLevel,
}

/// Which organizations. What is not set does not restrict; what is set must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganizationFilter {
    /// Of this kind.
    pub kind: Option<OrganizationKind>,
    /// In this place or below it.
    pub within: Option<WithinPlace>,
    /// Owned or led by women.
    pub women_owned: Option<WomenOwnedFilter>,
    /// Words that the name holds, folded.
    pub words: Vec<String>,
}

/// Words looked for at most; further ones are not.
const WORDS_MAX: usize = 8;
/// Signs of a text that are looked at.
pub const TEXT_LENGTH_MAX: usize = 200;

impl OrganizationFilter {
    /// The words of a typed text, as names are folded.
    #[must_use]
    pub fn words_of(text: &str) -> Vec<String> {
        let short: String = text.chars().take(TEXT_LENGTH_MAX).filter(|sign| *sign != '\0').collect();
        fold(&short).split_whitespace().take(WORDS_MAX).map(str::to_owned).collect()
    }
}

/// A page of the list.
#[derive(Debug, Clone)]
pub struct OrganizationQuery {
    /// Which.
    pub filter: OrganizationFilter,
    /// In which order.
    pub order: OrganizationOrder,
    /// Which part.
    pub page: Page,
}

impl OrganizationQuery {
    /// Checks the arguments of the list.
    ///
    /// # Errors
    /// `INVALID_PAGE_SIZE`, `INVALID_CURSOR`.
    pub fn new(filter: OrganizationFilter, order: OrganizationOrder, args: &PageArgs) -> Result<Self, UserError> {
        let page = Page::new(order.list_name(), args, |sort| order.gives(sort))?;
        Ok(Self { filter, order, page })
    }
}
