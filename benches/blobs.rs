//! What the links of the store cost, beside what the same S3 server costs when it is asked without them; and what sealing costs, beside
//! writing and reading as it is.
//!
//! ```text
//! cargo bench --bench blobs -- [--megabytes 1,8] [--seconds 5] [--rounds 2]
//! ```
//!
//! The S3 server runs in this process on loopback. The product's side asks for a link for each file and sends or fetches by it; the
//! other side is the same HTTP client with one request signed beforehand, sent again and again. Both take turns. What sealing costs is
//! measured in the same server and in a folder, without links: the ratio is that of sealed to plain.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program for people at a terminal that says what is wrong by stopping"
)]

use std::{sync::Arc, time::Duration};

use bfw::kernel::{
    blobs::{BlobKey, BlobSettings, Blobs, DocumentKeys, DownloadTerms, UploadTerms},
    clock::SystemClock,
    digest::Digest,
    key_file::KeyFile,
    tls,
};
use clap::Parser;
use futures_util::TryStreamExt as _;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use reqwest::Client;
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::{net::TcpListener, time::Instant};

const BUCKET: &str = "bfw-bench";
const LIFETIME: Duration = Duration::from_secs(600);

/// Measures the links of the store.
#[derive(Debug, Parser)]
struct Options {
    /// How large the files are.
    #[arg(long, value_delimiter = ',', default_value = "1,8")]
    megabytes: Vec<usize>,
    /// How long each measurement runs.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How often both take turns; the better of each is reported.
    #[arg(long, default_value_t = 2)]
    rounds: usize,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() {
    let options = Options::parse();
    tls::install_provider();
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join(BUCKET)).expect("a bucket");
    let endpoint = serve(FileSystem::new(folder.path()).expect("a store")).await;
    let settings = BlobSettings::S3 {
        endpoint,
        region: "us-east-1".to_owned(),
        bucket: BUCKET.to_owned(),
        access_key: "AKBENCH".into(),
        secret_key: "bench".into(),
        public_url: "http://localhost".to_owned(),
        drafts: folder.path().join("drafts"),
    };
    let keys = KeyFile::at(folder.path().join("document-key.json"));
    keys.replace(&DocumentKeys::made().expect("keys")).expect("a key file");
    let keys = Arc::new(keys);
    let blobs = Blobs::open(&settings, Arc::clone(&keys), Arc::new(SystemClock)).expect("a client");
    println!("{:<10}{:>6}{:>14}{:>14}{:>8}", "", "MB", "links MB/s", "server MB/s", "ratio");
    for megabytes in &options.megabytes {
        measure(&options, &blobs, *megabytes).await;
    }
    let settings =
        BlobSettings::Local { folder: folder.path().join("blobs"), public_url: "http://localhost".to_owned() };
    let local = Blobs::open(&settings, keys, Arc::new(SystemClock)).expect("a folder");
    println!("{:<10}{:>6}{:>14}{:>14}{:>8}", "", "MB", "sealed MB/s", "plain MB/s", "ratio");
    for megabytes in &options.megabytes {
        measure_sealing(&options, &local, ("folder", *megabytes)).await;
        measure_sealing(&options, &blobs, ("s3", *megabytes)).await;
    }
}

async fn serve(files: FileSystem) -> String {
    let mut service = S3ServiceBuilder::new(files);
    service.set_auth(SimpleAuth::from_single("AKBENCH", "bench"));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            stream.set_nodelay(true).expect("a socket");
            let service = service.clone();
            tokio::spawn(async move {
                let http = auto::Builder::new(TokioExecutor::new());
                if let Err(error) = http.serve_connection(TokioIo::new(stream), service).await {
                    println!("a connection ended early: {error}");
                }
            });
        }
    });
    format!("http://{address}")
}

