//! `bfw worker`

use tokio_util::sync::CancellationToken;

use super::{CommandError, open, serve::stop_signal};
use crate::config::Config;

pub(super) async fn run(config: Config) -> Result<(), CommandError> {
    let app = open(config).await?;
    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            stop_signal().await;
            stop.cancel();
        }
    });
    tracing::info!("background work begins");
    app.clone().work("worker", stop).await;
    tracing::info!("background work ended");
    app.close().await;
    Ok(())
}
