//! The buyer tells what she paid on an invoice, and to whom.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;

use super::{
    Contracts, Invoice, InvoiceId, Payment, PaymentMadeId,
    access::{NUMBER, amount_of, path},
    journal::Step,
    model::{
        amount::parted,
        contract::WholeContract,
        states::{ContractAction, InvoiceAction, InvoiceStatus, PaymentStatus},
    },
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    documents::DocumentId,
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        db::WriteTx,
        idempotency::{self, Claimed},
        money::Money,
    },
    notifications::NoticeKind,
    procurement::ReleaseTag,
};

/// What was paid.
#[derive(Debug, Clone, Serialize)]
pub struct RecordPayment {
    /// On which invoice.
    pub invoice: InvoiceId,
    /// To which supplier.
    pub payee: OrganizationId,
    /// How much.
    pub amount: Money,
    /// On which day.
    pub paid_on: NaiveDate,
    /// What the bank or the operator calls it.
    pub reference: String,
    /// Documents that show it, of the buyer.
    pub documents: Vec<DocumentId>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Contracts {
    /// Records what was paid on an approved invoice. A supplier gets no more than her share of it; all of them no more than is to be
    /// paid, whoever pays at the same time. Where paying it all so early takes a discount off, exactly what is left of it settles the
    /// invoice.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`] for an invoice that is not approved,
    /// [`ErrorCode::InvalidValue`] for a payee who supplies nothing, [`ErrorCode::OverPayment`], [`ErrorCode::DuplicateNumber`] for a
    /// reference that was recorded before, [`ErrorCode::MixedCurrencies`], [`ErrorCode::OutOfRange`] for a day to come.
    pub async fn record_payment(&self, actor: &Actor, command: RecordPayment) -> Outcome<Payment> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "recordPayment", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.payment_again(PaymentMadeId::from_uuid(id)).await;
            }
        };
        let (whole, invoice) = self.locked_invoice(&tx, actor, command.invoice, "invoiceId").await?;
        let buyer = whole.contract.buyer;
        policy::require(actor, Action::PayInvoices, &Facts::of(buyer))?;
        whole.contract.status.transition(ContractAction::Pay, ["input", "invoiceId"])?;
        let payment = self.payment_of(&whole, &command)?;
        if !store::payments::insert(&tx, &payment, actor.user_id()).await? {
            let error = UserError::new(ErrorCode::DuplicateNumber, ["input", "reference"]);
            return Err(error.with("value", &payment.reference).into());
        }
        let paid = store::payments::of_invoices(&*tx, &[invoice.id]).await?.remove(&invoice.id).unwrap_or_default();
        let before: Vec<Payment> = paid.into_iter().filter(|one| one.id != payment.id).collect();
        let after = self.paid(&tx, &whole, (&invoice, &before), &payment, &path(&["amount"])).await?;
        let subject = (PaymentMadeId::PREFIX, payment.id.uuid());
        self.attach(&tx, buyer, &command.documents, subject).await?;
        let amount = Money { minor: payment.minor, currency: payment.currency };
        let arguments = [
            ("number", invoice.number.clone()),
            ("amount", format!("{} {}", amount.amount(), payment.currency.code())),
        ];
        self.tell(&tx, &[payment.payee], (NoticeKind::PaymentRecorded, &whole.contract), &arguments).await?;
        let step = Step {
            action: "payment.record",
            subject,
            on_behalf_of: Some(buyer),
            before: Some(json!({ "invoice_status": invoice.status, "paid_minor": invoice.paid_minor })),
            after: json!({
                "status": payment.status,
                "invoice": payment.invoice,
                "payee": payment.payee,
                "minor": payment.minor,
                "currency": payment.currency.code(),
                "paid_on": payment.paid_on,
                "reference": payment.reference,
                "invoice_status": after.status,
                "paid_minor": after.paid_minor,
                "discount_minor": after.discount_minor,
            }),
            tag: Some(ReleaseTag::ImplementationUpdate),
        };
        self.record(&tx, actor, &whole.contract, step).await?;
        claim.finish(&tx, payment.id.uuid()).await?;
        tx.commit().await?;
        Ok(payment)
    }

    /// The payment as it is to be kept, or everything that is wrong with it.
    fn payment_of(&self, whole: &WholeContract, command: &RecordPayment) -> Outcome<Payment> {
        let mut wrong = Rejections::default();
        let minor = wrong.take(amount_of(&whole.contract, command.amount, &path(&["amount"])));
        let reference = wrong.take(NUMBER.check(&command.reference, ["input", "reference"]));
        if !whole.is_supplier(command.payee) {
            let allowed: Vec<String> = whole.suppliers.iter().map(|one| one.organization.to_string()).collect();
            let error = UserError::new(ErrorCode::InvalidValue, ["input", "payeeId"]);
            wrong.push(error.with("value", command.payee).with("allowed", allowed.join(", ")));
        }
        let today = self.today();
        let first = whole.contract.signed_at.map_or(today, |signed| signed.date_naive()).min(today);
        if !(first..=today).contains(&command.paid_on) {
            let error = UserError::new(ErrorCode::OutOfRange, ["input", "paidOn"]).with("value", command.paid_on);
            wrong.push(error.with("minimum", first).with("maximum", today));
        }
        wrong.finish()?;
        let (Some(minor), Some(reference)) = (minor, reference) else {
            return Err(Failure::code(ErrorCode::Required));
        };
        Ok(Payment {
            id: PaymentMadeId::from_uuid(self.services().ids.next_uuid()),
            invoice: command.invoice,
            payee: command.payee,
            status: PaymentStatus::Recorded,
            minor,
            currency: whole.contract.currency,
            paid_on: command.paid_on,
            reference,
            recorded_at: self.services().now(),
            answered_at: None,
            note: None,
            version: 1,
        })
    }

    /// Adds a payment to what was paid on its invoice, beside those before, and gives the invoice as it then is.
    pub(super) async fn paid(
        &self,
        tx: &WriteTx,
        whole: &WholeContract,
        (invoice, before): (&Invoice, &[Payment]),
        payment: &Payment,
        path: &[String],
    ) -> Outcome<Invoice> {
        let most = payable(whole, invoice, before, payment.payee);
        let over = || {
            let amount = Money { minor: most.max(0), currency: invoice.currency };
            let error = UserError::new(ErrorCode::OverPayment, path.iter().cloned());
            error.with("maximum", format!("{} {}", amount.amount(), invoice.currency.code()))
        };
        if invoice.status == InvoiceStatus::Paid {
            return Err(over().into());
        }
        invoice.status.transition(InvoiceAction::PayPart)?;
        if payment.minor > most {
            return Err(over().into());
        }
        let counting = || before.iter().filter(|one| one.counts()).chain(std::iter::once(payment));
        let terms = &whole.contract.terms;
        let in_time = |last: NaiveDate| counting().all(|one| one.paid_on <= last);
        let discount = invoice.early_until(terms).filter(|last| in_time(*last)).map_or(0, |_| invoice.discount(terms));
        let all = invoice.paid_minor + payment.minor;
        let (action, discount_minor) = if discount > 0 && all == invoice.net_minor - discount {
            (InvoiceAction::PayRest, discount)
        } else if all == invoice.net_minor {
            (InvoiceAction::PayRest, 0)
        } else {
            (InvoiceAction::PayPart, 0)
        };
        let status = invoice.status.transition(action)?;
        let is_settled = status == InvoiceStatus::Paid;
        let after = Invoice {
            status,
            discount_minor,
            paid_minor: all,
            paid_on: is_settled.then(|| counting().map(|one| one.paid_on).max()).flatten(),
            version: invoice.version + 1,
            ..invoice.clone()
        };
        if !store::invoices::pay(tx, &after, payment.minor).await? {
            return Err(over().into());
        }
        Ok(after)
    }
}

/// What a supplier may still be paid on an invoice: what is left of her share, and no more than is left of all.
fn payable(whole: &WholeContract, invoice: &Invoice, before: &[Payment], payee: OrganizationId) -> i64 {
    let shares: Vec<i64> = whole.suppliers.iter().map(|supplier| supplier.share).collect();
    let parts = parted(invoice.net_minor - invoice.discount_minor, &shares);
    let share: i64 = whole
        .suppliers
        .iter()
        .zip(parts)
        .filter(|(supplier, _)| supplier.organization == payee)
        .map(|(_, part)| part)
        .sum();
    let hers = before.iter().filter(|payment| payment.counts() && payment.payee == payee);
    let had: i64 = hers.map(|payment| payment.minor).sum();
    (share - had).min(invoice.unpaid_minor())
}
