//! Contracts on the wire.

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::{
    ContractDelivery, ContractLine, ContractSignature, ContractSupplier, ContractTerms, ContractVersion, Invoice,
    Loaders, contracts, money,
};
use crate::{
    catalog::graphql::{Listing, Loaders as CatalogLoaders},
    connection,
    contracts::{
        self, CONTRACTS, ContractId, contract_key,
        model::{
            billing::{accepted_of, arrears, penalty},
            states,
        },
    },
    directory::graphql::{Loaders as DirectoryLoaders, Organization},
    documents::graphql::Document,
    kernel::{
        graphql::{Date, Money, list_complexity},
        page::{Counted, encode_cursor},
    },
};

/// Where a contract stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "states::ContractStatus")]
pub enum ContractStatus {
    /// Not all have signed.
    Pending,
    /// It is in force.
    Active,
    /// All was delivered, billed and paid, and the payees have said so.
    Complete,
    /// It was ended before it was carried out.
    Terminated,
    /// It never took force.
    Cancelled,
}

/// What a buyer and suppliers agreed on.
#[derive(Debug, Clone)]
pub struct Contract(pub contracts::Contract);

connection! {
    /// A page of contracts.
    ContractConnection, ContractEdge, Contract
}

/// What a buyer and suppliers agreed on, from an award or an order from a listing. Its parties see it, and those who oversee the
/// platform.
#[Object]
impl Contract {
    /// Identifies the contract.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What its process is called in open contracting data.
    fn ocid(&self) -> &str {
        &self.0.ocid
    }

    /// Who buys.
    async fn buyer(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        DirectoryLoaders::organization(ctx, self.0.buyer).await
    }

    /// Who leads the suppliers: delivers and bills for them.
    async fn supplier(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        DirectoryLoaders::organization(ctx, self.0.supplier).await
    }

    /// All suppliers, with their shares of what is paid.
    #[graphql(complexity = "list_complexity(2, child_complexity)")]
    async fn suppliers(&self, ctx: &Context<'_>) -> Result<Vec<ContractSupplier>> {
        let suppliers = Loaders::suppliers(ctx, self.0.id).await?;
        let subject = self.0.award.map_or(self.0.id.uuid(), |award| award.uuid());
        Ok(suppliers.iter().map(|supplier| ContractSupplier { supplier: *supplier, subject }).collect())
    }

    /// What it is called.
    fn title(&self) -> &str {
        &self.0.title
    }

    /// Where it stands.
    fn status(&self) -> ContractStatus {
        self.0.status.into()
    }

