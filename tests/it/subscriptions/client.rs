//! A client of `graphql-transport-ws` that does what it is told, also what it should not.

use std::{collections::VecDeque, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        self, Message,
        client::IntoClientRequest,
        handshake::client::Request,
        http::{HeaderName, HeaderValue},
    },
};

use crate::harness::served::Served;

/// Longer than anything takes, so that a test that waits in vain says where.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Client {
    socket: WebSocketStream<TcpStream>,
    /// What came while something else was waited for.
    early: VecDeque<Value>,
}

/// The handshake that browsers and programs send, with these headers in place of the usual ones.
pub(super) fn handshake(served: &Served, headers: &[(&'static str, &str)]) -> Request {
    request(&served.url("/graphql"), headers)
}

fn request(url: &str, headers: &[(&'static str, &str)]) -> Request {
    let mut request = url.replace("http://", "ws://").into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
    for (name, value) in headers {
        let name = HeaderName::from_static(name);
        if value.is_empty() {
            request.headers_mut().remove(name);
        } else {
            request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        }
    }
    request
}

/// Sends a handshake; the status and the body where it is refused.
pub(super) async fn attempt(served: &Served, request: Request) -> Result<Client, (u16, Value)> {
    let address = served.url("").replace("http://", "");
    let stream = TcpStream::connect(address).await.unwrap();
    over(stream, request).await
}

pub(super) async fn over(stream: TcpStream, request: Request) -> Result<Client, (u16, Value)> {
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(Client { socket, early: VecDeque::new() }),
        Err(tungstenite::Error::Http(answer)) => {
            let body = answer.body().as_deref().unwrap_or_default();
            Err((answer.status().as_u16(), serde_json::from_slice(body).unwrap_or_default()))
        }
        Err(other) => panic!("{other}"),
    }
}

impl Client {
    /// A connection over which nothing was said.
    pub(super) async fn open(served: &Served) -> Self {
        attempt(served, handshake(served, &[])).await.unwrap_or_else(|refused| panic!("{refused:?}"))
    }

    /// The same, with a service of which only the address is known.
    pub(super) async fn at(url: &str) -> Self {
        let stream = TcpStream::connect(url.replace("http://", "")).await.unwrap();
        let request = request(&format!("{url}/graphql"), &[]);
        over(stream, request).await.unwrap_or_else(|refused| panic!("{refused:?}"))
    }

    /// A connection of somebody who is acknowledged.
    pub(super) async fn connected(served: &Served, token: Option<&str>) -> Self {
        let mut client = Self::open(served).await;
        client.init(token).await;
        assert_eq!(client.hear().await, json!({ "type": "connection_ack" }));
        client
    }

    /// Says who she is.
    pub(super) async fn init(&mut self, token: Option<&str>) {
        let payload = token.map(|token| json!({ "authorization": format!("Bearer {token}") }));
        self.say(json!({ "type": "connection_init", "payload": payload })).await;
    }

    /// Says something.
    pub(super) async fn say(&mut self, message: Value) {
        self.send(Message::Text(message.to_string().into())).await;
    }

    /// Sends any frame.
    pub(super) async fn send(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// Begins an operation.
    pub(super) async fn begin(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.say(json!({ "id": id, "type": "subscribe", "payload": payload })).await;
    }

    /// Begins a subscription, and waits until it is sure to hear what happens from now on.
    pub(super) async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        self.begin(id, query, variables).await;
        self.ping().await;
    }

    /// Waits until everything that was said before was read.
    pub(super) async fn ping(&mut self) {
        self.say(json!({ "type": "ping" })).await;
        loop {
            let heard = self.read().await.unwrap_or_else(|end| panic!("closed: {end:?}"));
            if heard == json!({ "type": "pong" }) {
                return;
            }
            self.early.push_back(heard);
        }
    }

    /// The next message.
    pub(super) async fn hear(&mut self) -> Value {
        if let Some(early) = self.early.pop_front() {
            return early;
        }
        self.read().await.unwrap_or_else(|end| panic!("closed: {end:?}"))
    }

    /// The next answer of an operation, which must be the next thing that is said, and must be whole: its data.
    pub(super) async fn next(&mut self, id: &str) -> Value {
        let mut heard = self.hear().await;
        assert_eq!((&heard["id"], &heard["type"]), (&json!(id), &json!("next")), "{heard:#}");
        assert!(heard["payload"]["errors"].is_null(), "{heard:#}");
        heard["payload"]["data"].take()
    }

    /// The next thing that is said of an operation; what is said of others stays for later.
    pub(super) async fn hear_of(&mut self, id: &str) -> Value {
        if let Some(at) = self.early.iter().position(|heard| heard["id"] == id) {
            return self.early.remove(at).unwrap();
        }
        loop {
            let heard = self.read().await.unwrap_or_else(|end| panic!("closed: {end:?}"));
            if heard["id"] == id {
                return heard;
            }
            self.early.push_back(heard);
        }
    }

    /// The code of the error that ends an operation, which must be the next thing that is said of it.
    pub(super) async fn refused(&mut self, id: &str) -> String {
        let heard = self.hear_of(id).await;
        assert_eq!(heard["type"], "error", "{heard:#}");
        heard["payload"][0]["extensions"]["code"].as_str().unwrap().to_owned()
    }

    /// How the service closes: code and reason. What was said before is passed over.
    pub(super) async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.read().await {
                Ok(_) => {}
                Err(Some(closed)) => return closed,
                Err(None) => panic!("the connection ended without a word"),
            }
        }
    }

    /// How many messages come until the connection ends, however it does, and its code if it had one.
    pub(super) async fn rest(&mut self) -> (usize, Option<u16>) {
        let mut messages = 0;
        loop {
            match self.read().await {
                Ok(_) => messages += 1,
                Err(end) => return (messages, end.map(|(code, _)| code)),
            }
        }
    }

    /// Ends the connection.
    pub(super) async fn leave(mut self) {
        self.socket.close(None).await.unwrap();
        while let Ok(_) | Err(Some(_)) = self.read().await {}
    }

    /// The next message as JSON, or how the connection ended.
    async fn read(&mut self) -> Result<Value, Option<(u16, String)>> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("nothing comes");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Err(Some((frame.code.into(), frame.reason.to_string())));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(None))) => {}
                Some(Ok(other)) => panic!("{other:?}"),
                Some(Err(_)) | None => return Err(None),
            }
        }
    }
}
