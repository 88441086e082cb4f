//! Counting keys of which only a few occur, over and over again.

use crate::kernels::elementary::log2;
/// A table of counts with a list of the keys that occur, so that emptying it costs no more than
/// filling it.
#[derive(Default)]
pub(super) struct Counter {
    counts: Vec<u32>,
    occurring: Vec<u32>,
}

impl Counter {
    /// Makes room for keys below `keys`.
    pub fn reserve(&mut self, keys: usize) {
        if self.counts.len() < keys {
            self.counts.resize(keys, 0);
        }
    }

    /// Counts `n` more of a key.
    #[inline(always)]
    pub fn add(&mut self, key: usize, n: u32) {
        let count = &mut self.counts[key];
        if *count == 0 {
            self.occurring.push(key as u32);
        }
        *count += n;
    }

    /// Hands over each key that occurs with its count, in the order of first occurrence, and
    /// empties the table.
    #[inline(always)]
    pub fn drain(&mut self, mut each: impl FnMut(usize, u32)) {
        for &key in &self.occurring {
            each(key as usize, std::mem::take(&mut self.counts[key as usize]));
        }
        self.occurring.clear();
    }
}

/// A table of n·log₂ n for whole numbers n: the entropy of counts n that add up to N is log₂ N − Σ n·log₂
/// n / N.
pub(super) struct Logarithms(Vec<f64>);

impl Logarithms {
    /// The table for n up to `largest`.
    pub fn new(largest: usize) -> Self {
        let of = |n: usize| if n == 0 { 0.0 } else { n as f64 * log2(n as f64) };
        Self((0..=largest).map(of).collect())
    }

    /// The value n·log₂ n.
    #[inline(always)]
    pub fn of(&self, n: u32) -> f64 {
        self.0[n as usize]
    }
}

/// What the entropy of counts is made of.
#[derive(Clone, Copy, Default)]
pub(super) struct Entropy {
    /// Σ n·log₂ n over the counts n.
    pub logarithms: f64,
    /// Number of counts that are not 0.
    pub occurring: usize,
}

impl Entropy {
    /// Adds a count n, given as n·log₂ n.
    #[inline(always)]
    pub fn add(&mut self, logarithm: f64) {
        self.logarithms += logarithm;
        self.occurring += 1;
    }

    /// The entropy if the counts add up to `total`.
    #[inline(always)]
    pub fn of(self, log2_total: f64, total: f64) -> f64 {
        // One alone has none, whatever rounding says.
        if self.occurring < 2 { 0.0 } else { log2_total - self.logarithms / total }
    }
}

/// The variance of n whole numbers times n², from their sum and the sum of their squares, exact but for
/// the rounding of the result.
#[inline(always)]
pub(super) fn scaled_variance(n: u64, sum: u64, squares: u64) -> f64 {
    let scaled = u128::from(n) * u128::from(squares) - u128::from(sum) * u128::from(sum);
    // Sums over a window nearly always fit, and only a number of 128 bits takes a call to convert.
    u64::try_from(scaled).map_or_else(|_| scaled as f64, |scaled| scaled as f64)
}

/// The nearest float to a whole number that nearly always fits 64 bits.
#[inline(always)]
pub(super) fn signed(x: i128) -> f64 {
    i64::try_from(x).map_or_else(|_| x as f64, |x| x as f64)
}
