//! The region of interest after preprocessing, and its grey levels.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use ndarray::Array3;

use crate::grid::{Grid, Window};
use crate::intensities::{Intensities, permuted, with_intensities};
use crate::kernels::Isa;
use crate::kernels::counters::Counters;
use crate::kernels::occupied::occupied;
use crate::kernels::pages;
use crate::voxels::Voxel;

/// The largest number of grey levels: they are kept in at most 16 bits, 0 being outside.
pub const MAX_LEVELS: usize = u16::MAX as usize;

/// A box of voxels round the region, with both masks of IBSI 1. Arrays are (z, y, x).
///
/// The morphological mask is the region as drawn (and interpolated); the intensity mask is
/// what resegmentation leaves of it.
#[derive(Clone, Debug)]
pub struct Roi {
    pub(crate) grid: Grid,
    pub(crate) intensities: Intensities,
    pub(crate) morphological: Array3<bool>,
    /// The intensity mask, where it is another one than the morphological mask.
    pub(crate) resegmented: Option<Array3<bool>>,
    pub(crate) region: Window,
}

impl Roi {
    /// Where the voxels of the box lie.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// Intensities of the whole box: the region and a margin round it, where the image has it.
    pub fn intensities(&self) -> Cow<'_, Array3<f64>> {
        self.intensities.to_f64()
    }

    /// The region as drawn.
    pub fn morphological(&self) -> &Array3<bool> {
        &self.morphological
    }

    /// The region after resegmentation.
    pub fn intensity(&self) -> &Array3<bool> {
        self.resegmented.as_ref().unwrap_or(&self.morphological)
    }

    /// Bounding box of the morphological mask within the box.
    pub fn region(&self) -> Window {
        self.region
    }

    /// The same region with `axis` brought to the front, so that slices lie across it.
    pub(crate) fn sliced_along(&self, axis: usize) -> Cow<'_, Roi> {
        if axis == 0 {
            return Cow::Borrowed(self);
        }
        let order: [usize; 3] = match axis {
            1 => [1, 0, 2],
            _ => [2, 0, 1],
        };
        Cow::Owned(Roi {
            grid: Grid {
                shape: order.map(|a| self.grid.shape[a]),
                spacing_mm: order.map(|a| self.grid.spacing_mm[a]),
                origin_mm: self.grid.origin_mm,
                direction: self.grid.direction.map(|row| order.map(|a| row[a])),
            },
            intensities: self.intensities.permuted(order),
            morphological: permuted(&self.morphological, order),
            resegmented: self.resegmented.as_ref().map(|mask| permuted(mask, order)),
            region: Window {
                start: order.map(|a| self.region.start[a]),
                shape: order.map(|a| self.region.shape[a]),
            },
        })
    }

    /// Intensities inside of the intensity mask, in (z, y, x) order.
    pub fn values(&self) -> Vec<f64> {
        with_intensities!(&self.intensities, x => masked(x, self.intensity()))
    }
}

/// The values of `array` where `mask` is set, in (z, y, x) order.
pub(crate) fn masked<T: Voxel>(array: &Array3<T>, mask: &Array3<bool>) -> Vec<f64> {
    let n = mask.iter().filter(|&&m| m).count();
    let (Some(all), Some(mask)) = (array.as_slice(), mask.as_slice()) else {
        return array.iter().zip(mask).filter(|(_, m)| **m).map(|(x, _)| x.to_f64()).collect();
    };
    // Every value is written where the next one of the mask belongs, and stays there if it is one:
    // no branch depends on the mask. The last place is for what follows the last of the mask.
    let mut values = pages::zeros(n + 1);
    let mut next = 0;
    for (&x, &m) in all.iter().zip(mask) {
        values[next] = x.to_f64();
        next += usize::from(m);
    }
    values.truncate(n);
    values
}

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
    /// Number of voxels of each level, from level 1, if it is known beforehand.
    pub(crate) histogram: Option<Vec<u64>>,
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
            $crate::roi::LevelVolume::U8($volume) => $body,
            $crate::roi::LevelVolume::U16($volume) => $body,
        }
    };
}
pub(crate) use with_levels;

