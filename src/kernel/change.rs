//! What an update does to one field: "not mentioned" and "emptied" are different things.

use serde::Serialize;

/// What becomes of one field that may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is emptied.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> Change<T> {
    /// The change with its value turned into something else.
    ///
    /// # Errors
    /// What `turn` says of the value.
    pub fn try_map<U, E>(self, turn: impl FnOnce(T) -> Result<U, E>) -> Result<Change<U>, E> {
        Ok(match self {
            Self::Keep => Change::Keep,
            Self::Clear => Change::Clear,
            Self::Set(value) => Change::Set(turn(value)?),
        })
    }

    /// What the field becomes.
    #[must_use]
    pub fn over(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Keep => current,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// The new value, if there is one.
    #[must_use]
    pub fn as_set(&self) -> Option<&T> {
        match self {
            Self::Keep | Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeping_clearing_and_setting_differ() {
        assert_eq!(Change::Keep.over(Some(1)), Some(1));
        assert_eq!(Change::Clear.over(Some(1)), None);
        assert_eq!(Change::Set(2).over(Some(1)), Some(2));
        assert_eq!(Change::Set("7").try_map(str::parse::<i32>), Ok(Change::Set(7)));
        assert!(Change::Set("x").try_map(str::parse::<i32>).is_err());
    }
}
