//! `bfw migrate`

use clap::Args;

use super::{CommandError, say};
use crate::{app::App, config::Config};

/// Bring the database to this version's schema and reference data.
///
/// Reference data are the products, units and places that come with the program. `serve` does the same when it starts; run this first where several processes share a database and a
/// change of schema should happen at a time of your choosing.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Only tell what would be done to the schema; change nothing, and make nothing that is not there.
    #[arg(long)]
    dry_run: bool,
}

impl Migrate {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        let names = if self.dry_run { App::pending(&config).await? } else { App::migrate(&config).await? };
        match (names.len(), self.dry_run) {
            (0, true) => say("no migration is missing"),
            (0, false) => say("the database is up to date"),
            (count, true) => say(format_args!("{count} migrations would be applied: {}", names.join(", "))),
            (count, false) => say(format_args!("{count} migrations applied: {}", names.join(", "))),
        }
    }
}
