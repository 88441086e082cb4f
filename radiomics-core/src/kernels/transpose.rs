//! Rows to columns.

use super::{Isa, kernel};

/// Rows that are worked on together where no instruction set helps.
const STRIP: usize = 8;

/// A matrix in a larger one: `rows` × `columns` values, rows `pitch` apart.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a, T> {
    pub values: &'a [T],
    pub pitch: usize,
    pub rows: usize,
    pub columns: usize,
}

/// A value that can be moved about.
pub trait Element: Copy + Default + Send + Sync + 'static {
    /// Rows and columns of a tile: as many values as a vector of AVX holds.
    const TILE: usize;

    /// Transposes tiles in registers, where the instruction set can and there is need. Returns whether it
    /// did.
    #[inline]
    fn turn_tiles(_isa: Isa, _from: &Matrix<Self>, _to: &mut [Self], _pitch: usize) -> bool {
        false
    }
}

macro_rules! element {
    ($type:ty, $tile:literal, $turn_tiles:ident) => {
        impl Element for $type {
            const TILE: usize = $tile;

            #[cfg(target_arch = "x86_64")]
            #[inline]
            fn turn_tiles(isa: Isa, from: &Matrix<Self>, to: &mut [Self], pitch: usize) -> bool {
                if isa == Isa::Scalar {
                    return false;
                }
                // SAFETY: all instruction sets of this architecture but `Scalar` have AVX2, and
                // `Isa::available`, their only maker, has seen it.
                unsafe { x86::$turn_tiles(from, to, pitch) };
                true
            }
        }
    };
}
element!(f32, 8, turn_tiles_32);
element!(f64, 4, turn_tiles_64);

/// Makes the rows of `from` the columns of `to`, whose rows are `pitch` apart.
///
/// # Panics
/// When `from` or `to` is too short.
pub fn transpose<T: Element>(isa: Isa, from: Matrix<T>, to: &mut [T], pitch: usize) {
    if !T::turn_tiles(isa, &from, to, pitch) {
        return plain(isa, from, to, pitch);
    }
    // What is left at the right and below.
    let [rows, columns] = [from.rows, from.columns].map(|n| n / T::TILE * T::TILE);
    if columns < from.columns {
        let right = Matrix { values: &from.values[columns..], columns: from.columns - columns, ..from };
        plain(isa, right, &mut to[columns * pitch..], pitch);
    }
    if rows < from.rows {
        let values = &from.values[rows * from.pitch..];
        plain(isa, Matrix { values, rows: from.rows - rows, columns, ..from }, &mut to[rows..], pitch);
    }
}

