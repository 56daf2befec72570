//! `bfw admin grant` and `bfw admin revoke`

use clap::Subcommand;
use serde_json::json;

use super::{CommandError, say, with_app};
use crate::{
    accounts::{Actor, PlatformRole},
    config::Config,
    kernel::{Fault, clock::rfc3339, db::operations},
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
    /// Show what was done on behalf of the platform at machines like this one: roles, keys, imports, backups, restores. The newest first,
    /// one JSON object a line.
    Log {
        /// How many.
        #[arg(long, default_value_t = 50, value_name = "N")]
        last: u32,
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
            Self::Log { last } => {
                for act in operations::latest(&app.services.db, last).await.map_err(Fault::from)? {
                    say(json!({
                        "sequence": act.sequence,
                        "at": rfc3339(act.at),
                        "action": act.action,
                        "actor": act.actor_user,
                        "after": act.after,
                        "request": act.request_id,
                        "hash": hex::encode(&act.hash),
                    }))?;
                }
                Ok(())
            }
            Self::Revoke { identifier, role } => {
                let user = app.accounts.revoke_platform_role(&actor, &identifier, role).await?;
                say(format_args!("{} is no longer {role}", user.name))
            }
        })
        .await
    }
}
