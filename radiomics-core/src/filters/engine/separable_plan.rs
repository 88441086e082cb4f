//! What a set of separable responses has in common.

use super::kernel1d::{Kernel, SharedReads, Triple};
use crate::kernels::convolve::{SharedTap, Tap};

/// How a response comes to the ones before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    /// The response is the first one.
    Set,
    /// The response is the first one, and its negative counts as well.
    SetMagnitude,
    /// The response is added to the ones before it.
    Add,
    /// The larger of the response and the ones before it stays.
    Max,
    /// The largest of the response, its negative and the ones before it stays.
    MaxMagnitude,
}

/// The last step of a response: along x, and into which volume.
#[derive(Debug)]
pub(crate) struct Leaf {
    kernel: Kernel,
    /// The kernel on a row that has `reach_x` values before the first one.
    pub taps: Vec<Tap>,
    pub how: How,
    pub target: usize,
}

/// A row along x: the sum of kernels along y, each on the slices of one kernel along z; and what
/// is made of it.
#[derive(Debug)]
pub(crate) struct Row {
    /// Number of the kernel along z, and kernel along y.
    pub reads: Vec<(usize, Kernel)>,
    /// The same of rows that are computed together; empty if each is by itself.
    pub shared: Vec<(usize, SharedReads)>,
    pub leaves: Vec<Leaf>,
}

/// A kernel along z on pieces of rows, one of each slice from `reach` before the first one on, that lie one
/// after another: rows of an image are at places that a cache cannot hold together.
#[derive(Debug)]
pub(crate) struct Pieces {
    /// For the first slices, which are computed together.
    pub shared: Vec<SharedTap>,
    /// For the first slice alone.
    pub alone: Vec<Tap>,
}

/// Most values of a piece of a row.
pub(crate) const PIECE: usize = 64;

impl Pieces {
    fn new(kernel: &Kernel, reach: usize) -> Option<Self> {
        let offset = |at: isize| reach.wrapping_add_signed(at) * PIECE;
        let shared = kernel.shared_reads()?;
        let shared = shared.iter().map(|&(at, weights)| SharedTap { offset: offset(at), weights });
        let alone = kernel.reads().iter().map(|&(at, weight)| Tap { offset: offset(at), weight });
        Some(Self { shared: shared.collect(), alone: alone.collect() })
    }
}

/// Responses of one stage, with what they share. Rows and leaves are computed in their order.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The different kernels along z.
    pub z: Vec<Kernel>,
    /// What they read of pieces of rows of neighbouring slices; None where each slice is by itself.
    pub pieces_z: Vec<Option<Pieces>>,
    pub rows: Vec<Row>,
    reach_x: usize,
}

impl Plan {
    /// The plan of the weighted sum, which is added to what is there unless it is the `first`.
    ///
    /// Responses with the same kernel along x are summed before it is applied, and those that
    /// have the one along z in common too are one kernel along y.
    pub(crate) fn sum(responses: &[(Triple, f64)], first: bool) -> Self {
        let mut plan = Self::empty();
        let mut kernels_x: Vec<Kernel> = Vec::new();
        for ([z, y, x], weight) in responses {
            let z = position(&mut plan.z, z);
            let row = position(&mut kernels_x, x);
            if row == plan.rows.len() {
                plan.rows.push(Row { reads: Vec::new(), shared: Vec::new(), leaves: Vec::new() });
            }
            let reads = &mut plan.rows[row].reads;
            match reads.iter_mut().find(|read| read.0 == z) {
                Some((_, kernel)) => kernel.add(y, *weight),
                None => reads.push((z, y.scaled(*weight))),
            }
        }
        assert_eq!(plan.rows.len(), kernels_x.len(), "a row for each kernel along x");
        for (row, kernel) in plan.rows.iter_mut().zip(kernels_x) {
            row.reads.retain(|(_, kernel)| !kernel.is_zero());
            if !row.reads.is_empty() {
                row.leaves.push(Leaf { kernel, taps: Vec::new(), how: How::Add, target: 0 });
            }
        }
        plan.rows.retain(|row| !row.leaves.is_empty());
        if let (Some(row), true) = (plan.rows.first_mut(), first) {
            row.leaves[0].how = How::Set;
        }
        plan.finished()
    }

