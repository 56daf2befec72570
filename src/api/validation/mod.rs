//! What the GraphQL specification demands and the library leaves out, and the table of types that it takes.
//!
//! The library checks a variable's *value* against the places where it is used, once a request, as part of its full validation.
//! It neither refuses a variable whose declared type does not fit its place (section 5.8.5) nor a required variable that was not
//! sent (section 6.1.2): both come out as errors of single fields, after half of a mutation may have run. [`positions`] and
//! [`variables`] make them request errors again. Since between them they cover everything about variables, a document that has
//! passed full validation once need not pass it again for other values, which is what makes the document cache of
//! [`crate::api::engine`] pay. [`once`] keeps a mutation that is written twice from being carried out twice, and [`single`] a subscription to one field.
//! [`twice`] tells where an answer cannot be written piece by piece.

pub mod once;
pub mod positions;
pub mod single;
pub mod twice;
pub mod types;
pub mod variables;

use async_graphql::Pos;

/// One reason why an operation cannot run with what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, in terms of the client's own document and variables.
    pub message: String,
    /// Where in the document.
    pub at: Pos,
}
