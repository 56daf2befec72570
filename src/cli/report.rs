//! `bfw report`

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use flate2::read::GzDecoder;
use serde_json::Value;

use super::{CommandError, progress::Progress, say, with_app};
use crate::{
    accounts::{Actor, OrganizationId},
    config::Config,
    directory::model::ownership::{Definition, EvidenceLevel},
    insight::{
        self, AskReport,
        model::report::{
            scope::GroupBy,
            told::{Difference, to_json},
        },
    },
    kernel::locale::Locale,
};

/// Differences that are told one by one.
const TOLD_MAX: usize = 100;

/// Write and verify reports.
#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// How much of what is bought goes to women: 23 indicators.
    Gender(Gender),
    /// Compute every figure of a report anew from an export of open contracting data, and from nothing else.
    Verify(Verify),
}

/// Writes the report as JSON, which can be verified, or as CSV or XLSX, by the end of the file's name. Small groups are shown.
#[derive(Debug, Args)]
pub(crate) struct Gender {
    /// The first day.
    #[arg(long, value_name = "DAY")]
    from: NaiveDate,

    /// The last day.
    #[arg(long, value_name = "DAY")]
    to: NaiveDate,

    /// By which definition of women's ownership, such as `IWA34_WOMEN_OWNED`.
    #[arg(long)]
    definition: Definition,

    /// With what evidence at least.
    #[arg(long, default_value = "SELF_DECLARED")]
    at_least_evidence: EvidenceLevel,

    /// Only purchases of one buyer: the organization's id, organization_….
    #[arg(long)]
    buyer: Option<OrganizationId>,

    /// By what figures are told apart: BUYER, REGION, PRODUCT, METHOD, `LOT_SIZE`, PERIOD, QUARTER or `EVIDENCE_LEVEL`.
    #[arg(long)]
    group_by: Option<GroupBy>,

    /// The file: NAME.json, NAME.csv or NAME.xlsx; one that is there is replaced.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Exits with 1 where a figure, a digest or a suppression is not what the export comes to; each is told with both values. The export must
/// be of the day of the report.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// What `bfw export ocds` wrote of all buyers and days: .json or .jsonl, compressed where it ends in .gz. GRP-22 is computed only
    /// from what it wrote with --for-auditors.
    export: PathBuf,

    /// What `bfw report gender` wrote as .json.
    report: PathBuf,
}

impl Report {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        match self {
            Self::Gender(gender) => gender.run(config).await,
            // Neither settings nor a database are needed.
            Self::Verify(verify) => verify.run(),
        }
    }
}

impl Gender {
    async fn run(self, config: Config) -> Result<(), CommandError> {
        let ask = AskReport {
            buyer: self.buyer,
            from: self.from,
            to: self.to,
            definition: self.definition,
            at_least: self.at_least_evidence,
            group_by: self.group_by,
        };
        let ending = self.out.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        let actor = Actor::system("bfw report");
        let written = with_app(config, async |app| {
            let report = Box::pin(app.insight.gender_report(&actor, ask, true)).await?;
            let names = app.insight.report_names(&actor, &report, Locale::default()).await?;
            let table = |table: Result<Vec<u8>, insight::TableError>| {
                table.map_err(|error| CommandError::Other(error.to_string()))
            };
            match ending.as_str() {
                "json" => Ok(format!("{:#}\n", to_json(&report, &names)).into_bytes()),
                "csv" => table(insight::csv(&report, &names)),
                "xlsx" => table(insight::xlsx(&report, &names)),
                _ => Err(CommandError::Other("name the file .json, .csv or .xlsx".to_owned())),
            }
        })
        .await?;
        std::fs::write(&self.out, written).map_err(CommandError::file(self.out.display()))?;
        say(format_args!("wrote the report to {}", self.out.display()))
    }
}

impl Verify {
    fn run(self) -> Result<(), CommandError> {
        let text = std::fs::read_to_string(&self.report).map_err(CommandError::file(self.report.display()))?;
        let report: Value = serde_json::from_str(&text)
            .map_err(|error| CommandError::Other(format!("{}: {error}", self.report.display())))?;
        let progress = Progress::new("reading processes", 0);
        let verified = insight::verify(open(&self.export)?, &report, |done| progress.at(done))
            .map_err(|error| CommandError::Other(error.to_string()))?;
        progress.finish();
        if verified.differences.is_empty() {
            let left_out = verified.left_out.map(|formula| {
                format!(
                    "; {formula} is left out, because what producers are paid is not published: that takes an export for auditors"
                )
            });
            return say(format_args!(
                "verified: {} figures and digests follow from {} processes{}",
                verified.told,
                verified.processes,
                left_out.unwrap_or_default()
            ));
        }
        for Difference { place, told, computed } in verified.differences.iter().take(TOLD_MAX) {
            let of = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
            say(format_args!("{place}: the report says {}, the export comes to {}", of(told), of(computed)))?;
        }
        let differences = verified.differences.len();
        Err(CommandError::Other(format!(
            "{differences} of {} figures and digests do not follow from the export",
            verified.told
        )))
    }
}

/// Opens an export, compressed or not.
fn open(file: &Path) -> Result<Box<dyn Read>, CommandError> {
    let opened = File::open(file).map_err(CommandError::file(file.display()))?;
    let is_compressed = file.extension().is_some_and(|ending| ending == "gz");
    Ok(if is_compressed { Box::new(GzDecoder::new(opened)) } else { Box::new(opened) })
}
