//! Reports that are being made. Over very many purchases that takes longer than a request may: what was begun is finished though nobody
//! waits for it any more, and is there for whoever asks again. However many ask for the same one, it is made once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{Semaphore, watch};

use crate::{
    insight::{
        Insight,
        model::report::{cell::Tally, digest::Digests, scope::Scope},
        store,
    },
    kernel::{Fault, admission::aside, clock::Timestamp},
};

/// How many reports are made at the same time. Each keeps a connection and most of a processor.
const AT_ONCE: usize = 2;
/// How many reports are made or wait for their turn: beyond that, whoever asks is told to come back.
const JOBS_MAX: usize = 16;
/// How long a report is kept that nobody waited for.
const KEPT: Duration = Duration::from_secs(5 * 60);

/// What a report tells of, and whether the facts behind it are digested.
type Asked = (Scope, bool);

/// The numbers of a report.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) tally: Tally,
    pub(super) digests: Option<Digests>,
}

/// A report that is being made, or was made while nobody waited.
#[derive(Debug)]
struct Job {
    outcome: watch::Receiver<Option<Arc<Counted>>>,
    /// Until when it is kept; none while it is being made.
    until: Option<Timestamp>,
}

/// The reports that are being made, and those that wait to be asked for again.
#[derive(Debug)]
pub(in crate::insight) struct Making {
    jobs: Mutex<HashMap<Asked, Job>>,
    turns: Semaphore,
}

impl Default for Making {
    fn default() -> Self {
        Self { jobs: Mutex::default(), turns: Semaphore::new(AT_ONCE) }
    }
}

impl Making {
    fn with_jobs<T>(&self, work: impl FnOnce(&mut HashMap<Asked, Job>) -> T) -> T {
        work(&mut self.jobs.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Insight {
    /// The numbers that are asked for, as they were when they began to be counted.
    ///
    /// # Errors
    /// When the database cannot answer, or too many reports are being made.
    pub(super) async fn counted(&self, asked: Asked) -> Result<Arc<Counted>, Fault> {
        let mut outcome = self.join(asked)?;
        let made = aside(outcome.wait_for(Option::is_some)).await.ok().and_then(|made| made.clone());
        match made {
            Some(counted) => Ok(counted),
            // It could not be made, which was told to nobody: whoever asks is to hear why.
            None => self.count(asked).await.map(Arc::new),
        }
    }

    /// What comes of the report that is asked for; begins to make it, if nobody did.
    fn join(&self, asked: Asked) -> Result<watch::Receiver<Option<Arc<Counted>>>, Fault> {
        let now = self.services.now();
        let (told, outcome) = watch::channel(None);
        let begun = self.making.with_jobs(|jobs| {
            // Nobody is left to tell what a job came to that broke off.
            jobs.retain(|_, job| job.until.map_or_else(|| job.outcome.has_changed().is_ok(), |until| now < until));
            match jobs.get(&asked) {
                // What was made is told once: whoever asks later wants what is true then.
                Some(job) if job.until.is_some() => return Ok(jobs.remove(&asked).map(|job| job.outcome)),
                Some(job) => return Ok(Some(job.outcome.clone())),
                None => {}
            }
            if jobs.len() >= JOBS_MAX {
                return Err(Fault::Overloaded("too many reports are being made"));
            }
            jobs.insert(asked, Job { outcome: outcome.clone(), until: None });
            Ok(None)
        })?;
        if let Some(begun) = begun {
            return Ok(begun);
        }
        let room = self.clone();
        tokio::spawn(async move {
            let made = Box::pin(room.count(asked)).await;
            room.tell(asked, made, told);
        });
        Ok(outcome)
    }

    /// Tells all who wait, or keeps what was made where nobody does.
    fn tell(&self, asked: Asked, made: Result<Counted, Fault>, told: watch::Sender<Option<Arc<Counted>>>) {
        let until = self.services.now() + KEPT;
        self.making.with_jobs(|jobs| match made {
            // One receiver is the job's own.
            Ok(counted) => {
                if told.receiver_count() > 1 {
                    jobs.remove(&asked);
                } else if let Some(job) = jobs.get_mut(&asked) {
                    job.until = Some(until);
                }
                told.send_replace(Some(Arc::new(counted)));
            }
            Err(error) => {
                tracing::warn!(%error, "a report could not be made");
                jobs.remove(&asked);
            }
        });
    }

    async fn count(&self, (scope, with_digests): Asked) -> Result<Counted, Fault> {
        let turn = self.making.turns.acquire().await;
        let _turn = turn.map_err(|error| Fault::Internal(error.to_string()))?;
        let reading = self.services.db.begin_reading().await?;
        let tally = store::report::tally(&reading, &scope, &self.targets).await?;
        let digests =
            if with_digests { Some(store::report::digests(&reading, &scope, &self.targets).await?) } else { None };
        reading.commit().await?;
        Ok(Counted { tally, digests })
    }
}