    /// The plan of the largest response, or of what is there unless it is the `first`. Of the weights only the
    /// signs count.
    pub(crate) fn max(responses: &[(Triple, f64)], first: bool) -> Self {
        // Whether a product occurs with either sign.
        let mut products: Vec<(&Triple, bool, bool)> = Vec::new();
        for (triple, weight) in responses {
            let (plus, minus) = (*weight > 0.0, *weight < 0.0);
            match products.iter_mut().find(|p| p.0 == triple) {
                Some(product) => {
                    product.1 |= plus;
                    product.2 |= minus;
                }
                None => products.push((triple, plus, minus)),
            }
        }
        let mut plan = Self::empty();
        for ([z, y, x], plus, minus) in products {
            let how = if plus && minus { How::MaxMagnitude } else { How::Max };
            plan.push(
                [z, y],
                Leaf {
                    kernel: if plus { x.clone() } else { x.scaled(-1.0) },
                    taps: Vec::new(),
                    how,
                    target: 0,
                },
            );
        }
        if let (Some(row), true) = (plan.rows.first_mut(), first) {
            let how = &mut row.leaves[0].how;
            *how = if *how == How::MaxMagnitude { How::SetMagnitude } else { How::Set };
        }
        plan.finished()
    }

    /// The plan that puts each response into a volume of its own.
    pub(crate) fn each(responses: &[Triple]) -> Self {
        let mut plan = Self::empty();
        for (target, [z, y, x]) in responses.iter().enumerate() {
            plan.push([z, y], Leaf { kernel: x.clone(), taps: Vec::new(), how: How::Set, target });
        }
        plan.finished()
    }

    fn empty() -> Self {
        Self { z: Vec::new(), pieces_z: Vec::new(), rows: Vec::new(), reach_x: 0 }
    }

    fn push(&mut self, [z, y]: [&Kernel; 2], leaf: Leaf) {
        let z = position(&mut self.z, z);
        let same = |row: &&mut Row| matches!(&row.reads[..], [(of, kernel)] if *of == z && kernel == y);
        match self.rows.iter_mut().find(same) {
            Some(row) => row.leaves.push(leaf),
            None => {
                self.rows.push(Row { reads: vec![(z, y.clone())], shared: Vec::new(), leaves: vec![leaf] })
            }
        }
    }

    fn finished(mut self) -> Self {
        let leaves = || self.rows.iter().flat_map(|row| &row.leaves);
        self.reach_x = leaves().map(|leaf| leaf.kernel.reach()).max().unwrap_or(0);
        let reach = self.reach_z();
        self.pieces_z = self.z.iter().map(|kernel| Pieces::new(kernel, reach)).collect();
        for row in &mut self.rows {
            let shared = row.reads.iter().map(|(z, kernel)| Some((*z, kernel.shared_reads()?)));
            row.shared = shared.collect::<Option<_>>().unwrap_or_default();
        }
        for leaf in self.rows.iter_mut().flat_map(|row| &mut row.leaves) {
            let tap =
                |&(at, weight): &(isize, f64)| Tap { offset: self.reach_x.wrapping_add_signed(at), weight };
            leaf.taps = leaf.kernel.reads().iter().map(tap).collect();
        }
        self
    }

    /// How many values a row needs before its first and after its last one.
    pub(crate) fn reach_x(&self) -> usize {
        self.reach_x
    }

    /// Whether any rows or slices are computed together.
    pub(crate) fn shares_reads(&self) -> bool {
        self.pieces_z.iter().any(Option::is_some) || self.rows.iter().any(|row| !row.shared.is_empty())
    }

    /// How many slices a block needs before its first and after its last one.
    pub(crate) fn reach_z(&self) -> usize {
        self.z.iter().map(Kernel::reach).max().unwrap_or(0)
    }

    /// Whether nothing is done along z, so that the image's own slices serve.
    pub(crate) fn reads_image(&self) -> bool {
        matches!(&self.z[..], [only] if *only == Kernel::identity())
    }
}

/// Where a kernel is in a list, to which it is added if it is not there yet.
fn position(kernels: &mut Vec<Kernel>, kernel: &Kernel) -> usize {
    kernels.iter().position(|k| k == kernel).unwrap_or_else(|| {
        kernels.push(kernel.clone());
        kernels.len() - 1
    })
}
