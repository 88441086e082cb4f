//! The image as it is.

use ndarray::{Array3, ArrayRef3};

use crate::error::Result;
use crate::filters::operation::{Operation, parameters};
use crate::filters::reach::{About, Reach};
use crate::kernels::Isa;

parameters! {
    /// The image as it is, so that its features are among those of responses.
    pub(crate) struct Original = "original", "", "Original" {}
}

impl Operation for Original {
    fn apply(&self, image: &ArrayRef3<f64>, _: About, _: Isa) -> Result<Array3<f64>> {
        Ok(image.to_owned())
    }

    fn reach(&self, _: [f64; 3]) -> Reach {
        Reach::Voxels([0; 3])
    }

    fn name(&self) -> String {
        "original".to_owned()
    }
}
