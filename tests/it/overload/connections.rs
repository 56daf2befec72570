//! Connections that are opened for nothing, and clients that take nothing of what they asked for.

use std::{net::SocketAddr, time::Duration};

use bfw::api::{self, connections::Connections, router};
use db_test::db_test;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket, TcpStream},
};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::harness::TestApp;

/// An application that listens with such bounds, until the guard is dropped.
async fn listen(app: &TestApp, connections: Connections) -> (SocketAddr, DropGuard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let stopped = stop.clone().cancelled_owned();
    let router = api::router(&app.app).unwrap();
    tokio::spawn(router::serve(router, listener, connections, stopped));
    (address, stop.drop_guard())
}

async fn connect_from(source: &str, address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{source}:0").parse().unwrap()).unwrap();
    socket.connect(address).await.unwrap()
}

/// Whether the service answers over this connection.
async fn answers(stream: &mut TcpStream) -> bool {
    let request = b"GET /health/live HTTP/1.1\r\nhost: bfw\r\n\r\n";
    if stream.write_all(request).await.is_err() {
        return false;
    }
    let mut answer = Vec::new();
    while !answer.ends_with(b"live\n") {
        let mut more = [0; 512];
        match stream.read(&mut more).await {
            Ok(read) if read > 0 => answer.extend_from_slice(&more[..read]),
            Ok(_) | Err(_) => return false,
        }
    }
    answer.starts_with(b"HTTP/1.1 200")
}

#[db_test]
async fn open_sockets_of_one_address_keep_no_other_out(app: TestApp) {
    let (address, _serving) = listen(&app, Connections { max: 64, per_address_max: 4, ..Connections::default() }).await;
    let mut idle = Vec::new();
    for _ in 0..4 {
        let mut stream = connect_from("127.0.0.1", address).await;
        assert!(answers(&mut stream).await);
        idle.push(stream);
    }

    let mut surplus = Vec::new();
    for _ in 0..100 {
        surplus.push(connect_from("127.0.0.1", address).await);
    }
    let mut another = connect_from("127.0.0.2", address).await;

    assert!(answers(&mut another).await, "another address is served");
    for stream in &mut surplus {
        assert!(!answers(stream).await, "the fifth and all after it are closed");
    }
    assert!(answers(&mut idle[0]).await, "those that are open go on");
    idle.pop();
    for attempt in 0.. {
        assert!(attempt < 100, "a place that was given back is not there");
        if answers(&mut connect_from("127.0.0.1", address).await).await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[db_test]
async fn a_client_that_takes_nothing_of_her_answers_is_let_go(app: TestApp) {
    let bounds = Connections { write_timeout: Duration::from_millis(300), ..Connections::default() };
    let (address, _serving) = listen(&app, bounds).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    // Far more than lies between two sockets.
    let body = r#"{"query":"{ __schema { types { name description fields { name description args { name description } } } } }"}"#;
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: bfw\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    for _ in 0..200 {
        if stream.write_all(request.as_bytes()).await.is_err() {
            break;
        }
    }

    tokio::time::sleep(Duration::from_secs(3)).await;
    let mut taken = 0_usize;
    let mut answers = 0;
    let mut buffer = vec![0; 1 << 16];
    while let Ok(read) = stream.read(&mut buffer).await {
        if read == 0 {
            break;
        }
        taken += read;
        answers += buffer[..read].windows(12).filter(|window| window == b"HTTP/1.1 200").count();
    }

    assert!(taken > 10_000, "something was sent: {taken}");
    assert!(answers < 200, "all of it was sent, {taken} bytes, though nobody took it");
}
