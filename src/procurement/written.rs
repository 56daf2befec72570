//! From what somebody typed to a request with all that belongs to it, ready to be kept.

use super::{
    Criterion, CriterionId, GenderMeasure, MeasureId, Procurement, Request, RequestId, RequestLot, RequestLotId,
    RequestLotStatus, RequestStatus, WholeRequest,
    model::{
        check::{CheckedCriterion, CheckedMeasure, CheckedRequest, Reference, Stage, check},
        draft::RawRequest,
    },
};
use crate::{
    accounts::{Actor, OrganizationId},
    documents::{self, DocumentId, Visibility},
    kernel::{ErrorCode, Failure, Fault, Outcome, Rejections, UserError, clock::Timestamp, db::WriteTx},
};

const DOCUMENTS: [&str; 2] = ["input", "documentIds"];

impl Procurement {
    /// The request as it can be kept, with `others` that were found wrong besides.
    pub(super) fn checked(
        &self,
        raw: &RawRequest,
        stage: Stage<'_>,
        now: Timestamp,
        others: Vec<UserError>,
    ) -> Outcome<CheckedRequest> {
        let gazetteer = self.knows.directory.gazetteer();
        let reference = Reference {
            taxonomy: self.taxonomy(),
            gazetteer: &gazetteer,
            schemes: self.knows.certification.schemes(),
            rules: &self.knows.rules,
            now,
        };
        let mut wrong = Rejections::default();
        let checked = wrong.absorb(check(raw, stage, reference))?;
        others.into_iter().for_each(|error| wrong.push(error));
        wrong.finish()?;
        // It is there, or what is wrong with it was told.
        checked.ok_or_else(|| Failure::code(ErrorCode::Required))
    }

    /// What keeps these organizations from being invited by a buyer: the actor does not see one, or it is the buyer herself.
    pub(super) async fn not_invitable(
        &self,
        actor: &Actor,
        buyer: OrganizationId,
        invited: &[OrganizationId],
    ) -> Result<Vec<UserError>, Fault> {
        if invited.is_empty() {
            return Ok(Vec::new());
        }
        let seen = self.knows.directory.organizations_by_ids(actor, invited).await?;
        let wrong = invited.iter().enumerate().filter_map(|(index, id)| {
            let code = if *id == buyer { ErrorCode::ConflictOfInterest } else { ErrorCode::NotFound };
            let refused = *id == buyer || !seen.contains_key(id);
            refused.then(|| UserError::new(code, ["input", "invitedOrganizationIds", &index.to_string()]))
        });
        Ok(wrong.collect())
    }

    /// Ties documents to a request in place of those that it had. Whoever bids has to be able to read them.
    pub(super) async fn tie_documents(
        &self,
        tx: &WriteTx,
        (request, buyer): (RequestId, OrganizationId),
        wanted: &[DocumentId],
        now: Timestamp,
    ) -> Outcome<()> {
        let before = documents::used_by(tx, RequestId::PREFIX, request.uuid()).await?;
        if before == wanted {
            return Ok(());
        }
        let ready = self.knows.documents.require_ready(tx, buyer, wanted, &DOCUMENTS).await?;
        let mut wrong = Rejections::default();
        for (index, document) in ready.iter().enumerate() {
            if document.announced.visibility != Visibility::Public {
                let path = [DOCUMENTS[0], DOCUMENTS[1], &index.to_string()];
                let error = UserError::new(ErrorCode::InvalidValue, path);
                wrong.push(
                    error
                        .with("value", document.announced.visibility.as_str())
                        .with("allowed", Visibility::Public.as_str()),
                );
            }
        }
        wrong.finish()?;
        if !before.is_empty() {
            documents::detach(tx, RequestId::PREFIX, request.uuid(), now).await?;
        }
        documents::attach(tx, wanted, RequestId::PREFIX, request.uuid()).await?;
        Ok(())
    }

