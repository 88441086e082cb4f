//! Kernels along an axis, and the right-angle rotations of one per axis.

use std::f64::consts::PI;

use crate::kernels::convolve::TOGETHER;
use crate::kernels::elementary::cos;

/// Positions are computed together if for so many products at least there is no more than one of no use.
const USEFUL: usize = 4;

/// What neighbouring positions read: relative to the first one, ascending, with the weight for each of them.
pub(crate) type SharedReads = Vec<(isize, [f64; TOGETHER])>;

/// A kernel along an axis, as what it reads: relative positions, ascending, and weights.
///
/// A true convolution with taps h centred at c reads the voxel at c − k with weight h[k].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kernel {
    reads: Vec<(isize, f64)>,
}

impl Kernel {
    /// The kernel that leaves an axis as it is.
    pub(crate) fn identity() -> Self {
        Self { reads: vec![(0, 1.0)] }
    }

    /// Convolution with `taps`, of which number `origin` is the voxel's own. Taps of 0 are left
    /// out.
    pub(crate) fn convolution(taps: &[f64], origin: usize) -> Self {
        let reads = taps.iter().enumerate().rev().map(|(k, &h)| (origin as isize - k as isize, h));
        Self { reads: reads.filter(|&(_, h)| h != 0.0).collect() }
    }

    /// Convolution with an odd number of taps, the middle one being the voxel's own.
    pub(crate) fn centred(taps: &[f64]) -> Self {
        Self::convolution(taps, taps.len() / 2)
    }

    /// The kernel with `step` − 1 zeros between its taps ("à trous").
    pub(crate) fn dilated(&self, step: usize) -> Self {
        Self { reads: self.reads.iter().map(|&(at, w)| (at * step as isize, w)).collect() }
    }

    /// The kernel turned round.
    pub(crate) fn flipped(&self) -> Self {
        Self { reads: self.reads.iter().rev().map(|&(at, w)| (-at, w)).collect() }
    }

    /// How far the kernel looks to either side.
    pub(crate) fn reach(&self) -> usize {
        self.reads.iter().map(|r| r.0.unsigned_abs()).max().unwrap_or(0)
    }

    /// What the kernel reads: relative positions, ascending, and weights.
    pub(crate) fn reads(&self) -> &[(isize, f64)] {
        &self.reads
    }

    /// What neighbouring positions read together; None if too much of what one reads is of no use to the others.
    pub(crate) fn shared_reads(&self) -> Option<SharedReads> {
        let (first, last) = (self.reads.first()?.0, self.reads.last()?.0);
        let span = usize::try_from(last - first).expect("ascending") + TOGETHER;
        if span > self.reads.len() + self.reads.len() / USEFUL {
            return None;
        }
        let mut shared = vec![[0.0; TOGETHER]; span];
        for &(at, weight) in &self.reads {
            for position in 0..TOGETHER {
                shared[(at - first) as usize + position][position] = weight;
            }
        }
        Some((first..).zip(shared).collect())
    }

    /// The kernel or its negative, whichever begins with a positive weight, and its sign.
    pub(crate) fn unsigned(&self) -> (Self, f64) {
        match self.reads.first() {
            Some(&(_, first)) if first < 0.0 => (self.scaled(-1.0), -1.0),
            _ => (self.clone(), 1.0),
        }
    }

    /// The discrete Fourier transform of a symmetric kernel, at the frequencies of `n` points.
    pub(crate) fn spectrum(&self, n: usize) -> Vec<f64> {
        let cosine = |k: usize, at: isize| {
            let turn = (k * at.unsigned_abs()) % n;
            cos(2.0 * PI * turn as f64 / n as f64)
        };
        (0..n).map(|k| self.reads.iter().map(|&(at, w)| w * cosine(k, at)).sum()).collect()
    }

    /// The kernel with its weights multiplied by `factor`.
    pub(crate) fn scaled(&self, factor: f64) -> Self {
        Self { reads: self.reads.iter().map(|&(at, w)| (at, w * factor)).collect() }
    }

    /// Adds `factor` times another kernel.
    pub(crate) fn add(&mut self, other: &Kernel, factor: f64) {
        for &(at, w) in &other.reads {
            match self.reads.binary_search_by_key(&at, |r| r.0) {
                Ok(i) => self.reads[i].1 += w * factor,
                Err(i) => self.reads.insert(i, (at, w * factor)),
            }
        }
        self.reads.retain(|r| r.1 != 0.0);
    }

