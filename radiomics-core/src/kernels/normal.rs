//! Normal numbers for the voxels of a row, each of which depends on a key and on its place alone.
//!
//! ```text
//!   place in the row    0 1 2 3 4 5 6 7 | 8 9 ...    15 | 16 ...
//!   hash                0 1 2 3 4 5 6 7 | 0 1 ...     7 |  8 ...
//!   what it gives       r·cos             r·sin
//! ```
//!
//! A hash gives a pair of numbers, by Box & Muller: 32 bits for the radius r, 30 for an angle of an eighth of a turn
//! to either side, one that takes the sine for the cosine, one for the sign of both. Logarithm, sine and cosine are
//! series of sums, products and quotients: machines compute them alike, and they become vectors.

use std::f64::consts::{FRAC_1_SQRT_2, LN_2, PI};

use super::{Isa, kernel};

/// Hashes that are made side by side, and the places of a row that they are for.
const HASHES: usize = 8;
const BLOCK: usize = 2 * HASHES;

/// The odd number nearest to 2^64 over the golden ratio.
pub const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// 2^52: a whole number below it, written into the lowest bits, is added to it.
const TWO_52: f64 = 4_503_599_627_370_496.0;

/// 1/1!, −1/3!, 1/5! … 1/15!, and 1/0!, −1/2! … 1/16!: the last ones come first.
const SINE: [f64; 8] = factorials([15, 13, 11, 9, 7, 5, 3, 1]);
const COSINE: [f64; 9] = factorials([16, 14, 12, 10, 8, 6, 4, 2, 0]);

const fn factorials<const N: usize>(of: [u32; N]) -> [f64; N] {
    let mut made = [0.0; N];
    let mut place = 0;
    while place < N {
        let (mut product, mut n) = (1_u64, 2);
        while n <= of[place] as u64 {
            product *= n;
            n += 1;
        }
        let sign = if of[place] & 2 == 0 { 1.0 } else { -1.0 };
        made[place] = sign / product as f64;
        place += 1;
    }
    made
}

