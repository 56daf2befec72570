//! `bfw doctor`

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;

use super::{CommandError, progress::Progress, say};
use crate::{
    app,
    config::{Config, SETTINGS, environment_name},
    contracts,
    credentials::check_keys,
    documents::{check_contents, check_keys as check_document_keys},
    kernel::{
        audit,
        blobs::{BlobError, BlobSettings, Blobs},
        clock::{Clock as _, SystemClock},
        db::{Database, MigrateError, health},
        key_file::KeyFile,
        outbox,
    },
    procurement::check_sealing,
    search::{self, Examined, engine::Engine},
    traceability::{self, ChainVerification},
};

/// Check everything that can be checked, and say the mend.
///
/// Looks at the settings, the data folder, the store of documents, the database and its schema, the audit log's hash chains,
/// that contracts, invoices and payments add up, the ends of the chains of events (all of them with --chain), the outbox, the keys
/// that sign credentials, seal bids and encrypt documents, and the search index
/// against the database. Changes nothing, and makes nothing that is not there. Exits with 1 if anything is wrong.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Also list every setting as it is in force, with its meaning; the database's password is not shown.
    #[arg(long)]
    settings: bool,
    /// Also walk along every chain of events from its beginning, hold it against what was signed of it, and hold what was taken of
    /// each lot, lost or is left against what there was.
    #[arg(long)]
    chain: bool,
    /// Also read every document and hold it against its SHA-256: damaged and missing ones are named.
    #[arg(long)]
    documents: bool,
    /// Look only at the audit log and at what is kept of procurement: that amounts are sums, nothing is billed that was not accepted
    /// or paid that was not billed, and every process has its whole chain. With a FILE, verify that dossier of a contract by itself,
    /// without any database.
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    audit: Option<Option<PathBuf>>,
}

/// Messages that were set aside of which is told what they are about and why.
const PARKED_TOLD_MAX: u32 = 3;

/// Broken chains that are told of.
const CHAINS_TOLD_MAX: usize = 10;

/// What may have happened to what nobody may change.
const CHANGED: &str = "someone changed it outside the product; compare with a backup";

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
        let findings = match &self.audit {
            None => examine(&config, self.chain, self.documents).await,
            Some(Some(file)) => vec![dossier(file)],
            Some(None) => examine_audit(&config).await,
        };
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

async fn examine(config: &Config, whole_chains: bool, all_documents: bool) -> Vec<Finding> {
    let mut findings = vec![data_folder(config), documents(config).await];
    match app::look(config).await {
        Ok(Some(database)) => {
            if examine_database(&database, &mut findings).await {
                examine_content(config, &database, whole_chains, &mut findings).await;
                examine_documents(config, &database, all_documents, &mut findings).await;
            }
            if let Err(error) = database.close().await {
                findings.push(Finding::new("database", Err(error), "look at the database's own log"));
            }
        }
        Ok(None) => {
            let missing = Err("the file of BFW_DATABASE_URL is not there yet");
            findings.push(Finding::new("database", missing, "run `bfw migrate`, or start `bfw serve`"));
        }
        Err(error) => findings.push(Finding::new("database", Err(error), "start it, or mend BFW_DATABASE_URL")),
    }
    findings
}

/// Whether a dossier that was handed out is whole.
fn dossier(file: &Path) -> Finding {
    let read = || -> Result<String, String> {
        let text = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let dossier: serde_json::Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        let entries = contracts::verify_dossier(&dossier)?;
        Ok(format!("{entries} entries of {} verified by themselves", dossier["contractId"].as_str().unwrap_or("?")))
    };
    Finding::new("dossier", read(), "ask whoever gave it for another, and for the reason")
}

/// Only the audit log and procurement.
async fn examine_audit(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    match app::look(config).await {
        Ok(Some(database)) => {
            if examine_database(&database, &mut findings).await {
                findings.push(audit_log(&database).await);
                findings.push(procurement(&database).await);
            }
            if let Err(error) = database.close().await {
                findings.push(Finding::new("database", Err(error), "look at the database's own log"));
            }
        }
        Ok(None) => {
            let missing = Err("the file of BFW_DATABASE_URL is not there yet");
            findings.push(Finding::new("database", missing, "run `bfw migrate`, or start `bfw serve`"));
        }
        Err(error) => findings.push(Finding::new("database", Err(error), "start it, or mend BFW_DATABASE_URL")),
    }
    findings
}

/// Whether every chain of the audit log is whole.
async fn audit_log(database: &Database) -> Finding {
    let progress = Progress::new("checking the audit log", 0);
    let chains = match audit::verify_showing(database, |entries| progress.at(entries)).await {
        Ok(verification) => match verification.broken.first() {
            None => Ok(format!("{} entries in {} chains verified", verification.entries, verification.chains)),
            Some(first) => Err(format!("{first} ({} chains broken)", verification.broken.len())),
        },
        Err(error) => Err(error.to_string()),
    };
    progress.clear();
    Finding::new("audit log", chains, CHANGED)
}

