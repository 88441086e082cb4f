//! Recursive filters of order 4 along many lines at once, one line per SIMD lane, with what the
//! recursion remembers in registers.

// One index for several rows reads better than nested zips.
#![allow(clippy::needless_range_loop, reason = "several arrays are walked by one index")]

use super::{Isa, kernel};

/// Lines are worked off in panels of this many: as many 32-bit floats as a cache line holds.
pub const LANES: usize = 16;

/// A filter and its mirror image, H(z) + H'(1/z), with a common denominator.
#[derive(Clone, Debug, PartialEq)]
pub struct Recursion {
    /// Causal numerator: weights of x[i], x[i−1], x[i−2], x[i−3].
    pub n: [f64; 4],
    /// Anti-causal numerator: weights of x[i+1], x[i+2], x[i+3], x[i+4].
    pub m: [f64; 4],
    /// Denominator: weights of the previous four results, which are subtracted.
    pub d: [f64; 4],
    /// Weights of the first voxel's value that stand for results before it, which are subtracted: the
    /// line is taken to have held that value forever.
    pub before: [f64; 4],
    /// Weights of the last voxel's value that stand for results behind it, which are subtracted: the line
    /// is taken to hold that value forever.
    pub after: [f64; 4],
}

/// Number of results that the next one depends on.
const ORDER: usize = 4;

/// A value that a volume may hold.
pub trait Stored: Copy + Into<f64> + Send + Sync {}
impl Stored for f32 {}
impl Stored for f64 {}

/// A value of each of some lines, in memory from where a cache line begins: a vector that straddles two
/// would cost twice.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Row<const W: usize>([f64; W]);

/// Memory for the causal half of a panel, to be used again for the next panel.
#[derive(Clone, Debug, Default)]
pub struct Causal {
    wide: Vec<Row<LANES>>,
    narrow: Vec<Row<8>>,
}

/// Lines side by side: voxel i of line l is `values[i * stride + l]`.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'a, T> {
    pub values: &'a [T],
    pub stride: usize,
}

/// Filters `lines` lines, a multiple of [`LANES`], of `length` voxels, and writes the result,
/// rounded to 32 bits, to lines side by side that are `stride` apart.
///
/// # Panics
/// When `lines` is no multiple of [`LANES`], or `from` or `to` is too short for the lines.
pub fn filter<T: Stored>(
    isa: Isa,
    recursion: &Recursion,
    from: Lines<T>,
    to: (&mut [f32], usize),
    [lines, length]: [usize; 2],
    causal: &mut Causal,
) {
    assert!(lines.is_multiple_of(LANES), "{lines} lines in panels of {LANES}");
    let Causal { wide, narrow } = causal;
    // What a recursion remembers should fit the registers: vectors of fewer lines where these
    // are half as long and half as many.
    #[cfg(target_arch = "x86_64")]
    if isa.kind() == super::Kind::Avx512 {
        wide.resize(length, Row([0.0; LANES]));
        return panels(isa, from, to.0, to.1, lines, wide, recursion);
    }
    let _ = wide;
    narrow.resize(length, Row([0.0; 8]));
    panels(isa, from, to.0, to.1, lines, narrow, recursion);
}

/// The last voxels and the last results of some lines, the newest first.
struct Past<const W: usize> {
    x: [Row<W>; ORDER],
    y: [Row<W>; ORDER],
}

impl<const W: usize> Past<W> {
    /// Lines that have held a value forever.
    #[inline(always)]
    fn constant(row: Row<W>) -> Self {
        Self { x: [row; ORDER], y: [row; ORDER] }
    }

    /// Enters the next voxel of each line, and forgets the oldest one.
    #[inline(always)]
    fn enter(&mut self, row: Row<W>) {
        self.x = [row, self.x[0], self.x[1], self.x[2]];
    }

