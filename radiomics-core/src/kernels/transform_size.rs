//! Sizes of Fourier transforms.

/// The smallest number from `n` on without prime factors above 5: quick to transform.
pub(crate) fn smooth(n: usize) -> usize {
    let is_smooth = |&n: &usize| [2, 3, 5].into_iter().fold(n, without) == 1;
    (n.max(1)..).find(is_smooth).expect("a power of two")
}

/// The smallest number from `n` on whose prime factors are 2, 3 and at most one 5 or 7. With more
/// of these, transforms take up to twice as long (AVX): one of 100 complex numbers took 230 ns,
/// of 96 and 108 numbers 130 and 140, and so it was for most sizes up to 256.
pub(crate) fn quick(n: usize) -> usize {
    let is_quick = |&n: &usize| [1, 5, 7].contains(&[2, 3].into_iter().fold(n, without));
    (n.max(1)..).find(is_quick).expect("a power of two")
}

/// `n` without its prime factors `p`.
fn without(mut n: usize, p: usize) -> usize {
    while n.is_multiple_of(p) {
        n /= p;
    }
    n
}

#[cfg(test)]
mod tests {
    use super::{quick, smooth};

    #[test]
    fn sizes_have_small_prime_factors_only() {
        assert_eq!([0, 1, 7, 11, 17, 97, 250, 257].map(smooth), [1, 1, 8, 12, 18, 100, 250, 270]);
    }

    #[test]
    fn quick_sizes_have_at_most_one_larger_factor() {
        assert_eq!([0, 1, 5, 13, 25, 49, 75, 97, 169].map(quick), [1, 1, 5, 14, 27, 54, 80, 108, 180]);
    }
}
