//! The number types that voxels may have.

/// Other types than those here would need loops of their own.
mod sealed {
    pub trait Sealed {}
}

/// A number type that voxels may have: whole numbers and floats of C.
pub trait Voxel: sealed::Sealed + Copy + PartialEq {
    /// The value as a 64-bit float. 64-bit integers beyond 2⁵³ are rounded.
    fn to_f64(self) -> f64;

    /// The value that stands for a label, if the type can hold it.
    fn of_label(label: i64) -> Option<Self>;

    /// The label that the value stands for, if it is a whole number of 64 bits.
    fn label(self) -> Option<i64>;
}

macro_rules! voxels {
    ($($t:ty),*) => {$(
        impl sealed::Sealed for $t {}

        impl Voxel for $t {
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn of_label(label: i64) -> Option<Self> {
                // Casts saturate, round or wrap, and then do not come back.
                let value = label as $t;
                (value as i128 == i128::from(label)).then_some(value)
            }
            fn label(self) -> Option<i64> {
                let label = i64::try_from(self as i128).ok()?;
                (label as $t == self).then_some(label)
            }
        }
    )*};
}
voxels!(u8, i8, u16, i16, u32, i32, u64, i64, f32, f64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_exact_or_none() {
        const FAR: i64 = 1 << 53;
        assert_eq!(
            [FAR, FAR + 1, i64::MIN, i64::MAX].map(i64::label),
            [FAR, FAR + 1, i64::MIN, i64::MAX].map(Some)
        );
        assert_eq!(
            [FAR as u64 + 1, i64::MAX as u64, 1 << 63, u64::MAX].map(u64::label),
            [Some(FAR + 1), Some(i64::MAX), None, None]
        );
        assert_eq!(
            [-3.0, 0.5, 2f64.powi(53), 2f64.powi(63), 1e300, f64::NAN, f64::INFINITY].map(f64::label),
            [Some(-3), None, Some(FAR), None, None, None, None]
        );
        assert_eq!(
            [f64::of_label(FAR + 1), f64::of_label(i64::MAX), f64::of_label(FAR)],
            [None, None, Some(2f64.powi(53))]
        );
        assert_eq!([u64::of_label(-1), u64::of_label(i64::MAX)], [None, Some(i64::MAX as u64)]);
        assert_eq!([u8::of_label(256), u8::of_label(255)], [None, Some(255)]);
        assert_eq!(i8::label(-128), Some(-128));
    }
}
