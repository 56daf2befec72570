//! A person signs in.

use secrecy::SecretString;
use serde_json::json;

use super::{
    Account, AccountStatus, Accounts, Actor, Identifier, IssuedSession, UserId,
    audit::{self, Deed},
    model::password::Password,
    store::{self, sessions::Ended},
};
use crate::kernel::{
    ErrorCode, Failure, Outcome,
    idempotency::{self, Claimed},
};

/// What a person presents.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Her phone number or e-mail address, in any spelling.
    pub identifier: String,
    /// Her password.
    pub password: SecretString,
    /// Makes a repetition harmless.
    pub idempotency_key: Option<String>,
}

/// A person and the session that begins for her.
#[derive(Debug)]
pub struct SignedIn {
    /// The tokens, shown this once.
    pub session: IssuedSession,
    /// Who she is.
    pub account: Account,
}

impl Accounts {
    /// Begins a session for whoever knows the password.
    ///
    /// Whether the identifier is unknown, is no identifier at all, belongs to a blocked account, or the password is wrong: the
    /// answer is the same and so is the work.
    ///
    /// Tokens are kept nowhere and cannot be shown again: a repetition under the same idempotency key gets others, and ends the
    /// ones that were lost.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidCredentials`], [`ErrorCode::TooManyAttempts`].
    pub async fn sign_in(&self, actor: &Actor, command: SignIn) -> Outcome<SignedIn> {
        let identifier: Option<Identifier> = command.identifier.parse().ok();
        let counted = identifier.as_ref().map_or(command.identifier.as_str(), Identifier::as_str);
        self.count_attempt_at(actor, counted).await?;
        let key = idempotency::check_key(command.idempotency_key.as_deref())?;
        self.prove(actor, identifier.as_ref(), Password::presented(&command.password), key).await
    }

    /// Begins a session if the password is that of the identifier's account.
    pub(super) async fn prove(
        &self,
        actor: &Actor,
        identifier: Option<&Identifier>,
        password: Option<Password>,
        key: Option<&str>,
    ) -> Outcome<SignedIn> {
        let found = match identifier {
            Some(identifier) => store::users::credentials(&self.knows.services.db, identifier).await?,
            None => None,
        };
        let hash = found.as_ref().map(|(_, hash)| hash.clone());
        let verdict = self.knows.passwords.verify(password.clone(), hash).await?;
        let (Some((account, old_hash)), Some(password), true) = (found, password, verdict.matches) else {
            return Err(Failure::code(ErrorCode::InvalidCredentials));
        };
        match account.status {
            AccountStatus::Active => {}
            AccountStatus::Blocked => return Err(Failure::code(ErrorCode::InvalidCredentials)),
        }
        let new_hash = if verdict.outdated { Some(self.knows.passwords.hash(password).await?) } else { None };
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        if let Some(new_hash) = new_hash {
            store::users::renew_hash(&tx, account.id, &old_hash, new_hash, now).await?;
        }
        let scope = format!("sign-in:{}", account.id);
        let session = match idempotency::claim(&tx, scope, key, "signIn", &(), now).await? {
            Claimed::New(claim) => {
                let session = self.issue_session(&tx, account.id, None, now).await?;
                claim.finish(&tx, session.id.uuid()).await?;
                session
            }
            Claimed::Before(first) => {
                // The first session of a family gave it its id.
                store::sessions::revoke(&tx, Ended::Family(first), now).await?;
                self.issue_session(&tx, account.id, Some(first), now).await?
            }
        };
        let deed = Deed {
            action: "user.sign_in",
            subject_kind: UserId::PREFIX,
            subject: account.id.uuid(),
            before: None,
            after: Some(json!({ "session": session.id })),
        };
        audit::of_user(&tx, actor, account.id, now, deed).await?;
        tx.commit().await?;
        Ok(SignedIn { session, account })
    }
}
