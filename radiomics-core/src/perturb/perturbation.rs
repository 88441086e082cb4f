//! What is done to an image and a mask.

use crate::error::{Result, argument};

/// A change of the size of a region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Resize {
    /// By this share of its volume, above −1: 0.2 for a fifth more.
    Fraction(f64),
    /// By this many millimetres on all sides, inwards if negative.
    Distance(f64),
}

/// What is done to an image and a mask, in this order: noise, rotation and shift with the interpolation of the
/// settings, a larger or smaller mask, another contour. [`Perturbation::default`] does nothing but interpolate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Perturbation {
    /// Noise is added, another one for each number (`perturbation_noise_repetitions` of MIRP).
    pub noise: Option<u32>,
    /// Rotation of the interpolation grid about the axes (z, y, x) through the middle of the region, in degrees;
    /// about z from x towards y (MIRP: `perturbation_rotation_angles`, about z alone).
    pub rotation_deg: [f64; 3],
    /// Shift of the interpolation grid along its axes (z, y, x) in voxels, from 0 to below 1
    /// (`perturbation_translation_fraction`).
    pub translation: [f64; 3],
    /// The mask becomes larger or smaller (`perturbation_roi_adapt_size`, the kinds being those of
    /// `perturbation_roi_adapt_type`).
    pub volume: Option<Resize>,
    /// The contour becomes another one, another for each number (`perturbation_randomise_roi_repetitions`).
    pub contour: Option<u32>,
}

impl Perturbation {
    /// A name such as `rotation_-13_translation_0.25_noise_1`, unlike that of any other perturbation; `original`
    /// for one that does nothing. Random numbers depend on the seed and on this name.
    pub fn name(&self) -> String {
        let mut parts = Vec::new();
        let text = |numbers: &[f64]| numbers.iter().map(f64::to_string).collect::<Vec<_>>().join("_");
        match self.rotation_deg {
            [0.0, 0.0, 0.0] => {}
            [z, 0.0, 0.0] => parts.push(format!("rotation_{z}")),
            all => parts.push(format!("rotation_{}", text(&all))),
        }
        match self.translation {
            [0.0, 0.0, 0.0] => {}
            [z, y, x] if z == y && y == x => parts.push(format!("translation_{z}")),
            all => parts.push(format!("translation_{}", text(&all))),
        }
        parts.extend(self.noise.map(|n| format!("noise_{n}")));
        match self.volume {
            None | Some(Resize::Fraction(0.0) | Resize::Distance(0.0)) => {}
            Some(Resize::Fraction(share)) => parts.push(format!("volume_{share}")),
            Some(Resize::Distance(mm)) => parts.push(format!("volume_{mm}mm")),
        }
        parts.extend(self.contour.map(|n| format!("contour_{n}")));
        if parts.is_empty() { "original".to_owned() } else { parts.join("_") }
    }

    /// Refuses numbers that are out of range.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument).
    pub fn check(&self) -> Result<()> {
        let shown = |numbers: [f64; 3]| format!("{numbers:?}");
        if !self.rotation_deg.iter().all(|angle| angle.abs() <= 360.0) {
            let remedy = "give degrees from -360 to 360";
            return Err(argument("rotation_deg", shown(self.rotation_deg), remedy));
        }
        if !self.translation.iter().all(|share| (0.0..1.0).contains(share)) {
            let remedy = "give shares of a voxel, from 0 to below 1";
            return Err(argument("translation", shown(self.translation), remedy));
        }
        match self.volume {
            Some(Resize::Fraction(share)) if !(share > -1.0 && share <= 100.0) => {
                Err(argument("volume", share, "give a share of the volume above -1, such as -0.1 or 0.2"))
            }
            Some(Resize::Distance(mm)) if !mm.is_finite() => {
                Err(argument("volume", mm, "give a finite number of millimetres"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_done() {
        let nothing = Perturbation::default();
        assert_eq!(nothing.name(), "original");
        let all = Perturbation {
            noise: Some(2),
            rotation_deg: [-13.0, 0.0, 0.0],
            translation: [0.25; 3],
            volume: Some(Resize::Fraction(-0.1)),
            contour: Some(1),
        };
        assert_eq!(all.name(), "rotation_-13_translation_0.25_noise_2_volume_-0.1_contour_1");
        let other = Perturbation {
            rotation_deg: [0.0, 5.5, 0.0],
            translation: [0.0, 0.5, 0.5],
            volume: Some(Resize::Distance(2.0)),
            ..nothing
        };
        assert_eq!(other.name(), "rotation_0_5.5_0_translation_0_0.5_0.5_volume_2mm");
        assert_eq!((nothing.check(), all.check(), other.check()), (Ok(()), Ok(()), Ok(())));
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        let good = Perturbation::default();
        for (wrong, text) in [
            (
                Perturbation { rotation_deg: [f64::NAN, 0.0, 0.0], ..good },
                "`rotation_deg` is [NaN, 0.0, 0.0]",
            ),
            (Perturbation { translation: [0.0, 0.0, 1.0], ..good }, "`translation` is [0.0, 0.0, 1.0]: give"),
            (Perturbation { volume: Some(Resize::Fraction(-1.0)), ..good }, "`volume` is -1: give a share"),
            (Perturbation { volume: Some(Resize::Distance(f64::INFINITY)), ..good }, "`volume` is inf"),
        ] {
            let message = wrong.check().unwrap_err().to_string();
            assert!(message.contains(text), "{message}");
        }
    }
}
