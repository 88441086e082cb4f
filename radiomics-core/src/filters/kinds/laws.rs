//! Laws kernels.

use ndarray::{Array3, ArrayRef3};

use crate::error::{Result, nearest};
use crate::filters::engine::boundary::Boundary;
use crate::filters::engine::box_mean::BoxMean;
use crate::filters::engine::choices::{Dimensions, Pooling};
use crate::filters::engine::kernel1d::{Kernel, Triple};
use crate::filters::engine::separable::{Engine, rotated};
use crate::filters::operation::{Described, Operation, parameters};
use crate::filters::reach::{About, MAX_REACH, Reach};
use crate::kernels::Isa;
use crate::names::Named;

parameters! {
    /// Laws kernels, one per axis, and the energy of their response (IBSI 2, JTXT).
    pub struct Laws = "laws", "JTXT", "" {
        /// A kernel (L5, E5, S5, W5, R5, L3, E3 or S3) for x, y and, in 3D, z: `L5E5S5`; two kernels
        /// filter slice by slice.
        pub kernels: String,
        /// Whether the responses of all right-angle rotations are pooled (24 in 3D, 4 in 2D).
        pub rotation_invariant: bool = false,
        /// How the responses of rotations are pooled.
        pub pooling: Pooling = Pooling::Max,
        /// Half width δ in voxels of the window (2 δ + 1) over which magnitudes are averaged to the
        /// energy; none gives the response itself.
        pub energy_delta_voxels: Option<usize> = None,
        /// What lies outside of the image.
        pub boundary: Boundary = Boundary::Mirror,
    }
}

/// The Laws kernels by name, before they are divided by the square root of their sum of squares.
const KERNELS: [(&str, &[f64]); 8] = [
    ("L5", &[1.0, 4.0, 6.0, 4.0, 1.0]),
    ("E5", &[-1.0, -2.0, 0.0, 2.0, 1.0]),
    ("S5", &[-1.0, 0.0, 2.0, 0.0, -1.0]),
    ("W5", &[-1.0, 2.0, 0.0, -2.0, 1.0]),
    ("R5", &[1.0, -4.0, 6.0, -4.0, 1.0]),
    ("L3", &[1.0, 2.0, 1.0]),
    ("E3", &[-1.0, 0.0, 1.0]),
    ("S3", &[-1.0, 2.0, -1.0]),
];

impl Laws {
    /// The kernels along (z, y, x), and whether there is one for z.
    fn parse(&self) -> Result<(Triple, bool)> {
        let mut letters = self.kernels.chars();
        let mut kernels = Vec::new();
        loop {
            let name: String = letters.by_ref().take(2).collect();
            if name.is_empty() {
                break;
            }
            kernels.push(kernel(&name)?);
        }
        match <[Kernel; 3]>::try_from(kernels) {
            Ok([x, y, z]) => Ok(([z, y, x], true)),
            Err(kernels) => match <[Kernel; 2]>::try_from(kernels) {
                Ok([x, y]) => Ok(([Kernel::identity(), y, x], false)),
                Err(_) => {
                    let remedy = "it must name three kernels, for x, y and z, such as L5E5S5, or two to filter by slice";
                    Err(Self::invalid("kernels", &self.kernels, remedy))
                }
            },
        }
    }
}

impl Operation for Laws {
    fn apply(&self, image: &ArrayRef3<f64>, _: About, isa: Isa) -> Result<Array3<f64>> {
        let (kernels, in_volume) = self.parse()?;
        let stages = vec![kernels];
        let responses = if self.rotation_invariant { rotated(&stages, in_volume) } else { vec![stages] };
        let mut response = Engine { boundary: self.boundary, isa }.pooled(image, &responses, self.pooling);
        if let Some(delta) = self.energy_delta_voxels {
            response.mapv_inplace(f64::abs);
            let half = dimensions(in_volume).in_plane_or_volume(delta);
            BoxMean { half, boundary: self.boundary, isa }.replace(&mut response);
        }
        Ok(response)
    }

    fn reach(&self, _: [f64; 3]) -> Reach {
        let Ok((kernels, in_volume)) = self.parse() else { return Reach::Everything };
        let mut reach = kernels.each_ref().map(Kernel::reach);
        if self.rotation_invariant {
            let widest = reach.into_iter().fold(0, usize::max);
            reach = dimensions(in_volume).in_plane_or_volume(widest);
        }
        let energy = dimensions(in_volume).in_plane_or_volume(self.energy_delta_voxels.unwrap_or(0));
        Reach::new([0, 1, 2].map(|axis| reach[axis].saturating_add(energy[axis])), self.boundary)
    }

    fn validate(&self) -> Result<()> {
        self.parse()?;
        match self.energy_delta_voxels {
            Some(delta) if delta > MAX_REACH => {
                let remedy = format!("it must be at most {MAX_REACH}");
                Err(Self::invalid("energy_delta_voxels", delta, remedy))
            }
            _ => Ok(()),
        }
    }