kernel! {
    fn plain<T: Element>(from: Matrix<'_, T>, to: &mut [T], pitch: usize) {
        // In strips, so that what is written stays in cache until its lines are full.
        for first in (0..from.rows).step_by(STRIP) {
            let rows = first..from.rows.min(first + STRIP);
            for i in 0..from.columns {
                let to = &mut to[i * pitch..][rows.clone()];
                for (j, to) in rows.clone().zip(to) {
                    *to = from.values[j * from.pitch + i];
                }
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{Element, Matrix};

    macro_rules! turn_tiles {
        ($name:ident, $type:ty, $zero:ident, $load:ident, $store:ident, $turn:ident) => {
            /// Transposes whole tiles. It is written by hand, because compilers move each value alone.
            #[target_feature(enable = "avx2")]
            pub(super) fn $name(from: &Matrix<$type>, to: &mut [$type], pitch: usize) {
                const TILE: usize = <$type as Element>::TILE;
                let tiles = |n: usize| (0..n / TILE * TILE).step_by(TILE);
                for j in tiles(from.rows) {
                    for i in tiles(from.columns) {
                        let mut rows = [$zero(); TILE];
                        for (l, row) in rows.iter_mut().enumerate() {
                            let from = &from.values[(j + l) * from.pitch + i..][..TILE];
                            // SAFETY: `from` has as many values as a vector.
                            *row = unsafe { $load(from.as_ptr()) };
                        }
                        $turn(&mut rows);
                        for (t, column) in rows.iter().enumerate() {
                            let to = &mut to[(i + t) * pitch + j..][..TILE];
                            // SAFETY: `to` has room for as many values as a vector.
                            unsafe { $store(to.as_mut_ptr(), *column) };
                        }
                    }
                }
            }
        };
    }
    turn_tiles!(turn_tiles_32, f32, _mm256_setzero_ps, _mm256_loadu_ps, _mm256_storeu_ps, turn_32);
    turn_tiles!(turn_tiles_64, f64, _mm256_setzero_pd, _mm256_loadu_pd, _mm256_storeu_pd, turn_64);

    /// Transposes a tile: exchanges halves of rows that are two apart, then zips pairs of rows.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn turn_64(rows: &mut [__m256d; 4]) {
        let [a, b, c, d] = *rows;
        let (p, q) = (_mm256_permute2f128_pd::<0x20>(a, c), _mm256_permute2f128_pd::<0x31>(a, c));
        let (s, t) = (_mm256_permute2f128_pd::<0x20>(b, d), _mm256_permute2f128_pd::<0x31>(b, d));
        *rows = [
            _mm256_unpacklo_pd(p, s),
            _mm256_unpackhi_pd(p, s),
            _mm256_unpacklo_pd(q, t),
            _mm256_unpackhi_pd(q, t),
        ];
    }

    /// Transposes a tile: exchanges halves of rows that are four apart, then zips pairs of rows, then
    /// pairs of these.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn turn_32(rows: &mut [__m256; 8]) {
        for r in 0..4 {
            let (p, q) = (rows[r], rows[r + 4]);
            rows[r] = _mm256_permute2f128_ps::<0x20>(p, q);
            rows[r + 4] = _mm256_permute2f128_ps::<0x31>(p, q);
        }
        for r in [0, 2, 4, 6] {
            let (p, q) = (rows[r], rows[r + 1]);
            rows[r] = _mm256_unpacklo_ps(p, q);
            rows[r + 1] = _mm256_unpackhi_ps(p, q);
        }
        for r in [0, 4] {
            let [p, q, s, t] = [rows[r], rows[r + 1], rows[r + 2], rows[r + 3]];
            rows[r] = _mm256_shuffle_ps::<0b01_00_01_00>(p, s);
            rows[r + 1] = _mm256_shuffle_ps::<0b11_10_11_10>(p, s);
            rows[r + 2] = _mm256_shuffle_ps::<0b01_00_01_00>(q, t);
            rows[r + 3] = _mm256_shuffle_ps::<0b11_10_11_10>(q, t);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Element + PartialEq + std::fmt::Debug>(value: impl Fn(usize) -> T) {
        for [rows, columns] in [[1, 1], [8, 8], [7, 9], [16, 24], [23, 41], [5, 40], [40, 5]] {
            let (pitch, to_pitch) = (columns + 3, rows + 2);
            let from: Vec<T> = (0..rows * pitch).map(&value).collect();
            for isa in Isa::available() {
                let mut to = vec![T::default(); columns * to_pitch];
                transpose(isa, Matrix { values: &from, pitch, rows, columns }, &mut to, to_pitch);
                for i in 0..columns {
                    let (row, between) = to[i * to_pitch..][..to_pitch].split_at(rows);
                    let expected: Vec<T> = (0..rows).map(|j| from[j * pitch + i]).collect();
                    assert_eq!(row, expected, "{}, {rows} x {columns}", isa.name());
                    assert_eq!(between, [T::default(); 2]);
                }
            }
        }
    }

    #[test]
    fn rows_become_columns() {
        check::<f32>(|n| n as f32 + 1.0);
        check::<f64>(|n| n as f64 + 1.0);
    }
}
