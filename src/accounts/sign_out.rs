//! A person signs out.

use serde_json::json;

use super::{
    Accounts, Actor, UserId,
    audit::{self, Deed},
    store::{self, sessions::Ended},
};
use crate::kernel::{
    Outcome,
    idempotency::{self, Claimed},
};

/// What is to be ended.
#[derive(Debug, Clone, Default)]
pub struct SignOut {
    /// Every session of hers on every device, not only this one.
    pub everywhere: bool,
    /// Makes a repetition harmless.
    pub idempotency_key: Option<String>,
}

impl Accounts {
    /// Ends the session that the request came with, refresh token included. Once it is ended nobody is signed in, so that a
    /// repetition is refused and harmless.
    ///
    /// # Errors
    /// [`crate::kernel::ErrorCode::Unauthenticated`] when nobody is signed in.
    pub async fn sign_out(&self, actor: &Actor, command: SignOut) -> Outcome<()> {
        let user = actor.signed_in()?;
        let which = if command.everywhere { Ended::AllOf(user.id) } else { Ended::FamilyOf(user.session) };
        let now = self.knows.services.now();
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let tx = self.knows.services.db.begin().await?;
        let input = (command.everywhere, user.session);
        let claim = match idempotency::claim(&tx, scope, key, "signOut", &input, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(()),
        };
        let ended = store::sessions::revoke(&tx, which, now).await?;
        let deed = Deed {
            action: "user.sign_out",
            subject_kind: UserId::PREFIX,
            subject: user.id.uuid(),
            before: None,
            after: Some(json!({ "session": user.session, "everywhere": command.everywhere, "ended": ended })),
        };
        audit::of_user(&tx, actor, user.id, now, deed).await?;
        claim.finish(&tx, user.session.uuid()).await?;
        tx.commit().await?;
        Ok(())
    }
}
