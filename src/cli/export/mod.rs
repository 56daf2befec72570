//! `bfw export`

mod dossier;
mod ocds;

use clap::Subcommand;

use super::CommandError;
use crate::config::Config;

/// Write something out that others can work with.
#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    /// Write the complete dossier of one contract, from the request to the last payment, as one JSON file that verifies by itself.
    Dossier(dossier::Dossier),
    /// Procurement as open contracting data: each process as it stands, a compiled release.
    Ocds(ocds::OcdsExport),
}

impl Export {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        match self {
            Self::Dossier(dossier) => dossier.run(config).await,
            Self::Ocds(export) => export.run(config).await,
        }
    }
}
