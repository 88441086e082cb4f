//! Local binary patterns on a sphere.

use ndarray::{Array3, ArrayRef3, Axis};
use serde_json::{Value, json};

use crate::error::{Result, unknown_name};
use crate::filters::engine::sphere::{self, Point};
use crate::filters::operation::{Described, Operation, parameters};
use crate::filters::parameter::{ParameterValue, Wrong, name_and_content};
use crate::filters::reach::{About, Reach};
use crate::kernels::Isa;
use crate::kernels::convolve::{Set, Tap, weighted_rows};
use crate::kernels::finite::larger;
use crate::kernels::splines::{self, LANES, mirror, spline_weights};
use crate::volume::voxels::{VoxelKind, copied, volume};
use crate::work::loops;

/// What is made of the samples on a sphere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SphericalMap {
    /// The norm of what spherical harmonics of a degree, from 0, hold of the pattern.
    /// PyRadiomics' map `m1` is of degree 0.
    Degree(usize),
    /// The excess kurtosis of the samples; not a number where all are equal.
    Kurtosis,
}

impl ParameterValue for SphericalMap {
    fn takes() -> String {
        "`kurtosis`, or `{degree: n}` with a whole number".to_owned()
    }

    fn read(value: &Value) -> std::result::Result<Self, Wrong> {
        match name_and_content(value).ok_or(Wrong(None))? {
            ("kurtosis", Value::Null) => Ok(Self::Kurtosis),
            ("degree", degree) => usize::read(degree).map(Self::Degree),
            ("kurtosis", _) => Err(Wrong(None)),
            (name, _) => Err(Wrong(Some(unknown_name("map", name, ["degree", "kurtosis"].into_iter())))),
        }
    }

    fn write(&self) -> Value {
        match self {
            Self::Degree(degree) => json!({ "degree": degree }),
            Self::Kurtosis => json!("kurtosis"),
        }
    }
}

parameters! {
    /// Local binary patterns on a sphere (PyRadiomics `LBP3D`): which samples round a voxel, at the
    /// vertices of a subdivided icosahedron, are at least as large as it is. Samples are interpolated
    /// by cubic splines and then, as in SciPy, numbers of the kind that the image holds: whole ones, and
    /// none below 0 if it holds none; outside of the image all is 0. Degrees are those of PyRadiomics, which
    /// exchanges the polar angle and the azimuth of spherical harmonics.
    pub struct LocalBinaryPattern3d = "local_binary_pattern_3d", "", "LBP3D" {
        /// Radius in voxels.
        pub radius: f64 = 1.0,
        /// How often the faces of the icosahedron are divided by four: 0 gives 12 samples, 1 gives 42.
        pub subdivision: usize = 1,
        /// What is made of the samples: the norm of what spherical harmonics of a degree hold of the
        /// pattern (PyRadiomics' m1 is of degree 0), or the excess kurtosis.
        pub map: SphericalMap,
    }
}

const MAX_SUBDIVISION: usize = 4;
const MAX_DEGREE: usize = 16;

/// The least number of voxels that a spline reads on either side of a position.
const SUPPORT: usize = 2;
/// Voxels on either side that the coefficients of a spline depend on.
const SPLINE_REACH: usize = 32;

impl Operation for LocalBinaryPattern3d {
    fn apply(&self, image: &ArrayRef3<f64>, about: About, isa: Isa) -> Result<Array3<f64>> {
        let image = copied(image.view(), |x| x);
        let shape: [usize; 3] = image.dim().into();
        let [_, ny, nx] = shape;
        let coefficients = spline_coefficients(&image, isa);
        let vertices = sphere::icosphere(self.subdivision, self.radius);
        let sampler = Sampler {
            isa,
            coefficients: coefficients.as_slice().expect("in standard layout"),
            shape,
            offsets: vertices.iter().map(|v| Offset::new(*v, shape)).collect(),
        };
        let harmonics = match self.map {
            SphericalMap::Degree(degree) => Some(Harmonics::new(&vertices, degree)),
            SphericalMap::Kurtosis => None,
        };
        let values = image.as_slice().expect("in standard layout");
        let mut result = volume(image.dim().into());
        let rows = result.as_slice_mut().expect("made in standard layout");
        loops::each_with(
            rows.chunks_mut(nx.max(1)).enumerate(),
            || (vec![0.0; nx], vec![0.0; nx * vertices.len()], vec![0.0; vertices.len()]),
            |(line, samples, of_voxel), (row, to)| {
                for (v, samples) in samples.chunks_exact_mut(nx).enumerate() {
                    sampler.row(v, row / ny, row % ny, line, samples);
                    match about.kind {
                        VoxelKind::Unsigned => samples.iter_mut().for_each(|x| *x = larger(0.0, x.round())),
                        VoxelKind::Signed => samples.iter_mut().for_each(|x| *x = x.round()),
                        VoxelKind::Single => samples.iter_mut().for_each(|x| *x = f64::from(*x as f32)),
                        VoxelKind::Double => {}
                    }
                }
                let centre = &values[row * nx..][..nx];
                for (i, to) in to.iter_mut().enumerate() {
                    for (v, sample) in of_voxel.iter_mut().enumerate() {
                        *sample = samples[v * nx + i];
                    }
                    *to = match &harmonics {
                        Some(harmonics) => harmonics.norm(of_voxel, centre[i]),
                        None => kurtosis(of_voxel),
                    };
                }
            },
        );
        Ok(result)
    }

