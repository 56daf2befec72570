//! Reading evidence, as far as the reader may see it.

use std::collections::{BTreeSet, HashMap};

use super::{
    Directory, EvidenceId, EvidenceRecord, model::ownership::Verdict, organizations::as_count, store,
    visibility::is_insider,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    kernel::{
        Fault, Outcome, UserError,
        page::{Counted, CursorKey, Page, PageArgs, SortValue},
    },
};

/// What cursors of evidence are marked with.
pub(super) const EVIDENCE: &str = "ownership-evidence";
/// What cursors of the evidence that waits are marked with.
pub(super) const WAITING: &str = "ownership-evidence:waiting";

impl Directory {
    /// The same page of the evidence of each of several organizations, the newest first, and how many pieces there are if
    /// `total` is asked for. Insiders and those who review see all of it, others what was accepted.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn evidence(
        &self,
        actor: &Actor,
        organizations: &[OrganizationId],
        page: &Page,
        total: bool,
    ) -> Result<HashMap<OrganizationId, Counted<EvidenceRecord>>, Fault> {
        let db = &self.knows.services.db;
        let whole: BTreeSet<OrganizationId> =
            organizations.iter().copied().filter(|organization| sees_all(actor, *organization)).collect();
        let slices = store::evidence::pages(db, organizations, &whole, page).await?;
        let counts = if total { Some(store::evidence::counts(db, organizations, &whole).await?) } else { None };
        Ok(page.counted(organizations, slices, counts))
    }

    /// Those pieces of evidence that exist and that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn evidence_by_ids(
        &self,
        actor: &Actor,
        ids: &[EvidenceId],
    ) -> Result<HashMap<EvidenceId, EvidenceRecord>, Fault> {
        let records = store::evidence::by_ids(&self.knows.services.db, ids).await?;
        let organizations: Vec<OrganizationId> = records.iter().map(|record| record.organization).collect();
        let visible = self.organizations_by_ids(actor, &organizations).await?;
        let seen = records
            .into_iter()
            .filter(|record| visible.contains_key(&record.organization) && sees_evidence(actor, record));
        Ok(seen.map(|record| (record.id, record)).collect())
    }

    /// A page of the evidence that waits for a verifier, the longest waiting first; only what nobody is looking at and what she
    /// herself has not looked at, if `free` is asked for.
    ///
    /// # Errors
    /// `Unauthenticated`, `Forbidden`, or what is wrong with the page.
    pub async fn waiting_evidence(
        &self,
        actor: &Actor,
        free: bool,
        args: &PageArgs,
        total: bool,
    ) -> Outcome<Counted<EvidenceRecord>> {
        policy::require(actor, Action::ViewReviews, &Facts::none())?;
        let page = Page::new(WAITING, args, SortValue::is_time)?;
        let free_for = actor.user_id().filter(|_| free).map(|verifier| (verifier, self.knows.services.now()));
        let db = &self.knows.services.db;
        let slice = store::evidence::waiting(db, free_for, &page).await?;
        let total = if total { Some(as_count(store::evidence::count_waiting(db, free_for).await?)) } else { None };
        Ok((slice, total))
    }
}

/// Everybody sees what was accepted; insiders, and those who review, the rest.
pub(super) fn sees_evidence(actor: &Actor, record: &EvidenceRecord) -> bool {
    record.decision().is_some_and(|decision| decision.verdict == Verdict::Accepted)
        || sees_all(actor, record.organization)
}

fn sees_all(actor: &Actor, organization: OrganizationId) -> bool {
    is_insider(actor, organization) || policy::allowed(actor, Action::ViewReviews, &Facts::none())
}

/// Which page of an organization's evidence is asked for.
///
/// # Errors
/// `InvalidPageSize`, `InvalidCursor`.
pub(super) fn evidence_page(args: &PageArgs) -> Result<Page, UserError> {
    Page::new(EVIDENCE, args, SortValue::is_time)
}

/// Where a piece of evidence stands in its lists.
#[must_use]
pub(super) fn evidence_key(record: &EvidenceRecord) -> CursorKey {
    CursorKey { sort: SortValue::Time(record.submitted_at), id: record.id.uuid() }
}
