//! Publishing: a release for each event of a process, in the order of the events, each once.

use uuid::Uuid;

use super::{
    Ocds,
    model::{
        release::{self, Reference},
        snapshot::{Publication, Snapshot},
    },
    store::{
        self,
        releases::{Event, Waiting},
    },
};
use crate::kernel::{Fault, Outcome, clock::Timestamp};

/// Processes that are read and published together.
const AT_ONCE: usize = 50;
/// How often it is tried to read a process and to find that nothing happened in it meanwhile.
const TRIES: usize = 5;

impl Ocds {
    /// Publishes what waits to be of these processes: each event once, whoever else does so at the same time, and as the process
    /// stands now. What happens while a process is read is published with the next try.
    ///
    /// # Errors
    /// When the database refuses, or processes change faster than they are read; what was published stays so.
    pub async fn follow_processes(&self, processes: &[Uuid]) -> Outcome<()> {
        for processes in processes.chunks(AT_ONCE) {
            self.publish(processes).await?;
        }
        Ok(())
    }

    async fn publish(&self, processes: &[Uuid]) -> Result<(), Fault> {
        let db = &self.knows.services.db;
        for _ in 0..TRIES {
            let waiting = store::releases::waiting(db, processes).await?;
            if waiting.is_empty() {
                return Ok(());
            }
            let ids: Vec<Uuid> = waiting.iter().map(|one| one.process).collect();
            let snapshots = store::snapshots::load(db.read(), &ids).await?;
            for snapshot in &snapshots {
                if let Some(waiting) = waiting.iter().find(|one| one.process == snapshot.process) {
                    self.publish_one(snapshot, waiting).await?;
                }
            }
        }
        if store::releases::waiting(db, processes).await?.is_empty() {
            return Ok(());
        }
        Err(Fault::Overloaded("processes change faster than they are published"))
    }

    /// Publishes a process as it was read, if nothing happened in it since.
    async fn publish_one(&self, snapshot: &Snapshot, waiting: &Waiting) -> Result<(), Fault> {
        let services = &self.knows.services;
        let gazetteer = self.knows.directory.gazetteer();
        let reference = Reference { taxonomy: self.knows.catalog.taxonomy(), gazetteer: &gazetteer };
        let tx = services.db.begin().await?;
        if !store::releases::advance(&tx, snapshot.process, waiting.counts).await? {
            return Ok(());
        }
        // Not before it is certain to be published: readers go by this instant.
        let now = services.now();
        let published = snapshot.publications.iter().filter(|publication| publication.at.is_some());
        let mut last = published.map(|publication| publication.date).max();
        for event in &waiting.events {
            let publication = publication(event, last, now);
            let body = release::published(snapshot, &reference, event.tag, &publication).to_string();
            store::releases::insert(&tx, snapshot.process, &publication, body).await?;
            last = Some(publication.date);
        }
        tx.commit().await?;
        metrics::counter!("bfw_ocds_releases_total").increment(waiting.events.len() as u64);
        Ok(())
    }
}

/// What is said of a release. A clock that went back between two events does not put the later before the earlier.
fn publication(event: &Event, last: Option<Timestamp>, now: Timestamp) -> Publication {
    let date = last.map_or(event.at, |last| last.max(event.at));
    Publication {
        sequence: event.sequence,
        tag: event.tag.as_str().to_owned(),
        happened_at: event.at,
        date,
        at: Some(now),
    }
}
