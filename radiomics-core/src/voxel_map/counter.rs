//! Counting keys of which only a few occur, over and over again.

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

/// n·log₂ n for whole numbers n: the entropy of counts n that add up to N is
/// log₂ N − Σ n·log₂ n / N.
pub(super) struct Logarithms(Vec<f64>);

impl Logarithms {
    /// For n up to `largest`.
    pub fn new(largest: usize) -> Self {
        let of = |n: usize| if n == 0 { 0.0 } else { n as f64 * (n as f64).log2() };
        Self((0..=largest).map(of).collect())
    }

    /// n·log₂ n.
    #[inline(always)]
    pub fn of(&self, n: u32) -> f64 {
        self.0[n as usize]
    }
}

/// The entropy of counts with the sum `total`, of which n·log₂ n add up to `sum`.
#[inline(always)]
pub(super) fn entropy(log2_total: f64, sum: f64, total: f64, occurring: usize) -> f64 {
    // One alone has none, whatever rounding says.
    if occurring < 2 { 0.0 } else { log2_total - sum / total }
}
