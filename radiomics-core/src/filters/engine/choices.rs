//! Choices that several filters offer.

use crate::names::Named;

/// Whether slices (across z) are filtered one by one or the volume as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dimensions {
    /// Slice by slice, in the plane of y and x.
    Two,
    /// The volume as a whole.
    #[default]
    Three,
}

impl Named for Dimensions {
    const KIND: &'static str = "number of dimensions";
    const NAMES: &'static [(&'static str, Self)] = &[("3D", Self::Three), ("2D", Self::Two)];
}

impl Dimensions {
    /// The axes that are filtered, of (z, y, x).
    pub(crate) fn axes(self) -> std::ops::Range<usize> {
        match self {
            Dimensions::Two => 1..3,
            Dimensions::Three => 0..3,
        }
    }

    /// `n` for the axes that are filtered, 0 for the others.
    pub(crate) fn in_plane_or_volume(self, n: usize) -> [usize; 3] {
        [0, 1, 2].map(|axis| if self.axes().contains(&axis) { n } else { 0 })
    }
}

/// How the responses to a filter in several orientations become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// The largest of the responses.
    Max,
    /// The mean of the responses.
    Mean,
}

impl Named for Pooling {
    const KIND: &'static str = "pooling";
    const NAMES: &'static [(&'static str, Self)] = &[("max", Self::Max), ("mean", Self::Mean)];
}
