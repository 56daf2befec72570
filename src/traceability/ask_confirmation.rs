//! A producer is asked to confirm what was recorded of her.

use chrono::NaiveDate;

use super::{
    EventId, PaymentId, ProducerId, Traceability,
    model::confirmation::{CODE_LASTS, ConfirmationChannel, ConfirmationCode, Told, message},
    send_messages::due_at,
    store::{self, confirmations::Asked},
};
use crate::kernel::{Outcome, db::WriteTx, entropy, locale::Locale};

/// What a producer is asked to confirm, and how she is reached.
#[derive(Debug, Clone)]
pub struct AskConfirmation {
    /// Whom.
    pub producer: ProducerId,
    /// Where she is called; without it the code goes onto a slip.
    pub phone: Option<String>,
    /// The delivery, or what was paid for.
    pub delivery: EventId,
    /// The payment, where it is one that she confirms.
    pub payment: Option<PaymentId>,
    /// Who asks: the organization's name.
    pub organization: String,
    /// The language in which the organization works.
    pub language: Locale,
    /// What she delivered or was paid.
    pub told: Told,
    /// The day on which that was.
    pub day: NaiveDate,
}

impl Traceability {
    /// Makes a code that confirms what was recorded, good for 30 days. Where the producer has a phone it is sent to her, and
    /// whoever recorded does not learn it; else it is given back, for a slip of paper. Only its digest is kept.
    ///
    /// Call it in the transaction that records, after the delivery's or the payment's row is written.
    ///
    /// # Errors
    /// When the database or the machine's source of randomness refuses.
    pub async fn ask_confirmation(&self, tx: &WriteTx, asked: AskConfirmation) -> Outcome<Option<String>> {
        let now = self.services().now();
        let code = ConfirmationCode::from_entropy(entropy::bytes()?);
        let channel = if asked.phone.is_some() { ConfirmationChannel::Sms } else { ConfirmationChannel::Slip };
        let kept = Asked {
            id: self.services().ids.next_uuid(),
            producer: asked.producer,
            delivery: asked.delivery,
            payment: asked.payment,
            digest: code.digest(),
            channel,
            issued_at: now,
            expires_at: now + CODE_LASTS,
        };
        store::confirmations::insert(tx, &kept).await?;
        match channel {
            ConfirmationChannel::Sms => {
                let text = message(asked.language, &asked.organization, &asked.told, asked.day, &code);
                let id = self.services().ids.next_uuid();
                store::messages::insert(tx, (id, asked.producer), &text, due_at(now)).await?;
                Ok(None)
            }
            ConfirmationChannel::Slip => Ok(Some(code.reveal().to_owned())),
        }
    }

    /// Another code in the place of one for a slip that was not used, for whoever repeats a write whose answer was lost: the
    /// first code is good no more. None where the code was sent to a phone, or was used.
    ///
    /// # Errors
    /// When the database or the machine's source of randomness refuses.
    pub async fn slip_again(
        &self,
        tx: &WriteTx,
        delivery: EventId,
        payment: Option<PaymentId>,
    ) -> Outcome<Option<String>> {
        let now = self.services().now();
        let code = ConfirmationCode::from_entropy(entropy::bytes()?);
        let replaced =
            store::confirmations::replace_slip(tx, (delivery, payment), code.digest(), (now, now + CODE_LASTS)).await?;
        Ok(replaced.then(|| code.reveal().to_owned()))
    }
}
