//! Rows of separable responses: along z, y and x, where kernels are long some rows at a time.

use super::boundary::Boundary;
use super::kernel1d::{Kernel, SharedReads};
use super::separable_plan::{How, Leaf, PIECE, Pieces, Plan, Row};
use crate::kernels::Isa;
use crate::kernels::convolve::{
    Add, Max, MaxMagnitude, Set, SetMagnitude, SharedTap, TOGETHER, Tap, weighted_rows,
    weighted_rows_together,
};

/// The buffers of a thread that computes a plan.
pub(super) struct Scratch {
    /// The slices of a block, convolved along z with each of the kernels.
    slices: Vec<f64>,
    /// A piece of a row of each slice that is read; empty if rows are read where they are.
    near: Vec<f64>,
    /// Rows that are computed together, with what lies beyond their ends.
    rows: Vec<f64>,
    taps: Taps,
}

/// What is read of a row, or of rows that are computed together.
#[derive(Default)]
struct Taps {
    alone: Vec<Tap>,
    shared: Vec<SharedTap>,
}

impl Taps {
    fn clear(&mut self) {
        self.alone.clear();
        self.shared.clear();
    }
}

/// A plan and what it is computed from.
pub(super) struct Lines<'a> {
    pub boundary: Boundary,
    pub isa: Isa,
    pub plan: &'a Plan,
    pub image: &'a [f64],
    pub shape: [usize; 3],
    /// Whether rows may be computed together.
    pub shares: bool,
}

