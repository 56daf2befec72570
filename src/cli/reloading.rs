//! Settings are read anew while the service runs, when it is told to (SIGHUP).
//!
//! All of it is read and checked as at the start, and where anything is wrong nothing changes. What can be taken in is taken in; what
//! has to wait for a restart is named each time until then.

use std::path::PathBuf;

use tokio::task::JoinHandle;

use crate::{
    app::App,
    config::{Config, Setting, environment_name},
    kernel::telemetry,
};

/// Waits for the signal, until it is dropped.
pub(super) struct Reloading(JoinHandle<()>);

impl Drop for Reloading {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Reloading {
    /// Waits from now on, for an application that was started with this file of settings.
    pub(super) fn start(app: &App, file: Option<PathBuf>) -> Self {
        let hangup = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup());
        let app = app.clone();
        Self(tokio::spawn(async move {
            let mut hangup = match hangup {
                Ok(hangup) => hangup,
                Err(error) => {
                    return tracing::warn!(%error, "SIGHUP cannot be listened for; settings are read at the start alone");
                }
            };
            let mut in_force = Config::clone(&app.config);
            while hangup.recv().await.is_some() {
                match Config::load(file.as_deref()) {
                    Ok(read) => {
                        take_in(&app, &in_force, &read);
                        in_force = read;
                    }
                    Err(error) => tracing::error!(%error, "the settings were not read anew; nothing has changed"),
                }
            }
        }))
    }
}

/// Takes in what can be, and tells what that was and what could not.
fn take_in(app: &App, in_force: &Config, read: &Config) {
    let names = |settings: Vec<&'static Setting>| {
        settings.into_iter().map(|setting| environment_name(setting.name)).collect::<Vec<String>>().join(", ")
    };
    let taken: Vec<_> = read.differing(in_force).into_iter().filter(|setting| setting.reloaded).collect();
    // Against those of the start: what waits for a restart goes on waiting, and what was put back waits no longer.
    let waiting: Vec<_> = read.differing(&app.config).into_iter().filter(|setting| !setting.reloaded).collect();
    app.reload(read);
    if read.log != in_force.log
        && let Err(error) = telemetry::set_directives(&read.log)
    {
        tracing::error!(%error, "what is logged stays as it was");
    }
    tracing::info!(taken = names(taken), "the settings were read anew");
    if !waiting.is_empty() {
        tracing::warn!(waiting = names(waiting), "these settings have changed and wait for a restart");
    }
}
