//! Separable filters: a kernel along each axis, in one or several stages.
//!
//! A response is a list of stages, each with a kernel for every axis. Responses that are
//! pooled share what they have in common: equal stages are computed once, and within a stage
//! every slice is convolved along z once for each different kernel, and every row along y for
//! each different pair. Only the input of a stage and the pooled response are volumes; what is
//! between them are some slices and a row.

use ndarray::{Array3, ArrayRef3};

use super::boundary::Boundary;
use super::choices::Pooling;
use super::kernel1d::{Kernel, Rotation, Triple};
use super::separable_plan::{How, Leaf, PIECE, Plan, Row, SharedReads};
use crate::kernels::Isa;
use crate::kernels::convolve::{
    Add, Max, MaxMagnitude, Set, SetMagnitude, SharedTap, TOGETHER, Tap, weighted_rows,
    weighted_rows_together,
};
use crate::volume::voxels::{copied, volume};
use crate::work::loops;

/// The stages of one response, in their order.
pub(crate) type Stages = Vec<Triple>;

/// How a stage is computed.
#[derive(Clone, Copy)]
pub(crate) struct Engine {
    pub boundary: Boundary,
    pub isa: Isa,
}

/// One response for each rotation of the kernels, the same at all stages: 24 in a volume, 4 in
/// slices.
pub(crate) fn rotated(stages: &[Triple], in_volume: bool) -> Vec<Stages> {
    let rotations = if in_volume { Rotation::of_volume() } else { Rotation::of_slice() };
    rotations.iter().map(|rotation| stages.iter().map(|kernels| rotation.of(kernels)).collect()).collect()
}

/// A response without its signs, which are one factor.
struct Signed {
    stages: Stages,
    weight: f64,
}

impl Signed {
    fn new(stages: &[Triple], weight: f64) -> Self {
        let mut signed = Self { stages: Vec::with_capacity(stages.len()), weight };
        for kernels in stages {
            signed.stages.push(kernels.each_ref().map(|kernel| {
                let (kernel, sign) = kernel.unsigned();
                signed.weight *= sign;
                kernel
            }));
        }
        signed
    }
}

impl Engine {
    /// The pooled response of an image (z, y, x) to one or more lists of stages, all of the
    /// same length.
    pub(crate) fn pooled(
        &self,
        image: &ArrayRef3<f64>,
        responses: &[Stages],
        pooling: Pooling,
    ) -> Array3<f64> {
        match (pooling, responses) {
            (Pooling::Mean, _) | (_, [_]) => {
                let weight = 1.0 / responses.len() as f64;
                self.sum(image, &responses.iter().map(|stages| (stages.clone(), weight)).collect::<Vec<_>>())
            }
            (Pooling::Max, _) => {
                self.walk(image, responses.iter().map(|r| Signed::new(r, 1.0)).collect(), Plan::max)
            }
        }
    }

    /// The weighted sum of responses, all of the same number of stages.
    pub(crate) fn sum(&self, image: &ArrayRef3<f64>, responses: &[(Stages, f64)]) -> Array3<f64> {
        self.walk(image, responses.iter().map(|(r, weight)| Signed::new(r, *weight)).collect(), Plan::sum)
    }

    /// The responses to several kernels (z, y, x) in one stage.
    pub(crate) fn each(&self, image: &ArrayRef3<f64>, responses: &[Triple]) -> Vec<Array3<f64>> {
        let mut out: Vec<_> = responses.iter().map(|_| volume(image.dim().into())).collect();
        self.run(&Plan::each(responses), image, &mut out.iter_mut().collect::<Vec<_>>());
        out
    }

    /// The response to one stage.
    pub(crate) fn convolve(&self, image: &ArrayRef3<f64>, kernels: &Triple) -> Array3<f64> {
        let mut out = volume(image.dim().into());
        self.run(&Plan::each(std::slice::from_ref(kernels)), image, &mut [&mut out]);
        out
    }

    fn walk(&self, image: &ArrayRef3<f64>, responses: Vec<Signed>, plan: PlanOf) -> Array3<f64> {
        let mut out = volume(image.dim().into());
        let mut first = true;
        self.walk_into(image, responses, plan, &mut first, &mut out);
        out
    }

    /// Computes responses depth first over the stages that they have in common at their beginning.
    fn walk_into(
        &self,
        image: &ArrayRef3<f64>,
        mut responses: Vec<Signed>,
        plan: PlanOf,
        first: &mut bool,
        out: &mut Array3<f64>,
    ) {
        if responses.iter().all(|r| r.stages.len() <= 1) {
            let only = |r: Signed| {
                let [kernels] = <[Triple; 1]>::try_from(r.stages).expect("a stage in every response");
                (kernels, r.weight)
            };
            let last: Vec<(Triple, f64)> = responses.into_iter().map(only).collect();
            self.run(&plan(&last, *first), image, &mut [out]);
            *first = false;
            return;
        }
        while let Some(head) = responses.first().map(|r| r.stages[0].clone()) {
            let (group, others): (Vec<_>, Vec<_>) = responses.into_iter().partition(|r| r.stages[0] == head);
            let rest = group
                .into_iter()
                .map(|mut r| Signed { stages: r.stages.split_off(1), weight: r.weight })
                .collect();
            let response = self.convolve(image, &head);
            self.walk_into(&response, rest, plan, first, out);
            responses = others;
        }
    }

