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

/// A page of the trail, with the number of all entries where it was asked for.
pub(super) type AuditTrail = (Slice<StoredEntry>, Option<i64>);

impl Accounts {
    /// The chain that the changes of one thing stand in; none where nothing is known of it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn audit_chain(&self, subject: Uuid) -> Outcome<Option<Uuid>> {
        Ok(audit::chain_of(&self.services.db, subject).await?)
    }

    /// The changes of one thing, newest first, for those who keep the organization it belongs to, for the person whose
    /// account it is, and for the platform's auditors. `chain` is the one that they stand in, and `keeper` whose that is: the
    /// organization or the person of the same id, unless a room knows it for somebody else's.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for whoever may not see the trail, whether there is one or not.
    pub async fn audit_trail(
        &self,
        actor: &Actor,
        (subject, chain, keeper): (Uuid, Option<Uuid>, Option<OrganizationId>),
        args: &PageArgs,
        count: bool,
    ) -> Outcome<AuditTrail> {
        let page = Page::new(AUDIT_TRAIL, args, SortValue::is_time)?;
        let db = &self.services.db;
        let hidden = || Failure::code(ErrorCode::NotFound);
        let chain = chain.ok_or_else(hidden)?;
        let own = actor.user_id().map(UserId::uuid) == Some(chain);
        let facts = Facts::of(keeper.unwrap_or_else(|| OrganizationId::from_uuid(chain)));
        if !own && !policy::allowed(actor, Action::ViewAuditTrail, &facts) {
            return Err(hidden());
        }
        let entries = audit::of_subject(db, subject, &page).await?;
        let total = if count { Some(audit::count_of_subject(db, subject).await?) } else { None };
        Ok((entries, total))
    }
}