/// Whether what is kept of contracts, invoices and payments adds up.
async fn procurement(database: &Database) -> Finding {
    let examined = match contracts::examine(database).await {
        Ok(examined) if examined.found.is_empty() => Ok(format!(
            "{} contracts, {} invoices and {} processes add up",
            examined.contracts, examined.invoices, examined.processes
        )),
        Ok(examined) => Err(examined.found.join("; ")),
        Err(error) => Err(error.to_string()),
    };
    Finding::new("procurement", examined, CHANGED)
}

/// Whether documents can be kept: something is written, looked at and removed again.
async fn documents(config: &Config) -> Finding {
    let (what, mend) = match &config.blobs {
        // A folder that is not there yet is made at the start; nothing is made here.
        BlobSettings::Local { folder, .. } if !folder.exists() => {
            return Finding { what: "documents", found: Ok(format!("{} will be made", folder.display())) };
        }
        BlobSettings::Local { folder, .. } => {
            (folder.display().to_string(), "make room, or let the service write there")
        }
        BlobSettings::S3 { endpoint, bucket, .. } => (
            format!("bucket {bucket} at {endpoint}"),
            "is the store running, is the bucket there, and are BFW_S3_ENDPOINT, BFW_S3_REGION, BFW_S3_BUCKET and the \
             keys right?",
        ),
    };
    let probed = match store_of_documents(config) {
        Ok(blobs) => blobs.probe().await,
        Err(error) => Err(error),
    };
    Finding::new("documents", probed.map(|()| format!("{what} takes, gives and removes")), mend)
}

fn store_of_documents(config: &Config) -> Result<Blobs, BlobError> {
    let keys = Arc::new(KeyFile::at(config.document_key_file.clone()));
    Blobs::open(&config.blobs, keys, Arc::new(SystemClock))
}

/// Whether what is kept of documents can be read, and nobody else can who holds the store.
async fn examine_documents(config: &Config, database: &Database, all: bool, findings: &mut Vec<Finding>) {
    let is_there = match &config.blobs {
        BlobSettings::Local { folder, .. } => folder.exists(),
        BlobSettings::S3 { .. } => true,
    };
    let blobs = if is_there { store_of_documents(config).ok() } else { None };
    let keys = check_document_keys(database, blobs.as_ref(), &config.document_key_file).await;
    // They say the mend themselves.
    findings.push(Finding { what: "document keys", found: keys });
    let (true, Some(blobs)) = (all, blobs) else { return };
    let progress = Progress::new("reading documents", 0);
    let checked = check_contents(database, &blobs, |read, total| {
        progress.of(total);
        progress.at(read);
    });
    let checked = checked.await;
    progress.clear();
    let found = checked.and_then(|checked| match checked.broken {
        0 => Ok(format!("{} contents are what they were", checked.read)),
        broken => Err(format!("{} ({broken} of {} contents broken)", checked.told.join("; "), checked.read)),
    });
    findings.push(Finding::new("contents of documents", found, "bring their bytes back from a backup of the store"));
}

/// Whether what is in it can be looked at.
async fn examine_database(database: &Database, findings: &mut Vec<Finding>) -> bool {
    findings.push(Finding::new("database", health::version(database).await, "is it running, and the password right?"));
    if database.sqlite_file().is_some() {
        let damage = match health::damage(database).await {
            Ok(damage) if damage.is_empty() => Ok("no damage found".to_owned()),
            Ok(damage) => Err(damage.join("; ")),
            Err(error) => Err(error.to_string()),
        };
        findings.push(Finding::new("database file", damage, "restore a backup"));
    }
    let found = match database.pending_migrations().await {
        Ok(pending) if pending.is_empty() => Ok("up to date".to_owned()),
        Ok(pending) => Err(format!("{} migrations are missing; run `bfw migrate`", pending.len())),
        // It says the mend itself.
        Err(error @ MigrateError::NewerDatabase { .. }) => Err(error.to_string()),
        Err(error @ (MigrateError::Database(_) | MigrateError::Lock { .. })) => {
            Err(format!("{error}; look at the database's own log"))
        }
    };
    let migrated = found.is_ok();
    findings.push(Finding { what: "schema", found });
    migrated
}

