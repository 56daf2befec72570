//! Reading who owns and leads organizations.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{
    Declaration, Directory, EvidenceId, EvidenceRecord, Organization,
    model::{
        declaration::end_of_day,
        ownership::{Assessment, Definition, Evidence, OwnershipFacts, assess},
    },
    store,
};
use crate::accounts::{Actor, OrganizationId};
use crate::kernel::{
    ErrorCode, Fault, Outcome, UserError,
    page::{CursorKey, Page, PageArgs, Slice, SortValue},
};

/// What cursors of declarations are marked with.
pub(super) const DECLARATIONS: &str = "ownership-declarations";
/// What cursors of evidence are marked with.
pub(super) const EVIDENCE: &str = "ownership-evidence";

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
        let db = self.services.db.read();
        let mut declarations = store::ownership::last_declarations(db, organizations, end_of_day(day)).await?;
        let mut evidence = store::ownership::evidence_of(db, organizations).await?;
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
        assess(&self.rules, definition, organization.subject(), &facts, &known.evidence, day)
    }

    /// The day that something is assessed for: today where none is given, and never one to come.
    ///
    /// # Errors
    /// [`ErrorCode::OutOfRange`] at `asOf` for a day to come, about which nothing is known.
    pub fn assessment_day(&self, as_of: Option<NaiveDate>) -> Result<NaiveDate, UserError> {
        let today = self.services.clock.today();
        match as_of {
            Some(day) if day > today => Err(UserError::new(ErrorCode::OutOfRange, ["asOf"])
                // No day of the past is refused; this is the first that can be written.
                .with("minimum", "0000-01-01")
                .with("maximum", today)),
            Some(day) => Ok(day),
            None => Ok(today),
        }
    }

    /// A page of an organization's declarations, the newest first, and how many there are if `total` is asked for.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidPageSize`], [`ErrorCode::InvalidCursor`].
    pub async fn declarations(
        &self,
        organization: OrganizationId,
        args: &PageArgs,
        total: bool,
    ) -> Outcome<(Slice<Declaration>, Option<i64>)> {
        let page = page_of(DECLARATIONS, args, |sort| matches!(sort, SortValue::Integer(_)))?;
        let db = &self.services.db;
        let rows = store::ownership::declarations_page(db, organization, &page).await?;
        let total = if total { Some(store::ownership::count_declarations(db, organization).await?) } else { None };
        Ok((page.slice(rows), total.map(super::organizations::as_count)))
    }

    /// A page of an organization's evidence, the newest first, and how many pieces there are if `total` is asked for.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidPageSize`], [`ErrorCode::InvalidCursor`].
    pub async fn evidence(
        &self,
        organization: OrganizationId,
        args: &PageArgs,
        total: bool,
    ) -> Outcome<(Slice<EvidenceRecord>, Option<i64>)> {
        let page = page_of(EVIDENCE, args, |sort| matches!(sort, SortValue::Time(_)))?;
        let db = &self.services.db;
        let rows = store::ownership::evidence_page(db, organization, &page).await?;
        let total = if total { Some(store::ownership::count_evidence(db, organization).await?) } else { None };
        Ok((page.slice(rows), total.map(super::organizations::as_count)))
    }
}

impl Directory {
    /// A piece of evidence, if it exists and the actor may see the organization that it is about.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn evidence_by_id(&self, actor: &Actor, id: EvidenceId) -> Result<Option<EvidenceRecord>, Fault> {
        let Some(record) = store::ownership::evidence_by_id(&self.services.db, id).await? else { return Ok(None) };
        let visible = self.organization(actor, record.organization).await?.is_some();
        Ok(visible.then_some(record))
    }
}

/// Where a declaration stands among its organization's.
#[must_use]
pub(super) fn declaration_key(declaration: &Declaration) -> CursorKey {
    CursorKey { sort: SortValue::Integer(declaration.sequence), id: declaration.id.uuid() }
}

/// Where a piece of evidence stands among its organization's.
#[must_use]
pub(super) fn evidence_key(record: &EvidenceRecord) -> CursorKey {
    CursorKey { sort: SortValue::Time(record.submitted_at), id: record.id.uuid() }
}

fn page_of(list: &str, args: &PageArgs, fits: impl Fn(&SortValue) -> bool) -> Result<Page, UserError> {
    let page = Page::new(list, args)?;
    for (argument, key) in [("after", &page.after), ("before", &page.before)] {
        if key.as_ref().is_some_and(|key| !fits(&key.sort)) {
            return Err(UserError::new(ErrorCode::InvalidCursor, [argument]));
        }
    }
    Ok(page)
}
