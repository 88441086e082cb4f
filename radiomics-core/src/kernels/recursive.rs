//! Recursive filters of order 4 along many lines at once, one line per SIMD lane.

use super::{Isa, kernel};

/// Lines that a vector holds; blocks are padded to a multiple of it.
pub const LANES: usize = 8;
/// Vectors side by side: enough for the additions of one line, each of which waits for the one
/// before, to overlap with those of other lines; few enough for the block to stay in cache.
const VECTORS: usize = 5;

type Vector = [f64; LANES];

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
    values: Vec<Vector>,
    causal: Vec<Vector>,
    anticausal: Vec<Vector>,
}

/// A value that a volume may hold.
pub trait Stored: Copy + Into<f64> + Send + Sync {}
impl Stored for f32 {}
impl Stored for f64 {}

/// Widths of the blocks, in lines, that `lines` lines are worked off in: as even as can be.
pub fn blocks(lines: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let vectors = lines.div_ceil(LANES);
    let count = vectors.div_ceil(VECTORS).max(1);
    (0..count).map(move |b| {
        let at = |b: usize| (b * vectors / count * LANES).min(lines);
        at(b)..at(b + 1)
    })
}

#[inline(always)]
fn step(to: &mut [Vector], x: [&[Vector]; 4], numerator: [f64; 4], y: [&[Vector]; 4], denominator: [f64; 4]) {
    let width = to.len();
    let [x0, x1, x2, x3] = x.map(|row| &row[..width]);
    let [y1, y2, y3, y4] = y.map(|row| &row[..width]);
    let [n0, n1, n2, n3] = numerator;
    let [d1, d2, d3, d4] = denominator;
    for v in 0..width {
        for l in 0..LANES {
            let ahead = x0[v][l] * n0 + x1[v][l] * n1 + x2[v][l] * n2 + x3[v][l] * n3;
            let back = y1[v][l] * d1 + y2[v][l] * d2 + y3[v][l] * d3 + y4[v][l] * d4;
            to[v][l] = ahead - back;
        }
    }
}

kernel! {
    /// Fills `causal` and then `anticausal` from `values`, all of them rows of `width` vectors,
    /// a row per voxel of the lines.
    fn filter(values: &[Vector], causal: &mut [Vector], anticausal: &mut [Vector], width: usize, c: &Recursion) {
        let length = values.len() / width;
        let row = |i: usize| &values[i * width..][..width];
        for i in 0..length {
            let (done, to) = causal.split_at_mut(i * width);
            // Before the line is its first value.
            let x = [0, 1, 2, 3].map(|k| row(i.saturating_sub(k)));
            let y = [1, 2, 3, 4].map(|k| if i >= k { &done[(i - k) * width..][..width] } else { row(0) });
            let mut d = c.d;
            for k in i..4 {
                d[k] = c.before[k];
            }
            step(&mut to[..width], x, c.n, y, d);
        }
        for i in (0..length).rev() {
            let last = length - 1;
            let (to, done) = anticausal.split_at_mut((i + 1) * width);
            let x = [1, 2, 3, 4].map(|k| row((i + k).min(last)));
            let y = [1, 2, 3, 4].map(|k| if i + k <= last { &done[(k - 1) * width..][..width] } else { row(last) });
            let mut d = c.d;
            for k in last - i..4 {
                d[k] = c.after[k];
            }
            step(&mut to[i * width..], x, c.m, y, d);
        }
    }
}

impl Block {
    /// Loads lines that lie across rows: voxel i of line l is `from[i * stride + l]`.
    pub fn load_across<T: Stored>(&mut self, isa: Isa, from: &[T], stride: usize, lines: usize) {
        self.reshape(from.len().div_ceil(stride), lines);
        across(isa, from, stride, lines, self.width, &mut self.values);
    }

    /// Loads lines that are the rows, of `length` voxels each, of `from`.
    pub fn load_rows<T: Stored>(&mut self, isa: Isa, from: &[T], length: usize) {
        self.reshape(length, from.len() / length);
        turned(isa, from, length, self.width, &mut self.values);
    }

    /// Filters what was loaded.
    pub fn filter(&mut self, isa: Isa, recursion: &Recursion) {
        filter(isa, &self.values, &mut self.causal, &mut self.anticausal, self.width, recursion);
    }