async fn examine_content(config: &Config, database: &Database, whole_chains: bool, findings: &mut Vec<Finding>) {
    findings.push(audit_log(database).await);
    findings.push(procurement(database).await);
    if whole_chains {
        chains_of_events(database, findings).await;
    } else {
        findings.push(Finding::new("events", ends_of_chains(database).await, CHANGED));
    }
    let backlog = outbox::backlog(database).await;
    // While messages wait, the index may rightly differ from the database.
    let settled = backlog.as_ref().is_ok_and(|backlog| backlog.waiting == 0);
    let backlog = match backlog {
        Ok(backlog) if backlog.parked == 0 => Ok(format!("{} messages wait", backlog.waiting)),
        Ok(backlog) => Err(set_aside(database, backlog.parked).await),
        Err(error) => Err(error.to_string()),
    };
    findings.push(Finding::new("outbox", backlog, "mend the cause; `bfw reindex` does their work and removes them"));
    let keys = check_keys(database, &config.signing_key_file).await;
    // They say the mend themselves.
    findings.push(Finding { what: "signing keys", found: keys });
    let sealing = check_sealing(database, &config.sealing_key_file).await;
    findings.push(Finding { what: "sealing keys", found: sealing });
    findings.push(search_index(config, database, settled).await);
}

/// Whether each chain of events ends as its head tells.
async fn ends_of_chains(database: &Database) -> Result<String, String> {
    match traceability::check_heads(database).await {
        Ok((chains, broken)) => match broken.first() {
            None => Ok(format!("{chains} chains end as they should; --chain looks at all of them")),
            Some(first) => Err(format!("{first} ({} chains broken)", broken.len())),
        },
        Err(error) => Err(error.to_string()),
    }
}

/// Whether each chain of events is whole and is what was signed, and the lots' masses add up.
async fn chains_of_events(database: &Database, findings: &mut Vec<Finding>) {
    let progress = Progress::new("walking along the chains of events", 0);
    let walked = traceability::verify_chains(database, |events, total| {
        progress.of(total);
        progress.at(events);
    });
    let walked = walked.await;
    progress.clear();
    let ChainVerification { chains, events, checkpoints, broken, lots, unbalanced, unbalanced_told } = match walked {
        Ok(verification) => verification,
        Err(error) => return findings.push(Finding::new("events", Err(error), "look at the database's own log")),
    };
    let found = if broken.is_empty() {
        Ok(format!("{events} events in {chains} chains verified, {checkpoints} signed checkpoints hold"))
    } else {
        let told: Vec<String> = broken.iter().take(CHAINS_TOLD_MAX).map(ToString::to_string).collect();
        Err(format!("{} ({} chains broken)", told.join("; "), broken.len()))
    };
    findings.push(Finding::new("events", found, CHANGED));
    let found = if unbalanced == 0 {
        Ok(format!("the masses of {lots} lots add up"))
    } else {
        Err(format!("{} ({unbalanced} lots do not add up)", unbalanced_told.join("; ")))
    };
    findings.push(Finding::new("lots", found, CHANGED));
}

/// How many messages were set aside, and of the first of them what they are about and why.
async fn set_aside(database: &Database, count: i64) -> String {
    let told = match outbox::parked(database, PARKED_TOLD_MAX).await {
        Ok(parked) => parked
            .iter()
            .map(|one| format!("{} {} after {} tries: {}", one.topic, one.subject, one.attempts, one.reason))
            .collect::<Vec<_>>()
            .join("; "),
        Err(error) => error.to_string(),
    };
    format!("{count} messages failed too often and were set aside ({told})")
}

async fn search_index(config: &Config, database: &Database, settled: bool) -> Finding {
    let mut mend = "run `bfw reindex`";
    let found = match search::examine(&Engine::from(config), database, SystemClock.now()).await {
        Ok(Ok(Examined { index, listings, organizations })) => {
            if settled && (index.listings, index.organizations) != (listings, organizations) {
                mend = "run `bfw search verify --mend`, or `bfw reindex`";
                Err(format!(
                    "{index}; the database has {listings} listings and {organizations} organizations to be found"
                ))
            } else {
                Ok(index.to_string())
            }
        }
        Ok(Err(reason)) => Err(format!("it cannot be used: {reason}")),
        Err(error) => Err(error.to_string()),
    };
    Finding::new("search index", found, mend)
}

/// Writes into the folder and removes what it wrote; a folder that is not there is not made.
fn data_folder(config: &Config) -> Finding {
    let folder = &config.data_dir;
    if !folder.exists() {
        let missing = Err(format!("{} is not there yet", folder.display()));
        return Finding::new("data folder", missing, "`bfw serve` makes it; or mend BFW_DATA_DIR");
    }
    let probe = folder.join(".bfw-doctor");
    let found = std::fs::write(&probe, b"doctor")
        .and_then(|()| std::fs::remove_file(&probe))
        .map(|()| format!("{} can be written", folder.display()));
    Finding::new("data folder", found, "mend its owner, mode or free space, or BFW_DATA_DIR")
}
