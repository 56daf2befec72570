//! Who certifies what of whom: schemes, certificates with their dated states, and the claims that follow from them.
//!
//! Nobody types "organic": a claim on a listing is derived from certificates that cover its organization and product on a day.

pub mod model;
