//! What a thread keeps from window to window.

use super::region::Region;
use super::{cooccurrence, emphases, tones, zones};

/// The window under work, and buffers for those who count in it.
#[derive(Default)]
pub(super) struct Scratch {
    /// Intensities of the window in (z, y, x) order, NaN outside.
    pub intensities: Vec<f64>,
    /// Levels of the window, 0 outside; empty if no family needs them.
    pub levels: Vec<u16>,
    /// For each place of the window which of the `distinct` levels it has; 0 is outside.
    pub ranks: Vec<u16>,
    /// The levels of the window in the order of first occurrence, after a 0 for outside.
    pub distinct: Vec<u16>,
    /// Number of places of each of the distinct levels.
    pub counts: Vec<u32>,
    /// For each place how many neighbours depend on it, itself included.
    pub dependences: Vec<u32>,
    /// Which directions count.
    pub directions: Vec<bool>,
    pub cooccurrence: cooccurrence::Buffers,
    pub emphases: emphases::Buffers,
    pub tones: tones::Buffers,
    pub zones: zones::Buffers,
    /// By level its rank, or 0 if it is not in the window.
    rank_of: Vec<u16>,
}

impl Scratch {
    pub fn new(region: &Region) -> Self {
        let size = region.window_shape().iter().product();
        let with_levels = if region.n_g > 0 { size } else { 0 };
        Self {
            intensities: vec![f64::NAN; size],
            levels: vec![0; with_levels],
            ranks: vec![0; with_levels],
            rank_of: vec![0; region.n_g + 1],
            ..Self::default()
        }
    }

    /// Moves the window to a voxel of the map.
    pub fn gather(&mut self, region: &Region, voxel: [u32; 3]) {
        region.each_row(voxel, |start, intensities, levels| {
            self.intensities[start..start + intensities.len()].copy_from_slice(intensities);
            if !levels.is_empty() {
                self.levels[start..start + levels.len()].copy_from_slice(levels);
            }
        });
        self.rank();
    }

    fn rank(&mut self) {
        for &level in &self.distinct {
            self.rank_of[usize::from(level)] = 0;
        }
        self.distinct.clear();
        self.distinct.push(0);
        self.counts.clear();
        self.counts.push(0);
        for (rank, &level) in self.ranks.iter_mut().zip(&self.levels) {
            let known = &mut self.rank_of[usize::from(level)];
            if *known == 0 && level > 0 {
                *known = self.distinct.len() as u16;
                self.distinct.push(level);
                self.counts.push(0);
            }
            *rank = *known;
            self.counts[usize::from(*known)] += 1;
        }
    }
}
