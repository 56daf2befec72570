//! A producer belongs to something no more.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;

use super::{
    EnrolmentId, ProducerId, Traceability, audit,
    model::membership::Enrolment,
    producers::{gone, require_seen},
    store,
};
use crate::{
    accounts::{Actor, policy::Action},
    kernel::{
        Outcome,
        idempotency::{self, Claimed},
    },
};

/// What ends, and on which day.
#[derive(Debug, Clone, Serialize)]
pub struct EndMembership {
    /// What ends.
    pub enrolment: EnrolmentId,
    /// The last day.
    pub valid_until: NaiveDate,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Traceability {
    /// Records the last day on which a producer belongs to something: not later than one that was recorded before.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `OutOfRange` for the day.
    pub async fn end_membership(&self, actor: &Actor, command: EndMembership) -> Outcome<Enrolment> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let found = store::enrolments::find(&tx, command.enrolment).await?;
        let found = require_seen(actor, found, |enrolment| enrolment.organization, "membershipId")?;
        let producer = self.lock_producer(&tx, actor, Action::ManageProducers, found.producer).await?;
        // As it stands under the lock.
        let before = store::enrolments::find(&tx, command.enrolment).await?.ok_or_else(gone)?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "endMembership", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(before),
        };
        let period = before.period.ended(command.valid_until, ["input", "validUntil"])?;
        let after = Enrolment { period, ..before };
        store::enrolments::end(&tx, &after).await?;
        let change = audit::Change::of(
            producer.organization,
            "producer.leave",
            (ProducerId::PREFIX, producer.id.uuid()),
            json!({ "code": producer.code, "scheme": after.scheme, "period": period }),
        );
        audit::append(&tx, actor, now, change).await?;
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }
}
