//! Square roots.

use ndarray::{Array3, ArrayRef3};

use crate::error::Result;
use crate::filters::engine::pointwise::{each, largest_magnitude};
use crate::filters::operation::{Operation, parameters};
use crate::filters::reach::{About, Reach};
use crate::kernels::Isa;

parameters! {
    /// sign(x) √(|x| m), with the largest magnitude m = max |x| of the image.
    pub(crate) struct SquareRoot = "square_root", "", "SquareRoot" {}
}

impl Operation for SquareRoot {
    fn apply(&self, image: &ArrayRef3<f64>, _: About, _: Isa) -> Result<Array3<f64>> {
        let m = largest_magnitude(image);
        Ok(each(image, |x| (x.abs() * m).sqrt().copysign(x)))
    }

    fn reach(&self, _: [f64; 3]) -> Reach {
        Reach::Everything
    }

    fn name(&self) -> String {
        "squareroot".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::engine::pointwise::tests::check;

    #[test]
    fn signs_and_the_largest_magnitude_stay_and_zeros_stay_zero() {
        check(&SquareRoot {}, [-4.0, -2.0, 0.0, 2.0, 8f64.sqrt()], 0.0);
    }
}
