//! `graphql-transport-ws`: what a client may say when, and what follows from it. No socket, no clock, nothing that waits.
//!
//! | she says | before she is acknowledged | afterwards |
//! |---|---|---|
//! | `connection_init` | she is looked up; a second one closes: 4429 | closes: 4429 |
//! | `ping` | `pong` with what it carried | the same |
//! | `pong` | nothing | nothing |
//! | `subscribe` | closes: 4401 | begins; an id that is in use closes: 4409 |
//! | `complete` | nothing | the operation is over, whatever is still on its way |
//! | anything else | closes: 4400 | closes: 4400 |

use std::collections::HashMap;

use async_graphql::{ServerError, Variables};
use serde_json::{Map, Value};

use super::close::Close;
use crate::api::engine::Operation;

/// Bytes that the id of an operation may have.
pub const ID_BYTES_MAX: usize = 128;

/// What follows from something that the client said.
#[derive(Debug)]
pub enum Step {
    /// Find out who she is, and acknowledge her or close.
    Identify(Map<String, Value>),
    /// Say this.
    Say(Said),
    /// Begin an operation.
    Begin(Begun, Operation),
    /// Stop an operation that runs.
    Stop(Begun),
    /// Too much runs already: tell her that this one does not.
    Refuse(String),
    /// Nothing.
    Nothing,
    /// Close the connection.
    Close(Close),
}

/// An operation of a connection. Its id may be used again once it is over; the number tells the operations apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Begun {
    /// The id that the client gave it.
    pub id: String,
    number: u64,
}

/// What the service says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// She is acknowledged.
    ConnectionAck,
    /// Answers a ping, with what it carried.
    Pong(Option<Value>),
    /// An answer of an operation, already written as JSON.
    Next(String, Box<str>),
    /// An operation failed and is over.
    Error(String, Vec<ServerError>),
    /// An operation is over.
    Complete(String),
}

