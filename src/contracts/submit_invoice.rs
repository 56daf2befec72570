//! Suppliers bill what was accepted: matched with the contract's price and the receipts.

use serde::Serialize;
use serde_json::json;

use super::{
    ContractId, ContractLineId, Contracts, Invoice, InvoiceId, InvoiceLine,
    access::{NUMBER, acting_supplier, amount_of, beyond, path, positive},
    journal::Step,
    model::{
        billing::{accepted_of, due_on, last_accepted, penalty},
        contract::WholeContract,
        states::{ContractAction, InvoiceStatus},
    },
    store,
};
use crate::{
    accounts::{Actor, policy::Action},
    documents::DocumentId,
    kernel::{
        ErrorCode, Failure, Fault, Outcome, Rejections, UserError,
        clock::Timestamp,
        db::WriteTx,
        idempotency::{self, Claimed},
        money::Money,
        quantity::Quantity,
        rounding::priced,
    },
    notifications::NoticeKind,
    procurement::ReleaseTag,
};

/// What is billed.
#[derive(Debug, Clone, Serialize)]
pub struct SubmitInvoice {
    /// Under which contract.
    pub contract: ContractId,
    /// The supplier's own number.
    pub number: String,
    /// What of which line.
    pub lines: Vec<BilledLine>,
    /// Documents that go with it, of the supplier.
    pub documents: Vec<DocumentId>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Some of a line.
#[derive(Debug, Clone, Serialize)]
pub struct BilledLine {
    /// The line.
    pub line: ContractLineId,
    /// How much of it.
    pub quantity: Quantity,
    /// At which price: the contract's own, if it is said.
    pub unit_price: Option<Money>,
}

impl Contracts {
    /// Hands in an invoice. Each line is matched with the contract and with what was accepted: its price is the contract's, its
    /// quantity no more than was accepted and is not billed yet, whoever bills at the same time. What lateness takes off follows
    /// from the days.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the contract or a line, [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`],
    /// [`ErrorCode::OverBilling`], [`ErrorCode::InvalidValue`] for another price, [`ErrorCode::MixedCurrencies`],
    /// [`ErrorCode::DuplicateNumber`], and everything else that is wrong with the input.
    pub async fn submit_invoice(&self, actor: &Actor, command: SubmitInvoice) -> Outcome<Invoice> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "submitInvoice", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.invoice_again(InvoiceId::from_uuid(id)).await;
            }
        };
        let whole = self.locked(&tx, actor, command.contract, "contractId").await?;
        let supplier = acting_supplier(actor, &whole, Action::BillContracts)?;
        whole.contract.status.transition(ContractAction::Bill, ["input", "contractId"])?;
        let number = NUMBER.check(&command.number, ["input", "number"]);
        let id = InvoiceId::from_uuid(self.services().ids.next_uuid());
        let mut wrong = Rejections::default();
        let number = wrong.take(number);
        let asked = self.asked(&whole, id, &command.lines, &mut wrong);
        wrong.finish()?;
        let number = number.ok_or_else(|| Failure::code(ErrorCode::Required))?;
        let (lines, accepted_at) = self.matched(&tx, &whole, asked).await?;
        let total =
            |part: fn(&InvoiceLine) -> i64| lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(part(line)));
        let too_much =
            || UserError::new(ErrorCode::OutOfRange, ["input", "lines"]).with("minimum", 1).with("maximum", i64::MAX);
        let gross_minor = total(|line| line.amount_minor).ok_or_else(too_much)?;
        let penalty_minor = total(|line| line.penalty_minor).ok_or_else(too_much)?;
        let invoice = Invoice {
            id,
            contract: command.contract,
            supplier,
            number: number.clone(),
            status: InvoiceStatus::Submitted,
            currency: whole.contract.currency,
            gross_minor,
            penalty_minor,
            net_minor: gross_minor - penalty_minor,
            discount_minor: 0,
            paid_minor: 0,
            submitted_at: now,
            decided_at: None,
            reason: None,
            due_on: due_on(&whole.contract.terms, now, accepted_at),
            accepted_at,
            paid_on: None,
            version: 1,
        };
        if !store::invoices::insert(&tx, &invoice, &lines, actor.user_id()).await? {
            return Err(UserError::new(ErrorCode::DuplicateNumber, ["input", "number"]).with("value", number).into());
        }
        let subject = (InvoiceId::PREFIX, id.uuid());
        self.attach(&tx, supplier, &command.documents, subject).await?;
        let told = (NoticeKind::InvoiceSubmitted, &whole.contract);
        self.tell(&tx, &[whole.contract.buyer], told, &[("number", number.clone())]).await?;
        let step = Step {
            action: "invoice.submit",
            subject,
            on_behalf_of: Some(supplier),
            before: None,
            after: json!({
                "status": invoice.status,
                "contract": invoice.contract,
                "number": number,
                "lines": lines.iter().map(|line| json!({
                    "line": line.line,
                    "quantity": line.quantity,
                    "amount_minor": line.amount_minor,
                    "penalty_minor": line.penalty_minor,
                })).collect::<Vec<_>>(),
                "gross_minor": gross_minor,
                "penalty_minor": penalty_minor,
                "net_minor": invoice.net_minor,
                "due_on": invoice.due_on,
            }),
            tag: Some(ReleaseTag::ImplementationUpdate),
        };
        self.record(&tx, actor, &whole.contract, step).await?;
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        Ok(invoice)
    }

    /// What is billed of each line at the contract's price, without what lateness takes off; notes everything that is wrong with it.
    fn asked(
        &self,
        whole: &WholeContract,
        invoice: InvoiceId,
        lines: &[BilledLine],
        wrong: &mut Rejections,
    ) -> Vec<InvoiceLine> {
        let mut asked: Vec<InvoiceLine> = Vec::with_capacity(lines.len());
        if lines.is_empty() {
            wrong.push(UserError::new(ErrorCode::Required, ["input", "lines"]));
        }
        for (index, billed) in lines.iter().enumerate() {
            let index = index.to_string();
            let at = |steps: &[&str]| {
                let steps: Vec<&str> = ["lines", index.as_str()].iter().chain(steps).copied().collect();
                path(&steps)
            };
            let Some(line) = whole.line(billed.line) else {
                wrong.push(UserError::new(ErrorCode::NotFound, at(&["contractLineId"])));
                continue;
            };
            if asked.iter().any(|before| before.line == line.id) {
                let error = UserError::new(ErrorCode::InvalidValue, at(&["contractLineId"]));
                wrong.push(error.with("value", line.id).with("allowed", "–"));
                continue;
            }
            if let Some(price) = billed.unit_price {
                let price = wrong.take(amount_of(&whole.contract, price, &at(&["unitPrice"])));
                if price.is_some_and(|price| price != line.unit_price_minor) {
                    let written = |minor| Money { minor, currency: whole.contract.currency }.amount();
                    let error = UserError::new(ErrorCode::InvalidValue, at(&["unitPrice", "amount"]));
                    let error = error.with("value", price.map(written).unwrap_or_default());
                    wrong.push(error.with("allowed", written(line.unit_price_minor)));
                }
            }
            let quantity = at(&["quantity"]);
            let thousandths = self.of_unit(line, &billed.quantity, &quantity);
            let Some(thousandths) = wrong.take(thousandths.and_then(|value| positive(value, &quantity))) else {
                continue;
            };
            let left = line.accepted - line.billed;
            if thousandths > left {
                wrong.push(beyond(ErrorCode::OverBilling, at(&["quantity", "value"]), left, line));
                continue;
            }
            match priced(line.unit_price_minor, thousandths).filter(|amount| *amount > 0) {
                Some(amount_minor) => {
                    asked.push(InvoiceLine {
                        invoice,
                        line: line.id,
                        measure: line.measure(),
                        quantity: thousandths,
                        amount_minor,
                        penalty_minor: 0,
                    });
                }
                None => wrong.push(super::access::out_of_range(at(&["quantity", "value"]), 1, left)),
            }
        }
        asked
    }

    /// Notes what is billed of each line, with what lateness takes off, and gives when the last of it was accepted.
    async fn matched(
        &self,
        tx: &WriteTx,
        whole: &WholeContract,
        mut asked: Vec<InvoiceLine>,
    ) -> Outcome<(Vec<InvoiceLine>, Timestamp)> {
        let id = whole.contract.id;
        let deliveries = store::deliveries::of_contracts(&**tx, &[id]).await?.remove(&id).unwrap_or_default();
        let charged = store::invoices::penalties(tx, id).await?;
        let mut last: Option<Timestamp> = None;
        for billed in &mut asked {
            let gone = || Fault::corrupt("contract", "a line of it is gone");
            let line = whole.line(billed.line).ok_or_else(gone)?;
            if !store::lines::bill(tx, line.id, billed.quantity).await? {
                let left = line.accepted - line.billed;
                return Err(beyond(ErrorCode::OverBilling, path(&["lines"]), left, line).into());
            }
            let accepted = accepted_of(line, &deliveries);
            let so_far = line.billed + billed.quantity;
            let all = penalty(&whole.contract.terms, line.unit_price_minor, &accepted, so_far);
            // Terms may have changed since earlier invoices took theirs off: nothing is given back, and never more is taken
            // off than is billed.
            let more = all - charged.get(&line.id).copied().unwrap_or(0);
            billed.penalty_minor = more.clamp(0, billed.amount_minor);
            last = last.max(last_accepted(&accepted, so_far));
        }
        let never = || Fault::corrupt("contract", "what was accepted of it was accepted by no delivery");
        Ok((asked, last.ok_or_else(never)?))
    }
}
