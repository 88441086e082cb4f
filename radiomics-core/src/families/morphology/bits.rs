//! A mask packed into bits, so that 32 voxels are looked at in one step.

use std::ops::Range;

use ndarray::{ArrayView3, Axis};

use crate::kernels::pages::zeros;
use crate::volume::grid::Window;
use crate::work::loops;

/// Voxels in a word.
const WORD: usize = 32;

/// The bounding box of a mask with a voxel of background on every side. Places count from that
/// background: the first voxel of the box is (1, 1, 1).
#[derive(Clone, Debug)]
pub(super) struct Bits {
    /// Shape (z, y, x) with the background.
    pub shape: [usize; 3],
    /// Words in a row: one more than its voxels need, of background.
    words: usize,
    data: Vec<u32>,
}

/// Whole-number sums over the voxels of a mask: how many there are, and their places and the
/// products of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PlaceSums {
    pub n: i128,
    pub sum: [i128; 3],
    /// Σ p[a]·p[b] over the places p of voxels, for a ≤ b.
    pub products: [[i128; 3]; 3],
}

impl PlaceSums {
    fn plus(mut self, other: Self) -> Self {
        self.n += other.n;
        self.sum.iter_mut().zip(other.sum).for_each(|(sum, term)| *sum += term);
        let terms = other.products.as_flattened();
        self.products.iter_mut().flatten().zip(terms).for_each(|(sum, term)| *sum += term);
        self
    }
}

impl Bits {
    /// Packs a mask (z, y, x), cropped to its voxels. Without a voxel there is background only.
    pub fn new(mask: ArrayView3<'_, bool>) -> Self {
        let window = match is_cropped(mask) {
            true => Window { start: [0; 3], shape: mask.dim().into() },
            false => Window::bounding(mask).unwrap_or(Window { start: [0; 3], shape: [0; 3] }),
        };
        let ([k, j, i], [ke, je, ie]) = (window.start, window.end());
        let shape = window.shape.map(|n| n + 2);
        let words = shape[2].div_ceil(WORD) + 1;
        let mut data = zeros(shape[0] * shape[1] * words);
        let box_ = mask.slice(ndarray::s![k..ke, j..je, i..ie]);
        let slices = data.chunks_exact_mut(shape[1] * words).skip(1).zip(box_.outer_iter());
        assert_eq!(slices.len(), window.shape[0], "slices to be packed");
        loops::each(slices, |(to, slice)| {
            let rows = to.chunks_exact_mut(words).skip(1).zip(slice.outer_iter());
            rows.for_each(|(to, row)| match row.to_slice() {
                Some(row) => pack(row, to),
                None => pack(&row.to_vec(), to),
            });
        });
        Self { shape, words, data }
    }

    /// The words of a row; bit b of word w is the voxel at x = 32·w + b.
    pub fn row(&self, z: usize, y: usize) -> &[u32] {
        &self.data[(z * self.shape[1] + y) * self.words..][..self.words]
    }

    /// Words of a row without the spare one at its end.
    pub fn words(&self) -> Range<usize> {
        0..self.words - 1
    }

    /// Sums over the places of the voxels.
    pub fn place_sums(&self) -> PlaceSums {
        let add = |all: &mut PlaceSums, z: usize| {
            // Of the slice: voxels, Σ y, Σ x, Σ y², Σ y·x and Σ x².
            let mut slice = [0i128; 6];
            for y in 0..self.shape[1] {
                let [n, x, xx] = row_sums(self.row(z, y));
                let y = y as i128;
                let terms = [n, y * n, x, y * y * n, y * x, xx];
                slice.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
            }
            let z = z as i128;
            let [n, y, x, yy, yx, xx] = slice;
            all.n += n;
            all.sum.iter_mut().zip([z * n, y, x]).for_each(|(sum, term)| *sum += term);
            let terms = [[z * z * n, z * y, z * x], [0, yy, yx], [0, 0, xx]];
            all.products.iter_mut().flatten().zip(terms.as_flattened()).for_each(|(sum, term)| *sum += term);
        };
        // Whole numbers: their sum is the same in any order.
        let sums = loops::folded(0..self.shape[0], 1, PlaceSums::default, add);
        sums.into_iter().fold(PlaceSums::default(), PlaceSums::plus)
    }
}