    /// The next result, Σ numerator · x − Σ denominator · y. The loop is written out here and
    /// below, because what is compiled for an instruction set is only what is inlined, and
    /// closures often are not.
    #[inline(always)]
    fn result(&mut self, n: &[f64; ORDER], d: &[f64; ORDER]) -> Row<W> {
        let (x, y) = (&self.x, &self.y);
        let mut result = [0.0; W];
        for l in 0..W {
            let ahead = x[0].0[l] * n[0] + x[1].0[l] * n[1] + x[2].0[l] * n[2] + x[3].0[l] * n[3];
            let back = y[0].0[l] * d[0] + y[1].0[l] * d[1] + y[2].0[l] * d[2] + y[3].0[l] * d[3];
            result[l] = ahead - back;
        }
        self.y = [Row(result), y[0], y[1], y[2]];
        Row(result)
    }
}

/// The denominator at a place where only `known` of the previous results exist.
#[inline(always)]
fn denominator(inside: &[f64; ORDER], outside: &[f64; ORDER], known: usize) -> [f64; ORDER] {
    let mut d = *inside;
    let known = known.min(ORDER);
    d[known..].copy_from_slice(&outside[known..]);
    d
}

#[inline(always)]
fn load<T: Stored, const W: usize>(from: &[T], at: usize) -> Row<W> {
    let from = &from[at..][..W];
    let mut row = [0.0; W];
    for l in 0..W {
        row[l] = from[l].into();
    }
    Row(row)
}

/// Computes the causal half of a panel.
#[inline(always)]
fn forwards<T: Stored, const W: usize>(from: &[T], stride: usize, causal: &mut [Row<W>], c: &Recursion) {
    let (begin, rest) = causal.split_at_mut(causal.len().min(ORDER));
    let mut past = Past::constant(load(from, 0));
    for (i, to) in begin.iter_mut().enumerate() {
        past.enter(load(from, i * stride));
        *to = past.result(&c.n, &denominator(&c.d, &c.before, i));
    }
    let (n, d) = (c.n, c.d);
    for (i, to) in rest.iter_mut().enumerate() {
        past.enter(load(from, (ORDER + i) * stride));
        *to = past.result(&n, &d);
    }
}

/// Writes the sum of the causal and the anti-causal half, in 32 bits.
#[inline(always)]
fn store<const W: usize>(to: &mut [f32], at: usize, causal: &Row<W>, anticausal: &Row<W>) {
    let to = &mut to[at..][..W];
    for l in 0..W {
        to[l] = (causal.0[l] + anticausal.0[l]) as f32;
    }
}

/// Computes the anti-causal half of a panel and adds it to the causal one.
#[inline(always)]
fn backwards<T: Stored, const W: usize>(
    from: &[T],
    to: &mut [f32],
    [stride, to_stride]: [usize; 2],
    causal: &[Row<W>],
    c: &Recursion,
) {
    let edge = causal.len().min(ORDER);
    let (rest, end) = causal.split_at(causal.len() - edge);
    let mut past = Past::constant(load(from, (causal.len() - 1) * stride));
    for (k, causal) in end.iter().enumerate().rev() {
        let i = rest.len() + k;
        let next = past.result(&c.m, &denominator(&c.d, &c.after, edge - 1 - k));
        store(to, i * to_stride, causal, &next);
        past.enter(load(from, i * stride));
    }
    let (m, d) = (c.m, c.d);
    for (i, causal) in rest.iter().enumerate().rev() {
        let next = past.result(&m, &d);
        store(to, i * to_stride, causal, &next);
        past.enter(load(from, i * stride));
    }
}

kernel! {
    /// Filters panel after panel of as many lines as a recursion keeps in registers, with the causal half
    /// in the first level of cache.
    fn panels<T: Stored, const W: usize>(
        from: Lines<'_, T>,
        to: &mut [f32],
        stride: usize,
        lines: usize,
        causal: &mut [Row<W>],
        c: &Recursion,
    ) {
        for first in (0..lines).step_by(W) {
            let from_lines = &from.values[first..];
            forwards(from_lines, from.stride, causal, c);
            backwards(from_lines, &mut to[first..], [from.stride, stride], causal, c);
        }
    }
}

kernel! {
    /// The sum of `sum` and the scaled `part`: the product is in 64 bits, the result is rounded to 32.
    pub fn add_scaled(sum: &[f32], part: &[f32], scale: f64, to: &mut [f64]) {
        let n = to.len();
        let (sum, part) = (&sum[..n], &part[..n]);
        for i in 0..n {
            to[i] = f64::from((f64::from(sum[i]) + f64::from(part[i]) * scale) as f32);
        }
    }
}

