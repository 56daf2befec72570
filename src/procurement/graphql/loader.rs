//! Requests, and what belongs to them, for many siblings at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Error};
use uuid::Uuid;

use super::{GenderMeasure, ProcurementRequest, RequestCriterion, RequestLot, RequestQuestion};
use crate::{
    accounts::{Actor, OrganizationId},
    kernel::{
        Fault,
        clock::Timestamp,
        graphql::{BatchLoad, Batcher, PageLoad, Pages, loaders, wants_total_count},
        page::{Counted, Page},
    },
    procurement::{
        self, CriterionId, MeasureId, Procurement, QuestionId, Request, RequestId, RequestLotId,
        model::{ids::Part, question::Question, wording::RequestVersion},
    },
};

/// The batchers of one request; the API makes them with its actor and puts them in its context.
pub struct Loaders {
    by_id: Batcher<ById>,
    lots: Batcher<LotsOf>,
    criteria: Batcher<CriteriaOf>,
    measures: Batcher<MeasuresOf>,
    ocids: Batcher<Ocids>,
    parts: Batcher<RequestsOfParts>,
    invited: Batcher<InvitedTo>,
    question: Batcher<QuestionById>,
    questions: Pages<QuestionsOf>,
    versions: Pages<VersionsOf>,
}

impl Loaders {
    /// Batchers that load what `actor` may see.
    #[must_use]
    pub fn new(procurement: &Procurement, actor: &Actor) -> Self {
        Self {
            by_id: Batcher::new(ById(procurement.clone(), actor.clone())),
            lots: Batcher::new(LotsOf(procurement.clone())),
            criteria: Batcher::new(CriteriaOf(procurement.clone())),
            measures: Batcher::new(MeasuresOf(procurement.clone())),
            ocids: Batcher::new(Ocids(procurement.clone())),
            parts: Batcher::new(RequestsOfParts(procurement.clone())),
            invited: Batcher::new(InvitedTo(procurement.clone())),
            question: Batcher::new(QuestionById(procurement.clone(), actor.clone())),
            questions: Pages::new(QuestionsOf(procurement.clone(), actor.clone())),
            versions: Pages::new(VersionsOf(procurement.clone())),
        }
    }

    /// The request, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn request(ctx: &Context<'_>, id: RequestId) -> Result<Option<ProcurementRequest>, Error> {
        Ok(loaders::<Self>(ctx)?.by_id.get(ctx, id).await?.map(ProcurementRequest))
    }

    /// The request of which this is the wire id, if it is one and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn request_named(ctx: &Context<'_>, id: &str) -> Result<Option<ProcurementRequest>, Error> {
        match id.parse() {
            Ok(id) => Self::request(ctx, id).await,
            Err(_) => Ok(None),
        }
    }

    /// The lots of a request that the request's actor sees, in their order.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn lots(ctx: &Context<'_>, request: &Request) -> Result<Vec<RequestLot>, Error> {
        let lots = loaders::<Self>(ctx)?.lots.get(ctx, request.id).await?.unwrap_or_default();
        Ok(lots.iter().cloned().map(|lot| RequestLot { lot, currency: request.currency }).collect())
    }

    /// A lot of a request, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn lot(ctx: &Context<'_>, id: RequestLotId) -> Result<Option<RequestLot>, Error> {
        let Some(request) = Self::request_of(ctx, Part::Lot, id.uuid()).await? else { return Ok(None) };
        Ok(Self::lots(ctx, &request).await?.into_iter().find(|found| found.lot.id == id))
    }

    /// A criterion of a request, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn criterion(ctx: &Context<'_>, id: CriterionId) -> Result<Option<RequestCriterion>, Error> {
        let Some(request) = Self::request_of(ctx, Part::Criterion, id.uuid()).await? else { return Ok(None) };
        Ok(Self::criteria(ctx, request.id).await?.into_iter().find(|found| found.0.id == id))
    }

    /// A gender measure of a request, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn measure(ctx: &Context<'_>, id: MeasureId) -> Result<Option<GenderMeasure>, Error> {
        let Some(request) = Self::request_of(ctx, Part::Measure, id.uuid()).await? else { return Ok(None) };
        Ok(Self::measures(ctx, &request).await?.into_iter().find(|found| found.measure.id == id))
    }

    /// A question, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn question(ctx: &Context<'_>, id: QuestionId) -> Result<Option<RequestQuestion>, Error> {
        let found = loaders::<Self>(ctx)?.question.get(ctx, id).await?;
        Ok(found.map(|(question, request)| RequestQuestion { question, request }))
    }

    async fn request_of(ctx: &Context<'_>, part: Part, id: Uuid) -> Result<Option<Request>, Error> {
        let loaders = loaders::<Self>(ctx)?;
        let Some(request) = loaders.parts.get(ctx, (part, id)).await? else { return Ok(None) };
        loaders.by_id.get(ctx, request).await
    }

    /// The criteria of a request that the request's actor sees.
    pub(super) async fn criteria(ctx: &Context<'_>, request: RequestId) -> Result<Vec<RequestCriterion>, Error> {
        let found = loaders::<Self>(ctx)?.criteria.get(ctx, request).await?.unwrap_or_default();
        Ok(found.iter().cloned().map(RequestCriterion).collect())
    }

    /// The measures of a request that the request's actor sees.
    pub(super) async fn measures(ctx: &Context<'_>, request: &Request) -> Result<Vec<GenderMeasure>, Error> {
        let found = loaders::<Self>(ctx)?.measures.get(ctx, request.id).await?.unwrap_or_default();
        Ok(found.iter().cloned().map(|measure| GenderMeasure { measure, request: request.clone() }).collect())
    }

    /// By which identifier a process is known in open contracting data.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn ocid(ctx: &Context<'_>, process: Uuid) -> Result<Option<Arc<str>>, Error> {
        loaders::<Self>(ctx)?.ocids.get(ctx, process).await
    }

    /// Who is invited to a request of which the request's actor may know it.
    pub(super) async fn invited(
        ctx: &Context<'_>,
        request: RequestId,
    ) -> Result<Arc<Vec<(OrganizationId, Timestamp)>>, Error> {
        Ok(loaders::<Self>(ctx)?.invited.get(ctx, request).await?.unwrap_or_default())
    }

    /// A page of those questions about a request that the request's actor is shown.
    pub(super) async fn questions(
        ctx: &Context<'_>,
        request: &Request,
        page: Page,
    ) -> Result<Counted<Question>, Error> {
        let parent = (request.id, request.buyer);
        loaders::<Self>(ctx)?.questions.get(ctx, parent, page, wants_total_count(ctx)).await
    }

    /// A page of the wordings of a request that the request's actor sees.
    pub(super) async fn versions(
        ctx: &Context<'_>,
        request: RequestId,
        page: Page,
    ) -> Result<Counted<RequestVersion>, Error> {
        loaders::<Self>(ctx)?.versions.get(ctx, request, page, wants_total_count(ctx)).await
    }
}

