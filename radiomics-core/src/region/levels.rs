//! The grey levels of a region, in a padded volume.

use std::sync::OnceLock;

use ndarray::Array3;

use crate::kernels::Isa;
use crate::kernels::counters::Counters;
use crate::kernels::occupied::occupied;
use crate::kernels::padded::{Level, Padded};

/// Grey levels of the region's bounding box in a padded, contiguous volume: 0 outside of the
/// intensity mask, 1..=Ng inside. With the padding, every neighbour up to the largest
/// distance is a constant offset away, and no kernel tests for borders.
#[derive(Clone, Debug)]
pub struct Levels {
    pub(crate) volume: LevelVolume,
    /// Number of grey levels Ng: the highest one possible, or present for a fixed bin size.
    pub(crate) n_g: usize,
    /// Number of voxels in the intensity mask.
    pub(crate) n_v: usize,
    /// Number of voxels of each level, from level 1, if it is known beforehand or was asked for.
    pub(crate) histogram: OnceLock<Vec<u64>>,
}

/// A padded volume of the narrowest type that holds every level.
#[derive(Clone, Debug)]
pub enum LevelVolume {
    /// Up to 255 levels.
    U8(Padded<u8>),
    /// Up to 65 535 levels.
    U16(Padded<u16>),
}

/// Runs `$body` with `$volume` bound to the typed padded volume.
macro_rules! with_levels {
    ($levels:expr, $volume:ident => $body:expr) => {
        match &$levels.volume {
            $crate::region::levels::LevelVolume::U8($volume) => $body,
            $crate::region::levels::LevelVolume::U16($volume) => $body,
        }
    };
}
pub(crate) use with_levels;

impl Levels {
    /// Number of grey levels Ng.
    pub fn n_g(&self) -> usize {
        self.n_g
    }

    /// Number of voxels that have a level.
    pub fn n_v(&self) -> usize {
        self.n_v
    }

    /// Shape (z, y, x) of the region's bounding box.
    pub fn shape(&self) -> [usize; 3] {
        with_levels!(self, v => v.shape)
    }

    /// Number of voxels of each level; entry 0 counts level 1.
    pub fn histogram(&self) -> Vec<u64> {
        self.counted().to_vec()
    }

    /// How many of the levels occur.
    pub(crate) fn present(&self) -> usize {
        self.counted().iter().filter(|&&n| n > 0).count()
    }

    /// The histogram, counted when it is asked for first.
    fn counted(&self) -> &[u64] {
        self.histogram.get_or_init(|| self.count())
    }

    fn count(&self) -> Vec<u64> {
        let mut counters = Counters::for_counts(self.n_g + 1, self.n_v);
        let mut places = [0; 512];
        let isa = Isa::best();
        with_levels!(self, v => for range in (0..v.shape[0]).flat_map(|k| occupied(isa, v, k)) {
            for levels in v.data[range].chunks(places.len()) {
                let places = &mut places[..levels.len()];
                places.iter_mut().zip(levels).for_each(|(to, level)| *to = level.index() as u16);
                counters.add(isa, places);
            }
        });
        counters.sums().into_iter().skip(1).map(u64::from).collect()
    }

    /// Whether the region has a single grey level.
    pub(crate) fn is_flat(&self) -> bool {
        self.present() < 2
    }

    /// The levels as a dense array (z, y, x) without padding.
    pub fn to_array(&self) -> Array3<u16> {
        let [nz, ny, nx] = self.shape();
        with_levels!(self, v => Array3::from_shape_fn((nz, ny, nx), |(k, j, i)| {
            v.data[v.at([k, j, i])].index() as u16
        }))
    }

    /// Levels given as a dense array (z, y, x), 0 being outside, padded by `pad`.
    pub(crate) fn from_array(levels: &Array3<u16>, n_g: usize, pad: usize) -> Self {
        let volume = if n_g <= usize::from(u8::MAX) {
            LevelVolume::U8(padded(levels, pad))
        } else {
            LevelVolume::U16(padded(levels, pad))
        };
        let n_v = levels.iter().filter(|&&l| l > 0).count();
        Self { volume, n_g, n_v, histogram: OnceLock::new() }
    }
}

fn padded<T: Level>(levels: &Array3<u16>, pad: usize) -> Padded<T> {
    let (nz, ny, nx) = levels.dim();
    let mut volume = Padded::empty([nz, ny, nx], pad);
    for ((k, j), row) in ndarray::indices((nz, ny)).into_iter().zip(levels.rows()) {
        let start = volume.at([k, j, 0]);
        for (to, from) in volume.data[start..start + nx].iter_mut().zip(row) {
            *to = T::from_index(usize::from(*from));
        }
    }
    volume
}