kernel! {
    /// The sum of two scaled parts, rounded to 32 bits after each of them.
    pub fn sum_scaled(a: &[f32], b: &[f32], scale: [f64; 2], to: &mut [f32]) {
        let n = to.len();
        let (a, b) = (&a[..n], &b[..n]);
        for i in 0..n {
            let first = (f64::from(a[i]) * scale[0]) as f32;
            to[i] = (f64::from(first) + f64::from(b[i]) * scale[1]) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result for one line, as the formulas are written.
    fn plain(c: &Recursion, x: &[f64]) -> Vec<f32> {
        let n = x.len() as isize;
        let at = |i: isize| x[i.clamp(0, n - 1) as usize];
        let dot = |a: [f64; 4], b: [f64; 4]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
        let (mut causal, mut anticausal) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        for i in 0..n {
            let ahead = dot(c.n, [at(i), at(i - 1), at(i - 2), at(i - 3)]);
            let back: [(f64, f64); 4] = [1, 2, 3, 4].map(|k: isize| match i - k {
                j if j >= 0 => (c.d[k as usize - 1], causal[j as usize]),
                _ => (c.before[k as usize - 1], x[0]),
            });
            causal[i as usize] = ahead - dot(back.map(|b| b.0), back.map(|b| b.1));
        }
        for i in (0..n).rev() {
            let ahead = dot(c.m, [at(i + 1), at(i + 2), at(i + 3), at(i + 4)]);
            let back: [(f64, f64); 4] = [1, 2, 3, 4].map(|k: isize| match i + k {
                j if j < n => (c.d[k as usize - 1], anticausal[j as usize]),
                _ => (c.after[k as usize - 1], at(n)),
            });
            anticausal[i as usize] = ahead - dot(back.map(|b| b.0), back.map(|b| b.1));
        }
        causal.iter().zip(&anticausal).map(|(a, b)| (a + b) as f32).collect()
    }

    #[test]
    fn every_instruction_set_gives_the_bits_of_the_plain_recursion() {
        let c = Recursion {
            n: [0.4, -0.3, 0.2, -0.05],
            m: [0.3, 0.1, -0.2, 0.07],
            d: [-1.2, 0.5, -0.1, 0.02],
            before: [-0.4, 0.3, -0.2, 0.1],
            after: [0.15, -0.25, 0.35, -0.45],
        };
        for (length, panels) in [(1, 1), (3, 2), (4, 1), (5, 1), (7, 3), (16, 2), (21, 5)] {
            let lines = panels * LANES;
            let value = |i: usize, l: usize| ((i * 7919 + l * 104_729 + 13) % 1009) as f64 * 0.37 - 150.0;
            // Strides of their own, and something between the lines' ends.
            let (stride, to_stride) = (lines + 5, lines + 3);
            let double: Vec<f64> = (0..length).flat_map(|i| (0..stride).map(move |l| value(i, l))).collect();
            let single: Vec<f32> = double.iter().map(|&x| x as f32).collect();
            for isa in Isa::available() {
                let check = |results: &[f32], at: &dyn Fn(usize) -> f64, numbers: &str| {
                    for l in 0..lines {
                        let line: Vec<f64> = (0..length).map(|i| at(i * stride + l)).collect();
                        let results: Vec<f32> = (0..length).map(|i| results[i * to_stride + l]).collect();
                        assert_eq!(
                            results,
                            plain(&c, &line),
                            "{numbers}, {}, {length} x {lines}, line {l}",
                            isa.name()
                        );
                    }
                    let between = |i: usize| &results[i * to_stride + lines..(i + 1) * to_stride];
                    assert!((0..length).all(|i| between(i).iter().all(|&x| x == -1.0)));
                };
                let mut causal = Causal::default();
                let mut results = vec![-1.0; length * to_stride];
                let from = Lines { values: &double, stride };
                filter(isa, &c, from, (&mut results, to_stride), [lines, length], &mut causal);
                check(&results, &|at| double[at], "64 bits");
                let from = Lines { values: &single, stride };
                filter(isa, &c, from, (&mut results, to_stride), [lines, length], &mut causal);
                check(&results, &|at| f64::from(single[at]), "32 bits");
            }
        }
    }
}
