//! EPCIS 2.0 and CBV 2.0 (GS1, June 2022): the form in which events are kept and leave.

mod hash;

pub use hash::event_hash;
