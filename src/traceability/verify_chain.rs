//! Walking along every chain, for an operator who wonders whether anybody changed what happened.

use uuid::Uuid;

use super::{
    model::{
        chain::{BrokenChain, Found, Link, Mark, Walk},
        epcis::ours::grams_told,
    },
    store::{self, masses::Masses},
};
use crate::{
    credentials::statement_keys,
    kernel::{Fault, db::Database},
};

/// Links that are read at once.
const STEP: i64 = 4_096;
/// Lots that are looked at at once.
const LOTS: i64 = 5_000;
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
    /// Lots of which was looked whether what went into them is what is left of them, what was taken of them and what was lost.
    pub lots: u64,
    /// How many lots' masses do not add up.
    pub unbalanced: u64,
    /// The first of them, in words.
    pub unbalanced_told: Vec<String>,
}

/// Walks along every chain from its first event: that none is missing, that each is sealed to the one before, is written in its
/// canonical form and says of itself what its row says; that each chain ends as its head tells; that tiles and
/// checkpoints are those of the events, and signed here. Then whether the masses of each lot add up. Events
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
    let mut verification = ChainVerification { chains, events, checkpoints, broken, ..ChainVerification::default() };
    weigh_lots(db, &mut verification).await?;
    Ok(verification)
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

/// Looks whether what each lot weighed is what is left of it, what was taken of it and what was lost. A void lot holds nothing,
/// whatever was taken of it before.
async fn weigh_lots(db: &Database, verification: &mut ChainVerification) -> Result<(), Fault> {
    let mut after = Uuid::nil();
    loop {
        let lots = store::masses::after(db, after, LOTS).await?;
        verification.lots += lots.len() as u64;
        let gone = |lot: &Masses| lot.made - lot.left - lot.taken;
        let open: Vec<&Masses> = lots.iter().filter(|lot| !lot.is_void && gone(lot) != 0).collect();
        let losses = store::masses::losses(db, open.iter().map(|lot| lot.code.as_str())).await?;
        for lot in open {
            let lost = losses.get(&lot.code).map_or(&[][..], Vec::as_slice).iter();
            let lost = lost.map(|body| grams_told(body)).try_fold(0_i64, |sum, grams| sum.checked_add(grams?));
            if lost != Some(gone(lot)) {
                verification.unbalanced += 1;
                if verification.unbalanced_told.len() < LOTS_TOLD_MAX {
                    let Masses { code, made, left, taken, .. } = lot;
                    let lost = lost.map_or("an unreadable mass".to_owned(), |grams| format!("{grams} g"));
                    verification.unbalanced_told.push(format!(
                        "lot {code} weighed {made} g; {left} g are left, {taken} g were taken, {lost} lost"
                    ));
                }
            }
        }
        match lots.last() {
            Some(last) if lots.len() as i64 == LOTS => after = last.id,
            Some(_) | None => return Ok(()),
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
