//! One connection, from its handshake to its end.
//!
//! Nothing here waits for the database: whoever is looked up, and whatever runs, does so beside the connection, which reads what the
//! client says, sends what is to be said, and watches the clocks. What waits to be sent is bounded; whoever does not read it in
//! time is closed, and until then nothing more of hers is computed.

use std::{collections::HashMap, sync::Arc};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::SinkExt;
use serde_json::{Map, Value};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::{Instant, timeout},
};

use super::{
    Door,
    close::Close,
    closing::Closing,
    identity::{Claim, Identity, Visitor},
    operating::{Counted, Ground, Outgoing, Outlet, operate},
    protocol::{Begun, Machine, Said, Step},
};
use crate::{
    api::error::{self, Code},
    kernel::{feed::Lease, telemetry::RequestId},
};

/// How a connection ended.
#[derive(Debug)]
enum End {
    /// By us.
    Closed(Close),
    /// By the client.
    ByClient,
    /// It broke.
    Broken,
    /// The client said nothing for too long, not even that it is there.
    Silent,
    /// The client did not take what was sent to it.
    Slow,
}

/// Whoever was found to be at the other end, and what feeds her.
type Identified = (Arc<Identity>, Lease);

struct Connection {
    door: Arc<Door>,
    machine: Machine,
    outlet: Outlet,
    closing: Closing,
    /// Everything that runs for the connection; it ends with it.
    tasks: JoinSet<()>,
    running: HashMap<Begun, AbortHandle>,
    identified: Option<Identified>,
    visitor: Visitor,
}

/// Serves a connection until its end.
pub(super) async fn serve(mut socket: WebSocket, door: Arc<Door>, visitor: Visitor) {
    let _counted = Counted::new("bfw_subscription_connections");
    let (outlet, outgoing) = Outlet::new(door.options.queue_messages, door.options.queue_bytes);
    let mut connection = Connection {
        machine: Machine::new(door.options.operations_max),
        outlet,
        closing: Closing::default(),
        tasks: JoinSet::new(),
        running: HashMap::new(),
        identified: None,
        visitor,
        door,
    };
    // Boxed: what a connection waits in is held for as long as it lives.
    let end = Box::pin(connection.live(&mut socket, outgoing)).await;
    let door = Arc::clone(&connection.door);
    drop(connection);
    part(&mut socket, &door, end).await;
}

impl Connection {
    async fn live(&mut self, socket: &mut WebSocket, mut outgoing: mpsc::Receiver<Outgoing>) -> End {
        if socket.protocol().is_none() {
            return End::Closed(Close::SubprotocolNotAcceptable);
        }
        let options = self.door.options;
        let (stop, closing) = (self.door.stop.clone(), self.closing.clone());
        let init_until = Instant::now() + options.init_timeout;
        let mut heard = Instant::now();
        let mut ping = tokio::time::interval_at(Instant::now() + options.ping_every, options.ping_every);
        let (found, mut identified) = mpsc::channel(1);
        loop {
            tokio::select! {
                () = stop.cancelled() => return End::Closed(Close::GoingAway),
                why = closing.asked() => return End::Closed(why),
                () = tokio::time::sleep_until(init_until), if self.machine.waits_for_init() => {
                    return End::Closed(Close::InitialisationTimeout);
                }
                Some(somebody) = identified.recv() => {
                    if let Err(end) = self.welcome(socket, somebody).await {
                        return end;
                    }
                }
                Some(outgoing) = outgoing.recv() => {
                    if let Err(end) = self.tell(socket, outgoing).await {
                        return end;
                    }
                }
                Some(_) = self.tasks.join_next(), if !self.tasks.is_empty() => {}
                message = socket.recv() => {
                    heard = Instant::now();
                    let step = match message {
                        Some(Ok(Message::Text(text))) => self.machine.hears(text.as_str()),
                        Some(Ok(Message::Binary(_))) => {
                            return End::Closed(Close::BadMessage("messages are text".to_owned()));
                        }
                        // The library answers pings by itself.
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                        Some(Ok(Message::Close(_))) => return End::ByClient,
                        Some(Err(error)) => return unreadable(&error),
                        None => return End::Broken,
                    };
                    if let Err(end) = self.take(socket, step, &found).await {
                        return end;
                    }
                }
                _ = ping.tick() => {
                    if heard.elapsed() >= options.silence_max {
                        return End::Silent;
                    }
                    if let Err(end) = self.send(socket, Message::Ping(Vec::new().into())).await {
                        return end;
                    }
                }
            }
        }
    }

