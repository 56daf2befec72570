//! Who may do what to a contract, and what is read of every input.

use uuid::Uuid;

use super::{
    Contract, ContractDeliveryId, ContractId, Contracts, Delivery, InvoiceId, Line, Payment, PaymentMadeId, Supplier,
    model::{contract::WholeContract, invoice::Invoice},
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    catalog::model::draft::QUANTITY_THOUSANDTHS_MAX,
    documents::{self, DocumentId},
    kernel::{
        ErrorCode, Failure, Outcome, UserError,
        db::WriteTx,
        decimal::format_scaled,
        error::excerpt,
        money::Money,
        quantity::{DECIMALS, Quantity},
        text::TextRule,
    },
};

/// Why something was refused, ended or changed.
pub(super) const REASON: TextRule = TextRule { length_min: 1, length_max: 1_000, multiline: true };
/// What somebody else calls something: the number of an invoice, the reference of a payment.
pub(super) const NUMBER: TextRule = TextRule { length_min: 1, length_max: 100, multiline: false };
/// Documents of one thing at most.
const DOCUMENTS_MAX: usize = 10;
/// An amount at most: more than the whole country spends in a year.
const AMOUNT_MAX: i64 = 10_000_000_000_000;

/// Whether somebody sees a contract: she belongs to one of its parties, or oversees the platform.
pub(super) fn sees(actor: &Actor, contract: &Contract, suppliers: &[Supplier]) -> bool {
    let may = |organization| policy::allowed(actor, Action::ViewContracts, &Facts::of(organization));
    may(contract.buyer) || suppliers.iter().any(|supplier| may(supplier.organization))
}

/// There is no such thing that the actor may see.
fn hidden(actor: &Actor, field: &str) -> Failure {
    // Before a stranger is told that nothing is there, she is asked who she is.
    match actor.signed_in() {
        Ok(_) => UserError::new(ErrorCode::NotFound, ["input", field]).into(),
        Err(failure) => failure,
    }
}

impl Contracts {
    /// The contract with all that belongs to it, locked, if the actor sees it. Whoever changes anything under it waits.
    pub(super) async fn locked(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        id: ContractId,
        field: &str,
    ) -> Outcome<WholeContract> {
        let contract = store::contracts::lock(tx, id).await?.ok_or_else(|| hidden(actor, field))?;
        let suppliers = store::contracts::suppliers(&**tx, &[id]).await?.remove(&id).unwrap_or_default();
        if !sees(actor, &contract, &suppliers) {
            return Err(hidden(actor, field));
        }
        let lines = store::lines::of_contracts(&**tx, &[id]).await?.remove(&id).unwrap_or_default();
        Ok(WholeContract { contract, lines, suppliers })
    }

    /// The delivery with its contract, locked, if the actor sees it.
    pub(super) async fn locked_delivery(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        id: ContractDeliveryId,
    ) -> Outcome<(WholeContract, Delivery)> {
        const FIELD: &str = "deliveryId";
        let gone = || hidden(actor, FIELD);
        // Nothing goes from one contract to another; so what was read before the lock says which to lock.
        let found = store::deliveries::by_ids(&**tx, &[id]).await?.remove(&id).ok_or_else(gone)?;
        let whole = self.locked(tx, actor, found.contract, FIELD).await?;
        let delivery = store::deliveries::by_ids(&**tx, &[id]).await?.remove(&id).ok_or_else(gone)?;
        Ok((whole, delivery))
    }

    /// The invoice with its contract, locked, if the actor sees it.
    pub(super) async fn locked_invoice(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        id: InvoiceId,
        field: &str,
    ) -> Outcome<(WholeContract, Invoice)> {
        let gone = || hidden(actor, field);
        let found = store::invoices::by_ids(&**tx, &[id]).await?.remove(&id).ok_or_else(gone)?;
        let whole = self.locked(tx, actor, found.contract, field).await?;
        let invoice = store::invoices::by_ids(&**tx, &[id]).await?.remove(&id).ok_or_else(gone)?;
        Ok((whole, invoice))
    }

    /// The payment with its invoice and contract, locked, if the actor sees it.
    pub(super) async fn locked_payment(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        id: PaymentMadeId,
    ) -> Outcome<(WholeContract, Invoice, Payment)> {
        const FIELD: &str = "paymentId";
        let gone = || hidden(actor, FIELD);
        let found = store::payments::by_ids(&**tx, &[id]).await?.remove(&id).ok_or_else(gone)?;
        let (whole, invoice) = self.locked_invoice(tx, actor, found.invoice, FIELD).await?;
        let payment = store::payments::by_ids(&**tx, &[id]).await?.remove(&id).ok_or_else(gone)?;
        Ok((whole, invoice, payment))
    }

