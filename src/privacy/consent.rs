//! A person agrees to something, or takes it back.

use serde_json::json;

use super::{Consent, ConsentId, Privacy, Purpose, store};
use crate::{
    accounts::{Actor, UserId},
    kernel::{
        ErrorCode, Failure, Outcome,
        audit::{self, AuditEntry},
        clock::Timestamp,
        db::WriteTx,
        idempotency::{self, Claimed},
        locale::message,
    },
};

impl Privacy {
    /// Keeps that the signed-in person agrees to a purpose, with the words in her language that she was shown. Agreeing to what
    /// stands already changes nothing.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`].
    pub async fn give_consent(&self, actor: &Actor, purpose: Purpose, key: Option<&str>) -> Outcome<Consent> {
        let user = actor.signed_in()?.id;
        let (services, now) = (&self.knows.services, self.knows.services.now());
        let tx = services.db.begin().await?;
        let claim = idempotency::claim(&tx, actor.idempotency_scope(), key, "giveConsent", &purpose, now).await?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => return again(&tx, ConsentId::from_uuid(id)).await,
        };
        let consent = Consent {
            id: ConsentId::from_uuid(services.ids.next_uuid()),
            user,
            purpose,
            wording: message(actor.request.locale, purpose.wording_key(), []),
            given_at: now,
            withdrawn_at: None,
        };
        if !store::insert(&tx, &consent).await? {
            let standing = store::standing(&tx, user, purpose).await?;
            let standing = standing.ok_or_else(|| Failure::code(ErrorCode::NotFound))?;
            claim.finish(&tx, standing.id.uuid()).await?;
            tx.commit().await?;
            return Ok(standing);
        }
        log(&tx, actor, (user, &consent), "consent.give", now).await?;
        claim.finish(&tx, consent.id.uuid()).await?;
        tx.commit().await?;
        Ok(consent)
    }

    /// Keeps that she no longer agrees. What was done before stays done.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`], [`ErrorCode::NotFound`] where none stands.
    pub async fn withdraw_consent(&self, actor: &Actor, purpose: Purpose, key: Option<&str>) -> Outcome<Consent> {
        let user = actor.signed_in()?.id;
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let claim = idempotency::claim(&tx, actor.idempotency_scope(), key, "withdrawConsent", &purpose, now).await?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => return again(&tx, ConsentId::from_uuid(id)).await,
        };
        let standing = store::standing(&tx, user, purpose).await?;
        let mut consent = standing.ok_or_else(|| Failure::code(ErrorCode::NotFound))?;
        store::withdraw(&tx, user, Some(consent.id), now).await?;
        consent.withdrawn_at = Some(now);
        log(&tx, actor, (user, &consent), "consent.withdraw", now).await?;
        claim.finish(&tx, consent.id.uuid()).await?;
        tx.commit().await?;
        Ok(consent)
    }

    /// Everything that the signed-in person agreed to, the newest first.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`].
    pub async fn consents(&self, actor: &Actor) -> Outcome<Vec<Consent>> {
        let user = actor.signed_in()?.id;
        Ok(store::of(self.knows.services.db.read(), user).await?)
    }
}

/// What a write made that is repeated.
async fn again(tx: &WriteTx, id: ConsentId) -> Outcome<Consent> {
    store::by_id(tx, id).await?.ok_or_else(|| Failure::code(ErrorCode::NotFound))
}

async fn log(
    tx: &WriteTx,
    actor: &Actor,
    (user, consent): (UserId, &Consent),
    action: &'static str,
    at: Timestamp,
) -> Outcome<()> {
    let entry = AuditEntry {
        chain: user.uuid(),
        at,
        actor_user: Some(user.uuid()),
        on_behalf_of: None,
        action,
        subject_kind: ConsentId::PREFIX,
        subject_id: consent.id.uuid(),
        before: None,
        after: Some(json!({ "purpose": consent.purpose })),
        request_id: actor.request.id.as_str().to_owned(),
    };
    Ok(audit::append(tx, &entry).await?)
}
