//! The first and the last vertex of each line of the mesh of a mask. Only these can be corners of a hull, and far
//! apart. Places are in half voxels: the middle between two voxels has one odd coordinate.

use super::bits::{self, Bits};
use super::planar::{Extents, RowsHull, largest_distance};
use crate::work::loops;

/// The places of the first and the last vertex of a line.
pub(super) type Ends = [i32; 2];

/// Those of a line without a vertex: whatever is put beside them is before the first and behind the last one.
const NONE: Ends = [i32::MAX, i32::MIN];

/// The ends of lines along x or y, for each of the planes across z.
#[derive(Clone, Debug)]
pub(super) struct LineEnds {
    planes: usize,
    /// Lines in a plane.
    lines: usize,
    ends: Vec<Ends>,
}

/// The planes that lines lie in.
#[derive(Clone, Copy)]
pub(super) enum Planes {
    /// Those across z: the rows are lines that are side by side.
    AcrossZ,
    /// Those of the lines that have the same place in all planes across z, which are the rows.
    AlongZ,
}

/// Largest distance between vertices that share a coordinate, for the axes (z, y, x), with the lines along x of the
/// mask; `half_mm` is half a voxel.
pub(super) fn planar_diameters_mm(bits: &Bits, along_x: &LineEnds, half_mm: [f64; 3]) -> [f64; 3] {
    let [z, y, x] = half_mm;
    [
        along_x.diameter_mm(Planes::AcrossZ, [y, x]),
        along_x.diameter_mm(Planes::AlongZ, [z, x]),
        LineEnds::along_y(bits).diameter_mm(Planes::AlongZ, [z, y]),
    ]
}

impl LineEnds {
    /// Lines of which `fill` finds the ends in the plane z.
    fn new<S>(
        planes: usize,
        lines: usize,
        state: impl Fn() -> S + Sync,
        fill: impl Fn(&mut S, usize, &mut [Ends]) + Sync,
    ) -> Self {
        let mut ends = vec![NONE; planes * lines];
        let of_planes = ends.chunks_exact_mut(lines).enumerate();
        loops::each_with(of_planes, state, |state, (z, ends)| fill(state, z, ends));
        Self { planes, lines, ends }
    }

    /// The x of the ends of lines along x; the place of a line in its plane is its y.
    pub fn along_x(bits: &Bits) -> Self {
        Self::new(2 * bits.shape[0], 2 * bits.shape[1], || (), |(), z, ends| ends_along_x(bits, z, ends))
    }

    /// The y of the ends of lines along y; the place of a line in its plane is its x.
    pub fn along_y(bits: &Bits) -> Self {
        Self::new(2 * bits.shape[0], 2 * bits.shape[2], || (), |(), z, ends| ends_along_y(bits, z, ends))
    }

    /// Those of the ends that are corners of the hull of their plane.
    pub fn corners_across_z(&self) -> Self {
        Self::new(self.planes, self.lines, RowsHull::default, |hull, z, ends| {
            let corners = self.hull_of(hull, Planes::AcrossZ, z);
            corners.for_each(|[row, at]| widen(&mut ends[row as usize], at as i32));
        })
    }

    /// The corners of the hulls of planes along z, as place of the plane, z, and place in the line.
    pub fn corners_along_z(&self) -> Vec<[i64; 3]> {
        let of_plane = |hull: &mut RowsHull, line: usize| -> Vec<[i64; 3]> {
            self.hull_of(hull, Planes::AlongZ, line).map(|[z, at]| [line as i64, z, at]).collect()
        };
        loops::map_with(0..self.lines, RowsHull::default, of_plane).concat()
    }