    /// So many thousandths of a line's unit, if that is what the quantity says.
    pub(super) fn of_unit(&self, line: &Line, quantity: &Quantity, path: &[String]) -> Result<i64, UserError> {
        let at = |field: &str| path.iter().cloned().chain([field.to_owned()]).collect::<Vec<_>>();
        let (typed, own) = (quantity.unit.as_str(), line.quantity.unit.as_str());
        let known = (typed.len() <= 60).then(|| self.knows.catalog.taxonomy().locate_unit(typed)).flatten();
        if known.is_none_or(|unit| unit.code != own) {
            let error = UserError::new(ErrorCode::UnknownUnit, at("unit")).with("value", excerpt(typed));
            return Err(error.with("allowed", own));
        }
        if !(0..=QUANTITY_THOUSANDTHS_MAX).contains(&quantity.thousandths) {
            return Err(out_of_range(at("value"), 0, QUANTITY_THOUSANDTHS_MAX));
        }
        Ok(quantity.thousandths)
    }

    /// Notes that a thing uses documents of an organization, which are ready.
    pub(super) async fn attach(
        &self,
        tx: &WriteTx,
        organization: OrganizationId,
        ids: &[DocumentId],
        subject: (&'static str, Uuid),
    ) -> Outcome<()> {
        let path = ["input", "documentIds"];
        if ids.len() > DOCUMENTS_MAX {
            return Err(UserError::new(ErrorCode::TooLong, path).with("maximum", DOCUMENTS_MAX).into());
        }
        self.knows.documents.require_ready(tx, organization, ids, &path).await?;
        documents::attach(tx, ids, subject.0, subject.1).await?;
        Ok(())
    }
}

/// The party that the input names, if it is one and the actor may do this for it.
pub(super) fn acting_for(
    actor: &Actor,
    whole: &WholeContract,
    organization: OrganizationId,
    action: Action,
) -> Outcome<()> {
    if !whole.parties().contains(&organization) {
        return Err(UserError::new(ErrorCode::NotFound, ["input", "organizationId"]).into());
    }
    policy::require(actor, action, &Facts::of(organization))
}

/// The suppliers for whom the actor may do this, who leads them last.
pub(super) fn acting_suppliers(actor: &Actor, whole: &WholeContract, action: Action) -> Vec<OrganizationId> {
    let suppliers = whole.suppliers.iter().map(|supplier| supplier.organization);
    suppliers.filter(|supplier| policy::allowed(actor, action, &Facts::of(*supplier))).collect()
}

/// The supplier for whom the actor does this: who leads them, where she may act for her.
pub(super) fn acting_supplier(actor: &Actor, whole: &WholeContract, action: Action) -> Outcome<OrganizationId> {
    let acting = acting_suppliers(actor, whole, action);
    match acting.last() {
        Some(last) => Ok(*last),
        None => {
            policy::require(actor, action, &Facts::of(whole.contract.supplier))?;
            Ok(whole.contract.supplier)
        }
    }
}

/// More than nothing.
pub(super) fn positive(thousandths: i64, path: &[String]) -> Result<i64, UserError> {
    if thousandths > 0 {
        return Ok(thousandths);
    }
    let at = path.iter().cloned().chain(["value".to_owned()]);
    Err(out_of_range(at.collect(), 1, QUANTITY_THOUSANDTHS_MAX))
}

/// An amount in the contract's currency, more than nothing.
pub(super) fn amount_of(contract: &Contract, money: Money, path: &[String]) -> Result<i64, UserError> {
    let at = |field: &str| path.iter().cloned().chain([field.to_owned()]).collect::<Vec<_>>();
    if money.currency != contract.currency {
        let error = UserError::new(ErrorCode::MixedCurrencies, at("currency"));
        return Err(error.with("expected", contract.currency.code()).with("actual", money.currency.code()));
    }
    if !(1..=AMOUNT_MAX).contains(&money.minor) {
        let amount = |minor| Money { minor, currency: contract.currency }.amount();
        let error = UserError::new(ErrorCode::OutOfRange, at("amount"));
        return Err(error.with("minimum", amount(1)).with("maximum", amount(AMOUNT_MAX)));
    }
    Ok(money.minor)
}

/// Refuses where somebody changed the thing since it was read.
pub(super) fn expect_version(expected: Option<i64>, current: i64) -> Result<(), UserError> {
    match expected {
        Some(version) if version != current => {
            Err(UserError::new(ErrorCode::VersionConflict, ["input", "expectedVersion"]).with("current", current))
        }
        Some(_) | None => Ok(()),
    }
}

/// A quantity outside what is allowed, in thousandths.
pub(super) fn out_of_range(path: Vec<String>, minimum: i64, maximum: i64) -> UserError {
    let error = UserError::new(ErrorCode::OutOfRange, path).with("minimum", format_scaled(minimum, DECIMALS));
    error.with("maximum", format_scaled(maximum.max(0), DECIMALS))
}

/// More than is left of something of a line.
pub(super) fn beyond(code: ErrorCode, path: Vec<String>, left: i64, line: &Line) -> UserError {
    let error = UserError::new(code, path).with("maximum", format_scaled(left.max(0), DECIMALS));
    error.with("unit", line.quantity.unit.as_str())
}

/// A path below `input`.
pub(super) fn path(steps: &[&str]) -> Vec<String> {
    std::iter::once("input").chain(steps.iter().copied()).map(str::to_owned).collect()
}
