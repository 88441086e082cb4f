//! Which voxels are neighbours.

/// Offsets (z, y, x) to one of each pair of opposite neighbours at the given Chebyshev
/// distances: 4 directions in the plane and 13 in the volume for distance 1
/// (IBSI 1, "Grey level co-occurrence based features"). The first component that is not 0,
/// in (z, y, x) order, is positive.
pub fn half_directions(distances: &[u32], volumetric: bool) -> Vec<[i32; 3]> {
    let zero = [0, 0, 0];
    neighbours(distances, volumetric).into_iter().filter(|o| *o > zero).collect()
}

/// Offsets (z, y, x) to all neighbours at the given Chebyshev distances: 8 in the plane and
/// 26 in the volume for distance 1.
pub fn neighbours(distances: &[u32], volumetric: bool) -> Vec<[i32; 3]> {
    let far = distances.iter().max().map_or(0, |&d| d as i32);
    let slices = if volumetric { -far..=far } else { 0..=0 };
    let mut offsets = Vec::new();
    for z in slices {
        for y in -far..=far {
            for x in -far..=far {
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

/// Those of the offsets that join two voxels of a box of `shape` at all. The others find nothing, and there are
/// a million of them for neighbours far apart in a small box.
pub fn within(mut offsets: Vec<[i32; 3]>, shape: [usize; 3]) -> Vec<[i32; 3]> {
    offsets.retain(|&offset| is_within(offset, shape));
    offsets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_directions() {
        assert_eq!(half_directions(&[1], false).len(), 4);
        assert_eq!(half_directions(&[1], true).len(), 13);
        assert_eq!(half_directions(&[2], true).len(), 49);
        assert_eq!(neighbours(&[1], false).len(), 8);
        assert_eq!(neighbours(&[1], true).len(), 26);
        assert_eq!(neighbours(&[1, 2], true).len(), 124);
        let few = within(neighbours(&[1, 2], true), [1, 2, 9]);
        // Five along x in each of three rows, without the voxel itself.
        assert_eq!(few.len(), 3 * 5 - 1);
        assert!(few.iter().all(|o| o[0] == 0 && o[1].abs() < 2));
    }
}
