//! By what the same event is known again.

use serde_json::Value;

use crate::kernel::digest::Digest;

/// The event hash of CBV 2.0, section 8.9.
#[must_use]
pub fn event_hash(event: &Value) -> Digest {
    let mut event = event.clone();
    if let Some(fields) = event.as_object_mut() {
        for left_out in ["eventID", "recordTime", "errorDeclaration"] {
            fields.remove(left_out);
        }
    }
    Digest::of(event.to_string().as_bytes())
}
