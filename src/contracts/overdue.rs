//! What a buyer has not paid in time.

use super::{Contracts, Invoice, store};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    kernel::Outcome,
};

/// Invoices that are told at most.
const OVERDUE_MAX: i64 = 100;

impl Contracts {
    /// The invoices of a buyer, or of all buyers, that were due before today and are not paid whole, the longest due first.
    ///
    /// # Errors
    /// `Unauthenticated` or `Forbidden` for whoever may not see them; when the database cannot answer.
    pub async fn overdue(&self, actor: &Actor, buyer: Option<OrganizationId>) -> Outcome<Vec<Invoice>> {
        policy::require(actor, Action::ViewReports, &buyer.map_or_else(Facts::none, Facts::of))?;
        let today = self.services().clock.today();
        Ok(store::invoices::overdue(&self.services().db, buyer, (today, OVERDUE_MAX)).await?)
    }
}
