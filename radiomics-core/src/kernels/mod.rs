//! The inner loops, one plain body each, compiled once per instruction set.
//!
//! This is the only module with `unsafe`: calling a function compiled for an instruction set
//! is unsafe, because a machine without it would fault. [`Isa`] values other than
//! [`Isa::Scalar`] exist only on machines that have the instruction set, so the dispatch that
//! [`kernel!`] writes is sound.
//!
//! Bodies work in fixed stripes and never fuse a multiplication with an addition, so every
//! instruction set gives the same bits.
#![allow(unsafe_code, reason = "calling a function compiled for an instruction set is unsafe")]

pub(crate) mod cells;
pub(crate) mod convolve;
pub(crate) mod counters;
pub(crate) mod differences;
pub(crate) mod directions;
pub(crate) mod distances;
pub(crate) mod elementary;
pub(crate) mod finite;
pub(crate) mod labels;
pub(crate) mod levels;
pub(crate) mod lines;
pub(crate) mod modulus;
pub(crate) mod neighbours;
pub(crate) mod normal;
pub(crate) mod oblique;
pub(crate) mod occupied;
pub(crate) mod padded;
pub(crate) mod pages;
pub(crate) mod pair_sums;
pub(crate) mod pairs;
pub(crate) mod recursive;
pub(crate) mod reduce;
pub(crate) mod runs;
pub(crate) mod splines;
pub(crate) mod toeplitz;
pub(crate) mod transform_size;
pub(crate) mod transpose;
pub(crate) mod tridiagonal;
pub(crate) mod vectors;
pub(crate) mod voxel;
pub(crate) mod whole;
pub(crate) mod windows;

/// An instruction set that this machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isa(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Isa {
    /// The instructions that the compiler assumes for every machine of this architecture (NEON on AArch64).
    #[allow(non_upper_case_globals, reason = "it reads as the variant of a closed choice")]
    pub const Scalar: Isa = Isa(Kind::Scalar);

    /// The instruction sets of this machine, the best one last.
    pub fn available() -> Vec<Isa> {
        #[allow(unused_mut, reason = "some architectures have no others")]
        let mut sets = vec![Isa::Scalar];
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx2") {
                sets.push(Isa(Kind::Avx2));
                if std::arch::is_x86_feature_detected!("avx512f")
                    && std::arch::is_x86_feature_detected!("avx512bw")
                    && std::arch::is_x86_feature_detected!("avx512dq")
                    && std::arch::is_x86_feature_detected!("avx512vl")
                {
                    sets.push(Isa(Kind::Avx512));
                }
            }
        }
        sets
    }

    /// The best instruction set of this machine.
    pub fn best() -> Isa {
        Isa::available().pop().unwrap_or(Isa::Scalar)
    }

    /// The name of the instruction set, for messages and benchmarks.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "AVX-512",
        }
    }

    pub(crate) fn kind(self) -> Kind {
        self.0
    }
}

/// Says what a loop takes for granted. It is looked at in tests of this crate alone, because in a loop
/// that would cost as much as the work.
macro_rules! precondition {
    ($($condition:tt)+) => {
        if cfg!(test) {
            assert!($($condition)+);
        }
    };
}
pub(crate) use precondition;

/// Defines a function whose first argument is an [`Isa`] and whose body is compiled for each.
macro_rules! kernel {
    ($(#[$meta:meta])* $vis:vis fn $name:ident $(<$t:ident: $bound:path $(; $u:ident: $other:path)? $(, const $n:ident: usize)?>)? ($($arg:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block) => {
        $(#[$meta])*
        #[allow(clippy::too_many_arguments, reason = "a kernel's arguments and the instruction set")]
        $vis fn $name $(<$t: $bound $(, $u: $other)? $(, const $n: usize)?>)? (isa: $crate::kernels::Isa, $($arg: $type),*) $(-> $result)? {
            #[inline(always)]
            fn plain $(<$t: $bound $(, $u: $other)? $(, const $n: usize)?>)? ($($arg: $type),*) $(-> $result)? $body
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            fn avx2 $(<$t: $bound $(, $u: $other)? $(, const $n: usize)?>)? ($($arg: $type),*) $(-> $result)? { plain($($arg),*) }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
            fn avx512 $(<$t: $bound $(, $u: $other)? $(, const $n: usize)?>)? ($($arg: $type),*) $(-> $result)? { plain($($arg),*) }
            match isa.kind() {
                $crate::kernels::Kind::Scalar => plain($($arg),*),
                // SAFETY: `Isa::available`, the only maker of this kind, has seen the feature.
                #[cfg(target_arch = "x86_64")]
                $crate::kernels::Kind::Avx2 => unsafe { avx2($($arg),*) },
                // SAFETY: `Isa::available`, the only maker of this kind, has seen all of its features.
                #[cfg(target_arch = "x86_64")]
                $crate::kernels::Kind::Avx512 => unsafe { avx512($($arg),*) },
            }
        }
    };
}
pub(crate) use kernel;