/// Whether a mask, as most are, has voxels in all planes that bound it.
fn is_cropped(mask: ArrayView3<'_, bool>) -> bool {
    let reaches = |a: usize, place: usize| mask.index_axis(Axis(a), place).iter().any(|&voxel| voxel);
    (0..3).all(|a| mask.len_of(Axis(a)) > 0 && reaches(a, 0) && reaches(a, mask.len_of(Axis(a)) - 1))
}

/// Packs a row behind a voxel of background.
fn pack(row: &[bool], to: &mut [u32]) {
    for (w, voxels) in row.chunks(WORD).enumerate() {
        let mut word = 0u32;
        let (eights, rest) = voxels.as_chunks::<8>();
        for (n, eight) in eights.iter().enumerate() {
            // The product moves the lowest bit of byte b to bit 56 + b, without a carry.
            let bytes = u64::from_le_bytes(eight.map(u8::from));
            word |= ((bytes.wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32) << (8 * n);
        }
        for (n, &voxel) in rest.iter().enumerate() {
            word |= u32::from(voxel) << (8 * eights.len() + n);
        }
        to[w] |= word << 1;
        to[w + 1] |= word >> 31;
    }
}

/// Number of bits of each byte, sum of their places, and of the squares of these.
static BYTES: [[u16; 3]; 256] = {
    let mut table = [[0; 3]; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 0;
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                table[byte][0] += 1;
                table[byte][1] += bit;
                table[byte][2] += bit * bit;
            }
            bit += 1;
        }
        byte += 1;
    }
    table
};

/// Number of voxels in a row, Σ x and Σ x².
fn row_sums(row: &[u32]) -> [i128; 3] {
    let (mut count, mut sum, mut squares) = (0u64, 0u64, 0u128);
    for (w, word) in row.iter().enumerate().filter(|(_, word)| **word != 0) {
        for (b, byte) in word.to_le_bytes().into_iter().enumerate() {
            let first = (WORD * w + 8 * b) as u64;
            let [n, x, xx] = BYTES[usize::from(byte)].map(u64::from);
            count += n;
            sum += first * n + x;
            squares += u128::from(first * first * n + 2 * first * x + xx);
        }
    }
    [i128::from(count), i128::from(sum), squares as i128]
}

/// The first and the last bit that is set in the words that `word` yields for each of `words`.
pub(super) fn ends(words: Range<usize>, word: impl Fn(usize) -> u32) -> Option<[i32; 2]> {
    let first = words.clone().find(|&w| word(w) != 0)?;
    let last = words.rev().find(|&w| word(w) != 0)?;
    Some([
        (first * WORD) as i32 + word(first).trailing_zeros() as i32,
        (last * WORD) as i32 + 31 - word(last).leading_zeros() as i32,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;
    use proptest::prelude::*;

    #[test]
    fn a_row_of_bits() {
        //   ·■■·■   behind a voxel of background, the bounding box begins with the first ■.
        let mask = Array3::from_shape_vec((1, 1, 5), vec![false, true, true, false, true]).unwrap();
        let bits = Bits::new(mask.view());
        assert_eq!((bits.shape, bits.row(1, 1)), ([3, 3, 6], &[0b10110, 0][..]));
        assert_eq!(ends(bits.words(), |w| bits.row(1, 1)[w]), Some([1, 4]));
        assert_eq!(ends(bits.words(), |w| bits.row(0, 1)[w]), None);
        assert_eq!(Bits::new(Array3::default((2, 0, 1)).view()).shape, [2; 3]);
    }

    proptest! {
        #[test]
        fn voxels_and_their_sums(voxels in prop::collection::vec(0..5u8, 2 * 3 * 70)) {
            let mut mask = Array3::from_shape_vec((2, 3, 70), voxels).unwrap().mapv(|v| v > 0);
            mask[[0, 0, 0]] = true;
            mask[[1, 2, 69]] = true;
            let bits = Bits::new(mask.view());
            let mut plain = PlaceSums::default();
            for ((k, j, i), &inside) in mask.indexed_iter() {
                let p = [k + 1, j + 1, i + 1];
                prop_assert_eq!(bits.row(p[0], p[1])[p[2] / WORD] >> (p[2] % WORD) & 1 == 1, inside);
                if inside {
                    let p = p.map(|v| v as i128);
                    plain.n += 1;
                    for a in 0..3 {
                        plain.sum[a] += p[a];
                        (a..3).for_each(|b| plain.products[a][b] += p[a] * p[b]);
                    }
                }
            }
            prop_assert_eq!(bits.place_sums(), plain);
        }
    }
}
