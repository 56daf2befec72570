//! Roles on the platform are given and taken, by the service's operator alone.

use serde_json::json;

use super::{
    Account, Accounts, Actor, Identifier, PlatformRole, UserId,
    audit::{self, Deed},
    policy::{self, Action, Facts},
    store,
};
use crate::kernel::{ErrorCode, Outcome, UserError, db::operations};

impl Accounts {
    /// Gives the account of `identifier` a role on the platform. Giving it twice changes nothing.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] when nobody signed up with the identifier, [`ErrorCode::Forbidden`] to everybody but the operator.
    pub async fn grant_platform_role(&self, actor: &Actor, identifier: &str, role: PlatformRole) -> Outcome<Account> {
        self.set_platform_role(actor, identifier, role, true).await
    }

    /// Takes a role on the platform from the account of `identifier`. Taking it twice changes nothing.
    ///
    /// # Errors
    /// As for [`Accounts::grant_platform_role`].
    pub async fn revoke_platform_role(&self, actor: &Actor, identifier: &str, role: PlatformRole) -> Outcome<Account> {
        self.set_platform_role(actor, identifier, role, false).await
    }

    async fn set_platform_role(
        &self,
        actor: &Actor,
        identifier: &str,
        role: PlatformRole,
        held: bool,
    ) -> Outcome<Account> {
        policy::require(actor, Action::GrantPlatformRole, &Facts::none())?;
        let identifier = Identifier::parse(identifier, ["identifier"])?;
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let account = store::users::by_identifier(&tx, &identifier).await?;
        let account = account.ok_or_else(|| UserError::new(ErrorCode::NotFound, ["identifier"]))?;
        let changed = if held {
            store::platform_roles::insert(&tx, account.id, role, actor.user_id(), now).await?
        } else {
            store::platform_roles::delete(&tx, account.id, role).await?
        };
        if changed {
            let value = Some(json!({ "role": role }));
            let (action, before, after) =
                if held { ("user.grant_role", None, value) } else { ("user.revoke_role", value, None) };
            let deed = Deed { action, subject_kind: UserId::PREFIX, subject: account.id.uuid(), before, after };
            audit::of_user(&tx, actor, account.id, now, deed).await?;
            // And where an operator looks for all of them.
            let operation = if held { "platform.grant_role" } else { "platform.revoke_role" };
            let told = json!({ "user": account.id.to_string(), "role": role });
            let by = (actor.user_id().map(UserId::uuid), actor.request.id.as_str());
            operations::record(&tx, operation, by, now, told).await?;
        }
        tx.commit().await?;
        Ok(account)
    }
}
