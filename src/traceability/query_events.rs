//! Events as EPCIS asks for them, and as it gives them.

use serde_json::Value;

use super::{
    Traceability,
    model::{
        epcis::{
            Names, document,
            query::{EventQuery, OrderBy},
            untp,
        },
        event::Event,
    },
    store::{self, event_queries::Scope},
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{Action, Facts, allowed},
    },
    kernel::{
        Fault,
        clock::Timestamp,
        page::{CursorKey, SortValue},
    },
};

/// A page of events.
#[derive(Debug, Clone)]
pub struct EventPage {
    /// The events as they are kept.
    pub events: Vec<Value>,
    /// The last of them, where others follow.
    pub next: Option<CursorKey>,
}

impl Traceability {
    /// The events that are asked for, of those that the actor sees: of one organization where it is named, else of all that she
    /// belongs to, or of everybody's where her role on the platform lets her. A stranger sees none.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn events_asked_for(
        &self,
        actor: &Actor,
        organization: Option<OrganizationId>,
        query: &EventQuery,
    ) -> Result<EventPage, Fault> {
        let Some(scope) = scope(actor, organization) else {
            return Ok(EventPage { events: Vec::new(), next: None });
        };
        let size = u64::from(query.per_page).min(query.limit.unwrap_or(u64::MAX));
        let mut rows = store::event_queries::page(&self.services().db, query, &scope, size + 1).await?;
        let more = rows.len() as u64 > size && query.limit.is_none_or(|limit| limit > size);
        rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|event| position(query.order_by, event));
        let events = rows.iter().map(said).collect::<Result<_, _>>()?;
        Ok(EventPage { events, next })
    }

    /// The event that is called so, if the actor sees it; its error declaration where there is one. It stands alone, with the
    /// standard's context.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn event_called(
        &self,
        actor: &Actor,
        organization: Option<OrganizationId>,
        uri: &str,
    ) -> Result<Option<Value>, Fault> {
        let Some(scope) = scope(actor, organization) else { return Ok(None) };
        let event = store::event_queries::by_uri(&self.services().db, uri, &scope).await?;
        event.map(|event| said(&event).map(document::alone)).transpose()
    }

    /// An event as a signed credential of the UN Transparency Protocol. `url` is where the event is. It is not kept, and has no
    /// status: it says what the event says when it is signed.
    ///
    /// # Errors
    /// When the key file cannot be read.
    pub async fn event_credential(&self, event: &Value, url: &str) -> Result<String, Fault> {
        let credentials = &self.knows.credentials;
        credentials.sign_unkept(&untp::credential(event, url, &credentials.issuer().entry())).await
    }

    /// The present instant, as answers say when they were made.
    #[must_use]
    pub fn present(&self) -> Timestamp {
        self.services().now()
    }

    /// How the outside reaches the service, without a slash at the end.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.knows.public_url
    }

    /// How things of ours are called outside, for reading questions.
    #[must_use]
    pub fn outside_names(&self) -> Names<'_> {
        Names::under(&self.knows.public_url)
    }
}

/// Whose events the actor sees. None where she sees nobody's.
fn scope(actor: &Actor, organization: Option<OrganizationId>) -> Option<Scope> {
    if let Some(organization) = organization {
        return allowed(actor, Action::ViewEvents, &Facts::of(organization)).then(|| Scope::Of(vec![organization]));
    }
    if allowed(actor, Action::ViewEvents, &Facts::none()) {
        return Some(Scope::All);
    }
    let mut hers = actor.user()?.memberships.organizations();
    hers.retain(|id| allowed(actor, Action::ViewEvents, &Facts::of(*id)));
    (!hers.is_empty()).then_some(Scope::Of(hers))
}

fn position(order_by: OrderBy, event: &Event) -> CursorKey {
    let at = match order_by {
        OrderBy::EventTime => event.event_time,
        OrderBy::RecordTime => event.recorded_at,
    };
    CursorKey { sort: SortValue::Time(at), id: event.id.uuid() }
}

fn said(event: &Event) -> Result<Value, Fault> {
    serde_json::from_str(&event.body).map_err(|error| Fault::corrupt("body of an event", error))
}
