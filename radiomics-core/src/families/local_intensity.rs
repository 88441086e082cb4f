//! Local intensity features (IBSI 1, 9ST6): mean intensities in spheres of 1 cm³ round voxels
//! of the intensity mask. Voxels outside of the region count as well, as far as the image goes;
//! outside of the region voxels that are not finite are left out.

use std::borrow::Cow;

use ndarray::Array3;

use crate::families::family::{Compute, Family, Maps};
use crate::families::job::{Job, Value, features};
use crate::feature::{Row, row};
use crate::kernels::finite::larger;
use crate::kernels::{Isa, pages, reduce, windows};
use crate::region::roi::Roi;
use crate::texture::aggregation::Scope;
use crate::work;
use crate::work::loops;

/// Radius of a sphere of 1 cm³, (3/(4π))^(1/3) cm, in mm.
const RADIUS_MM: f64 = 6.203_504_908_994;

pub(crate) const FAMILY: Family = Family {
    name: "local_intensity",
    ibsi_id: "9ST6",
    pyradiomics: None,
    scope: Scope::Region,
    features: || features(TABLE),
    compute: Compute::Surroundings { margin_mm: RADIUS_MM, compute },
    matrix: None,
    steps: 3,
    maps: Maps::None,
};

#[rustfmt::skip]
static TABLE: &[Row<Neighbourhoods>] = &[
    row("local_intensity_peak", "VJGA", "", "Mean within 6.2 mm (1 cm³) of the voxel of highest intensity; of several, the highest such mean", Neighbourhoods::local_peak),
    row("global_intensity_peak", "0F91", "", "Highest mean within 6.2 mm (1 cm³) of any voxel", Neighbourhoods::global_peak),
];

/// The image round the region, ready for sums over spheres.
struct Neighbourhoods {
    isa: Isa,
    /// Running sums of the intensities.
    sums: RunningSums,
    /// Running sums of 1 for each finite voxel; `None` if all are finite.
    counts: Option<RunningSums>,
    /// The rows of a sphere: offset (z, y) and reach along x to either side, in voxels.
    rows: Vec<([isize; 2], usize)>,
    /// The longest reach along x of a sphere's rows.
    pad: usize,
    mask: Array3<bool>,
    maxima: Vec<[usize; 3]>,
}

/// Part of a line of voxels.
#[derive(Clone, Copy)]
struct Piece {
    line: [usize; 2],
    first: usize,
    end: usize,
}

fn compute(job: &Job) -> Vec<Value> {
    job.values(TABLE, &Neighbourhoods::new(job.isa, job.roi))
}

impl Neighbourhoods {
    fn new(isa: Isa, roi: &Roi) -> Self {
        let intensities = roi.intensities.to_f64();
        let shape = intensities.dim().into();
        let rows = sphere_rows(roi.grid.spacing_mm, shape);
        let pad = rows.iter().map(|r| r.1).max().expect("the row of the centre");
        let (_, ny, _) = intensities.dim();
        assert_eq!(intensities.dim(), roi.intensity().dim(), "intensities and their mask");
        let lines = || intensities.rows().into_iter().zip(roi.intensity().rows()).enumerate();
        // Of each line the highest intensity inside.
        let of_lines: Vec<f64> = lines()
            .map(|(_, (x, m))| match (x.as_slice(), m.as_slice()) {
                (Some(x), Some(m)) => reduce::masked_range(isa, x, m).0[1],
                _ => reduce::masked_range(isa, &x.to_vec(), &m.to_vec()).0[1],
            })
            .collect();
        let highest = of_lines.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let maxima = lines().filter(|(n, _)| of_lines[*n] == highest).flat_map(|(n, (x, m))| {
            let inside = x.into_iter().zip(m).enumerate().filter(|(_, (x, m))| **m && **x == highest);
            inside.map(move |(i, _)| [n / ny, n % ny, i])
        });
        let maxima = maxima.collect();
        let mut sums = RunningSums::new(&intensities, pad, |x| x);
        let mut counts = None;
        if !sums.are_finite() {
            sums = RunningSums::new(&intensities, pad, |x| if x.is_finite() { x } else { 0.0 });
            counts = Some(RunningSums::new(&intensities, pad, |x| f64::from(x.is_finite())));
        }
        Self { isa, sums, counts, rows, pad, mask: roi.intensity().clone(), maxima }
    }