    /// Stores the result, rounded to 32 bits, where [`Block::load_across`] would read it.
    pub fn store_across(&self, isa: Isa, to: &mut [f32], stride: usize) {
        store_across(isa, &self.causal, &self.anticausal, self.width, self.lines, to, stride);
    }

    /// Stores the result, rounded to 32 bits, where [`Block::load_rows`] would read it.
    pub fn store_rows(&self, isa: Isa, to: &mut [f32]) {
        store_turned(isa, &self.causal, &self.anticausal, self.width, to.len() / self.lines, to);
    }

    fn reshape(&mut self, length: usize, lines: usize) {
        self.lines = lines;
        self.width = lines.div_ceil(LANES);
        for buffer in [&mut self.values, &mut self.causal, &mut self.anticausal] {
            buffer.resize(length * self.width, [0.0; LANES]);
        }
    }
}

kernel! {
    fn across<T: Stored>(from: &[T], stride: usize, lines: usize, width: usize, to: &mut [Vector]) {
        for (row, to) in from.chunks(stride).zip(to.chunks_exact_mut(width)) {
            for (&x, to) in row[..lines].iter().zip(to.as_flattened_mut()) {
                *to = x.into();
            }
        }
    }
}

kernel! {
    fn store_across(causal: &[Vector], anticausal: &[Vector], width: usize, lines: usize, to: &mut [f32], stride: usize) {
        let rows = causal.chunks_exact(width).zip(anticausal.chunks_exact(width));
        for ((a, b), to) in rows.zip(to.chunks_mut(stride)) {
            for ((a, b), to) in a.as_flattened().iter().zip(b.as_flattened()).zip(&mut to[..lines]) {
                *to = (a + b) as f32;
            }
        }
    }
}

/// Columns that are turned at a time.
const TILE: usize = 8;

kernel! {
    fn turned<T: Stored>(from: &[T], length: usize, width: usize, to: &mut [Vector]) {
        let lines = from.len() / length;
        for v in 0..width {
            let first = v * LANES;
            if first + LANES <= lines {
                let rows: [&[T]; LANES] = std::array::from_fn(|l| &from[(first + l) * length..][..length]);
                let mut i = 0;
                while i + TILE <= length {
                    let tile: [[T; TILE]; LANES] =
                        std::array::from_fn(|l| std::array::from_fn(|t| rows[l][i + t]));
                    for t in 0..TILE {
                        to[(i + t) * width + v] = std::array::from_fn(|l| tile[l][t].into());
                    }
                    i += TILE;
                }
                for i in i..length {
                    to[i * width + v] = std::array::from_fn(|l| rows[l][i].into());
                }
            } else {
                for i in 0..length {
                    for l in first..lines {
                        to[i * width + v][l - first] = from[l * length + i].into();
                    }
                }
            }
        }
    }
}

kernel! {
    fn store_turned(causal: &[Vector], anticausal: &[Vector], width: usize, length: usize, to: &mut [f32]) {
        let lines = to.len() / length;
        for v in 0..width {
            let mut tile = [[0f32; LANES]; TILE];
            for start in (0..length).step_by(TILE) {
                let size = TILE.min(length - start);
                for t in 0..size {
                    let at = (start + t) * width + v;
                    tile[t] = std::array::from_fn(|l| (causal[at][l] + anticausal[at][l]) as f32);
                }
                for (l, row) in to.chunks_exact_mut(length).skip(v * LANES).take(LANES.min(lines - v * LANES)).enumerate() {
                    let row = &mut row[start..start + size];
                    if let Ok(row) = <&mut [f32; TILE]>::try_from(&mut *row) {
                        *row = std::array::from_fn(|t| tile[t][l]);
                    } else {
                        for (t, to) in row.iter_mut().enumerate() {
                            *to = tile[t][l];
                        }
                    }
                }
            }
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
            let wanted: Vec<Vec<f32>> =
                (0..lines).map(|l| plain(&c, &(0..length).map(|i| value(i, l)).collect::<Vec<_>>())).collect();
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
                    block.store_across(isa, &mut result[part.start..], lines);
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
