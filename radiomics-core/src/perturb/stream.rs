//! Random numbers that depend on what they are for, and on nothing else.
//!
//! A number is a hash of the key and its place, not the next one of a sequence: whoever needs the number of voxel 17
//! has it on any thread, and other perturbations beside this one do not move it.

use crate::kernels::Isa;
use crate::kernels::normal::{self, STEP};

/// The numbers that belong to a seed and to what they are for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stream(u64);

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

    /// Adds numbers of the normal distribution of mean 0 and a standard deviation to the voxels of a row, from place
    /// `first` of the row on.
    pub fn add_normal(&self, isa: Isa, row: u64, first: usize, voxels: &mut [f64], deviation: f64) {
        normal::add(isa, voxels, first, self.bits(row), deviation);
    }
}

fn mixed(x: u64) -> u64 {
    normal::mixed(x.wrapping_add(STEP))
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
        let rows: Vec<Vec<f64>> = (0..100)
            .map(|row| {
                let mut voxels = vec![0.0; 1000];
                stream.add_normal(Isa::best(), row, 3, &mut voxels, 1.0);
                voxels
            })
            .collect();
        let normal = |place: u64| rows[place as usize / 1000][place as usize % 1000];
        for (power, expected) in [(1, 0.0), (2, 1.0), (3, 0.0), (4, 3.0)] {
            assert!((moment(power, &normal) - expected).abs() < 0.06, "moment {power}");
        }
        let uniform = |place| stream.uniform(place);
        assert!((moment(1, &uniform) - 0.5).abs() < 0.005 && (moment(2, &uniform) - 1.0 / 3.0).abs() < 0.005);
        // Along the row, cosine beside sine, and from row to row.
        for apart in [1, 8, 1000] {
            let beside = (0..n - apart).map(|i| normal(i) * normal(i + apart)).sum::<f64>() / n as f64;
            assert!(beside.abs() < 0.02, "numbers {apart} places apart have nothing to do with each other");
        }
    }

    #[test]
    fn each_purpose_and_seed_has_its_own() {
        let first = |seed, purpose| Stream::new(seed, purpose).bits(0);
        let all = [first(0, "a"), first(1, "a"), first(0, "b"), first(0, "ab"), first(0, "ba"), first(0, "")];
        assert!((0..all.len()).all(|n| !all[..n].contains(&all[n])));
        assert_eq!(first(3, "noise_2"), first(3, "noise_2"));
    }
}
