//! EPCIS at the border.

mod border;
mod capturing;
mod querying;
mod samples;
mod standard;
