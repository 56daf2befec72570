//! The background work beside a command, and what becomes of it when it ends by itself.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::CommandError;

/// How long background work may go on after it was asked to stop. What is cut off then is done again after the next start.
const PATIENCE: Duration = Duration::from_secs(30);

/// Background work under way.
pub(super) struct Background {
    working: JoinHandle<()>,
    stop: CancellationToken,
    ended: CancellationToken,
}

impl Background {
    /// Begins the work, which goes on until its token is cancelled.
    pub(super) fn start<W>(work: impl FnOnce(CancellationToken) -> W) -> Self
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let (stop, ended) = (CancellationToken::new(), CancellationToken::new());
        let work = work(stop.clone());
        // Dropped however the work ends, also by a panic.
        let at_the_end = ended.clone().drop_guard();
        let working = tokio::spawn(async move {
            let _at_the_end = at_the_end;
            work.await;
        });
        Self { working, stop, ended }
    }

    /// Ends when `asked` does, or when the work ended though nobody asked it to: then the process is of no more use.
    pub(super) fn until<A: Future<Output = ()>>(&self, asked: A) -> impl Future<Output = ()> + use<A> {
        let ended = self.ended.clone();
        async move {
            tokio::select! {
                () = asked => {}
                () = ended.cancelled() => tracing::error!("the background work ended by itself; stopping"),
            }
        }
    }

    /// Asks the work to stop and waits for it, but not for ever.
    pub(super) async fn stop(self) -> Result<(), CommandError> {
        self.stop_within(PATIENCE).await
    }

    async fn stop_within(mut self, patience: Duration) -> Result<(), CommandError> {
        let by_itself = self.ended.is_cancelled();
        self.stop.cancel();
        match tokio::time::timeout(patience, &mut self.working).await {
            Ok(Ok(())) if by_itself => Err(CommandError::Other("the background work ended by itself".to_owned())),
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(CommandError::Other(format!("the background work ended badly: {error}"))),
            Err(_) => {
                tracing::warn!(seconds = patience.as_secs(), "background work still running is cut off");
                self.working.abort();
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_panics_is_noticed_and_told() {
        let background = Background::start(|_| async { panic!("a lock was poisoned") });
        background.until(std::future::pending()).await;
        let told = background.stop().await.map_err(|error| error.to_string());
        assert!(told.as_ref().is_err_and(|told| told.contains("ended badly")), "{told:?}");
    }

    #[tokio::test]
    async fn work_that_returns_unasked_is_noticed_and_told() {
        let background = Background::start(|_| async {});
        background.until(std::future::pending()).await;
        assert!(background.stop().await.is_err());
    }

    #[tokio::test]
    async fn work_that_stops_when_asked_is_as_it_should_be() {
        let background = Background::start(|stop| async move { stop.cancelled().await });
        background.until(async {}).await;
        assert!(background.stop().await.is_ok());
    }

    #[tokio::test]
    async fn work_that_does_not_stop_is_cut_off() {
        let background = Background::start(|_| std::future::pending());
        assert!(background.stop_within(Duration::from_millis(50)).await.is_ok());
    }
}