    fn name(&self) -> String {
        let pooling = match self.rotation_invariant {
            true => format!("-{}", self.pooling.name()),
            false => String::new(),
        };
        let energy = self.energy_delta_voxels.map_or(String::new(), |delta| format!("-energy{delta}"));
        format!("laws-{}{pooling}{energy}{}", self.kernels, self.boundary.suffix())
    }
}

/// Whether slices or the volume are filtered.
fn dimensions(in_volume: bool) -> Dimensions {
    if in_volume { Dimensions::Three } else { Dimensions::Two }
}

/// The Laws kernel called `name`, whose sum of squares is 1.
fn kernel(name: &str) -> Result<Kernel> {
    let Some((_, taps)) = KERNELS.iter().find(|(known, _)| *known == name) else {
        let names = || KERNELS.iter().map(|k| k.0);
        let suggestion = nearest(name, names()).map_or(String::new(), |n| format!("; did you mean {n}?"));
        let remedy =
            format!("there is no such kernel, only {}{suggestion}", names().collect::<Vec<_>>().join(", "));
        return Err(Laws::invalid("kernels", name, remedy));
    };
    let norm = taps.iter().map(|t| t * t).sum::<f64>().sqrt();
    Ok(Kernel::centred(&taps.iter().map(|t| t / norm).collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::engine::separable::tests::{assert_close, noise};

    fn laws(kernels: &str) -> Laws {
        Laws {
            kernels: kernels.to_owned(),
            rotation_invariant: false,
            pooling: Pooling::Max,
            energy_delta_voxels: None,
            boundary: Boundary::Mirror,
        }
    }

    fn response(laws: &Laws, image: &ArrayRef3<f64>) -> Array3<f64> {
        laws.apply(image, About::doubles([1.0; 3]), Isa::best()).unwrap()
    }

    #[test]
    fn the_first_letter_is_x_and_edges_are_convolved() {
        // Brighter towards larger x: an edge along x only, and a convolution reads E3 backwards.
        let image = Array3::from_shape_fn((3, 3, 5), |(_, _, i)| i as f64);
        let at = |kernels: &str| response(&laws(kernels), &image)[[1, 1, 2]];
        let smooth = (16.0f64 / 6.0).sqrt();
        assert!((at("E3L3L3") - -2.0 / 2.0f64.sqrt() * smooth * smooth).abs() < 1e-12);
        assert!(at("L3E3L3").abs() < 1e-12);
        assert!(at("L3L3E3").abs() < 1e-12);
        assert!((at("E3L3") - -2.0 / 2.0f64.sqrt() * smooth).abs() < 1e-12);
    }

    #[test]
    fn energy_is_the_mean_magnitude_of_the_pooled_response() {
        let image = noise((6, 7, 8));
        let invariant = Laws { rotation_invariant: true, ..laws("E3W5R5") };
        let pooled = response(&invariant, &image);
        let energy = response(&Laws { energy_delta_voxels: Some(1), ..invariant }, &image);
        let block = pooled.slice(ndarray::s![2..5, 3..6, 4..7]);
        assert!((energy[[3, 4, 5]] - block.mapv(f64::abs).mean().unwrap()).abs() < 1e-9);
        let sliced = Laws { energy_delta_voxels: Some(0), ..laws("S5L5") };
        let plain = response(&laws("S5L5"), &image).mapv(f64::abs);
        assert_close(&response(&sliced, &image), &plain, "no window");
    }

    #[test]
    fn reach_adds_up_over_stages() {
        let reach = |laws: Laws| laws.reach([1.0; 3]);
        assert_eq!(reach(laws("L5E3S5")), Reach::Voxels([2, 1, 2]));
        let invariant = Laws { rotation_invariant: true, energy_delta_voxels: Some(7), ..laws("L5E3") };
        assert_eq!(reach(invariant), Reach::Voxels([0, 9, 9]));
        let periodic = Laws { boundary: Boundary::Periodic, ..laws("L3E3") };
        assert_eq!(reach(periodic), Reach::Periodic([0, 1, 1]));
    }

    #[test]
    fn parameters_are_checked_and_named() {
        let message = |kernels: &str| laws(kernels).validate().unwrap_err().to_string();
        assert!(
            message("L5E6S5")
                .starts_with("filter `laws`: `kernels` is E6: there is no such kernel, only L5, E5,")
        );
        assert!(message("L5e5").ends_with("; did you mean E5?"));
        assert!(message("L5").contains("three kernels"));
        assert!(message("").contains("three kernels"));
        assert!(message("L5é").contains("no such kernel"));
        assert!(laws("L5E5").validate().is_ok());
        let energy =
            |delta| Laws { rotation_invariant: true, energy_delta_voxels: Some(delta), ..laws("L5E5E5") };
        assert!(energy(1_000_000).validate().is_err());
        assert_eq!(energy(7).name(), "laws-L5E5E5-max-energy7");
        assert_eq!(Laws { boundary: Boundary::Zero, ..laws("L5S5") }.name(), "laws-L5S5-zero");
    }
}
