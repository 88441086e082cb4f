//! Sparse texture matrices: how often a grey level occurs with a size, a length, a distance
//! or a dependence.

use super::pages;
use crate::work::{self, Held};

/// Cells (grey level, size, count) in ascending order, without empty ones.
pub(crate) type Cells = Vec<(u16, u32, u64)>;

/// Most counters that [`Tally`] keeps in a table, so that the table stays in the cache.
const MAX_COUNTERS: usize = 1 << 18;

/// Levels for each pair beyond which a table would be nearly empty.
const LEVELS_OF_A_PAIR: usize = 16;

/// Counts pairs (grey level, size). Sizes that are common have a counter each, the others are
/// listed and sorted at the end.
#[derive(Debug)]
pub(crate) struct Tally {
    columns: usize,
    counters: Vec<u32>,
    listed: Vec<(u16, u32)>,
    /// What the list takes.
    held: Held,
}

impl Tally {
    /// A tally of levels up to `n_g`; sizes up to `common` are counted fastest.
    pub fn new(n_g: usize, common: usize) -> Self {
        let columns = (common + 1).min(MAX_COUNTERS / (n_g + 1)).max(1);
        let counters = pages::zeros(columns * (n_g + 1));
        Self { columns, counters, listed: Vec::new(), held: Held::default() }
    }

    /// The same, of at most so many pairs: a few of many levels are all listed.
    pub fn of_pairs(n_g: usize, common: usize, pairs: usize) -> Self {
        match n_g > LEVELS_OF_A_PAIR * pairs {
            true => Self { columns: 0, counters: Vec::new(), listed: Vec::new(), held: Held::default() },
            false => Self::new(n_g, common),
        }
    }

    /// Counts one pair. Level 0 is outside and is dropped at the end, which is cheaper than here.
    #[inline(always)]
    pub fn add(&mut self, level: usize, size: u32) {
        let column = size as usize;
        if column < self.columns {
            self.counters[level * self.columns + column] += 1;
        } else {
            if self.listed.len() == self.listed.capacity() {
                self.grow(self.listed.len().max(64));
            }
            self.listed.push((level as u16, size));
        }
    }

    /// Makes room for `more` pairs in the list.
    #[cold]
    fn grow(&mut self, more: usize) {
        // Both are there while one is copied into the other.
        let held = work::hold_cells::<(u16, u32)>(self.listed.len() + more);
        let mut listed = pages::room(self.listed.len() + more);
        listed.append(&mut self.listed);
        (self.listed, self.held) = (listed, held);
    }

    /// The sum of two tallies that were made for the same levels and sizes.
    ///
    /// # Panics
    /// When they were made for different ones.
    pub fn merged(mut self, other: Self) -> Self {
        let sizes = |tally: &Self| (tally.columns, tally.counters.len());
        assert_eq!(sizes(&self), sizes(&other), "columns and counters of two tallies to be merged");
        self.counters.iter_mut().zip(other.counters).for_each(|(sum, n)| *sum += n);
        if self.listed.capacity() - self.listed.len() < other.listed.len() {
            self.grow(other.listed.len());
        }
        self.listed.extend(other.listed);
        self
    }

    /// The cells that were counted.
    pub fn into_cells(mut self) -> Cells {
        self.listed.sort_unstable();
        let _held = work::hold_cells::<(u16, u32, u64)>(self.listed.len());
        let of_equal = |equal: &[(u16, u32)]| (equal[0].0, equal[0].1, equal.len() as u64);
        let listed = self.listed.chunk_by(|a, b| a == b);
        if self.columns == 0 {
            return listed.map(of_equal).filter(|cell| cell.0 > 0).collect();
        }
        let mut listed = listed.peekable();
        let mut cells = Cells::new();
        for (level, row) in self.counters.chunks_exact(self.columns).enumerate() {
            let in_table = row.iter().enumerate().filter(|(_, n)| **n > 0);
            let in_table = in_table.map(|(size, &n)| (level as u16, size as u32, u64::from(n)));
            let first = cells.len();
            cells.extend(in_table);
            while let Some(equal) = listed.next_if(|equal| usize::from(equal[0].0) == level) {
                cells.push(of_equal(equal));
            }
            if level == 0 {
                cells.truncate(first);
            }
        }
        cells
    }
}

/// Memory that [`merge`] takes for its result and to sort it.
pub(crate) fn hold_merged<'a>(matrices: impl Iterator<Item = &'a Cells>) -> Held {
    let (n, several) = matrices.fold((0, 0), |(n, several), cells| (n + cells.len(), several + 1));
    work::hold_cells::<(u16, u32, f64)>(if several > 1 { n + n / 2 } else { n })
}

/// The weighted sum of matrices, cell by cell.
pub(crate) fn merge<'a>(matrices: impl Iterator<Item = (f64, &'a Cells)>) -> Vec<(u16, u32, f64)> {
    let weighted = |(weight, cells): (f64, &'a Cells)| {
        cells.iter().map(move |&(level, size, n)| (level, size, weight * n as f64))
    };
    let mut matrices = matrices.peekable();
    match (matrices.next(), matrices.peek()) {
        (Some(only), None) => weighted(only).collect(),
        (first, _) => sum_equal(first.into_iter().chain(matrices).flat_map(weighted).collect()),
    }
}

/// Sums what is in the same cell, in the order in which it comes, and sorts the cells.
pub(crate) fn sum_equal<I: Copy + Ord, J: Copy + Ord>(mut cells: Vec<(I, J, f64)>) -> Vec<(I, J, f64)> {
    // Stable, so that the order of summation within a cell is the one given.
    cells.sort_by_key(|&(i, j, _)| (i, j));
    cells.dedup_by(|next, kept| {
        let same = (next.0, next.1) == (kept.0, kept.1);
        if same {
            kept.2 += next.2;
        }
        same
    });
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_and_list_count_alike() {
        let pairs = [(2, 7), (0, 1), (1, 3), (2, 7), (2, 1), (1, 900), (0, 900), (2, 900), (2, 900)];
        for (common, most) in [(0, 9), (1, 9), (5, 9), (2000, 9), (5, 0)] {
            let mut tally = Tally::of_pairs(2, common, most);
            let mut other = Tally::of_pairs(2, common, most);
            for (n, &(level, size)) in pairs.iter().enumerate() {
                [&mut tally, &mut other][n % 2].add(level, size);
            }
            let tally = tally.merged(other);
            assert_eq!(tally.into_cells(), [(1, 3, 1), (1, 900, 1), (2, 1, 1), (2, 7, 2), (2, 900, 2)]);
        }
    }

    #[test]
    fn merging_adds_counts() {
        let (a, b) = (vec![(1, 2, 3), (4, 1, 1)], vec![(1, 1, 1), (1, 2, 2)]);
        assert_eq!(merge([(1.0, &a), (1.0, &b)].into_iter()), [(1, 1, 1.0), (1, 2, 5.0), (4, 1, 1.0)]);
        assert_eq!(merge([(1.0, &b), (1.0, &a)].into_iter()), merge([(1.0, &a), (1.0, &b)].into_iter()));
    }
}
