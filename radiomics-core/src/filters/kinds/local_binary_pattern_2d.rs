//! Local binary patterns in slices.

use std::f64::consts::PI;

use ndarray::{Array3, ArrayRef3};

use crate::error::Result;
use crate::filters::operation::{Described, Operation, parameters};
use crate::filters::reach::{About, Reach};
use crate::kernels::Isa;
use crate::kernels::elementary::{cos, sin};
use crate::names::Named;
use crate::volume::voxels::volume;
use crate::work::loops;

/// How a pattern of bits becomes a number (Ojala et al. 2002, as in scikit-image).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PatternCode {
    /// The bits as a binary number.
    Default,
    /// The smallest number that turning the pattern gives ("ror").
    Ror,
    /// The number of ones if there are at most two changes along the circle, else samples + 1.
    #[default]
    Uniform,
    /// A number of its own for each orientation of a pattern that has at most two changes along the
    /// circle, and one for all others.
    NriUniform,
    /// No pattern, but the variance of the samples; not a number where that is 0.
    Var,
}

impl Named for PatternCode {
    const KIND: &'static str = "method";
    const NAMES: &'static [(&'static str, Self)] = &[
        ("uniform", Self::Uniform),
        ("default", Self::Default),
        ("ror", Self::Ror),
        ("nri_uniform", Self::NriUniform),
        ("var", Self::Var),
    ];
}

parameters! {
    /// Local binary patterns in each slice (PyRadiomics `LBP2D`): which samples on a circle round a
    /// voxel are at least as large as it is. Outside of the image all is 0.
    pub struct LocalBinaryPattern2d = "local_binary_pattern_2d", "", "LBP2D" {
        /// Radius in voxels.
        pub radius: f64 = 1.0,
        /// Number of samples on the circle.
        pub samples: usize = 8,
        /// How a pattern becomes a number: by a code of scikit-image's `local_binary_pattern`, or with
        /// `var` as the variance of the samples.
        pub method: PatternCode = PatternCode::Uniform,
    }
}

/// Most samples: their pattern is one 64-bit number.
const MAX_SAMPLES: usize = 64;
/// Most samples whose code is a number that is exact in every language.
const MAX_SAMPLES_OF_CODE: usize = 31;

impl LocalBinaryPattern2d {
    /// Offsets (y, x) of the samples, rounded as scikit-image does, which also takes the radius
    /// as a 32-bit number.
    fn circle(&self) -> Vec<(f64, f64)> {
        let radius = f64::from(self.radius as f32);
        let round = |x: f64| (x * 1e5).round_ties_even() / 1e5;
        let angle = |p: usize| 2.0 * PI * p as f64 / self.samples as f64;
        (0..self.samples).map(|p| (round(-radius * sin(angle(p))), round(radius * cos(angle(p))))).collect()
    }

    /// The patterns of row `j` of a slice.
    #[allow(clippy::too_many_arguments, reason = "a loop body with a name")]
    fn row(
        &self,
        slice: &[f64],
        j: usize,
        nx: usize,
        rows: &[Line],
        columns: &[Line],
        scratch: &mut Scratch,
        out: &mut [f64],
    ) {
        let Scratch { bits, samples, zeros, wrong } = scratch;
        bits.clear();
        bits.resize(nx, 0u64);
        wrong.clear();
        wrong.resize(nx, 0.0);
        zeros.resize(nx, 0.0);
        let keep = self.method == PatternCode::Var;
        samples.resize(if keep { nx * self.samples } else { 0 }, 0.0);
        let centre = &slice[j * nx..][..nx];
        for (p, (line, column)) in rows.iter().zip(columns).enumerate() {
            let row = |at: Option<usize>| at.map_or(&zeros[..], |at| &slice[at * nx..][..nx]);
            let ([above, below], dy) = line.at[j];
            let (above, below) = (row(above), row(below));
            for i in 0..nx {
                let ([left, right], dx) = column.at[i];
                let value = |row: &[f64], at: Option<usize>| at.map_or(0.0, |at| row[at]);
                let top = (1.0 - dx) * value(above, left) + dx * value(above, right);
                let bottom = (1.0 - dx) * value(below, left) + dx * value(below, right);
                let sample = (1.0 - dy) * top + dy * bottom;
                bits[i] |= u64::from(sample - centre[i] >= 0.0) << p;
                // A comparison would pass over what is no number.
                wrong[i] += 0.0 * sample;
                if keep {
                    samples[i * self.samples + p] = sample;
                }
            }
        }
        if keep {
            for (samples, out) in samples.chunks_exact(self.samples).zip(out) {
                let variance = variance(samples);
                *out = if variance == 0.0 { f64::NAN } else { variance };
            }
            return;
        }
        for ((&bits, wrong), out) in bits.iter().zip(wrong).zip(out) {
            *out = self.code(bits) + *wrong;
        }
    }

