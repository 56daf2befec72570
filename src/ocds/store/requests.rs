//! Requests, as much of them as is public.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{about, of, take};
use crate::{
    accounts::OrganizationId,
    directory::model::ownership::Percent,
    kernel::{
        Fault,
        db::Reader,
        quantity::{Quantity, UnitCode},
    },
    ocds::model::snapshot::{AmendmentPart, QuestionPart, RequestPart},
    procurement::{Criterion, CriterionId, GenderMeasure, MeasureId, QuestionId, RequestId, RequestLot, RequestLotId},
};

/// The requests that these processes begin with, with their wording, questions and invitations.
pub(super) async fn load(db: &impl ConnectionTrait, processes: &[Uuid]) -> Result<HashMap<Uuid, RequestPart>, Fault> {
    let select = about(
        "SELECT id, id, title, description, language, method, method_rationale, status, currency, budget_minor, enquiry_deadline, \
         bid_deadline, standstill_days, published_at, closed_at, opened_at, ended_at, ended_reason FROM procurement_request \
         WHERE id IN ",
        processes,
        "",
    );
    let mut requests = of(db, select, request).await?;
    let select = about(
        "SELECT request_id, request_id, id, position, title, status, product_code, quantity, unit, grams, place_code, delivery_from, \
         delivery_until, required_schemes, quality, estimated_minor FROM request_lot WHERE request_id IN ",
        processes,
        " ORDER BY request_id, position, id",
    );
    let mut lots = of(db, select, lot).await?;
    let select = about(
        "SELECT request_id, id, name, kind, weight FROM request_criterion WHERE request_id IN ",
        processes,
        " ORDER BY request_id, position, id",
    );
    let mut criteria = of(db, select, criterion).await?;
    let select = about(
        "SELECT request_id, id, request_lot_id, kind, definition, at_least_evidence, percent, source FROM gender_measure \
         WHERE request_id IN ",
        processes,
        " ORDER BY request_id, id",
    );
    let mut measures = of(db, select, measure).await?;
    let select = about(
        "SELECT request_id, organization_id, invited_at FROM request_invitation WHERE request_id IN ",
        processes,
        " ORDER BY request_id, organization_id",
    );
    let invited = |next: &mut Reader<'_>| Ok((OrganizationId::from_uuid(next.get()?), next.get()?));
    let mut invitations = of(db, select, invited).await?;
    let select = about(
        "SELECT request_id, id, organization_id, question, asked_at, answer, answered_at FROM request_question \
         WHERE answered_at IS NOT NULL AND request_id IN ",
        processes,
        " ORDER BY request_id, asked_at, id",
    );
    let mut questions = of(db, select, question).await?;
    let select = about(
        "SELECT request_id, version, rationale, created_at FROM request_version WHERE version > 1 AND request_id IN ",
        processes,
        " ORDER BY request_id, version",
    );
    let mut amendments = of(db, select, amendment).await?;
    let whole = requests.drain().filter_map(|(id, mut one)| one.pop().map(|request| (id, request)));
    Ok(whole
        .map(|(id, request)| {
            let request = RequestPart {
                lots: take(&mut lots, id),
                criteria: take(&mut criteria, id),
                measures: take(&mut measures, id),
                invitations: take(&mut invitations, id),
                questions: take(&mut questions, id),
                amendments: take(&mut amendments, id),
                ..request
            };
            (id, request)
        })
        .collect())
}

fn request(next: &mut Reader<'_>) -> Result<RequestPart, Fault> {
    Ok(RequestPart {
        id: RequestId::from_uuid(next.get()?),
        title: next.get()?,
        description: next.get()?,
        language: next.get()?,
        method: next.word("method of a request")?,
        method_rationale: next.get()?,
        status: next.word("status of a request")?,
        currency: next.currency()?,
        budget_minor: next.get()?,
        enquiry_deadline: next.get()?,
        bid_deadline: next.get()?,
        standstill_days: next.get()?,
        published_at: next.get()?,
        closed_at: next.get()?,
        opened_at: next.get()?,
        ended_at: next.get()?,
        ended_reason: next.get()?,
        lots: Vec::new(),
        criteria: Vec::new(),
        measures: Vec::new(),
        invitations: Vec::new(),
        questions: Vec::new(),
        amendments: Vec::new(),
    })
}

fn lot(next: &mut Reader<'_>) -> Result<RequestLot, Fault> {
    Ok(RequestLot {
        request: RequestId::from_uuid(next.get()?),
        id: RequestLotId::from_uuid(next.get()?),
        position: next.get()?,
        title: next.get()?,
        status: next.word("status of a request's lot")?,
        product: next.get()?,
        quantity: Quantity { thousandths: next.get()?, unit: UnitCode::new(next.get::<String>()?) },
        grams: next.get()?,
        place: next.get()?,
        delivery_from: next.get()?,
        delivery_until: next.get()?,
        required_schemes: next.json()?,
        quality: next.json()?,
        estimated_minor: next.get()?,
    })
}

fn criterion(next: &mut Reader<'_>) -> Result<Criterion, Fault> {
    Ok(Criterion {
        id: CriterionId::from_uuid(next.get()?),
        name: next.get()?,
        kind: next.word("kind of a criterion")?,
        weight: next.get()?,
    })
}

fn measure(next: &mut Reader<'_>) -> Result<GenderMeasure, Fault> {
    Ok(GenderMeasure {
        id: MeasureId::from_uuid(next.get()?),
        lot: next.get::<Option<Uuid>>()?.map(RequestLotId::from_uuid),
        kind: next.word("kind of a gender measure")?,
        definition: next.word("definition of ownership")?,
        at_least_evidence: next.word("level of evidence")?,
        percent: next.get::<Option<i64>>()?.and_then(Percent::from_thousandths),
        source: next.get()?,
    })
}

fn question(next: &mut Reader<'_>) -> Result<QuestionPart, Fault> {
    Ok(QuestionPart {
        id: QuestionId::from_uuid(next.get()?),
        organization: OrganizationId::from_uuid(next.get()?),
        question: next.get()?,
        asked_at: next.get()?,
        answer: next.get()?,
        answered_at: next.get()?,
    })
}

fn amendment(next: &mut Reader<'_>) -> Result<AmendmentPart, Fault> {
    Ok(AmendmentPart { version: next.get()?, rationale: next.get()?, at: next.get()? })
}
