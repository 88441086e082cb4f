//! Recursive filters of order 4 along many lines at once, one line per SIMD lane.

// One index for several rows reads better than nested zips.
#![allow(clippy::needless_range_loop)]

use std::ops::Range;

use super::{Isa, kernel};

/// Lines that a vector holds; blocks are padded to a multiple of it.
pub const LANES: usize = 8;
/// Vectors side by side: enough for the additions of one line, each of which waits for the one
/// before, to overlap with those of other lines; few enough for the block to stay in cache.
const VECTORS: usize = 6;

/// A value of each of some lines, where a cache line begins: a vector that straddles two would
/// cost twice.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Vector([f64; LANES]);

const ZERO: Vector = Vector([0.0; LANES]);

/// A filter and its mirror image, H(z) + H'(1/z), with a common denominator.
#[derive(Clone, Debug, PartialEq)]
pub struct Recursion {
    /// Causal numerator: weights of x[i], x[i−1], x[i−2], x[i−3].
    pub n: [f64; 4],
    /// Anti-causal numerator: weights of x[i+1], x[i+2], x[i+3], x[i+4].
    pub m: [f64; 4],
    /// Denominator: weights of the previous four results, which are subtracted.
    pub d: [f64; 4],
    /// The same for results before the first voxel, as weights of that voxel's value: the line
    /// is taken to have held it forever.
    pub before: [f64; 4],
    /// The same after the last voxel.
    pub after: [f64; 4],
}

/// Lines while they are filtered, a row of vectors per voxel; to be used again for the next.
#[derive(Clone, Debug, Default)]
pub struct Block {
    lines: usize,
    /// Vectors in a row.
    width: usize,
    /// The lines, with their first and last voxel [`ORDER`] times more at the ends.
    values: Vec<Vector>,
    /// Results of the causal half; before them rows of the first voxel.
    causal: Vec<Vector>,
    /// The last results of the anti-causal half.
    anticausal: Vec<Vector>,
    results: Vec<[f32; LANES]>,
}

/// Results that the next one depends on.
const ORDER: usize = 4;

/// A value that a volume may hold.
pub trait Stored: Copy + Into<f64> + Send + Sync {}
impl Stored for f32 {}
impl Stored for f64 {}

/// Widths of the blocks, in lines, that `lines` lines are worked off in: as even as can be.
pub fn blocks(lines: usize) -> impl Iterator<Item = Range<usize>> {
    let vectors = lines.div_ceil(LANES);
    let count = vectors.div_ceil(VECTORS).max(1);
    (0..count).map(move |b| {
        let at = |b: usize| (b * vectors / count * LANES).min(lines);
        at(b)..at(b + 1)
    })
}

/// Σ numerator · x − Σ denominator · y. Loops are written out here and below, because what is
/// compiled for an instruction set is only what is inlined, and closures in combinators of
/// arrays often are not.
#[inline(always)]
fn term(x: [Vector; ORDER], n: &[f64; ORDER], y: [Vector; ORDER], d: &[f64; ORDER]) -> Vector {
    let mut result = [0.0; LANES];
    for l in 0..LANES {
        let ahead = x[0].0[l] * n[0] + x[1].0[l] * n[1] + x[2].0[l] * n[2] + x[3].0[l] * n[3];
        let back = y[0].0[l] * d[0] + y[1].0[l] * d[1] + y[2].0[l] * d[2] + y[3].0[l] * d[3];
        result[l] = ahead - back;
    }
    Vector(result)
}

/// The denominator where only `known` of the previous results exist.
#[inline(always)]
fn denominator(inside: &[f64; ORDER], outside: &[f64; ORDER], known: usize) -> [f64; ORDER] {
    let mut d = *inside;
    let known = known.min(ORDER);
    d[known..].copy_from_slice(&outside[known..]);
    d
}

