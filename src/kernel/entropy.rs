//! Randomness for secrets, from the operating system and nowhere else.

use rand::{TryRngCore as _, rngs::OsRng};

use super::Fault;

/// Bytes that nobody can foretell.
///
/// # Errors
/// When the operating system has none.
pub fn bytes<const LENGTH: usize>() -> Result<[u8; LENGTH], Fault> {
    let mut bytes = [0; LENGTH];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| Fault::Internal(format!("no randomness: {error}")))?;
    Ok(bytes)
}
