//! `bfw seed`

use clap::Args;

use super::{CommandError, progress::Progress, reindex::rebuild, say, with_app};
use crate::{
    config::Config,
    demo::{self, SeedPlan},
};

/// Fill an empty database with a large made-up marketplace, always the same for the same seed.
///
/// A seed that was cut short is finished by the same command. A database that people use is refused. For measurements and trials. The names and prices are plausible and mean nothing.
#[derive(Debug, Args)]
pub(crate) struct Seed {
    /// How many organizations.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    organizations: u32,

    /// How many listings, spread over the organizations.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(0..=10_000_000))]
    listings: u32,

    /// How many contracts, each with the request and the bids that led to it, or ordered from a listing; needs 20
    /// organizations.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    contracts: u32,

    /// Which marketplace.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Seed {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        let plan = SeedPlan {
            organizations: self.organizations,
            listings: self.listings,
            contracts: self.contracts,
            seed: self.seed,
        };
        let seeded = with_app(config, async |app| {
            if demo::is_inhabited(&app.services).await? {
                return Err(CommandError::Other(
                    "the database holds organizations that no seed made; name another one in BFW_DATABASE_URL"
                        .to_owned(),
                ));
            }
            let total = [plan.organizations, plan.listings, plan.contracts].map(u64::from).iter().sum();
            let progress = Progress::new("seeding", total);
            let seeded = demo::seed(app, &plan, |done| progress.at(done)).await?;
            progress.finish();
            rebuild(app).await?;
            Ok(seeded)
        })
        .await?;
        say(format_args!(
            "wrote {} organizations, {} listings and {} contracts",
            seeded.organizations, seeded.listings, seeded.contracts
        ))
    }
}
