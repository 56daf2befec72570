//! Reading contracts and what lies under them, as far as the reader may see them.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    Contract, ContractDeliveryId, ContractFilter, ContractId, ContractLineId, Contracts, DeliveredLot, Delivery,
    Invoice, InvoiceId, InvoiceLine, Line, Payment, PaymentMadeId, Signature, Supplier, Version, access::sees,
    model::query::Scope, store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    documents::Document,
    kernel::{
        ErrorCode, Failure, Fault, Outcome, UserError,
        error::excerpt,
        page::{Counted, CursorKey, Page, PageArgs, SortValue},
    },
    procurement::FrozenStatus,
};

/// The list that cursors of contracts belong to.
pub const CONTRACTS: &str = "contracts:newest";

impl Contracts {
    /// Those of these contracts that exist and that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn contracts_by_ids(
        &self,
        actor: &Actor,
        ids: &[ContractId],
    ) -> Result<HashMap<ContractId, Contract>, Fault> {
        let mut found = store::contracts::by_ids(&self.services().db, ids).await?;
        let suppliers = self.suppliers_of(ids).await?;
        let of = |id: &ContractId| suppliers.get(id).map(Vec::as_slice).unwrap_or_default();
        found.retain(|id, contract| sees(actor, contract, of(id)));
        Ok(found)
    }

    /// A page of the contracts that the actor may see, the last made first.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`], and what is wrong with the page.
    pub async fn contracts(
        &self,
        actor: &Actor,
        filter: &ContractFilter,
        args: &PageArgs,
        total: bool,
    ) -> Outcome<Counted<Contract>> {
        let page = Page::new(CONTRACTS, args, SortValue::is_time)?;
        let scope = if policy::allowed(actor, Action::ViewContracts, &Facts::none()) {
            Scope::Everything
        } else {
            Scope::Of(actor.signed_in()?.memberships.organizations())
        };
        let db = &self.services().db;
        let slice = store::lists::page(db, filter, &scope, &page).await?;
        let total = if total { Some(store::lists::count(db, filter, &scope).await?) } else { None };
        Ok((slice, total))
    }

    /// Who supplies under each of these contracts; who leads them comes last.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn suppliers_of(&self, ids: &[ContractId]) -> Result<HashMap<ContractId, Vec<Supplier>>, Fault> {
        store::contracts::suppliers(self.services().db.read(), ids).await
    }

    /// The lines of each of these contracts, which the actor was shown.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn lines_of(&self, ids: &[ContractId]) -> Result<HashMap<ContractId, Vec<Line>>, Fault> {
        store::lines::of_contracts(self.services().db.read(), ids).await
    }

    /// Every wording of each of these contracts, which the actor was shown.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn versions_of(&self, ids: &[ContractId]) -> Result<HashMap<ContractId, Vec<Version>>, Fault> {
        store::versions::of_contracts(self.services().db.read(), ids).await
    }

    /// Every signature under wordings of these contracts, which the actor was shown.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn signatures_of(&self, ids: &[ContractId]) -> Result<HashMap<ContractId, Vec<Signature>>, Fault> {
        store::versions::signatures(self.services().db.read(), ids).await
    }

    /// The deliveries under each of these contracts, which the actor was shown.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn deliveries_of(&self, ids: &[ContractId]) -> Result<HashMap<ContractId, Vec<Delivery>>, Fault> {
        store::deliveries::of_contracts(self.services().db.read(), ids).await
    }

    /// The lots that went with each of these deliveries, which the actor was shown.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn lots_of_deliveries(
        &self,
        ids: &[ContractDeliveryId],
    ) -> Result<HashMap<ContractDeliveryId, Vec<DeliveredLot>>, Fault> {
        store::deliveries::lots(self.services().db.read(), ids).await
    }

    /// The invoices under each of these contracts, which the actor was shown.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn invoices_of(&self, ids: &[ContractId]) -> Result<HashMap<ContractId, Vec<Invoice>>, Fault> {
        store::invoices::of_contracts(self.services().db.read(), ids).await
    }

    /// What each of these invoices bills, which the actor was shown.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn lines_of_invoices(&self, ids: &[InvoiceId]) -> Result<HashMap<InvoiceId, Vec<InvoiceLine>>, Fault> {
        store::invoices::lines(self.services().db.read(), ids).await
    }

    /// What was paid on each of these invoices, which the actor was shown.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn payments_of(&self, ids: &[InvoiceId]) -> Result<HashMap<InvoiceId, Vec<Payment>>, Fault> {
        store::payments::of_invoices(self.services().db.read(), ids).await
    }

    /// All that was paid under each of these contracts, which the actor was shown.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn payments_under(&self, ids: &[ContractId]) -> Result<HashMap<ContractId, Vec<Payment>>, Fault> {
        store::payments::of_contracts(self.services().db.read(), ids).await
    }

    /// What suppliers were under every definition when their contract was awarded or ordered: by the award, or by the contract where
    /// there was none.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn statuses_of(&self, subjects: &[Uuid]) -> Result<HashMap<Uuid, Vec<FrozenStatus>>, Fault> {
        self.knows.procurement.frozen_statuses(subjects).await
    }

    /// Those of these deliveries whose contract the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn deliveries_by_ids(
        &self,
        actor: &Actor,
        ids: &[ContractDeliveryId],
    ) -> Result<HashMap<ContractDeliveryId, Delivery>, Fault> {
        let mut found = store::deliveries::by_ids(self.services().db.read(), ids).await?;
        let of: Vec<ContractId> = found.values().map(|delivery| delivery.contract).collect();
        let seen = self.contracts_by_ids(actor, &of).await?;
        found.retain(|_, delivery| seen.contains_key(&delivery.contract));
        Ok(found)
    }

    /// Those of these lines whose contract the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn lines_by_ids(
        &self,
        actor: &Actor,
        ids: &[ContractLineId],
    ) -> Result<HashMap<ContractLineId, Line>, Fault> {
        let mut found = store::lines::by_ids(self.services().db.read(), ids).await?;
        let of: Vec<ContractId> = found.values().map(|line| line.contract).collect();
        let seen = self.contracts_by_ids(actor, &of).await?;
        found.retain(|_, line| seen.contains_key(&line.contract));
        Ok(found)
    }

    /// Those of these invoices whose contract the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn invoices_by_ids(
        &self,
        actor: &Actor,
        ids: &[InvoiceId],
    ) -> Result<HashMap<InvoiceId, Invoice>, Fault> {
        let mut found = store::invoices::by_ids(self.services().db.read(), ids).await?;
        let of: Vec<ContractId> = found.values().map(|invoice| invoice.contract).collect();
        let seen = self.contracts_by_ids(actor, &of).await?;
        found.retain(|_, invoice| seen.contains_key(&invoice.contract));
        Ok(found)
    }

    /// Those of these payments whose contract the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn payments_by_ids(
        &self,
        actor: &Actor,
        ids: &[PaymentMadeId],
    ) -> Result<HashMap<PaymentMadeId, Payment>, Fault> {
        let mut found = store::payments::by_ids(self.services().db.read(), ids).await?;
        let of: Vec<InvoiceId> = found.values().map(|payment| payment.invoice).collect();
        let seen = self.invoices_by_ids(actor, &of).await?;
        found.retain(|_, payment| seen.contains_key(&payment.invoice));
        Ok(found)
    }

    /// Those documents of things under contracts which the actor was shown, that their parties see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn documents_of(&self, kind: &str, subjects: &[Uuid]) -> Result<HashMap<Uuid, Vec<Document>>, Fault> {
        self.knows.documents.documents_for_parties(kind, subjects).await
    }

    /// The codes of a product and of all below it.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownProduct`] at `filter.productCode`.
    pub fn products_within(&self, code: &str) -> Result<Vec<String>, UserError> {
        let taxonomy = self.knows.catalog.taxonomy();
        if taxonomy.product(code).is_none() {
            let near = taxonomy.find(&excerpt(code), 3);
            let near: Vec<&str> = near.iter().map(|product| product.code.as_str()).collect();
            let error = UserError::new(ErrorCode::UnknownProduct, ["filter", "productCode"]);
            return Err(error.with("value", excerpt(code)).with("suggestions", near.join(", ")));
        }
        Ok(taxonomy.with_descendants(code).iter().map(|product| product.code.clone()).collect())
    }

    /// What a write made that is repeated, or has just made.
    pub(super) async fn contract_again(&self, id: ContractId) -> Outcome<Contract> {
        store::contracts::by_ids(&self.services().db, &[id]).await?.remove(&id).ok_or_else(gone)
    }

    pub(super) async fn delivery_again(&self, id: ContractDeliveryId) -> Outcome<Delivery> {
        store::deliveries::by_ids(self.services().db.read(), &[id]).await?.remove(&id).ok_or_else(gone)
    }

    pub(super) async fn invoice_again(&self, id: InvoiceId) -> Outcome<Invoice> {
        store::invoices::by_ids(self.services().db.read(), &[id]).await?.remove(&id).ok_or_else(gone)
    }

    pub(super) async fn payment_again(&self, id: PaymentMadeId) -> Outcome<Payment> {
        store::payments::by_ids(self.services().db.read(), &[id]).await?.remove(&id).ok_or_else(gone)
    }

    /// The organization that the input names in a field, if the actor sees it and may do this for it.
    pub(super) async fn require_of(
        &self,
        actor: &Actor,
        action: Action,
        (organization, field): (OrganizationId, &str),
    ) -> Outcome<crate::directory::Organization> {
        let Some(found) = self.knows.directory.organization(actor, organization).await? else {
            actor.signed_in()?;
            return Err(UserError::new(ErrorCode::NotFound, ["input", field]).into());
        };
        policy::require(actor, action, &Facts::of(organization))?;
        Ok(found)
    }
}

fn gone() -> Failure {
    Failure::code(ErrorCode::NotFound)
}

/// Where a contract stands in its lists.
#[must_use]
pub fn contract_key(contract: &Contract) -> CursorKey {
    CursorKey { sort: SortValue::Time(contract.created_at), id: contract.id.uuid() }
}