/// Mixes the bits of a number (the finaliser of SplitMix64, Steele, Lea & Flood 2014).
#[inline(always)]
pub fn mixed(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The 64-bit float of a whole number below 2^52.
#[inline(always)]
fn float(x: u64) -> f64 {
    f64::from_bits(TWO_52.to_bits() | x) - TWO_52
}

#[inline(always)]
fn polynomial<const N: usize>(coefficients: [f64; N], x: f64) -> f64 {
    coefficients.into_iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// The natural logarithm of a number from 2^−1000 to 2^1000.
#[inline(always)]
fn logarithm(x: f64) -> f64 {
    const ODD: [f64; 11] = [
        1.0 / 21.0,
        1.0 / 19.0,
        1.0 / 17.0,
        1.0 / 15.0,
        1.0 / 13.0,
        1.0 / 11.0,
        1.0 / 9.0,
        1.0 / 7.0,
        1.0 / 5.0,
        1.0 / 3.0,
        1.0,
    ];
    // x = 2^e·m with an m from √½ to √2, and ln m = 2 artanh s.
    const BIAS: u64 = 1024;
    let shifted = x.to_bits() + (BIAS << 52) - FRAC_1_SQRT_2.to_bits();
    let exponent = float(shifted >> 52) - BIAS as f64;
    let m = f64::from_bits((shifted & 0x000f_ffff_ffff_ffff) + FRAC_1_SQRT_2.to_bits());
    let s = (m - 1.0) / (m + 1.0);
    exponent * LN_2 + 2.0 * s * polynomial(ODD, s * s)
}

/// The two normal numbers of a hash.
#[inline(always)]
fn pair(hash: u64) -> [f64; 2] {
    let radius = (-2.0 * logarithm((float(hash >> 32) + 0.5) / 4_294_967_296.0)).sqrt();
    let signed = f64::from_bits(radius.to_bits() | (hash & 1) << 63);
    // From −π/4 to π/4.
    let angle = (float(hash >> 2 & 0x3fff_ffff) + 0.5) * (0.5 * PI / 1_073_741_824.0) - 0.25 * PI;
    let square = angle * angle;
    let (sine, cosine) = (angle * polynomial(SINE, square), polynomial(COSINE, square));
    let is_turned = hash & 2 != 0;
    let (first, second) = if is_turned { (sine, cosine) } else { (cosine, sine) };
    [signed * first, signed * second]
}

kernel! {
    fn add_kernel(values: &mut [f64], first: usize, key: u64, deviation: f64) {
        let (mut block, mut skipped) = (first / BLOCK, first % BLOCK);
        let mut rest = values;
        while !rest.is_empty() {
            let mut normal = [0.0; BLOCK];
            for n in 0..HASHES {
                let place = (block * HASHES + n) as u64;
                let [a, b] = pair(mixed(key.wrapping_add(place.wrapping_mul(STEP))));
                normal[n] = deviation * a;
                normal[n + HASHES] = deviation * b;
            }
            let (these, after) = rest.split_at_mut((BLOCK - skipped).min(rest.len()));
            match <&mut [f64; BLOCK]>::try_from(&mut *these) {
                Ok(these) => (0..BLOCK).for_each(|n| these[n] += normal[n]),
                Err(_) => these.iter_mut().zip(&normal[skipped..]).for_each(|(x, normal)| *x += normal),
            }
            (rest, block, skipped) = (after, block + 1, 0);
        }
    }
}

/// Adds normal numbers of a standard deviation to the values of a row, those of its places from `first` on.
pub fn add(isa: Isa, values: &mut [f64], first: usize, key: u64, deviation: f64) {
    add_kernel(isa, values, first, key, deviation);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers by the functions of the library.
    fn plain(key: u64, place: usize) -> f64 {
        let hash =
            mixed(key.wrapping_add(((place / BLOCK * HASHES + place % HASHES) as u64).wrapping_mul(STEP)));
        let radius = (-2.0 * (((hash >> 32) as f64 + 0.5) / 2_f64.powi(32)).ln()).sqrt();
        let eighth = ((hash >> 2 & 0x3fff_ffff) as f64 + 0.5) / 2_f64.powi(30) - 0.5;
        let (sine, cosine) = (0.5 * PI * eighth).sin_cos();
        let is_cosine = (hash & 2 == 0) == (place % BLOCK < HASHES);
        let sign = if hash & 1 == 0 { 1.0 } else { -1.0 };
        sign * radius * if is_cosine { cosine } else { sine }
    }

    #[test]
    fn numbers_are_those_of_the_library_with_the_same_bits_everywhere() {
        let of = |isa: Isa, first: usize, n: usize| {
            let mut values = vec![100.0; n];
            add(isa, &mut values, first, 77, 3.0);
            values
        };
        let all = of(Isa::Scalar, 0, 5000);
        for (place, value) in all.iter().enumerate() {
            let expected = 100.0 + 3.0 * plain(77, place);
            assert!((value - expected).abs() < 1e-12, "place {place}: {value}, not {expected}");
        }
        for isa in Isa::available() {
            for (first, n) in [(0, 5000), (1, 3), (5, 40), (15, 17), (16, 16), (31, 100), (40, 0)] {
                let part = of(isa, first, n);
                assert_eq!(part, all[first..first + n], "{} places from {first}, {}", n, isa.name());
            }
        }
    }

    #[test]
    fn the_ends_of_the_radius_are_numbers() {
        for hash in [0, u64::MAX, 1, 2, 3 << 32, !0 << 32] {
            assert!(pair(hash).iter().all(|x| x.abs() < 7.0), "{hash:x}");
        }
        for x in [1e-10, 0.3, FRAC_1_SQRT_2, 0.999, 1.0, 1.5, 1e10] {
            assert!((logarithm(x) - x.ln()).abs() <= 4e-16 * x.ln().abs().max(1.0), "{x}");
        }
    }
}
