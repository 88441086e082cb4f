//! Which voxels are neighbours.

/// A box larger than any: offsets within it are all there are.
pub const ANY: [usize; 3] = [usize::MAX; 3];

/// Offsets (z, y, x) to one of each pair of opposite neighbours at the given Chebyshev
/// distances: 4 directions in the plane and 13 in the volume for distance 1
/// (IBSI 1, "Grey level co-occurrence based features"). The first component that is not 0,
/// in (z, y, x) order, is positive. Only those that join two voxels of a box of `shape`.
pub fn half_directions(distances: &[u32], volumetric: bool, shape: [usize; 3]) -> Vec<[i32; 3]> {
    let zero = [0, 0, 0];
    neighbours(distances, volumetric, shape).into_iter().filter(|o| *o > zero).collect()
}

/// Offsets (z, y, x) to all neighbours at the given Chebyshev distances: 8 in the plane and
/// 26 in the volume for distance 1. Only those that join two voxels of a box of `shape`: the others find nothing,
/// and there are a million of them for neighbours far apart in a small box.
pub fn neighbours(distances: &[u32], volumetric: bool, shape: [usize; 3]) -> Vec<[i32; 3]> {
    let far = distances.iter().max().map_or(0, |&d| d as usize);
    let [nz, ny, nx] = shape.map(|n| far.min(n.saturating_sub(1)) as i32);
    let slices = if volumetric { -nz..=nz } else { 0..=0 };
    let mut offsets = Vec::new();
    for z in slices {
        for y in -ny..=ny {
            for x in -nx..=nx {
                let distance = z.abs().max(y.abs()).max(x.abs()) as u32;
                if distances.contains(&distance) {
                    offsets.push([z, y, x]);
                }
            }
        }
    }
    offsets
}

/// Whether an offset joins two voxels of a box of `shape` at all.
pub fn is_within(offset: [i32; 3], shape: [usize; 3]) -> bool {
    offset.iter().zip(shape).all(|(o, n)| (o.unsigned_abs() as usize) < n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_directions() {
        assert_eq!(half_directions(&[1], false, ANY).len(), 4);
        assert_eq!(half_directions(&[1], true, ANY).len(), 13);
        assert_eq!(half_directions(&[2], true, ANY).len(), 49);
        assert_eq!(neighbours(&[1], false, ANY).len(), 8);
        assert_eq!(neighbours(&[1], true, ANY).len(), 26);
        assert_eq!(neighbours(&[1, 2], true, ANY).len(), 124);
    }

    #[test]
    fn those_within_a_box_are_those_that_join_two_of_its_voxels() {
        for shape in [[1, 2, 9], [3, 3, 3], [1, 1, 1], [4, 2, 1], [0, 3, 3]] {
            for (distances, volumetric) in [(&[1, 2][..], true), (&[3], true), (&[1, 3], false), (&[], true)]
            {
                let mut all = neighbours(distances, volumetric, ANY);
                all.retain(|&offset| is_within(offset, shape.map(|n| n.max(1))));
                assert_eq!(neighbours(distances, volumetric, shape), all, "{shape:?} {distances:?}");
            }
        }
        // Far apart in a small box: of 10¹⁸ places only these are looked at.
        assert!(neighbours(&[1 << 20], true, [9, 9, 9]).is_empty());
    }
}
