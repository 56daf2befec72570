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
        locale::message,
    },
};

impl Privacy {
    /// Keeps that the signed-in person agrees to a purpose, with the words in her language that she was shown. Agreeing to what
    /// stands already changes nothing.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`].
    pub async fn give_consent(&self, actor: &Actor, purpose: Purpose) -> Outcome<Consent> {
        let user = actor.signed_in()?.id;
        let (services, now) = (&self.knows.services, self.knows.services.now());
        let tx = services.db.begin().await?;
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
            return standing.ok_or_else(|| Failure::code(ErrorCode::NotFound));
        }
        log(&tx, actor, (user, &consent), "consent.give", now).await?;
        tx.commit().await?;
        Ok(consent)
    }

    /// Keeps that she no longer agrees. What was done before stays done.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`], [`ErrorCode::NotFound`] where none stands.
    pub async fn withdraw_consent(&self, actor: &Actor, purpose: Purpose) -> Outcome<Consent> {
        let user = actor.signed_in()?.id;
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let standing = store::standing(&tx, user, purpose).await?;
        let mut consent = standing.ok_or_else(|| Failure::code(ErrorCode::NotFound))?;
        store::withdraw(&tx, user, Some(consent.id), now).await?;
        consent.withdrawn_at = Some(now);
        log(&tx, actor, (user, &consent), "consent.withdraw", now).await?;
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