    /// The lines that a sphere round a voxel of line (k, j) meets, and its reach along them.
    fn lines(&self, [k, j]: [usize; 2]) -> impl Iterator<Item = ([usize; 2], usize)> {
        let (nz, ny, _) = self.mask.dim();
        self.rows.iter().filter_map(move |&([z, y], reach)| {
            let line = [k.checked_add_signed(z)?, j.checked_add_signed(y)?];
            (line[0] < nz && line[1] < ny).then_some((line, reach))
        })
    }

    /// Sums over the spheres round the voxels of a piece, all at once: they meet the same lines.
    fn totals(&self, of: &RunningSums, piece: Piece) -> Vec<f64> {
        let mut totals = vec![0.0; piece.end - piece.first];
        let windows: Vec<_> =
            self.lines(piece.line).map(|(line, reach)| of.window(line, piece.first, reach)).collect();
        windows::add(self.isa, &of.before, &windows, &mut totals);
        totals
    }

    fn means(&self, piece: Piece) -> Vec<f64> {
        let mut means = self.totals(&self.sums, piece);
        if let Some(counts) = &self.counts {
            let counts = self.totals(counts, piece);
            means.iter_mut().zip(counts).for_each(|(mean, count)| *mean /= count);
        } else {
            let mut rows_of_reach = vec![0; self.pad + 1];
            self.lines(piece.line).for_each(|(_, reach)| rows_of_reach[reach] += 1);
            let rows = || rows_of_reach.iter().enumerate();
            // Spheres that are not cut along x all hold the same number of voxels.
            let uncut: usize = rows().map(|(reach, n)| n * (2 * reach + 1)).sum();
            let last = self.mask.dim().2 - 1;
            for (mean, i) in means.iter_mut().zip(piece.first..) {
                let count = if i >= self.pad && i + self.pad <= last {
                    uncut
                } else {
                    rows().map(|(reach, n)| n * ((i + reach).min(last) - i.saturating_sub(reach) + 1)).sum()
                };
                *mean /= count as f64;
            }
        }
        means
    }

    fn local_peak(&self) -> f64 {
        let mean_at = |&[k, j, i]: &[usize; 3]| {
            work::check();
            self.means(Piece { line: [k, j], first: i, end: i + 1 })[0]
        };
        self.maxima.iter().map(mean_at).reduce(larger).unwrap_or(f64::NAN)
    }

    fn global_peak(&self) -> f64 {
        let (nz, ny, _) = self.mask.dim();
        let of_lines = loops::map(0..nz * ny, |line| self.highest_in_line([line / ny, line % ny]));
        of_lines.into_iter().flatten().reduce(larger).unwrap_or(f64::NAN)
    }

    /// The highest mean of the spheres round the voxels of a line that are in the mask, if any is.
    fn highest_in_line(&self, [k, j]: [usize; 2]) -> Option<f64> {
        let mask = self.mask.slice(ndarray::s![k, j, ..]);
        let first = mask.iter().position(|&m| m)?;
        let end = mask.iter().rposition(|&m| m).expect("a last one, as there is a first") + 1;
        let means = self.means(Piece { line: [k, j], first, end });
        let inside = means.iter().zip(mask.slice(ndarray::s![first..end])).filter(|(_, m)| **m);
        inside.map(|(x, _)| *x).reduce(larger)
    }
}

/// Lines whose running sums are computed side by side.
const TOGETHER: usize = 4;

