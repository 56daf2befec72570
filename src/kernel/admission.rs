//! How much is worked on at once, and what happens beyond that: load is shed, at once and in words, before everybody waits.
//!
//! Everyone inside shares the processor and the database, so each takes as many times longer as there are others. Up to `most`
//! that is what a burst is, and all of it is served. Beyond, more comes than can be done, and whoever were let in would only wait
//! longer, and make the others wait. Then only `few` are let in at the same time, an eighth, until hardly anybody has to be turned
//! away, or all who came could have been served one after the other and half of the time there was room: so whoever is served does
//! not wait for all the others, and they know within a millisecond. To turn away costs, too: where so many come that those inside
//! take much longer than usual even so, still fewer are let in, down to one, until they do not.
//!
//! Work that waits for something with a queue of its own (a password to be hashed, a report to be made) steps [`aside`]
//! meanwhile: the queue is bounded there, and those who only wait keep nobody out.

use std::{
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
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
/// Those inside take much longer than usual once it is so many times as long.
const MUCH_LONGER: u32 = 2;
/// What one more of them adds to what is usual: one in so many.
const USUAL_OF: u32 = 64;

/// The door. Cheap to clone; all clones are one door.
#[derive(Debug, Clone)]
pub struct Admission(Arc<Door>);

#[derive(Debug)]
struct Door {
    most: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug)]
