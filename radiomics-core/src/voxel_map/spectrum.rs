//! The second largest singular value of small symmetric matrices.

/// The second largest singular value of the symmetric n × n matrix p_ij / √(p_i·p_j) in `matrix`, row by
/// row, which is lost. The largest one is 1, and `root`, of √p_i, is the vector that belongs to it.
/// `work` has room for 3·n values; n is at least 2.
pub(super) fn second_singular_value(matrix: &mut [f64], root: &mut [f64], work: &mut [f64]) -> f64 {
    let n = root.len();
    deflate(matrix, root, work);
    // What is left are rows and columns 1..n.
    let at = |i: usize, j: usize| (i + 1) * n + j + 1;
    match n - 1 {
        1 => matrix[at(0, 0)].abs(),
        2 => {
            let (a, b, c) = (matrix[at(0, 0)], matrix[at(1, 0)], matrix[at(1, 1)]);
            (a + c).abs() / 2.0 + ((a - c) * (a - c) / 4.0 + b * b).sqrt()
        }
        size => {
            let (diagonal, rest) = work.split_at_mut(n);
            let (beside, product) = rest.split_at_mut(n);
            tridiagonal(matrix, n, diagonal, beside, product);
            eigenvalues(&mut diagonal[..size], &mut beside[..size]);
            diagonal[..size].iter().fold(0.0, |largest: f64, value| largest.max(value.abs()))
        }
    }
}

/// Takes the largest eigenvalue out: reflects `root` onto the first axis, on both sides of the matrix,
/// whose other rows and columns then have the other eigenvalues.
fn deflate(matrix: &mut [f64], root: &mut [f64], work: &mut [f64]) {
    let n = root.len();
    // No component is below 0, so nothing cancels.
    root[0] += 1.0;
    reflect(matrix, n, 0, root, work);
}

/// Replaces A by H·A·H for H = 1 − 2·u·uᵀ / uᵀu, on the rows and columns of A from `first` on, where
/// `rows` and u begin.
#[inline(always)]
fn reflect(rows: &mut [f64], n: usize, first: usize, u: &[f64], product: &mut [f64]) {
    let scale = 2.0 / u.iter().map(|x| x * x).sum::<f64>();
    let size = n - first;
    let product = &mut product[..size];
    let mut along = 0.0;
    for ((p, row), x) in product.iter_mut().zip(rows.chunks_exact(n)).zip(u) {
        *p = scale * row[first..].iter().zip(u).map(|(a, x)| a * x).sum::<f64>();
        along += *p * x;
    }
    let half = scale * along / 2.0;
    product.iter_mut().zip(u).for_each(|(p, x)| *p -= half * x);
    for ((row, x), p) in rows.chunks_exact_mut(n).zip(u).zip(&*product) {
        for ((a, y), q) in row[first..].iter_mut().zip(u).zip(&*product) {
            *a -= x * q + p * y;
        }
    }
}

/// Turns rows and columns 1..n of a matrix into a tridiagonal one with the same eigenvalues
/// (Householder): `diagonal`, and `beside` with what links k and k + 1. `product` is for intermediate
/// results.
fn tridiagonal(matrix: &mut [f64], n: usize, diagonal: &mut [f64], beside: &mut [f64], product: &mut [f64]) {
    for k in 1..n {
        diagonal[k - 1] = matrix[k * n + k];
        let (row, below) = matrix.split_at_mut((k + 1) * n);
        let column = &mut row[k * n + k + 1..];
        beside[k - 1] = match column {
            [] => 0.0,
            [last] => *last,
            _ => {
                let length = column.iter().map(|x| x * x).sum::<f64>().sqrt();
                // Of the two reflections the one in which nothing cancels.
                let link = if column[0] > 0.0 { -length } else { length };
                if length > 0.0 {
                    column[0] -= link;
                    reflect(below, n, k + 1, column, product);
                }
                link
            }
        };
    }
}

/// More QR steps than any matrix needs: two or three an eigenvalue.
const MAX_STEPS: usize = 64;

/// Turns the diagonal of a tridiagonal matrix of norm 1 at most into its eigenvalues, to the
/// rounding error of 1 (implicit QR steps with Wilkinson's shift).
fn eigenvalues(d: &mut [f64], e: &mut [f64]) {
    let mut last = d.len() - 1;
    let mut steps = MAX_STEPS * d.len();
    while last > 0 && steps > 0 {
        if e[last - 1].abs() <= f64::EPSILON {
            last -= 1;
            continue;
        }
        steps -= 1;
        let first = (0..last - 1).rev().find(|&k| e[k].abs() <= f64::EPSILON).map_or(0, |k| k + 1);
        let (half, link) = ((d[last - 1] - d[last]) / 2.0, e[last - 1]);
        let root = (half * half + link * link).sqrt();
        let shift = d[last] - link * link / if half < 0.0 { half - root } else { half + root };
        let (mut x, mut z) = (d[first] - shift, e[first]);
        for k in first..last {
            let length = (x * x + z * z).sqrt();
            let (c, s) = if length > 0.0 { (x / length, z / length) } else { (1.0, 0.0) };
            if k > first {
                e[k - 1] = length;
            }
            let (a, b, link) = (d[k], d[k + 1], e[k]);
            let twist = 2.0 * c * s * link;
            d[k] = c * c * a + twist + s * s * b;
            d[k + 1] = s * s * a - twist + c * c * b;
            e[k] = c * s * (b - a) + (c * c - s * s) * link;
            if k + 1 < last {
                (x, z) = (e[k], s * e[k + 1]);
                e[k + 1] *= c;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Counts of pairs, a row and a column a level, each level in at least one pair.
    fn counts() -> impl Strategy<Value = (usize, Vec<f64>)> {
        (2usize..12).prop_flat_map(|n| {
            let sparse = prop_oneof![3 => Just(0u32), 2 => 1u32..6];
            proptest::collection::vec(sparse, n * n).prop_map(move |half| {
                let count =
                    |i: usize, j: usize| half[i * n + j] + half[j * n + i] + u32::from(j == (i + 1) % n);
                let both = (0..n * n).map(|at| f64::from(count(at / n, at % n) + count(at % n, at / n)));
                (n, both.collect())
            })
        })
    }

    proptest! {
        #[test]
        fn it_is_the_second_of_all_singular_values((n, counts) in counts()) {
            let total: f64 = counts.iter().sum();
            let mut root: Vec<f64> = counts.chunks(n).map(|row| (row.iter().sum::<f64>() / total).sqrt()).collect();
            let mut matrix: Vec<f64> =
                (0..n * n).map(|at| counts[at] / total / (root[at / n] * root[at % n])).collect();
            let all = nalgebra::DMatrix::from_row_slice(n, n, &matrix).singular_values();
            let mut all: Vec<f64> = all.iter().copied().collect();
            all.sort_by(f64::total_cmp);
            let second = second_singular_value(&mut matrix, &mut root, &mut vec![0.0; 3 * n]);
            prop_assert!((second - all[n - 2]).abs() < 1e-13, "{second} {all:?}");
        }
    }

    /// Two groups of levels that are never neighbours: the largest singular value occurs twice.
    #[test]
    fn apart() {
        let root = 0.5f64.sqrt();
        assert_eq!(second_singular_value(&mut [1.0, 0.0, 0.0, 1.0], &mut [root; 2], &mut [0.0; 6]), 1.0);
    }
}