/// Sums of what lies before each voxel of a line along x, so that the sum over a part of the
/// line is a difference. Lines go on at both ends, so that no sphere reaches beyond them.
struct RunningSums {
    before: Vec<f64>,
    lines: usize,
    length: usize,
    pad: usize,
}

/// Sums along some lines of `nx` values, `before` of `length` with `pad` more at either end.
fn sum_lines(before: &mut [f64], values: &[f64], [nx, length, pad]: [usize; 3], value: impl Fn(f64) -> f64) {
    let mut sums = [0.0; TOGETHER];
    if values.len() == TOGETHER * nx {
        for i in 0..nx {
            for (n, sum) in sums.iter_mut().enumerate() {
                *sum += value(values[n * nx + i]);
                before[n * length + pad + 1 + i] = *sum;
            }
        }
    } else {
        for ((sum, line), values) in sums.iter_mut().zip(before.chunks_mut(length)).zip(values.chunks(nx)) {
            for (to, &x) in line[pad + 1..].iter_mut().zip(values) {
                *sum += value(x);
                *to = *sum;
            }
        }
    }
    for (line, sum) in before.chunks_mut(length).zip(sums) {
        line[length - pad..].fill(sum);
    }
}

impl RunningSums {
    fn new(intensities: &Array3<f64>, pad: usize, value: impl Fn(f64) -> f64 + Sync) -> Self {
        let (nz, ny, nx) = intensities.dim();
        let length = nx + 1 + 2 * pad;
        let values: Cow<[f64]> = match intensities.as_slice() {
            Some(values) => Cow::Borrowed(values),
            None => intensities.iter().copied().collect(),
        };
        let of_slice = |(): &mut (), k: usize, before: &mut [f64]| {
            let values = &values[k * ny * nx..][..ny * nx];
            // Each sum waits for the one before it, so that some lines at a time cost as much as one.
            let together = before.chunks_mut(TOGETHER * length).zip(values.chunks((TOGETHER * nx).max(1)));
            for (before, values) in together {
                sum_lines(before, values, [nx, length, pad], &value);
            }
        };
        let before = pages::made(nz * ny * length, ny * length, || (), of_slice);
        Self { before, lines: ny, length, pad }
    }

    /// Whether all that was summed is finite: what is not stays in the sum up to the end of the line.
    fn are_finite(&self) -> bool {
        self.before.chunks(self.length).all(|line| line.last().is_none_or(|sum| sum.is_finite()))
    }

    /// Where the sums before and up to the end of a window begin, `reach` voxels to either side
    /// of voxel `first` of a line.
    fn window(&self, [k, j]: [usize; 2], first: usize, reach: usize) -> [usize; 2] {
        let voxel = (k * self.lines + j) * self.length + self.pad + first;
        [voxel - reach, voxel + reach + 1]
    }
}

