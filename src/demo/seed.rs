//! Large made-up marketplaces, always the same for the same seed: to measure on, never to believe.
//!
//! Rows are written straight in batches, past the use cases: no audit entries, versions or outbox messages are made up. The
//! search index is built once, afterwards, by whoever asked.

mod dice;
mod market;
mod store;

use market::Market;
use store::{Purchases, Purchasing};

use crate::{
    catalog::model::taxonomy::Taxonomy,
    directory::model::gazetteer::Gazetteer,
    kernel::{Outcome, Services},
};

/// Rows in one statement. Both databases bound the number of parameters in one; a listing has 33.
const ROWS_PER_STATEMENT: u64 = 500;
/// Rows in one transaction: large enough to be fast, small enough that PostgreSQL's log and SQLite's journal stay small.
const ROWS_PER_TRANSACTION: u64 = 10_000;
/// Contracts in one transaction: each is some fifty rows.
const CONTRACTS_PER_TRANSACTION: u64 = 500;

/// Which marketplace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeedPlan {
    /// How many organizations.
    pub organizations: u32,
    /// How many listings, spread over them.
    pub listings: u32,
    /// How many contracts, each with what led to it and what followed: a request with its bids, or an order from a listing.
    pub contracts: u32,
    /// Which of all marketplaces of that size.
    pub seed: u64,
}

/// What a seed wrote; what was there already is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seeded {
    /// Organizations.
    pub organizations: u64,
    /// Listings.
    pub listings: u64,
    /// Contracts.
    pub contracts: u64,
}

/// Writes the marketplace of a plan. `progress` is told how many organizations, listings and contracts are written so far.
///
/// What is there already stays: an interrupted seed is finished by the same command.
///
/// # Errors
/// When the database refuses; what was written until then stays.
pub(super) async fn write(
    services: &Services,
    taxonomy: &Taxonomy,
    gazetteer: &Gazetteer,
    ocds_prefix: &str,
    plan: SeedPlan,
    progress: impl Fn(u64),
) -> Outcome<Seeded> {
    let mut seeded = Seeded::default();
    let market = Market::new(plan, taxonomy, gazetteer)?;
    let tx = services.db.begin().await?;
    store::insert_declarant(&tx, &market.declarant()).await?;
    tx.commit().await?;

    let organizations = u64::from(plan.organizations);
    for batch in batches(organizations, ROWS_PER_TRANSACTION) {
        let tx = services.db.begin().await?;
        for rows in batches_within(batch, ROWS_PER_STATEMENT) {
            let done = rows.end;
            let made: Vec<_> = rows.map(|index| market.organization(index)).collect();
            seeded.organizations += store::insert_organizations(&tx, &made, market.declarant().id).await?;
            progress(done);
        }
        tx.commit().await?;
    }
    for batch in batches(u64::from(plan.listings), ROWS_PER_TRANSACTION) {
        let tx = services.db.begin().await?;
        for rows in batches_within(batch, ROWS_PER_STATEMENT) {
            let done = organizations + rows.end;
            let made: Vec<_> = rows.filter_map(|index| market.listing(index)).collect();
            seeded.listings += store::insert_listings(&tx, &made).await?;
            progress(done);
        }
        tx.commit().await?;
    }
    let listings = u64::from(plan.listings);
    let by = market.declarant().id;
    let purchasing = Purchasing { market: &market, parties: market.parties(), ocds_prefix, seed: plan.seed, by };
    for batch in batches(u64::from(plan.contracts), CONTRACTS_PER_TRANSACTION) {
        let done = organizations + listings + batch.end;
        let mut made = Purchases::default();
        for index in batch {
            purchasing.purchase(index, &mut made);
        }
        let tx = services.db.begin().await?;
        seeded.contracts += store::insert_purchases(&tx, made).await?;
        tx.commit().await?;
        progress(done);
    }
    Ok(seeded)
}

fn batches(total: u64, size: u64) -> impl Iterator<Item = std::ops::Range<u64>> {
    batches_within(0..total, size)
}

fn batches_within(range: std::ops::Range<u64>, size: u64) -> impl Iterator<Item = std::ops::Range<u64>> {
    let end = range.end;
    (range.start..end)
        .step_by(usize::try_from(size).unwrap_or(usize::MAX))
        .map(move |from| from..(from + size).min(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_cover_everything_once() {
        let covered: Vec<u64> = batches(1_234, 500).flat_map(|batch| batches_within(batch, 7)).flatten().collect();
        assert_eq!(covered, (0..1_234).collect::<Vec<_>>());
        assert_eq!(batches(0, 500).count(), 0);
    }
}
