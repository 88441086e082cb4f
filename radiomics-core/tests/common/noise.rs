//! Noise for tests and benchmarks, the same on every machine and with every release of a library.
#![allow(dead_code, reason = "each file that uses this takes its own part")]

/// Numbers without any order: the 64-bit linear congruential generator of Knuth's MMIX.
#[derive(Clone, Debug)]
pub struct Noise(u64);

impl Noise {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number, whole and below 2^`count`: the highest bits of the state, which repeat last.
    pub fn bits(&mut self, count: u32) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> (64 - count)
    }

    /// The next number, from 0 to below 1 in steps of 2^−`bits`.
    pub fn fraction(&mut self, bits: u32) -> f64 {
        self.bits(bits) as f64 / (1u64 << bits) as f64
    }
}
