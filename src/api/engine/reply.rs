//! What the engine is asked, and what it answers.

use std::collections::BTreeMap;

use async_graphql::{ServerError, Value, Variables};
use serde::Serialize;

use super::Cost;
use crate::{api::limits::rate::UsedUp, kernel::graphql};

/// A GraphQL request, read from HTTP.
#[derive(Debug, Default)]
pub struct Operation {
    /// The document.
    pub query: String,
    /// Which operation of the document to run.
    pub operation_name: Option<String>,
    /// Values for its variables.
    pub variables: Variables,
    /// Whether only queries may run, as over GET.
    pub read_only: bool,
}

/// How far a request came; the HTTP status follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Refused before anything ran: there is no `data`.
    Refused,
    /// Refused because the method may not do this.
    MethodNotAllowed,
    /// Refused because the caller has used up what she may cost.
    RateLimited(UsedUp),
    /// It ran; there is `data`, perhaps null, and perhaps errors of fields.
    Executed,
    /// It was stopped by the time limit: there is no `data`.
    TimedOut,
    /// It broke: there is no `data`.
    Broken,
}

/// A GraphQL answer.
#[derive(Debug)]
pub struct Reply {
    /// How far it came.
    pub stage: Stage,
    /// Errors, each with a code.
    pub errors: Vec<ServerError>,
    /// The result; absent unless [`Stage::Executed`]. Some of it may be written already ([`graphql::write()`]).
    pub data: Option<Value>,
    /// What extensions have added.
    pub extensions: BTreeMap<String, Value>,
    /// What it cost, where that is counted.
    pub cost: Option<Cost>,
}

impl Reply {
    /// An answer of errors alone.
    #[must_use]
    pub fn refused(stage: Stage, errors: Vec<ServerError>) -> Self {
        Self { stage, errors, data: None, extensions: BTreeMap::new(), cost: None }
    }

    /// The body of the answer. Errors come first, where a person looks; `data` is left out unless the operation ran.
    ///
    /// # Errors
    /// When an error or an extension is nothing that JSON can say.
    pub fn body(&self) -> Result<String, serde_json::Error> {
        const USUAL_BYTES: usize = 2 * 1024;
        let mut body = Vec::with_capacity(USUAL_BYTES);
        let next = |member: &str, body: &mut Vec<u8>| {
            body.push(if body.is_empty() { b'{' } else { b',' });
            body.extend_from_slice(member.as_bytes());
        };
        if !self.errors.is_empty() {
            next("\"errors\":", &mut body);
            serde_json::to_writer(&mut body, &self.errors)?;
        }
        if let Some(data) = &self.data {
            next("\"data\":", &mut body);
            graphql::write(data, &mut body);
        }
        let beside = self.beside();
        if !beside.is_empty() {
            next("\"extensions\":", &mut body);
            serde_json::to_writer(&mut body, &beside)?;
        }
        body.extend_from_slice(if body.is_empty() { b"{}" } else { b"}" });
        String::from_utf8(body).map_err(serde::ser::Error::custom)
    }

    /// What stands beside the answer.
    fn beside(&self) -> Beside<'_> {
        Beside { cost: self.cost, others: &self.extensions }
    }
}

/// What stands beside an answer, as its `extensions`.
#[derive(Debug, Serialize)]
struct Beside<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Cost>,
    #[serde(flatten)]
    others: &'a BTreeMap<String, Value>,
}

impl Beside<'_> {
    /// Whether nothing does.
    fn is_empty(&self) -> bool {
        self.cost.is_none() && self.others.is_empty()
    }
}
