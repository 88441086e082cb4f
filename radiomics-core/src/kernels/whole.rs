//! Reductions of whole numbers of 16 bits.

use super::kernel;
use crate::kernels::voxel::Voxel;

/// Number of partial results side by side.
const STRIPES: usize = 32;

/// Number of partial sums side by side.
const BLOCK: usize = 16;

/// A whole number of 16 bits.
pub trait Whole: Copy + Ord {
    /// The lowest number of the type.
    const LOWEST: Self;
    /// The highest number of the type.
    const HIGHEST: Self;

    /// The number in 32 bits.
    fn wide(self) -> i32;

    /// How far the number is above `low`.
    fn above(self, low: Self) -> u16;
}

macro_rules! whole_numbers {
    ($($t:ty),*) => {$(
        impl Whole for $t {
            const LOWEST: Self = <$t>::MIN;
            const HIGHEST: Self = <$t>::MAX;

            #[inline(always)]
            fn wide(self) -> i32 {
                self.into()
            }

            #[inline(always)]
            fn above(self, low: Self) -> u16 {
                self.wrapping_sub(low) as u16
            }
        }
    )*};
}
whole_numbers!(i16, u16);

kernel! {
    /// Turns values into whole numbers of 16 bits; false if any of them is no such number, or −0.
    pub fn narrow<T: Voxel>(values: &[T], to: &mut [i16]) -> bool {
        assert_eq!(values.len(), to.len(), "values and whole numbers");
        let mut wrong = 0;
        for (to, x) in to.iter_mut().zip(values) {
            let x = x.to_f64();
            // NaN is not above the lowest number either.
            let near = if x > -32_768.0 { x } else { -32_768.0 };
            let near = if near < 32_767.0 { near } else { 32_767.0 };
            // SAFETY: comparisons with NaN fail, so the above leaves a number that an i32 holds.
            let whole = unsafe { near.to_int_unchecked::<i32>() };
            wrong |= u64::from(f64::from(whole).to_bits() != x.to_bits());
            *to = whole as i16;
        }
        wrong == 0
    }
}

kernel! {
    /// Lowest and highest of the values whose entry in `mask`, which is as long, is set; the other
    /// way round when there is none.
    pub fn masked_range<T: Whole>(values: &[T], mask: &[bool]) -> [T; 2] {
        assert_eq!(values.len(), mask.len(), "values and their mask");
        let (mut lows, mut highs) = ([T::HIGHEST; STRIPES], [T::LOWEST; STRIPES]);
        let mut add = |x: T, inside: bool, s: usize| {
            let (low, high) = if inside { (x, x) } else { (T::HIGHEST, T::LOWEST) };
            lows[s] = if low < lows[s] { low } else { lows[s] };
            highs[s] = if high > highs[s] { high } else { highs[s] };
        };
        let ((blocks, rest), (masks, mask_rest)) = (values.as_chunks::<STRIPES>(), mask.as_chunks::<STRIPES>());
        for (block, mask) in blocks.iter().zip(masks) {
            for s in 0..STRIPES {
                add(block[s], mask[s], s);
            }
        }
        for (s, (&x, &inside)) in rest.iter().zip(mask_rest).enumerate() {
            add(x, inside, s);
        }
        let (mut low, mut high) = (T::HIGHEST, T::LOWEST);
        for s in 0..STRIPES {
            low = low.min(lows[s]);
            high = high.max(highs[s]);
        }
        [low, high]
    }
}

kernel! {
    /// How far each value whose entry in `mask` is set is above `low`, and `instead` for the others;
    /// none of them is below it.
    pub fn masked_places<T: Whole>(values: &[T], mask: &[bool], low: T, instead: T, places: &mut [u16]) {
        assert_eq!([values.len(), mask.len()], [places.len(); 2], "values, their mask and places");
        for ((place, &x), &inside) in places.iter_mut().zip(values).zip(mask) {
            *place = if inside { x } else { instead }.above(low);
        }
    }
}

/// Number of values after which sums are put aside: up to it, sums of products of a block's number with a
/// value stay within 32 bits.
const PART: usize = 1024;

