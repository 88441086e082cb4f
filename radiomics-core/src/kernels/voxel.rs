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
                // Casts saturate or round, and then do not come back.
                let value = label as $t;
                (value as i64 == label && value as f64 == label as f64).then_some(value)
            }
        }
    )*};
}
voxels!(u8, i8, u16, i16, u32, i32, u64, i64, f32, f64);
