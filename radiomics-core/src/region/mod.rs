//! What preprocessing leaves of an image and a mask: the region of interest, its intensities in no
//! particular place, and its grey levels.

pub(crate) mod levels;
pub(crate) mod roi;
pub(crate) mod sample;
