//! `bfw import`

use std::{
    fs::File,
    io::{self, BufReader, Write},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};

use super::{CommandError, import_prices::Prices, progress::Progress, say, with_app};
use crate::{
    accounts::{Actor, OrganizationId},
    catalog::{ImportListings, RowOutcome},
    config::Config,
    directory::{ImportPlaces, model::place_import::LineOutcome},
    kernel::locale::Locale,
};

/// Bring in listings, communes or market prices from a CSV file.
#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Listings of one organization, as a cooperative keeps them in a spreadsheet.
    Listings(Listings),
    /// Communes, beside the places that the product brings.
    Places(Places),
    /// Prices on markets, as the World Food Programme publishes them.
    Prices(Prices),
}

/// Good rows land; each bad row is told with its line, column and mend, and written to a file to be mended and imported in
/// turn. The same file twice changes nothing. Exits with 1 if a row was bad.
///
/// Columns, in English or French: reference, product, title, description, language, price, currency, price_unit,
/// quantity, unit, minimum_order, grade, measurements, season, available_from, available_until, place, delivery_terms. Only
/// product and title are needed.
#[derive(Debug, Args)]
pub(crate) struct Listings {
    /// The file: UTF-8 with a header; commas, semicolons or tabs.
    file: PathBuf,

    /// Whose listings: the organization's id, organization_….
    #[arg(long)]
    organization: OrganizationId,

    /// Only tell what would happen.
    #[arg(long)]
    dry_run: bool,

    /// Publish rows that lack nothing at once.
    #[arg(long)]
    publish: bool,

    /// The language of what is said of bad rows; titles and descriptions are read as the file says, or as French.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
    language: Locale,

    /// Where bad rows go, a file that is not there yet; by default the file's name with `.rejects.csv`.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

/// Columns by name, in any order: name and cercle are needed; region, level, latitude, longitude, ocha, aliases, source and
/// certainty may be there. Only communes are taken: lines of another level, and places that come with the program, are
/// passed over and told. Good lines are taken even where others are bad; the same file again changes nothing. A server that
/// runs takes the places in within seconds.
#[derive(Debug, Args)]
pub(crate) struct Places {
    /// The file: UTF-8 with a header.
    file: PathBuf,

    /// Where the file comes from, to be kept with each place; by default the file's name.
    #[arg(long)]
    source: Option<String>,

    /// Only tell what would happen.
    #[arg(long)]
    dry_run: bool,
}

impl Import {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        match self {
            Self::Listings(listings) => Box::pin(listings.run(config)).await,
            Self::Places(places) => places.run(config).await,
            Self::Prices(prices) => Box::pin(prices.run(config)).await,
        }
    }
}

impl Listings {
    async fn run(self, config: Config) -> Result<(), CommandError> {
        let source = source(&self.file)?;
        let rejects = self.rejects.unwrap_or_else(|| self.file.with_extension("rejects.csv"));
        if !self.dry_run && rejects.exists() {
            return Err(CommandError::Other(format!(
                "{} is there already and would be written over; move it away, or name another file with --rejects",
                rejects.display()
            )));
        }
        let command = ImportListings {
            organization: self.organization,
            dry_run: self.dry_run,
            publish: self.publish,
            language: self.language,
            rejects: (!self.dry_run).then(|| Box::new(MadeWhenNeeded::at(&rejects)) as Box<dyn Write + Send>),
        };
        let progress = Progress::new("importing", 0);
        let mut rows = 0;
        // Where nobody reads what is wrong with rows, the good ones land all the same.
        let mut said = Ok(());
        let actor = Actor::system("bfw import");
        let report = with_app(config, async |app| {
            let imported = app.catalog.import_listings(&actor, command, source, |row| {
                rows += 1;
                progress.at(rows);
                if let RowOutcome::Rejected(problems) = &row.outcome {
                    for problem in problems {
                        let column = problem.column.as_deref().unwrap_or("the row");
                        let line = format!("line {}, {column}: {}", row.line, problem.message);
                        if said.is_ok() {
                            said = say(line);
                        }
                    }
                }
            });
            Ok(imported.await?)
        })
        .await?;
        progress.finish();
        said?;
        let would = if self.dry_run { "would be " } else { "" };
        say(format_args!(
            "{} rows: {} {would}created, {} {would}updated, {} unchanged, {} rejected",
            report.rows, report.created, report.updated, report.unchanged, report.rejected
        ))?;
        match report.rejected {
            0 => Ok(()),
            rejected if self.dry_run => Err(CommandError::Other(format!("{rejected} rows are to be mended first"))),
            rejected => Err(CommandError::Other(format!(
                "{rejected} rows were rejected; mend them in {} and import that file",
                rejects.display()
            ))),
        }
    }
}

impl Places {
    async fn run(self, config: Config) -> Result<(), CommandError> {
        let file = std::fs::read(&self.file).map_err(CommandError::file(self.file.display()))?;
        let named = || self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let source = self.source.clone().unwrap_or_else(named);
        let command = ImportPlaces { file, source, dry_run: self.dry_run };
        let progress = Progress::new("importing places", 0);
        let plan = with_app(config, async |app| {
            Ok(app.directory.import_places(&Actor::system("bfw import"), command).await?)
        })
        .await?;
        progress.at(plan.lines.len() as u64);
        progress.finish();
        for line in &plan.lines {
            match &line.outcome {
                LineOutcome::Refused(errors) => {
                    for error in errors {
                        say(format_args!("line {}, {}: {}", line.line, line.name, error.message(Locale::En)))?;
                    }
                }
                LineOutcome::PassedOver(why) => {
                    say(format_args!("line {}, {}: passed over, {why}", line.line, line.name))?;
                }
                LineOutcome::Added | LineOutcome::Changed | LineOutcome::Unchanged => {}
            }
        }
        let refused = plan.count(|outcome| matches!(outcome, LineOutcome::Refused(_)));
        let would = if self.dry_run { "would be " } else { "" };
        say(format_args!(
            "{} lines: {} {would}added, {} {would}changed, {} unchanged, {} passed over, {refused} refused",
            plan.lines.len(),
            plan.count(|outcome| matches!(outcome, LineOutcome::Added)),
            plan.count(|outcome| matches!(outcome, LineOutcome::Changed)),
            plan.count(|outcome| matches!(outcome, LineOutcome::Unchanged)),
            plan.count(|outcome| matches!(outcome, LineOutcome::PassedOver(_))),
        ))?;
        if refused == 0 { Ok(()) } else { Err(CommandError::Other(format!("{refused} lines were refused"))) }
    }
}

fn language(code: &str) -> Result<Locale, String> {
    let known = Locale::ALL.into_iter().find(|locale| locale.code().eq_ignore_ascii_case(code));
    known.ok_or_else(|| {
        let all: Vec<&str> = Locale::ALL.into_iter().map(Locale::code).collect();
        format!("one of {}", all.join(", "))
    })
}

pub(super) fn source(path: &Path) -> Result<BufReader<File>, CommandError> {
    File::open(path).map(BufReader::new).map_err(CommandError::file(path.display()))
}

/// A file that comes into being with its first byte, so that a clean import leaves none behind.
struct MadeWhenNeeded {
    path: PathBuf,
    file: Option<File>,
}

impl MadeWhenNeeded {
    fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), file: None }
    }
}

impl Write for MadeWhenNeeded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(File::create_new(&self.path)?),
        };
        file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), File::flush)
    }
}
