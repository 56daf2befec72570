//! `bfw reindex`

use super::{CommandError, progress::Progress, say, with_app};
use crate::{app::App, config::Config, search::Rebuilt};

pub(super) async fn run(config: Config) -> Result<(), CommandError> {
    let built = with_app(config, async |app| match app.search.built_at_start() {
        // The index was missing, and is as new as another would be.
        Some(built) => Ok(built),
        None => rebuild(app).await,
    })
    .await?;
    say(format_args!("indexed {} listings and {} organizations", built.listings, built.organizations))
}

/// Builds the index anew, and shows how far it has come.
pub(super) async fn rebuild(app: &App) -> Result<Rebuilt, CommandError> {
    let progress = Progress::new("indexing", 0);
    let built = app
        .search
        .rebuild(|done, total| {
            progress.of(total);
            progress.at(done);
        })
        .await?;
    progress.finish();
    Ok(built)
}