    /// The corners of the hull of a plane, as place of the row and in it. The memory of the hull before is used again.
    fn hull_of<'h>(
        &self,
        hull: &'h mut RowsHull,
        planes: Planes,
        plane: usize,
    ) -> impl Iterator<Item = [i64; 2]> + use<'h> {
        hull.clear();
        self.rows(planes, plane).for_each(|(row, ends)| hull.add(row, ends));
        hull.corners()
    }

    /// The rows of a plane that have a vertex, ascending.
    fn rows(&self, planes: Planes, plane: usize) -> impl Iterator<Item = (i64, [i64; 2])> {
        let (first, step, rows) = match planes {
            Planes::AcrossZ => (plane * self.lines, 1, self.lines),
            Planes::AlongZ => (plane, self.lines, self.planes),
        };
        let ends = self.ends[first..].iter().step_by(step).take(rows);
        ends.zip(0..).filter(|(ends, _)| ends[0] <= ends[1]).map(|(ends, row)| (row, ends.map(i64::from)))
    }

    /// Largest distance within a plane, with lines and places in them as far apart as `unit_mm` says.
    fn diameter_mm(&self, planes: Planes, unit_mm: [f64; 2]) -> f64 {
        // Most planes are too small to have the largest distance.
        let bounds: Vec<[f64; 2]> =
            self.extents(planes, unit_mm).iter().map(Extents::diameter_bounds).collect();
        let Some(widest) = (0..bounds.len()).max_by(|&a, &b| bounds[a][1].total_cmp(&bounds[b][1])) else {
            return 0.0;
        };
        let of_plane =
            |hull: &mut RowsHull, plane: usize| largest_distance(self.hull_of(hull, planes, plane), unit_mm);
        let known = of_plane(&mut RowsHull::default(), widest);
        let least = bounds.iter().fold(known, |least, [low, _]| least.max(*low));
        let large: Vec<usize> = (0..bounds.len()).filter(|&n| n != widest && bounds[n][1] >= least).collect();
        loops::map_with(large, RowsHull::default, of_plane).into_iter().fold(known, f64::max)
    }

    /// How far each of the planes extends.
    fn extents(&self, planes: Planes, unit: [f64; 2]) -> Vec<Extents> {
        let place = |row: usize| row as f64 * unit[0];
        let ends_of = |z: usize| self.ends[z * self.lines..][..self.lines].iter();
        let ends = |ends: &Ends| (ends[0] <= ends[1]).then(|| ends.map(|at| f64::from(at) * unit[1]));
        match planes {
            Planes::AcrossZ => loops::map(0..self.planes, |z| {
                let mut extents = Extents::default();
                for (y, found) in ends_of(z).enumerate() {
                    ends(found).into_iter().for_each(|ends| extents.add(place(y), ends));
                }
                extents
            }),
            Planes::AlongZ => {
                let none = || vec![Extents::default(); self.lines];
                let add = |extents: &mut Vec<Extents>, z: usize| {
                    for (extents, found) in extents.iter_mut().zip(ends_of(z)) {
                        ends(found).into_iter().for_each(|ends| extents.add(place(z), ends));
                    }
                };
                let merge = |mut all: Vec<Extents>, other: Vec<Extents>| {
                    all.iter_mut().zip(&other).for_each(|(all, other)| all.merge(other));
                    all
                };
                loops::folded(0..self.planes, FEW_PLANES, none, add)
                    .into_iter()
                    .reduce(merge)
                    .unwrap_or_default()
            }
        }
    }
}

/// The least number of planes that are looked at together: for fewer, a table of extents would cost as much.
const FEW_PLANES: usize = 16;

/// Makes a place one of the ends of a line.
fn widen(ends: &mut Ends, at: i32) {
    *ends = [ends[0].min(at), ends[1].max(at)];
}

/// The ends of the lines along x in the plane z.
fn ends_along_x(bits: &Bits, z: usize, lines: &mut [Ends]) {
    let between = |a: &[u32], b: &[u32]| {
        bits::ends(bits.words(), |w| a[w] ^ b[w]).map_or(NONE, |ends| ends.map(|x| 2 * x))
    };
    let k = z / 2;
    for (j, lines) in lines.as_chunks_mut::<2>().0.iter_mut().enumerate().take(bits.shape[1] - 1) {
        let row = bits.row(k, j);
        if z % 2 == 1 {
            if k + 1 < bits.shape[0] {
                lines[0] = between(row, bits.row(k + 1, j));
            }
            continue;
        }
        // Beside the first and the last voxel of the row, and between it and the next one.
        let of_row = bits::ends(bits.words(), |w| row[w]);
        lines[0] = of_row.map_or(NONE, |[first, last]| [2 * first - 1, 2 * last + 1]);
        lines[1] = between(row, bits.row(k, j + 1));
    }
}

/// The ends of the lines along y in the plane z.
fn ends_along_y(bits: &Bits, z: usize, lines: &mut [Ends]) {
    let k = z / 2;
    let last = bits.shape[1] - 1;
    if z % 2 == 1 {
        if k + 1 < bits.shape[0] {
            let across = |j: usize, w: usize| bits.row(k, j)[w] ^ bits.row(k + 1, j)[w];
            ends_of_words(bits, across, |j, x| [2 * j, 2 * x], lines);
        }
        return;
    }
    let beside = |j: usize, w: usize| {
        let row = bits.row(k, j);
        row[w] ^ (row[w] >> 1 | row[w + 1] << 31)
    };
    ends_of_words(bits, beside, |j, x| [2 * j, 2 * x + 1], lines);
    let below = |j: usize, w: usize| if j < last { bits.row(k, j)[w] ^ bits.row(k, j + 1)[w] } else { 0 };
    ends_of_words(bits, below, |j, x| [2 * j + 1, 2 * x], lines);
}

/// For each x that is set in `word(j, w)` for any j, the ends at the first and the last such j, at the places in a line
/// and in the plane that `places` gives.
fn ends_of_words(
    bits: &Bits,
    word: impl Fn(usize, usize) -> u32,
    places: impl Fn(usize, usize) -> [usize; 2],
    lines: &mut [Ends],
) {
    let rows = bits.shape[1];
    for w in bits.words() {
        let mut add_new = |j: usize, seen: &mut u32| {
            let mut new = word(j, w) & !*seen;
            *seen |= new;
            while new != 0 {
                let [at, line] = places(j, 32 * w + new.trailing_zeros() as usize);
                widen(&mut lines[line], at as i32);
                new &= new - 1;
            }
        };
        let mut all = 0;
        (0..rows).for_each(|j| add_new(j, &mut all));
        let mut seen = 0;
        let mut j = rows;
        while seen != all {
            j -= 1;
            add_new(j, &mut seen);
        }
    }
}
