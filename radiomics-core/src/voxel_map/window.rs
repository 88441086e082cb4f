//! The window under work: what those who compute features read.
//!
//! Levels come with ranks, which number the levels that occur, so that counting takes tables as small
//! as the window instead of as large as the number of grey levels:
//!
//! ```text
//! levels      ranks       distinct
//! 0 7 7       0 1 1       rank   0 1 2 3
//! 4 7 9       2 1 3       level  0 7 4 9
//! ```

use super::region::Region;

/// Intensities and levels of the window's places in (z, y, x) order.
pub(super) struct Window {
    /// The intensity of each place, NaN outside of the region.
    pub intensities: Vec<f64>,
    /// The level of each place, 0 outside of the region; empty if no family needs levels.
    pub levels: Vec<u16>,
    /// For each place which of the `distinct` levels it has; 0 is outside.
    pub ranks: Vec<u16>,
    /// The levels of the window in the order of first occurrence, after a 0 for outside.
    pub distinct: Vec<u16>,
    /// For each level its rank, or 0 if the level is not in the window.
    rank_of: Vec<u16>,
}

impl Window {
    /// A window that has yet to be moved to a voxel.
    pub fn new(region: &Region) -> Self {
        let size = region.window_shape().iter().product();
        let with_levels = if region.n_g > 0 { size } else { 0 };
        Self {
            intensities: vec![f64::NAN; size],
            levels: vec![0; with_levels],
            ranks: vec![0; with_levels],
            distinct: Vec::new(),
            rank_of: vec![0; region.n_g + 1],
        }
    }

    /// Moves the window to a voxel of the map.
    pub fn move_to(&mut self, region: &Region, voxel: [u32; 3]) {
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
        for (rank, &level) in self.ranks.iter_mut().zip(&self.levels) {
            let known = &mut self.rank_of[usize::from(level)];
            if *known == 0 && level > 0 {
                *known = self.distinct.len() as u16;
                self.distinct.push(level);
            }
            *rank = *known;
        }
    }

    /// A window of these levels, for tests that draw it.
    #[cfg(test)]
    pub fn drawn(levels: &[u16]) -> Self {
        let n_g = levels.iter().copied().max().map_or(0, usize::from);
        let mut window = Self {
            intensities: vec![f64::NAN; levels.len()],
            levels: levels.to_vec(),
            ranks: vec![0; levels.len()],
            distinct: Vec::new(),
            rank_of: vec![0; n_g + 1],
        };
        window.rank();
        window
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_numbered_as_they_occur() {
        #[rustfmt::skip]
        let mut window = Window::drawn(&[
            0, 7, 7,
            4, 7, 9,
        ]);
        assert_eq!(window.ranks, [0, 1, 1, 2, 1, 3]);
        assert_eq!(window.distinct, [0, 7, 4, 9]);
        // The window has moved on: what was known of the last one is forgotten.
        window.levels = vec![9, 9, 0, 7, 1, 9];
        window.rank();
        assert_eq!(window.ranks, [1, 1, 0, 2, 3, 1]);
        assert_eq!(window.distinct, [0, 9, 7, 1]);
    }
}
