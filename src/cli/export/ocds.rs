//! `bfw export ocds`

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use chrono::{Days, NaiveDate, NaiveTime};
use clap::Args;
use flate2::{Compression, write::GzEncoder};

use super::super::{CommandError, progress::Progress, say, with_app};
use crate::{
    accounts::OrganizationId,
    config::Config,
    kernel::{Fault, clock::Timestamp},
    ocds::{Form, Ocds, Wanted},
};

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

    /// With what producers were paid, under digests: for whoever audits. Nobody but the owner may read the file; it is not to be passed
    /// on, because those who deal with producers could tell by it who was paid what.
    #[arg(long)]
    for_auditors: bool,
}

impl OcdsExport {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        let wanted = Wanted {
            from: self.from.map(begins),
            until: self.to.and_then(|day| day.checked_add_days(Days::new(1))).map(begins),
            buyer: self.buyer,
        };
        let written =
            with_app(config, async |app| write(&app.ocds, (&wanted, self.for_auditors), &self.out).await).await?;
        say(format_args!("exported {written} processes to {}", self.out.display()))
    }
}

/// The instant at which a day begins, in Mali and in UTC alike.
fn begins(day: NaiveDate) -> Timestamp {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// Writes the file beside its place, and puts it there when it is whole.
async fn write(ocds: &Ocds, wanted: (&Wanted, bool), file: &Path) -> Result<u64, CommandError> {
    let name = file.to_string_lossy();
    let compressed = name.ends_with(".gz");
    let form = if name.trim_end_matches(".gz").ends_with(".jsonl") { Form::Lines } else { Form::Package };
    let unfinished = PathBuf::from(format!("{name}.unfinished"));
    let out = create(&unfinished, wanted.1).map_err(CommandError::file(unfinished.display()))?;
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

/// Makes the file, for its owner alone where it is for auditors.
fn create(file: &Path, for_auditors: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true);
    if for_auditors {
        // One that was left behind may be open to others.
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        return options.create_new(true).open(file);
    }
    options.create(true).truncate(true).open(file)
}

async fn export(
    ocds: &Ocds,
    (wanted, for_auditors): (&Wanted, bool),
    form: Form,
    out: &mut (dyn Write + Send),
) -> Result<u64, Fault> {
    let progress = Progress::new("exporting", 0);
    let tell = |done, total| {
        progress.of(total);
        progress.at(done);
    };
    let written = if for_auditors {
        ocds.export_for_auditors(wanted, form, out, tell).await?
    } else {
        ocds.export(wanted, form, out, tell).await?
    };
    progress.finish();
    Ok(written)
}
