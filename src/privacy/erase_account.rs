//! A person has her account erased.

use secrecy::SecretString;

use super::{Privacy, store};
use crate::{
    accounts::{Actor, UserId},
    kernel::Outcome,
};

impl Privacy {
    /// Forgets the signed-in person, who proves once more that it is her, in one transaction: her name, phone and address, her
    /// sessions and memberships, what she was told and looked for, that it was she who handed documents in, and
    /// that it was she who wrote what her organizations sent. Her id stays,
    /// so that audit entries and hash chains stay whole.
    ///
    /// # Errors
    /// `Unauthenticated`, `InvalidCredentials` for a wrong password, `TooManyAttempts`, `LastOwner` with the organizations that
    /// would be left without an owner.
    pub async fn erase_account(&self, actor: &Actor, password: &SecretString) -> Outcome<UserId> {
        let user = actor.signed_in()?.id;
        let knows = &self.knows;
        knows.accounts.confirm_password(actor, password).await?;
        let now = knows.services.now();
        let tx = knows.services.db.begin().await?;
        knows.alerts.forget(&tx, user).await?;
        knows.notifications.forget(&tx, user).await?;
        knows.documents.forget(&tx, user).await?;
        knows.inquiries.forget(&tx, user).await?;
        store::withdraw(&tx, user, None, now).await?;
        // Last, for it writes to the audit log, and whoever does makes others wait.
        knows.accounts.forget(&tx, actor, user).await?;
        tx.commit().await?;
        Ok(user)
    }
}
