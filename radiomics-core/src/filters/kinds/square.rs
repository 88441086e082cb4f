//! Squares.

use ndarray::{Array3, ArrayRef3};

use crate::error::Result;
use crate::filters::engine::pointwise::{each, largest_magnitude};
use crate::filters::operation::{Operation, parameters};
use crate::filters::reach::{About, Reach};
use crate::kernels::Isa;

parameters! {
    /// x² / m, with the largest magnitude m = max |x| of the image.
    pub(crate) struct Square = "square", "", "Square" {}
}

impl Operation for Square {
    fn apply(&self, image: &ArrayRef3<f64>, _: About, _: Isa) -> Result<Array3<f64>> {
        let m = largest_magnitude(image);
        if m == 0.0 {
            return Ok(image.to_owned());
        }
        let scale = 1.0 / m.sqrt();
        Ok(each(image, |x| (scale * x) * (scale * x)))
    }

    fn reach(&self, _: [f64; 3]) -> Reach {
        Reach::Everything
    }

    fn name(&self) -> String {
        "square".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::engine::pointwise::tests::check;

    #[test]
    fn the_largest_magnitude_stays_and_zeros_stay_zero() {
        check(&Square {}, [4.0, 0.25, 0.0, 0.25, 1.0], 0.0);
    }
}