    /// The ISO 4217 code of the currency in which all its amounts stand.
    fn currency(&self) -> &'static str {
        self.0.currency.code()
    }

    /// What its lines come to as they are in force.
    fn amount(&self) -> Money {
        money(self.0.amount_minor, self.0.currency)
    }

    /// What they came to when it was signed first.
    fn signed_amount(&self) -> Money {
        money(self.0.signed_amount_minor, self.0.currency)
    }

    /// The listing that was ordered from; null where it follows from an award.
    async fn listing(&self, ctx: &Context<'_>) -> Result<Option<Listing>> {
        match self.0.listing {
            Some(id) => CatalogLoaders::listing(ctx, id).await,
            None => Ok(None),
        }
    }

    /// The id of the award that it follows from; null where it was ordered from a listing.
    fn award_id(&self) -> Option<ID> {
        self.0.award.map(|award| award.to_string().into())
    }

    /// Terms of payment and lateness.
    fn terms(&self) -> ContractTerms {
        ContractTerms(self.0.terms)
    }

    /// What is to be delivered, as it is in force.
    #[graphql(complexity = "list_complexity(2, child_complexity)")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<ContractLine>> {
        let lines = Loaders::lines(ctx, self.0.id).await?;
        Ok(lines.iter().map(|line| ContractLine { line: line.clone(), currency: Some(self.0.currency) }).collect())
    }

    /// Its wordings, the first one first.
    #[graphql(complexity = "list_complexity(2, child_complexity)")]
    async fn versions(&self, ctx: &Context<'_>) -> Result<Vec<ContractVersion>> {
        let versions = Loaders::versions(ctx, self.0.id).await?;
        Ok(versions.iter().map(|version| ContractVersion::of(&self.0, version)).collect())
    }

    /// The wording that waits for signatures; null where none does.
    async fn pending_version(&self, ctx: &Context<'_>) -> Result<Option<ContractVersion>> {
        let Some(pending) = self.0.pending_version() else { return Ok(None) };
        let versions = Loaders::versions(ctx, self.0.id).await?;
        let found = versions.iter().find(|version| version.version == pending);
        Ok(found.map(|version| ContractVersion::of(&self.0, version)))
    }

    /// Who signed which wording.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn signatures(&self, ctx: &Context<'_>) -> Result<Vec<ContractSignature>> {
        let signatures = Loaders::signatures(ctx, self.0.id).await?;
        Ok(signatures.iter().copied().map(ContractSignature).collect())
    }

    /// What was planned and delivered, the first that is due first.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn deliveries(&self, ctx: &Context<'_>) -> Result<Vec<ContractDelivery>> {
        let deliveries = Loaders::deliveries(ctx, self.0.id).await?;
        Ok(deliveries.iter().cloned().map(ContractDelivery).collect())
    }

    /// What was billed, the first that was handed in first.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn invoices(&self, ctx: &Context<'_>) -> Result<Vec<Invoice>> {
        let invoices = Loaders::invoices(ctx, self.0.id).await?;
        Ok(invoices.iter().cloned().map(Invoice).collect())
    }

    /// What is in arrears on a day: what of invoices that were due before was not paid by then. It follows from the days and is
    /// stored nowhere.
    async fn arrears(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; today where it is left out.")] on: Option<Date>,
    ) -> Result<Money> {
        let (invoices, payments) =
            futures_util::future::try_join(Loaders::invoices(ctx, self.0.id), Loaders::payments_under(ctx, self.0.id))
                .await?;
        let day = on.map_or_else(|| contracts(ctx).map(contracts::Contracts::today), |day| Ok(day.0))?;
        Ok(money(arrears(&invoices, &payments, day), self.0.currency))
    }

    /// What lateness takes off all that was accepted so far, whether it was billed yet or not.
    async fn penalties(&self, ctx: &Context<'_>) -> Result<Money> {
        let both = (Loaders::lines(ctx, self.0.id), Loaders::deliveries(ctx, self.0.id));
        let (lines, deliveries) = futures_util::future::try_join(both.0, both.1).await?;
        let of_line = |line: &contracts::Line| {
            penalty(&self.0.terms, line.unit_price_minor, &accepted_of(line, &deliveries), line.accepted)
        };
        Ok(money(lines.iter().map(of_line).sum(), self.0.currency))
    }

    /// The documents that go with it and that its parties see.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn documents(&self, ctx: &Context<'_>) -> Result<Vec<Document>> {
        Loaders::documents(ctx, ContractId::PREFIX, self.0.id.uuid()).await
    }

    /// The wording in force; 0 while there is none.
    fn version_in_force(&self) -> i64 {
        self.0.version_in_force
    }

    /// The last wording that was proposed: what `expectedVersion` is held against.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// When all had signed first; null while they have not.
    fn signed_at(&self) -> Option<DateTime<Utc>> {
        self.0.signed_at
    }

    /// When it ended; null while it has not.
    fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// Why it ended before it was carried out.
    fn ended_reason(&self) -> Option<&str> {
        self.0.ended_reason.as_deref()
    }

    /// When it was made.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// A page of contracts as a connection.
pub(super) fn contract_connection((slice, total): Counted<contracts::Contract>) -> ContractConnection {
    let edge = |contract: contracts::Contract| (encode_cursor(CONTRACTS, &contract_key(&contract)), Contract(contract));
    ContractConnection::new(slice, edge, total)
}
