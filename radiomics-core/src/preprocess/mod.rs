//! From image and mask to the region of interest. The order of the steps is fixed in
//! `prepared.rs`, and nowhere else.

mod discretise;
mod drawn;
mod frame;
mod known;
mod lines;
mod normalise;
mod places;
mod prepared;
mod region;
mod resample;
mod resegment;
mod responses;
mod turned;

pub(crate) use discretise::Bins;
pub use discretise::discretise;
pub(crate) use discretise::grey_levels;
pub(crate) use drawn::margin_voxels;
pub(crate) use known::{Known, KnownImage, KnownLabel};
pub use prepared::prepare;
pub(crate) use prepared::{BYTES_OF_VOXEL, Labelled, Prepared};
pub use region::{PreparedRegion, prepare_on};
pub use resample::{Resampling, resampled_grid};
pub(crate) use responses::respond;
pub(crate) use turned::{Pose, Turned};
