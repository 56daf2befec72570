//! How much is worked on at once, and what happens beyond that: load is shed, at once and in words, before everybody waits.
//!
//! Everyone inside shares the processor and the database, so each takes as many times longer as there are others. Up to `most`
//! that is what a burst is, and all of it is served. Beyond, more comes than can be done, and whoever were let in would only wait
//! longer, and make the others wait. Then only `few` are let in at the same time, an eighth, until hardly anybody has to be turned
//! away, or half of the time there was room even so: so whoever is served is served about as fast as ever, and the others know
//! within a millisecond.
//!
//! Work that waits for something with a queue of its own (a password to be hashed, a report to be made) steps [`aside`]
//! meanwhile: the queue is bounded there, and those who only wait keep nobody out.

use std::{
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

/// What part of `most` is let in while load is shed.
const SHARE_WHILE_SHEDDING: usize = 8;
/// Load is no longer shed once less than one in so many is turned away ...
const CALM_ONE_IN: u64 = 10;
/// ... over so long.
const WINDOW: Duration = Duration::from_millis(100);

/// The door. Cheap to clone; all clones are one door.
#[derive(Debug, Clone)]
pub struct Admission(Arc<Door>);

#[derive(Debug)]
struct Door {
    most: usize,
    /// How many are let in while load is shed.
    few: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug)]
struct Counts {
    inside: usize,
    shedding: bool,
    window_began: Instant,
    came: u64,
    refused: u64,
    /// How long of the window fewer were inside than are let in while load is shed.
    roomy: Duration,
    /// When that was last added to.
    noted: Instant,
}

/// There was no room; another try may find some in a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// How things are at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// How many are inside.
    pub inside: usize,
    /// Whether load is shed.
    pub shedding: bool,
}

impl Admission {
    /// Lets in up to `most` at once.
    #[must_use]
    pub fn new(most: usize) -> Self {
        let most = most.max(1);
        let few = (most / SHARE_WHILE_SHEDDING).max(1);
        Self(Arc::new(Door { most, few, counts: Mutex::new(Counts::at(Instant::now())) }))
    }

    /// Goes in, if there is room.
    ///
    /// # Errors
    /// [`Full`], without waiting.
    pub fn enter(&self) -> Result<Place, Full> {
        self.enter_at(Instant::now())
    }

    fn enter_at(&self, now: Instant) -> Result<Place, Full> {
        let entered = self.0.counts().enter(now, self.0.most, self.0.few);
        if entered {
            return Ok(Place(Arc::new(Taken { door: Arc::clone(&self.0), aside: AtomicUsize::new(0) })));
        }
        metrics::counter!("bfw_shed_total").increment(1);
        Err(Full)
    }

    /// How things are.
    #[must_use]
    pub fn load(&self) -> Load {
        let counts = self.0.counts();
        Load { inside: counts.inside, shedding: counts.shedding }
    }
}

impl Door {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leave(&self) {
        let mut counts = self.counts();
        counts.note(Instant::now(), self.few);
        counts.inside -= 1;
    }

    fn come_back(&self) {
        let mut counts = self.counts();
        counts.note(Instant::now(), self.few);
        counts.inside += 1;
    }
}

impl Counts {
    fn at(now: Instant) -> Self {
        let (roomy, noted) = (Duration::ZERO, now);
        Self { inside: 0, shedding: false, window_began: now, came: 0, refused: 0, roomy, noted }
    }

    /// Takes down how it was until now, before it changes.
    fn note(&mut self, now: Instant, few: usize) {
        if self.inside < few {
            self.roomy += now.saturating_duration_since(self.noted);
        }
        self.noted = now;
    }

    fn enter(&mut self, now: Instant, most: usize, few: usize) -> bool {
        self.note(now, few);
        let passed = now.saturating_duration_since(self.window_began);
        if passed >= WINDOW {
            let is_calm = self.refused * CALM_ONE_IN < self.came || self.roomy * 2 >= passed;
            self.shedding &= !is_calm;
            (self.window_began, self.came, self.refused, self.roomy) = (now, 0, 0, Duration::ZERO);
        }
        self.came += 1;
        let room = if self.shedding { few } else { most };
        if self.inside < room {
            self.inside += 1;
            return true;
        }
        self.refused += 1;
        self.shedding = true;
        false
    }
}

tokio::task_local! {
    static PLACE: Place;
}

/// The right to be inside, until it is dropped.
#[derive(Debug, Clone)]
pub struct Place(Arc<Taken>);

#[derive(Debug)]
struct Taken {
    door: Arc<Door>,
    /// How many parts of the work wait aside.
    aside: AtomicUsize,
}

