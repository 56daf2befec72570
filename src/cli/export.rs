//! `bfw export`

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use chrono::{Days, NaiveDate, NaiveTime};
use clap::{Args, Subcommand};
use flate2::{Compression, write::GzEncoder};

use super::{CommandError, progress::Progress, say, with_app};
use crate::{
    accounts::OrganizationId,
    config::Config,
    kernel::{Fault, clock::Timestamp},
    ocds::{Form, Ocds, Wanted},
};

/// Write out what anybody may have.
#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    /// Procurement as open contracting data: each process as it stands, a compiled release.
    Ocds(OcdsExport),
}

/// Writes one release package of the Open Contracting Data Standard 1.1.5, or a release a line where the file's name ends in
/// .jsonl; compressed where it ends in .gz. The same data give the same file. The file is there when all of it is.
#[derive(Debug, Args)]
pub(crate) struct OcdsExport {
    /// The file: NAME.json, NAME.jsonl, NAME.json.gz or NAME.jsonl.gz; one that is there is replaced.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    /// Only processes in which something happened on this day or later.
    #[arg(long, value_name = "DAY")]
    from: Option<NaiveDate>,

    /// And on this day or before.
    #[arg(long, value_name = "DAY")]
    to: Option<NaiveDate>,

    /// Only those of one buyer: the organization's id, organization_….
    #[arg(long)]
    buyer: Option<OrganizationId>,
}

impl Export {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        match self {
            Self::Ocds(export) => export.run(config).await,
        }
    }
}

impl OcdsExport {
    async fn run(self, config: Config) -> Result<(), CommandError> {
        let wanted = Wanted {
            from: self.from.map(begins),
            until: self.to.and_then(|day| day.checked_add_days(Days::new(1))).map(begins),
            buyer: self.buyer,
        };
        let written = with_app(config, async |app| write(&app.ocds, &wanted, &self.out).await).await?;
        say(format_args!("exported {written} processes to {}", self.out.display()))
    }
}

/// The instant at which a day begins, in Mali and in UTC alike.
fn begins(day: NaiveDate) -> Timestamp {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// Writes the file beside its place, and puts it there when it is whole.
async fn write(ocds: &Ocds, wanted: &Wanted, file: &Path) -> Result<u64, CommandError> {
    let name = file.to_string_lossy();
    let compressed = name.ends_with(".gz");
    let form = if name.trim_end_matches(".gz").ends_with(".jsonl") { Form::Lines } else { Form::Package };
    let unfinished = PathBuf::from(format!("{name}.unfinished"));
    let out = File::create(&unfinished).map_err(CommandError::file(unfinished.display()))?;
    let out = BufWriter::with_capacity(1 << 20, out);
    let written = if compressed {
        let mut out = GzEncoder::new(out, Compression::default());
        let written = export(ocds, wanted, form, &mut out).await;
        written.and_then(|written| Ok(out.finish().and_then(|mut out| out.flush()).map(|()| written)?))
    } else {
        let mut out = out;
        export(ocds, wanted, form, &mut out).await
    };
    let done = match written {
        Ok(0) => {
            Err(CommandError::Other("there is no such process of which anything is public; no file was made".into()))
        }
        Ok(written) => {
            fs::rename(&unfinished, file).map_err(CommandError::file(file.display()))?;
            return Ok(written);
        }
        Err(fault) => Err(fault.into()),
    };
    fs::remove_file(&unfinished).map_err(CommandError::file(unfinished.display()))?;
    done
}

async fn export(ocds: &Ocds, wanted: &Wanted, form: Form, out: &mut (dyn Write + Send)) -> Result<u64, Fault> {
    let progress = Progress::new("exporting", 0);
    let written = ocds
        .export(wanted, form, out, |done, total| {
            progress.of(total);
            progress.at(done);
        })
        .await?;
    progress.finish();
    Ok(written)
}