impl Said {
    /// As it goes over the wire.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::ConnectionAck => r#"{"type":"connection_ack"}"#.to_owned(),
            Self::Pong(None) => r#"{"type":"pong"}"#.to_owned(),
            Self::Pong(Some(payload)) => format!(r#"{{"type":"pong","payload":{payload}}}"#),
            Self::Next(id, payload) => {
                format!(r#"{{"id":{},"type":"next","payload":{payload}}}"#, Value::from(id.as_str()))
            }
            Self::Error(id, errors) => {
                let errors = serde_json::to_string(errors).unwrap_or_else(|_| "[]".to_owned());
                format!(r#"{{"id":{},"type":"error","payload":{errors}}}"#, Value::from(id.as_str()))
            }
            Self::Complete(id) => format!(r#"{{"id":{},"type":"complete"}}"#, Value::from(id.as_str())),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Opened,
    Identifying,
    Acknowledged,
}

/// Where a connection stands.
#[derive(Debug)]
pub struct Machine {
    phase: Phase,
    running: HashMap<String, u64>,
    begun: u64,
    running_max: usize,
}

impl Machine {
    /// A connection that was just opened, over which so many operations may run at a time.
    #[must_use]
    pub fn new(running_max: usize) -> Self {
        Self { phase: Phase::Opened, running: HashMap::new(), begun: 0, running_max }
    }

    /// Whether the client has not said who she is.
    #[must_use]
    pub fn waits_for_init(&self) -> bool {
        self.phase == Phase::Opened
    }

    /// The client said something.
    pub fn hears(&mut self, text: &str) -> Step {
        match read(text) {
            Ok(Heard::Init(payload)) => match self.phase {
                Phase::Opened => {
                    self.phase = Phase::Identifying;
                    Step::Identify(payload)
                }
                Phase::Identifying | Phase::Acknowledged => Step::Close(Close::TooManyInitialisationRequests),
            },
            Ok(Heard::Ping(payload)) => Step::Say(Said::Pong(payload)),
            Ok(Heard::Pong) => Step::Nothing,
            Ok(Heard::Subscribe(id, operation)) => self.begins(id, operation),
            Ok(Heard::Complete(id)) => match self.running.remove(&id) {
                Some(number) => Step::Stop(Begun { id, number }),
                // It ended by itself, and the two messages passed each other.
                None => Step::Nothing,
            },
            Err(why) => Step::Close(Close::BadMessage(why)),
        }
    }

    fn begins(&mut self, id: String, operation: Operation) -> Step {
        if self.phase != Phase::Acknowledged {
            return Step::Close(Close::Unauthorized);
        }
        if self.running.contains_key(&id) {
            return Step::Close(Close::SubscriberAlreadyExists(id));
        }
        if self.running.len() >= self.running_max {
            return Step::Refuse(id);
        }
        self.begun += 1;
        self.running.insert(id.clone(), self.begun);
        Step::Begin(Begun { id, number: self.begun }, operation)
    }

    /// The client was found to be somebody: she may go on.
    pub fn acknowledge(&mut self) -> Said {
        self.phase = Phase::Acknowledged;
        Said::ConnectionAck
    }

    /// Whether an operation still runs for the client: what comes of it later is not told.
    #[must_use]
    pub fn runs(&self, begun: &Begun) -> bool {
        self.running.get(&begun.id) == Some(&begun.number)
    }

    /// An operation ended by itself. Whether the client is to be told: not when she ended it.
    pub fn ended(&mut self, begun: &Begun) -> bool {
        let told = self.runs(begun);
        if told {
            self.running.remove(&begun.id);
        }
        told
    }

    /// How many operations run.
    #[must_use]
    pub fn running(&self) -> usize {
        self.running.len()
    }
}

/// What a client can say.
enum Heard {
    Init(Map<String, Value>),
    Ping(Option<Value>),
    Pong,
    Subscribe(String, Operation),
    Complete(String),
}

/// Reads a message. Members that the protocol does not name are ignored.
fn read(text: &str) -> Result<Heard, String> {
    let Ok(Value::Object(mut message)) = serde_json::from_str(text) else {
        return Err("a message is a JSON object".to_owned());
    };
    let Some(Value::String(kind)) = message.remove("type") else {
        return Err("a message has a type".to_owned());
    };
    let payload = message.remove("payload");
    match kind.as_str() {
        "connection_init" => Ok(Heard::Init(object(payload, &kind)?.unwrap_or_default())),
        "ping" => Ok(Heard::Ping(object(payload, &kind)?.map(Value::Object))),
        "pong" => object(payload, &kind).map(|_| Heard::Pong),
        "subscribe" => {
            let id = id(&mut message, &kind)?;
            let payload = object(payload, &kind)?.ok_or("a subscribe message has a payload")?;
            Ok(Heard::Subscribe(id, operation(payload)?))
        }
        "complete" => Ok(Heard::Complete(id(&mut message, &kind)?)),
        _ => Err("no client sends a message of that type".to_owned()),
    }
}

fn object(payload: Option<Value>, kind: &str) -> Result<Option<Map<String, Value>>, String> {
    match payload {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(members)) => Ok(Some(members)),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            Err(format!("the payload of a {kind} message is an object"))
        }
    }
}

fn id(message: &mut Map<String, Value>, kind: &str) -> Result<String, String> {
    match message.remove("id") {
        Some(Value::String(id)) if !id.is_empty() && id.len() <= ID_BYTES_MAX => Ok(id),
        Some(_) | None => Err(format!("a {kind} message has an id, a string of 1 to {ID_BYTES_MAX} bytes")),
    }
}

fn operation(mut payload: Map<String, Value>) -> Result<Operation, String> {
    let Some(Value::String(query)) = payload.remove("query") else {
        return Err("the payload of a subscribe message has a query, which is a string".to_owned());
    };
    let operation_name = match payload.remove("operationName") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            return Err("operationName is a string".to_owned());
        }
    };
    let variables = match payload.remove("variables") {
        None | Some(Value::Null) => Variables::default(),
        Some(variables @ Value::Object(_)) => Variables::from_json(variables),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            return Err("variables is an object".to_owned());
        }
    };
    match payload.remove("extensions") {
        None | Some(Value::Null | Value::Object(_)) => {}
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            return Err("extensions is an object".to_owned());
        }
    }
    Ok(Operation { query, operation_name, variables, read_only: false })
}

#[cfg(test)]
mod tests;
