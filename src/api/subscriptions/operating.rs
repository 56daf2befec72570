//! One operation of a connection, from its request to its end. It runs beside the connection, and hands over what is to be said.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{Request, Value};
use futures_util::{FutureExt, StreamExt, stream::BoxStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::{
    closing::Closing,
    identity::{Identity, Operator},
    protocol::Begun,
};
use crate::{
    accounts::graphql::{Following, Listens},
    api::{
        auth,
        engine::{Engine, Operation, Reply, Stage, Started},
        error::{self, Code},
        gate::Gate,
        renewal::Renewal,
    },
    kernel::{feed::Listener, telemetry::RequestId},
};

/// What is handed to whoever holds the socket.
pub(super) enum Outgoing {
    /// An answer, and the room that it takes up until it is sent.
    Next(Begun, Box<str>, OwnedSemaphorePermit),
    /// The operation failed, and is over.
    Error(Begun, Vec<async_graphql::ServerError>),
    /// The operation is over.
    Complete(Begun),
}

/// Hands over what is said, when there is room for it. Clones share the room.
#[derive(Clone)]
pub(super) struct Outlet {
    to: mpsc::Sender<Outgoing>,
    /// Bytes of answers that may wait.
    room: Arc<Semaphore>,
    bytes_max: u32,
}

impl Outlet {
    /// For so many messages and bytes that wait. One answer may be larger; it then waits alone.
    pub(super) fn new(messages: usize, bytes_max: u32) -> (Self, mpsc::Receiver<Outgoing>) {
        let (to, outgoing) = mpsc::channel(messages);
        let room = Arc::new(Semaphore::new(usize::try_from(bytes_max).unwrap_or(usize::MAX)));
        (Self { to, room, bytes_max }, outgoing)
    }

    /// Whether the connection is still there.
    async fn next(&self, begun: &Begun, reply: &Reply) -> bool {
        let payload = match reply.body() {
            Ok(payload) => payload.into_boxed_str(),
            Err(failure) => {
                tracing::error!(cause = %failure, "an answer could not be written as JSON");
                return false;
            }
        };
        let bytes = u32::try_from(payload.len()).unwrap_or(u32::MAX).min(self.bytes_max);
        let Ok(room) = Arc::clone(&self.room).acquire_many_owned(bytes).await else { return false };
        self.to.send(Outgoing::Next(begun.clone(), payload, room)).await.is_ok()
    }

    async fn say(&self, outgoing: Outgoing) {
        // Where nobody takes it, the connection is gone.
        let _taken = self.to.send(outgoing).await;
    }
}

/// What an operation runs on.
pub(super) struct Ground {
    pub(super) engine: Arc<Engine>,
    pub(super) gate: Arc<Gate>,
    pub(super) identity: Arc<Identity>,
    pub(super) listener: Listener,
    pub(super) outlet: Outlet,
    pub(super) closing: Closing,
    pub(super) request_id: RequestId,
}

/// Runs an operation to its end.
pub(super) async fn operate(ground: Ground, begun: Begun, operation: Operation) {
    let (outlet, closing, request_id) = (ground.outlet.clone(), ground.closing.clone(), ground.request_id.clone());
    let ended = AssertUnwindSafe(run(ground, &begun, operation)).catch_unwind().await;
    let last = match ended {
        Ok(Ok(())) => Outgoing::Complete(begun),
        Ok(Err(errors)) => Outgoing::Error(begun, errors),
        Err(_) => {
            tracing::error!(%request_id, "an operation of a connection panicked");
            Outgoing::Error(begun, vec![error::masked(Code::Internal, &request_id)])
        }
    };
    // Whose connection is closed is told why by that, and not that all is done.
    if !closing.is_asked() {
        outlet.say(last).await;
    }
}

async fn run(ground: Ground, begun: &Begun, operation: Operation) -> Result<(), Vec<async_graphql::ServerError>> {
    let Ground { engine, gate, identity, listener, outlet, request_id, .. } = ground;
    let place = gate.enter_from(identity.address()).map_err(|refusal| vec![refusal.into_error()])?;
    let operator = match Operator::begin(identity, request_id.clone()).await {
        Ok(Some(operator)) => Arc::new(operator),
        Ok(None) => return Ok(()),
        Err(fault) => return Err(vec![auth::unavailable(&fault, &request_id).into_error()]),
    };
    let renewing = Arc::clone(&operator);
    let prepare = |mut request: Request| {
        let mut data = operator.data();
        data.insert(Following::new(listener, Arc::clone(&operator) as Arc<dyn Listens>));
        data.insert(Renewal::new(move || renewing.data()));
        request.data = data;
        request
    };
    let charge = |cost| gate.pay(&operator.payer(), cost);
    // Boxed: it is the whole of an operation, and moved into its place.
    match place.hold(Box::pin(engine.start(operation, request_id, charge, prepare))).await {
        Started::Answered(reply) if reply.stage == Stage::Executed => {
            outlet.next(begun, &reply).await;
            Ok(())
        }
        Started::Answered(reply) => Err(reply.errors),
        Started::Following(answers) => follow(answers, begun, &outlet).await,
    }
}

async fn follow(
    mut answers: BoxStream<'static, Reply>,
    begun: &Begun,
    outlet: &Outlet,
) -> Result<(), Vec<async_graphql::ServerError>> {
    let _counted = Counted::new("bfw_subscriptions");
    let mut ahead = None;
    loop {
        let answer = match ahead.take() {
            Some(answer) => answer,
            None => answers.next().await,
        };
        let Some(reply) = answer else { return Ok(()) };
        if reply.stage != Stage::Executed {
            return Err(reply.errors);
        }
        if reply.data == Some(Value::Null) && !reply.errors.is_empty() {
            // A subscription that could not begin says so and is over; that is no answer, by the specification.
            match answers.next().now_or_never() {
                Some(None) => return Err(reply.errors),
                Some(next) => ahead = Some(next),
                None => {}
            }
        }
        if !outlet.next(begun, &reply).await {
            return Ok(());
        }
    }
}

/// Counts something for as long as it is there.
pub(super) struct Counted(metrics::Gauge);

impl Counted {
    pub(super) fn new(name: &'static str) -> Self {
        let gauge = metrics::gauge!(name);
        gauge.increment(1.0);
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::api::subscriptions::protocol::{Machine, Step};

    fn begun() -> Begun {
        let mut machine = Machine::new(1);
        machine.hears(r#"{"type":"connection_init"}"#);
        machine.acknowledge();
        let step = machine.hears(r#"{"type":"subscribe","id":"1","payload":{"query":"{ a }"}}"#);
        let Step::Begin(begun, _) = step else { panic!("{step:?}") };
        begun
    }

    fn reply(bytes: usize) -> Reply {
        let data = Some(Value::String("x".repeat(bytes)));
        Reply { stage: Stage::Executed, errors: Vec::new(), data, extensions: BTreeMap::new(), cost: None }
    }

    #[test]
    fn nothing_more_is_handed_over_than_there_is_room_for() {
        let (begun, reply) = (begun(), reply(600));
        let (outlet, mut outgoing) = Outlet::new(8, 1_000);
        assert_eq!(outlet.next(&begun, &reply).now_or_never(), Some(true));
        assert_eq!(outlet.next(&begun, &reply).now_or_never(), None, "it waits until the first is sent");
        drop(outgoing.try_recv().unwrap());
        assert_eq!(outlet.next(&begun, &reply).now_or_never(), Some(true));
    }

    #[test]
    fn an_answer_larger_than_the_room_waits_alone() {
        let begun = begun();
        let (outlet, mut outgoing) = Outlet::new(8, 1_000);
        assert_eq!(outlet.next(&begun, &reply(10)).now_or_never(), Some(true));
        assert_eq!(outlet.next(&begun, &reply(5_000)).now_or_never(), None);
        drop(outgoing.try_recv().unwrap());
        assert_eq!(outlet.next(&begun, &reply(5_000)).now_or_never(), Some(true));
        assert_eq!(outlet.next(&begun, &reply(10)).now_or_never(), None);
    }

    #[test]
    fn many_small_answers_are_bounded_too() {
        let begun = begun();
        let (outlet, _outgoing) = Outlet::new(2, 1_000);
        assert_eq!(outlet.next(&begun, &reply(1)).now_or_never(), Some(true));
        assert_eq!(outlet.next(&begun, &reply(1)).now_or_never(), Some(true));
        assert_eq!(outlet.next(&begun, &reply(1)).now_or_never(), None);
    }

    #[test]
    fn whose_connection_is_gone_is_no_longer_told() {
        let (outlet, outgoing) = Outlet::new(2, 1_000);
        drop(outgoing);
        assert_eq!(outlet.next(&begun(), &reply(1)).now_or_never(), Some(false));
    }
}
