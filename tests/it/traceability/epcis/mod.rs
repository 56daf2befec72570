//! EPCIS at the border.

mod samples;
mod standard;
