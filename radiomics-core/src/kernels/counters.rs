//! Counting places of a table: the one loop here that no instruction set makes wider.

use super::{Isa, kernel, pages, precondition};

/// A table of counters in some copies that are written in turn: flat regions would otherwise
/// wait for the counter they have just written.
#[derive(Debug)]
pub struct Counters {
    /// The copies of the table one after another.
    tables: Vec<u32>,
    size: usize,
    copies: usize,
}

/// A table of up to this many places has four copies, which the fastest caches hold; a larger one has two.
const FEW: usize = 8192;

/// How many places are counted at least for each place of all copies: for fewer, to clear copies and to add them up
/// takes longer than to wait now and then.
const WORTH_A_COPY: usize = 2;

kernel! {
    fn count_in_two(places: &mut [u16], tables: &mut [u32], size: usize) {
        count_in::<2>(places, tables, size);
    }
}

kernel! {
    fn count_in_four(places: &mut [u16], tables: &mut [u32], size: usize) {
        count_in::<4>(places, tables, size);
    }
}

kernel! {
    fn count_in_one(places: &mut [u16], tables: &mut [u32], size: usize) {
        count_in::<1>(places, tables, size);
    }
}

/// Counts each of `places` in one of N tables. One beyond the tables, which is a mistake, counts as
/// the last place: to look for them would cost as much as to count them.
#[inline(always)]
fn count_in<const N: usize>(places: &mut [u16], tables: &mut [u32], size: usize) {
    let size = size.min(Counters::MAX);
    assert!(tables.len() >= N * size, "{} counters for {N} tables of {size}", tables.len());
    if places.is_empty() {
        return;
    }
    assert!(size > 0, "{} places to be counted in a table of none", places.len());
    precondition!(
        places.iter().all(|&place| usize::from(place) < size),
        "a place beyond the {size} of the table"
    );
    let last = (size - 1) as u16;
    places.iter_mut().for_each(|place| *place = (*place).min(last));
    let (blocks, rest) = places.as_chunks::<N>();
    for block in blocks {
        for (copy, &place) in block.iter().enumerate() {
            // SAFETY: no place is above `last`, which is below `size`, and there are N tables of
            // that size.
            let counter = unsafe { tables.get_unchecked_mut(copy * size + usize::from(place)) };
            *counter = counter.wrapping_add(1);
        }
    }
    for &place in rest {
        let counter = &mut tables[usize::from(place)];
        *counter = counter.wrapping_add(1);
    }
}

impl Counters {
    /// Most places that a table can have, as they are numbered in 16 bits.
    pub const MAX: usize = 1 << 16;

    /// A table of `size` counters of 0; at most [`Self::MAX`] of them are counted.
    pub fn new(size: usize) -> Self {
        Self::for_counts(size, usize::MAX)
    }

    /// As [`Self::new`], for `n` counts or fewer, for which more copies than are worth it are not made.
    pub fn for_counts(size: usize, n: usize) -> Self {
        let most = if size <= FEW { 4 } else { 2 };
        let worth = |copies: &usize| *copies == 1 || n / WORTH_A_COPY >= copies * size;
        let copies = [4, 2, 1].into_iter().find(|copies| *copies <= most && worth(copies)).unwrap_or(1);
        Self { tables: pages::zeros(copies * size), size, copies }
    }

    /// Counts each of `places`, which must lie in the table.
    pub fn add(&mut self, isa: Isa, places: &mut [u16]) {
        match self.copies {
            1 => count_in_one(isa, places, &mut self.tables, self.size),
            4 => count_in_four(isa, places, &mut self.tables, self.size),
            _ => count_in_two(isa, places, &mut self.tables, self.size),
        }
    }

    /// Number of counters.
    pub fn len(&self) -> usize {
        self.size
    }

    /// Takes back `n` counts of a place.
    ///
    /// # Panics
    /// When the place is not in the table.
    pub fn remove(&mut self, place: usize, n: usize) {
        assert!(place < self.size, "place {place} of a table of {}", self.size);
        // They may be in another copy: what is below 0 here is above it there.
        self.tables[place] = self.tables[place].wrapping_sub(n as u32);
    }

    /// Puts `before` and `after` more counters round those that are there.
    pub fn grow(&mut self, before: usize, after: usize) {
        if before + after > 0 {
            let old = std::mem::replace(self, Self::new(before + self.size + after));
            self.merge(before, old);
        }
    }

    /// Adds the counts of `other`, whose first place is `first` here.
    ///
    /// # Panics
    /// When a place of `other` is not in this table.
    pub fn merge(&mut self, first: usize, other: Self) {
        let end = first + other.size;
        assert!(end <= self.size, "places {first} to {end} merged into a table of {}", self.size);
        for (sum, n) in self.tables[first..end].iter_mut().zip(other.sums()) {
            *sum = sum.wrapping_add(n);
        }
    }

    /// The count of each place.
    pub fn sums(mut self) -> Vec<u32> {
        let size = self.size;
        let (sums, others) = self.tables.split_at_mut(size);
        for table in others.chunks_exact(size.max(1)) {
            sums.iter_mut().zip(table).for_each(|(sum, n)| *sum = sum.wrapping_add(*n));
        }
        self.tables.truncate(size);
        self.tables
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_every_place() {
        for (isa, size) in Isa::available().into_iter().flat_map(|isa| [(isa, 11), (isa, FEW + 11)]) {
            for n in [0usize, 1, 7, 8, 9, 100] {
                let mut places: Vec<u16> = (0..n).map(|i| (i * i % 11) as u16).collect();
                let mut expected = vec![0; size];
                places.iter().for_each(|&place| expected[usize::from(place)] += 1);
                let mut counters = Counters::new(size);
                counters.add(isa, &mut places);
                assert_eq!(counters.sums(), expected);
            }
        }
    }

    #[test]
    fn grows_to_both_sides_and_takes_back() {
        let isa = Isa::best();
        for after in [1, FEW] {
            let mut counters = Counters::new(0);
            counters.grow(0, 2);
            counters.add(isa, &mut [1, 0, 1, 1, 1, 0]);
            counters.grow(1, after);
            counters.add(isa, &mut [0, 3, 2]);
            counters.remove(2, 4);
            let mut other = Counters::new(2);
            other.add(isa, &mut [1, 1, 0]);
            counters.merge(1, other);
            assert_eq!((counters.len(), &counters.sums()[..4]), (3 + after, &[1, 3, 3, 1][..]));
        }
    }
}
