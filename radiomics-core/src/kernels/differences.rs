//! Central differences.

use super::kernel;

/// The length √Σ (half · next − half · previous)² of a gradient, summed in the order x, y, z.
#[inline(always)]
fn length(x: [f64; 2], y: [f64; 2], z: [f64; 2], half: [f64; 3]) -> f64 {
    let [cz, cy, cx] = half;
    let [x, y, z] = [cx * x[1] - cx * x[0], cy * y[1] - cy * y[0], cz * z[1] - cz * z[0]];
    (x * x + y * y + z * z).sqrt()
}

kernel! {
    /// The magnitude of the gradient in a row, whose neighbours along z and y are given as
    /// [previous, next]; along x its outermost values go on. `half` (z, y, x) is half the
    /// reciprocal of the distance between voxels.
    pub fn gradient_magnitude(z: [&[f64]; 2], y: [&[f64]; 2], row: &[f64], half: [f64; 3], to: &mut [f64]) {
        let n = row.len();
        let [z, y] = [z.map(|row| &row[..n]), y.map(|row| &row[..n])];
        let to = &mut to[..n];
        for i in [0, n - 1] {
            let x = [row[i.saturating_sub(1)], row[(i + 1).min(n - 1)]];
            to[i] = length(x, y.map(|row| row[i]), z.map(|row| row[i]), half);
        }
        if n > 2 {
            let inner = n - 2;
            let (left, right, to) = (&row[..inner], &row[2..], &mut to[1..n - 1]);
            let [z, y] = [z.map(|row| &row[1..n - 1]), y.map(|row| &row[1..n - 1])];
            for i in 0..inner {
                to[i] = length([left[i], right[i]], [y[0][i], y[1][i]], [z[0][i], z[1][i]], half);
            }
        }
    }
}

kernel! {
    /// Rounds each value to 32 bits.
    pub fn round_to_single(values: &mut [f64]) {
        for value in values {
            *value = f64::from(*value as f32);
        }
    }
}
