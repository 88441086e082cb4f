//! Local intensity features (IBSI 1, 9ST6): mean intensities in spheres of 1 cm³ round voxels
//! of the intensity mask. Voxels outside of the region count as well, as far as the image goes;
//! outside of the region voxels that are not finite are left out.

use ndarray::Array3;
use rayon::prelude::*;

use super::{Compute, Job, features};
use crate::aggregation::{Aggregation, Scope};
use crate::catalogue::{Family, Row, row};
use crate::kernels::{Isa, windows};
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
    isa: Isa,
    /// Of the intensities.
    sums: RunningSums,
    /// Of 1 for each finite voxel, unless all are.
    counts: Option<RunningSums>,
    /// The rows of a sphere: offset (z, y) and reach along x to either side, in voxels.
    rows: Vec<([isize; 2], usize)>,
    /// The longest such reach.
    pad: usize,
    mask: Array3<bool>,
    maxima: Vec<[usize; 3]>,
    /// More than what rounding may change in a mean.
    slack: f64,
}

/// Part of a line of voxels.
#[derive(Clone, Copy)]
struct Piece {
    line: [usize; 2],
    first: usize,
    end: usize,
}

/// Voxels along x that a common bound is computed for.
const PIECE: usize = 16;

/// Pieces that are tried together.
const TOGETHER: usize = 32;

fn compute(job: &Job) -> Vec<FeatureRow> {
    job.rows(FAMILY.name, TABLE, Aggregation::Region, &[Neighbourhoods::new(job.isa, job.roi)])
}

impl Neighbourhoods {
    fn new(isa: Isa, roi: &Roi) -> Self {
        let shape = roi.intensities.dim().into();
        let rows = sphere_rows(roi.grid.spacing_mm, shape);
        let pad = rows.iter().map(|r| r.1).max().unwrap_or(0);
        let inside = || roi.intensities.indexed_iter().zip(&roi.intensity).filter(|(_, m)| **m);
        let highest = inside().map(|((_, &x), _)| x).fold(f64::NEG_INFINITY, f64::max);
        let maxima =
            inside().filter(|((_, x), _)| **x == highest).map(|(((k, j, i), _), _)| [k, j, i]).collect();
        let is_finite = roi.intensities.iter().all(|x| x.is_finite());
        let counts = || RunningSums::new(&roi.intensities, pad, |x| f64::from(x.is_finite()));
        let finite = roi.intensities.iter().filter(|x| x.is_finite());
        Self {
            isa,
            slack: 1e-9 * finite.fold(0.0, |largest: f64, x| largest.max(x.abs())),
            sums: RunningSums::new(&roi.intensities, pad, |x| if x.is_finite() { x } else { 0.0 }),
            counts: (!is_finite).then(counts),
            rows,
            pad,
            mask: roi.intensity.clone(),
            maxima,
        }
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
        for (line, reach) in self.lines(piece.line) {
            let [low, high] = of.ends(line, piece, reach);
            windows::add(self.isa, low, high, &mut totals);
        }
        totals
    }

    /// Whether no sphere round a voxel of the piece is cut along x.
    fn is_whole(&self, piece: Piece) -> bool {
        piece.first >= self.pad && piece.end + self.pad <= self.mask.dim().2
    }

    fn means(&self, piece: Piece) -> Vec<f64> {
        let mut means = self.totals(&self.sums, piece);
        if let Some(counts) = &self.counts {
            let counts = self.totals(counts, piece);
            means.iter_mut().zip(counts).for_each(|(mean, count)| *mean /= count);
        } else if self.is_whole(piece) {
            let count: usize = self.lines(piece.line).map(|(_, reach)| 2 * reach + 1).sum();
            means.iter_mut().for_each(|mean| *mean /= count as f64);
        } else {
            let last = self.mask.dim().2 - 1;
            for (mean, i) in means.iter_mut().zip(piece.first..) {
                let reaches = self.lines(piece.line).map(|(_, reach)| reach);
                let count: usize = reaches.map(|r| (i + r).min(last) - i.saturating_sub(r) + 1).sum();
                *mean /= count as f64;
            }
        }
        means
    }

    fn local_peak(&self) -> f64 {
        let mean_at = |&[k, j, i]: &[usize; 3]| self.means(Piece { line: [k, j], first: i, end: i + 1 })[0];
        self.maxima.iter().map(mean_at).fold(f64::NAN, f64::max)
    }

    /// The pieces with the highest bounds are tried first, until the bound of the next one is
    /// below a mean that has been found.
    fn global_peak(&self) -> f64 {
        let pieces = self.pieces();
        let bounds = Bounds::new(self);
        let bounded = pieces.into_par_iter().map(|piece| (bounds.highest_mean(self, piece), piece));
        let mut bounded: Vec<(f64, Piece)> = bounded.collect();
        bounded.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut highest = f64::NAN;
        for some in bounded.chunks(TOGETHER) {
            if some[0].0 + self.slack < highest {
                break;
            }
            let found: Vec<f64> = some.par_iter().map(|&(_, piece)| self.highest_in(piece)).collect();
            highest = found.into_iter().fold(highest, f64::max);
        }
        highest
    }

