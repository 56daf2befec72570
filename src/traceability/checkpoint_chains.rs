//! Signing how far each chain has come. Run by the worker, now and then.
//!
//! Whoever has the database in hand can alter an event and seal all that follow anew. What was signed before then says
//! otherwise, here and wherever somebody keeps a copy of it: checkpoints are public.

use super::{
    Traceability,
    model::{
        checkpoint::{CHECKPOINT_TYPE, Checkpoint, Head, claims},
        merkle::{Growing, TILE, Tree, leaf},
    },
    store,
};
use crate::{
    accounts::OrganizationId,
    kernel::{Fault, Outcome, digest::Digest},
};

/// Chains that are signed in one round.
const CHAINS: i64 = 500;
/// Events that are read in one round: a second's work at most.
const EVENTS: u64 = 256 * TILE;
/// Events that are read at once.
const READ: u64 = 64 * TILE;

/// A tree, and the roots of tiles of it that are not kept yet.
pub(super) struct Grown {
    pub(super) tree: Tree,
    /// How many tiles are kept.
    kept: u64,
    fresh: Vec<Digest>,
    /// The seal of the last event.
    seal: Digest,
}

impl Traceability {
    /// Keeps the roots of tiles that became whole and signs a checkpoint of each chain that has grown; tells how many were
    /// signed. A chain of which much is new is signed in a later round. One that is not what it was when it was signed last is
    /// not signed again: that is logged, and `bfw doctor --chain` says where it breaks.
    ///
    /// Two workers may do this at once: the same events give the same roots.
    ///
    /// # Errors
    /// When the database refuses or the key cannot be read; what was signed until then stays.
    pub async fn checkpoint_chains(&self) -> Outcome<u64> {
        let (mut signed, mut left) = (0, EVENTS);
        for head in store::chain::grown(&self.services().db, CHAINS).await? {
            match self.checkpoint(head, &mut left).await {
                Ok(done) => signed += u64::from(done),
                Err(fault) if matches!(fault.cause(), Fault::Corrupt { .. }) => {
                    tracing::error!(organization = %head.organization, cause = %fault, "chain of events cannot be signed");
                }
                Err(fault) => return Err(fault.into()),
            }
            if left == 0 {
                break;
            }
        }
        Ok(signed)
    }

    async fn checkpoint(&self, head: Head, left: &mut u64) -> Result<bool, Fault> {
        let (db, size) = (&self.services().db, head.sequence.unsigned_abs());
        let kept = store::chain::tiles(db, head.organization, size / TILE).await?;
        let fresh = size - kept.len() as u64 * TILE;
        // Only tiles for this time, where it is too much.
        let whole = fresh <= *left;
        let size = if whole { size } else { (kept.len() as u64 + *left / TILE) * TILE };
        *left = left.saturating_sub(fresh);
        let signed = if whole {
            let (grown, signed) = self.signed(head, kept, &[]).await?;
            (grown, Some(signed))
        } else {
            (self.grow(head.organization, size, kept, &[]).await?, None)
        };
        let (grown, checkpoint) = signed;
        let tx = db.begin().await?;
        store::chain::insert_tiles(&tx, head.organization, grown.kept, &grown.fresh).await?;
        let kept = match &checkpoint {
            Some(checkpoint) => store::chain::insert_checkpoint(&tx, checkpoint).await?,
            None => false,
        };
        tx.commit().await?;
        Ok(kept)
    }

    /// A checkpoint of a chain at its head, which is not kept, with the tree. `needed` are tiles of which leaves are asked for.
    pub(super) async fn signed(
        &self,
        head: Head,
        kept: Vec<Digest>,
        needed: &[u64],
    ) -> Result<(Grown, Checkpoint), Fault> {
        let organization = head.organization;
        let last = store::chain::last_checkpoint(&self.services().db, organization).await?;
        let mut needed = needed.to_vec();
        needed.extend(last.as_ref().map(|last| last.sequence.unsigned_abs() / TILE));
        let grown = self.grow(organization, head.sequence.unsigned_abs(), kept, &needed).await?;
        // Never signed: what contradicts what was signed before, or itself.
        if grown.seal != head.seal {
            return Err(Fault::corrupt("chain of events", format!("{organization} does not end as its head says")));
        }
        if let Some(last) = last
            && root(&grown.tree, last.sequence.unsigned_abs())? != last.root
        {
            let changed =
                format!("the first {} events of {organization} are not those that were signed", last.sequence);
            return Err(Fault::corrupt("chain of events", changed));
        }
        let root = root(&grown.tree, grown.tree.size())?;
        let (credentials, signed_at) = (&self.knows.credentials, self.services().now());
        let issuer = credentials.issuer().did();
        let said = claims(issuer, organization, (head.sequence, head.seal), root, signed_at);
        let token = credentials.sign_statement(CHECKPOINT_TYPE, &said).await?;
        Ok((grown, Checkpoint { organization, sequence: head.sequence, root, signed_at, token }))
    }

    /// The tree over a chain's first `size` events: from the roots of its tiles that are kept, from the events that follow them,
    /// and with the leaves of the tiles that are asked for.
    pub(super) async fn grow(
        &self,
        organization: OrganizationId,
        size: u64,
        kept: Vec<Digest>,
        needed: &[u64],
    ) -> Result<Grown, Fault> {
        let db = &self.services().db;
        let mut tiles = kept;
        let kept = tiles.len() as u64;
        let mut known = Vec::new();
        let (mut at, mut seal) = (kept * TILE, None);
        while at < size {
            let until = size.min(at + READ);
            let seals = store::chain::seals(db, organization, at, until).await?;
            seal = seals.last().copied();
            for (tile, seals) in (at / TILE..).zip(seals.chunks(TILE as usize)) {
                let leaves: Vec<Digest> = seals.iter().map(leaf).collect();
                if leaves.len() as u64 == TILE {
                    let mut growing = Growing::default();
                    leaves.iter().for_each(|leaf| growing.push(*leaf));
                    tiles.push(growing.root());
                }
                if (leaves.len() as u64) < TILE || needed.contains(&tile) {
                    known.push((tile, leaves));
                }
            }
            at = until;
        }
        let fresh = tiles.split_off(kept as usize);
        tiles.extend(&fresh);
        let mut tree = Tree::new(size, tiles);
        let seal = match seal {
            Some(seal) => seal,
            // Tiles cover all of it.
            None => store::chain::seals(db, organization, size.saturating_sub(1), size)
                .await?
                .pop()
                .unwrap_or(Digest::of(b"")),
        };
        for tile in needed.iter().copied().filter(|tile| *tile < kept && tile * TILE < size) {
            let seals = store::chain::seals(db, organization, tile * TILE, size.min((tile + 1) * TILE)).await?;
            tree.know(tile, seals.iter().map(leaf).collect());
        }
        for (tile, leaves) in known {
            tree.know(tile, leaves);
        }
        Ok(Grown { tree, kept, fresh, seal })
    }
}

/// The root over the first events, which are at hand.
pub(super) fn root(tree: &Tree, size: u64) -> Result<Digest, Fault> {
    tree.root(size).map_err(|error| Fault::Internal(error.to_string()))
}
