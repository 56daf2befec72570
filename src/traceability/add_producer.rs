//! Somebody who delivers is recorded.

use serde::Serialize;
use serde_json::json;

use super::{
    EnrolmentId, PlotId, ProducerId, Traceability, audit,
    model::{
        membership::Enrolment,
        plot::{CheckedPlot, Plot},
        producer::{CheckedProducer, Producer, ProducerDraft, code_taken},
    },
    producers::{gone, rejected},
    store,
};
use crate::{
    accounts::{Actor, OrganizationId, policy::Action},
    kernel::{
        Outcome,
        clock::Timestamp,
        entropy,
        idempotency::{self, Claimed},
    },
};

/// Somebody who delivers.
#[derive(Debug, Clone, Serialize)]
pub struct AddProducer {
    /// To whom she delivers.
    pub organization: OrganizationId,
    /// Who she is.
    pub draft: ProducerDraft,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Random bytes of a pseudonym.
const PSEUDONYM: usize = 16;

impl Traceability {
    /// Records a producer, with her plots.
    ///
    /// # Errors
    /// `NotFound` for the organization, `Forbidden`, `MemberCodeTaken`, and everything
    /// that is wrong with the input.
    pub async fn add_producer(&self, actor: &Actor, command: AddProducer) -> Outcome<Producer> {
        let organization = command.organization;
        self.require_of(actor, Action::ManageProducers, organization, &["input", "organizationId"]).await?;
        let now = self.services().now();
        let gazetteer = self.knows.directory.gazetteer();
        let checked = command.draft.check(&gazetteer, now.date_naive()).map_err(rejected)?;

        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "addProducer", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                return store::producers::lock(&tx, ProducerId::from_uuid(id)).await?.ok_or_else(gone);
            }
        };
        let code = match &checked.code {
            Some(code) => code.clone(),
            None => store::producers::free_code(&tx, organization).await?,
        };
        let producer = self.producer_of(&command, &checked, code, now)?;
        if !store::producers::insert(&tx, &producer).await? {
            return Err(code_taken(&producer.code).into());
        }
        let plots: Vec<Plot> = checked.plots.into_iter().map(|plot| self.plot_of(&producer, plot, now)).collect();
        store::plots::insert(&tx, &plots).await?;
        if let Some(period) = checked.member_since {
            let id = EnrolmentId::from_uuid(self.services().ids.next_uuid());
            let enrolment =
                Enrolment { id, producer: producer.id, organization, scheme: None, period, created_at: now };
            store::enrolments::insert(&tx, &enrolment).await?;
        }
        let after = json!({
            "code": producer.code,
            "plots": plots.len(),
            "member_since": checked.member_since.map(|period| period.from),
        });
        let change = audit::Change::of(organization, "producer.add", (ProducerId::PREFIX, producer.id.uuid()), after);
        audit::append(&tx, actor, now, change).await?;
        claim.finish(&tx, producer.id.uuid()).await?;
        tx.commit().await?;
        Ok(producer)
    }

    fn producer_of(
        &self,
        command: &AddProducer,
        checked: &CheckedProducer,
        code: String,
        now: Timestamp,
    ) -> Outcome<Producer> {
        Ok(Producer {
            id: ProducerId::from_uuid(self.services().ids.next_uuid()),
            organization: command.organization,
            code,
            name: Some(checked.name.clone()),
            gender: command.draft.gender,
            birth_year: command.draft.birth_year,
            phone: checked.phone.clone(),
            village: checked.village.clone(),
            person: checked.person.clone(),
            pseudonym: hex::encode(entropy::bytes::<PSEUDONYM>()?),
            name_public_since: command.draft.name_is_public.then_some(now),
            erased_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        })
    }

    /// The plot that was checked, as one of a producer's.
    pub(super) fn plot_of(&self, producer: &Producer, checked: CheckedPlot, now: Timestamp) -> Plot {
        Plot {
            id: PlotId::from_uuid(self.services().ids.next_uuid()),
            producer: producer.id,
            organization: producer.organization,
            name: checked.name,
            geometry: Some(checked.land.geometry),
            square_metres: Some(checked.land.square_metres),
            centre: checked.land.centre,
            period: checked.period,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }
}
