//! Others hand in what happened, in EPCIS.
//!
//! A document is kept as soon as it is one, and answered; its events are looked at by the background worker, in one
//! transaction, whatever happens in between. An event that the organization has recorded before is captured and changes
//! nothing. What changes how much there is of a lot that is kept here is refused: that is recorded by the operations of this
//! room, which look whether it can be. Whatever else is said of such a lot is kept as an observation.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use uuid::Uuid;

use super::{
    CaptureId, EventId, Traceability,
    model::{
        capture::{Capture, CaptureError, ErrorBehaviour, Waiting},
        epcis::{
            Names,
            foreign::{Document, Foreign, Wrong},
            query::code_or_uri,
        },
        event::{EventKind, NewEvent, event_urn},
    },
    store::{self, captures::Kept, events::Appended},
};
use crate::{
    accounts::{
        Actor, OrganizationId, UserId,
        policy::{self, Action, Facts},
    },
    kernel::{
        ErrorCode, Failure, Fault, Outcome, UserError,
        clock::Timestamp,
        db::WriteTx,
        digest::Digest,
        outbox::{self, Topic},
        page::{Page, Slice},
    },
};

/// What is told of a document's errors at most.
const ERRORS_MAX: usize = 1_000;

/// Why something was not captured.
#[derive(Debug, thiserror::Error)]
pub enum NotCaptured {
    /// Who asks, or for whom.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// What was handed in is wrong.
    #[error("wrong in {} places", .0.len())]
    Wrong(Vec<Wrong>),
    /// It contradicts what is kept.
    #[error("contradicts what is kept: {}", .0.message)]
    Conflict(Wrong),
}

impl From<Fault> for NotCaptured {
    fn from(fault: Fault) -> Self {
        Self::Failure(fault.into())
    }
}

impl From<crate::kernel::db::DbErr> for NotCaptured {
    fn from(error: crate::kernel::db::DbErr) -> Self {
        Self::Failure(error.into())
    }
}

/// What an organization has recorded of what is handed in, and which of the lots named are kept here.
struct Known {
    by_hash: HashMap<Digest, Kept>,
    by_uri: HashMap<String, Kept>,
    lots: HashSet<String>,
}

/// For whom and by whom events are kept.
#[derive(Clone, Copy)]
struct Scene<'s> {
    tx: &'s WriteTx,
    organization: OrganizationId,
    by: Option<UserId>,
    now: Timestamp,
}

impl Traceability {
    /// Takes a document of events in, to be worked through soon.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`], [`ErrorCode::NotFound`] for the organization, [`ErrorCode::Forbidden`],
    /// [`ErrorCode::Required`] where it is not said for which of several organizations, and what is wrong with the document as
    /// a document.
    pub async fn capture_events(
        &self,
        actor: &Actor,
        organization: Option<OrganizationId>,
        document: Value,
        behaviour: ErrorBehaviour,
    ) -> Result<CaptureId, NotCaptured> {
        let organization = self.recorder(actor, organization).await?;
        let events = Document::of(document.clone()).map_err(|wrong| NotCaptured::Wrong(vec![wrong]))?.events.len();
        let services = self.services();
        let capture = Capture {
            id: CaptureId::from_uuid(services.ids.next_uuid()),
            organization,
            behaviour,
            events: i64::try_from(events).unwrap_or(i64::MAX),
            captured: 0,
            success: None,
            errors: Vec::new(),
            created_at: services.now(),
            finished_at: None,
        };
        let (id, now) = (capture.id, capture.created_at);
        let tx = services.db.begin().await?;
        store::captures::insert(&tx, &Waiting { capture, requested_by: actor.user_id(), document }).await?;
        outbox::append(&tx, Topic::Capture, id.uuid(), now);
        tx.commit().await?;
        Ok(id)
    }

    /// Keeps one event at once, and gives what it is called.
    ///
    /// # Errors
    /// Those of [`Traceability::capture_events`], what is wrong with the event, and what it contradicts.
    pub async fn capture_event(
        &self,
        actor: &Actor,
        organization: Option<OrganizationId>,
        event: Value,
    ) -> Result<String, NotCaptured> {
        let organization = self.recorder(actor, organization).await?;
        let document = Document::of(event).map_err(|wrong| NotCaptured::Wrong(vec![wrong]))?;
        let now = self.services().now();
        let [read] = <[_; 1]>::try_from(document.read(now)).map_err(|_| {
            NotCaptured::Wrong(vec![Wrong::new("epcisBody.eventList", "one event; several go to /epcis/capture")])
        })?;
        let foreign = read.map_err(NotCaptured::Wrong)?;
        let tx = self.services().db.begin().await?;
        let scene = Scene { tx: &tx, organization, by: actor.user_id(), now };
        let mut known = self.known(&scene, &[&foreign]).await?;
        match self.keep(&scene, &mut known, foreign).await? {
            Ok(uri) => {
                tx.commit().await?;
                Ok(uri)
            }
            Err(wrong) => Err(NotCaptured::Conflict(wrong)),
        }
    }

