//! What was published, as anybody may have it.

use chrono::TimeDelta;
use serde_json::Value;

use super::{
    Ocds,
    model::{
        package::Publisher,
        release::{read_release_id, release_id},
    },
    store::{self, releases::Kept},
};
use crate::kernel::Fault;

/// Releases on a page when nobody says how many.
pub const PAGE_DEFAULT: u32 = 20;
/// Releases on a page at most.
pub const PAGE_MAX: u32 = 100;
/// How long what was published waits before pages show it: what is published at the same time becomes visible in any order, and
/// whoever follows the pages must miss nothing.
const SETTLES: TimeDelta = TimeDelta::seconds(5);

/// A page of what was published.
#[derive(Debug)]
pub enum Page {
    /// A release package, and whether it is full: then it never changes.
    Package {
        /// The package.
        json: String,
        /// Whether it is full.
        is_full: bool,
    },
    /// There is no release that it could follow.
    UnknownRelease,
    /// There is nothing on it.
    Empty,
}

impl Ocds {
    /// Who publishes, and where.
    #[must_use]
    pub fn publisher(&self) -> &Publisher {
        &self.knows.publisher
    }

    /// The release package of a process, none where nothing was published of it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn releases(&self, ocid: &str) -> Result<Option<String>, Fault> {
        let kept = store::releases::of_process(&self.knows.services.db, ocid).await?;
        Ok(self.package(&self.publisher().releases_url(ocid), &kept, None))
    }

    /// The package of one release.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn release(&self, ocid: &str, sequence: i64) -> Result<Option<String>, Fault> {
        let kept = store::releases::one(&self.knows.services.db, ocid, sequence).await?;
        Ok(self.package(&self.publisher().release_url(ocid, sequence), kept.as_slice(), None))
    }

    /// The record package of a process, none where nothing was published of it.
    ///
    /// # Errors
    /// When the database cannot answer, or what was published cannot be read.
    pub async fn record(&self, ocid: &str) -> Result<Option<Value>, Fault> {
        let kept = store::releases::of_process(&self.knows.services.db, ocid).await?;
        let Some(last) = kept.last().map(|last| last.at) else { return Ok(None) };
        let read = |kept: &Kept| serde_json::from_str(&kept.body).map_err(|error| Fault::corrupt("release", error));
        let releases = kept.iter().map(read).collect::<Result<Vec<Value>, _>>()?;
        Ok(Some(self.publisher().record_package(ocid, last, &releases)))
    }

    /// What was published after a release, or from the beginning, in that order.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn page(&self, after: Option<&str>, limit: u32) -> Result<Page, Fault> {
        let services = &self.knows.services;
        let known = match after {
            None => None,
            Some(id) => {
                let Some((ocid, sequence)) = read_release_id(id) else { return Ok(Page::UnknownRelease) };
                let known = store::releases::one(&services.db, ocid, sequence).await?;
                if known.is_none() {
                    return Ok(Page::UnknownRelease);
                }
                known
            }
        };
        let kept = store::releases::page(&services.db, known.as_ref(), services.now() - SETTLES, limit).await?;
        let is_full = kept.len() >= limit as usize;
        let last = kept.last().filter(|_| is_full);
        let next = last.map(|last| self.publisher().page_url(limit, Some(&release_id(&last.ocid, last.sequence))));
        let package = self.package(&self.publisher().page_url(limit, after), &kept, next.as_deref());
        Ok(package.map_or(Page::Empty, |json| Page::Package { json, is_full }))
    }

    fn package(&self, uri: &str, kept: &[Kept], next: Option<&str>) -> Option<String> {
        let published = kept.iter().map(|one| one.at).max()?;
        Some(self.publisher().release_package(uri, published, kept.iter().map(|one| one.body.as_str()), next))
    }
}