    /// Computes a plan into the volumes it names, in parallel over blocks of slices.
    fn run(&self, plan: &Plan, image: &ArrayRef3<f64>, out: &mut [&mut Array3<f64>]) {
        let (nz, ny, nx) = image.dim();
        let plane = ny * nx;
        let Some(image) = image.as_slice() else {
            return self.run(plan, &copied(image.view(), |x| x), out);
        };
        // A block reads `reach` slices more on either side than it has; the larger it is, the
        // rarer is a slice read again, but the more slices are kept.
        let block = plan.reach_z().clamp(1, MAX_BLOCK);
        let mut blocks: Vec<Vec<&mut [f64]>> = (0..nz.div_ceil(block)).map(|_| Vec::new()).collect();
        for volume in out {
            assert_eq!(volume.dim(), (nz, ny, nx), "responses have the shape of the image");
            let volume = volume.as_slice_mut().expect("made in standard layout");
            for (slices, part) in blocks.iter_mut().zip(volume.chunks_mut(block * plane)) {
                slices.push(part);
            }
        }
        let lines = Lines { engine: *self, plan, image, shape: [nz, ny, nx] };
        loops::each_with(
            blocks.into_iter().enumerate(),
            || Scratch::new(plan, block, lines.shape),
            |scratch, (n, mut out)| lines.block(n * block, &mut out, scratch),
        );
    }
}

/// Most slices that are convolved along z together.
const MAX_BLOCK: usize = 16;

type PlanOf = fn(&[(Triple, f64)], bool) -> Plan;

/// The buffers of a thread that computes a plan.
struct Scratch {
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

impl Scratch {
    fn new(plan: &Plan, block: usize, [_, ny, nx]: [usize; 3]) -> Self {
        let slices = if plan.reads_image() { 0 } else { plan.z.len() * block * ny * nx };
        let has_pieces = !plan.reads_image() && plan.pieces_z.iter().any(Option::is_some);
        let near = if has_pieces { (block + 2 * plan.reach_z()) * PIECE } else { 0 };
        let rows = TOGETHER * (nx + 2 * plan.reach_x());
        Self {
            slices: vec![0.0; slices],
            near: vec![0.0; near],
            rows: vec![0.0; rows],
            taps: Taps::default(),
        }
    }
}

/// A plan and what it is computed from.
struct Lines<'a> {
    engine: Engine,
    plan: &'a Plan,
    image: &'a [f64],
    shape: [usize; 3],
}

impl Lines<'_> {
    /// The responses in slices from `start` on, as many as `out` has room for.
    fn block(&self, start: usize, out: &mut [&mut [f64]], scratch: &mut Scratch) {
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
        let [nz, ny, nx] = self.shape;
        let plane = ny * nx;
        let Scratch { slices: filtered, near, taps, .. } = scratch;
        let stride = filtered.len() / self.plan.z.len();
        for j in 0..ny {
            for (z, kernel) in
                self.plan.z.iter().enumerate().filter(|&(z, _)| self.plan.pieces_z[z].is_none())
            {
                for k in 0..slices {
                    taps.clear();
                    self.taps(kernel, start + k, nz, j * nx, plane, taps);
                    let out = &mut filtered[z * stride + k * plane + j * nx..][..nx];
                    weighted_rows(self.engine.isa, Set, out, self.image, &taps.alone);
                }
            }
            if near.is_empty() {
                continue;
            }
            for i in (0..nx).step_by(PIECE) {
                let n = PIECE.min(nx - i);
                self.bring_near(start, slices, (j * nx + i, n), near);
                for (z, pieces) in self.plan.pieces_z.iter().enumerate() {
                    let Some(pieces) = pieces else { continue };
                    let mut k = 0;
                    while k < slices {
                        let (isa, near) = (self.engine.isa, &near[k * PIECE..]);
                        let out = &mut filtered[z * stride + k * plane + j * nx + i..];
                        if k + TOGETHER <= slices {
                            weighted_rows_together(isa, out, (plane, n), near, &pieces.shared);
                            k += TOGETHER;
                        } else {
                            weighted_rows(isa, Set, &mut out[..n], near, &pieces.alone);
                            k += 1;
                        }
                    }
                }
            }
        }
    }

    /// Copies `n` values that begin at `at` of each slice that a block reads, one after another.
    fn bring_near(&self, start: usize, slices: usize, (at, n): (usize, usize), near: &mut [f64]) {
        let [nz, ny, nx] = self.shape;
        let reach = self.plan.reach_z();
        for (p, piece) in near.chunks_exact_mut(PIECE).take(slices + 2 * reach).enumerate() {
            match self.engine.boundary.index((start + p) as isize - reach as isize, nz) {
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
        let (isa, out) = (self.engine.isa, &mut rows[self.plan.reach_x()..]);
        taps.clear();
        if together == TOGETHER && !term.shared.is_empty() {
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
        let isa = self.engine.isa;
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
            let row = self.engine.boundary.index(i as isize + at, n)?;
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
            let row = self.engine.boundary.index(i as isize + at, n)?;
            Some(SharedTap { offset: begin + row * stride, weights })
        }));
    }

    /// Fills what lies beyond the ends of a row.
    fn extend(&self, row: &mut [f64], reach: usize) {
        let nx = self.shape[2];
        for i in 0..reach {
            let value = |at: isize| self.engine.boundary.index(at, nx).map(|i| reach + i);
            let before = value(i as isize - reach as isize).map_or(0.0, |from| row[from]);
            let after = value((nx + i) as isize).map_or(0.0, |from| row[from]);
            row[i] = before;
            row[reach + nx + i] = after;
        }
    }
}

#[cfg(test)]
#[path = "separable_tests.rs"]
pub(crate) mod tests;
