//! Reductions of whole numbers of 16 bits.

use super::kernel;

/// A whole number of 16 bits.
pub trait Whole: Copy + Ord {
    /// The lowest one.
    const LOWEST: Self;
    /// The highest one.
    const HIGHEST: Self;

    /// How far it is above `low`.
    fn above(self, low: Self) -> u16;
}

macro_rules! whole_numbers {
    ($($t:ty),*) => {$(
        impl Whole for $t {
            const LOWEST: Self = <$t>::MIN;
            const HIGHEST: Self = <$t>::MAX;

            #[inline(always)]
            fn above(self, low: Self) -> u16 {
                self.wrapping_sub(low) as u16
            }
        }
    )*};
}
whole_numbers!(i16, u16);

kernel! {
    /// Lowest and highest of the values whose entry in `mask`, which is as long, is set; the other
    /// way round when there is none.
    pub fn masked_range<T: Whole>(values: &[T], mask: &[bool]) -> [T; 2] {
        let [mut low, mut high] = [T::HIGHEST, T::LOWEST];
        for (&x, &inside) in values.iter().zip(mask) {
            low = low.min(if inside { x } else { T::HIGHEST });
            high = high.max(if inside { x } else { T::LOWEST });
        }
        [low, high]
    }
}

kernel! {
    /// How far each value whose entry in `mask` is set is above `low`, and `instead` for the others;
    /// none of them is below it.
    pub fn masked_places<T: Whole>(values: &[T], mask: &[bool], low: T, instead: T, places: &mut [u16]) {
        for ((place, &x), &inside) in places.iter_mut().zip(values).zip(mask) {
            *place = if inside { x } else { instead }.above(low);
        }
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
}
