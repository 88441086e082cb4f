//! What lies outside of the image.

use crate::names::Named;

/// What lies outside of the image (IBSI 2, "Boundary conditions").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Boundary {
    /// Outside of the image all is 0.
    Zero,
    /// A voxel outside is the nearest voxel of the image.
    Nearest,
    /// The image is repeated.
    Periodic,
    /// The image is mirrored at its border: d c b a | a b c d | d c b a.
    #[default]
    Mirror,
}

impl Named for Boundary {
    const KIND: &'static str = "boundary";
    const NAMES: &'static [(&'static str, Self)] = &[
        ("mirror", Self::Mirror),
        ("nearest", Self::Nearest),
        ("periodic", Self::Periodic),
        ("zero", Self::Zero),
    ];
}

impl Boundary {
    /// What a boundary adds to the name of a filter: nothing if it is the usual one.
    pub(crate) fn suffix(self) -> String {
        if self == Self::default() { String::new() } else { format!("-{}", self.name()) }
    }

    /// The voxel that stands at position `i` of a line of `n` voxels; `None` where that is 0.
    #[inline]
    pub(crate) fn index(self, i: isize, n: usize) -> Option<usize> {
        if i >= 0 && (i as usize) < n {
            return Some(i as usize);
        }
        let last = n as isize - 1;
        match self {
            Boundary::Zero => None,
            Boundary::Nearest => Some(i.clamp(0, last) as usize),
            Boundary::Periodic => Some(i.rem_euclid(n as isize) as usize),
            Boundary::Mirror => {
                let i = i.rem_euclid(2 * n as isize);
                Some(i.min(2 * last + 1 - i) as usize)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_on_beyond_their_ends() {
        let line = ['a', 'b', 'c', 'd'];
        let seen = |boundary: Boundary, n: usize| -> String {
            (-6..10).map(|i| boundary.index(i, n).map_or('0', |i| line[i])).collect()
        };
        //                                                     | the line
        assert_eq!(seen(Boundary::Zero, 4), "000000abcd000000");
        assert_eq!(seen(Boundary::Nearest, 4), "aaaaaaabcddddddd");
        assert_eq!(seen(Boundary::Periodic, 4), "cdabcdabcdabcdab");
        assert_eq!(seen(Boundary::Mirror, 4), "cddcbaabcddcbaab");
        assert_eq!(seen(Boundary::Mirror, 1), "aaaaaaaaaaaaaaaa");
        assert_eq!(seen(Boundary::Periodic, 1), "aaaaaaaaaaaaaaaa");
    }
}