    fn reach(&self, _: [f64; 3]) -> Reach {
        Reach::Voxels([(self.radius.ceil() as usize).saturating_add(SUPPORT + SPLINE_REACH); 3])
    }

    fn validate(&self) -> Result<()> {
        Self::positive("radius", self.radius)?;
        if self.subdivision > MAX_SUBDIVISION {
            let remedy = format!("it must be from 0 to {MAX_SUBDIVISION}");
            return Err(Self::invalid("subdivision", self.subdivision, remedy));
        }
        match self.map {
            SphericalMap::Degree(degree) if degree > MAX_DEGREE => {
                let remedy = format!("the degree must be from 0 to {MAX_DEGREE}");
                Err(Self::invalid("map", format!("degree {degree}"), remedy))
            }
            _ => Ok(()),
        }
    }

    fn name(&self) -> String {
        let map = match self.map {
            SphericalMap::Degree(degree) => format!("degree{degree}"),
            SphericalMap::Kurtosis => "kurtosis".to_owned(),
        };
        format!("lbp-3D-{}-{}-{map}", self.radius, self.subdivision)
    }
}

/// The coefficients of the cubic spline through the voxels, mirrored at the centres of the outermost ones.
fn spline_coefficients(image: &ArrayRef3<f64>, isa: Isa) -> Array3<f64> {
    let mut coefficients = image.to_owned();
    for axis in 0..3 {
        let mut lines: Vec<_> = coefficients.lanes_mut(Axis(axis)).into_iter().collect();
        loops::each_with(lines.chunks_mut(LANES), Vec::new, |block, lines| {
            let length = lines.first().map_or(0, |line| line.len());
            block.clear();
            block.resize(length, [0.0; LANES]);
            for (lane, line) in lines.iter().enumerate() {
                block.iter_mut().zip(line).for_each(|(values, &x)| values[lane] = x);
            }
            splines::prefilter(isa, block, SPLINE_REACH);
            for (lane, line) in lines.iter_mut().enumerate() {
                line.iter_mut().zip(&*block).for_each(|(x, values)| *x = values[lane]);
            }
        });
    }
    coefficients
}

/// Excess kurtosis, as a population; not a number for samples that are equal but for rounding.
fn kurtosis(samples: &[f64]) -> f64 {
    let n = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / n;
    let moment = |power: i32| samples.iter().map(|x| (x - mean).powi(power)).sum::<f64>() / n;
    let variance = moment(2);
    if variance <= (1e-15 * mean).powi(2) {
        return f64::NAN;
    }
    moment(4) / (variance * variance) - 3.0
}

/// A pattern's part in the harmonics of a degree.
struct Harmonics {
    /// The real functions of the degree at the vertices, one after the other.
    functions: Vec<Vec<f64>>,
    /// For each two functions the product of their signs in the part, times their product summed over
    /// the vertices.
    gram: Vec<Vec<f64>>,
}

impl Harmonics {
    fn new(vertices: &[Point], degree: usize) -> Self {
        // The part at a vertex w is Σ_m c_m Y_m(w) with c_m = Σ_v b(v) Y_m(v), as PyRadiomics
        // has it, without a conjugate. Terms m and −m add up to
        // 2 Re(c_m Y_m(w)) = 2 Re c_m Re Y_m(w) − 2 Im c_m Im Y_m(w).
        let functions = sphere::harmonics(vertices, degree);
        let sign = |k: usize| if k > degree { -1.0 } else { 1.0 };
        let product =
            |k: usize, l: usize| -> f64 { functions[k].iter().zip(&functions[l]).map(|(a, b)| a * b).sum() };
        let all = 0..functions.len();
        let gram =
            all.clone().map(|k| all.clone().map(|l| sign(k) * sign(l) * product(k, l)).collect()).collect();
        Self { functions, gram }
    }

    /// The norm of the part that the pattern of these samples round a voxel has; NaN if one of them is
    /// no number, which a comparison would pass over.
    fn norm(&self, samples: &[f64], centre: f64) -> f64 {
        if !samples.iter().all(|sample| sample.is_finite()) {
            return f64::NAN;
        }
        let coefficient = |function: &Vec<f64>| -> f64 {
            function.iter().zip(samples).filter(|(_, s)| **s >= centre).map(|(f, _)| f).sum()
        };
        let c: Vec<f64> = self.functions.iter().map(coefficient).collect();
        let row = |row: &Vec<f64>| -> f64 { row.iter().zip(&c).map(|(g, c)| g * c).sum() };
        let square: f64 = self.gram.iter().zip(&c).map(|(g, c)| c * row(g)).sum();
        square.max(0.0).sqrt()
    }
}

