//! What can go wrong, in two kinds that never mix: what the person can mend, and what only we can.
//!
//! A [`UserError`] is data: a code from one closed table, the path of the input that is wrong, and the arguments of a
//! message that exists in French and English. A [`Fault`] is ours: it is logged with the request id and hidden.

use std::sync::Arc;

pub use super::error_code::ErrorCode;
use super::{
    blobs::BlobError,
    db::{DbErr, Trouble, trouble},
    decimal::DecimalError,
    id::IdError,
    locale::{self, Locale},
    money::MoneyError,
};

/// One thing that the person can mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserError {
    /// What is wrong.
    pub code: ErrorCode,
    /// Where: the names that lead to the argument or input field, outermost first.
    pub path: Vec<String>,
    /// The message's arguments by name.
    pub args: Vec<(&'static str, String)>,
}

impl UserError {
    /// An error at a path such as `["input", "price", "amount"]`.
    pub fn new<P: ToString>(code: ErrorCode, path: impl IntoIterator<Item = P>) -> Self {
        Self { code, path: path.into_iter().map(|name| name.to_string()).collect(), args: Vec::new() }
    }

    /// Adds an argument of the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// The message in a language.
    #[must_use]
    pub fn message(&self, locale: Locale) -> String {
        let args = self.args.iter().map(|(name, value)| (*name, value.as_str()));
        locale::message(locale, self.code.message_key(), args)
    }

    /// What an identifier that does not decode tells the person.
    pub fn from_id<P: ToString>(error: &IdError, expected: &'static str, path: impl IntoIterator<Item = P>) -> Self {
        match error {
            IdError::Malformed | IdError::WrongType { .. } => {
                Self::new(ErrorCode::InvalidId, path).with("expected", expected)
            }
        }
    }

    /// What a number that does not parse tells the person.
    pub fn from_decimal<P: ToString>(error: DecimalError, value: &str, path: impl IntoIterator<Item = P>) -> Self {
        match error {
            DecimalError::Malformed => Self::new(ErrorCode::MalformedNumber, path).with("value", excerpt(value)),
            DecimalError::TooPrecise { decimals } => Self::new(ErrorCode::TooPrecise, path).with("decimals", decimals),
            DecimalError::OutOfRange => {
                Self::new(ErrorCode::OutOfRange, path).with("minimum", i64::MIN).with("maximum", i64::MAX)
            }
        }
    }

    /// What an amount that does not parse tells the person. `path` names the money input; the field is added.
    pub fn from_money<P: ToString>(error: &MoneyError, amount: &str, path: impl IntoIterator<Item = P>) -> Self {
        let mut path: Vec<String> = path.into_iter().map(|name| name.to_string()).collect();
        match error {
            MoneyError::Amount(error) => {
                path.push("amount".into());
                Self::from_decimal(*error, amount, path)
            }
            MoneyError::UnknownCurrency(code) => {
                path.push("currency".into());
                Self::new(ErrorCode::UnknownCurrency, path).with("value", excerpt(code))
            }
        }
    }
}

/// At most forty characters of what somebody typed, to be quoted back in a message.
#[must_use]
pub fn excerpt(value: &str) -> String {
    const LENGTH_MAX: usize = 40;
    let mut text: String = value.chars().filter(|sign| !sign.is_control()).take(LENGTH_MAX).collect();
    if value.chars().count() > LENGTH_MAX {
        text.push('…');
    }
    text
}

/// Gathers everything that is wrong with an input, so that a person mends it in one go.
#[derive(Debug, Default)]
pub struct Rejections(Vec<UserError>);

impl Rejections {
    /// Notes one error.
    pub fn push(&mut self, error: UserError) {
        self.0.push(error);
    }

    /// Notes the error of a result and passes its value on.
    pub fn take<T>(&mut self, result: Result<T, UserError>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Notes all errors of an outcome that was about the input; a fault is passed up.
    ///
    /// # Errors
    /// The fault.
    pub fn absorb<T>(&mut self, outcome: Outcome<T>) -> Result<Option<T>, Fault> {
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(Failure::Rejected(errors)) => {
                self.0.extend(errors);
                Ok(None)
            }
            Err(Failure::Fault(fault)) => Err(fault),
        }
    }

    /// Whether nothing was noted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Goes on if nothing was noted.
    ///
    /// # Errors
    /// [`Failure::Rejected`] with everything that was noted.
    pub fn finish(self) -> Outcome<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Failure::Rejected(self.0)) }
    }
}

/// Something that only we can mend. Its text goes to the log, never to a client.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database refused or could not be reached.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// The search index could not answer.
    #[error("search: {0}")]
    Search(String),
    /// The store of documents could not answer.
    #[error(transparent)]
    Store(#[from] BlobError),
    /// A file or socket failed.
    #[error("input or output: {0}")]
    Io(#[from] std::io::Error),
    /// Stored data does not have the form that was written.
    #[error("stored {what} is not readable: {detail}")]
    Corrupt {
        /// Which data.
        what: &'static str,
        /// What about it.
        detail: String,
    },
    /// A bounded resource is used up for the moment; the client may try again.
    #[error("overloaded: {0}")]
    Overloaded(&'static str),
    /// A task of ours ended without an answer.
    #[error("internal: {0}")]
    Internal(String),
    /// What was read for many at once could not be read; all of them are told.
    #[error(transparent)]
    Shared(Arc<Fault>),
}

impl Fault {
    /// A value in the database that our own code would not have written.
    pub fn corrupt(what: &'static str, detail: impl ToString) -> Self {
        Self::Corrupt { what, detail: detail.to_string() }
    }

    /// Whether the same may succeed a moment later: the database is busy, full or away, or something bounded is used up.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self.cause() {
            Self::Database(error) => trouble(error) != Trouble::Broken,
            Self::Overloaded(_) => true,
            Self::Search(_)
            | Self::Store(_)
            | Self::Io(_)
            | Self::Corrupt { .. }
            | Self::Internal(_)
            | Self::Shared(_) => false,
        }
    }

    /// What it is, whomever else it was told to.
    #[must_use]
    pub fn cause(&self) -> &Self {
        if let Self::Shared(fault) = self { fault.cause() } else { self }
    }
}

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The person can mend it.
    #[error("rejected: {}", .0.iter().map(|error| error.code.wire()).collect::<Vec<_>>().join(", "))]
    Rejected(Vec<UserError>),
    /// Only we can.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Failure {
    /// A rejection that is about no input field in particular.
    #[must_use]
    pub fn code(code: ErrorCode) -> Self {
        Self::Rejected(vec![UserError::new::<&str>(code, [])])
    }
}

impl From<UserError> for Failure {
    fn from(error: UserError) -> Self {
        Self::Rejected(vec![error])
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self::Fault(Fault::Database(error))
    }
}

/// What a use case gives.
pub type Outcome<T> = Result<T, Failure>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_speaks_both_languages() {
        for code in ErrorCode::ALL {
            assert!(locale::has_message(code.message_key()), "{code:?} has no message");
        }
    }

    #[test]
    fn wire_forms_are_distinct() {
        let distinct: std::collections::HashSet<_> = ErrorCode::ALL.iter().map(|code| code.wire()).collect();
        assert_eq!(distinct.len(), ErrorCode::ALL.len());
    }

    #[test]
    fn a_quoted_value_is_short_and_printable() {
        let quoted = excerpt(&"é\u{0}\n".repeat(1_000));
        assert_eq!(quoted.chars().count(), 41);
        assert!(!quoted.contains('\n'));
    }
}
