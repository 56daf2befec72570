//! The command line: what an operator can do, each command in its own file.
//!
//! Results go to standard output; progress, logs and the one line of a failure go to standard error. The exit code is 0
//! when the work was done, 1 when it was not, and 2 when the command line itself was wrong.

mod admin;
mod background;
mod backup;
mod credentials;
mod doctor;
mod export;
mod health;
mod import;
mod import_prices;
mod migrate;
mod progress;
mod reindex;
mod reloading;
mod report;
mod schema;
mod sealing;
mod search;
mod seed;
mod serve;
mod worker;

use std::{
    io::{ErrorKind, Write as _},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, Subcommand};

use crate::{
    app::{App, StartError},
    config::{Config, ConfigError},
    kernel::{Failure, Fault, locale::Locale, telemetry},
};

/// Buy From Women: the marketplace that links women farmers' cooperatives and women-led firms in Mali with buyers.
///
/// Start it with `bfw serve --demo` and open the address it prints. Settings come from the defaults, then from a TOML
/// file (--config), then from BFW_… environment variables; `bfw doctor` shows and checks them.
#[derive(Debug, Parser)]
#[command(name = "bfw", version, propagate_version = true)]
pub struct Cli {
    /// A TOML file with settings; the environment overrides it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer requests (and, unless told otherwise, do the background work).
    Serve(serve::Serve),
    /// Do only the background work: follow the database and keep the search index up to date.
    Worker(worker::Worker),
    /// Ask a running service whether it can work.
    Health(health::Health),
    /// Bring the database to this version's schema and reference data.
    Migrate(migrate::Migrate),
    /// Fill an empty database with a large made-up marketplace, always the same for the same seed.
    Seed(seed::Seed),
    /// Bring in listings, communes or market prices from a CSV file.
    #[command(subcommand)]
    Import(import::Import),
    /// Write something out that others can work with.
    #[command(subcommand)]
    Export(export::Export),
    /// Write and verify reports of how much of what is bought goes to women.
    #[command(subcommand)]
    Report(report::Report),
    /// Build the search index anew from the database; searches go on being answered meanwhile.
    Reindex,
    /// Compare the search index with the database, and mend it.
    #[command(subcommand)]
    Search(search::Search),
    /// Print the GraphQL schema.
    Schema,
    /// Write a backup into a folder, while the service runs.
    Backup(backup::Backup),
    /// Bring a backup back, into an empty database and an empty store of documents.
    Restore(backup::Restore),
    /// Check everything that can be checked, and say the mend.
    Doctor(doctor::Doctor),
    /// Give or take roles on the platform: only here, on the machine itself.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Look after the keys that sign credentials.
    #[command(subcommand)]
    Credentials(credentials::Credentials),
    /// Look after the keys that seal bids.
    #[command(subcommand)]
    Sealing(sealing::Sealing),
}

/// How long work that cannot be cut off may still go on at the end.
const STOP_WAIT: Duration = Duration::from_secs(10);

/// Why a command did not do its work: one line for the person who ran it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Start(#[from] StartError),
    #[error("{}", one_line(.0))]
    Refused(#[from] Failure),
    #[error("{0}")]
    Fault(#[from] Fault),
    #[error("{what}: {error}")]
    File { what: String, error: std::io::Error },
    #[error("{0}")]
    Other(String),
    /// Whoever read standard output has seen enough, as `head` does: no failure, and nothing to tell.
    #[error("nobody reads standard output")]
    NobodyReads,
}

impl CommandError {
    fn file(what: impl std::fmt::Display) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self::File { what: what.to_string(), error }
    }
}

fn one_line(failure: &Failure) -> String {
    match failure {
        Failure::Fault(fault) => fault.to_string(),
        Failure::Rejected(errors) => errors
            .iter()
            .map(|error| {
                let message = error.message(Locale::En);
                if error.path.is_empty() { message } else { format!("{}: {message}", error.path.join(".")) }
            })
            .collect::<Vec<_>>()
            .join("; "),
    }
}

