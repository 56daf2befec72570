//! Reading lots and what follows from their way.

use std::collections::{HashMap, HashSet};

use super::{
    EventId, LotId, RecallId, Traceability,
    model::{
        claims::claim_shares,
        code::LotCode,
        event::{Event, EventKind},
        graph::{Edge, Graph},
        hold::Hold,
        lot::{CustodyModel, Lot, LotFilter},
        recall::{Recall, RecalledLot},
        shares::{Shares, WHOLE, shares},
        trace::{Direction, Trace, walk},
    },
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    catalog::ListingId,
    certification::{Asked, Certificate, CertificateStatus, model::scheme::SchemeCover},
    kernel::{
        ErrorCode, Fault, Outcome, UserError,
        page::{Counted, CursorKey, Page, PageArgs, SortValue},
    },
};

/// The list that cursors of an organization's lots belong to.
pub const LOTS: &str = "lots:made";
/// The list that cursors of a lot's events belong to.
pub const LOT_EVENTS: &str = "events:lot";
/// The list that cursors of an organization's events belong to.
pub const EVENTS: &str = "events:organization";
/// The list that cursors of an organization's recalls belong to.
pub const RECALLS: &str = "recalls:opened";

/// Lots that are looked at for one way, and for what follows from it. What lies beyond counts as unknown.
pub const LOTS_MAX: i64 = 50_000;

/// What may be claimed of a lot, because certificates covered it on its whole way.
#[derive(Debug, Clone)]
pub struct LotClaim {
    /// What is certified, by its code.
    pub scheme: String,
    /// How much of the lot it covers, in parts of [`WHOLE`].
    pub share: u64,
    /// The chain of custody of what is claimed: no stronger than the lot's, and blended where the claim covers a part.
    pub custody: CustodyModel,
    /// What covered the last step: who made the lot held it then.
    pub certificate: Certificate,
    /// Its state when the lot was made.
    pub status_then: CertificateStatus,
    /// Its state today.
    pub status_now: CertificateStatus,
}

/// Part of a lot's way, and whether all of it could be looked at.
#[derive(Debug, Clone)]
pub struct Way {
    /// The lots and what went from one into another.
    pub trace: Trace,
    /// Whether the way has more lots than are looked at.
    pub truncated: bool,
}

