//! Local intensity features (IBSI 1, 9ST6): mean intensities in spheres of 1 cm³ round voxels
//! of the intensity mask. Voxels outside of the region count as well, as far as the image goes;
//! outside of the region voxels that are not finite are left out.

use ndarray::Array3;

use super::{Compute, Job, features};
use crate::aggregation::{Aggregation, Scope};
use crate::catalogue::{Family, Row, row};
use crate::roi::Roi;
use crate::table::FeatureRow;

/// Radius of a sphere of 1 cm³, (3/(4π))^(1/3) cm, in mm.
const RADIUS_MM: f64 = 6.203_504_908_994;

pub(crate) const FAMILY: Family = Family {
    name: "local_intensity",
    ibsi_id: "9ST6",
    scope: Scope::Region,
    features: || features(TABLE),
    compute: Compute::Surroundings { margin_mm: RADIUS_MM, compute },
};

#[rustfmt::skip]
static TABLE: &[Row<Neighbourhoods>] = &[
    row("local_intensity_peak", "VJGA", "", "Mean within 6.2 mm (1 cm³) of the voxel of highest intensity; of several, the highest such mean", Neighbourhoods::local_peak),
    row("global_intensity_peak", "0F91", "", "Highest mean within 6.2 mm (1 cm³) of any voxel", Neighbourhoods::global_peak),
];

/// The image round the region, ready for sums over spheres.
struct Neighbourhoods {
    /// Sums of the intensities before each voxel of a line along x. Lines begin and end with
    /// enough repetitions that no sphere reaches beyond them.
    sums: Array3<f64>,
    /// Number of finite voxels before each voxel of a line, likewise.
    counts: Array3<f64>,
    /// The rows of a sphere: offset (z, y) and reach along x to either side, in voxels.
    rows: Vec<([isize; 2], usize)>,
    /// Repetitions at either end of a line.
    pad: usize,
    mask: Array3<bool>,
    maxima: Vec<[usize; 3]>,
}

fn compute(job: &Job) -> Vec<FeatureRow> {
    job.rows(FAMILY.name, TABLE, Aggregation::Region, &[Neighbourhoods::new(job.roi)])
}

impl Neighbourhoods {
    fn new(roi: &Roi) -> Self {
        let (nz, ny, nx) = roi.intensities.dim();
        let rows = sphere_rows(roi.grid.spacing_mm, [nz, ny, nx]);
        let pad = rows.iter().map(|r| r.1).max().unwrap_or(0);
        let mut sums = Array3::zeros((nz, ny, nx + 1 + 2 * pad));
        let mut counts = Array3::zeros(sums.dim());
        for ((mut sum, mut count), line) in
            sums.rows_mut().into_iter().zip(counts.rows_mut()).zip(roi.intensities.rows())
        {
            let (mut s, mut n) = (0.0, 0.0);
            for (i, &x) in line.iter().enumerate() {
                if x.is_finite() {
                    s += x;
                    n += 1.0;
                }
                sum[pad + i + 1] = s;
                count[pad + i + 1] = n;
            }
            sum.slice_mut(ndarray::s![pad + nx + 1..]).fill(s);
            count.slice_mut(ndarray::s![pad + nx + 1..]).fill(n);
        }
        let inside = || roi.intensities.indexed_iter().zip(&roi.intensity).filter(|(_, m)| **m);
        let highest = inside().map(|((_, &x), _)| x).fold(f64::NEG_INFINITY, f64::max);
        let maxima =
            inside().filter(|((_, x), _)| **x == highest).map(|(((k, j, i), _), _)| [k, j, i]).collect();
        Self { sums, counts, rows, pad, mask: roi.intensity.clone(), maxima }
    }

    /// The lines that a sphere round a voxel of line (k, j) meets, and its reach along them.
    fn lines(&self, k: usize, j: usize) -> impl Iterator<Item = ([usize; 2], usize)> {
        let (nz, ny, _) = self.sums.dim();
        self.rows.iter().filter_map(move |&([z, y], reach)| {
            let line = [k.checked_add_signed(z)?, j.checked_add_signed(y)?];
            (line[0] < nz && line[1] < ny).then_some((line, reach))
        })
    }

