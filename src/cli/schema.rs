//! `bfw schema`

use super::{CommandError, say};

pub(super) fn run() -> Result<(), CommandError> {
    say(crate::api::sdl().trim_end())
}