struct ById(Procurement, Actor);

impl BatchLoad for ById {
    type Key = RequestId;
    type Value = Request;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        self.0.requests_by_ids(&self.1, &keys).await
    }
}

struct LotsOf(Procurement);

impl BatchLoad for LotsOf {
    type Key = RequestId;
    type Value = Arc<Vec<procurement::RequestLot>>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        Ok(shared(self.0.lots_of(&keys).await?))
    }
}

struct CriteriaOf(Procurement);

impl BatchLoad for CriteriaOf {
    type Key = RequestId;
    type Value = Arc<Vec<procurement::Criterion>>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        Ok(shared(self.0.criteria_of(&keys).await?))
    }
}

struct MeasuresOf(Procurement);

impl BatchLoad for MeasuresOf {
    type Key = RequestId;
    type Value = Arc<Vec<procurement::GenderMeasure>>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        Ok(shared(self.0.measures_of(&keys).await?))
    }
}

struct InvitedTo(Procurement);

impl BatchLoad for InvitedTo {
    type Key = RequestId;
    type Value = Arc<Vec<(OrganizationId, Timestamp)>>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        Ok(shared(self.0.invited_to(&keys).await?))
    }
}

struct Ocids(Procurement);

impl BatchLoad for Ocids {
    type Key = Uuid;
    type Value = Arc<str>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let found = self.0.ocids(&keys).await?;
        Ok(found.into_iter().map(|(process, ocid)| (process, Arc::from(ocid))).collect())
    }
}

struct RequestsOfParts(Procurement);

impl BatchLoad for RequestsOfParts {
    type Key = (Part, Uuid);
    type Value = RequestId;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let mut by_part: HashMap<Part, Vec<Uuid>> = HashMap::new();
        for (part, id) in keys {
            by_part.entry(part).or_default().push(id);
        }
        let mut found = HashMap::new();
        for (part, ids) in by_part {
            let requests = self.0.requests_of_parts(part, &ids).await?;
            found.extend(requests.into_iter().map(|(id, request)| ((part, id), request)));
        }
        Ok(found)
    }
}

struct QuestionById(Procurement, Actor);

impl BatchLoad for QuestionById {
    type Key = QuestionId;
    type Value = (Question, Request);

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        self.0.questions_by_ids(&self.1, &keys).await
    }
}

struct QuestionsOf(Procurement, Actor);

impl PageLoad for QuestionsOf {
    type Parent = (RequestId, OrganizationId);
    type Item = Question;

    async fn load(
        &self,
        requests: Vec<Self::Parent>,
        page: &Page,
        count: bool,
    ) -> Result<HashMap<Self::Parent, Counted<Question>>, Fault> {
        let mut found = self.0.questions(&self.1, &requests, page, count).await?;
        Ok(requests.into_iter().filter_map(|parent| Some((parent, found.remove(&parent.0)?))).collect())
    }
}

struct VersionsOf(Procurement);

impl PageLoad for VersionsOf {
    type Parent = RequestId;
    type Item = RequestVersion;

    async fn load(
        &self,
        requests: Vec<RequestId>,
        page: &Page,
        count: bool,
    ) -> Result<HashMap<RequestId, Counted<RequestVersion>>, Fault> {
        self.0.versions(&requests, page, count).await
    }
}

fn shared<T>(found: HashMap<RequestId, Vec<T>>) -> HashMap<RequestId, Arc<Vec<T>>> {
    found.into_iter().map(|(request, each)| (request, Arc::new(each))).collect()
}
