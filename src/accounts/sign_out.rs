//! A person signs out.

use super::{
    Accounts, Actor,
    store::{self, sessions::Ended},
};
use crate::kernel::Outcome;

/// What is to be ended.
#[derive(Debug, Clone, Copy, Default)]
pub struct SignOut {
    /// Every session of hers on every device, not only this one.
    pub everywhere: bool,
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
        let tx = self.services.db.begin().await?;
        store::sessions::revoke(&tx, which, self.services.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}
