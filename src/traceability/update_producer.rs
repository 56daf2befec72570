//! What is known of a producer changes.

use serde::Serialize;
use serde_json::json;

use super::{
    ProducerId, Traceability, audit,
    model::producer::{Producer, ProducerChanges, code_taken},
    producers::{check_version, rejected},
    store,
};
use crate::{
    accounts::{Actor, policy::Action},
    kernel::{
        Outcome,
        db::WriteTx,
        idempotency::{self, Claimed},
    },
};

/// Which producer, and what becomes of her.
#[derive(Debug, Clone, Serialize)]
pub struct UpdateProducer {
    /// The producer.
    pub producer: ProducerId,
    /// What changes.
    pub changes: ProducerChanges,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Traceability {
    /// Changes the mentioned fields. A change of nothing makes no new version.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `VersionConflict`, `InvalidTransition`
    /// for one who was forgotten, `MemberCodeTaken`, `MemberOfAnotherGroup` where by another number
    /// she turns out to be somebody who is in another group, and everything that is wrong with the input.
    pub async fn update_producer(&self, actor: &Actor, command: UpdateProducer) -> Outcome<Producer> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let before = self.lock_producer(&tx, actor, Action::ManageProducers, command.producer).await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "updateProducer", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(before),
        };
        let before = before.remembered("updateProducer")?;
        check_version(command.expected_version, before.version)?;
        let gazetteer = self.knows.directory.gazetteer();
        let mut after = command.changes.apply(&before, &gazetteer, now).map_err(rejected)?;
        if after != before {
            if after.person != before.person {
                self.refuse_another_person(&tx, &after).await?;
            }
            after.version += 1;
            after.updated_at = now;
            if !store::producers::update(&tx, &after).await? {
                return Err(code_taken(&after.code).into());
            }
            let after_log = json!({ "code": after.code, "changed": after.differences(&before) });
            let subject = (ProducerId::PREFIX, after.id.uuid());
            let change = audit::Change::of(after.organization, "producer.update", subject, after_log);
            audit::append(&tx, actor, now, change).await?;
        }
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Holds a producer who is known by another number now against the groups in which she still is.
    async fn refuse_another_person(&self, tx: &WriteTx, producer: &Producer) -> Outcome<()> {
        let today = self.knows.directory.today();
        for enrolment in store::enrolments::of_locked(tx, producer.id).await? {
            let lasts = enrolment.period.until.is_none_or(|until| until >= today);
            if let Some(scheme) = enrolment.scheme.as_deref().filter(|_| lasts) {
                self.refuse_other_groups(tx, producer, scheme, enrolment.period).await?;
            }
        }
        Ok(())
    }
}
