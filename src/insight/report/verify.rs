//! Computing a report anew from an export of open contracting data, and from nothing else.

use std::{
    fmt,
    io::{BufRead, BufReader, Read},
};

use serde::de::{DeserializeSeed, Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::ReportNames;
use crate::insight::model::report::{
    digest::digests,
    fold::fold,
    from_ocds::{FromOcds, NOT_PUBLISHED, Wrong},
    target::Targets,
    told::{self, Difference, count, differences, read_scope, to_json},
};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Processes that the export has.
    pub processes: u64,
    /// Numbers, digests and suppressions that the report tells.
    pub told: usize,
    /// Those that are not what was computed.
    pub differences: Vec<Difference>,
    /// The formula that was not computed, because only an export for auditors has what it counts.
    pub left_out: Option<&'static str>,
}

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
pub enum NotVerified {
    /// The report is none of ours.
    #[error("the report cannot be read: {0}")]
    Report(String),
    /// The export is not a release package or a release a line.
    #[error("the export cannot be read: {0}")]
    Export(#[from] serde_json::Error),
    /// A process of it lacks something.
    #[error("the export cannot be read: {0}")]
    Process(#[from] Wrong),
    /// The file cannot be read.
    #[error("the export cannot be read: {0}")]
    File(#[from] std::io::Error),
    /// The embedded targets are damaged.
    #[error("the targets cannot be read: {0}")]
    Targets(String),
}

/// Holds a report, in the JSON that it was written in, against an export: a release package, or a compiled release a line. `progress`
/// hears how many processes were read. Where not all of it was written for auditors, [`NOT_PUBLISHED`] is left out.
///
/// # Errors
/// See [`NotVerified`].
pub fn verify(export: impl Read, report: &Value, mut progress: impl FnMut(u64)) -> Result<Verified, NotVerified> {
    let (scope, shows_all) = read_scope(report).map_err(NotVerified::Report)?;
    let targets = Targets::embedded().map_err(NotVerified::Targets)?;
    let mut facts = FromOcds::new(&scope, &targets);
    let mut processes = 0;
    each_release(BufReader::with_capacity(1 << 20, export), |release| {
        facts.read(release)?;
        processes += 1;
        progress(processes);
        Ok(())
    })?;
    let left_out = (!facts.is_for_auditors()).then_some(NOT_PUBLISHED);
    let facts = facts.finish();
    let digests = digests(&facts, &scope)?;
    let computed = told::report(scope, &fold(&facts, &scope), Some(&digests), shows_all);
    let computed = to_json(&computed, &ReportNames::default());
    let told = count(report, left_out);
    Ok(Verified { processes, told, differences: differences(report, &computed, left_out), left_out })
}

/// Gives each release of an export to `take`, one at a time: an export need not fit into memory.
fn each_release(
    mut export: impl BufRead,
    mut take: impl FnMut(&Value) -> Result<(), NotVerified>,
) -> Result<(), NotVerified> {
    // A package begins with what it is; lines begin with a release.
    let beginning = export.fill_buf()?;
    let is_package = beginning.windows(11).take(4_096).any(|some| some == b"\"releases\":");
    if is_package {
        let mut wrong = None;
        let mut reader = serde_json::Deserializer::from_reader(export);
        let read = reader.deserialize_map(Package { take: &mut take, wrong: &mut wrong });
        return match wrong {
            Some(wrong) => Err(wrong),
            None => Ok(read?),
        };
    }
    for release in serde_json::Deserializer::from_reader(export).into_iter::<Value>() {
        take(&release?)?;
    }
    Ok(())
}

/// A release package, whose releases are handed over one by one.
struct Package<'t, T> {
    take: &'t mut T,
    wrong: &'t mut Option<NotVerified>,
}

impl<'de, T: FnMut(&Value) -> Result<(), NotVerified>> Visitor<'de> for Package<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a release package")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            if name == "releases" {
                members.next_value_seed(Releases { take: &mut *self.take, wrong: &mut *self.wrong })?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The releases of a package.
struct Releases<'t, T> {
    take: &'t mut T,
    wrong: &'t mut Option<NotVerified>,
}

impl<'de, T: FnMut(&Value) -> Result<(), NotVerified>> DeserializeSeed<'de> for Releases<'_, T> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: FnMut(&Value) -> Result<(), NotVerified>> Visitor<'de> for Releases<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("releases")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut releases: A) -> Result<(), A::Error> {
        while let Some(release) = releases.next_element::<Value>()? {
            if let Err(wrong) = (self.take)(&release) {
                *self.wrong = Some(wrong);
                return Err(serde::de::Error::custom("a process cannot be read"));
            }
        }
        Ok(())
    }
}
