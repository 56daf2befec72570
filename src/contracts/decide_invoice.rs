//! The buyer finds an invoice right or wrong.

use serde::Serialize;
use serde_json::json;

use super::{
    Contracts, Invoice, InvoiceId,
    access::{REASON, expect_version},
    journal::Step,
    model::states::{ContractAction, InvoiceAction},
    store,
};
use crate::{
    accounts::{
        Actor,
        policy::{self, Action, Facts},
    },
    kernel::{
        ErrorCode, Outcome, UserError,
        idempotency::{self, Claimed},
    },
    notifications::NoticeKind,
    procurement::ReleaseTag,
};

/// What the buyer decides.
#[derive(Debug, Clone, Serialize)]
pub struct DecideInvoice {
    /// Which invoice.
    pub invoice: InvoiceId,
    /// Whether it is right.
    pub approve: bool,
    /// Why it is not; needed where it is refused.
    pub reason: Option<String>,
    /// Refuses the decision if the invoice is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Contracts {
    /// Approves or refuses an invoice, for the buyer. What a refused one billed may be billed again, under another number.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`], [`ErrorCode::Required`] where it is
    /// refused without a reason.
    pub async fn decide_invoice(&self, actor: &Actor, command: DecideInvoice) -> Outcome<Invoice> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "decideInvoice", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.invoice_again(InvoiceId::from_uuid(id)).await;
            }
        };
        let (whole, before) = self.locked_invoice(&tx, actor, command.invoice, "invoiceId").await?;
        policy::require(actor, Action::PayInvoices, &Facts::of(whole.contract.buyer))?;
        expect_version(command.expected_version, before.version)?;
        whole.contract.status.transition(ContractAction::Bill, ["input", "invoiceId"])?;
        let action = if command.approve { InvoiceAction::Approve } else { InvoiceAction::Reject };
        let mut status = before.status.transition(action)?;
        let reason = match &command.reason {
            Some(reason) => Some(REASON.check(reason, ["input", "reason"])?),
            None if !command.approve => {
                return Err(UserError::new(ErrorCode::Required, ["input", "reason"]).into());
            }
            None => None,
        };
        let mut paid_on = None;
        if command.approve && before.unpaid_minor() == 0 {
            // Lateness took all of it off.
            status = status.transition(InvoiceAction::PayRest)?;
            paid_on = Some(self.today());
        }
        let after = Invoice {
            status,
            decided_at: Some(now),
            reason: reason.clone(),
            paid_on,
            version: before.version + 1,
            ..before.clone()
        };
        store::invoices::decide(&tx, &after, actor.user_id()).await?;
        if !command.approve {
            let lines = store::invoices::lines(&*tx, &[after.id]).await?.remove(&after.id).unwrap_or_default();
            for line in lines {
                store::lines::take_back(&tx, line.line, line.quantity).await?;
            }
        }
        let became = if command.approve { "APPROVED" } else { "REJECTED" };
        let arguments = [("number", after.number.clone()), ("became", became.to_owned())];
        let told = (NoticeKind::InvoiceDecided, &whole.contract);
        self.tell(&tx, &[after.supplier], told, &arguments).await?;
        let step = Step {
            action: if command.approve { "invoice.approve" } else { "invoice.reject" },
            subject: (InvoiceId::PREFIX, after.id.uuid()),
            on_behalf_of: Some(whole.contract.buyer),
            before: Some(json!({ "status": before.status })),
            after: json!({ "status": after.status, "reason": reason }),
            tag: Some(ReleaseTag::ImplementationUpdate),
        };
        self.record(&tx, actor, &whole.contract, step).await?;
        self.complete_if_done(&tx, actor, &whole.contract).await?;
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }
}