impl Lines<'_> {
    /// Buffers for blocks of so many slices.
    pub fn scratch(&self, block: usize) -> Scratch {
        let (plan, [_, ny, nx]) = (self.plan, self.shape);
        let slices = if plan.reads_image() { 0 } else { plan.z.len() * block * ny * nx };
        let near = if self.shares { (block + 2 * plan.reach_z()) * PIECE } else { 0 };
        let rows = TOGETHER * (nx + 2 * plan.reach_x());
        Scratch {
            slices: vec![0.0; slices],
            near: vec![0.0; near],
            rows: vec![0.0; rows],
            taps: Taps::default(),
        }
    }

    /// What a kernel along z reads of pieces, if slices are computed together.
    fn pieces(&self, z: usize) -> Option<&Pieces> {
        self.plan.pieces_z[z].as_ref().filter(|_| self.shares)
    }

    /// The responses in slices from `start` on, as many as `out` has room for.
    pub fn block(&self, start: usize, out: &mut [&mut [f64]], scratch: &mut Scratch) {
        let [_, ny, nx] = self.shape;
        let plane = ny * nx;
        let slices = out.first().map_or(0, |out| out.len() / plane);
        if !self.plan.reads_image() {
            self.along_z(start, slices, scratch);
        }
        let Scratch { slices: filtered, rows, taps, .. } = scratch;
        let stride = filtered.len() / self.plan.z.len().max(1);
        let reach = self.plan.reach_x();
        let pitch = rows.len() / TOGETHER;
        for k in 0..slices {
            let (base, offset) =
                if self.plan.reads_image() { (self.image, start + k) } else { (&filtered[..], k) };
            for j in (0..ny).step_by(TOGETHER) {
                let together = TOGETHER.min(ny - j);
                for term in &self.plan.rows {
                    let begin = |z: usize| z * stride + offset * plane;
                    self.along_y(term, j, together, (base, begin), (rows, pitch), taps);
                    for (m, row) in rows.chunks_mut(pitch).take(together).enumerate() {
                        self.extend(row, reach);
                        let at = (k * ny + j + m) * nx;
                        term.leaves
                            .iter()
                            .for_each(|leaf| self.along_x(leaf, row, &mut out[leaf.target][at..][..nx]));
                    }
                }
            }
        }
    }

    /// Convolves slices along z, row by row so that what is read again is near.
    fn along_z(&self, start: usize, slices: usize, scratch: &mut Scratch) {
        let [_, ny, nx] = self.shape;
        let Scratch { slices: filtered, near, taps, .. } = scratch;
        let of_kernels = 0..self.plan.z.len();
        let any_pieces = of_kernels.clone().any(|z| self.pieces(z).is_some());
        for j in 0..ny {
            for z in of_kernels.clone().filter(|&z| self.pieces(z).is_none()) {
                self.whole_rows(start, slices, (z, j), filtered, taps);
            }
            for i in (0..nx).step_by(PIECE).filter(|_| any_pieces) {
                let n = PIECE.min(nx - i);
                self.bring_near(start, slices, (j * nx + i, n), near);
                for z in of_kernels.clone() {
                    if let Some(pieces) = self.pieces(z) {
                        self.in_pieces(pieces, slices, (z, j * nx + i, n), near, filtered);
                    }
                }
            }
        }
    }

    /// Convolves row `j` of slices with kernel `z`, each by itself.
    fn whole_rows(
        &self,
        start: usize,
        slices: usize,
        (z, j): (usize, usize),
        filtered: &mut [f64],
        taps: &mut Taps,
    ) {
        let [nz, ny, nx] = self.shape;
        let plane = ny * nx;
        let begin = z * (filtered.len() / self.plan.z.len()) + j * nx;
        for k in 0..slices {
            taps.clear();
            self.taps(&self.plan.z[z], start + k, nz, j * nx, plane, taps);
            let out = &mut filtered[begin + k * plane..][..nx];
            weighted_rows(self.isa, Set, out, self.image, &taps.alone);
        }
    }

    /// Convolves pieces of `n` values, which begin at `at` of each slice, with kernel `z`, some slices at a time.
    fn in_pieces(
        &self,
        pieces: &Pieces,
        slices: usize,
        (z, at, n): (usize, usize, usize),
        near: &[f64],
        filtered: &mut [f64],
    ) {
        let plane = self.shape[1] * self.shape[2];
        let begin = z * (filtered.len() / self.plan.z.len()) + at;
        let isa = self.isa;
        let together = slices / TOGETHER * TOGETHER;
        for k in (0..together).step_by(TOGETHER) {
            let out = &mut filtered[begin + k * plane..];
            weighted_rows_together(isa, out, (plane, n), &near[k * PIECE..], &pieces.shared);
        }
        for k in together..slices {
            let out = &mut filtered[begin + k * plane..][..n];
            weighted_rows(isa, Set, out, &near[k * PIECE..], &pieces.alone);
        }
    }

    /// Copies `n` values that begin at `at` of each slice that a block reads, one after another.
    fn bring_near(&self, start: usize, slices: usize, (at, n): (usize, usize), near: &mut [f64]) {
        let [nz, ny, nx] = self.shape;
        let reach = self.plan.reach_z();
        for (p, piece) in near.chunks_exact_mut(PIECE).take(slices + 2 * reach).enumerate() {
            match self.boundary.index((start + p) as isize - reach as isize, nz) {
                Some(k) => piece[..n].copy_from_slice(&self.image[k * ny * nx + at..][..n]),
                None => piece[..n].fill(0.0),
            }
        }
    }

    /// Puts what a term reads of rows `j..j + together` into as many rows, in the place of their own voxels.
    /// The slices of kernel z along z begin at `begin(z)` in `base`.
    fn along_y(
        &self,
        term: &Row,
        j: usize,
        together: usize,
        (base, begin): (&[f64], impl Fn(usize) -> usize),
        (rows, pitch): (&mut [f64], usize),
        taps: &mut Taps,
    ) {
        let [_, ny, nx] = self.shape;
        let (isa, out) = (self.isa, &mut rows[self.plan.reach_x()..]);
        taps.clear();
        if self.shares && together == TOGETHER && !term.shared.is_empty() {
            term.shared.iter().for_each(|(z, shared)| self.shared_taps(shared, j, ny, begin(*z), nx, taps));
            return weighted_rows_together(isa, out, (pitch, nx), base, &taps.shared);
        }
        for m in 0..together {
            taps.clear();
            term.reads.iter().for_each(|(z, kernel)| self.taps(kernel, j + m, ny, begin(*z), nx, taps));
            weighted_rows(isa, Set, &mut out[m * pitch..][..nx], base, &taps.alone);
        }
    }

    /// Combines a row, which goes on beyond its ends, with what is there.
    fn along_x(&self, leaf: &Leaf, row: &[f64], out: &mut [f64]) {
        let isa = self.isa;
        match leaf.how {
            How::Set => weighted_rows(isa, Set, out, row, &leaf.taps),
            How::SetMagnitude => weighted_rows(isa, SetMagnitude, out, row, &leaf.taps),
            How::Add => weighted_rows(isa, Add, out, row, &leaf.taps),
            How::Max => weighted_rows(isa, Max, out, row, &leaf.taps),
            How::MaxMagnitude => weighted_rows(isa, MaxMagnitude, out, row, &leaf.taps),
        }
    }

    /// The rows that a kernel reads at position `i` of a line of `n` rows, which begin at
    /// `begin` and are `stride` apart.
    fn taps(&self, kernel: &Kernel, i: usize, n: usize, begin: usize, stride: usize, taps: &mut Taps) {
        taps.alone.extend(kernel.reads().iter().filter_map(|&(at, weight)| {
            let row = self.boundary.index(i as isize + at, n)?;
            Some(Tap { offset: begin + row * stride, weight })
        }));
    }

    /// The same for the position `i` and those after it that are computed together.
    fn shared_taps(
        &self,
        reads: &SharedReads,
        i: usize,
        n: usize,
        begin: usize,
        stride: usize,
        taps: &mut Taps,
    ) {
        taps.shared.extend(reads.iter().filter_map(|&(at, weights)| {
            let row = self.boundary.index(i as isize + at, n)?;
            Some(SharedTap { offset: begin + row * stride, weights })
        }));
    }

    /// Fills what lies beyond the ends of a row.
    fn extend(&self, row: &mut [f64], reach: usize) {
        let nx = self.shape[2];
        for i in 0..reach {
            let value = |at: isize| self.boundary.index(at, nx).map(|i| reach + i);
            let before = value(i as isize - reach as isize).map_or(0.0, |from| row[from]);
            let after = value((nx + i) as isize).map_or(0.0, |from| row[from]);
            row[i] = before;
            row[reach + nx + i] = after;
        }
    }
}
