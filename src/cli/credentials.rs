//! `bfw credentials`

use clap::Subcommand;

use super::{CommandError, say, with_app};
use crate::config::Config;

/// Look after the keys that sign credentials.
#[derive(Debug, Subcommand)]
pub(crate) enum Credentials {
    /// Put a new key in place of the one that signs.
    ///
    /// The private half of the former key is destroyed. Its public half stays in the DID document, so that what it signed is
    /// verified as before. Running servers that share the key file sign with the new one from their next signature on.
    RotateKey,
}

impl Credentials {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        let file = config.signing_key_file.clone();
        with_app(config, async |app| match self {
            Self::RotateKey => {
                let rotated = app.credentials.rotate_key().await?;
                say(format_args!("{} signs from now on, in the place of {}", rotated.current, rotated.former))?;
                say(format_args!("keep a copy of {} where only you can read it", file.display()))
            }
        })
        .await
    }
}
