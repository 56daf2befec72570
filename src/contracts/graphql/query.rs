//! Reading contracts.

use async_graphql::{Context, ID, InputObject, Object, Result};
use uuid::Uuid;

use super::{Contract, ContractConnection, ContractStatus, Invoice, Loaders, contract::contract_connection, contracts};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    contracts::{ContractFilter as Filter, ContractId, Contracts, InvoiceId},
    kernel::{
        Outcome, Rejections,
        graphql::{Json, failure, page_args, page_complexity, read_id, wants_total_count},
    },
};

/// Narrows a list of contracts.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ContractFilter {
    /// Only those of which this organization is buyer or supplier.
    pub organization_id: Option<ID>,
    /// Only what this organization buys.
    pub buyer_id: Option<ID>,
    /// Only what this organization supplies, alone or with others.
    pub supplier_id: Option<ID>,
    /// Only those in this state.
    pub status: Option<ContractStatus>,
    /// Only those with a line of this product or of one below it, by code.
    pub product_code: Option<String>,
}

impl ContractFilter {
    fn read(self, room: &Contracts) -> Outcome<Filter> {
        let mut wrong = Rejections::default();
        let mut organization = |id: Option<ID>, field: &str| {
            let id = id.map(|id| read_id(&id, OrganizationId::PREFIX, ["filter", field])).transpose();
            wrong.take(id).flatten()
        };
        let filter = Filter {
            organization: organization(self.organization_id, "organizationId"),
            buyer: organization(self.buyer_id, "buyerId"),
            supplier: organization(self.supplier_id, "supplierId"),
            status: self.status.map(Into::into),
            products: None,
        };
        let products = self.product_code.map(|code| room.products_within(&code)).transpose();
        let products = wrong.take(products).flatten();
        wrong.finish()?;
        Ok(Filter { products, ..filter })
    }
}

/// The room's queries.
#[derive(Debug, Default, Clone, Copy)]
pub struct ContractsQuery;

#[Object]
impl ContractsQuery {
    /// A contract by its id; null where there is none that the caller may see.
    async fn contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The contract's id.")] contract_id: ID,
    ) -> Option<Result<Contract>> {
        match read_id(&contract_id, ContractId::PREFIX, ["id"]) {
            Ok(id) => Loaders::contract(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }

    /// The contracts of the caller's organizations, the last made first; everybody's for those who oversee the platform.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn contracts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<ContractFilter>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<ContractConnection> {
        let filter = filter.unwrap_or_default().read(contracts(ctx)?).map_err(|error| failure(ctx, error))?;
        let args = page_args(first, after, last, before);
        let page = contracts(ctx)?.contracts(actor(ctx), &filter, &args, wants_total_count(ctx));
        let page = Box::pin(page).await.map_err(|error| failure(ctx, error))?;
        Ok(contract_connection(page))
    }

    /// An invoice by its id; null where there is none that the caller may see.
    async fn invoice(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The invoice's id.")] invoice_id: ID,
    ) -> Option<Result<Invoice>> {
        match read_id(&invoice_id, InvoiceId::PREFIX, ["id"]) {
            Ok(id) => Loaders::invoice(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }

    /// All that is kept of a contract, from the request to the last payment, with the audit chain of its process, which verifies by
    /// itself as `auditChain.algorithm` says: for auditors, and for those who keep the buyer.
    #[graphql(complexity = 500)]
    async fn contract_dossier(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract's id.")] contract_id: ID,
    ) -> Result<Json> {
        let id = read_id(&contract_id, ContractId::PREFIX, ["contractId"]);
        let id = id.map_err(|error| failure(ctx, error.into()))?;
        let dossier = Box::pin(contracts(ctx)?.dossier(actor(ctx), id)).await;
        dossier.map(Json).map_err(|error| failure(ctx, error))
    }
}

/// Who supplies under the contract that a thing belongs to. None where it belongs to no contract.
///
/// # Errors
/// The masked form of a fault.
pub async fn suppliers_concerned(ctx: &Context<'_>, subject: Uuid) -> Result<Vec<OrganizationId>> {
    contracts(ctx)?.suppliers_concerned(subject).await.map_err(|fault| failure(ctx, fault.into()))
}
