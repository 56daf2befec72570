//! What this room keeps of a person, and forgetting it.

use secrecy::SecretString;
use serde_json::{Value, json};

use super::{
    Accounts, Actor, MembershipId, Role, UserId,
    audit::{self, Deed},
    model::{owner_remains, password::Password},
    revoke_above_rank::revoke_above_rank,
    store,
};
use crate::kernel::{ErrorCode, Failure, Fault, Outcome, Rejections, UserError, db::WriteTx};

impl Accounts {
    /// What is kept of a person here, for her to take along.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn personal_data(&self, user: UserId) -> Result<Value, Fault> {
        let db = &self.knows.services.db;
        let account = store::users::by_id(db.read(), user).await?;
        let memberships = store::memberships::of_user(db, user).await?;
        let memberships = memberships
            .iter()
            .map(|one| json!({ "organization": one.organization, "role": one.role, "since": one.created_at }));
        Ok(json!({
            "account": account.map(|account| json!({
                "id": account.id,
                "name": account.name,
                "phone": account.phone.as_ref().map(ToString::to_string),
                "email": account.email.as_ref().map(ToString::to_string),
                "language": account.language.code(),
                "status": account.status.as_str(),
                "createdAt": account.created_at,
            })),
            "memberships": memberships.collect::<Vec<_>>(),
            "platformRoles": store::personal::platform_roles(db, user).await?,
            "sessions": store::personal::sessions(db, user).await?,
            "invitations": store::personal::invitations(db, user).await?,
            "actions": store::personal::actions(db, user).await?,
        }))
    }

    /// Goes on if this is the signed-in person's password. Tries are counted as for signing in.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`], [`ErrorCode::InvalidCredentials`] at `input.password`, [`ErrorCode::TooManyAttempts`].
    pub async fn confirm_password(&self, actor: &Actor, password: &SecretString) -> Outcome<()> {
        let user = actor.signed_in()?.id;
        self.count_attempt_at(actor, &user.to_string()).await?;
        let hash = store::personal::password_hash(&self.knows.services.db, user).await?;
        let verdict = self.knows.passwords.verify(Password::presented(password), hash).await?;
        if verdict.matches {
            return Ok(());
        }
        Err(UserError::new(ErrorCode::InvalidCredentials, ["input", "password"]).into())
    }

    /// Forgets a person: ends her memberships and sessions, and leaves of her account a row without a name, a number, an
    /// address or a password.
    ///
    /// # Errors
    /// [`ErrorCode::LastOwner`] for each organization that would be left without an owner.
    pub async fn forget(&self, tx: &WriteTx, actor: &Actor, user: UserId) -> Outcome<()> {
        let now = self.knows.services.now();
        let account = store::users::by_id(&**tx, user).await?;
        let account = account.ok_or_else(|| Failure::code(ErrorCode::NotFound))?;
        let mut memberships = store::personal::memberships(tx, user).await?;
        // Everybody locks organizations in the order of their ids.
        memberships.sort_by_key(|membership| membership.organization);
        let mut wrong = Rejections::default();
        let mut held = Vec::with_capacity(memberships.len());
        for membership in memberships {
            let members = store::memberships::lock_all(tx, membership.organization).await?;
            let Some(member) = members.iter().find(|member| member.id == membership.id).cloned() else { continue };
            if member.role == Role::Owner && !owner_remains(&members, member.id) {
                let error = UserError::new(ErrorCode::LastOwner, ["input"]);
                wrong.push(error.with("organization", member.organization));
            }
            held.push(member);
        }
        wrong.finish()?;
        for member in held {
            store::memberships::delete(tx, member.id).await?;
            let deed = Deed {
                action: "membership.end",
                subject_kind: MembershipId::PREFIX,
                subject: member.id.uuid(),
                before: Some(json!({ "user": member.user, "role": member.role, "version": member.version })),
                after: None,
            };
            audit::of_organization(tx, actor, member.organization, now, deed).await?;
            revoke_above_rank(tx, actor, &member, None, now).await?;
        }
        store::personal::erase(tx, &account, now).await?;
        let deed = Deed {
            action: "user.erase",
            subject_kind: UserId::PREFIX,
            subject: user.uuid(),
            before: None,
            after: None,
        };
        Ok(audit::of_user(tx, actor, user, now, deed).await?)
    }
}