    /// Whether the kernel reads nothing, so that the response is 0 everywhere.
    pub(crate) fn is_zero(&self) -> bool {
        self.reads.is_empty()
    }
}

/// A kernel for each of the axes (z, y, x).
pub(crate) type Triple = [Kernel; 3];

/// A right-angle rotation: the axis whose kernel acts along each of the axes (z, y, x), and
/// whether it is turned round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rotation {
    from: [usize; 3],
    flip: [bool; 3],
}

impl Rotation {
    /// The rotated kernels.
    pub(crate) fn of(&self, kernels: &Triple) -> Triple {
        std::array::from_fn(|axis| {
            let kernel = &kernels[self.from[axis]];
            if self.flip[axis] { kernel.flipped() } else { kernel.clone() }
        })
    }

    /// The 24 rotations of a cube: permutations of axes with flips, of determinant 1.
    pub(crate) fn of_volume() -> Vec<Self> {
        const PERMUTATIONS: [([usize; 3], bool); 6] = [
            ([0, 1, 2], false),
            ([1, 2, 0], false),
            ([2, 0, 1], false),
            ([0, 2, 1], true),
            ([1, 0, 2], true),
            ([2, 1, 0], true),
        ];
        let mut rotations = Vec::with_capacity(24);
        for (from, odd) in PERMUTATIONS {
            for bits in 0..8u32 {
                // An exchange of two axes mirrors, and so does an odd number of flips.
                if (bits.count_ones() % 2 == 1) == odd {
                    rotations.push(Self { from, flip: [0, 1, 2].map(|a| bits >> a & 1 == 1) });
                }
            }
        }
        rotations
    }

    /// The 4 rotations of a square: of y and x, z being left alone.
    pub(crate) fn of_slice() -> Vec<Self> {
        Self::of_volume().into_iter().filter(|r| r.from[0] == 0 && !r.flip[0]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_convolution_reads_backwards() {
        let kernel = Kernel::centred(&[1.0, 2.0, 4.0]);
        assert_eq!(kernel.reads(), [(-1, 4.0), (0, 2.0), (1, 1.0)]);
        assert_eq!(kernel.flipped(), Kernel::centred(&[4.0, 2.0, 1.0]));
        assert_eq!(kernel.dilated(3).reads(), [(-3, 4.0), (0, 2.0), (3, 1.0)]);
        assert_eq!(kernel.dilated(3).reach(), 3);
        assert_eq!(Kernel::convolution(&[1.0, 2.0], 1).reads(), [(0, 2.0), (1, 1.0)]);
        assert_eq!(Kernel::centred(&[-1.0, 0.0, 1.0]).unsigned(), (Kernel::centred(&[-1.0, 0.0, 1.0]), 1.0));
        assert_eq!(Kernel::centred(&[1.0, 0.0, -1.0]).unsigned(), (Kernel::centred(&[-1.0, 0.0, 1.0]), -1.0));
    }

    #[test]
    fn kernels_cancel() {
        let mut kernel = Kernel::centred(&[-1.0, 0.0, 1.0]);
        kernel.add(&Kernel::centred(&[1.0, 0.0, -1.0]), 1.0);
        assert!(kernel.is_zero());
    }

    #[test]
    fn twenty_four_rotations_all_different() {
        let asymmetric = |a: f64| Kernel::centred(&[a, a + 1.0, a + 2.0]);
        let kernels = [asymmetric(1.0), asymmetric(10.0), asymmetric(100.0)];
        for (rotations, n) in [(Rotation::of_volume(), 24), (Rotation::of_slice(), 4)] {
            let mut seen: Vec<Triple> = Vec::new();
            for rotated in rotations.iter().map(|r| r.of(&kernels)) {
                assert!(!seen.contains(&rotated));
                seen.push(rotated);
            }
            assert_eq!(seen.len(), n);
            assert_eq!(seen[0], kernels);
        }
        // A quarter turn takes x to y and y to −x.
        let turned: Vec<Triple> = Rotation::of_slice().iter().map(|r| r.of(&kernels)).collect();
        let [z, y, x] = kernels;
        assert!(turned.contains(&[z.clone(), x.clone(), y.flipped()]));
        assert!(turned.contains(&[z.clone(), x.flipped(), y.clone()]));
        assert!(turned.contains(&[z, y.flipped(), x.flipped()]));
    }
}
