//! Work that takes a processor for long: on threads of its own, which make way for those that answer.
//!
//! Among equals, two hashes of passwords on two processors would leave everybody else a half of each. So these threads are given
//! a lower priority where the system has such a thing for threads (Linux): what they leave undone they do when nobody asks.
//! How many there are is for whoever starts them to bound.

use tokio::sync::oneshot;

use super::{Fault, admission::aside};

/// How much less they count: about a third as much as a thread that answers.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 5;

/// Does the work and gives what comes of it. Once begun it is done, though nobody waits for it any more.
///
/// # Errors
/// [`Fault::Internal`] where no thread can be had or the work panics.
pub async fn heavy<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Fault> {
    let (tell, told) = oneshot::channel();
    let thread = std::thread::Builder::new().name(what.to_owned()).spawn(move || {
        make_way();
        // Whoever asked may have gone.
        drop(tell.send(work()));
    });
    thread.map_err(|error| Fault::Internal(format!("{what}: no thread: {error}")))?;
    aside(told).await.map_err(|_| Fault::Internal(format!("{what}: it panicked; the log says where")))
}

/// Has the rest of the thread count less than others.
#[cfg(target_os = "linux")]
fn make_way() {
    // On Linux a priority is a thread's, and "this process" is this thread (setpriority(2), "C library/kernel differences").
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "heavy work counts as much as any other");
    }
}

#[cfg(not(target_os = "linux"))]
fn make_way() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_comes_of_the_work_is_told_and_so_is_a_panic() {
        assert_eq!(heavy("sum", || 1 + 1).await.unwrap(), 2);
        let panicked: Result<(), Fault> = heavy("panic", || panic!("on purpose")).await;
        assert!(matches!(panicked, Err(Fault::Internal(told)) if told.starts_with("panic: it panicked")));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn it_makes_way_for_the_threads_that_answer() {
        let here = rustix::process::getpriority_process(None).unwrap();
        let there = heavy("priority", || rustix::process::getpriority_process(None).unwrap()).await.unwrap();
        assert_eq!(there, (here + NICENESS).min(19));
        assert_eq!(rustix::process::getpriority_process(None).unwrap(), here, "and only they");
    }
}
