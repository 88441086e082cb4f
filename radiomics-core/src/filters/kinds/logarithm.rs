//! Logarithms.

use ndarray::{Array3, ArrayRef3};

use crate::error::Result;
use crate::filters::engine::pointwise::{each, largest_magnitude};
use crate::filters::operation::{Operation, parameters};
use crate::filters::reach::{About, Reach};
use crate::kernels::Isa;
use crate::kernels::elementary::ln;

parameters! {
    /// sign(x) ln(|x| + 1) · m / ln(m + 1), with the largest magnitude m = max |x| of the image.
    pub(crate) struct Logarithm = "logarithm", "", "Logarithm" {}
}

impl Operation for Logarithm {
    fn apply(&self, image: &ArrayRef3<f64>, _: About, _: Isa) -> Result<Array3<f64>> {
        let m = largest_magnitude(image);
        if m == 0.0 {
            return Ok(image.to_owned());
        }
        let scale = m / ln(m + 1.0);
        Ok(each(image, |x| ln(x.abs() + 1.0).copysign(x) * scale))
    }

    fn reach(&self, _: [f64; 3]) -> Reach {
        Reach::Everything
    }

    fn name(&self) -> String {
        "logarithm".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::engine::pointwise::tests::check;

    #[test]
    fn signs_and_the_largest_magnitude_stay_and_zeros_stay_zero() {
        let log = |x: f64| 4.0 * x.ln() / 5f64.ln();
        check(&Logarithm {}, [-4.0, -log(2.0), 0.0, log(2.0), log(3.0)], 0.0);
    }
}