/// The voxels that a spline reads along an axis, and their weights.
type Reads = [(usize, f64); 4];

/// The position of a vertex relative to any voxel.
struct Offset {
    /// What a spline reads, by axis (z, y, x) and position along it; nothing outside of the image.
    lines: [Vec<Option<Reads>>; 3],
}

impl Offset {
    fn new(vertex: Point, shape: [usize; 3]) -> Self {
        let line = |axis: usize| {
            let n = shape[axis];
            let at = |i: usize| {
                let position = i as f64 + vertex[axis];
                if position < 0.0 || position > (n - 1) as f64 {
                    return None;
                }
                let base = position.floor();
                let weights = spline_weights(position - base);
                Some([0, 1, 2, 3].map(|k| (mirror(base as isize - 1 + k as isize, n - 1), weights[k])))
            };
            (0..n).map(at).collect()
        };
        Self { lines: [0, 1, 2].map(line) }
    }
}

struct Sampler<'a> {
    isa: Isa,
    coefficients: &'a [f64],
    shape: [usize; 3],
    offsets: Vec<Offset>,
}

impl Sampler<'_> {
    /// The samples at vertex `v` of the voxels of row (k, j).
    fn row(&self, v: usize, k: usize, j: usize, line: &mut [f64], to: &mut [f64]) {
        let [_, ny, nx] = self.shape;
        let [z, y, x] = &self.offsets[v].lines;
        let (Some(z), Some(y)) = (z[k], y[j]) else {
            to.fill(0.0);
            return;
        };
        let taps: Vec<Tap> = z
            .iter()
            .flat_map(|&(k, wz)| {
                y.iter().map(move |&(j, wy)| Tap { offset: (k * ny + j) * nx, weight: wz * wy })
            })
            .collect();
        weighted_rows(self.isa, Set, line, self.coefficients, &taps);
        for (to, x) in to.iter_mut().zip(x) {
            *to = x.map_or(0.0, |x| x.iter().map(|&(i, weight)| weight * line[i]).sum());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_those_of_pyradiomics() {
        // PyRadiomics 3.0.1 with SciPy 1.13 and trimesh 5.2, getLBP3DImage with its defaults of the
        // 16-bit image 4 x 5 x 6 below: row (1, 2).
        let image = Array3::from_shape_fn((4, 5, 6), |(k, j, i)| (((k * 5 + j) * 6 + i) * 7919 % 101) as f64);
        #[rustfmt::skip]
        let expected = [
            (SphericalMap::Degree(0), [12.893023963105417, 11.345861087532766, 0.0, 18.56595450687179, 2.578604792621081, 12.893023963105417]),
            (SphericalMap::Degree(1), [12.130100298349701, 11.807384147113684, 0.0, 17.095226329589128, 1.4264508017080249, 12.130100298349701]),
            (SphericalMap::Kurtosis, [-1.304963887990911, -0.2740640726533292, -0.40112625161846793, -0.8096328853125194, -0.9032936023150415, -1.4204574865808728]),
        ];
        for (map, expected) in expected {
            let filter = LocalBinaryPattern3d { radius: 1.0, subdivision: 1, map };
            let about = About { spacing_mm: [1.0; 3], kind: VoxelKind::Signed };
            let got = filter.apply(&image, about, Isa::best()).unwrap();
            for (i, expected) in expected.into_iter().enumerate() {
                assert!(
                    (got[[1, 2, i]] - expected).abs() < 1e-12,
                    "{map:?} {i}: {} {expected}",
                    got[[1, 2, i]]
                );
            }
            for isa in Isa::available() {
                assert_eq!(filter.apply(&image, about, isa).unwrap(), got, "{}", isa.name());
            }
        }
    }

    #[test]
    fn a_quadratic_form_replaces_the_sum_over_the_vertices() {
        let vertices = sphere::icosphere(1, 1.0);
        let samples: Vec<f64> = (0..vertices.len()).map(|v| (v * 7919 % 101) as f64).collect();
        for degree in 0..4 {
            let harmonics = Harmonics::new(&vertices, degree);
            let part = |w: usize| -> f64 {
                harmonics.functions.iter().enumerate().fold(0.0, |sum, (k, f)| {
                    let sign = if k > degree { -1.0 } else { 1.0 };
                    let c: f64 = (0..f.len()).filter(|&v| samples[v] >= 50.0).map(|v| f[v]).sum();
                    sum + sign * c * f[w]
                })
            };
            let expected = (0..vertices.len()).map(|w| part(w) * part(w)).sum::<f64>().sqrt();
            assert!((harmonics.norm(&samples, 50.0) - expected).abs() < 1e-12, "degree {degree}");
        }
    }

    #[test]
    fn equal_samples_have_no_kurtosis() {
        assert!(kurtosis(&[3.0; 42]).is_nan());
        assert_eq!(kurtosis(&[1.0, -1.0, 1.0, -1.0]), -2.0);
    }
}