kernel! {
    /// Fills `results` from `values`, rows of `width` vectors.
    fn filter(
        values: &[Vector],
        causal: &mut [Vector],
        anticausal: &mut [Vector],
        results: &mut [[f32; LANES]],
        width: usize,
        c: &Recursion,
    ) {
        let length = results.len() / width;
        for i in 0..length {
            let d = denominator(&c.d, &c.before, i);
            let x = &values[(i + 1) * width..][..4 * width];
            let (y, to) = causal[i * width..][..5 * width].split_at_mut(4 * width);
            let (x3, x2, x1, x0) = (&x[..width], &x[width..][..width], &x[2 * width..][..width], &x[3 * width..][..width]);
            let (y4, y3, y2, y1) = (&y[..width], &y[width..][..width], &y[2 * width..][..width], &y[3 * width..][..width]);
            for v in 0..width {
                to[v] = term([x0[v], x1[v], x2[v], x3[v]], &c.n, [y1[v], y2[v], y3[v], y4[v]], &d);
            }
        }
        let (first, rest) = anticausal.split_at_mut(width);
        let (second, rest) = rest.split_at_mut(width);
        let (third, fourth) = rest.split_at_mut(width);
        // The result that falls away makes room for the new one.
        let mut y = [first, second, third, fourth];
        for i in (0..length).rev() {
            let d = denominator(&c.d, &c.after, length - 1 - i);
            let x = &values[(i + 5) * width..][..4 * width];
            let (x1, x2, x3, x4) = (&x[..width], &x[width..][..width], &x[2 * width..][..width], &x[3 * width..][..width]);
            let causal = &causal[(i + 4) * width..][..width];
            let to = &mut results[i * width..][..width];
            let [y1, y2, y3, y4] = &mut y;
            let (y1, y2, y3, y4) = (&y1[..width], &y2[..width], &y3[..width], &mut y4[..width]);
            for v in 0..width {
                let next = term([x1[v], x2[v], x3[v], x4[v]], &c.m, [y1[v], y2[v], y3[v], y4[v]], &d);
                y4[v] = next;
                for l in 0..LANES {
                    to[v][l] = (causal[v].0[l] + next.0[l]) as f32;
                }
            }
            y.rotate_right(1);
        }
    }
}

impl Block {
    /// Loads lines that lie across rows: voxel i of line l is `from[i * stride + l]`.
    pub fn load_across<T: Stored>(&mut self, isa: Isa, from: &[T], stride: usize, lines: usize) {
        let inside = self.reshape(from.len().div_ceil(stride), lines);
        across(isa, from, stride, lines, self.width, &mut self.values[inside]);
    }

    /// Loads lines that are the rows, of `length` voxels each, of `from`.
    pub fn load_rows<T: Stored>(&mut self, isa: Isa, from: &[T], length: usize) {
        let inside = self.reshape(length, from.len() / length);
        turned(isa, from, length, self.width, &mut self.values[inside]);
    }

    /// Filters what was loaded.
    pub fn filter(&mut self, isa: Isa, recursion: &Recursion) {
        let Self { width, values, causal, anticausal, results, .. } = self;
        let width = *width;
        let (first, last) = (ORDER * width, values.len() - (ORDER + 1) * width);
        for k in 0..ORDER {
            values.copy_within(first..first + width, k * width);
            values.copy_within(last..last + width, last + (k + 1) * width);
            causal[k * width..][..width].copy_from_slice(&values[first..first + width]);
            anticausal[k * width..][..width].copy_from_slice(&values[last..last + width]);
        }
        filter(isa, values, causal, anticausal, results, width, recursion);
    }

    /// Stores the result, rounded to 32 bits, where [`Block::load_across`] would read it.
    pub fn store_across(&self, to: &mut [f32], stride: usize) {
        for (row, to) in self.results.chunks_exact(self.width).zip(to.chunks_mut(stride)) {
            to[..self.lines].copy_from_slice(&row.as_flattened()[..self.lines]);
        }
    }

    /// Stores the result, rounded to 32 bits, where [`Block::load_rows`] would read it.
    pub fn store_rows(&self, isa: Isa, to: &mut [f32]) {
        store_turned(isa, &self.results, self.width, to.len() / self.lines, to);
    }

    /// Makes room for lines, and says where they go.
    fn reshape(&mut self, length: usize, lines: usize) -> Range<usize> {
        let width = lines.div_ceil(LANES);
        (self.lines, self.width) = (lines, width);
        self.values.resize((length + 2 * ORDER) * width, ZERO);
        self.causal.resize((length + ORDER) * width, ZERO);
        self.anticausal.resize(ORDER * width, ZERO);
        self.results.resize(length * width, [0.0; LANES]);
        ORDER * width..(ORDER + length) * width
    }
}

kernel! {
    fn across<T: Stored>(from: &[T], stride: usize, lines: usize, width: usize, to: &mut [Vector]) {
        for (row, to) in from.chunks(stride).zip(to.chunks_exact_mut(width)) {
            let (vectors, rest) = row[..lines].as_chunks::<LANES>();
            for (from, to) in vectors.iter().zip(&mut *to) {
                for l in 0..LANES {
                    to.0[l] = from[l].into();
                }
            }
            for (l, &from) in rest.iter().enumerate() {
                to[width - 1].0[l] = from.into();
            }
        }
    }
}

