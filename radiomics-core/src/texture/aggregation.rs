//! How texture matrices of slices and directions are merged and averaged
//! (IBSI 1, "Aggregating features").

use crate::names::Named;

/// Over what a feature is computed, in the vocabulary of the IBSI reference values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aggregation {
    /// Over the region as a whole; families without matrices (DHQ4). Its name is empty.
    Region,
    /// A matrix per slice (and direction), features averaged (BTW3, 8QNN).
    Averaged2d,
    /// Directions merged within each slice, features averaged over slices (SUJT).
    SliceMerged2d,
    /// Slices merged for each direction, features averaged over directions (JJUI).
    DirectionMerged25d,
    /// Slices and in-plane directions merged into one matrix (ZW7Z, 62GR).
    Merged25d,
    /// A matrix per 3D direction, features averaged (ITBB).
    Averaged3d,
    /// 3D directions merged into one matrix (IAZD).
    Merged3d,
    /// One matrix over the volume, for families without directions (KOBO).
    Volume3d,
}

impl Named for Aggregation {
    const KIND: &'static str = "aggregation";
    const NAMES: &'static [(&'static str, Self)] = &[
        ("", Self::Region),
        ("2D_avg", Self::Averaged2d),
        ("2D_slice_merged", Self::SliceMerged2d),
        ("2.5D_dir_merged", Self::DirectionMerged25d),
        ("2.5D_merged", Self::Merged25d),
        ("3D_avg", Self::Averaged3d),
        ("3D_merged", Self::Merged3d),
        ("3D", Self::Volume3d),
    ];
}

/// Which aggregations a family knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// No matrix: one value for the region.
    Region,
    /// A matrix per direction: GLCM and GLRLM.
    Directional,
    /// A matrix without directions: GLSZM, GLDZM, NGTDM and NGLDM.
    Omnidirectional,
}

impl Scope {
    /// The aggregations of a family of this scope, each with its IBSI identifier.
    pub fn aggregations(self) -> &'static [(Aggregation, &'static str)] {
        use Aggregation::*;
        match self {
            Scope::Region => &[(Region, "DHQ4")],
            Scope::Directional => &[
                (Averaged2d, "BTW3"),
                (SliceMerged2d, "SUJT"),
                (DirectionMerged25d, "JJUI"),
                (Merged25d, "ZW7Z"),
                (Averaged3d, "ITBB"),
                (Merged3d, "IAZD"),
            ],
            Scope::Omnidirectional => &[(Averaged2d, "8QNN"), (Merged25d, "62GR"), (Volume3d, "KOBO")],
        }
    }

    /// The aggregations of `wanted` that a family of this scope knows; the region is always meant.
    pub fn chosen(self, wanted: &[Aggregation]) -> Vec<Aggregation> {
        self.aggregations()
            .iter()
            .map(|&(aggregation, _)| aggregation)
            .filter(|a| *a == Aggregation::Region || wanted.contains(a))
            .collect()
    }
}

/// The voxels one matrix is counted over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Span {
    /// One slice, neighbours in the plane only.
    Slice(usize),
    /// The volume, neighbours in three dimensions.
    Volume,
}

impl Span {
    /// The slices that this span covers, of `slices` in all.
    pub fn slices(self, slices: usize) -> std::ops::Range<usize> {
        match self {
            Span::Slice(k) => k..k + 1,
            Span::Volume => 0..slices,
        }
    }
}

/// The smallest matrix that is counted: one span, one direction (an index into the
/// directions of that span; 0 for families without directions).
pub type Unit = (Span, usize);

/// The matrices to build: each group of units is summed into one, and a feature is the
/// mean of its values over the groups.
///
/// `directions_2d` and `directions_3d` are the numbers of directions in the plane and in
/// the volume, 1 for families without directions.
pub fn plan(
    aggregation: Aggregation,
    slices: usize,
    directions_2d: usize,
    directions_3d: usize,
) -> Vec<Vec<Unit>> {
    let slice = |k: usize, d: usize| (Span::Slice(k), d);
    match aggregation {
        Aggregation::Region => Vec::new(),
        Aggregation::Averaged2d => {
            (0..slices).flat_map(|k| (0..directions_2d).map(move |d| vec![slice(k, d)])).collect()
        }
        Aggregation::SliceMerged2d => {
            (0..slices).map(|k| (0..directions_2d).map(|d| slice(k, d)).collect()).collect()
        }
        Aggregation::DirectionMerged25d => {
            (0..directions_2d).map(|d| (0..slices).map(|k| slice(k, d)).collect()).collect()
        }
        Aggregation::Merged25d => {
            vec![(0..slices).flat_map(|k| (0..directions_2d).map(move |d| slice(k, d))).collect()]
        }
        Aggregation::Averaged3d => (0..directions_3d).map(|d| vec![(Span::Volume, d)]).collect(),
        Aggregation::Merged3d | Aggregation::Volume3d => {
            vec![(0..directions_3d).map(|d| (Span::Volume, d)).collect()]
        }
    }
}

impl Aggregation {
    /// Whether this aggregation needs matrices of single slices.
    pub fn is_planar(self) -> bool {
        matches!(self, Self::Averaged2d | Self::SliceMerged2d | Self::DirectionMerged25d | Self::Merged25d)
    }

    /// The aggregation with the same merging and averaging whose neighbours lie in the plane: what this
    /// one becomes in a volume of a single slice.
    pub fn in_plane(self) -> Self {
        match self {
            Self::Averaged3d | Self::Volume3d => Self::Averaged2d,
            Self::Merged3d => Self::SliceMerged2d,
            planar => planar,
        }
    }

    /// Whether this aggregation needs neighbours in three dimensions.
    pub fn is_volumetric(self) -> bool {
        matches!(self, Self::Averaged3d | Self::Merged3d | Self::Volume3d)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plan_uses_each_unit_once() {
        for &(aggregation, _) in Scope::Directional.aggregations() {
            let mut units: Vec<Unit> = plan(aggregation, 3, 4, 13).into_iter().flatten().collect();
            let n = units.len();
            units.sort();
            units.dedup();
            assert_eq!(units.len(), n);
            assert_eq!(n, if aggregation.is_planar() { 12 } else { 13 });
        }
    }

    #[test]
    fn nothing_leaves_the_plane_of_a_single_slice() {
        for &(aggregation, _) in Scope::Directional.aggregations() {
            let units = plan(aggregation.in_plane(), 1, 4, 13).into_iter().flatten();
            assert!(units.into_iter().all(|unit| unit.0 == Span::Slice(0)), "{aggregation:?}");
        }
    }

    #[test]
    fn groups_per_aggregation() {
        let groups = |a| plan(a, 3, 4, 13).len();
        assert_eq!(groups(Aggregation::Averaged2d), 12);
        assert_eq!(groups(Aggregation::SliceMerged2d), 3);
        assert_eq!(groups(Aggregation::DirectionMerged25d), 4);
        assert_eq!(groups(Aggregation::Merged25d), 1);
        assert_eq!(groups(Aggregation::Averaged3d), 13);
        assert_eq!(groups(Aggregation::Merged3d), 1);
    }
}
