//! What is measured of every route.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use metrics::{Counter, Histogram};

use crate::kernel::telemetry;

/// Of every route that was asked for.
///
/// A measure is found once for a route: to find it again for every request would cost more than to count.
#[derive(Default)]
pub(super) struct Measures(RwLock<HashMap<Box<str>, Arc<Measure>>>);

/// Of one route.
pub(super) struct Measure {
    /// By the first digit of the status.
    answered: [Counter; CLASSES.len()],
    seconds: Histogram,
}

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

impl Measures {
    pub(super) fn of(&self, route: &str) -> Arc<Measure> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(route).cloned();
        known.unwrap_or_else(|| {
            let mut routes = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(routes.entry(route.into()).or_insert_with(|| Arc::new(Measure::of(route))))
        })
    }
}

impl Measure {
    fn of(route: &str) -> Self {
        // What is made before the counting begins counts nothing, and this is kept.
        let _recorder = telemetry::metrics();
        let route = route.to_owned();
        Self {
            answered: CLASSES
                .map(|class| metrics::counter!("bfw_http_requests_total", "route" => route.clone(), "status" => class)),
            seconds: metrics::histogram!("bfw_http_request_seconds", "route" => route),
        }
    }

    pub(super) fn answered(&self, status: u16, elapsed: Duration) {
        // What is no status of HTTP is our failure.
        let class = usize::from(status / 100).checked_sub(1).and_then(|class| self.answered.get(class));
        if let Some(counter) = class.or(self.answered.last()) {
            counter.increment(1);
        }
        self.seconds.record(elapsed.as_secs_f64());
    }
}
