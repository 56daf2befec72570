//! `auditTrail`: who changed a thing, when, from what to what.

use uuid::Uuid;

use super::{
    Accounts, Actor, OrganizationId, UserId,
    policy::{self, Action, Facts},
};
use crate::kernel::{
    ErrorCode, Failure, Outcome,
    audit::{self, StoredEntry},
    page::{Page, PageArgs, Slice, SortValue},
};

/// The list that cursors of audit entries belong to.
pub(super) const AUDIT_TRAIL: &str = "audit:newest";

/// Whose the trail of a thing is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keepers {
    /// Who reads all of it; the organization or the person of the chain's own id, where nobody is named.
    pub whole: Option<OrganizationId>,
    /// Who reads it without what is the first one's own business.
    pub partners: Vec<OrganizationId>,
}

/// How much of a trail somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// All of it.
    Whole,
    /// What partners read.
    Partners,
}

/// A page of the trail, with the number of all entries where it was asked for.
pub(super) type AuditTrail = (Slice<StoredEntry>, Option<i64>);

impl Accounts {
    /// The chain that the changes of one thing stand in; none where nothing is known of it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn audit_chain(&self, subject: Uuid) -> Outcome<Option<Uuid>> {
        Ok(audit::chain_of(&self.knows.services.db, subject).await?)
    }

    /// The changes of one thing, newest first, for those who keep the organization it belongs to, for the person whose
    /// account it is, and for the platform's auditors; and how much of them the actor reads. `chain` is the one that they stand in,
    /// and `keepers` whose that is: the organization or the person of the same id, unless a room knows better.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for whoever may not see the trail, whether there is one or not.
    pub async fn audit_trail(
        &self,
        actor: &Actor,
        (subject, chain, keepers): (Uuid, Option<Uuid>, &Keepers),
        args: &PageArgs,
        count: bool,
    ) -> Outcome<(AuditTrail, Share)> {
        let page = Page::new(AUDIT_TRAIL, args, SortValue::is_time)?;
        let db = &self.knows.services.db;
        let hidden = || Failure::code(ErrorCode::NotFound);
        let chain = chain.ok_or_else(hidden)?;
        let own = actor.user_id().map(UserId::uuid) == Some(chain);
        let reads = |of: OrganizationId| policy::allowed(actor, Action::ViewAuditTrail, &Facts::of(of));
        let share = if own || reads(keepers.whole.unwrap_or_else(|| OrganizationId::from_uuid(chain))) {
            Share::Whole
        } else if keepers.partners.iter().copied().any(reads) {
            Share::Partners
        } else {
            return Err(hidden());
        };
        let entries = audit::of_subject(db, subject, &page).await?;
        let total = if count { Some(audit::count_of_subject(db, subject).await?) } else { None };
        Ok(((entries, total), share))
    }
}
