//! `bfw sealing`

use clap::Subcommand;

use super::{CommandError, say, with_app};
use crate::config::Config;

/// Look after the keys that seal bids.
#[derive(Debug, Subcommand)]
pub(crate) enum Sealing {
    /// Have a new key seal bids from now on.
    ///
    /// The former keys stay in the file, and open what was sealed with them. Running servers that share the file seal with the new
    /// one from the next bid on. Nothing is changed where the file cannot be written.
    RotateKey,
}

impl Sealing {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        let file = config.sealing_key_file.clone();
        with_app(config, async |app| match self {
            Self::RotateKey => {
                let rotated = app.procurement.rotate_sealing_key().await?;
                say(format_args!("{} seals bids from now on, in the place of {}", rotated.current, rotated.former))?;
                say(format_args!(
                    "back up {} now, apart from the database: without it, what its {} keys sealed is lost",
                    file.display(),
                    rotated.keys
                ))
            }
        })
        .await
    }
}