    /// The number of a pattern, whose lowest bit is the first sample.
    fn code(&self, bits: u64) -> f64 {
        let n = self.samples;
        match self.method {
            PatternCode::Default => bits as f64,
            PatternCode::Ror => {
                let turned = |by: usize| if by == 0 { bits } else { bits >> by | bits << (n - by) & mask(n) };
                (0..n).map(turned).min().expect("at least one sample") as f64
            }
            PatternCode::Uniform | PatternCode::Var if changes(bits, n) <= 2 => bits.count_ones() as f64,
            PatternCode::Uniform | PatternCode::Var => (n + 1) as f64,
            PatternCode::NriUniform if changes(bits, n) <= 2 => oriented(bits, n) as f64,
            PatternCode::NriUniform => (n * (n - 1) + 2) as f64,
        }
    }
}

impl Operation for LocalBinaryPattern2d {
    fn apply(&self, image: &ArrayRef3<f64>, _: About, _: Isa) -> Result<Array3<f64>> {
        let (_, ny, nx) = image.dim();
        let image = image.as_standard_layout();
        let mut result = volume(image.dim().into());
        let circle = self.circle();
        let columns: Vec<Line> = circle.iter().map(|&(_, dx)| Line::new(dx, nx)).collect();
        let rows: Vec<Line> = circle.iter().map(|&(dy, _)| Line::new(dy, ny)).collect();
        let slices = image.as_slice().expect("in standard layout").chunks((ny * nx).max(1));
        let out = result.as_slice_mut().expect("made in standard layout").chunks_mut((ny * nx).max(1));
        loops::each_with(slices.zip(out), Scratch::default, |scratch, (slice, out)| {
            for (j, out) in out.chunks_exact_mut(nx).enumerate() {
                self.row(slice, j, nx, &rows, &columns, scratch, out);
            }
        });
        Ok(result)
    }

    fn reach(&self, _: [f64; 3]) -> Reach {
        let voxels = self.radius.ceil() as usize;
        Reach::Voxels([0, voxels, voxels])
    }

    fn validate(&self) -> Result<()> {
        Self::positive("radius", self.radius)?;
        let most = match self.method {
            PatternCode::Default | PatternCode::Ror => MAX_SAMPLES_OF_CODE,
            _ => MAX_SAMPLES,
        };
        if !(1..=most).contains(&self.samples) {
            let remedy = format!("it must be from 1 to {most} with this method");
            return Err(Self::invalid("samples", self.samples, remedy));
        }
        Ok(())
    }

    fn name(&self) -> String {
        let method = match self.method {
            PatternCode::Uniform => String::new(),
            other => format!("-{}", other.name().replace('_', "-")),
        };
        format!("lbp-2D-{}-{}{method}", self.radius, self.samples)
    }
}

/// A mask of the lowest `n` bits, those of `n` samples.
fn mask(n: usize) -> u64 {
    u64::MAX >> (64 - n)
}

/// How many neighbouring samples of a pattern differ; the last and the first one do not count as neighbours.
fn changes(bits: u64, n: usize) -> u32 {
    ((bits ^ bits >> 1) & mask(n) >> 1).count_ones()
}

/// The number of a uniform pattern among all of them.
fn oriented(bits: u64, n: usize) -> usize {
    let ones = bits.count_ones() as usize;
    if ones == 0 {
        return 0;
    }
    if ones == n {
        return n * (n - 1) + 1;
    }
    let turns = match bits.trailing_zeros() as usize {
        0 => ones - bits.trailing_ones() as usize,
        first_one => n - first_one,
    };
    1 + (ones - 1) * n + turns
}

/// The variance of samples, as a population.
fn variance(samples: &[f64]) -> f64 {
    let n = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / n;
    samples.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n
}

#[derive(Default)]
struct Scratch {
    bits: Vec<u64>,
    samples: Vec<f64>,
    zeros: Vec<f64>,
    /// 0, or NaN where a sample is no number.
    wrong: Vec<f64>,
}

/// For each position of a line moved by a distance, the voxels on either side and where between them it
/// is. Positions are added before they are split, as the fraction rounds with them.
struct Line {
    at: Vec<([Option<usize>; 2], f64)>,
}

