//! Exponentials.

use ndarray::{Array3, ArrayRef3};

use crate::error::Result;
use crate::filters::engine::pointwise::{each, largest_magnitude};
use crate::filters::operation::{Operation, parameters};
use crate::filters::reach::{About, Reach};
use crate::kernels::Isa;
use crate::kernels::elementary::{exp, ln};

parameters! {
    /// m^(x/m), with the largest magnitude m = max |x| of the image.
    pub(crate) struct Exponential = "exponential", "", "Exponential" {}
}

impl Operation for Exponential {
    fn apply(&self, image: &ArrayRef3<f64>, _: About, _: Isa) -> Result<Array3<f64>> {
        let m = largest_magnitude(image);
        let rate = if m == 0.0 { 0.0 } else { ln(m) / m };
        Ok(each(image, |x| exp(rate * x)))
    }

    fn reach(&self, _: [f64; 3]) -> Reach {
        Reach::Everything
    }

    fn name(&self) -> String {
        "exponential".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::engine::pointwise::tests::check;

    #[test]
    fn the_largest_value_stays_and_zeros_become_ones() {
        check(&Exponential {}, [0.25, 0.5f64.sqrt(), 1.0, 2f64.sqrt(), 2.0], 1.0);
    }
}