struct Counts {
    inside: usize,
    shedding: bool,
    /// How many are let in while load is shed, at most.
    few_max: usize,
    /// How many are at the moment.
    few: usize,
    /// How long it takes while hardly anybody is inside; zero as long as that is not known.
    usual: Duration,
    /// How many were served in the window, and how long all of them took.
    served: u32,
    took: Duration,
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
        Self(Arc::new(Door { most, counts: Mutex::new(Counts::at(Instant::now(), few)) }))
    }

    /// Goes in, if there is room.
    ///
    /// # Errors
    /// [`Full`], without waiting.
    pub fn enter(&self) -> Result<Place, Full> {
        self.enter_at(Instant::now())
    }

    fn enter_at(&self, now: Instant) -> Result<Place, Full> {
        if self.0.counts().enter(now, self.0.most) {
            let (door, aside) = (Arc::clone(&self.0), AtomicUsize::new(0));
            return Ok(Place(Arc::new(Taken { door, entered: now, was_aside: AtomicBool::new(false), aside })));
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

    fn step_out(&self) {
        let mut counts = self.counts();
        counts.note(Instant::now());
        counts.inside -= 1;
    }

    fn come_back(&self) {
        let mut counts = self.counts();
        counts.note(Instant::now());
        counts.inside += 1;
    }
}

impl Counts {
    fn at(now: Instant, few: usize) -> Self {
        Self {
            inside: 0,
            shedding: false,
            few_max: few,
            few,
            usual: Duration::ZERO,
            served: 0,
            took: Duration::ZERO,
            window_began: now,
            came: 0,
            refused: 0,
            roomy: Duration::ZERO,
            noted: now,
        }
    }

    /// Takes down how it was until now, before it changes.
    fn note(&mut self, now: Instant) {
        if self.inside < self.few {
            self.roomy += now.saturating_duration_since(self.noted);
        }
        self.noted = now;
    }

    /// Takes down how long it took to serve somebody.
    fn served(&mut self, took: Duration) {
        self.served += 1;
        self.took += took;
        if !self.shedding && self.inside <= self.few_max {
            let before = if self.usual.is_zero() { took } else { self.usual };
            self.usual = before - before / USUAL_OF + took / USUAL_OF;
        }
    }

    fn begin_window(&mut self, now: Instant) {
        (self.window_began, self.came, self.refused, self.roomy) = (now, 0, 0, Duration::ZERO);
        (self.served, self.took) = (0, Duration::ZERO);
    }

    fn enter(&mut self, now: Instant, most: usize) -> bool {
        self.note(now);
        let passed = now.saturating_duration_since(self.window_began);
        if passed >= WINDOW {
            // Where one is let in at a time there is room between them, however many come.
            let one_by_one = u32::try_from(self.came).map_or(Duration::MAX, |came| self.usual.saturating_mul(came));
            let is_calm = self.refused * CALM_ONE_IN < self.came || (self.roomy * 2 >= passed && one_by_one <= passed);
            self.shedding &= !is_calm;
            self.few = match self.took.checked_div(self.served) {
                _ if !self.shedding => self.few_max,
                Some(each) if !self.usual.is_zero() && each > self.usual * MUCH_LONGER => (self.few / 2).max(1),
                Some(_) => (self.few + 1).min(self.few_max),
                None => self.few,
            };
            self.begin_window(now);
        }
        self.came += 1;
        let room = if self.shedding { self.few } else { most };
        if self.inside < room {
            self.inside += 1;
            return true;
        }
        if !self.shedding {
            // Whether it is over is told by what comes from now on, not by how quiet it was.
            self.shedding = true;
            self.begin_window(now);
            self.came = 1;
        }
        self.refused += 1;
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
    entered: Instant,
    /// Whether it waited for something else on the way, which says nothing of how much there is to do here.
    was_aside: AtomicBool,
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
        let now = Instant::now();
        let mut counts = self.door.counts();
        counts.note(now);
        counts.inside -= 1;
        if !self.was_aside.load(Ordering::Relaxed) {
            counts.served(now.saturating_duration_since(self.entered));
        }
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
            place.0.was_aside.store(true, Ordering::Relaxed);
            place.0.door.step_out();
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
        let mut counts = Counts { shedding: true, ..Counts::at(now, 1) };
        // Four at once every 50 ms, of which each takes 5 ms: three are turned away each time, and there is room all the while.
        let mut served = Vec::new();
        for _ in 0..6 {
            let entered = (0..4).filter(|_| counts.enter(now, 8)).count();
            now += Duration::from_millis(5);
            counts.note(now);
            counts.inside -= entered;
            served.push(entered);
            now += Duration::from_millis(45);
        }
        assert_eq!(served, [1, 1, 4, 4, 4, 4]);
    }

    #[test]
    fn how_quiet_it_was_before_a_flood_does_not_end_it() {
        let mut now = Instant::now();
        let mut counts = Counts { usual: Duration::from_millis(1), ..Counts::at(now, 1) };
        for _ in 0..90 {
            now += WINDOW / 100;
            counts.enter(now, 8);
            counts.note(now);
            counts.inside = 0;
        }
        for _ in 0..9 {
            counts.enter(now, 8);
        }
        assert!(counts.shedding);
        now += WINDOW / 10;
        assert!(!counts.enter(now, 8), "one of a hundred was turned away, but that was the beginning");
        assert!(counts.shedding);
    }

    #[test]
    fn room_between_those_who_are_let_in_does_not_end_a_flood() {
        let mut now = Instant::now();
        let mut counts = Counts { shedding: true, usual: Duration::from_millis(1), ..Counts::at(now, 1) };
        // Thirty at once every millisecond, of which one takes a fifth of it.
        for _ in 0..500 {
            let entered = (0..30).filter(|_| counts.enter(now, 64)).count();
            assert_eq!(entered, 1);
            now += Duration::from_micros(200);
            counts.note(now);
            counts.inside -= entered;
            now += Duration::from_micros(800);
        }
        // As many as can be served one after the other are no flood.
        for _ in 0..5 {
            now += WINDOW / 2;
            counts.enter(now, 64);
            counts.note(now);
            counts.inside = 0;
        }
        assert!(!counts.shedding);
    }

    /// A window in which many are turned away and there is never room, and those inside take so long each. Gives how many are let
    /// in at once in the next.
    fn after_a_flood(counts: &mut Counts, now: &mut Instant, took: Duration) -> usize {
        (counts.came, counts.refused, counts.roomy) = (100, 90, Duration::ZERO);
        for _ in 0..10 {
            counts.served(took);
        }
        *now += WINDOW;
        counts.noted = *now;
        let entered = (0..64).filter(|_| counts.enter(*now, 64)).count();
        counts.inside -= entered;
        entered
    }

    #[test]
    fn where_those_inside_take_much_longer_than_usual_still_fewer_are_let_in_until_they_do_not() {
        let usual = Duration::from_millis(2);
        let mut now = Instant::now();
        let mut counts = Counts::at(now, 8);
        counts.served(usual);
        (counts.shedding, counts.served, counts.took) = (true, 0, Duration::ZERO);
        let slow: Vec<usize> = (0..5).map(|_| after_a_flood(&mut counts, &mut now, 5 * usual)).collect();
        assert_eq!(slow, [4, 2, 1, 1, 1]);
        let fast: Vec<usize> = (0..3).map(|_| after_a_flood(&mut counts, &mut now, usual)).collect();
        assert_eq!(fast, [2, 3, 4]);
        assert_eq!(counts.usual, usual, "how long it takes in a flood is not usual");
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
            let mut counts = Counts::at(Instant::now(), 3);
            let mut now = counts.window_began;
            for (comes, milliseconds) in steps {
                now += Duration::from_millis(milliseconds);
                if comes {
                    let (before, idle) = (counts.inside, counts.inside == 0);
                    let entered = counts.enter(now, 24);
                    prop_assert_eq!(counts.inside, before + usize::from(entered));
                    prop_assert!(entered || !idle, "where nobody is inside, everybody is let in");
                } else {
                    counts.note(now);
                    counts.inside = counts.inside.saturating_sub(1);
                }
                prop_assert!(counts.inside <= 24);
            }
        }
    }
}