    /// What became of a document, for whoever sees the organization's events.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn capture(&self, actor: &Actor, id: CaptureId) -> Result<Option<Capture>, Fault> {
        let capture = store::captures::by_id(&self.services().db, id).await?;
        Ok(capture.filter(|capture| policy::allowed(actor, Action::ViewEvents, &Facts::of(capture.organization))))
    }

    /// A page of the documents that were handed in for an organization, the last first.
    ///
    /// # Errors
    /// Those of [`Traceability::capture_events`] about the organization.
    pub async fn captures(
        &self,
        actor: &Actor,
        organization: Option<OrganizationId>,
        page: &Page,
    ) -> Outcome<Slice<Capture>> {
        let organization = self.one_of(actor, organization, Action::ViewEvents).await?;
        Ok(page.slice(store::captures::page(&self.services().db, organization, page).await?))
    }

    /// Works documents through that were handed in; what was worked through before is left alone.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn follow_captures(&self, subjects: &[Uuid]) -> Outcome<()> {
        for subject in subjects {
            self.follow_capture(*subject).await?;
        }
        Ok(())
    }

    async fn follow_capture(&self, subject: Uuid) -> Outcome<()> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let Some(waiting) = store::captures::lock_waiting(&tx, subject).await? else { return Ok(()) };
        let Waiting { capture, requested_by, document } = waiting;
        let document = Document::of(document).map_err(|wrong| Fault::corrupt("document of events", wrong.message))?;
        // As of when it was handed in: what was no future then stays none, and what was stays it.
        let read = document.read(capture.created_at);
        let scene = Scene { tx: &tx, organization: capture.organization, by: requested_by, now };
        let good: Vec<&Foreign> = read.iter().flatten().collect();
        let mut known = self.known(&scene, &good).await?;
        let (mut captured, mut errors) = (0, Vec::new());
        for (position, read) in read.into_iter().enumerate() {
            let wrong = match read {
                // Nothing is kept any more: only what else is wrong is told.
                Ok(foreign) if !errors.is_empty() && capture.behaviour == ErrorBehaviour::Rollback => {
                    self.conflict(&known, &foreign).into_iter().collect()
                }
                Ok(foreign) => match self.keep(&scene, &mut known, foreign).await? {
                    Ok(_) => {
                        captured += 1;
                        Vec::new()
                    }
                    Err(wrong) => vec![wrong],
                },
                Err(wrong) => wrong,
            };
            errors.extend(wrong.into_iter().map(|wrong| CaptureError::of(position, wrong)));
        }
        let success = errors.is_empty();
        errors.truncate(ERRORS_MAX);
        if success || capture.behaviour == ErrorBehaviour::Proceed {
            store::captures::finish(&tx, capture.id, (captured, success), &errors, now).await?;
            return Ok(tx.commit().await?);
        }
        drop(tx);
        let tx = self.services().db.begin().await?;
        if store::captures::lock_waiting(&tx, subject).await?.is_some() {
            store::captures::finish(&tx, capture.id, (0, false), &errors, now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// The organization for which the actor hands something in: the one that is named, or the only one she may do it for.
    async fn recorder(&self, actor: &Actor, organization: Option<OrganizationId>) -> Outcome<OrganizationId> {
        self.one_of(actor, organization, Action::RecordEvents).await
    }

    async fn one_of(
        &self,
        actor: &Actor,
        organization: Option<OrganizationId>,
        action: Action,
    ) -> Outcome<OrganizationId> {
        let user = actor.signed_in()?;
        if let Some(id) = organization {
            if self.knows.directory.organization(actor, id).await?.is_none() {
                return Err(UserError::new(ErrorCode::NotFound, ["organization"]).into());
            }
            policy::require(actor, action, &Facts::of(id))?;
            return Ok(id);
        }
        let mut hers = user.memberships.organizations();
        hers.retain(|id| policy::allowed(actor, action, &Facts::of(*id)));
        match hers.as_slice() {
            [only] => Ok(*only),
            [] => Err(Failure::code(ErrorCode::Forbidden)),
            _ => Err(UserError::new(ErrorCode::Required, ["organization"]).into()),
        }
    }

    fn called(&self) -> Names<'_> {
        Names::under(&self.knows.public_url)
    }

    async fn known(&self, scene: &Scene<'_>, read: &[&Foreign]) -> Result<Known, Fault> {
        let names = self.called();
        let hashes: Vec<Digest> = read.iter().map(|foreign| foreign.hash).collect();
        let uris: Vec<&str> = read.iter().filter_map(|foreign| foreign.uri.as_deref()).collect();
        let epcs = read.iter().flat_map(|foreign| &foreign.epcs);
        let mut codes: Vec<&str> = epcs.filter_map(|(epc, _)| names.code_of_lot(epc)).collect();
        codes.sort_unstable();
        codes.dedup();
        store::events::lock_head(scene.tx, scene.organization).await?;
        Ok(Known {
            by_hash: store::captures::by_hash(scene.tx, scene.organization, &hashes).await?,
            by_uri: store::captures::by_uri(scene.tx, scene.organization, &uris).await?,
            lots: store::captures::lots_kept(scene.tx, &codes).await?,
        })
    }

    /// What an event contradicts, if anything.
    fn conflict(&self, known: &Known, foreign: &Foreign) -> Option<Wrong> {
        let names = self.called();
        for (epc, _) in &foreign.epcs {
            let Some(code) = names.code_of_lot(epc) else { continue };
            if !known.lots.contains(code) {
                return Some(Wrong::new("", format!("no lot {code} is kept here")));
            }
            if foreign.changes_mass && !foreign.is_error {
                let how = "record it with recordTransformation or the other operations for lots";
                return Some(Wrong::new("", format!("the lot {code} is kept here, and this changes it: {how}")));
            }
        }
        let called = foreign.uri.as_deref().and_then(|uri| known.by_uri.get(uri));
        if called.is_some_and(|kept| kept.hash != foreign.hash) {
            return Some(Wrong::new("eventID", "another event is called so"));
        }
        let same = known.by_hash.get(&foreign.hash).filter(|_| foreign.is_error)?;
        let is_ours = same.kind != EventKind::Captured && !same.is_settled;
        is_ours
            .then(|| Wrong::new("errorDeclaration", "the event was recorded here: declare its error with correctEvent"))
    }

    /// Keeps an event, unless it is kept already, and gives what it is called.
    async fn keep(
        &self,
        scene: &Scene<'_>,
        known: &mut Known,
        foreign: Foreign,
    ) -> Result<Result<String, Wrong>, Fault> {
        if let Some(wrong) = self.conflict(known, &foreign) {
            return Ok(Err(wrong));
        }
        let same = known.by_hash.get(&foreign.hash).cloned();
        let declared = same.as_ref().filter(|same| foreign.is_error && !same.is_settled).map(|same| same.id);
        if let (Some(same), None) = (&same, declared) {
            return Ok(Ok(same.uri.clone()));
        }
        let id = EventId::from_uuid(self.services().ids.next_uuid());
        let mut body = foreign.body;
        // A declaration bears the name of what it is about.
        let uri = same.map(|same| same.uri).or(foreign.uri).unwrap_or_else(|| event_urn(id.uuid()));
        body["eventID"] = uri.as_str().into();
        let names = self.called();
        let epcs = foreign.epcs.into_iter().map(|(epc, role)| (code_or_uri(names, &epc), role)).collect();
        let new = NewEvent {
            id,
            organization: scene.organization,
            kind: EventKind::Captured,
            event_time: foreign.event_time,
            recorded_at: scene.now,
            recorded_by: scene.by,
            body,
            epcs,
            corrects: declared,
        };
        let kept = match store::events::append(scene.tx, new).await? {
            Appended::New(event) => Kept {
                id: declared.unwrap_or(event.id),
                uri: uri.clone(),
                kind: EventKind::Captured,
                hash: foreign.hash,
                is_settled: foreign.is_error,
            },
            Appended::Before(_) => return Ok(Ok(uri)),
        };
        known.by_uri.insert(uri.clone(), kept.clone());
        known.by_hash.insert(kept.hash, kept);
        Ok(Ok(uri))
    }
}
