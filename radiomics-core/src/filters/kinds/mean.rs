//! Mean of a neighbourhood.

use ndarray::{Array3, ArrayRef3};

use crate::error::Result;
use crate::filters::engine::boundary::Boundary;
use crate::filters::engine::box_mean::BoxMean;
use crate::filters::engine::choices::Dimensions;
use crate::filters::operation::{Described, Operation, parameters};
use crate::filters::reach::{About, MAX_REACH, Reach};
use crate::kernels::Isa;
use crate::names::Named;

parameters! {
    /// Mean of a cube of voxels, in 2D of a square (IBSI 2, S60F).
    pub struct Mean = "mean", "S60F", "" {
        /// Edge of the cube in voxels, an odd number.
        pub support_voxels: usize,
        /// Whether the volume is filtered, or each slice by itself.
        pub dimensions: Dimensions = Dimensions::Three,
        /// What lies outside of the image.
        pub boundary: Boundary = Boundary::Mirror,
    }
}

impl Mean {
    /// Voxels on either side along (z, y, x).
    fn half(&self) -> [usize; 3] {
        self.dimensions.in_plane_or_volume(self.support_voxels / 2)
    }
}

impl Operation for Mean {
    fn apply(&self, image: &ArrayRef3<f64>, _: About, isa: Isa) -> Result<Array3<f64>> {
        Ok(BoxMean { half: self.half(), boundary: self.boundary, isa }.of(image))
    }

    fn reach(&self, _: [f64; 3]) -> Reach {
        Reach::new(self.half(), self.boundary)
    }

    fn validate(&self) -> Result<()> {
        if self.support_voxels % 2 == 1 && self.support_voxels <= 2 * MAX_REACH + 1 {
            return Ok(());
        }
        let remedy = format!("it must be an odd number from 1 to {}", 2 * MAX_REACH + 1);
        Err(Self::invalid("support_voxels", self.support_voxels, remedy))
    }

    fn name(&self) -> String {
        format!("mean-{}-{}{}", self.support_voxels, self.dimensions.name(), self.boundary.suffix())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr3;

    use super::*;

    #[test]
    fn means_of_three_voxels_and_of_nine() {
        let image = arr3(&[[[0.0, 9.0, 0.0, 0.0]], [[9.0, 0.0, 0.0, 18.0]], [[0.0, 0.0, 0.0, 0.0]]]);
        let mean = |dimensions, boundary| {
            let filter = Mean { support_voxels: 3, dimensions, boundary };
            filter.apply(&image, About::doubles([1.0; 3]), Isa::best()).unwrap()
        };
        // In 2D, of the row and the two rows of zeros beside it.
        let expected = arr3(&[[[1.0, 1.0, 1.0, 0.0]], [[1.0, 1.0, 2.0, 2.0]], [[0.0, 0.0, 0.0, 0.0]]]);
        assert_eq!(mean(Dimensions::Two, Boundary::Zero), expected);
        // Mirrored along y the row is its own neighbour; along z, slices are as well.
        let first = (9.0 * 2.0 + 9.0 + 0.0 * 3.0) * 3.0 / 27.0;
        assert_eq!(mean(Dimensions::Three, Boundary::Mirror)[[0, 0, 1]], first);
    }

    #[test]
    fn an_even_support_has_no_middle() {
        let filter =
            |support_voxels| Mean { support_voxels, dimensions: Dimensions::Two, boundary: Boundary::Zero };
        assert!(filter(15).validate().is_ok());
        let message = filter(4).validate().unwrap_err().to_string();
        assert_eq!(message, "filter `mean`: `support_voxels` is 4: it must be an odd number from 1 to 8191");
        assert!(filter(0).validate().is_err());
        assert_eq!(filter(5).reach([1.0; 3]), Reach::Voxels([0, 2, 2]));
        assert_eq!(filter(5).name(), "mean-5-2D-zero");
    }
}
