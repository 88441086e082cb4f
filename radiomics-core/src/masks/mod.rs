//! Masks that are made, not given.

mod owned;

pub use owned::MaskVolume;
