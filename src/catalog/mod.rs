//! What is traded: products in their tree, the units they are counted in and what those weigh, and the grades that follow
//! from measurements.
//!
//! Reference data are embedded files; every row says where it comes from and how sure that is.

pub mod model;