    async fn take(&mut self, socket: &mut WebSocket, step: Step, found: &mpsc::Sender<Identified>) -> Result<(), End> {
        match step {
            Step::Identify(payload) => {
                let (door, visitor, closing) = (Arc::clone(&self.door), self.visitor.clone(), self.closing.clone());
                self.tasks.spawn(identify(door, visitor, closing, payload, found.clone()));
                Ok(())
            }
            Step::Say(said) => self.say(socket, &said).await,
            Step::Begin(begun, operation) => {
                let Some((identity, lease)) = &self.identified else { return Err(End::Closed(Close::Internal)) };
                let ground = Ground {
                    engine: Arc::clone(&self.door.engine),
                    gate: Arc::clone(&self.door.gate),
                    identity: Arc::clone(identity),
                    // Now, and not once it runs: whoever hears the answer to a ping after this knows that she listens.
                    listener: lease.listen(),
                    outlet: self.outlet.clone(),
                    closing: self.closing.clone(),
                    request_id: self.request_id(),
                };
                let running = self.tasks.spawn(operate(ground, begun.clone(), operation));
                self.running.insert(begun, running);
                Ok(())
            }
            Step::Stop(begun) => {
                if let Some(running) = self.running.remove(&begun) {
                    running.abort();
                }
                Ok(())
            }
            Step::Refuse(id) => {
                let most = self.door.options.operations_max;
                let message = format!("more than {most} operations of one connection at the same time");
                let refused = error::error(Code::QueryLimitExceeded, message, None);
                self.say(socket, &Said::Error(id, vec![refused])).await
            }
            Step::Nothing => Ok(()),
            Step::Close(close) => Err(End::Closed(close)),
        }
    }

    /// Acknowledges whoever was found, and keeps an eye on her.
    async fn welcome(&mut self, socket: &mut WebSocket, (identity, lease): Identified) -> Result<(), End> {
        if identity.is_signed_in() {
            self.tasks.spawn(watch(Arc::clone(&identity), self.door.options.identity_every));
        }
        self.identified = Some((identity, lease));
        let acknowledged = self.machine.acknowledge();
        self.say(socket, &acknowledged).await
    }

    async fn tell(&mut self, socket: &mut WebSocket, outgoing: Outgoing) -> Result<(), End> {
        match outgoing {
            // It takes up its room until it is sent.
            Outgoing::Next(begun, payload, _room) if self.machine.runs(&begun) => {
                self.say(socket, &Said::Next(begun.id, payload)).await
            }
            Outgoing::Next(..) => Ok(()),
            Outgoing::Error(begun, errors) => {
                self.running.remove(&begun);
                if !self.machine.ended(&begun) {
                    return Ok(());
                }
                self.say(socket, &Said::Error(begun.id, errors)).await
            }
            Outgoing::Complete(begun) => {
                self.running.remove(&begun);
                if !self.machine.ended(&begun) {
                    return Ok(());
                }
                self.say(socket, &Said::Complete(begun.id)).await
            }
        }
    }

    async fn say(&self, socket: &mut WebSocket, said: &Said) -> Result<(), End> {
        self.send(socket, Message::Text(said.text().into())).await
    }

