//! What a GraphQL document may cost, decided before the library looks at it.
//!
//! The GraphQL library recurses while it parses and expands fragments while it validates, so a small text can
//! overflow the stack or occupy a core for seconds. Two guards stand in front of it:
//!
//! 1. [`source`] reads the raw text once, without recursion or allocation, and caps tokens, nesting and the length of a word;
//! 2. [`document`] walks the syntax tree iteratively with every fragment summed up once, and caps what the document *expands* to.
//!
//! Depth, complexity with list multipliers and the time limit are the library's and the engine's business (see
//! [`crate::api::engine`]); they run on documents that have passed both guards.
//!
//! What a caller may cost in a minute is [`rate`]'s. Attempts at passwords are counted where they are made, in the rooms, since
//! one request may carry many.

pub mod document;
pub mod rate;
pub mod source;

use async_graphql::Pos;

/// Every cap on a GraphQL request. The defaults leave several times the room that the introspection query and the largest
/// page of a front end need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of an HTTP request body.
    pub body_bytes_max: usize,
    /// Tokens of a document.
    pub tokens_max: usize,
    /// Brackets of any kind open at once, counted in the raw text.
    pub nesting_max: usize,
    /// Bytes of one name or number. Long names make spelling suggestions quadratic and bring nothing.
    pub word_bytes_max: usize,
    /// Selections (fields, spreads, inline fragments) over all definitions once every fragment is written out.
    pub expanded_selections_max: u64,
    /// Aliases over all operations once every fragment is written out.
    pub aliases_max: u64,
    /// Fields directly under `Query` or `Mutation`, in one operation.
    pub root_fields_max: u64,
    /// Directives over all operations once every fragment is written out.
    pub directives_max: u64,
    /// Operations in one document, of which a request runs one.
    pub operations_max: usize,
    /// Fields of an introspection on one path that each give a list of the schema's members. Tools need one; by a third, such
    /// as the interfaces of the implementations of an interface, an answer has grown beyond use.
    pub introspection_lists_max: u64,
    /// Fields on the longest path from the root.
    pub depth_max: usize,
    /// Sum of field costs, where a connection costs its page size times what one element costs.
    pub complexity_max: usize,
    /// Errors listed in one response.
    pub errors_max: usize,
    /// Milliseconds an operation may run.
    pub execution_ms_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 128 * 1024,
            tokens_max: 4_000,
            nesting_max: 40,
            word_bytes_max: 256,
            expanded_selections_max: 5_000,
            aliases_max: 100,
            root_fields_max: 50,
            directives_max: 100,
            operations_max: 50,
            introspection_lists_max: 2,
            depth_max: 20,
            complexity_max: 20_000,
            errors_max: 50,
            execution_ms_max: 10_000,
        }
    }
}

/// Why a document was refused before validation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A string that never ends; nothing after it can be trusted to be what it seems.
    #[error("syntax error: the string that starts here is not closed")]
    UnterminatedString {
        /// Where the string starts.
        at: Pos,
    },
    /// More tokens than [`Limits::tokens_max`].
    #[error("the document has more than {max} tokens")]
    Tokens {
        /// The cap.
        max: usize,
    },
    /// Brackets nested deeper than [`Limits::nesting_max`].
    #[error("the document nests brackets deeper than {max}")]
    Nesting {
        /// The bracket that is one too many.
        at: Pos,
        /// The cap.
        max: usize,
    },
    /// A name or number longer than [`Limits::word_bytes_max`].
    #[error("the document has a name or number longer than {max} bytes")]
    Word {
        /// Where it starts.
        at: Pos,
        /// The cap.
        max: usize,
    },
    /// A fragment that contains itself, directly or through others.
    #[error("fragment \"{name}\" contains itself")]
    FragmentCycle {
        /// The fragment's name.
        name: String,
        /// Where the fragment is defined.
        at: Pos,
    },
    /// The document writes out to more selections than [`Limits::expanded_selections_max`].
    #[error("the document selects more than {max} fields once its fragments are written out")]
    ExpandedSelections {
        /// The cap.
        max: u64,
    },
    /// More aliases than [`Limits::aliases_max`].
    #[error("the document has more than {max} aliases once its fragments are written out")]
    Aliases {
        /// The cap.
        max: u64,
    },
    /// More fields under the root than [`Limits::root_fields_max`].
    #[error("the operation has more than {max} fields at its root")]
    RootFields {
        /// The operation.
        at: Pos,
        /// The cap.
        max: u64,
    },
    /// More directives than [`Limits::directives_max`].
    #[error("the document has more than {max} directives once its fragments are written out")]
    Directives {
        /// The cap.
        max: u64,
    },
    /// More operations than [`Limits::operations_max`].
    #[error("the document has more than {max} operations")]
    Operations {
        /// The cap.
        max: usize,
    },
    /// An introspection that goes from list to list oftener than [`Limits::introspection_lists_max`].
    #[error("the introspection nests more than {max} lists of fields, interfaces, possible types or input fields")]
    Introspection {
        /// The operation.
        at: Pos,
        /// The cap.
        max: u64,
    },
}

impl Violation {
    /// The place to show to the client, where there is one.
    #[must_use]
    pub fn position(&self) -> Option<Pos> {
        match self {
            Self::UnterminatedString { at }
            | Self::Nesting { at, .. }
            | Self::Word { at, .. }
            | Self::FragmentCycle { at, .. }
            | Self::RootFields { at, .. }
            | Self::Introspection { at, .. } => Some(*at),
            Self::Tokens { .. }
            | Self::ExpandedSelections { .. }
            | Self::Aliases { .. }
            | Self::Directives { .. }
            | Self::Operations { .. } => None,
        }
    }
}
