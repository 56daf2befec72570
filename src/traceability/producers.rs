//! Reading producers and what is theirs, as far as the reader may see them.

use std::{collections::HashMap, hash::Hash};

use super::{
    EnrolmentId, EventId, PaymentId, PlotId, ProducerId, Traceability,
    model::{
        membership::Enrolment,
        payment::Payment,
        plot::Plot,
        producer::{Gender, Producer},
        query::ProducerFilter,
    },
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    directory::{
        Organization,
        model::{place::PlaceKind, profile::check_place},
    },
    kernel::{
        ErrorCode, Failure, Fault, Outcome, UserError,
        clock::Timestamp,
        db::WriteTx,
        error::Rejections,
        page::{Counted, CursorKey, Page, PageArgs, SortValue},
        text::{TextRule, fold},
    },
};

/// The list that cursors of producers belong to.
pub const PRODUCERS: &str = "producers:name";

/// What narrows a list of producers, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct ProducerSearch {
    /// Words that their names hold.
    pub text: Option<String>,
    /// Where they live: a place's code, official number or name.
    pub village: Option<String>,
    /// What they are.
    pub gender: Option<Gender>,
}

impl Traceability {
    /// A page of an organization's producers, by name.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] and [`ErrorCode::UnknownPlace`] at the argument, [`ErrorCode::Unauthenticated`],
    /// [`ErrorCode::Forbidden`], and what is wrong with the page.
    pub async fn producers(
        &self,
        actor: &Actor,
        organization: OrganizationId,
        search: &ProducerSearch,
        args: &PageArgs,
        total: bool,
    ) -> Outcome<Counted<Producer>> {
        self.require_of(actor, Action::ViewProducers, organization, &["organizationId"]).await?;
        let page = Page::new(PRODUCERS, args, SortValue::is_text)?;
        let filter = self.filter(search)?;
        let db = &self.services().db;
        let slice = store::producers::page(db, organization, &filter, &page).await?;
        let total = if total { Some(store::producers::count(db, organization, &filter).await?) } else { None };
        Ok((slice, total.map(|count| i64::try_from(count).unwrap_or(i64::MAX))))
    }

    fn filter(&self, search: &ProducerSearch) -> Result<ProducerFilter, UserError> {
        let text = search.text.as_deref().filter(|text| !text.trim().is_empty());
        let text = text.map(|text| TextRule::LINE.check(text, ["text"])).transpose()?;
        let words = text.map(|text| fold(&text).split(' ').map(str::to_owned).collect()).unwrap_or_default();
        let gazetteer = self.knows.directory.gazetteer();
        let today = self.knows.directory.today();
        let place = search.village.as_deref().map(|typed| check_place(&gazetteer, typed, today, ["villageCode"]));
        let place = place.transpose()?.filter(|place| place.kind != PlaceKind::Country);
        let villages = place.map(|place| {
            let within = |code: &str| code == place.code || gazetteer.lies_within(code, &place.code, today);
            gazetteer.places().iter().filter(|inner| within(&inner.code)).map(|inner| inner.code.clone()).collect()
        });
        Ok(ProducerFilter { words, villages, gender: search.gender })
    }

