//! Proving to anybody that an event is in a chain that was signed.

use super::{
    EventId, Traceability,
    checkpoint_chains::root,
    model::{
        checkpoint::{Checkpoint, ConsistencyProof, InclusionProof},
        event::{Event, seal},
        merkle::{TILE, Tree, leaf},
    },
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    kernel::{
        Fault, Outcome,
        page::{Counted, CursorKey, Page, PageArgs, SortValue},
    },
};

/// The list that cursors of checkpoints belong to.
pub const CHECKPOINTS: &str = "checkpoints:newest";

impl Traceability {
    /// The proof that an event is in its organization's chain: against the first checkpoint that covers it, or where none does
    /// yet, against the chain as it is now, signed on the spot. None where there is no such event that the actor may see.
    ///
    /// # Errors
    /// [`Fault::Corrupt`] when the chain is not what was signed; when the database cannot answer or the key cannot be read.
    pub async fn inclusion_proof(&self, actor: &Actor, event: EventId) -> Outcome<Option<InclusionProof>> {
        let db = &self.services().db;
        let Some((event, previous_seal)) = store::chain::event_and_seal_before(db, event).await? else {
            return Ok(None);
        };
        if !policy::allowed(actor, Action::ViewEvents, &Facts::of(event.organization)) {
            return Ok(None);
        }
        if seal(previous_seal.as_bytes(), &event.body) != event.hash {
            return Err(Fault::corrupt("chain of events", format!("event {} was altered", event.id)).into());
        }
        let (tree, checkpoint) = self.covering(&event).await?;
        if root(&tree, tree.size())? != checkpoint.root {
            let changed =
                format!("the first {} events of {} are not those that were signed", tree.size(), event.organization);
            return Err(Fault::corrupt("chain of events", changed).into());
        }
        let path = tree.inclusion(event.sequence.unsigned_abs() - 1);
        let path = path.map_err(|error| Fault::Internal(error.to_string()))?;
        let leaf = leaf(&event.hash);
        let Checkpoint { sequence: size, root, token, .. } = checkpoint;
        Ok(Some(InclusionProof { event, previous_seal, leaf, size, root, path, token }))
    }

    /// A tree over an event, with the leaves of its tile, and what was signed of it.
    async fn covering(&self, event: &Event) -> Result<(Tree, Checkpoint), Fault> {
        let (db, organization) = (&self.services().db, event.organization);
        let own = (event.sequence.unsigned_abs() - 1) / TILE;
        if let Some(checkpoint) = store::chain::checkpoint_over(db, organization, event.sequence).await? {
            let size = checkpoint.sequence.unsigned_abs();
            let kept = store::chain::tiles(db, organization, size / TILE).await?;
            return Ok((self.grow(organization, size, kept, &[own]).await?.tree, checkpoint));
        }
        let head = store::chain::head(db, organization).await?.filter(|head| head.sequence >= event.sequence);
        let head =
            head.ok_or_else(|| Fault::corrupt("chain of events", format!("{organization} ends before its end")))?;
        let kept = store::chain::tiles(db, organization, head.sequence.unsigned_abs() / TILE).await?;
        let (grown, checkpoint) = self.signed(head, kept, &[own]).await?;
        Ok((grown.tree, checkpoint))
    }

    /// A page of the checkpoints of an organization's chain, the last signed first. Everybody may see what was signed.
    ///
    /// # Errors
    /// What is wrong with the page.
    pub async fn checkpoints(
        &self,
        organization: OrganizationId,
        args: &PageArgs,
        total: bool,
    ) -> Outcome<Counted<Checkpoint>> {
        let page = Page::new(CHECKPOINTS, args, SortValue::is_integer)?;
        let db = &self.services().db;
        let slice = store::chain::checkpoints(db, organization, &page).await?;
        let total = if total { Some(store::chain::count_checkpoints(db, organization).await?) } else { None };
        Ok((slice, total))
    }

    /// The proof that the events that one checkpoint covers are the first that a later one covers, by their sequences. None where
    /// there are no such checkpoints of this organization.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn consistency_proof(
        &self,
        organization: OrganizationId,
        earlier: i64,
        later: i64,
    ) -> Outcome<Option<ConsistencyProof>> {
        let db = &self.services().db;
        let at = async |sequence| -> Result<Option<Checkpoint>, Fault> {
            let found = store::chain::checkpoint_over(db, organization, sequence).await?;
            Ok(found.filter(|checkpoint| checkpoint.sequence == sequence))
        };
        let (Some(earlier), Some(later)) = (at(earlier).await?, at(later).await?) else { return Ok(None) };
        let (first, size) = (earlier.sequence.unsigned_abs(), later.sequence.unsigned_abs());
        if first > size {
            return Ok(None);
        }
        let kept = store::chain::tiles(db, organization, size / TILE).await?;
        let grown = self.grow(organization, size, kept, &[first / TILE]).await?;
        let path = grown.tree.consistency(first).map_err(|error| Fault::Internal(error.to_string()))?;
        Ok(Some(ConsistencyProof { earlier, later, path }))
    }
}

/// Where a checkpoint stands in its list.
#[must_use]
pub fn checkpoint_key(checkpoint: &Checkpoint) -> CursorKey {
    CursorKey { sort: SortValue::Integer(checkpoint.sequence), id: checkpoint.organization.uuid() }
}
