//! How many requests stand where.

use super::{Procurement, ShownRequestStatus, store};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    kernel::Outcome,
};

impl Procurement {
    /// How many requests of a buyer stand where, or of all buyers; drafts among them for those who see them.
    ///
    /// # Errors
    /// `Unauthenticated` or `Forbidden` for whoever may not see the buyer's reports; when the database cannot answer.
    pub async fn pipeline(
        &self,
        actor: &Actor,
        buyer: Option<OrganizationId>,
    ) -> Outcome<Vec<(ShownRequestStatus, i64)>> {
        let facts = buyer.map_or_else(Facts::none, Facts::of);
        if buyer.is_some() {
            policy::require(actor, Action::ViewReports, &facts)?;
        } else {
            actor.signed_in()?;
        }
        let drafts = policy::allowed(actor, Action::ViewDraftRequests, &facts);
        let now = self.services().now();
        Ok(store::lists::count_by_status(&self.services().db, buyer, drafts, now).await?)
    }
}
