//! A producer confirms a delivery or a payment by its code. She has no account.

use serde_json::json;

use super::{
    EventId, Traceability, audit,
    model::confirmation::{ConfirmationCode, Confirmed},
    store,
};
use crate::{
    accounts::Actor,
    kernel::{
        ErrorCode, Outcome, UserError,
        idempotency::{self, Claimed},
    },
};

/// The code that somebody typed.
#[derive(Clone)]
pub struct ConfirmDelivery {
    /// The code.
    pub code: String,
    /// Makes a repeated write one.
    pub idempotency_key: Option<String>,
}

impl Traceability {
    /// Confirms what a code stands for. Anybody may who knows the code, except members of the organization that recorded what
    /// it confirms.
    ///
    /// A key of a repeated write is kept beside the code, so that two strangers may use the same one.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidConfirmationCode`] for one that is unknown, used or too old; [`ErrorCode::ConflictOfInterest`];
    /// [`ErrorCode::TooManyAttempts`] from an address that tries many.
    pub async fn confirm_delivery(&self, actor: &Actor, command: ConfirmDelivery) -> Outcome<Confirmed> {
        self.knows.confirming.from_address(actor.request.address)?;
        let invalid = || UserError::new(ErrorCode::InvalidConfirmationCode, ["input", "code"]);
        let code = ConfirmationCode::parse(&command.code).ok_or_else(invalid)?;
        let (digest, now) = (code.digest(), self.services().now());

        let tx = self.services().db.begin().await?;
        let recorder = store::confirmations::recorder(&tx, digest, now).await?;
        if recorder.is_some_and(|organization| actor.role_in(organization).is_some()) {
            return Err(UserError::new(ErrorCode::ConflictOfInterest, ["input", "code"]).into());
        }
        let scope = format!("confirmation {digest}");
        let key = command.idempotency_key.as_deref();
        let claim = match idempotency::claim(&tx, scope, key, "confirmDelivery", &(), now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => return Ok(store::confirmations::find(&tx, id).await?.ok_or_else(invalid)?),
        };
        let used = store::confirmations::confirm(&tx, digest, now).await?;
        let (Some((id, confirmed)), Some(organization)) = (used, recorder) else { return Err(invalid().into()) };
        let action = if confirmed.payment.is_some() { "payment.confirm" } else { "delivery.confirm" };
        let subject = (EventId::PREFIX, confirmed.delivery.uuid());
        let change = audit::Change::of(organization, action, subject, json!({ "payment": confirmed.payment }));
        // She acts for nobody: what is written down is what she said herself.
        audit::append(&tx, actor, now, audit::Change { on_behalf_of: None, ..change }).await?;
        claim.finish(&tx, id).await?;
        tx.commit().await?;
        Ok(confirmed)
    }
}