    /// The pieces of lines that have voxels of the mask.
    fn pieces(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let (_, ny, nx) = self.mask.dim();
        for (n, row) in self.mask.rows().into_iter().enumerate() {
            let Some(row) = row.to_slice() else { continue };
            for (first, part) in (0..nx).step_by(PIECE).zip(row.chunks(PIECE)) {
                if part.iter().fold(false, |any, m| any | m) {
                    pieces.push(Piece { line: [n / ny, n % ny], first, end: first + part.len() });
                }
            }
        }
        pieces
    }

    /// The highest mean round any voxel of a piece that is in the mask.
    fn highest_in(&self, piece: Piece) -> f64 {
        let [k, j] = piece.line;
        let means = self.means(piece);
        let mask = self.mask.slice(ndarray::s![k, j, piece.first..piece.end]);
        means.iter().zip(mask).filter(|(_, m)| **m).map(|(x, _)| *x).fold(f64::NAN, f64::max)
    }
}

/// For each line, reach and piece, the highest sum over as many voxels to either side.
struct Bounds {
    /// By line, then by reach, then by piece.
    sums: Vec<f64>,
    pieces: usize,
}

impl Bounds {
    fn new(n: &Neighbourhoods) -> Self {
        let (nz, ny, nx) = n.mask.dim();
        let pieces = nx.div_ceil(PIECE);
        // Reaches that no row of a sphere has are few, and need not be left out.
        let lines = (0..nz * ny).into_par_iter().flat_map_iter(|line| {
            (0..=n.pad).flat_map(move |reach| (0..pieces).map(move |piece| (line, reach, piece)))
        });
        let highest = |(line, reach, piece): (usize, usize, usize)| {
            let line = [line / ny, line % ny];
            let first = PIECE * piece;
            let [low, high] = n.sums.ends(line, Piece { line, first, end: nx.min(first + PIECE) }, reach);
            windows::highest(n.isa, low, high)
        };
        Self { sums: lines.map(highest).collect(), pieces }
    }

    /// No mean in a piece is higher. A sphere's sum is at most the sum of what is the highest
    /// along each of its lines.
    fn highest_mean(&self, n: &Neighbourhoods, piece: Piece) -> f64 {
        if n.counts.is_some() || !n.is_whole(piece) {
            return f64::INFINITY;
        }
        let (mut sum, mut count) = (0.0, 0);
        for ([k, j], reach) in n.lines(piece.line) {
            let line = k * n.mask.dim().1 + j;
            sum += self.sums[(line * (n.pad + 1) + reach) * self.pieces + piece.first / PIECE];
            count += 2 * reach + 1;
        }
        sum / count as f64
    }
}

/// Sums of what lies before each voxel of a line along x, so that the sum over a part of the
/// line is a difference. Lines go on at both ends, so that no sphere reaches beyond them.
struct RunningSums {
    before: Vec<f64>,
    lines: usize,
    length: usize,
    pad: usize,
}

impl RunningSums {
    fn new(intensities: &Array3<f64>, pad: usize, value: impl Fn(f64) -> f64) -> Self {
        let (nz, ny, nx) = intensities.dim();
        let length = nx + 1 + 2 * pad;
        let mut before = Vec::with_capacity(nz * ny * length);
        for line in intensities.rows() {
            let mut sum = 0.0;
            before.resize(before.len() + pad + 1, sum);
            for &x in line {
                sum += value(x);
                before.push(sum);
            }
            before.resize(before.len() + pad, sum);
        }
        Self { before, lines: ny, length, pad }
    }

    /// The running sums `reach` voxels before and behind the voxels of a piece, on any line.
    fn ends(&self, [k, j]: [usize; 2], piece: Piece, reach: usize) -> [&[f64]; 2] {
        let line = &self.before[(k * self.lines + j) * self.length..][..self.length];
        let n = piece.end - piece.first;
        let first = self.pad + piece.first;
        [&line[first - reach..][..n], &line[first + reach + 1..][..n]]
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
            let voxels = || roi.intensity.indexed_iter().filter(|(_, m)| **m).map(|((k, j, i), _)| [k, j, i]);
            let means = Neighbourhoods::new(Isa::best(), &roi);
            let global = voxels().map(|v| plain(&roi, v)).fold(f64::NAN, f64::max);
            assert_relative_eq!(means.global_peak(), global, max_relative = 1e-12, epsilon = 1e-10);
            let highest = roi.values().into_iter().fold(f64::MIN, f64::max);
            let maxima = voxels().filter(|&v| roi.intensities[v] == highest);
            let local = maxima.map(|v| plain(&roi, v)).fold(f64::NAN, f64::max);
            assert_relative_eq!(means.local_peak(), local, max_relative = 1e-12, epsilon = 1e-10);
        }
    }
}
