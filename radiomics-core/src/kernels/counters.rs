//! Counting places of a table: the one loop here that no instruction set makes wider.

use super::{Isa, kernel};

/// A table of counters in two copies that are written in turn: flat regions would otherwise
/// wait for the counter they have just written.
#[derive(Debug)]
pub struct Counters {
    even: Vec<u32>,
    odd: Vec<u32>,
}

kernel! {
    /// Counts each of `places`; those beyond the tables count as the last place.
    fn count(places: &mut [u16], even: &mut [u32], odd: &mut [u32]) {
        let size = even.len().min(odd.len()).min(Counters::MAX);
        if size == 0 {
            return;
        }
        let last = (size - 1) as u16;
        places.iter_mut().for_each(|place| *place = (*place).min(last));
        let (eights, rest) = places.as_chunks::<8>();
        for eight in eights {
            for two in eight.as_chunks::<2>().0 {
                // SAFETY: no place is above `last`, which is below the length of both tables.
                unsafe {
                    let even = even.get_unchecked_mut(usize::from(two[0]));
                    *even = even.wrapping_add(1);
                    let odd = odd.get_unchecked_mut(usize::from(two[1]));
                    *odd = odd.wrapping_add(1);
                }
            }
        }
        for &place in rest {
            even[usize::from(place)] = even[usize::from(place)].wrapping_add(1);
        }
    }
}

impl Counters {
    /// Most places that a table can have, as they are numbered in 16 bits.
    pub const MAX: usize = 1 << 16;

    /// `size` counters of 0; at most [`Self::MAX`] of them are counted.
    pub fn new(size: usize) -> Self {
        Self { even: vec![0; size], odd: vec![0; size] }
    }

    /// Counts each of `places`, which must lie in the table.
    pub fn add(&mut self, isa: Isa, places: &mut [u16]) {
        count(isa, places, &mut self.even, &mut self.odd);
    }

    /// Number of counters.
    pub fn len(&self) -> usize {
        self.even.len()
    }

    /// Takes back `n` counts of a place.
    pub fn remove(&mut self, place: usize, n: usize) {
        // They may be in the other copy: what is below 0 here is above it there.
        self.even[place] = self.even[place].wrapping_sub(n as u32);
    }

    /// Puts `before` and `after` more counters round those that are there.
    pub fn grow(&mut self, before: usize, after: usize) {
        for table in [&mut self.even, &mut self.odd] {
            table.splice(..0, std::iter::repeat_n(0, before));
            table.resize(table.len() + after, 0);
        }
    }

    /// Adds the counts of `other`, whose first place is `first` here.
    pub fn merge(&mut self, first: usize, other: Self) {
        for (sum, n) in self.even[first..].iter_mut().zip(other.sums()) {
            *sum = sum.wrapping_add(n);
        }
    }

    /// The counts.
    pub fn sums(mut self) -> Vec<u32> {
        self.even.iter_mut().zip(&self.odd).for_each(|(even, odd)| *even = even.wrapping_add(*odd));
        self.even
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_every_place() {
        for isa in Isa::available() {
            for n in [0usize, 1, 7, 8, 9, 100] {
                let mut places: Vec<u16> = (0..n).map(|i| (i * i % 11) as u16).collect();
                let mut expected = vec![0; 11];
                places.iter().for_each(|&place| expected[usize::from(place)] += 1);
                let mut counters = Counters::new(11);
                counters.add(isa, &mut places);
                assert_eq!(counters.sums(), expected);
            }
        }
    }
}
