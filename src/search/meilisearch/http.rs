//! The HTTP client under the SDK: with time limits, retries and a circuit breaker, none of which the SDK's own has.

use std::{fmt, io, sync::Arc, time::Duration};

use async_trait::async_trait;
use backon::{ExponentialBuilder, Retryable as _};
use futures_util::AsyncReadExt as _;
use meilisearch_sdk::{
    errors::Error,
    request::{HttpClient, Method, parse_response},
};
use reqwest::{StatusCode, Url, header, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::Instant;

use super::breaker::Breaker;
use crate::kernel::tls;

/// How long a connection may take to stand.
const CONNECT_MAX: Duration = Duration::from_secs(1);

/// How long the server may think about a search or a look at a task.
const ANSWER_MAX: Duration = Duration::from_millis(2_500);

/// How long documents may take to be sent and taken in.
const UPLOAD_MAX: Duration = Duration::from_secs(30);

/// Bytes of an answer that are read. The greatest are the ids of a collection, some 100 bytes a document and 10,000 a page.
const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Times a request is tried again that may be repeated without harm.
const AGAIN_MAX: usize = 2;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// Nobody was asked: the server fails, and is left alone for a while.
    #[error("the search server fails and is left alone for a while")]
    LeftAlone,
    /// The request did not get through, or not in time.
    #[error("{}", describe(.0))]
    Unreached(#[source] reqwest::Error),
    /// The server says that it cannot answer now.
    #[error("the search server answered {0}")]
    Status(StatusCode),
    /// The answer is longer than any that makes sense.
    #[error("the search server's answer is longer than {BODY_BYTES_MAX} bytes")]
    TooLong,
    /// The server's address is none.
    #[error("not an address: {0}")]
    Address(#[source] url::ParseError),
    /// The body could not be made.
    #[error("the request to the search server cannot be written: {0}")]
    Unwritable(#[from] io::Error),
}

/// What failed, with its causes: the outermost alone says "error sending request".
fn describe(error: &reqwest::Error) -> String {
    let mut text =
        if error.is_timeout() { "the search server did not answer in time".to_owned() } else { error.to_string() };
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

impl Trouble {
    /// Whether the same may succeed at once.
    fn passes(&self) -> bool {
        match self {
            // Who did not answer in time has had the time that there was.
            Self::Unreached(error) => !error.is_timeout() || error.is_connect(),
            Self::Status(_) => true,
            Self::LeftAlone | Self::TooLong | Self::Address(_) | Self::Unwritable(_) => false,
        }
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        Self::Other(Box::new(trouble))
    }
}

/// The client. Cheap to clone; all clones share connections and breaker.
#[derive(Clone)]
pub(super) struct Http(Arc<Shared>);

struct Shared {
    client: reqwest::Client,
    key: Option<SecretString>,
    breaker: Breaker,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("breaker", &self.0.breaker).finish_non_exhaustive()
    }
}

/// A request whose parts are known, ready to be sent, and sent again.
struct Prepared {
    verb: reqwest::Method,
    url: Url,
    content_type: String,
    body: Option<bytes::Bytes>,
    time_max: Duration,
    /// Whether sending it twice comes to the same as sending it once.
    repeatable: bool,
}

impl Http {
    /// A client that presents a key.
    ///
    /// # Errors
    /// When the system gives no randomness or no certificates.
    pub(super) fn new(key: Option<SecretString>) -> Result<Self, reqwest::Error> {
        tls::install_provider();
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_MAX)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .tcp_nodelay(true)
            .build()?;
        Ok(Self(Arc::new(Shared { client, key, breaker: Breaker::default() })))
    }

    async fn ask(&self, request: &Prepared) -> Result<(StatusCode, String), Trouble> {
        if !self.0.breaker.admits(Instant::now()) {
            return Err(Trouble::LeftAlone);
        }
        let answered = self.send(request).await;
        match &answered {
            Ok((status, _)) if status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS => {
                self.0.breaker.failed(Instant::now());
                Err(Trouble::Status(*status))
            }
            Ok(_) => {
                self.0.breaker.answered();
                answered
            }
            Err(_) => {
                self.0.breaker.failed(Instant::now());
                answered
            }
        }
    }

    async fn send(&self, request: &Prepared) -> Result<(StatusCode, String), Trouble> {
        let mut builder = self.0.client.request(request.verb.clone(), request.url.clone()).timeout(request.time_max);
        if let Some(key) = &self.0.key {
            builder = builder.bearer_auth(key.expose_secret());
        }
        if let Some(body) = &request.body {
            builder = builder.header(header::CONTENT_TYPE, &request.content_type).body(body.clone());
        }
        let mut response = builder.send().await.map_err(unreached)?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreached)? {
            if body.len() + chunk.len() > BODY_BYTES_MAX {
                return Err(Trouble::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }

    async fn ask_patiently(&self, request: &Prepared) -> Result<(StatusCode, String), Trouble> {
        let again = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(Duration::from_millis(40))
            .with_max_times(if request.repeatable { AGAIN_MAX } else { 0 });
        (|| self.ask(request)).retry(again).when(Trouble::passes).await
    }
}

/// The address is told by whoever configured it; in an error it would be noise, and a part of it might be secret.
fn unreached(error: reqwest::Error) -> Trouble {
    Trouble::Unreached(error.without_url())
}

#[async_trait]
impl HttpClient for Http {
    async fn stream_request<Query, Body, Output>(
        &self,
        url: &str,
        method: Method<Query, Body>,
        content_type: &str,
        expected_status_code: u16,
    ) -> Result<Output, Error>
    where
        Query: Serialize + Send + Sync,
        Body: futures_util::AsyncRead + Send + Sync + 'static,
        Output: DeserializeOwned + 'static,
    {
        let verb = match &method {
            Method::Get { .. } => reqwest::Method::GET,
            Method::Post { .. } => reqwest::Method::POST,
            Method::Patch { .. } => reqwest::Method::PATCH,
            Method::Put { .. } => reqwest::Method::PUT,
            Method::Delete { .. } => reqwest::Method::DELETE,
        };
        let url: Url = format!("{url}{}", yaup::to_string(method.query())?).parse().map_err(Trouble::Address)?;
        let body = match method.into_body() {
            None => None,
            Some(reader) => {
                let mut bytes = Vec::new();
                Box::pin(reader).read_to_end(&mut bytes).await.map_err(Trouble::Unwritable)?;
                Some(bytes.into())
            }
        };
        let request = Prepared {
            time_max: if url.path().ends_with("/documents") { UPLOAD_MAX } else { ANSWER_MAX },
            // A swap done twice is undone; everything else that is asked of the server can be asked again.
            repeatable: !url.path().ends_with("/swap-indexes"),
            content_type: content_type.to_owned(),
            verb,
            url,
            body,
        };
        let (status, body) = self.ask_patiently(&request).await?;
        let body = if body.is_empty() { "null" } else { &body };
        parse_response(status.as_u16(), expected_status_code, body, request.url.path().to_owned())
    }

    fn is_tokio(&self) -> bool {
        true
    }
}
