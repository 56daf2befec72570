//! A producer is forgotten: what is personal goes, and what others rest on stays.

use serde::Serialize;
use serde_json::json;

use super::{
    ProducerId, Traceability, audit,
    model::producer::{ForgetReason, Producer, code_taken},
    store,
};
use crate::{
    accounts::{Actor, policy::Action},
    kernel::{
        Outcome,
        idempotency::{self, Claimed},
    },
};

/// Who is forgotten, and why.
#[derive(Debug, Clone, Serialize)]
pub struct ForgetProducer {
    /// The producer.
    pub producer: ProducerId,
    /// Why.
    pub reason: ForgetReason,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Traceability {
    /// Empties name, phone, birth year, village, what she is known by, where her plots lie, and messages to her that were not
    /// sent. Her pseudonym and gender stay, so that shares and chains of events stay whole. Who was forgotten stays so.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`.
    pub async fn forget_producer(&self, actor: &Actor, command: ForgetProducer) -> Outcome<Producer> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let before = self.lock_producer(&tx, actor, Action::ForgetProducer, command.producer).await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "forgetProducer", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(before),
        };
        if before.erased_at.is_some() {
            return Ok(before);
        }
        let after = before.forgotten(now);
        if !store::producers::update(&tx, &after).await? {
            return Err(code_taken(&after.code).into());
        }
        store::plots::forget(&tx, after.id, now).await?;
        store::messages::forget(&tx, after.id).await?;
        let change = audit::Change::of(
            after.organization,
            "producer.forget",
            (ProducerId::PREFIX, after.id.uuid()),
            json!({ "code": after.code, "reason": command.reason }),
        );
        audit::append(&tx, actor, now, change).await?;
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }
}
