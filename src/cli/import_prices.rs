//! `bfw import prices`

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;

use super::{CommandError, import::source, mention, progress::Progress, say, with_app};
use crate::{
    accounts::Actor,
    config::Config,
    insight::{
        ImportPrices, PriceImportReport, PriceStep,
        model::{price_check::Problem, price_market::Note},
    },
};

/// The file may have the form of the World Food Programme's food prices on the Humanitarian Data Exchange (today's with `priceflag`, or the
/// older with `cmname`), or the columns month, region, market, lat, lon, commodity, unit, currency, price. Which it is follows from its header.
///
/// All good rows are taken, or none where something fails on the way. Each row that is not taken is told with its line and the
/// reasons. The same file again changes nothing; a file that says otherwise than an earlier one corrects it. Exits with 1 if the file is damaged somewhere; goods that are
/// not in the catalogue are no damage.
#[derive(Debug, Args)]
pub(crate) struct Prices {
    /// The file: CSV in UTF-8 with a header.
    file: PathBuf,

    /// Where the file comes from, to be kept with each price; by default the file's name.
    #[arg(long)]
    source: Option<String>,

    /// Only tell what would happen.
    #[arg(long)]
    dry_run: bool,
}

impl Prices {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        let file = source(&self.file)?;
        let named = || self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let command = ImportPrices { source: self.source.clone().unwrap_or_else(named), dry_run: self.dry_run };
        let (reading, writing) = (Progress::new("reading prices", 0), Progress::new("writing prices", 0));
        let mut rows = 0;
        // Where nobody reads what is wrong with rows, the good ones land all the same.
        let mut said = Ok(());
        let actor = Actor::system("bfw import");
        let report = with_app(config, async |app| {
            let imported = app.insight.import_prices(&actor, command, file, |step| match step {
                PriceStep::Read(_) => {
                    rows += 1;
                    reading.at(rows);
                }
                PriceStep::Refused(line, problems) => {
                    if said.is_ok() {
                        said = mention(format_args!("line {line}, not taken: {}", reasons(problems)));
                    }
                }
                PriceStep::Noted(_, _) => {}
                PriceStep::Written(done, total) => {
                    writing.of(total);
                    writing.at(done);
                }
            });
            Ok(imported.await?)
        })
        .await?;
        reading.finish();
        writing.clear();
        said?;
        self.tell(&report)
    }

    fn tell(&self, report: &PriceImportReport) -> Result<(), CommandError> {
        for (refusal, values) in &report.refusals {
            mention(format_args!("not taken, {}: {}", refusal.meaning(), counts(values)))?;
        }
        for (note, markets) in &report.notes {
            mention(format_args!("taken, but {}: {}", Note::meaning(*note), counts(markets)))?;
        }
        let would = if self.dry_run { "would be " } else { "" };
        let PriceImportReport { rows, added, changed, unchanged, refused, damaged, outliers, .. } = report;
        say(format_args!(
            "{rows} rows: {added} {would}added, {changed} {would}changed, {unchanged} unchanged, {refused} not taken; \
             {outliers} of the new prices are outliers"
        ))?;
        match damaged {
            0 => Ok(()),
            damaged => Err(CommandError::Other(format!("the file is damaged in {damaged} rows, which were not taken"))),
        }
    }
}

fn reasons(problems: &[Problem]) -> String {
    let reason = |problem: &Problem| match problem.value.as_str() {
        "" => problem.refusal.meaning().to_owned(),
        value => format!("{} ({value})", problem.refusal.meaning()),
    };
    problems.iter().map(reason).collect::<Vec<_>>().join("; ")
}

/// `Wheat flour 17, Salt 3`, the most frequent first.
fn counts(values: &BTreeMap<String, u64>) -> String {
    let mut values: Vec<(&String, &u64)> = values.iter().collect();
    values.sort_by(|(_, left), (_, right)| right.cmp(left));
    let value = |(value, count): (&String, &u64)| match value.as_str() {
        "" => format!("{count} rows"),
        value => format!("{value} {count}"),
    };
    values.into_iter().map(value).collect::<Vec<_>>().join(", ")
}
