//! `bfw export dossier`

use std::path::PathBuf;

use super::super::{CommandError, mention, with_app};
use crate::{accounts::Actor, config::Config, contracts::ContractId};

/// Which contract, and where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Dossier {
    /// The contract's id, as `contract_…`.
    #[arg(value_name = "CONTRACT_ID")]
    contract: String,
    /// The file to write; one that is there is replaced.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Dossier {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        let id: ContractId =
            self.contract.parse().map_err(|error| CommandError::Other(format!("{}: {error}", self.contract)))?;
        with_app(config, async |app| {
            let dossier = app.contracts.dossier(&Actor::system("export dossier"), id).await?;
            let text = serde_json::to_vec_pretty(&dossier).map_err(|error| CommandError::Other(error.to_string()))?;
            // Whole or not at all: whoever audits must not find half of it.
            let half = self.out.with_extension("part");
            std::fs::write(&half, text).map_err(CommandError::file(half.display()))?;
            std::fs::rename(&half, &self.out).map_err(CommandError::file(self.out.display()))?;
            let entries = dossier["auditChain"]["entries"].as_array().map_or(0, Vec::len);
            mention(format_args!("{} written: {entries} entries in its audit chain", self.out.display()))
        })
        .await
    }
}
