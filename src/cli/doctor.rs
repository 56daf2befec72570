//! `bfw doctor`

use clap::Args;

use super::{CommandError, say};
use crate::{
    app::{self, App},
    config::{Config, SETTINGS, environment_name},
    kernel::{audit, db::health, outbox},
};

/// Check everything that can be checked, and say the mend.
///
/// Looks at the settings, the data folder, the database and its schema, the audit log's hash chains, the outbox and the
/// search index. Changes nothing. Exits with 1 if anything is wrong.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Also list every setting as it is in force, with its meaning; the database's password is not shown.
    #[arg(long)]
    settings: bool,
}

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    /// What was found, or what is wrong and how to mend it.
    found: Result<String, String>,
}

impl Finding {
    fn new<E: std::fmt::Display>(what: &'static str, found: Result<String, E>, mend: &str) -> Self {
        Self { what, found: found.map_err(|error| format!("{error}; {mend}")) }
    }
}

impl Doctor {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        if self.settings {
            for setting in SETTINGS {
                let name = environment_name(setting.name);
                say(format_args!(
                    "{name}={}  # {}: {}; by default {:?}",
                    config.in_force(setting),
                    setting.meaning,
                    setting.allowed,
                    setting.default
                ))?;
            }
        }
        let findings = examine(config).await;
        let mut wrong = 0;
        for Finding { what, found } in &findings {
            match found {
                Ok(detail) => say(format_args!("ok     {what}: {detail}"))?,
                Err(problem) => {
                    wrong += 1;
                    say(format_args!("WRONG  {what}: {problem}"))?;
                }
            }
        }
        if wrong == 0 {
            Ok(())
        } else {
            Err(CommandError::Other(format!("{wrong} of {} checks failed", findings.len())))
        }
    }
}

async fn examine(config: Config) -> Vec<Finding> {
    let mut findings = vec![data_folder(&config)];
    let database = match app::connect(&config).await {
        Ok(database) => database,
        Err(error) => {
            findings.push(Finding::new("database", Err(error), "start it, or mend BFW_DATABASE_URL"));
            return findings;
        }
    };
    findings.push(Finding::new("database", health::version(&database).await, "is it running, and the password right?"));
    let damage = match health::damage(&database).await {
        Ok(damage) if damage.is_empty() => Ok("no damage found".to_owned()),
        Ok(damage) => Err(damage.join("; ")),
        Err(error) => Err(error.to_string()),
    };
    findings.push(Finding::new("database file", damage, "restore a backup"));
    let pending = match database.pending_migrations().await {
        Ok(pending) if pending.is_empty() => Ok("up to date".to_owned()),
        Ok(pending) => Err(format!("{} migrations are missing", pending.len())),
        Err(error) => Err(error.to_string()),
    };
    let migrated = pending.is_ok();
    findings.push(Finding::new("schema", pending, "run `bfw migrate`"));
    if let Err(error) = database.close().await {
        findings.push(Finding::new("database", Err(error), "look at the database's own log"));
    }
    if migrated {
        match App::start(config).await {
            Ok(app) => examine_app(app, &mut findings).await,
            Err(error) => findings.push(Finding::new("start", Err(error), "see above")),
        }
    }
    findings
}

async fn examine_app(app: App, findings: &mut Vec<Finding>) {
    let db = &app.services.db;
    let chains = match audit::verify(db).await {
        Ok(verification) => match verification.broken.first() {
            None => Ok(format!("{} entries in {} chains verified", verification.entries, verification.chains)),
            Some(first) => Err(format!("{first} ({} chains broken)", verification.broken.len())),
        },
        Err(error) => Err(error.to_string()),
    };
    findings.push(Finding::new("audit log", chains, "someone changed it outside the product; compare with a backup"));
    let backlog = match outbox::backlog(db).await {
        Ok(backlog) if backlog.parked == 0 => Ok(format!("{} messages wait", backlog.waiting)),
        Ok(backlog) => Err(format!("{} messages failed too often and were set aside", backlog.parked)),
        Err(error) => Err(error.to_string()),
    };
    findings.push(Finding::new("outbox", backlog, "the log says why; `bfw reindex` brings search up to date"));
    let index = match app.search.health().await {
        Ok(health) => Ok(health.to_string()),
        Err(error) => Err(error.to_string()),
    };
    findings.push(Finding::new("search index", index, "run `bfw reindex`"));
    app.close().await;
}

fn data_folder(config: &Config) -> Finding {
    let folder = &config.data_dir;
    let probe = folder.join(".bfw-doctor");
    let found = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b"doctor"))
        .and_then(|()| std::fs::remove_file(&probe))
        .map(|()| format!("{} can be written", folder.display()));
    Finding::new("data folder", found, "mend its owner, mode or free space, or BFW_DATA_DIR")
}