/// Runs a command to its end.
pub fn run(cli: Cli) -> ExitCode {
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("bfw")
        .build()
        .map_err(CommandError::file("cannot start the runtime"))
        .and_then(|runtime| {
            let outcome = runtime.block_on(execute(cli));
            // Work on the blocking pool cannot be cut off; it ends with the process.
            runtime.shutdown_timeout(STOP_WAIT);
            outcome
        });
    match outcome {
        Ok(()) | Err(CommandError::NobodyReads) => ExitCode::SUCCESS,
        Err(error) => {
            say_error(&error);
            ExitCode::FAILURE
        }
    }
}

async fn execute(cli: Cli) -> Result<(), CommandError> {
    // The schema is a property of the program: it needs neither settings nor a database.
    if matches!(cli.command, Command::Schema) {
        return schema::run();
    }
    let config = Config::load(cli.config.as_deref())?;
    // Commands that do their work and end have nothing to tell a collector.
    let stays = matches!(cli.command, Command::Serve(_) | Command::Worker(_));
    let traces = config.traces.as_ref().filter(|_| stays);
    telemetry::start(config.log_format, &config.log, traces).map_err(|error| CommandError::Other(error.to_string()))?;
    let ended = execute_with(cli.command, config, cli.config).await;
    telemetry::traces::finish().await;
    ended
}

async fn execute_with(command: Command, config: Config, file: Option<PathBuf>) -> Result<(), CommandError> {
    match command {
        Command::Serve(serve) => serve.run(config, file).await,
        Command::Worker(worker) => worker.run(config, file).await,
        Command::Health(health) => health.run(config).await,
        Command::Migrate(migrate) => migrate.run(config).await,
        Command::Seed(seed) => seed.run(config).await,
        // Boxed: it holds the whole application and a file of rows.
        Command::Import(import) => Box::pin(import.run(config)).await,
        Command::Export(export) => Box::pin(export.run(config)).await,
        Command::Report(report) => Box::pin(report.run(config)).await,
        Command::Reindex => reindex::run(config).await,
        Command::Search(search) => search.run(config).await,
        Command::Schema => schema::run(),
        Command::Backup(backup) => backup.run(config).await,
        Command::Restore(restore) => restore.run(config).await,
        Command::Doctor(doctor) => doctor.run(config).await,
        Command::Admin(admin) => admin.run(config).await,
        Command::Credentials(credentials) => credentials.run(config).await,
        Command::Sealing(sealing) => sealing.run(config).await,
    }
}

/// Opens everything, does a command's work, and closes everything, whether the work was done or not.
async fn with_app<T>(
    config: Config,
    work: impl AsyncFnOnce(&App) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    // Boxed, each of them: the application holds every room's handle, and what waits here waits in every command.
    let app = Box::new(Box::pin(App::start(config)).await?);
    let outcome = Box::pin(work(&app)).await;
    Box::pin(app.close()).await;
    outcome
}

/// Prints one line of a command's result.
fn say(line: impl std::fmt::Display) -> Result<(), CommandError> {
    writeln!(std::io::stdout().lock(), "{line}").map_err(|error| {
        let nobody_reads = error.kind() == ErrorKind::BrokenPipe;
        if nobody_reads { CommandError::NobodyReads } else { CommandError::file("standard output")(error) }
    })
}

/// Prints one line for whoever may be reading; the work goes on where nobody is.
fn mention(line: impl std::fmt::Display) -> Result<(), CommandError> {
    match say(line) {
        Err(CommandError::NobodyReads) => Ok(()),
        said => said,
    }
}

#[expect(clippy::print_stderr, reason = "the one line of a failure, also when logging is off")]
fn say_error(error: &CommandError) {
    eprintln!("bfw: {error}");
}
