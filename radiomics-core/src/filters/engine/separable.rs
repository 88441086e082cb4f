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
use super::kernel1d::{Rotation, Triple};
use super::separable_lines::Lines;
use super::separable_plan::Plan;
use crate::kernels::Isa;
use crate::kernels::finite::all_up_to;
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
        // Rows that are computed together each count some values of the others 0 times: those must be numbers, and
        // so must sums of them.
        let small = |values: &[f64]| all_up_to(self.isa, values, LARGEST);
        let shares = plan.shares_reads() && loops::all(image.chunks(PART), small);
        let Self { boundary, isa } = *self;
        let lines = Lines { boundary, isa, plan, image, shape: [nz, ny, nx], shares };
        loops::each_with(
            blocks.into_iter().enumerate(),
            || lines.scratch(block),
            |scratch, (n, mut out)| lines.block(n * block, &mut out, scratch),
        );
    }
}

/// Most slices that are convolved along z together.
const MAX_BLOCK: usize = 16;

/// Voxels that a thread looks at at a time.
const PART: usize = 1 << 16;

/// No sum of products of up to this overflows.
const LARGEST: f64 = 1e250;

type PlanOf = fn(&[(Triple, f64)], bool) -> Plan;

#[cfg(test)]
#[path = "separable_tests.rs"]
pub(crate) mod tests;
