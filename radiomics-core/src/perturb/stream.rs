//! Random numbers that depend on what they are for, and on nothing else.
//!
//! A number is a hash of the key and its place (the finaliser of SplitMix64, Steele, Lea & Flood 2014), not the next
//! one of a sequence: whoever needs the number of voxel 17 has it on any thread, and other perturbations beside this
//! one do not move it.

use std::f64::consts::TAU;

/// The numbers that belong to a seed and to what they are for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stream(u64);

/// The odd number nearest to 2^64 over the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Stream {
    pub fn new(seed: u64, purpose: &str) -> Self {
        let key = purpose.bytes().fold(mixed(seed ^ STEP), |key, byte| mixed(key ^ u64::from(byte)));
        Self(key)
    }

    /// 64 bits.
    pub fn bits(&self, place: u64) -> u64 {
        mixed(self.0.wrapping_add(mixed(place.wrapping_mul(STEP).wrapping_add(1))))
    }

    /// A number between 0 and 1, neither of them.
    pub fn uniform(&self, place: u64) -> f64 {
        ((self.bits(place) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// A number of the normal distribution of mean 0 and standard deviation 1 (Box & Muller).
    pub fn normal(&self, place: u64) -> f64 {
        let [radius, angle] = [0, 1].map(|n| self.uniform(2 * place + n));
        (-2.0 * radius.ln()).sqrt() * (TAU * angle).cos()
    }
}

fn mixed(mut x: u64) -> u64 {
    x = x.wrapping_add(STEP);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_of_their_distribution() {
        let stream = Stream::new(7, "noise_1");
        let n = 100_000;
        let moment =
            |power: i32, of: &dyn Fn(u64) -> f64| (0..n).map(|i| of(i).powi(power)).sum::<f64>() / n as f64;
        let normal = |place| stream.normal(place);
        for (power, expected) in [(1, 0.0), (2, 1.0), (3, 0.0), (4, 3.0)] {
            assert!((moment(power, &normal) - expected).abs() < 0.06, "moment {power}");
        }
        let uniform = |place| stream.uniform(place);
        assert!((moment(1, &uniform) - 0.5).abs() < 0.005 && (moment(2, &uniform) - 1.0 / 3.0).abs() < 0.005);
        let beside = (0..n).map(|i| stream.normal(i) * stream.normal(i + 1)).sum::<f64>() / n as f64;
        assert!(beside.abs() < 0.02, "neighbours have nothing to do with each other");
    }

    #[test]
    fn each_purpose_and_seed_has_its_own() {
        let first = |seed, purpose| Stream::new(seed, purpose).bits(0);
        let all = [first(0, "a"), first(1, "a"), first(0, "b"), first(0, "ab"), first(0, "ba"), first(0, "")];
        assert!((0..all.len()).all(|n| !all[..n].contains(&all[n])));
        assert_eq!(first(3, "noise_2"), first(3, "noise_2"));
    }
}
