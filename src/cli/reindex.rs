//! `bfw reindex`

use super::{CommandError, open, progress::Progress, say};
use crate::config::Config;

pub(super) async fn run(config: Config) -> Result<(), CommandError> {
    let app = open(config).await?;
    let progress = Progress::new("indexing", 0);
    let built = app
        .search
        .rebuild(|done, total| {
            progress.of(total);
            progress.at(done);
        })
        .await?;
    progress.finish();
    say(format_args!("indexed {} listings and {} organizations", built.listings, built.organizations));
    app.close().await;
    Ok(())
}