    /// The draft that a checked request makes.
    pub(super) fn new_draft(&self, buyer: OrganizationId, checked: &CheckedRequest, now: Timestamp) -> WholeRequest {
        let request = Request {
            id: RequestId::from_uuid(self.services().ids.next_uuid()),
            buyer,
            title: checked.title.clone(),
            description: checked.description.clone(),
            language: checked.language.code().to_owned(),
            method: checked.method,
            method_rationale: checked.method_rationale.clone(),
            status: RequestStatus::Draft,
            currency: checked.currency,
            budget_minor: checked.budget_minor,
            enquiry_deadline: checked.enquiry_deadline,
            bid_deadline: checked.bid_deadline,
            standstill_days: checked.standstill_days,
            minimum_evaluators: checked.minimum_evaluators,
            terms: checked.terms,
            published_at: None,
            closed_at: None,
            opened_at: None,
            ended_at: None,
            ended_reason: None,
            created_at: now,
            version: 1,
        };
        let before = WholeRequest { request, lots: Vec::new(), criteria: Vec::new(), measures: Vec::new() };
        self.reworded(&before, checked, 1)
    }

    /// The request in another wording. Lots, criteria and measures that are still there keep their ids; of a published request,
    /// lots that were left out stay as cancelled ones.
    pub(super) fn reworded(&self, before: &WholeRequest, checked: &CheckedRequest, version: i64) -> WholeRequest {
        let request = Request {
            title: checked.title.clone(),
            description: checked.description.clone(),
            language: checked.language.code().to_owned(),
            method: checked.method,
            method_rationale: checked.method_rationale.clone(),
            currency: checked.currency,
            budget_minor: checked.budget_minor,
            enquiry_deadline: checked.enquiry_deadline,
            bid_deadline: checked.bid_deadline,
            standstill_days: checked.standstill_days,
            minimum_evaluators: checked.minimum_evaluators,
            terms: checked.terms,
            version,
            ..before.request.clone()
        };
        let lots = self.reworded_lots(before, checked);
        let criteria = checked.criteria.iter().map(|criterion| self.criterion(&before.criteria, criterion)).collect();
        let measures = checked.measures.iter().map(|measure| self.measure(&before.measures, measure, &lots)).collect();
        WholeRequest { request, lots, criteria, measures }
    }

    fn reworded_lots(&self, before: &WholeRequest, checked: &CheckedRequest) -> Vec<RequestLot> {
        let lot = |(position, lot): (i64, &super::model::check::CheckedLot)| RequestLot {
            id: lot.id.unwrap_or_else(|| RequestLotId::from_uuid(self.services().ids.next_uuid())),
            request: before.request.id,
            position,
            title: lot.title.clone(),
            status: RequestLotStatus::Active,
            product: lot.product.clone(),
            quantity: lot.quantity.clone(),
            grams: lot.grams,
            place: lot.place.clone(),
            delivery_from: lot.delivery_from,
            delivery_until: lot.delivery_until,
            required_schemes: lot.required_schemes.clone(),
            quality: lot.quality.clone(),
            estimated_minor: lot.estimated_minor,
        };
        let mut lots: Vec<RequestLot> = (0_i64..).zip(&checked.lots).map(lot).collect();
        if before.request.published_at.is_some() {
            let left_out = before.lots.iter().filter(|lot| lots.iter().all(|kept| kept.id != lot.id));
            let first = i64::try_from(lots.len()).unwrap_or(i64::MAX);
            let cancelled: Vec<RequestLot> = (first..)
                .zip(left_out)
                .map(|(position, lot)| RequestLot { position, status: RequestLotStatus::Cancelled, ..lot.clone() })
                .collect();
            lots.extend(cancelled);
        }
        lots
    }

    fn criterion(&self, before: &[Criterion], checked: &CheckedCriterion) -> Criterion {
        let same = before.iter().find(|earlier| earlier.kind == checked.kind && earlier.name == checked.name);
        let id = same.map_or_else(|| CriterionId::from_uuid(self.services().ids.next_uuid()), |earlier| earlier.id);
        Criterion { id, name: checked.name.clone(), kind: checked.kind, weight: checked.weight }
    }

    fn measure(&self, before: &[GenderMeasure], checked: &CheckedMeasure, lots: &[RequestLot]) -> GenderMeasure {
        let lot = checked.lot.and_then(|position| lots.get(position)).map(|lot| lot.id);
        let same = before.iter().find(|earlier| {
            earlier.kind == checked.kind && earlier.lot == lot && earlier.definition == checked.definition
        });
        GenderMeasure {
            id: same.map_or_else(|| MeasureId::from_uuid(self.services().ids.next_uuid()), |earlier| earlier.id),
            lot,
            kind: checked.kind,
            definition: checked.definition,
            at_least_evidence: checked.at_least_evidence,
            percent: checked.percent,
            source: checked.source.clone(),
        }
    }
}
