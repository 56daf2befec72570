//! All processes in one file, each as it stands.

use std::io::Write;

use uuid::Uuid;

use super::{
    Ocds,
    model::{
        audit,
        package::Publisher,
        release::{self, Reference},
    },
    store::{self, releases::Wanted},
};
use crate::kernel::Fault;

/// Processes that are read together: enough that their statements cost little, few enough that they fit into memory.
const AT_ONCE: i64 = 100;

/// What an export looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One release package.
    Package,
    /// A compiled release a line.
    Lines,
}

/// Who an export is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    /// Anybody.
    Public,
    /// Whoever audits: with what producers were paid.
    Auditors,
}

impl Ocds {
    /// Writes each process that is wanted as one compiled release, as all of them stood at one instant and in the order of their
    /// beginning: the same data give the same bytes. `progress` hears how many are written, and of how many. Gives how many there
    /// were; of none, nothing is written.
    ///
    /// # Errors
    /// When the database cannot answer, or `out` takes no more.
    pub async fn export(
        &self,
        wanted: &Wanted,
        form: Form,
        out: &mut (dyn Write + Send),
        progress: impl Fn(u64, u64),
    ) -> Result<u64, Fault> {
        self.write(Audience::Public, (wanted, form), out, progress).await
    }

    /// As [`Ocds::export`], with what producers were paid for what was delivered: for whoever audits, and not to be passed on, since
    /// trading partners could tell by it who was paid what.
    ///
    /// # Errors
    /// As [`Ocds::export`].
    pub async fn export_for_auditors(
        &self,
        wanted: &Wanted,
        form: Form,
        out: &mut (dyn Write + Send),
        progress: impl Fn(u64, u64),
    ) -> Result<u64, Fault> {
        self.write(Audience::Auditors, (wanted, form), out, progress).await
    }

    async fn write(
        &self,
        audience: Audience,
        (wanted, form): (&Wanted, Form),
        out: &mut (dyn Write + Send),
        progress: impl Fn(u64, u64),
    ) -> Result<u64, Fault> {
        let reading = self.knows.services.db.begin_reading().await?;
        let (total, last) = store::releases::extent(&reading, wanted).await?;
        let total = u64::try_from(total).unwrap_or_default();
        let Some(last) = last else { return Ok(0) };
        let gazetteer = self.knows.directory.gazetteer();
        let reference = Reference { taxonomy: self.knows.catalog.taxonomy(), gazetteer: &gazetteer };
        if form == Form::Package {
            out.write_all(self.publisher().beginning(&self.publisher().packages_url(), last).as_bytes())?;
        }
        let (mut after, mut written) = (Uuid::nil(), 0);
        loop {
            let ids = store::releases::next_wanted(&reading, wanted, after, AT_ONCE).await?;
            let Some(end) = ids.last().copied() else { break };
            after = end;
            let snapshots = store::snapshots::load(&reading, &ids).await?;
            let paid = match audience {
                Audience::Public => None,
                Audience::Auditors => Some(store::producers::load(&reading, &ids).await?),
            };
            for snapshot in &snapshots {
                if form == Form::Package && written > 0 {
                    out.write_all(b",")?;
                }
                let release = match &paid {
                    None => release::current(snapshot, &reference),
                    Some(paid) => audit::for_auditors(snapshot, &reference, paid),
                };
                serde_json::to_writer(&mut *out, &release).map_err(std::io::Error::from)?;
                out.write_all(b"\n")?;
                written += 1;
            }
            progress(written, total);
        }
        if form == Form::Package {
            out.write_all(Publisher::END.as_bytes())?;
            out.write_all(b"\n")?;
        }
        out.flush()?;
        reading.commit().await?;
        Ok(written)
    }
}