    /// Those of these producers who exist and whom the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn producers_by_ids(
        &self,
        actor: &Actor,
        ids: &[ProducerId],
    ) -> Result<HashMap<ProducerId, Producer>, Fault> {
        let found = store::producers::by_ids(&self.services().db, ids).await?;
        Ok(seen(actor, found, |producer| producer.organization))
    }

    /// Those of these plots that exist and that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn plots_by_ids(&self, actor: &Actor, ids: &[PlotId]) -> Result<HashMap<PlotId, Plot>, Fault> {
        let found = store::plots::by_ids(&self.services().db, ids).await?;
        Ok(seen(actor, found, |plot| plot.organization))
    }

    /// Those of these that exist and that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn enrolments_by_ids(
        &self,
        actor: &Actor,
        ids: &[EnrolmentId],
    ) -> Result<HashMap<EnrolmentId, Enrolment>, Fault> {
        let found = store::enrolments::by_ids(&self.services().db, ids).await?;
        Ok(seen(actor, found, |enrolment| enrolment.organization))
    }

    /// Those of these payments that exist and that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn payments_by_ids(
        &self,
        actor: &Actor,
        ids: &[PaymentId],
    ) -> Result<HashMap<PaymentId, Payment>, Fault> {
        let found = store::payments::by_ids(&self.services().db, ids).await?;
        Ok(seen(actor, found, |payment| payment.organization))
    }

    /// All plots of each of these producers, whom the actor was shown.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn plots_of(&self, producers: &[ProducerId]) -> Result<HashMap<ProducerId, Vec<Plot>>, Fault> {
        store::plots::of(&self.services().db, producers).await
    }

    /// To what each of these producers, whom the actor was shown, belonged.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn enrolments_of(&self, producers: &[ProducerId]) -> Result<HashMap<ProducerId, Vec<Enrolment>>, Fault> {
        store::enrolments::of(&self.services().db, producers).await
    }

    /// What each of these producers, whom the actor was shown, delivered, in grams.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn delivered_by(&self, producers: &[ProducerId]) -> Result<HashMap<ProducerId, i64>, Fault> {
        store::producers::delivered(&self.services().db, producers).await
    }

    /// What was paid for each of these deliveries, as far as the actor may see it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn payments_of(
        &self,
        actor: &Actor,
        deliveries: &[EventId],
    ) -> Result<HashMap<EventId, Vec<Payment>>, Fault> {
        let mut found = store::payments::of(&self.services().db, deliveries).await?;
        found.retain(|_, payments| payments.iter().all(|payment| sees(actor, payment.organization)));
        Ok(found)
    }

    /// When each of these deliveries was confirmed by who delivered; those that were not are left out.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn confirmed_at(&self, deliveries: &[EventId]) -> Result<HashMap<EventId, Timestamp>, Fault> {
        store::confirmations::of_deliveries(&self.services().db, deliveries).await
    }

    /// The organization, if the actor may do this for it and sees it. `path` names what gave its id.
    pub(super) async fn require_of(
        &self,
        actor: &Actor,
        action: Action,
        organization: OrganizationId,
        path: &[&str],
    ) -> Outcome<Organization> {
        let Some(found) = self.knows.directory.organization(actor, organization).await? else {
            // Before a stranger is told that nothing is there, she is asked who she is.
            actor.signed_in()?;
            return Err(UserError::new(ErrorCode::NotFound, path).into());
        };
        policy::require(actor, action, &Facts::of(organization))?;
        Ok(found)
    }

    /// The producer, locked, if the actor may do this to her.
    pub(super) async fn lock_producer(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        action: Action,
        id: ProducerId,
    ) -> Outcome<Producer> {
        let found = store::producers::lock(tx, id).await?;
        let producer = require_seen(actor, found, |producer| producer.organization, "producerId")?;
        policy::require(actor, action, &Facts::of(producer.organization))?;
        Ok(producer)
    }
}

/// Whether the actor sees an organization's producers.
pub(super) fn sees(actor: &Actor, organization: OrganizationId) -> bool {
    policy::allowed(actor, Action::ViewProducers, &Facts::of(organization))
}

/// What of an organization's producers the actor sees.
///
/// # Errors
/// [`ErrorCode::NotFound`] at the input's field where it is nothing; a stranger is asked who she is before.
pub(super) fn require_seen<T>(
    actor: &Actor,
    found: Option<T>,
    organization: impl Fn(&T) -> OrganizationId,
    field: &'static str,
) -> Outcome<T> {
    let found = found.filter(|found| sees(actor, organization(found)));
    let Some(found) = found else {
        actor.signed_in()?;
        return Err(UserError::new(ErrorCode::NotFound, ["input", field]).into());
    };
    Ok(found)
}

fn seen<K: Eq + Hash, V>(
    actor: &Actor,
    mut found: HashMap<K, V>,
    organization: impl Fn(&V) -> OrganizationId,
) -> HashMap<K, V> {
    found.retain(|_, value| sees(actor, organization(value)));
    found
}

/// Refuses a change that was decided on an older version.
pub(super) fn check_version(expected: Option<i64>, current: i64) -> Result<(), UserError> {
    match expected {
        Some(expected) if expected != current => {
            Err(UserError::new(ErrorCode::VersionConflict, ["input", "expectedVersion"]).with("current", current))
        }
        Some(_) | None => Ok(()),
    }
}

/// Everything that is wrong, as a failure.
pub(super) fn rejected(wrong: Rejections) -> Failure {
    match wrong.finish() {
        Err(failure) => failure,
        Ok(()) => Failure::code(ErrorCode::Required),
    }
}

/// What was to be written is not there, though it was written before.
pub(super) fn gone() -> Failure {
    Failure::code(ErrorCode::NotFound)
}

/// Where a producer stands in her list.
#[must_use]
pub fn producer_key(producer: &Producer) -> CursorKey {
    let name = producer.name.as_deref().map(fold).unwrap_or_default();
    CursorKey { sort: SortValue::Text(name), id: producer.id.uuid() }
}