/// A grey level.
pub trait Level: Copy + Default + Eq + Ord + Send + Sync + std::fmt::Debug + 'static {
    /// As an index into tables that have a row 0 for "outside".
    fn index(self) -> usize;
    /// The level `index`, which the caller knows to fit.
    fn from_index(index: usize) -> Self;
}

macro_rules! levels {
    ($($t:ty),*) => {$(
        impl Level for $t {
            #[inline(always)]
            fn index(self) -> usize {
                usize::from(self)
            }
            #[inline(always)]
            fn from_index(index: usize) -> Self {
                index as $t
            }
        }
    )*};
}
levels!(u8, u16);

/// A contiguous (z, y, x) volume with `pad` voxels of 0 on every side.
#[derive(Clone, Debug)]
pub struct Padded<T> {
    pub(crate) data: Vec<T>,
    /// Shape (z, y, x) without the padding.
    pub(crate) shape: [usize; 3],
    pub(crate) pad: usize,
    /// Where the slices hold voxels of the region; asked for once they are filled.
    pub(crate) occupied: OnceLock<Vec<Vec<Range<usize>>>>,
}

impl<T: Level> Padded<T> {
    /// A volume with no voxel in the region yet.
    pub(crate) fn empty(shape: [usize; 3], pad: usize) -> Self {
        let size = shape.map(|n| n + 2 * pad).into_iter().product();
        Self { data: pages::zeros(size), shape, pad, occupied: OnceLock::new() }
    }

    /// Distance in `data` between neighbours along (z, y, x).
    pub(crate) fn strides(&self) -> [usize; 3] {
        let [_, ny, nx] = self.shape.map(|n| n + 2 * self.pad);
        [ny * nx, nx, 1]
    }

    /// Place in `data` of the unpadded voxel (z, y, x).
    pub(crate) fn at(&self, [k, j, i]: [usize; 3]) -> usize {
        let [sz, sy, sx] = self.strides();
        (k + self.pad) * sz + (j + self.pad) * sy + (i + self.pad) * sx
    }

    /// Distance in `data` to the neighbour at `offset` (z, y, x).
    pub(crate) fn step(&self, offset: [i32; 3]) -> isize {
        let strides = self.strides();
        (0..3).map(|a| offset[a] as isize * strides[a] as isize).sum()
    }

    /// An unpadded row along x.
    pub(crate) fn row(&self, k: usize, j: usize) -> &[T] {
        let start = self.at([k, j, 0]);
        &self.data[start..start + self.shape[2]]
    }
}

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
        if let Some(histogram) = &self.histogram {
            return histogram.clone();
        }
        let mut counters = Counters::new(self.n_g + 1);
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

    /// The levels as a dense array (z, y, x) without padding.
    pub fn to_array(&self) -> Array3<u16> {
        let [nz, ny, nx] = self.shape();
        with_levels!(self, v => Array3::from_shape_fn((nz, ny, nx), |(k, j, i)| {
            v.data[v.at([k, j, i])].index() as u16
        }))
    }

    /// Levels given as a dense array (z, y, x), 0 being outside, padded by `pad`.
    #[cfg_attr(not(test), allow(dead_code, reason = "tests draw levels as arrays"))]
    pub(crate) fn from_array(levels: &Array3<u16>, n_g: usize, pad: usize) -> Self {
        let volume = if n_g <= usize::from(u8::MAX) {
            LevelVolume::U8(padded(levels, pad))
        } else {
            LevelVolume::U16(padded(levels, pad))
        };
        let n_v = levels.iter().filter(|&&l| l > 0).count();
        Self { volume, n_g, n_v, histogram: None }
    }
}

#[cfg_attr(not(test), allow(dead_code, reason = "as above"))]
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