    async fn send(&self, socket: &mut WebSocket, message: Message) -> Result<(), End> {
        let leave = async {
            tokio::select! {
                () = self.door.stop.cancelled() => {}
                _ = self.closing.asked() => {}
            }
            tokio::time::sleep(self.door.options.farewell_max).await;
        };
        tokio::select! {
            sent = timeout(self.door.options.send_timeout, socket.send(message)) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => {
                    tracing::debug!(%error, "a connection broke");
                    Err(End::Broken)
                }
                Err(_) => Err(End::Slow),
            },
            () = leave => Err(End::Slow),
        }
    }

    fn request_id(&self) -> RequestId {
        RequestId::new(self.door.ids.next_uuid().hyphenated().to_string())
    }
}

/// Finds out who is at the other end, and has events read for her. Where that cannot be, the connection is closed.
async fn identify(
    door: Arc<Door>,
    visitor: Visitor,
    closing: Closing,
    payload: Map<String, Value>,
    found: mpsc::Sender<Identified>,
) {
    let callers = Arc::clone(&door.callers);
    let identity = match visitor.claim(&payload) {
        Claim::Nonsense => return closing.ask(Close::Forbidden),
        Claim::Nobody => Identity::anonymous(callers, visitor, closing.clone()),
        Claim::HolderOf(token) => match callers.holder(&token).await {
            Ok(Some(user)) => {
                let Some(slot) = door.slots.account(user.id) else {
                    return closing.ask(Close::TryAgainLater("too many connections of this account"));
                };
                Identity::of(callers, visitor, closing.clone(), (token, user, slot))
            }
            Ok(None) => return closing.ask(Close::Forbidden),
            Err(error) => {
                tracing::error!(%error, "a token could not be looked up");
                return closing.ask(Close::TryAgainLater("the service cannot look you up at the moment"));
            }
        },
    };
    match door.feed.lease().await {
        // Whoever is gone by now does not wait for it.
        Ok(lease) => {
            let _taken = found.send((Arc::new(identity), lease)).await;
        }
        Err(error) => {
            tracing::error!(%error, "events cannot be read");
            closing.ask(Close::TryAgainLater("events cannot be read at the moment"));
        }
    }
}

/// Looks every now and then whether she still is who she was, which closes the connection where she is not.
async fn watch(identity: Arc<Identity>, every: std::time::Duration) {
    loop {
        tokio::time::sleep(every).await;
        match identity.now().await {
            Ok(Some(_)) => {}
            Ok(None) => return,
            // Nothing is told to her meanwhile: each answer looks again.
            Err(error) => tracing::debug!(%error, "a token could not be looked up; trying again"),
        }
    }
}

/// What cannot be read ends the connection. The library has no kinds for its errors that could be named here; tests hold the texts.
fn unreadable(error: &axum::Error) -> End {
    let text = error.to_string();
    if text.contains("too long") || text.contains("too big") {
        End::Closed(Close::TooBig)
    } else if text.contains("UTF-8") {
        End::Closed(Close::BadMessage("messages are text".to_owned()))
    } else {
        tracing::debug!(%error, "a connection broke");
        End::Broken
    }
}

/// Says why, as far as the client still listens, and waits a moment for it to say so too.
async fn part(socket: &mut WebSocket, door: &Door, end: End) {
    let (code, close) = match end {
        End::Closed(close) => (close.code().to_string(), Some(close)),
        End::Slow => ("slow".to_owned(), Some(Close::TryAgainLater("what was sent was not taken in time"))),
        End::Silent => ("silent".to_owned(), None),
        End::ByClient => ("client".to_owned(), None),
        End::Broken => ("broken".to_owned(), None),
    };
    metrics::counter!("bfw_subscription_connections_closed_total", "code" => code).increment(1);
    if let Some(close) = &close {
        tracing::debug!(code = close.code(), reason = close.reason(), "connection closed");
        let frame = CloseFrame { code: close.code(), reason: close.reason().into() };
        let said = timeout(door.options.farewell_max, socket.send(Message::Close(Some(frame)))).await;
        if !matches!(said, Ok(Ok(()))) {
            return;
        }
    }
    let _answered = timeout(door.options.farewell_max, async {
        while let Some(Ok(_)) = socket.recv().await {}
        socket.close().await
    })
    .await;
}
