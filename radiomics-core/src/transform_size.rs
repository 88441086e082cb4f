//! Sizes of Fourier transforms.

/// The smallest number from `n` on without prime factors above 5: quick to transform.
pub(crate) fn smooth(n: usize) -> usize {
    (n.max(1)..)
        .find(|&candidate| {
            let mut rest = candidate;
            for p in [2, 3, 5] {
                while rest % p == 0 {
                    rest /= p;
                }
            }
            rest == 1
        })
        .unwrap_or(n)
}

#[cfg(test)]
mod tests {
    use super::smooth;

    #[test]
    fn sizes_have_small_prime_factors_only() {
        assert_eq!([0, 1, 7, 11, 17, 97, 250, 257].map(smooth), [1, 1, 8, 12, 18, 100, 250, 270]);
    }
}
