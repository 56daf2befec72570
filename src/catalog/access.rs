//! What every change of a listing has in common: who may, what is kept of it.

use serde_json::Value;
use uuid::Uuid;

use super::{
    Catalog,
    model::{Listing, ListingId, ListingStatus},
    store::{self, rows::Found},
    visibility::visible,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    kernel::{
        ErrorCode, Failure, Fault, Outcome,
        audit::{self, AuditEntry},
        db::WriteTx,
        events::{self, NewEvent},
        outbox::{self, Topic},
    },
};

/// What is told of a listing that everybody may see from then on.
pub const PUBLISHED: &str = "published";

impl Catalog {
    /// Goes on if the actor may manage listings of this organization.
    pub(super) async fn require_manager(&self, actor: &Actor, organization: OrganizationId) -> Outcome<()> {
        let refused = policy::require(actor, Action::ManageListings, &Facts::of(organization));
        // A membership proves that the organization exists; the service itself has none.
        if (refused.is_err() || actor.user().is_none())
            && !store::organizations::exists(&self.knows.services.db, organization).await?
        {
            policy::require(actor, Action::RegisterOrganization, &Facts::none())?;
            return Err(Failure::code(ErrorCode::NotFound));
        }
        refused
    }

    /// Loads and locks a listing that the actor may change.
    pub(super) async fn listing_to_change(&self, tx: &WriteTx, actor: &Actor, id: ListingId) -> Outcome<Listing> {
        let listing = self.visible_for_update(tx, actor, id).await?;
        policy::require(actor, Action::ManageListings, &Facts::of(listing.organization))?;
        Ok(listing)
    }

    /// Loads and locks a listing that the actor may see.
    pub(super) async fn visible_for_update(&self, tx: &WriteTx, actor: &Actor, id: ListingId) -> Outcome<Listing> {
        let found = store::rows::lock(tx, id).await?;
        found
            .filter(|Found { listing, seller }| visible(actor, listing, seller.is_some()))
            .map(|found| found.listing)
            .ok_or_else(|| Failure::code(ErrorCode::NotFound))
    }

    /// Writes a changed listing with everything that follows a change. The caller has set its new fields; version and
    /// time are set here.
    pub(super) async fn change(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        before: &Listing,
        mut after: Listing,
        action: &'static str,
    ) -> Result<Listing, Fault> {
        after.version = before.version + 1;
        after.updated_at = self.knows.services.now();
        store::rows::update(tx, &after).await?;
        self.record(tx, actor, Some(before), &after, action).await?;
        Ok(after)
    }

    /// Keeps the version, the audit entry and the outbox message of a change.
    pub(super) async fn record(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        before: Option<&Listing>,
        after: &Listing,
        action: &'static str,
    ) -> Result<(), Fault> {
        let now = snapshot(after)?;
        store::versions::keep(tx, after, now.clone(), actor.user_id());
        let entry = Entry {
            chain: after.organization,
            on_behalf_of: after.organization,
            action,
            subject: (ListingId::PREFIX, after.id.uuid()),
            before: before.map(snapshot).transpose()?,
            after: Some(now),
        };
        self.audit(tx, actor, entry).await?;
        let was = before.map_or(ListingStatus::Draft, |before| before.status);
        if after.status == ListingStatus::Published && was != ListingStatus::Published {
            let (topic, id) = (events::Topic::Listing, after.id.uuid());
            let published = NewEvent { topic, what: PUBLISHED, subject: id, within: id };
            events::append(tx, &[published], after.updated_at);
        }
        outbox::announce(tx, Topic::Listing, after.id.uuid(), after.updated_at);
        Ok(())
    }

    /// Appends to the audit log.
    pub(super) async fn audit(&self, tx: &WriteTx, actor: &Actor, entry: Entry) -> Result<(), Fault> {
        let entry = AuditEntry {
            chain: entry.chain.uuid(),
            at: self.knows.services.now(),
            actor_user: actor.user_id().map(crate::accounts::UserId::uuid),
            on_behalf_of: Some(entry.on_behalf_of.uuid()),
            action: entry.action,
            subject_kind: entry.subject.0,
            subject_id: entry.subject.1,
            before: entry.before,
            after: entry.after,
            request_id: actor.request.id.as_str().to_owned(),
        };
        Ok(audit::append(tx, &entry).await?)
    }
}

/// An entry of the audit log, as this room says it.
pub(super) struct Entry {
    /// In whose log.
    pub(super) chain: OrganizationId,
    /// For whom it was done.
    pub(super) on_behalf_of: OrganizationId,
    /// What was done.
    pub(super) action: &'static str,
    /// To what.
    pub(super) subject: (&'static str, Uuid),
    /// What it was.
    pub(super) before: Option<Value>,
    /// What it became.
    pub(super) after: Option<Value>,
}

/// All of a listing, as it is kept.
pub(super) fn snapshot(listing: &Listing) -> Result<Value, Fault> {
    serde_json::to_value(listing).map_err(|error| Fault::Internal(format!("listing snapshot: {error}")))
}
