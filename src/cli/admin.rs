//! `bfw admin grant` and `bfw admin revoke`

use clap::Subcommand;

use super::{CommandError, say, with_app};
use crate::{
    accounts::{Actor, PlatformRole},
    config::Config,
};

/// Give or take roles on the platform.
///
/// There is no first administrator with a known password: whoever can run this command on the machine names her. The
/// account must exist; people make their own by signing up.
#[derive(Debug, Subcommand)]
pub(crate) enum Admin {
    /// Give an account a role: ADMIN, VERIFIER or AUDITOR.
    Grant {
        /// The account's phone number or e-mail address.
        identifier: String,
        /// The role.
        role: PlatformRole,
    },
    /// Take a role from an account.
    Revoke {
        /// The account's phone number or e-mail address.
        identifier: String,
        /// The role.
        role: PlatformRole,
    },
}

impl Admin {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        let actor = Actor::system("bfw admin");
        with_app(config, async |app| match self {
            Self::Grant { identifier, role } => {
                let user = app.accounts.grant_platform_role(&actor, &identifier, role).await?;
                say(format_args!("{} is {role}", user.name))
            }
            Self::Revoke { identifier, role } => {
                let user = app.accounts.revoke_platform_role(&actor, &identifier, role).await?;
                say(format_args!("{} is no longer {role}", user.name))
            }
        })
        .await
    }
}