impl Place {
    /// Does the work in this place; what steps [`aside`] in it leaves the place meanwhile.
    pub async fn hold<T>(self, work: impl Future<Output = T>) -> T {
        PLACE.scope(self, work).await
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.door.leave();
    }
}

/// Waits for `work` without keeping anybody out. It comes back in whatever the load: what is begun is finished.
pub async fn aside<T>(work: impl Future<Output = T>) -> T {
    let _back_then = PLACE.try_with(Aside::step).ok();
    work.await
}

/// Steps back in when it is dropped, also when nobody waits any longer.
struct Aside(Place);

impl Aside {
    fn step(place: &Place) -> Self {
        if place.0.aside.fetch_add(1, Ordering::AcqRel) == 0 {
            place.0.door.leave();
        }
        Self(place.clone())
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if self.0.0.aside.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.0.door.come_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_burst_is_served_and_what_exceeds_it_is_turned_away() {
        let door = Admission::new(16);
        let burst: Vec<Place> = (0..16).map(|_| door.enter().unwrap()).collect();
        assert_eq!(door.load(), Load { inside: 16, shedding: false });
        assert!(door.enter().is_err());
        assert!(door.load().shedding);
        drop(burst);
        assert_eq!(door.load().inside, 0);
    }

    #[test]
    fn while_load_is_shed_few_are_inside_and_it_ends_by_itself() {
        let door = Admission::new(16);
        let mut now = Instant::now();
        let burst: Vec<Place> = (0..16).map(|_| door.enter_at(now).unwrap()).collect();
        assert!(door.enter_at(now).is_err());
        drop(burst);
        let two = [door.enter_at(now).unwrap(), door.enter_at(now).unwrap()];
        for _ in 0..15 {
            now += WINDOW / 10;
            assert!(door.enter_at(now).is_err(), "an eighth of sixteen, as long as others have to be turned away");
        }
        drop(two);
        for _ in 0..30 {
            now += WINDOW / 10;
            door.enter_at(now).unwrap();
        }
        let burst: Vec<Place> = (0..16).map(|_| door.enter_at(now).unwrap()).collect();
        assert_eq!(door.load(), Load { inside: burst.len(), shedding: false });
    }

    #[test]
    fn small_bursts_after_a_flood_are_soon_served_whole() {
        let mut now = Instant::now();
        let mut counts = Counts { shedding: true, ..Counts::at(now) };
        // Four at once every 50 ms, of which each takes 5 ms: three are turned away each time, and there is room all the while.
        let mut served = Vec::new();
        for _ in 0..6 {
            let entered = (0..4).filter(|_| counts.enter(now, 8, 1)).count();
            now += Duration::from_millis(5);
            counts.note(now, 1);
            counts.inside -= entered;
            served.push(entered);
            now += Duration::from_millis(45);
        }
        assert_eq!(served, [1, 1, 4, 4, 4, 4]);
    }

    #[tokio::test]
    async fn who_waits_aside_keeps_nobody_out() {
        let door = Admission::new(1);
        let place = door.enter().unwrap();
        let inside = door.clone();
        place
            .hold(async move {
                aside(async {
                    assert_eq!(inside.load().inside, 0);
                    inside.enter().unwrap();
                })
                .await;
                assert_eq!(inside.load().inside, 1);
                tokio::join!(aside(std::future::ready(())), aside(async { assert_eq!(inside.load().inside, 0) }));
                assert_eq!(inside.load().inside, 1);
            })
            .await;
        assert_eq!(door.load().inside, 0);
        assert_eq!(aside(std::future::ready(1)).await, 1, "outside of any place there is nothing to leave");
    }

    #[tokio::test]
    async fn a_place_is_given_back_by_work_that_is_cut_off() {
        let door = Admission::new(1);
        let place = door.enter().unwrap();
        let work = place.hold(aside(pending::<()>()));
        assert!(tokio::time::timeout(Duration::from_millis(1), work).await.is_err());
        assert_eq!(door.load().inside, 0);
        door.enter().unwrap();
    }

    proptest! {
        #[test]
        fn never_are_more_inside_than_most(
            steps in proptest::collection::vec((any::<bool>(), 0_u64..50), 1..300)
        ) {
            let mut counts = Counts::at(Instant::now());
            let mut now = counts.window_began;
            for (comes, milliseconds) in steps {
                now += Duration::from_millis(milliseconds);
                if comes {
                    let (before, idle) = (counts.inside, counts.inside == 0);
                    let entered = counts.enter(now, 24, 3);
                    prop_assert_eq!(counts.inside, before + usize::from(entered));
                    prop_assert!(entered || !idle, "where nobody is inside, everybody is let in");
                } else {
                    counts.note(now, 3);
                    counts.inside = counts.inside.saturating_sub(1);
                }
                prop_assert!(counts.inside <= 24);
            }
        }
    }
}
