//! Whether the process lives, and whether it can serve.
//!
//! *Live* asks nothing of anyone: a process that answers need not be restarted. *Ready* asks every part that a request may
//! need, all at once and each within its own time; a load balancer sends requests only to who is ready.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures_util::future::join_all;
use serde::Serialize;

/// How long one part may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// A part that requests need.
#[async_trait]
pub trait Part: Send + Sync + 'static {
    /// Its name in the answer.
    fn name(&self) -> &'static str;

    /// Asks it, and gives what an operator may like to know of it.
    ///
    /// # Errors
    /// Why it cannot serve, in words for an operator that hold no secret.
    async fn check(&self) -> Result<Option<String>, String>;

    /// Brings the metrics up to date that tell how it is just now. They are about to be read.
    async fn measure(&self) {}
}

/// One part's answer.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// The answer of all.
#[derive(Debug, Serialize)]
struct Readiness {
    status: &'static str,
    checks: Vec<Check>,
}

/// Serves `/health/live`.
pub async fn live() -> &'static str {
    "live\n"
}

/// Has every part bring its metrics up to date; what does not answer in time keeps its last ones.
pub async fn measure(parts: &[Arc<dyn Part>]) {
    let measure = async |part: &Arc<dyn Part>| {
        if tokio::time::timeout(ANSWER_TIMEOUT, part.measure()).await.is_err() {
            tracing::warn!(part = part.name(), "metrics are not up to date");
        }
    };
    join_all(parts.iter().map(measure)).await;
}

/// Serves `/health/ready`: 200 when every part is, 503 when one is not, and in both cases which.
pub async fn ready(parts: Arc<[Arc<dyn Part>]>) -> Response {
    let ask = async |part: &Arc<dyn Part>| {
        let answer = tokio::time::timeout(ANSWER_TIMEOUT, part.check()).await;
        match answer.unwrap_or_else(|_| Err(format!("no answer within {} s", ANSWER_TIMEOUT.as_secs()))) {
            Ok(detail) => Check { name: part.name(), ok: true, detail },
            Err(detail) => Check { name: part.name(), ok: false, detail: Some(detail) },
        }
    };
    let checks = join_all(parts.iter().map(ask)).await;
    let ready = checks.iter().all(|check| check.ok);
    let (code, status) = if ready { (StatusCode::OK, "ready") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready") };
    (code, Json(Readiness { status, checks })).into_response()
}
