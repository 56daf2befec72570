//! A producer joins her organization, or a group of it that is certified together.

use serde::Serialize;
use serde_json::json;

use super::{
    EnrolmentId, ProducerId, Traceability, audit,
    model::{membership::Enrolment, period::Period, producer::Producer},
    producers::gone,
    store,
};
use crate::{
    accounts::{Actor, policy::Action},
    kernel::{
        ErrorCode, Outcome, UserError,
        db::WriteTx,
        error::excerpt,
        idempotency::{self, Claimed},
    },
};

/// Times that are kept of a producer at most.
const ENROLMENTS_MAX: usize = 100;

/// Who belongs to what, and when.
#[derive(Debug, Clone, Serialize)]
pub struct EnrolProducer {
    /// The producer.
    pub producer: ProducerId,
    /// The scheme of the group, by code; none for the organization itself.
    pub scheme: Option<String>,
    /// When.
    pub period: Period,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Traceability {
    /// Records that a producer belongs to her organization, or to its group of a scheme. Where the scheme has rules for groups,
    /// a person is in one of them at a time.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`] for one who was forgotten,
    /// [`ErrorCode::UnknownScheme`], [`ErrorCode::AlreadyMember`] where she belongs to it on one of the days already,
    /// [`ErrorCode::PersonNotIdentified`], [`ErrorCode::MemberOfAnotherGroup`], [`ErrorCode::LimitReached`], and what is
    /// wrong with the days.
    pub async fn enrol_producer(&self, actor: &Actor, command: EnrolProducer) -> Outcome<Enrolment> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let producer = self.lock_producer(&tx, actor, Action::ManageProducers, command.producer).await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "enrolProducer", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                return store::enrolments::find(&tx, EnrolmentId::from_uuid(id)).await?.ok_or_else(gone);
            }
        };
        let producer = producer.remembered("enrolProducer")?;
        let scheme = command.scheme.as_deref().map(|code| self.scheme_code(code)).transpose()?;
        let period = command.period.check(|field| vec!["input".to_owned(), field.to_owned()])?;
        let held = store::enrolments::of_locked(&tx, producer.id).await?;
        if held.len() >= ENROLMENTS_MAX {
            return Err(UserError::new(ErrorCode::LimitReached, ["input"]).with("maximum", ENROLMENTS_MAX).into());
        }
        if held.iter().any(|other| other.scheme == scheme && other.period.overlaps(&period)) {
            return Err(UserError::new(ErrorCode::AlreadyMember, ["input", "validFrom"]).into());
        }
        if let Some(scheme) = &scheme {
            self.refuse_other_groups(&tx, &producer, scheme, period).await?;
        }
        let id = EnrolmentId::from_uuid(self.services().ids.next_uuid());
        let organization = producer.organization;
        let enrolment = Enrolment { id, producer: producer.id, organization, scheme, period, created_at: now };
        store::enrolments::insert(&tx, &enrolment).await?;
        let change = audit::Change::of(
            producer.organization,
            "producer.enrol",
            (ProducerId::PREFIX, producer.id.uuid()),
            json!({ "code": producer.code, "scheme": enrolment.scheme, "period": period }),
        );
        audit::append(&tx, actor, now, change).await?;
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        Ok(enrolment)
    }

    fn scheme_code(&self, code: &str) -> Result<String, UserError> {
        let scheme = self.knows.certification.schemes().scheme(code.trim());
        let unknown = || UserError::new(ErrorCode::UnknownScheme, ["input", "schemeCode"]).with("value", excerpt(code));
        scheme.map(|scheme| scheme.code.clone()).ok_or_else(unknown)
    }

    /// Refuses that a person is in another organization's group of a scheme that has rules for groups, on one of these days:
    /// neither recorded there as a producer, nor named by a certificate of it.
    pub(super) async fn refuse_other_groups(
        &self,
        tx: &WriteTx,
        producer: &Producer,
        scheme: &str,
        period: Period,
    ) -> Outcome<()> {
        let certification = &self.knows.certification;
        if certification.schemes().scheme(scheme).is_none_or(|scheme| scheme.group_rule.is_none()) {
            return Ok(());
        }
        let Some(person) = &producer.person else {
            return Err(UserError::new(ErrorCode::PersonNotIdentified, ["input"]).into());
        };
        store::producers::lock_person(tx, person).await?;
        let (organization, days) = (producer.organization, (period.from, period.until));
        if store::enrolments::is_elsewhere(tx, (scheme, person), organization, period).await?
            || certification.is_in_another_group(tx, (scheme, person), organization, days).await?
        {
            let error = UserError::new(ErrorCode::MemberOfAnotherGroup, ["input"]);
            return Err(error.with("members", &producer.code).into());
        }
        Ok(())
    }
}
