//! Reading questions about requests.

use std::collections::{HashMap, HashSet};

use super::{
    Procurement, QuestionId, Request, RequestId,
    model::question::Question,
    store::{self, questions::QuestionScope},
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    kernel::{
        Fault,
        page::{Counted, Page},
    },
};

impl Procurement {
    /// The same page of the questions about each of several requests, each given with its buyer, the first asked first, and how
    /// many there are if `count` is asked for. Everybody sees what was answered; those inside the buyer, and whoever asked, the
    /// rest.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn questions(
        &self,
        actor: &Actor,
        requests: &[(RequestId, OrganizationId)],
        page: &Page,
        count: bool,
    ) -> Result<HashMap<RequestId, Counted<Question>>, Fault> {
        let (inside, outside): (Vec<_>, Vec<_>) = requests.iter().partition(|(_, buyer)| inside(actor, *buyer));
        let own = actor.user().map(|user| user.memberships.organizations()).unwrap_or_default();
        let db = &self.services().db;
        let mut pages = HashMap::new();
        for (scope, requests) in [(QuestionScope::All, inside), (QuestionScope::Answered(own), outside)] {
            if requests.is_empty() {
                continue;
            }
            let requests: Vec<RequestId> = requests.into_iter().map(|(request, _)| request).collect();
            let slices = store::questions::pages(db, &requests, &scope, page).await?;
            let counts = if count { Some(store::questions::counts(db, &requests, &scope).await?) } else { None };
            pages.extend(page.counted(&requests, slices, counts));
        }
        Ok(pages)
    }

    /// A question, with its request, if it exists and the actor may see it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn question(&self, actor: &Actor, id: QuestionId) -> Result<Option<(Question, Request)>, Fault> {
        Ok(self.questions_by_ids(actor, &[id]).await?.remove(&id))
    }

    /// Those of these questions that exist and that the actor may see, with their requests.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn questions_by_ids(
        &self,
        actor: &Actor,
        ids: &[QuestionId],
    ) -> Result<HashMap<QuestionId, (Question, Request)>, Fault> {
        let found = store::questions::by_ids(&self.services().db, ids).await?;
        let requests: HashSet<RequestId> = found.iter().map(|question| question.request).collect();
        let requests: Vec<RequestId> = requests.into_iter().collect();
        let requests = self.requests_by_ids(actor, &requests).await?;
        let seen = found.into_iter().filter_map(|question| {
            let request = requests.get(&question.request)?;
            let own = actor.role_in(question.organization).is_some();
            let shown = question.answer.is_some() || own || inside(actor, request.buyer);
            shown.then(|| (question.id, (question, request.clone())))
        });
        Ok(seen.collect())
    }

    /// Whether the actor may know who asked: whoever did, and everybody once the request has closed.
    #[must_use]
    pub fn shows_asker(&self, actor: &Actor, question: &Question, request: &Request) -> bool {
        request.has_closed(self.services().now()) || actor.role_in(question.organization).is_some()
    }
}

fn inside(actor: &Actor, buyer: OrganizationId) -> bool {
    policy::allowed(actor, Action::ViewDraftRequests, &Facts::of(buyer))
}
