//! Masks that are made, not given: labels in memory of their own, and regions with what is made of them in
//! millimetres.

mod components;
mod distance;
mod owned;
mod region;
mod rims;

pub use components::Connectivity;
pub use distance::Distance;
pub use owned::MaskVolume;
pub use region::{Change, Region};
