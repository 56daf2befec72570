//! `bfw worker`

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use tokio::net::TcpListener;

use super::{CommandError, background::Background, mention, reloading::Reloading, serve::stop_signal, with_app};
use crate::{api, config::Config};

/// Do only the background work: follow the database and keep the search index up to date.
///
/// SIGTERM or Ctrl-C lets what is under way end and stops.
#[derive(Debug, Args)]
pub(crate) struct Worker {
    /// Also answer /health/live, /health/ready and /metrics at this address, and nothing else: what this process carries and sends is
    /// counted by nobody but itself.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

impl Worker {
    pub(super) async fn run(self, config: Config, file: Option<PathBuf>) -> Result<(), CommandError> {
        // First, so that a port in use is told before anything is made or changed.
        let listener = match self.listen {
            None => None,
            Some(address) => Some(TcpListener::bind(address).await.map_err(CommandError::file(format!(
                "cannot listen on {address} (--listen); is another process using it?"
            )))?),
        };
        with_app(config, async |app| {
            let _reloading = Reloading::start(app, file);
            let background = Background::start(|stop| app.clone().work("worker", stop));
            tracing::info!("background work begins");
            if let Some(listener) = listener {
                let address = listener.local_addr().map_err(CommandError::file("the listening address"))?;
                mention(format_args!("health    http://{address}/health/ready"))?;
                mention(format_args!("metrics   http://{address}/metrics"))?;
                api::serve_health(app, listener, background.until(stop_signal())).await;
            } else {
                background.until(stop_signal()).await;
            }
            let worked = background.stop().await;
            tracing::info!("background work ended");
            worked
        })
        .await
    }
}
