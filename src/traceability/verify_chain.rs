//! Walking along every chain, for an operator who wonders whether anybody changed what happened.

use uuid::Uuid;

use super::{
    model::chain::{BrokenChain, Found, Link, Mark, Walk},
    store,
};
use crate::{
    credentials::statement_keys,
    kernel::{Fault, db::Database},
};

/// Links that are read at once.
const STEP: i64 = 4_096;
/// Lots that are looked at at once.
const LOTS: i64 = 10_000;
/// Lots that are told of at most.
const LOTS_TOLD_MAX: usize = 10;

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct ChainVerification {
    /// Chains that were walked.
    pub chains: u64,
    /// Events whose seals, contents and places were checked.
    pub events: u64,
    /// Signed checkpoints that hold.
    pub checkpoints: u64,
    /// The first break of each chain that has one.
    pub broken: Vec<BrokenChain>,
    /// Lots of which was looked whether more was taken than there was.
    pub lots: u64,
    /// What is wrong with lots, in words; some of them, where there are many.
    pub overdrawn: Vec<String>,
}

/// Walks along every chain from its first event: that none is missing, that each is sealed to the one before, is written in its
/// canonical form and says of itself what its row says; that each chain ends as its head tells; that tiles and
/// checkpoints are those of the events, and signed here. Then whether more was taken of a lot than there was. Events
/// are hashed on another core while the next are read. `progress` hears how many were, and of how many.
///
/// An event that was altered and all after it sealed anew shows at the first checkpoint or tile that covers it.
/// Whoever can also replace those, and the keys, is found out only by a checkpoint that somebody else kept.
///
/// # Errors
/// When the database refuses; a broken chain is no error but a finding.
pub async fn verify_chains(db: &Database, progress: impl Fn(u64, u64)) -> Result<ChainVerification, Fault> {
    let mut walk = Walk::new(statement_keys(db).await?);
    let total = store::walk::count(db).await?;
    let mut seen = 0;
    let mut step = Step::read(db, (Uuid::nil(), 0)).await?;
    loop {
        seen += step.links.len() as u64;
        let until = step.until;
        let walking = tokio::task::spawn_blocking(move || {
            walk.step(&step.links, step.marks);
            walk
        });
        let next = match until {
            Some(until) => Some(Step::read(db, until).await?),
            None => None,
        };
        walk = walking.await.map_err(|error| Fault::Internal(error.to_string()))?;
        progress(seen, total);
        match next {
            Some(next) => step = next,
            None => break,
        }
    }
    let Found { chains, events, checkpoints, mut broken, behind } = walk.end();
    let mut last = None;
    for (sequence, one) in behind {
        let at = (one.organization.uuid(), sequence);
        if last != Some(one.organization) && !store::walk::is_there(db, at).await? {
            last = Some(one.organization);
            broken.push(one);
        }
    }
    broken.sort_by_key(|one| one.organization);
    let (lots, overdrawn) = lots(db).await?;
    Ok(ChainVerification { chains, events, checkpoints, broken, lots, overdrawn })
}

/// What is read for one step.
struct Step {
    links: Vec<Link>,
    marks: Vec<Mark>,
    /// The last link, where others may follow.
    until: Option<(Uuid, i64)>,
}

impl Step {
    async fn read(db: &Database, after: (Uuid, i64)) -> Result<Self, Fault> {
        let links = store::walk::links(db, after, STEP).await?;
        let last = links.last().map(|link| (link.organization, link.sequence));
        let until = last.filter(|_| links.len() as i64 == STEP);
        // After the links: what is told of a link that is not among them was told of one that is gone, or that was appended
        // since.
        let marks = store::walk::marks(db, after, until).await?;
        Ok(Self { links, marks, until })
    }
}

/// Looks whether more was taken of a lot than there was.
async fn lots(db: &Database) -> Result<(u64, Vec<String>), Fault> {
    let (mut after, mut looked, mut wrong) = (Uuid::nil(), 0, Vec::new());
    loop {
        let (last, count, found) = store::walk::overdrawn(db, after, LOTS).await?;
        looked += count;
        wrong.extend(found);
        wrong.truncate(LOTS_TOLD_MAX);
        match last {
            Some(last) if count == LOTS.unsigned_abs() => after = last,
            Some(_) | None => return Ok((looked, wrong)),
        }
    }
}

/// Only whether each chain ends as its head tells, with what is wrong where one does not: how many there are, and those that
/// do not.
///
/// # Errors
/// When the database refuses.
pub async fn check_heads(db: &Database) -> Result<(u64, Vec<BrokenChain>), Fault> {
    store::walk::heads(db).await
}
