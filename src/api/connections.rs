//! The connections that requests come over: how many there may be, how long one may keep us waiting, how they end.
//!
//! Without bounds, whoever opens connections and says nothing holds a descriptor with each, until there are none left for
//! anybody else. So all of them together are bounded, those of each address more narrowly, and one that takes nothing of its
//! answer for a while is closed like one that asks nothing.

mod per_address;

use std::{
    convert::Infallible,
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use axum::{body::Body, extract::ConnectInfo, http::Request, response::Response};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_io_timeout::TimeoutStream;
use tower::{Service, ServiceExt as _};

use self::per_address::PerAddress;

/// How long to wait before the next connection where the system has no descriptor for it.
const EXHAUSTED_PAUSE: Duration = Duration::from_secs(1);

/// How many requests a connection of HTTP/2 may have open at once.
const STREAMS_MAX: u32 = 100;

/// What is asked of connections.
#[derive(Debug, Clone)]
pub struct Connections {
    /// How many are open at once. Further ones wait in the system's queue until another ends.
    pub max: usize,
    /// How many of them may come from one address, or one /64 of IPv6. Further ones are closed at once.
    pub per_address_max: usize,
    /// Proxies, whose connections are everybody's and not counted by their address.
    pub proxies: Arc<ArcSwap<Vec<IpAddr>>>,
    /// How long a connection may take until the head of its next request is there. Longer than proxies keep an idle
    /// connection (nginx: 60 s), so that they close it first and send nothing into a closed one.
    pub head_timeout: Duration,
    /// How long a client may take nothing of an answer that is being sent to her.
    pub write_timeout: Duration,
    /// How long running requests may go on once the process was asked to stop.
    pub drain_timeout: Duration,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            max: 8_192,
            per_address_max: 512,
            proxies: Arc::default(),
            head_timeout: Duration::from_secs(65),
            write_timeout: Duration::from_secs(30),
            drain_timeout: Duration::from_secs(20),
        }
    }
}

impl Connections {
    /// Accepts until `stop` ends, then closes the port and lets running requests end.
    pub(super) async fn serve(self, routes: impl Answers, listener: TcpListener, stop: impl Future<Output = ()>) {
        let slots = Arc::new(Semaphore::new(self.max));
        let counted = PerAddress::new(self.per_address_max, self.proxies);
        let running = GracefulShutdown::new();
        let mut http = auto::Builder::new(TokioExecutor::new());
        http.http1().timer(TokioTimer::new()).header_read_timeout(self.head_timeout);
        http.http2().timer(TokioTimer::new()).max_concurrent_streams(STREAMS_MAX);
        tokio::pin!(stop);
        loop {
            let (slot, stream, address) = tokio::select! {
                accepted = accept(&slots, &listener) => accepted,
                () = &mut stop => break,
            };
            let Some(counted) = counted.one_more(address.ip()) else {
                metrics::counter!("bfw_connections_refused_total").increment(1);
                tracing::debug!(%address, "too many connections from one address");
                continue;
            };
            // Small answers must not wait for more to send.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "nagle stays on for a connection");
            }
            let begun = Arc::new(AtomicBool::new(false));
            let service = TowerToHyperService::new(service(routes.clone(), address, Arc::clone(&begun)));
            let mut stream = TimeoutStream::new(stream);
            stream.set_write_timeout(Some(self.write_timeout));
            let connection = http.serve_connection_with_upgrades(TokioIo::new(Box::pin(stream)), service).into_owned();
            let connection = running.watch(connection);
            tokio::spawn(async move {
                let _held = (slot, counted);
                tokio::select! {
                    ended = connection => if let Err(error) = ended {
                        tracing::debug!(%error, "connection ended early");
                    },
                    () = silence(&begun, self.head_timeout) => tracing::debug!("connection closed that asked nothing"),
                }
            });
        }
        drop(listener);
        tracing::info!("asked to stop; letting running requests end");
        if tokio::time::timeout(self.drain_timeout, running.shutdown()).await.is_err() {
            tracing::warn!(seconds = self.drain_timeout.as_secs(), "requests still running are cut off");
        }
    }
}

/// The next connection, once there is room for it.
async fn accept(
    slots: &Arc<Semaphore>,
    listener: &TcpListener,
) -> (Option<OwnedSemaphorePermit>, TcpStream, SocketAddr) {
    // The semaphore is never closed.
    let slot = Arc::clone(slots).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, address)) => return (slot, stream, address),
            // The client went away before it was its turn.
            Err(error) if went_away(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(EXHAUSTED_PAUSE).await;
            }
        }
    }
}

fn went_away(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

/// What answers requests.
pub trait Answers:
    Service<Request<Body>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

impl<S> Answers for S where
    S: Service<Request<Body>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

/// The routes as one connection sees them: each request knows where it comes from.
fn service(
    routes: impl Answers,
    address: SocketAddr,
    begun: Arc<AtomicBool>,
) -> impl Service<
    Request<Incoming>,
    Response = Response,
    Error = Infallible,
    Future = impl Future<Output = Result<Response, Infallible>> + Send,
> + Clone
+ Send {
    tower::service_fn(move |mut request: Request<Incoming>| {
        begun.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(ConnectInfo(address));
        routes.clone().oneshot(request.map(Body::new))
    })
}

/// Ends when nothing was asked for so long. The timeout of the protocol's own reader begins only when it is clear which
/// protocol the client speaks, which takes as long as the client likes.
async fn silence(begun: &AtomicBool, timeout: Duration) {
    tokio::time::sleep(timeout).await;
    if begun.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}