kernel! {
    /// Turns rows of `length` voxels into lanes, eight voxels of eight rows at a time.
    fn turned<T: Stored>(from: &[T], length: usize, width: usize, to: &mut [Vector]) {
        let lines = from.len() / length;
        for v in 0..width {
            let rows = &from[v * LANES * length..];
            let count = LANES.min(lines - v * LANES);
            let whole = if count == LANES { length / LANES * LANES } else { 0 };
            for start in (0..whole).step_by(LANES) {
                let mut tile = [ZERO; LANES];
                for l in 0..LANES {
                    let row = &rows[l * length + start..][..LANES];
                    for t in 0..LANES {
                        tile[t].0[l] = row[t].into();
                    }
                }
                for t in 0..LANES {
                    to[(start + t) * width + v] = tile[t];
                }
            }
            for i in whole..length {
                for l in 0..count {
                    to[i * width + v].0[l] = rows[l * length + i].into();
                }
            }
        }
    }
}

kernel! {
    fn store_turned(results: &[[f32; LANES]], width: usize, length: usize, to: &mut [f32]) {
        let lines = to.len() / length;
        for v in 0..width {
            let rows = &mut to[v * LANES * length..];
            let count = LANES.min(lines - v * LANES);
            let whole = if count == LANES { length / LANES * LANES } else { 0 };
            for start in (0..whole).step_by(LANES) {
                let mut tile = [[0f32; LANES]; LANES];
                for t in 0..LANES {
                    let lanes = results[(start + t) * width + v];
                    for l in 0..LANES {
                        tile[l][t] = lanes[l];
                    }
                }
                for l in 0..LANES {
                    rows[l * length + start..][..LANES].copy_from_slice(&tile[l]);
                }
            }
            for i in whole..length {
                for l in 0..count {
                    rows[l * length + i] = results[i * width + v][l];
                }
            }
        }
    }
}

kernel! {
    /// Adds a scaled part to a sum, the product in 64 bits, the result rounded to 32.
    pub fn add_scaled(sum: &[f32], part: &[f32], scale: f64, to: &mut [f64]) {
        let n = to.len();
        let (sum, part) = (&sum[..n], &part[..n]);
        for i in 0..n {
            to[i] = f64::from((f64::from(sum[i]) + f64::from(part[i]) * scale) as f32);
        }
    }
}

kernel! {
    /// The sum of two scaled parts, rounded like that after each.
    pub fn sum_scaled(a: &mut [f32], b: &[f32], scale: [f64; 2]) {
        let n = a.len();
        let b = &b[..n];
        for i in 0..n {
            let first = (f64::from(a[i]) * scale[0]) as f32;
            a[i] = (f64::from(first) + f64::from(b[i]) * scale[1]) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line, as the formulas are written.
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
        for (length, lines) in [(1, 1), (3, 9), (4, 8), (7, 5), (16, 40), (21, 83)] {
            let value = |i: usize, l: usize| ((i * 7919 + l * 104_729 + 13) % 1009) as f64 * 0.37 - 150.0;
            let wanted: Vec<Vec<f32>> = (0..lines)
                .map(|l| plain(&c, &(0..length).map(|i| value(i, l)).collect::<Vec<_>>()))
                .collect();
            let rows: Vec<f64> = (0..lines).flat_map(|l| (0..length).map(move |i| value(i, l))).collect();
            let across: Vec<f64> = (0..length).flat_map(|i| (0..lines).map(move |l| value(i, l))).collect();
            for isa in Isa::available() {
                let mut block = Block::default();
                let mut result = vec![0f32; length * lines];
                block.load_rows(isa, &rows, length);
                block.filter(isa, &c);
                block.store_rows(isa, &mut result);
                assert_eq!(result, wanted.concat(), "rows, {}, {length} x {lines}", isa.name());
                result.fill(0.0);
                for part in blocks(lines) {
                    block.load_across(isa, &across[part.start..], lines, part.len());
                    block.filter(isa, &c);
                    block.store_across(&mut result[part.start..], lines);
                }
                for (l, line) in wanted.iter().enumerate() {
                    let got: Vec<f32> = (0..length).map(|i| result[i * lines + l]).collect();
                    assert_eq!(&got, line, "across, {}, {length} x {lines}, line {l}", isa.name());
                }
            }
        }
    }

    #[test]
    fn blocks_cover_all_lines_once() {
        for lines in [0, 1, 7, 8, 9, 40, 41, 130, 1000] {
            let all: Vec<usize> = blocks(lines).flatten().collect();
            assert_eq!(all, (0..lines).collect::<Vec<_>>());
            assert!(blocks(lines).all(|b| b.len() <= VECTORS * LANES));
        }
    }
}
