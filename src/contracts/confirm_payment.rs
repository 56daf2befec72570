//! Whoever was paid says whether it arrived.

use serde::Serialize;
use serde_json::json;

use super::{
    Contract, ContractId, Contracts, Invoice, Payment, PaymentMadeId,
    access::{REASON, expect_version, path},
    journal::Step,
    model::{
        billing::is_complete,
        states::{ContractAction, InvoiceAction, PaymentAction, PaymentStatus},
    },
    store,
};
use crate::{
    accounts::{
        Actor,
        policy::{self, Action, Facts},
    },
    kernel::{
        Fault, Outcome,
        db::WriteTx,
        idempotency::{self, Claimed},
    },
    notifications::NoticeKind,
    procurement::ReleaseTag,
};

/// What the payee says.
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmPayment {
    /// Which payment.
    pub payment: PaymentMadeId,
    /// Whether it arrived.
    pub received: bool,
    /// What there is to say.
    pub note: Option<String>,
    /// Refuses the answer if the payment is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Contracts {
    /// Confirms or disputes a payment, for the payee. What is disputed counts as unpaid until it is confirmed after all, so that the
    /// buyer can pay again. With the last confirmation a contract of which nothing is left to do is complete.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden` to whoever may not bill for the payee, `InvalidTransition` for what was confirmed before,
    /// `OverPayment` where the invoice was paid otherwise meanwhile.
    pub async fn confirm_payment(&self, actor: &Actor, command: ConfirmPayment) -> Outcome<Payment> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "confirmPayment", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.payment_again(PaymentMadeId::from_uuid(id)).await;
            }
        };
        let (whole, invoice, before) = self.locked_payment(&tx, actor, command.payment).await?;
        policy::require(actor, Action::BillContracts, &Facts::of(before.payee))?;
        expect_version(command.expected_version, before.version)?;
        let action = if command.received { PaymentAction::Confirm } else { PaymentAction::Dispute };
        let status = before.status.transition(action)?;
        whole.contract.status.transition(ContractAction::Pay, ["input", "paymentId"])?;
        let note = command.note.as_deref().map(|note| REASON.check(note, ["input", "note"])).transpose()?;
        let after = Payment {
            status,
            note: note.clone(),
            answered_at: Some(now),
            version: before.version + 1,
            ..before.clone()
        };
        store::payments::answer(&tx, &after, actor.user_id()).await?;
        let settled = match (before.status, status) {
            (PaymentStatus::Recorded, PaymentStatus::Disputed) => self.taken_back(&tx, &invoice, &before).await?,
            (PaymentStatus::Disputed, PaymentStatus::Confirmed) => {
                let paid = store::payments::of_invoices(&*tx, &[invoice.id]).await?.remove(&invoice.id);
                let others: Vec<Payment> =
                    paid.unwrap_or_default().into_iter().filter(|one| one.id != after.id).collect();
                self.paid(&tx, &whole, (&invoice, &others), &after, &path(&["paymentId"])).await?
            }
            (PaymentStatus::Recorded | PaymentStatus::Confirmed | PaymentStatus::Disputed, _) => invoice.clone(),
        };
        if !command.received {
            let told = (NoticeKind::PaymentDisputed, &whole.contract);
            let arguments = [("number", invoice.number.clone()), ("reference", after.reference.clone())];
            self.tell(&tx, &[whole.contract.buyer], told, &arguments).await?;
        }
        let step = Step {
            action: if command.received { "payment.confirm" } else { "payment.dispute" },
            subject: (PaymentMadeId::PREFIX, after.id.uuid()),
            on_behalf_of: Some(after.payee),
            before: Some(json!({ "status": before.status, "invoice_status": invoice.status })),
            after: json!({
                "status": after.status,
                "note": note,
                "invoice_status": settled.status,
                "paid_minor": settled.paid_minor,
            }),
            tag: Some(ReleaseTag::ImplementationUpdate),
        };
        self.record(&tx, actor, &whole.contract, step).await?;
        self.complete_if_done(&tx, actor, &whole.contract).await?;
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// The invoice as it is without a payment that did not arrive.
    async fn taken_back(&self, tx: &WriteTx, invoice: &Invoice, payment: &Payment) -> Outcome<Invoice> {
        let after = Invoice {
            status: invoice.status.transition(InvoiceAction::TakeBack)?,
            discount_minor: 0,
            paid_minor: invoice.paid_minor - payment.minor,
            paid_on: None,
            version: invoice.version + 1,
            ..invoice.clone()
        };
        if !store::invoices::pay(tx, &after, -payment.minor).await? {
            return Err(Fault::corrupt("invoice", "less was paid on it than one payment").into());
        }
        Ok(after)
    }

    /// Ends a contract of which nothing is left to do.
    pub(super) async fn complete_if_done(&self, tx: &WriteTx, actor: &Actor, contract: &Contract) -> Outcome<()> {
        let Some(status) = contract.status.after(ContractAction::Complete) else { return Ok(()) };
        let id = [contract.id];
        let lines = store::lines::of_contracts(&**tx, &id).await?.remove(&contract.id).unwrap_or_default();
        let deliveries = store::deliveries::of_contracts(&**tx, &id).await?.remove(&contract.id).unwrap_or_default();
        let invoices = store::invoices::of_contracts(&**tx, &id).await?.remove(&contract.id).unwrap_or_default();
        let payments = store::payments::of_contracts(&**tx, &id).await?.remove(&contract.id).unwrap_or_default();
        if !is_complete(&lines, &deliveries, &invoices, &payments) {
            return Ok(());
        }
        let now = self.services().now();
        let after = Contract { status, ended_at: Some(now), ..contract.clone() };
        store::contracts::update(tx, &after, now).await?;
        let step = Step {
            action: "contract.complete",
            subject: (ContractId::PREFIX, contract.id.uuid()),
            on_behalf_of: None,
            before: Some(json!({ "status": contract.status })),
            after: json!({ "status": after.status }),
            tag: Some(ReleaseTag::ContractTermination),
        };
        Ok(self.record(tx, actor, &after, step).await?)
    }
}
