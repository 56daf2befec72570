//! The `bfw` command.

fn main() {}
