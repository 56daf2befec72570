//! Reading who owns and leads organizations.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{
    Declaration, Directory, Organization,
    model::{
        declaration::end_of_day,
        ownership::{Assessment, Definition, Evidence, OwnershipFacts, assess, history},
    },
    store,
};
use crate::accounts::OrganizationId;
use crate::kernel::{
    ErrorCode, Fault, UserError,
    page::{Counted, CursorKey, Page, PageArgs, SortValue},
};

/// What cursors of declarations are marked with.
pub(super) const DECLARATIONS: &str = "ownership-declarations";

/// What was known of an organization's ownership on a day.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The last declaration by then.
    pub declaration: Option<Declaration>,
    /// All evidence; each piece knows for itself since when it counts.
    pub evidence: Vec<Evidence>,
}

impl Directory {
    /// What was known of each organization's ownership on a day, in a number of statements that does not depend on how
    /// many they are.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn ownership_known(
        &self,
        organizations: &[OrganizationId],
        day: NaiveDate,
    ) -> Result<HashMap<OrganizationId, Known>, Fault> {
        let db = self.knows.services.db.read();
        let mut declarations = store::ownership::last_declarations(db, organizations, end_of_day(day)).await?;
        let mut evidence = store::evidence::of(db, organizations).await?;
        let known = organizations.iter().map(|id| {
            let records = evidence.remove(id).unwrap_or_default();
            let evidence = records.into_iter().map(|record| record.evidence).collect();
            (*id, Known { declaration: declarations.remove(id), evidence })
        });
        Ok(known.collect())
    }

    /// Holds an organization against a definition as both stood on a day.
    #[must_use]
    pub fn assess(
        &self,
        organization: &Organization,
        known: &Known,
        definition: Definition,
        day: NaiveDate,
    ) -> Assessment {
        let facts: OwnershipFacts = known.declaration.as_ref().map(|last| last.facts).unwrap_or_default();
        assess(&self.knows.rules, definition, organization.subject(), &facts, &known.evidence, day)
    }

    /// The day that something is assessed for: today where none is given, and never one to come.
    ///
    /// # Errors
    /// [`ErrorCode::OutOfRange`] at `asOf` for a day to come, about which nothing is known.
    pub fn assessment_day(&self, as_of: Option<NaiveDate>) -> Result<NaiveDate, UserError> {
        let today = self.knows.services.clock.today();
        match as_of {
            Some(day) if day > today => Err(UserError::new(ErrorCode::OutOfRange, ["asOf"])
                // No day of the past is refused; this is the first that can be written.
                .with("minimum", "0000-01-01")
                .with("maximum", today)),
            Some(day) => Ok(day),
            None => Ok(today),
        }
    }

    /// The same page of the declarations of each of several organizations, the newest first, and how many there are if
    /// `total` is asked for.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn declarations(
        &self,
        organizations: &[OrganizationId],
        page: &Page,
        total: bool,
    ) -> Result<HashMap<OrganizationId, Counted<Declaration>>, Fault> {
        let db = &self.knows.services.db;
        let slices = store::ownership::declarations_pages(db, organizations, page).await?;
        let counts = if total { Some(store::ownership::declarations_counts(db, organizations).await?) } else { None };
        Ok(page.counted(organizations, slices, counts))
    }

    /// Each change of the answer of a definition about an organization, the oldest first: what is UNKNOWN was an answer, too.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn ownership_history(
        &self,
        organization: &Organization,
        definition: Definition,
    ) -> Result<Vec<Assessment>, Fault> {
        let db = self.knows.services.db.read();
        let declared = store::ownership::declared_by(db, organization.id).await?;
        // Of several declarations of a day the last one held at its end.
        let mut facts: Vec<(NaiveDate, OwnershipFacts)> = Vec::with_capacity(declared.len());
        for declaration in declared {
            let day = declaration.declared_at.date_naive();
            facts.pop_if(|(last, _)| *last == day);
            facts.push((day, declaration.facts));
        }
        let records = store::evidence::of(db, &[organization.id]).await?.remove(&organization.id);
        let evidence: Vec<Evidence> = records.unwrap_or_default().into_iter().map(|record| record.evidence).collect();
        Ok(history(&self.knows.rules, definition, organization.subject(), &facts, &evidence, self.today()))
    }
}

/// Which page of an organization's declarations is asked for.
///
/// # Errors
/// [`ErrorCode::InvalidPageSize`], [`ErrorCode::InvalidCursor`].
pub(super) fn declarations_page(args: &PageArgs) -> Result<Page, UserError> {
    Page::new(DECLARATIONS, args, SortValue::is_integer)
}

/// Where a declaration stands among its organization's.
#[must_use]
pub(super) fn declaration_key(declaration: &Declaration) -> CursorKey {
    CursorKey { sort: SortValue::Integer(declaration.sequence), id: declaration.id.uuid() }
}
