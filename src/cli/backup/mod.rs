//! `bfw backup` and `bfw restore`
//!
//! A backup is a folder: the database, the contents of documents as they lie in the store (what is sealed stays sealed), the key files
//! if they were asked for, and last of all a manifest that names every file with its length and SHA-256. A folder without a manifest is
//! a backup that was broken off, and is taken for none.
//!
//! **Why every row's content is in it.** Contents are put into the store before the row that refers to them is committed, and removed after the
//! last such row is gone. So no order of two steps is enough: with the database first, contents may be removed before they are
//! copied; with the contents first, later ones are missing. Therefore: first all contents that there are; then the database, at one
//! instant; then those contents that rows of *that* instant refer to and that were not copied before. What was removed after the instant was there before it,
//! so the first step has it, unless it came and went while the backup was made: that takes longer than the hour for which the sweep
//! keeps what was just touched. What is missing all the same is named. Contents to which no row of the instant refers any more are taken out again,
//! so that a backup does not keep what was deleted.

mod files;
mod manifest;
mod restoring;
mod taking;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use self::manifest::Manifest;
use super::{CommandError, say, serve::stop_signal};
use crate::{
    app,
    config::Config,
    kernel::{
        Fault,
        clock::{Clock as _, SystemClock},
        db::{Database, DbErr, operations},
    },
};

/// Write a backup into a folder, while the service runs: the database, the contents of documents, and a manifest.
///
/// The keys are left out unless asked for: whoever has a backup and the keys can read sealed bids and private documents. Without
/// them nobody can, so keep copies of the three key files, apart from the backups.
///
/// A SQLite database is copied by this program; for PostgreSQL it runs `pg_dump`, which must be installed. Exits with 1 where the store has lost
/// contents that documents refer to; the backup is then whole but for them, and says so.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The folder, which must be empty or not there yet.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Also copy the key files: then the folder has to be guarded like the keys themselves.
    #[arg(long)]
    with_keys: bool,
}

/// Bring a backup back, into an empty database and an empty store of documents.
///
/// Everything is looked at before anything is written: a backup that was broken off, lacks a file, has a damaged one or is of a newer version
/// is refused, and so is a database or a store that is not empty. What fails half way is taken back.
/// Run it as the user of the service, with the settings of the service, which must not run. Then bring the key files over, and run `bfw reindex` and `bfw doctor --documents`.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The folder that `bfw backup` wrote.
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
}

impl Backup {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        files::make_folder(&self.out)?;
        let taken = tokio::select! {
            taken = Box::pin(taking::take(&config, &self.out, self.with_keys)) => taken,
            () = stop_signal() => Err(CommandError::Other("asked to stop".to_owned())),
        };
        let manifest = match taken {
            Ok(manifest) => manifest,
            Err(error) => return Err(given_up(&self.out, &error)),
        };
        noted(&config, &manifest, self.with_keys).await;
        say(format_args!(
            "backed up {} and {} contents of documents into {} ({} bytes in {} files)",
            manifest.database,
            manifest.contents(),
            self.out.display(),
            manifest.bytes(),
            manifest.files.len()
        ))?;
        let kept_apart = "the keys are not in it: keep copies of the three key files, apart from it";
        say(if self.with_keys { "the keys are in it: guard it like the keys themselves" } else { kept_apart })?;
        if manifest.lacking.is_empty() {
            return Ok(());
        }
        for lacking in &manifest.lacking {
            say(format_args!("lacking: {lacking}"))?;
        }
        Err(CommandError::Other(format!(
            "the backup is whole, but for {} contents that the store has lost; `bfw doctor --documents` names their documents",
            manifest.lacking.len()
        )))
    }
}

impl Restore {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        let Restored { manifest, migrated } = Box::pin(restoring::restore(&config, &self.from)).await?;
        say(format_args!(
            "restored {} and {} contents of documents, as they were at {}",
            manifest.database,
            manifest.contents(),
            manifest.made_at
        ))?;
        if migrated > 0 {
            say(format_args!("{migrated} migrations applied"))?;
        }
        for lacking in &manifest.lacking {
            say(format_args!("lacking since before the backup: {lacking}"))?;
        }
        for file in restoring::missing_keys(&config) {
            say(format_args!("bring {} back from where it is kept, before the service starts", file.display()))?;
        }
        say("then run `bfw reindex`, which builds the search index, and `bfw doctor --documents`")
    }
}

/// Has the audit log tell that everything was copied. The backup is whole whether it does or not.
async fn noted(config: &Config, manifest: &Manifest, with_keys: bool) {
    let told = json!({ "madeAt": manifest.made_at, "manifest": manifest.sha256, "withKeys": with_keys });
    let noting = async {
        let database = app::connect(config).await.map_err(|error| error.to_string())?;
        let noted = note(&database, "platform.backup", "bfw backup", told).await.map_err(|error| error.to_string());
        database.close().await.map_err(|error| error.to_string())?;
        noted
    };
    if let Err(error) = noting.await {
        tracing::warn!(error, "the backup is whole, and the audit log does not tell of it");
    }
}

fn broken(error: DbErr) -> CommandError {
    CommandError::Fault(Fault::Database(error))
}

async fn note(database: &Database, action: &'static str, by: &str, told: Value) -> Result<(), DbErr> {
    let tx = database.begin().await?;
    operations::record(&tx, action, (None, by), SystemClock.now(), told).await?;
    tx.commit().await
}

/// What was brought back.
struct Restored {
    manifest: Manifest,
    /// Migrations that were applied to it.
    migrated: usize,
}

/// Takes away what there is of a backup that is given up.
fn given_up(folder: &Path, error: &CommandError) -> CommandError {
    match files::empty_folder(folder) {
        Ok(()) => CommandError::Other(format!("no backup was made: {error}")),
        Err(trouble) => CommandError::Other(format!(
            "no backup was made: {error}; what was written of it stays in {} ({trouble}): remove it",
            folder.display()
        )),
    }
}
