//! What the rooms' subscriptions have in common: events come in, and what the listener may see of each goes out.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_graphql::{Context, Result};
use async_trait::async_trait;
use futures_util::stream::{self, Stream};

use crate::{
    accounts::Actor,
    kernel::{
        Failure, Fault, Outcome,
        events::Event,
        feed::Listener,
        graphql::{SystemErrorCode, failure, fault, system_error},
    },
};

/// Tries to tell of an event while the database is away.
const TRIES_MAX: u32 = 6;
/// How long to wait before the second try; then twice as long each time.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// How long telling of one event may take.
const TELLING_MAX: Duration = Duration::from_secs(30);

/// Whoever listens, over a connection that outlives the moment in which she said who she is.
#[async_trait]
pub trait Listens: Send + Sync + 'static {
    /// Who she is now, read anew; none where she is no longer who she was: then nothing more is told to her.
    ///
    /// # Errors
    /// When the database cannot answer.
    async fn actor(&self) -> Result<Option<Actor>, Fault>;

    /// She missed something, and has to be told so.
    fn lost(&self);
}

/// What a subscription follows. The API puts it into the context of one.
pub struct Following {
    listener: Mutex<Option<Listener>>,
    listens: Arc<dyn Listens>,
}

impl Following {
    /// Follows a feed for somebody.
    #[must_use]
    pub fn new(listener: Listener, listens: Arc<dyn Listens>) -> Self {
        Self { listener: Mutex::new(Some(listener)), listens }
    }
}

/// Tells of each event that is `wanted` what `tell` gives for it: for the listener as she is when the event came, and nothing
/// where she may not see it. While the database is away it is tried again; then she is told that something failed.
///
/// # Errors
/// When this is no subscription.
pub fn follow<'c, T, W, A>(
    ctx: &'c Context<'c>,
    wanted: impl Fn(&Event) -> Option<W> + Send + Sync + 'c,
    tell: impl Fn(Actor, Arc<Event>, W) -> A + Send + Sync + 'c,
) -> Result<impl Stream<Item = Result<T>> + Send + 'c>
where
    T: Send + 'c,
    W: Clone + Send + Sync + 'c,
    A: Future<Output = Outcome<Option<T>>> + Send + 'c,
{
    let following = ctx.data::<Following>()?;
    let listener = following.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(listener) = listener else {
        return Err(fault(ctx, &Fault::Internal("a subscription has nothing to follow".to_owned())));
    };
    let listens = Arc::clone(&following.listens);
    Ok(stream::unfold((listener, listens, wanted, tell), move |(mut listener, listens, wanted, tell)| async move {
        loop {
            let Ok(event) = listener.next().await else {
                listens.lost();
                return None;
            };
            let Some(what) = wanted(&event) else { continue };
            let telling = told(listens.as_ref(), &event, &what, &tell);
            let told = match tokio::time::timeout(TELLING_MAX, Box::pin(telling)).await {
                Ok(Ok(Told::Something(told))) => Ok(told),
                Ok(Ok(Told::Nothing)) => continue,
                Ok(Ok(Told::NobodyListens)) => return None,
                Ok(Err(failed)) => Err(failure(ctx, failed)),
                Err(_) => Err(system_error(ctx, SystemErrorCode::Timeout, "telling of this took too long")),
            };
            return Some((told, (listener, listens, wanted, tell)));
        }
    }))
}

enum Told<T> {
    Something(T),
    Nothing,
    NobodyListens,
}

async fn told<T, W: Clone, A: Future<Output = Outcome<Option<T>>>>(
    listens: &dyn Listens,
    event: &Arc<Event>,
    what: &W,
    tell: &impl Fn(Actor, Arc<Event>, W) -> A,
) -> Outcome<Told<T>> {
    let mut wait = FIRST_WAIT;
    for last in (1..=TRIES_MAX).map(|one| one == TRIES_MAX) {
        let tried = match listens.actor().await {
            Ok(None) => return Ok(Told::NobodyListens),
            Ok(Some(actor)) => tell(actor, Arc::clone(event), what.clone()).await,
            Err(fault) => Err(fault.into()),
        };
        match tried {
            Ok(told) => return Ok(told.map_or(Told::Nothing, Told::Something)),
            Err(failed) if last || !matches!(&failed, Failure::Fault(fault) if fault.passes()) => return Err(failed),
            Err(failed) => tracing::debug!(error = %failed, "an event cannot be told now; trying again"),
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    Ok(Told::Nothing)
}