kernel! {
    /// Σ x and Σ i·x over the values whose entry in `mask`, which is as long, is set; i counts from 0.
    pub fn masked_moments<T: Whole>(values: &[T], mask: &[bool]) -> [i64; 2] {
        assert_eq!(values.len(), mask.len(), "values and their mask");
        let [mut total, mut moment] = [0i64; 2];
        for (part, (values, mask)) in values.chunks(PART).zip(mask.chunks(PART)).enumerate() {
            // Σ x and Σ block·x of every place in a block.
            let (mut sums, mut weighted) = ([0i32; BLOCK], [0i32; BLOCK]);
            let ((blocks, rest), (masks, mask_rest)) = (values.as_chunks::<BLOCK>(), mask.as_chunks::<BLOCK>());
            let mut block = 0;
            for (values, mask) in blocks.iter().zip(masks) {
                for s in 0..BLOCK {
                    let x = values[s].wide() & -i32::from(mask[s]);
                    sums[s] += x;
                    weighted[s] += block * x;
                }
                block += 1;
            }
            for (s, (x, &inside)) in rest.iter().zip(mask_rest).enumerate() {
                let x = x.wide() & -i32::from(inside);
                sums[s] += x;
                weighted[s] += block * x;
            }
            let sum: i64 = sums.into_iter().map(i64::from).sum();
            total += sum;
            moment += (part * PART) as i64 * sum;
            for (s, (sum, weighted)) in (0..).zip(sums.into_iter().zip(weighted)) {
                moment += s * i64::from(sum) + BLOCK as i64 * i64::from(weighted);
            }
        }
        [total, moment]
    }
}

#[cfg(test)]
mod tests {
    use super::super::Isa;
    use super::*;

    #[test]
    fn ends_and_places_of_a_mask() {
        let values: Vec<i16> = (0..200).map(|i| (i * 7919 % 1009) as i16 - 500).collect();
        let mask: Vec<bool> = (0..200).map(|i| i * 31 % 7 < 4).collect();
        let inside = || values.iter().zip(&mask).filter(|(_, m)| **m).map(|(x, _)| *x);
        let ends = [inside().min().unwrap(), inside().max().unwrap()];
        for isa in Isa::available() {
            assert_eq!(masked_range(isa, &values, &mask), ends);
            assert_eq!(masked_range(isa, &values, &[false; 200]), [i16::MAX, i16::MIN]);
            let mut places = vec![0; 200];
            masked_places(isa, &values, &mask, ends[0], ends[1], &mut places);
            for ((&place, &x), &m) in places.iter().zip(&values).zip(&mask) {
                let x = if m { x } else { ends[1] };
                assert_eq!(i32::from(place), i32::from(x) - i32::from(ends[0]));
            }
        }
    }

    #[test]
    fn the_widest_range() {
        let values = [i16::MIN, i16::MAX, 0];
        for isa in Isa::available() {
            assert_eq!(masked_range(isa, &values, &[true; 3]), [i16::MIN, i16::MAX]);
            assert_eq!(masked_range(isa, &[0, u16::MAX], &[true; 2]), [0, u16::MAX]);
            let mut places = [0; 3];
            masked_places(isa, &values, &[true; 3], i16::MIN, 0, &mut places);
            assert_eq!(places, [0, 65_535, 32_768]);
        }
    }

    #[test]
    fn moments_of_long_rows() {
        for n in [0u16, 1, 15, 16, 1023, 1024, 1025, 5000] {
            let values: Vec<u16> = (0..n).map(|i| u16::MAX - i * 7 % 5).collect();
            let mask: Vec<bool> = (0..n).map(|i| i % 3 != 1).collect();
            let inside = || (0..i64::from(n)).filter(|&i| mask[i as usize]);
            let plain: [i64; 2] = [
                inside().map(|i| i64::from(values[i as usize])).sum(),
                inside().map(|i| i * i64::from(values[i as usize])).sum(),
            ];
            for isa in Isa::available() {
                assert_eq!(masked_moments(isa, &values, &mask), plain);
            }
        }
    }

    #[test]
    fn what_16_bits_hold() {
        for isa in Isa::available() {
            for n in [1, 8, 77] {
                let mut values: Vec<f64> = (0..n).map(|i| f64::from(i * 997 % 65_536 - 32_768)).collect();
                let mut narrowed = vec![0; values.len()];
                assert!(narrow(isa, &values, &mut narrowed));
                assert!(narrowed.iter().zip(&values).all(|(&a, &b)| f64::from(a) == b));
                for wrong in [f64::NAN, f64::INFINITY, -0.0, 0.5, 32_768.0, -32_769.0, 1e300, -1e300] {
                    values[n as usize / 2] = wrong;
                    assert!(!narrow(isa, &values, &mut narrowed), "{wrong} with {}", isa.name());
                }
            }
        }
    }
}
