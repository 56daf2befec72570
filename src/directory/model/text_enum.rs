//! Enums that travel as text: in the database, in data files, in the audit trail and in GraphQL.

/// Declares an enum whose values have one text each, the same wherever it is written.
///
/// Gives `ALL`, `as_str`, `Display`, `FromStr` and serde by that text.
macro_rules! text_enum {
    (
        $(#[$outer:meta])*
        pub enum $name:ident {
            $($(#[$inner:meta])* $variant:ident = $text:literal,)+
        }
    ) => {
        $(#[$outer])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        pub enum $name {
            $($(#[$inner])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The text that stands for the value everywhere.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The texts of several values, parted by commas, for messages.
            #[must_use]
            pub fn list(values: &[Self]) -> String {
                values.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", ")
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::directory::model::UnknownText;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|value| value.as_str() == text)
                    .ok_or_else(|| crate::directory::model::UnknownText {
                        of: stringify!($name),
                        text: text.to_owned(),
                    })
            }
        }
    };
}
pub(crate) use text_enum;

/// A text that is none of an enum's: stored data of a newer version, or damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no {of} is called {text:?}")]
pub struct UnknownText {
    /// The enum.
    pub of: &'static str,
    /// What was read.
    pub text: String,
}
