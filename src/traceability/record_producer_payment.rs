//! A producer was paid for a delivery.

use serde::Serialize;
use serde_json::json;

use super::{
    EventId, PaymentId, Traceability,
    ask_confirmation::AskConfirmation,
    audit,
    model::{confirmation::Told, payment::Payment},
    producers::{gone, require_seen},
    store::{self, payments::Delivered},
};
use crate::{
    accounts::{
        Actor,
        policy::{self, Action, Facts},
    },
    directory::Organization,
    kernel::{
        ErrorCode, Outcome, UserError,
        clock::{Timestamp, rfc3339},
        db::WriteTx,
        idempotency::{self, Claimed},
        money::Money,
    },
};

/// What was paid for which delivery, and when.
#[derive(Debug, Clone, Serialize)]
pub struct RecordProducerPayment {
    /// The event of the delivery.
    pub delivery: EventId,
    /// How much.
    pub amount: Money,
    /// When.
    pub paid_at: Timestamp,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Traceability {
    /// Records what a producer was paid for a delivery, and asks her to confirm it. Beside the payment comes the code for a
    /// slip, where she has no phone; a repeated write gives another code in the place of the first.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`] for a delivery that was declared
    /// an error, [`ErrorCode::OutOfRange`] for no amount or a time to come.
    pub async fn record_producer_payment(
        &self,
        actor: &Actor,
        command: RecordProducerPayment,
    ) -> Outcome<(Payment, Option<String>)> {
        let now = self.services().now();
        let db = &self.services().db;
        let recorder = store::payments::recorder(db, command.delivery).await?;
        let recorder = require_seen(actor, recorder, |recorder| *recorder, "deliveryEventId")?;
        policy::require(actor, Action::RecordEvents, &Facts::of(recorder))?;
        let organization = self.knows.directory.organization(actor, recorder).await?.ok_or_else(gone)?;

        let tx = db.begin().await?;
        let delivered = store::payments::lock_delivered(&tx, command.delivery).await?.ok_or_else(gone)?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "recordProducerPayment", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                let id = PaymentId::from_uuid(id);
                let payment = store::payments::find(&tx, id).await?.ok_or_else(gone)?;
                let code = self.slip_again(&tx, payment.delivery, Some(id)).await?;
                tx.commit().await?;
                return Ok((payment, code));
            }
        };
        check(&command, &delivered, now)?;
        let payment = Payment {
            id: PaymentId::from_uuid(self.services().ids.next_uuid()),
            delivery: command.delivery,
            producer: delivered.producer,
            organization: recorder,
            amount: command.amount,
            paid_at: command.paid_at,
            created_at: now,
            confirmed_at: None,
        };
        store::payments::insert(&tx, &payment, actor.user_id()).await?;
        let code = self.ask_about(&tx, organization, &payment, &delivered).await?;
        let change = audit::Change::of(
            payment.organization,
            "payment.record",
            (PaymentId::PREFIX, payment.id.uuid()),
            json!({ "delivery": payment.delivery }),
        );
        audit::append(&tx, actor, now, change).await?;
        claim.finish(&tx, payment.id.uuid()).await?;
        tx.commit().await?;
        Ok((payment, code))
    }

    async fn ask_about(
        &self,
        tx: &WriteTx,
        organization: Organization,
        payment: &Payment,
        delivered: &Delivered,
    ) -> Outcome<Option<String>> {
        let producer = store::producers::lock(tx, payment.producer).await?.ok_or_else(gone)?;
        let product = self.taxonomy().product(&delivered.product);
        let product = product.and_then(|product| product.names.best(organization.language));
        let asked = AskConfirmation {
            producer: producer.id,
            phone: producer.phone,
            delivery: payment.delivery,
            payment: Some(payment.id),
            organization: organization.name,
            language: organization.language,
            told: Told::Payment { amount: payment.amount, product: product.unwrap_or(&delivered.product).to_owned() },
            day: payment.paid_at.date_naive(),
        };
        self.ask_confirmation(tx, asked).await
    }
}

fn check(command: &RecordProducerPayment, delivered: &Delivered, now: Timestamp) -> Result<(), UserError> {
    if delivered.is_void {
        let error = UserError::new(ErrorCode::InvalidTransition, ["input", "deliveryEventId"]);
        return Err(error.with("state", "VOID").with("action", "recordProducerPayment"));
    }
    if command.amount.minor <= 0 {
        let least = Money { minor: 1, ..command.amount }.amount();
        let most = Money { minor: i64::MAX, ..command.amount }.amount();
        let error = UserError::new(ErrorCode::OutOfRange, ["input", "amount", "amount"]);
        return Err(error.with("minimum", least).with("maximum", most));
    }
    if command.paid_at > now {
        let error = UserError::new(ErrorCode::OutOfRange, ["input", "paidAt"]);
        return Err(error.with("minimum", "–").with("maximum", rfc3339(now)));
    }
    Ok(())
}