/// The rows of a sphere of voxel centres, within an image of some size.
fn sphere_rows(spacing_mm: [f64; 3], shape: [usize; 3]) -> Vec<([isize; 2], usize)> {
    // Past the ends of the image there is nothing to sum.
    let reach = |square: f64, axis: usize| {
        let voxels = (square.max(0.0).sqrt() / spacing_mm[axis]).floor();
        (voxels as usize).min(shape[axis])
    };
    let square = |voxels: isize, axis: usize| (voxels as f64 * spacing_mm[axis]).powi(2);
    let all = RADIUS_MM * RADIUS_MM;
    let deep = reach(all, 0) as isize;
    let planes = (-deep..=deep).map(|z| (z, all - square(z, 0)));
    planes
        .flat_map(|(z, left)| {
            let wide = reach(left, 1) as isize;
            (-wide..=wide).map(move |y| ([z, y], left - square(y, 1)))
        })
        .map(|(row, left)| (row, reach(left, 2)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::grid::{Grid, Window};
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    fn roi(intensities: Array3<f64>, mask: Array3<bool>, spacing_mm: [f64; 3]) -> Roi {
        let shape = intensities.dim().into();
        Roi {
            grid: Grid::new(shape, spacing_mm).unwrap(),
            region: Window::bounding(mask.view()).unwrap(),
            morphological: mask.clone(),
            resegmented: Some(mask),
            intensities: intensities.into(),
        }
    }

    /// The mean of a sphere by its definition, voxel by voxel.
    fn plain(roi: &Roi, centre: [usize; 3]) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for ((k, j, i), &x) in roi.intensities.to_f64().indexed_iter() {
            let lag = [k, j, i].into_iter().zip(centre).zip(roi.grid.spacing_mm);
            let square: f64 = lag.map(|((p, c), s)| ((p as f64 - c as f64) * s).powi(2)).sum();
            if square.sqrt() <= RADIUS_MM && x.is_finite() {
                sum += x;
                count += 1.0;
            }
        }
        sum / count
    }

    #[test]
    fn radius() {
        assert_relative_eq!(RADIUS_MM, 10.0 * (0.75 / std::f64::consts::PI).cbrt(), max_relative = 1e-12);
    }

    #[test]
    fn of_several_maxima_the_one_with_the_brighter_surroundings_counts() {
        //  0  9  0  0  4  9  4     5 mm: a sphere holds the neighbours on both sides.
        let line = vec![0.0, 9.0, 0.0, 0.0, 4.0, 9.0, 4.0];
        let image = Array3::from_shape_vec((1, 1, 7), line).unwrap();
        let n = Neighbourhoods::new(Isa::best(), &roi(image, Array3::from_elem((1, 1, 7), true), [5.0; 3]));
        assert_relative_eq!(n.local_peak(), 17.0 / 3.0, max_relative = 1e-14);
        // At the border the sphere holds two voxels: (9 + 4)/2.
        assert_relative_eq!(n.global_peak(), 6.5, max_relative = 1e-14);
    }

    #[test]
    fn holes_in_the_image_are_left_out() {
        let image = Array3::from_shape_vec((1, 1, 4), vec![f64::NAN, 2.0, 4.0, f64::INFINITY]).unwrap();
        let mask = Array3::from_shape_vec((1, 1, 4), vec![false, true, true, false]).unwrap();
        let n = Neighbourhoods::new(Isa::best(), &roi(image, mask, [5.0; 3]));
        assert_eq!((n.local_peak(), n.global_peak()), (3.0, 3.0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn sliding_sums_equal_spheres(
            values in prop::collection::vec(-1000..1000i32, 4 * 6 * 50),
            chosen in prop::collection::vec(any::<bool>(), 4 * 6 * 50),
            spacing in [0.8..9.0f64, 0.8..9.0f64, 0.8..9.0f64],
        ) {
            prop_assume!(chosen.iter().any(|&c| c));
            let image = Array3::from_shape_vec((4, 6, 50), values).unwrap().mapv(f64::from);
            let mask = Array3::from_shape_vec((4, 6, 50), chosen).unwrap();
            let roi = roi(image, mask, spacing);
            let voxels = || roi.intensity().indexed_iter().filter(|(_, m)| **m).map(|((k, j, i), _)| [k, j, i]);
            let means = Neighbourhoods::new(Isa::best(), &roi);
            let global = voxels().map(|v| plain(&roi, v)).fold(f64::NAN, f64::max);
            assert_relative_eq!(means.global_peak(), global, max_relative = 1e-12, epsilon = 1e-10);
            let highest = roi.values().into_iter().fold(f64::MIN, f64::max);
            let maxima = voxels().filter(|&v| roi.intensities.to_f64()[v] == highest);
            let local = maxima.map(|v| plain(&roi, v)).fold(f64::NAN, f64::max);
            assert_relative_eq!(means.local_peak(), local, max_relative = 1e-12, epsilon = 1e-10);
        }
    }
}
