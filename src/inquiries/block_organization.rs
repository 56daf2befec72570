//! An organization wants to hear nothing of another, or something again.

use serde::Serialize;
use serde_json::json;

use super::{Block, Inquiries, audit, store};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        idempotency::{self, Claimed},
        text::TextRule,
    },
};

/// Who wants to hear nothing of whom.
#[derive(Debug, Clone, Serialize)]
pub struct BlockOrganization {
    /// Who wants to hear nothing.
    pub organization: OrganizationId,
    /// Of whom.
    pub blocked: OrganizationId,
    /// Why, for her own people.
    pub reason: Option<String>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Who may write again to whom.
#[derive(Debug, Clone, Serialize)]
pub struct UnblockOrganization {
    /// Who wanted to hear nothing.
    pub organization: OrganizationId,
    /// Of whom.
    pub blocked: OrganizationId,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Inquiries {
    /// Keeps anything from being sent between the two organizations from now on. Blocking again changes nothing.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for an organization, [`ErrorCode::Forbidden`], [`ErrorCode::OwnOrganization`], and what is wrong
    /// with the reason.
    pub async fn block_organization(&self, actor: &Actor, command: BlockOrganization) -> Outcome<Block> {
        self.require_blocker(actor, command.organization).await?;
        let mut wrong = Rejections::default();
        let reason = command.reason.as_ref().map(|text| TextRule::LINE.check(text, ["input", "reason"]));
        let reason = wrong.take(reason.transpose()).flatten();
        let path = ["input", "blockedOrganizationId"];
        if command.blocked == command.organization {
            wrong.push(UserError::new(ErrorCode::OwnOrganization, path));
        } else if self.knows.directory.organization(actor, command.blocked).await?.is_none() {
            wrong.push(UserError::new(ErrorCode::NotFound, path));
        }
        wrong.finish()?;
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "blockOrganization", &command, now).await? {
            Claimed::New(claim) => Some(claim),
            Claimed::Before(_) => None,
        };
        let (organization, blocked) = (command.organization, command.blocked);
        let mut block = Block { organization, blocked, reason, by: actor.user_id(), at: now };
        let Some(claim) = claim else {
            // It was taken back since, perhaps; what was answered then is answered again.
            return Ok(store::blocks::find(&tx, organization, blocked).await?.unwrap_or(block));
        };
        if store::blocks::insert(&tx, &block).await? {
            audit::append(&tx, actor, entry("organization.block", organization, blocked), now).await?;
        } else if let Some(standing) = store::blocks::find(&tx, organization, blocked).await? {
            block = standing;
        }
        claim.finish(&tx, blocked.uuid()).await?;
        tx.commit().await?;
        Ok(block)
    }

    /// Lets the two organizations write to each other again, unless the other one has blocked, too.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] where no block stands, [`ErrorCode::Forbidden`].
    pub async fn unblock_organization(&self, actor: &Actor, command: UnblockOrganization) -> Outcome<OrganizationId> {
        self.require_blocker(actor, command.organization).await?;
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "unblockOrganization", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(command.blocked),
        };
        if !store::blocks::delete(&tx, command.organization, command.blocked).await? {
            return Err(UserError::new(ErrorCode::NotFound, ["input", "blockedOrganizationId"]).into());
        }
        let entry = entry("organization.unblock", command.organization, command.blocked);
        audit::append(&tx, actor, entry, now).await?;
        claim.finish(&tx, command.blocked.uuid()).await?;
        tx.commit().await?;
        Ok(command.blocked)
    }

    /// Goes on if the actor may block others for an organization that she sees.
    async fn require_blocker(&self, actor: &Actor, organization: OrganizationId) -> Outcome<()> {
        actor.signed_in()?;
        if self.knows.directory.organization(actor, organization).await?.is_none() {
            return Err(Failure::from(UserError::new(ErrorCode::NotFound, ["input", "organizationId"])));
        }
        policy::require(actor, Action::BlockOrganization, &Facts::of(organization))
    }
}

/// The reason is what her people say of others, and is not sealed.
pub(super) fn entry(action: &'static str, organization: OrganizationId, blocked: OrganizationId) -> audit::Entry {
    audit::Entry {
        chain: organization,
        by_her: true,
        action,
        subject: (OrganizationId::PREFIX, organization.uuid()),
        before: None,
        after: Some(json!({ "other": blocked })),
    }
}
