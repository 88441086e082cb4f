//! Gradient magnitude.

use ndarray::{Array3, ArrayRef3};

use crate::error::Result;
use crate::filters::operation::{Operation, parameters};
use crate::filters::reach::{About, Reach};
use crate::kernels::Isa;
use crate::kernels::differences::{gradient_magnitude, round_to_single};
use crate::volume::voxels::volume;
use crate::work::loops;

parameters! {
    /// Magnitude of the gradient, by central differences (PyRadiomics). Beyond the border the
    /// outermost voxel goes on, so that differences there are half the one-sided ones.
    pub struct Gradient = "gradient", "", "Gradient" {
        /// Whether differences are per mm, or else per voxel.
        pub use_spacing: bool = true,
        /// Whether the result is rounded to 32-bit floats, as ITK does.
        pub single_precision: bool = false,
    }
}

impl Operation for Gradient {
    fn apply(&self, image: &ArrayRef3<f64>, about: About, isa: Isa) -> Result<Array3<f64>> {
        let (nz, ny, nx) = image.dim();
        let image = image.as_standard_layout();
        let values = image.as_slice().expect("in standard layout");
        let row = |k: usize, j: usize| &values[(k * ny + j) * nx..][..nx];
        // ITK's coefficients: half of the reciprocal, not the reciprocal of the double.
        let half = about.spacing_mm.map(|s| if self.use_spacing { 0.5 * (1.0 / s) } else { 0.5 });
        let mut result = volume::<f64>([nz, ny, nx]);
        let slices = result.as_slice_mut().expect("made in standard layout");
        loops::each(slices.chunks_mut((ny * nx).max(1)).enumerate(), |(k, slice)| {
            for (j, to) in slice.chunks_exact_mut(nx).enumerate() {
                let z = [row(k.saturating_sub(1), j), row((k + 1).min(nz - 1), j)];
                let y = [row(k, j.saturating_sub(1)), row(k, (j + 1).min(ny - 1))];
                gradient_magnitude(isa, z, y, row(k, j), half, to);
                if self.single_precision {
                    round_to_single(isa, to);
                }
            }
        });
        Ok(result)
    }

    fn reach(&self, _: [f64; 3]) -> Reach {
        Reach::Voxels([1; 3])
    }

    fn name(&self) -> String {
        let spacing = if self.use_spacing { "" } else { "-per-voxel" };
        let precision = if self.single_precision { "-single" } else { "" };
        format!("gradient{spacing}{precision}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The response by its definition, voxel by voxel.
    fn plain(filter: &Gradient, image: &ArrayRef3<f64>, spacing_mm: [f64; 3]) -> Array3<f64> {
        let shape: [usize; 3] = image.dim().into();
        Array3::from_shape_fn(image.dim(), |(k, j, i)| {
            let mut sum = 0.0;
            for axis in [2, 1, 0] {
                let at = |step: isize| {
                    let mut index = [k, j, i];
                    index[axis] = index[axis].saturating_add_signed(step).min(shape[axis] - 1);
                    image[index]
                };
                let c = if filter.use_spacing { 0.5 * (1.0 / spacing_mm[axis]) } else { 0.5 };
                let g = c * at(1) - c * at(-1);
                sum += g * g;
            }
            if filter.single_precision { f64::from(sum.sqrt() as f32) } else { sum.sqrt() }
        })
    }

    #[test]
    fn every_instruction_set_gives_the_bits_of_the_definition() {
        for shape in [(1, 1, 1), (1, 3, 2), (3, 4, 5), (4, 3, 37)] {
            let image = Array3::from_shape_fn(shape, |(k, j, i)| {
                ((k * 131 + j * 37 + i * 7919) % 1009) as f64 * 0.37
            });
            for use_spacing in [true, false] {
                for single_precision in [true, false] {
                    let filter = Gradient { use_spacing, single_precision };
                    let about = About::doubles([2.5, 0.7, 1.1]);
                    let expected = plain(&filter, &image, about.spacing_mm);
                    for isa in Isa::available() {
                        let got = filter.apply(&image, about, isa).unwrap();
                        assert_eq!(got, expected, "{}", isa.name());
                    }
                }
            }
        }
    }
}