impl Traceability {
    /// These lots, as far as they exist. Everybody may see them: what is on a label is public.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn lots_by_ids(&self, ids: &[LotId]) -> Result<HashMap<LotId, Lot>, Fault> {
        store::lots::by_ids(&self.services().db, ids).await
    }

    /// The lot with the code that somebody typed off a label.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn lot_by_code(&self, typed: &str) -> Result<Option<Lot>, Fault> {
        match LotCode::read(typed) {
            Some(code) => store::lots::by_code(&self.services().db, code.as_str()).await,
            None => Ok(None),
        }
    }

    /// A page of the lots that an organization has or is to receive, the last made first; for who belongs to it.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for who does not see the organization's lots, and what is wrong with the page.
    pub async fn lots(&self, actor: &Actor, filter: &LotFilter, args: &PageArgs, total: bool) -> Outcome<Counted<Lot>> {
        self.require_insider(actor, filter.organization)?;
        let page = Page::new(LOTS, args, SortValue::is_time)?;
        let db = &self.services().db;
        let slice = store::lots::page(db, filter, &page).await?;
        let total = if total { Some(store::lots::count(db, filter).await?) } else { None };
        Ok((slice, total))
    }

    /// Goes on for who sees an organization's events and lots, whole.
    fn require_insider(&self, actor: &Actor, organization: OrganizationId) -> Outcome<()> {
        if policy::allowed(actor, Action::ViewEvents, &Facts::of(organization)) {
            return Ok(());
        }
        actor.signed_in()?;
        Err(UserError::new(ErrorCode::NotFound, ["organizationId"]).into())
    }

    /// Whether somebody sees all of an event, and not only that it happened.
    #[must_use]
    pub fn sees_event(&self, actor: &Actor, event: &Event) -> bool {
        policy::allowed(actor, Action::ViewEvents, &Facts::of(event.organization))
    }

    /// Whether somebody sees who has how much of what is called back.
    #[must_use]
    pub fn sees_recall(&self, actor: &Actor, recall: &Recall) -> bool {
        policy::allowed(actor, Action::ViewEvents, &Facts::of(recall.organization))
    }

    /// The address of a lot, which is also its identifier outside.
    #[must_use]
    pub fn lot_url(&self, code: &str) -> String {
        self.names().lot(code)
    }

    /// Whether somebody sees what is left of a lot, and what holds it: who has it, made it, or is to receive it.
    #[must_use]
    pub fn sees_stock(&self, actor: &Actor, lot: &Lot) -> bool {
        let may = |organization| policy::allowed(actor, Action::ViewEvents, &Facts::of(organization));
        may(lot.organization) || may(lot.maker) || lot.destination.is_some_and(may)
    }

    /// A part of a lot's way: lots that are at most `depth_max` steps away, from the position `from` on.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn trace(
        &self,
        lot: LotId,
        direction: Direction,
        depth_max: u32,
        (from, count): (usize, usize),
    ) -> Result<Way, Fault> {
        let edges = store::trace::edges(&self.services().db, direction, &[lot], LOTS_MAX).await?;
        let trace = walk(lot, direction, &edges, depth_max, (from, count));
        let truncated = trace.total > usize::try_from(LOTS_MAX).unwrap_or(usize::MAX);
        Ok(Way { trace, truncated })
    }

    /// Who grew each of these lots, by mass, and how much of it producers confirmed.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn shares_of(&self, lots: &[LotId]) -> Result<HashMap<LotId, Shares>, Fault> {
        let db = &self.services().db;
        let edges = store::trace::edges(db, Direction::Back, lots, LOTS_MAX).await?;
        let origins = store::trace::origins(db, lots, LOTS_MAX).await?;
        let shares = shares(&Graph { edges }, &origins);
        Ok(lots.iter().map(|lot| (*lot, shares.get(lot).copied().unwrap_or(Shares::UNKNOWN))).collect())
    }

    /// What may be claimed of each of these lots: what certificates covered all the way from what producers delivered. What was
    /// taken back since is among it, with a share of 0.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn claims_of(&self, actor: &Actor, lots: &[LotId]) -> Result<HashMap<LotId, Vec<LotClaim>>, Fault> {
        let db = &self.services().db;
        let edges = store::trace::edges(db, Direction::Back, lots, LOTS_MAX).await?;
        let steps = store::claims::steps(db, lots, LOTS_MAX).await?;
        let asked: HashSet<Asked> = steps.values().map(|step| step.asked.clone()).collect();
        let answers = self.knows.certification.claims_on(actor, &asked).await?;
        let delivered: HashMap<LotId, i64> =
            steps.iter().filter(|(_, step)| step.delivered > 0).map(|(lot, step)| (*lot, step.delivered)).collect();
        let schemes: HashSet<&str> =
            answers.values().flatten().map(|claim| claim.certificate.scheme.as_str()).collect();
        let found = self.lots_by_ids(lots).await?;
        let graph = Graph { edges };
        let mut claims: HashMap<LotId, Vec<LotClaim>> = HashMap::new();
        // In the order in which schemes are shown.
        for scheme in self.knows.certification.schemes().all().iter().filter(|one| schemes.contains(one.code.as_str()))
        {
            // What its maker's certificate said of a lot.
            let said = |lot: &LotId| {
                let claims = answers.get(&steps.get(lot)?.asked)?;
                claims.iter().find(|claim| claim.certificate.scheme == scheme.code)
            };
            let covering = |lot: &LotId| {
                let (step, claim) = (steps.get(lot)?, said(lot)?);
                let is_member = !claim.is_group || step.delivered == 0 || step.groups.contains(&scheme.code);
                (claim.status_then.is_in_force() && is_member).then_some(claim)
            };
            let covered: HashSet<LotId> = steps.keys().filter(|lot| covering(lot).is_some()).copied().collect();
            let shares = match scheme.covers {
                SchemeCover::Product => claim_shares(&graph, &covered, &delivered),
                // It speaks of whoever made it, and not of what it was made of.
                SchemeCover::Process | SchemeCover::Organization => covered.iter().map(|lot| (*lot, WHOLE)).collect(),
            };
            for lot in lots {
                let share = shares.get(lot).copied().unwrap_or(0);
                let (Some(claim), Some(own)) = (said(lot), found.get(lot)) else { continue };
                let was_taken_back =
                    matches!(claim.status_then, CertificateStatus::Revoked | CertificateStatus::Suspended);
                if share == 0 && !was_taken_back {
                    continue;
                }
                let blended = if share < WHOLE { CustodyModel::ControlledBlending } else { own.custody };
                claims.entry(*lot).or_default().push(LotClaim {
                    scheme: scheme.code.clone(),
                    share,
                    custody: own.custody.max(blended),
                    certificate: claim.certificate.clone(),
                    status_then: claim.status_then,
                    status_now: claim.status_now,
                });
            }
        }
        Ok(claims)
    }

    /// The same page of the events about each of several lots, the last that happened first.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn events_of_lots(
        &self,
        lots: &[LotId],
        page: &Page,
        total: bool,
    ) -> Result<HashMap<LotId, Counted<Event>>, Fault> {
        let db = &self.services().db;
        let found = store::events::pages_of_lots(db, lots, page).await?;
        let slices = page.slices(found, |(lot, _)| *lot);
        let slices = slices.into_iter().map(|(lot, slice)| (lot, slice.map(|(_, event)| event))).collect();
        let counts = if total { Some(store::events::counts_of_lots(db, lots).await?) } else { None };
        Ok(page.counted(lots, slices, counts))
    }

    /// A page of the events that an organization recorded, the last that happened first; for who belongs to it.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for who does not see the organization's events, and what is wrong with the page.
    pub async fn events(
        &self,
        actor: &Actor,
        (organization, kind): (OrganizationId, Option<EventKind>),
        args: &PageArgs,
        total: bool,
    ) -> Outcome<Counted<Event>> {
        self.require_insider(actor, organization)?;
        let page = Page::new(EVENTS, args, SortValue::is_time)?;
        let db = &self.services().db;
        let slice = page.slice(store::events::page(db, organization, kind, &page).await?);
        let total = if total { Some(store::events::count(db, organization, kind).await?) } else { None };
        Ok((slice, total))
    }

    /// These events, as far as they exist.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn events_by_ids(&self, ids: &[EventId]) -> Result<HashMap<EventId, Event>, Fault> {
        store::events::by_ids(&self.services().db, ids).await
    }

    /// The events that declare these an error, by the event that was one.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn corrections_of(&self, ids: &[EventId]) -> Result<HashMap<EventId, Event>, Fault> {
        store::events::corrections_of(&self.services().db, ids).await
    }

    /// The lots that each of these events gave, or is about where it gave none.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn lots_of_events(&self, ids: &[EventId]) -> Result<HashMap<EventId, Vec<Lot>>, Fault> {
        store::events::lots_given(&self.services().db, ids).await
    }

    /// Everything that holds these lots, or held them, the first first.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn holds_of(&self, lots: &[LotId]) -> Result<HashMap<LotId, Vec<Hold>>, Fault> {
        store::holds::of_lots(&self.services().db, lots).await
    }

    /// The recalls that concern each of these lots, the last opened first. Everybody may know of them.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn recalls_of_lots(&self, lots: &[LotId]) -> Result<HashMap<LotId, Vec<Recall>>, Fault> {
        store::recalls::of_lots(&self.services().db, lots).await
    }

    /// These recalls, as far as they exist. Everybody may know of them.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn recalls_by_ids(&self, ids: &[RecallId]) -> Result<HashMap<RecallId, Recall>, Fault> {
        store::recalls::by_ids(&self.services().db, ids).await
    }

    /// What each of these recalls concerns, what it began with first.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn lots_of_recalls(&self, ids: &[RecallId]) -> Result<HashMap<RecallId, Vec<RecalledLot>>, Fault> {
        store::recalls::lots_of(&self.services().db, ids).await
    }

    /// A page of an organization's recalls, the last opened first.
    ///
    /// # Errors
    /// What is wrong with the page.
    pub async fn recalls(
        &self,
        organization: OrganizationId,
        only_open: bool,
        args: &PageArgs,
        total: bool,
    ) -> Outcome<Counted<Recall>> {
        let page = Page::new(RECALLS, args, SortValue::is_time)?;
        let db = &self.services().db;
        let slice = store::recalls::page(db, organization, only_open, &page).await?;
        let total = if total { Some(store::recalls::count(db, organization, only_open).await?) } else { None };
        Ok((slice, total))
    }

    /// All that would be called back with these lots: they, and everything that was made of them.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for who does not see the organization's lots, or for a lot that it neither made nor has.
    pub async fn recall_scope(
        &self,
        actor: &Actor,
        organization: OrganizationId,
        lots: &[LotId],
    ) -> Outcome<Vec<RecalledLot>> {
        self.require_insider(actor, organization)?;
        let found = self.lots_by_ids(lots).await?;
        for (index, lot) in lots.iter().enumerate() {
            let lot = found.get(lot).filter(|lot| lot.organization == organization || lot.maker == organization);
            if lot.is_none() {
                return Err(UserError::new(ErrorCode::NotFound, ["lotIds", &index.to_string()]).into());
            }
        }
        let edges = store::trace::edges(&self.services().db, Direction::Forward, lots, LOTS_MAX).await?;
        let made: HashSet<LotId> = edges.iter().map(|edge: &Edge| edge.child).collect();
        let mut made: Vec<LotId> = made.into_iter().filter(|lot| !lots.contains(lot)).collect();
        made.sort_unstable();
        let roots = lots.iter().map(|lot| RecalledLot { lot: *lot, is_root: true });
        Ok(roots.chain(made.into_iter().map(|lot| RecalledLot { lot, is_root: false })).collect())
    }

    /// The lots that each of these listings offers.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn lots_of_listings(&self, listings: &[ListingId]) -> Result<HashMap<ListingId, Vec<Lot>>, Fault> {
        store::listings::lots_of(&self.services().db, listings).await
    }
}

/// Where a lot stands in its lists.
#[must_use]
pub fn lot_key(lot: &Lot) -> CursorKey {
    CursorKey { sort: SortValue::Time(lot.made_at), id: lot.id.uuid() }
}

/// Where an event stands in its lists.
#[must_use]
pub fn event_key(event: &Event) -> CursorKey {
    CursorKey { sort: SortValue::Time(event.event_time), id: event.id.uuid() }
}

/// Where a recall stands in its lists.
#[must_use]
pub fn recall_key(recall: &Recall) -> CursorKey {
    CursorKey { sort: SortValue::Time(recall.opened_at), id: recall.id.uuid() }
}