    fn mean_at(&self, [k, j, i]: [usize; 3]) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for ([z, y], reach) in self.lines(k, j) {
            let (low, high) = (self.pad + i - reach, self.pad + i + reach + 1);
            sum += self.sums[[z, y, high]] - self.sums[[z, y, low]];
            count += self.counts[[z, y, high]] - self.counts[[z, y, low]];
        }
        sum / count
    }

    fn local_peak(&self) -> f64 {
        self.maxima.iter().map(|&voxel| self.mean_at(voxel)).fold(f64::NAN, f64::max)
    }

    fn global_peak(&self) -> f64 {
        let (nz, ny, nx) = self.mask.dim();
        let mut best = f64::NAN;
        let (mut sum, mut count) = (vec![0.0; nx], vec![0.0; nx]);
        for (k, j) in ndarray::indices((nz, ny)) {
            let mask = self.mask.slice(ndarray::s![k, j, ..]);
            let Some(first) = mask.iter().position(|&m| m) else { continue };
            let end = mask.iter().rposition(|&m| m).unwrap_or(first) + 1;
            // All voxels of the line at once: their spheres meet the same lines.
            sum[first..end].fill(0.0);
            count[first..end].fill(0.0);
            for ([z, y], reach) in self.lines(k, j) {
                for (total, before) in [(&mut sum, &self.sums), (&mut count, &self.counts)] {
                    let before = before.slice(ndarray::s![z, y, ..]);
                    let Some(before) = before.to_slice() else { continue };
                    let low = &before[self.pad + first - reach..];
                    let high = &before[self.pad + first + reach + 1..];
                    for ((t, l), h) in total[first..end].iter_mut().zip(low).zip(high) {
                        *t += h - l;
                    }
                }
            }
            for i in (first..end).filter(|&i| mask[i]) {
                best = f64::max(best, sum[i] / count[i]);
            }
        }
        best
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
    use crate::grid::{Grid, Window};
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    fn roi(intensities: Array3<f64>, mask: Array3<bool>, spacing_mm: [f64; 3]) -> Roi {
        let shape = intensities.dim().into();
        Roi {
            grid: Grid::new(shape, spacing_mm).unwrap(),
            region: Window::bounding(mask.view()).unwrap(),
            morphological: mask.clone(),
            intensity: mask,
            intensities,
        }
    }

    /// The definition, voxel by voxel.
    fn plain(roi: &Roi, centre: [usize; 3]) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for ((k, j, i), &x) in roi.intensities.indexed_iter() {
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
        let n = Neighbourhoods::new(&roi(image, Array3::from_elem((1, 1, 7), true), [5.0; 3]));
        assert_relative_eq!(n.local_peak(), 17.0 / 3.0, max_relative = 1e-14);
        // At the border the sphere holds two voxels: (9 + 4)/2.
        assert_relative_eq!(n.global_peak(), 6.5, max_relative = 1e-14);
    }

    #[test]
    fn holes_in_the_image_are_left_out() {
        let image = Array3::from_shape_vec((1, 1, 4), vec![f64::NAN, 2.0, 4.0, f64::INFINITY]).unwrap();
        let mask = Array3::from_shape_vec((1, 1, 4), vec![false, true, true, false]).unwrap();
        let n = Neighbourhoods::new(&roi(image, mask, [5.0; 3]));
        assert_eq!((n.local_peak(), n.global_peak()), (3.0, 3.0));
    }

    proptest! {
        #[test]
        fn sliding_sums_equal_spheres(
            values in prop::collection::vec(-1000..1000i32, 240),
            chosen in prop::collection::vec(any::<bool>(), 240),
            spacing in [0.8..9.0f64, 0.8..9.0f64, 0.8..9.0f64],
        ) {
            prop_assume!(chosen.iter().any(|&c| c));
            let image = Array3::from_shape_vec((4, 6, 10), values).unwrap().mapv(f64::from);
            let mask = Array3::from_shape_vec((4, 6, 10), chosen).unwrap();
            let roi = roi(image, mask, spacing);
            let voxels = || roi.intensity.indexed_iter().filter(|(_, m)| **m).map(|((k, j, i), _)| [k, j, i]);
            let means = Neighbourhoods::new(&roi);
            let global = voxels().map(|v| plain(&roi, v)).fold(f64::NAN, f64::max);
            assert_relative_eq!(means.global_peak(), global, max_relative = 1e-12, epsilon = 1e-10);
            let highest = roi.values().into_iter().fold(f64::MIN, f64::max);
            let maxima = voxels().filter(|&v| roi.intensities[v] == highest);
            let local = maxima.map(|v| plain(&roi, v)).fold(f64::NAN, f64::max);
            assert_relative_eq!(means.local_peak(), local, max_relative = 1e-12, epsilon = 1e-10);
        }
    }
}
