//! Requests to the server, and what its answers mean.

use std::time::Duration;

use meilisearch_sdk::{
    client::{Client, SwapIndexes},
    errors::{Error, ErrorCode, ErrorType, MeilisearchError},
    indexes::Index,
    request::{HttpClient as _, Method},
    task_info::TaskInfo,
};
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::http::{Http, Trouble};
use crate::search::index::IndexError;

/// How often a task is looked at, at first and at most; the time between grows by a quarter, so that a task is seen to be
/// done after a quarter more than it takes: changes are sent one after the other, and wait for that.
const LOOK_MIN: Duration = Duration::from_millis(5);
const LOOK_MAX: Duration = Duration::from_millis(200);

/// One server, reached through our own client.
#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) client: Client<Http>,
    http: Http,
    url: String,
}

/// What became of a task, as far as we care. The SDK's own type has no word for a task that somebody cancelled.
#[derive(Debug, Deserialize)]
struct TaskState {
    status: String,
    error: Option<MeilisearchError>,
}

/// How many tasks there are of those that were asked for.
#[derive(Debug, Deserialize)]
struct Waiting {
    total: u64,
}

impl Server {
    pub(super) fn new(url: &str, http: Http) -> Server {
        let url = url.trim_end_matches('/').to_owned();
        // The key is presented by our client, so that the SDK has nothing to show in its `Debug`.
        let client = Client::new_with_client(url.clone(), None::<String>, http.clone());
        Server { client, http, url }
    }

    /// Where it is, for people.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn index(&self, uid: &str) -> Index<Http> {
        self.client.index(uid)
    }

    /// Waits for a task to be done. One that failed is an error here, where the SDK says that all is well.
    pub(super) async fn done(&self, task: TaskInfo, time_max: Duration) -> Result<(), IndexError> {
        let until = Instant::now() + time_max;
        let url = format!("{}/tasks/{}", self.url, task.task_uid);
        let mut wait = LOOK_MIN;
        loop {
            let state = self.http.request::<(), (), TaskState>(&url, Method::Get { query: () }, 200).await;
            let TaskState { status, error } = state.map_err(meant)?;
            match (status.as_str(), error) {
                ("succeeded", _) => return Ok(()),
                ("enqueued" | "processing", _) if Instant::now() + wait < until => {}
                ("enqueued" | "processing", _) => {
                    let late = format!("task {} is still {status} after {time_max:?}", task.task_uid);
                    return Err(IndexError::Unavailable(late.into()));
                }
                (_, Some(error)) => return Err(refused(error)),
                (_, None) => {
                    // Cancelled by somebody else: the same may succeed later.
                    return Err(IndexError::Unavailable(format!("task {} is {status}", task.task_uid).into()));
                }
            }
            sleep(wait).await;
            wait = (wait * 5 / 4).min(LOOK_MAX);
        }
    }

    /// Whether something waits to be taken into an index, or is being taken in.
    pub(super) async fn is_to_change(&self, uid: &str) -> Result<bool, IndexError> {
        let url = format!("{}/tasks?indexUids={uid}&statuses=enqueued,processing&limit=1", self.url);
        let waiting = self.http.request::<(), (), Waiting>(&url, Method::Get { query: () }, 200).await;
        Ok(waiting.map_err(meant)?.total > 0)
    }

    /// Whether there is such an index.
    pub(super) async fn has(&self, uid: &str) -> Result<bool, IndexError> {
        match self.client.get_raw_index(uid).await {
            Ok(_) => Ok(true),
            Err(Error::Meilisearch(MeilisearchError { error_code: ErrorCode::IndexNotFound, .. })) => Ok(false),
            Err(error) => Err(meant(error)),
        }
    }

    /// Puts each first index in the place of its second, all in one step.
    pub(super) async fn swap(&self, pairs: &[SwapIndexes]) -> Result<TaskInfo, IndexError> {
        self.client.swap_indexes(pairs).await.map_err(meant)
    }
}

/// What an error of a request means.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the others are slips in our use of the SDK, which may name more of them"
)]
pub(super) fn meant(error: Error) -> IndexError {
    match error {
        Error::Meilisearch(error) => refused(error),
        Error::MeilisearchCommunication(error) => {
            IndexError::Unavailable(format!("the search server answered {}", error.status_code).into())
        }
        Error::ParseError(error) => {
            IndexError::Unavailable(format!("the search server's answer makes no sense: {error}").into())
        }
        Error::Other(cause) => match cause.downcast::<Trouble>() {
            Ok(trouble) => IndexError::Unavailable(trouble),
            Err(cause) => IndexError::Unavailable(cause),
        },
        other => IndexError::Failed(other.to_string()),
    }
}

/// What it means that the server refused a request, or failed at a task.
fn refused(error: MeilisearchError) -> IndexError {
    let MeilisearchError { error_message, error_code, error_type, .. } = error;
    match (error_code, error_type) {
        // Only a build makes indexes.
        (ErrorCode::IndexAlreadyExists, _) => IndexError::RebuildRunning,
        (ErrorCode::IndexNotFound, _) => IndexError::Unusable { reason: error_message },
        (_, ErrorType::Auth) => {
            let mend = "check BFW_MEILISEARCH_KEY, which needs the rights search, documents.*, indexes.*, settings.*, \
                        tasks.get and stats.get on all indexes";
            IndexError::Unavailable(format!("the search server refuses the key: {error_message} ({mend})").into())
        }
        (_, ErrorType::InvalidRequest) => IndexError::Failed(error_message),
        // Internal, or a disk that is full: the same may succeed later.
        _ => IndexError::Unavailable(error_message.into()),
    }
}
