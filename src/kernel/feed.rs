//! Who listens is fed: one reader of events a process, for as long as anybody listens, and a copy for each listener.
//!
//! What holds: a listener is given everything that commits after [`Lease::listen`] returned, each once, or is told that something
//! was [`Lost`]; never less without being told. A source that fails is asked again, later each time, from where the reader was.

use std::{
    pin::Pin,
    sync::{Arc, Weak},
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    sync::{Mutex, broadcast, futures::Notified},
    time::Instant,
};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::db::{
    DbErr,
    events::{Event, KEPT, Position},
};

/// Events that a listener may be behind by.
const BEHIND_MAX: usize = 1_024;

/// How a reader reads.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How often the source is asked whether or not it says that something came: so late is heard what another process wrote.
    pub every: Duration,
    /// How long a reader that fails waits at most before it tries again.
    pub trouble_max: Duration,
    /// How long it may have failed without anything being lost.
    pub patience: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        let patience = KEPT.to_std().unwrap_or_default();
        Self { every: Duration::from_millis(250), trouble_max: Duration::from_secs(5), patience }
    }
}

/// Where events come from.
#[async_trait]
pub trait Source: Send + Sync + 'static {
    /// Where a reader begins that wants what comes from now on.
    ///
    /// # Errors
    /// When it cannot be told now.
    async fn begin(&self) -> Result<Position, DbErr>;

    /// What came since, and moves the position on.
    ///
    /// # Errors
    /// When it cannot be told now; the position stays.
    async fn since(&self, position: &mut Position) -> Result<Vec<Event>, DbErr>;

    /// Ends when something may have come, if this is noticed.
    fn woken(&self) -> Pin<Box<Notified<'_>>>;
}

/// Something that was to be heard is lost: too much came, or the reader stood still for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost;

#[derive(Clone)]
enum Fed {
    Event(Arc<Event>),
    Gap,
}

/// The feed of a process. Cheap to clone.
#[derive(Clone)]
pub struct Feed {
    source: Arc<dyn Source>,
    pace: Pace,
    reading: Arc<Mutex<Weak<Reading>>>,
}

/// A reader under way; it ends with the last that holds this.
struct Reading {
    sender: broadcast::Sender<Fed>,
    _stop: DropGuard,
}

/// Keeps the reader going.
#[derive(Clone)]
pub struct Lease(Arc<Reading>);

/// Hears events.
pub struct Listener {
    receiver: broadcast::Receiver<Fed>,
    _lease: Lease,
}

impl Feed {
    /// A feed from a source.
    #[must_use]
    pub fn new(source: Arc<dyn Source>, pace: Pace) -> Self {
        Self { source, pace, reading: Arc::default() }
    }

    /// Has events read from now on, until the last lease and listener is gone.
    ///
    /// # Errors
    /// When the source cannot be read now.
    pub async fn lease(&self) -> Result<Lease, DbErr> {
        let mut reading = self.reading.lock().await;
        if let Some(going) = reading.upgrade() {
            return Ok(Lease(going));
        }
        let position = self.source.begin().await?;
        let (sender, _) = broadcast::channel(BEHIND_MAX);
        let stop = CancellationToken::new();
        tokio::spawn(read(Arc::clone(&self.source), self.pace, position, sender.clone(), stop.clone()));
        let going = Arc::new(Reading { sender, _stop: stop.drop_guard() });
        *reading = Arc::downgrade(&going);
        Ok(Lease(going))
    }
}

impl Lease {
    /// Hears everything that commits from now on.
    #[must_use]
    pub fn listen(&self) -> Listener {
        Listener { receiver: self.0.sender.subscribe(), _lease: self.clone() }
    }
}

impl Listener {
    /// The next event.
    ///
    /// # Errors
    /// [`Lost`]; whoever wants to go on has to look for herself what she missed.
    pub async fn next(&mut self) -> Result<Arc<Event>, Lost> {
        match self.receiver.recv().await {
            Ok(Fed::Event(event)) => Ok(event),
            Ok(Fed::Gap) | Err(broadcast::error::RecvError::Lagged(_) | broadcast::error::RecvError::Closed) => {
                Err(Lost)
            }
        }
    }
}

