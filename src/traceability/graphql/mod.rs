//! The room in GraphQL. Types wrap the room's values; nothing here decides.
