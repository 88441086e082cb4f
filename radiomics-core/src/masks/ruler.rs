//! Distances along an axis, in steps from voxel to voxel.

use crate::names::Named;

/// What the distance of a voxel from a region is measured to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Distance {
    /// From the centre of the voxel to the nearest centre of a voxel of the region.
    #[default]
    Centre,
    /// From the centre of the voxel to the nearest point of the boxes that the region's voxels are: about
    /// half a voxel less.
    Surface,
}

impl Named for Distance {
    const KIND: &'static str = "distance";
    const NAMES: &'static [(&'static str, Self)] = &[("centre", Self::Centre), ("surface", Self::Surface)];
}

/// Distances along an axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ruler {
    pub distance: Distance,
    /// What places are counted in: voxels, or their halves if surfaces lie between them.
    pub unit_mm: f64,
}

impl Ruler {
    pub fn new(distance: Distance, spacing_mm: f64) -> Self {
        match distance {
            Distance::Centre => Self { distance, unit_mm: spacing_mm },
            Distance::Surface => Self { distance, unit_mm: spacing_mm / 2.0 },
        }
    }

    /// Units in a voxel.
    pub fn units(self) -> usize {
        match self.distance {
            Distance::Centre => 1,
            Distance::Surface => 2,
        }
    }

    /// The squared distance of voxels that are so many steps apart.
    pub fn squared(self, steps: usize) -> f64 {
        let units = match self.distance {
            Distance::Centre => steps,
            Distance::Surface => (2 * steps).saturating_sub(1),
        };
        self.of_units(units as f64)
    }

    pub fn of_units(self, units: f64) -> f64 {
        let mm = units * self.unit_mm;
        mm * mm
    }

    /// The most steps whose squared distance is at most `left`, which is not below 0.
    pub fn reach(self, left: f64) -> usize {
        let units = (left.sqrt() / self.unit_mm) as usize;
        let mut steps = match self.distance {
            Distance::Centre => units,
            Distance::Surface => units.div_ceil(2),
        };
        // The root and the quotient are rounded.
        while steps > 0 && self.squared(steps) > left {
            steps -= 1;
        }
        while self.squared(steps + 1) <= left {
            steps += 1;
        }
        steps
    }
}
