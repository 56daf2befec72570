//! Enums whose values are kept as words: in tables, and wherever else a value has to be read back.

/// The stored word is none of those that there are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such word here: {0}")]
pub struct UnknownWord(pub String);

/// Declares an enum whose values are kept as words. Gives `ALL`, `as_str`, `FromStr` and serialization by that word.
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        pub enum $name {
            $($(#[$value_doc])* #[serde(rename = $word)] $value,)*
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$value,)*];

            /// As it is stored.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$value => $word,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::kernel::word::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.iter().find(|value| value.as_str() == text);
                known.copied().ok_or_else(|| $crate::kernel::word::UnknownWord(text.to_owned()))
            }
        }
    };
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "what the macro declares is public wherever it stands")]
mod tests {
    words! {
        /// A side.
        Side {
            /// This one.
            Left = "LEFT",
            /// The other.
            Right = "RIGHT",
        }
    }

    #[test]
    fn every_word_is_read_back_and_no_other() {
        for side in Side::ALL {
            assert_eq!(side.as_str().parse(), Ok(*side));
            assert_eq!(serde_json::json!(side), serde_json::json!(side.as_str()));
        }
        assert_eq!("left".parse::<Side>().unwrap_err().to_string(), "no such word here: left");
    }
}