async fn read(
    source: Arc<dyn Source>,
    pace: Pace,
    mut position: Position,
    sender: broadcast::Sender<Fed>,
    stop: CancellationToken,
) {
    let (mut wait, mut last) = (pace.every, Instant::now());
    loop {
        let woken = source.woken();
        let read = tokio::select! {
            () = stop.cancelled() => return,
            read = source.since(&mut position) => read,
        };
        match read {
            Ok(events) => {
                // After so long, what was missed may have been swept; whoever listens had better look for herself.
                if last.elapsed() > pace.patience {
                    tracing::warn!("events were not read for so long that some may be lost; listeners are told");
                    tell(&sender, Fed::Gap);
                }
                (wait, last) = (pace.every, Instant::now());
                for event in events {
                    tell(&sender, Fed::Event(Arc::new(event)));
                }
            }
            Err(error) => {
                metrics::counter!("bfw_event_reads_failed_total").increment(1);
                tracing::warn!(%error, "events cannot be read; trying again");
                wait = (wait * 2).min(pace.trouble_max);
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(wait) => {}
                }
                continue;
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = woken => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Gives it to whoever listens; nobody may, at the moment.
fn tell(sender: &broadcast::Sender<Fed>, fed: Fed) {
    let _listeners = sender.send(fed);
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex as Blocking;

    use tokio::sync::Notify;
    use uuid::Uuid;

    use super::*;
    use crate::kernel::db::events::Topic;

    /// A source that a test fills, and that fails when it is told to.
    #[derive(Default)]
    struct Made {
        events: Blocking<Vec<Event>>,
        begun: Blocking<u32>,
        asked: Blocking<u32>,
        fails: Blocking<bool>,
        read: Blocking<usize>,
        signal: Notify,
    }

    impl Made {
        fn happens(&self, id: i64) {
            let at = chrono::DateTime::UNIX_EPOCH;
            let (topic, what) = (Topic::Listing, "made".to_owned());
            self.events.lock().unwrap().push(Event { id, topic, what, subject: Uuid::nil(), within: Uuid::nil(), at });
        }

        fn fails(&self, whether: bool) {
            *self.fails.lock().unwrap() = whether;
        }

        fn asked(&self) -> u32 {
            *self.asked.lock().unwrap()
        }

        async fn asked_more_than(&self, times: u32) {
            while self.asked() <= times {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }

    #[async_trait]
    impl Source for Made {
        async fn begin(&self) -> Result<Position, DbErr> {
            if *self.fails.lock().unwrap() {
                return Err(DbErr::Custom("away".to_owned()));
            }
            *self.begun.lock().unwrap() += 1;
            *self.read.lock().unwrap() = self.events.lock().unwrap().len();
            Ok(Position::default())
        }

        async fn since(&self, _: &mut Position) -> Result<Vec<Event>, DbErr> {
            *self.asked.lock().unwrap() += 1;
            if *self.fails.lock().unwrap() {
                return Err(DbErr::Custom("away".to_owned()));
            }
            let events = self.events.lock().unwrap();
            let mut read = self.read.lock().unwrap();
            let new = events[*read..].to_vec();
            *read = events.len();
            Ok(new)
        }

        fn woken(&self) -> Pin<Box<Notified<'_>>> {
            Box::pin(self.signal.notified())
        }
    }

    fn feed(source: &Arc<Made>) -> Feed {
        let (every, trouble_max) = (Duration::from_millis(2), Duration::from_millis(4));
        feed_at(source, Pace { every, trouble_max, ..Pace::default() })
    }

    fn feed_at(source: &Arc<Made>, pace: Pace) -> Feed {
        Feed::new(Arc::clone(source) as Arc<dyn Source>, pace)
    }

    #[tokio::test]
    async fn each_listener_hears_everything_from_then_on_once() {
        let source = Arc::new(Made::default());
        source.happens(1);
        let feed = feed(&source);
        let lease = feed.lease().await.unwrap();
        let mut one = lease.listen();
        source.happens(2);
        assert_eq!(one.next().await.map(|event| event.id), Ok(2));
        let mut other = feed.lease().await.unwrap().listen();
        source.happens(3);
        source.happens(4);
        for listener in [&mut one, &mut other] {
            assert_eq!(listener.next().await.map(|event| event.id), Ok(3));
            assert_eq!(listener.next().await.map(|event| event.id), Ok(4));
        }
        assert_eq!(*source.begun.lock().unwrap(), 1, "one reader feeds all");
    }

    #[tokio::test]
    async fn nothing_is_lost_while_the_source_is_away() {
        let source = Arc::new(Made::default());
        let mut listener = feed(&source).lease().await.unwrap().listen();
        source.fails(true);
        source.happens(1);
        source.asked_more_than(source.asked() + 4).await;
        source.happens(2);
        source.fails(false);
        assert_eq!(listener.next().await.map(|event| event.id), Ok(1));
        assert_eq!(listener.next().await.map(|event| event.id), Ok(2));
    }

    #[tokio::test]
    async fn whoever_cannot_follow_is_told_that_something_is_lost() {
        let source = Arc::new(Made::default());
        let mut listener = feed(&source).lease().await.unwrap().listen();
        source.fails(true);
        for id in 0..=BEHIND_MAX as i64 {
            source.happens(id);
        }
        source.fails(false);
        source.asked_more_than(source.asked() + 2).await;
        assert_eq!(listener.next().await, Err(Lost));
    }

    #[tokio::test]
    async fn an_absence_longer_than_events_are_kept_is_told() {
        let source = Arc::new(Made::default());
        let patience = Duration::from_millis(20);
        let pace = Pace { every: Duration::from_millis(2), trouble_max: Duration::from_millis(4), patience };
        let mut listener = feed_at(&source, pace).lease().await.unwrap().listen();
        source.fails(true);
        tokio::time::sleep(patience * 2).await;
        source.happens(1);
        source.fails(false);
        assert_eq!(listener.next().await, Err(Lost));
    }

    #[tokio::test]
    async fn nobody_asks_the_source_while_nobody_listens() {
        let source = Arc::new(Made::default());
        let feed = feed(&source);
        let lease = feed.lease().await.unwrap();
        source.asked_more_than(0).await;
        drop(lease);
        // The feed and this test hold it, and no reader.
        while Arc::strong_count(&source) > 2 {
            tokio::task::yield_now().await;
        }
        source.fails(true);
        assert!(feed.lease().await.is_err());
        source.fails(false);
        assert!(feed.lease().await.is_ok());
        assert_eq!(*source.begun.lock().unwrap(), 2);
    }
}