impl Line {
    fn new(distance: f64, n: usize) -> Self {
        let split = |i: usize| {
            let position = i as f64 + distance;
            let inside = |at: f64| (at >= 0.0 && at < n as f64).then_some(at as usize);
            ([inside(position.floor()), inside(position.ceil())], position - position.floor())
        };
        Self { at: (0..n).map(split).collect() }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    fn apply(filter: &LocalBinaryPattern2d, image: &ArrayRef3<f64>) -> Array3<f64> {
        filter.apply(image, About::doubles([1.0; 3]), Isa::best()).unwrap()
    }

    // 5 × 6 voxels, (i · 37) mod 23; responses of scikit-image 0.24 `local_binary_pattern`.
    fn response(radius: f64, samples: usize, method: PatternCode) -> Array2<f64> {
        let image = Array3::from_shape_fn((1, 5, 6), |(_, j, i)| ((j * 6 + i) * 37 % 23) as f64);
        let filter = LocalBinaryPattern2d { radius, samples, method };
        apply(&filter, &image).remove_axis(ndarray::Axis(0))
    }

    #[test]
    fn codes_equal_those_of_scikit_image() {
        // Row 2 of the image.
        let check = |radius, samples, method, expected: [f64; 6]| {
            let got = response(radius, samples, method);
            for (got, expected) in got.row(2).iter().zip(expected) {
                assert!((got - expected).abs() <= 1e-12 * expected.abs(), "{method:?}: {got} {expected}");
            }
        };
        check(1.0, 8, PatternCode::Default, [199.0, 0.0, 60.0, 255.0, 0.0, 60.0]);
        check(1.5, 12, PatternCode::Default, [3599.0, 0.0, 3276.0, 4095.0, 0.0, 200.0]);
        check(1.0, 8, PatternCode::Ror, [31.0, 0.0, 15.0, 255.0, 0.0, 15.0]);
        check(1.5, 12, PatternCode::Ror, [127.0, 0.0, 819.0, 4095.0, 0.0, 25.0]);
        check(1.0, 8, PatternCode::Uniform, [5.0, 0.0, 4.0, 8.0, 0.0, 4.0]);
        check(1.5, 12, PatternCode::Uniform, [7.0, 0.0, 13.0, 12.0, 0.0, 13.0]);
        check(1.0, 8, PatternCode::NriUniform, [35.0, 0.0, 31.0, 57.0, 0.0, 31.0]);
        check(1.5, 12, PatternCode::NriUniform, [76.0, 0.0, 134.0, 133.0, 0.0, 134.0]);
        check(
            1.0,
            8,
            PatternCode::Var,
            [
                58.25044729954968,
                13.178836064110357,
                36.44280026288868,
                13.178836064110385,
                13.17883606411035,
                41.61786030561082,
            ],
        );
        check(
            1.5,
            12,
            PatternCode::Var,
            [
                38.64538733852223,
                12.90719627132224,
                4.782541466666676,
                11.138877868800003,
                12.873544118788876,
                16.006455095155548,
            ],
        );
    }

    #[test]
    fn patterns_of_the_border_see_zeros() {
        // A constant image: every sample inside is as large as the voxel, those outside are not.
        //   corner:  4 1 .      samples 0 (right) ... counter-clockwise
        let image = Array3::from_elem((1, 3, 3), 5.0);
        let filter = LocalBinaryPattern2d { radius: 1.0, samples: 4, method: PatternCode::Default };
        let got = apply(&filter, &image);
        // right = 1, up = 2, left = 4, down = 8
        let expected = [[9.0, 13.0, 12.0], [11.0, 15.0, 14.0], [3.0, 7.0, 6.0]];
        assert_eq!(got, Array3::from_shape_fn((1, 3, 3), |(_, j, i)| expected[j][i]));
    }

    #[test]
    fn uniform_patterns_have_numbers_of_their_own() {
        let filter = LocalBinaryPattern2d { radius: 1.0, samples: 8, method: PatternCode::NriUniform };
        let codes: Vec<f64> =
            (0..256u64).filter(|&b| circular_changes(b) <= 2).map(|b| filter.code(b)).collect();
        let mut sorted = codes.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.dedup();
        assert_eq!((codes.len(), sorted.len()), (58, 58));
    }

    fn circular_changes(bits: u64) -> u32 {
        (bits ^ (bits >> 1 | bits << 7 & 255)).count_ones()
    }
}
