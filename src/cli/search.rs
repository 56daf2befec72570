//! `bfw search`

use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{CommandError, progress::Progress, say, with_app};
use crate::{
    app::App,
    config::Config,
    kernel::worker::{self, WorkError},
    search::{Comparison, Counts, Differs, model::Collection},
};

/// Documents that are named; of a thousand that differ nobody reads more.
const NAMED_MAX: usize = 20;

/// How long mending is waited for.
const MEND_WAIT: Duration = Duration::from_secs(120);

/// How long another process that carries the outbox is left to it before it is looked again.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// Look after the search index.
#[derive(Debug, Subcommand)]
pub(crate) enum Search {
    /// Compare the index with the database, document by document.
    Verify(Verify),
}

impl Search {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        match self {
            Self::Verify(verify) => with_app(config, async |app| verify.run(app).await).await,
        }
    }
}

/// Compare the index with the database, document by document.
///
/// Exits with 1 if a document is missing, superfluous or outdated though no change of it is on its way. Searches and
/// changes go on meanwhile. Without --mend nothing is changed.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Mend what differs, compare again, and exit by what is found then.
    #[arg(long)]
    mend: bool,

    /// Print one JSON object, for machines.
    #[arg(long)]
    json: bool,
}

/// What was found of both collections.
type Found = Vec<(Collection, Comparison)>;

impl Verify {
    async fn run(&self, app: &App) -> Result<(), CommandError> {
        let mut found = compare(app).await?;
        let mut mended = 0;
        if self.mend && differing(&found) > 0 {
            if !self.json {
                tell(&found)?;
            }
            for (collection, comparison) in &found {
                mended += app.search.mend(*collection, &comparison.differences).await?;
            }
            wait_for_mending(app).await?;
            found = compare(app).await?;
        }
        if self.json {
            say(report(&found, mended))?;
        } else {
            if mended > 0 {
                say(format_args!("{mended} documents were fed again"))?;
            }
            tell(&found)?;
        }
        match differing(&found) {
            0 => Ok(()),
            count if self.mend => Err(CommandError::Other(format!(
                "{count} documents still differ; is a worker running, and does `bfw doctor` show messages set aside?"
            ))),
            count => {
                Err(CommandError::Other(format!("{count} documents differ; mend them with `bfw search verify --mend`")))
            }
        }
    }
}

async fn compare(app: &App) -> Result<Found, CommandError> {
    let mut found = Vec::with_capacity(Collection::ALL.len());
    for collection in Collection::ALL {
        let progress = Progress::new(format!("comparing {}", collection.name()), 0);
        let compared = app.search.compare(collection, |documents| progress.at(documents)).await;
        progress.clear();
        found.push((collection, compared?));
    }
    Ok(found)
}

/// Carries the outbox until it is empty. Where another process writes to the index, that one does it.
async fn wait_for_mending(app: &App) -> Result<(), CommandError> {
    let began = Instant::now();
    let follow_up = app.follow_up();
    while began.elapsed() < MEND_WAIT {
        match worker::drain(&app.services, &follow_up, "verify").await {
            Ok(_) if !app.search.is_behind().await? => return Ok(()),
            Ok(_) => {}
            Err(WorkError::Unable(reason)) => tracing::info!(reason, "waiting for whoever carries the outbox"),
            Err(error @ WorkError::Outbox(_)) => return Err(CommandError::Other(error.to_string())),
        }
        tokio::time::sleep(LOOK_AGAIN_AFTER).await;
    }
    Ok(())
}

fn differing(found: &Found) -> usize {
    found.iter().map(|(_, comparison)| comparison.differences.len()).sum()
}

/// Says what was found, for people.
fn tell(found: &Found) -> Result<(), CommandError> {
    for (collection, comparison) in found {
        let Comparison { wanted, indexed, under_way, .. } = comparison;
        let Counts { missing, superfluous, outdated } = comparison.counts();
        say(format_args!(
            "{}: {wanted} in the database, {indexed} in the index; {missing} missing, {superfluous} superfluous, \
             {outdated} outdated, {under_way} on their way",
            collection.name()
        ))?;
        for difference in comparison.differences.iter().take(NAMED_MAX) {
            say(format_args!("  {} {}", word(difference.differs), difference.id))?;
        }
        let further = comparison.differences.len().saturating_sub(NAMED_MAX);
        if further > 0 {
            say(format_args!("  and {further} more"))?;
        }
    }
    Ok(())
}

/// What was found, for machines.
fn report(found: &Found, mended: u64) -> Value {
    let of = |comparison: &Comparison| {
        let counts = comparison.counts();
        let named = comparison.differences.iter().take(NAMED_MAX);
        json!({
            "wanted": comparison.wanted,
            "indexed": comparison.indexed,
            "missing": counts.missing,
            "superfluous": counts.superfluous,
            "outdated": counts.outdated,
            "underWay": comparison.under_way,
            "first": named.map(|one| json!({ "id": one.id, "differs": word(one.differs) })).collect::<Vec<_>>(),
        })
    };
    let collections: serde_json::Map<String, Value> =
        found.iter().map(|(collection, comparison)| (collection.name().to_owned(), of(comparison))).collect();
    json!({ "agrees": differing(found) == 0, "mended": mended, "collections": collections })
}

const fn word(differs: Differs) -> &'static str {
    match differs {
        Differs::Missing => "missing",
        Differs::Superfluous => "superfluous",
        Differs::Outdated => "outdated",
    }
}
