//! What texture families have in common: which matrices are counted, merged and averaged, which
//! voxels are neighbours, and which are connected.

pub mod aggregation;
mod edge_distance;
pub(crate) mod matrix;
pub(crate) mod neighbourhood;
pub(crate) mod zones;
