//! An S3 server in this process, on loopback, over a folder: it checks every signature as a real one does.

use std::sync::{Arc, Mutex};

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::{net::TcpListener, task::JoinHandle};

pub(crate) const BUCKET: &str = "bfw-test";
pub(crate) const ACCESS_KEY: &str = "AKTEST";
pub(crate) const SECRET_KEY: &str = "not-much-of-a-secret";

pub(crate) struct S3Server {
    pub(crate) endpoint: String,
    serving: JoinHandle<()>,
    connections: Arc<Mutex<Vec<JoinHandle<()>>>>,
    /// Where it keeps what it is sent.
    pub(crate) folder: tempfile::TempDir,
}

impl S3Server {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = service.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let connections: Arc<Mutex<Vec<JoinHandle<()>>>> = Arc::default();
        let open = Arc::clone(&connections);
        let serving = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let service = service.clone();
                let connection = tokio::spawn(async move {
                    let http = auto::Builder::new(TokioExecutor::new());
                    // A client that goes away is no fault of the server's.
                    drop(http.serve_connection(TokioIo::new(stream), service).await);
                });
                open.lock().unwrap().push(connection);
            }
        });
        Self { endpoint, serving, connections, folder }
    }

    /// The settings of an application that keeps its documents here.
    pub(crate) fn settings(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("blobs", "s3"),
            ("s3_endpoint", &self.endpoint),
            ("s3_bucket", BUCKET),
            ("s3_access_key", ACCESS_KEY),
            ("s3_secret_key", SECRET_KEY),
        ]
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.serving.abort();
        self.connections.lock().unwrap().drain(..).for_each(|connection| connection.abort());
    }
}
