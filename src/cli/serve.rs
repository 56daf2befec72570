//! `bfw serve`

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use tokio::net::TcpListener;

use super::{CommandError, background::Background, mention, progress::Progress, reloading::Reloading, with_app};
use crate::{api, app::App, config::Config, demo, kernel::worker};

/// Answer requests.
///
/// Migrates the database, opens the search index (building it if it is missing or damaged), and listens. SIGTERM or Ctrl-C
/// lets running requests end and stops.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Load the demo marketplace into an empty database, once, and print its sign-ins; only on this machine's own address.
    #[arg(long)]
    demo: bool,

    /// Leave the background work to `bfw worker` processes.
    #[arg(long)]
    no_worker: bool,
}

impl Serve {
    pub(super) async fn run(self, config: Config, file: Option<PathBuf>) -> Result<(), CommandError> {
        // First, so that a port in use is told before anything is made or changed.
        let address = config.listen;
        let listener = TcpListener::bind(address).await.map_err(CommandError::file(format!(
            "cannot listen on {address} (BFW_LISTEN); is another process using it?"
        )))?;
        let address = listener.local_addr().map_err(CommandError::file("the listening address"))?;
        if self.demo && !address.ip().is_loopback() {
            return Err(CommandError::Other(format!(
                "--demo makes an administrator with a password that everybody can read, and {address} (BFW_LISTEN) can be \
                 reached from elsewhere; listen on 127.0.0.1"
            )));
        }
        with_app(config, async |app| {
            if self.demo {
                if !demo::may_be_loaded(&app.services).await? {
                    return Err(CommandError::Other(
                        "--demo makes an administrator with a password that everybody can read, and this database holds \
                         accounts of its own; name another in BFW_DATA_DIR or BFW_DATABASE_URL"
                            .to_owned(),
                    ));
                }
                load_demo(app).await?;
            }
            let _reloading = Reloading::start(app, file);
            self.answer(app, listener, address).await
        })
        .await
    }

    async fn answer(&self, app: &App, listener: TcpListener, address: SocketAddr) -> Result<(), CommandError> {
        let background = Background::start(|stop| {
            let (app, no_worker) = (app.clone(), self.no_worker);
            async move { if no_worker { app.watch(stop).await } else { Box::pin(app.work("serve", stop)).await } }
        });
        // Before it is told that it runs: whoever starts it may ask it to stop at once.
        let asked = stop_signal();
        mention(format_args!("GraphQL   http://{address}/graphql  (a browser gets the explorer)"))?;
        mention(format_args!("health    http://{address}/health/ready"))?;
        mention(format_args!("metrics   http://{address}/metrics"))?;
        let served = api::serve(app, listener, background.until(asked)).await;
        tracing::info!("no longer listening; finishing the background work");
        let worked = background.stop().await;
        served.map_err(CommandError::file("serving"))?;
        worked
    }
}

async fn load_demo(app: &App) -> Result<(), CommandError> {
    let progress = Progress::new("loading the demo marketplace", 0);
    let loaded = demo::load(app, |done, total| {
        progress.of(total);
        progress.at(done);
    })
    .await?;
    if loaded.fresh {
        progress.finish();
        // So that whoever searches first finds something.
        if let Err(error) = worker::drain(&app.services, &app.follow_up(), "demo").await {
            tracing::warn!(%error, "the demo marketplace will be found later");
        }
    }
    mention("sign-ins of the demo marketplace, for trying out only:")?;
    for account in &loaded.accounts {
        let organization = account.organization.as_deref().unwrap_or("the platform");
        let (role, identifier, password) = (&account.role, &account.identifier, account.password);
        mention(format_args!("  {identifier:<26} {password}  {role:<20} {}, {organization}", account.name))?;
    }
    if let Some(page) = &loaded.traced {
        mention(format_args!("a lot of butter, traced back to the women who gathered its nuts: {page}"))?;
    }
    Ok(())
}

/// Ends when the process is asked to stop. It is listened for from this call on, not from the first look at what is given.
#[cfg(unix)]
pub(super) fn stop_signal() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{Signal, SignalKind, signal};
    async fn received(signal: std::io::Result<Signal>, name: &str) {
        match signal {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, name, "a signal cannot be listened for");
                std::future::pending().await
            }
        }
    }
    let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        tokio::select! {
            () = received(interrupt, "SIGINT") => {}
            () = received(terminate, "SIGTERM") => {}
        }
    }
}

/// Ends when the process is asked to stop.
#[cfg(not(unix))]
pub(super) async fn stop_signal() {
    tokio::signal::ctrl_c().await.unwrap_or_default();
}