async fn measure(options: &Options, blobs: &Blobs, megabytes: usize) {
    let content = bytes::Bytes::from(vec![7_u8; megabytes * 1024 * 1024]);
    let upload = UploadTerms {
        media_type: "application/pdf".to_owned(),
        length: content.len() as u64,
        sha256: Digest::of(&content),
    };
    let download = DownloadTerms {
        media_type: upload.media_type.clone(),
        file_name: "a.pdf".to_owned(),
        inline: false,
        sha256: upload.sha256,
    };
    let (store, http) = (&blobs.store, Client::builder().tcp_nodelay(true).build().expect("a client"));
    let key = BlobKey::incoming("bench");
    let once = store.upload_link(&key, &upload, LIFETIME).await.expect("a link");
    let fixed = store.download_link(&key, &download, LIFETIME).await.expect("a link");
    let send = async |url: &str| {
        let sent = http.put(url).header("content-type", "application/pdf").body(content.clone()).send().await;
        assert!(sent.expect("an answer").status().is_success());
    };
    let fetch = async |url: &str| {
        let fetched = http.get(url).send().await.expect("an answer").bytes().await.expect("bytes");
        assert_eq!(fetched.len(), content.len());
    };
    let (mut up, mut down) = ((0.0_f64, 0.0_f64), (0.0_f64, 0.0_f64));
    for _ in 0..options.rounds {
        let by_links = rate(options, megabytes, async || {
            let link = store.upload_link(&key, &upload, LIFETIME).await.expect("a link");
            send(&link.url).await;
        });
        up.0 = up.0.max(by_links.await);
        up.1 = up.1.max(rate(options, megabytes, async || send(&once.url).await).await);
        let by_links = rate(options, megabytes, async || {
            fetch(&store.download_link(&key, &download, LIFETIME).await.expect("a link")).await;
        });
        down.0 = down.0.max(by_links.await);
        down.1 = down.1.max(rate(options, megabytes, async || fetch(&fixed).await).await);
    }
    for (name, (links, server)) in [("upload", up), ("download", down)] {
        println!("{name:<10}{megabytes:>6}{links:>14.1}{server:>14.1}{:>8.3}", links / server);
    }
}

/// Writes and reads by the store itself, sealed and as it is.
async fn measure_sealing(options: &Options, blobs: &Blobs, (place, megabytes): (&str, usize)) {
    let content = bytes::Bytes::from(vec![7_u8; megabytes * 1024 * 1024]);
    let store = &blobs.store;
    let keys = [BlobKey::sealed_incoming("bench"), BlobKey::incoming("bench-plain")];
    let put = async |key: &BlobKey| store.put(key, content.clone(), "application/pdf").await.expect("written");
    let get = async |key: &BlobKey| {
        let blob = store.get(key, None).await.expect("an answer").expect("a blob");
        let read = blob.body.try_fold(0, async |read, bytes| Ok(read + bytes.len())).await.expect("bytes");
        assert_eq!(read, content.len());
    };
    let (mut written, mut read) = ([0.0_f64; 2], [0.0_f64; 2]);
    for _ in 0..options.rounds {
        for (at, key) in keys.iter().enumerate() {
            written[at] = written[at].max(rate(options, megabytes, async || put(key).await).await);
            read[at] = read[at].max(rate(options, megabytes, async || get(key).await).await);
        }
    }
    for (name, [sealed, plain]) in [("put", written), ("get", read)] {
        let name = format!("{name} {place}");
        println!("{name:<10}{megabytes:>6}{sealed:>14.1}{plain:>14.1}{:>8.3}", sealed / plain);
    }
}

/// Megabytes a second that go one after the other.
async fn rate(options: &Options, megabytes: usize, work: impl AsyncFn()) -> f64 {
    let (begun, mut files) = (Instant::now(), 0_u32);
    while begun.elapsed() < Duration::from_secs(options.seconds) {
        work().await;
        files += 1;
    }
    f64::from(files) * megabytes as f64 / begun.elapsed().as_secs_f64()
}
