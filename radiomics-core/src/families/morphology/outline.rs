//! Vertices of the mesh of a mask, and which of them can be corners of a convex hull. In half
//! voxels (z, y, x): the middle between two voxels has one odd coordinate.

use super::bits::Bits;
use super::cubes::Point;
use super::line_ends::LineEnds;
use super::planar;

/// All vertices of the mesh of a mask, voxel by voxel.
pub(super) fn vertices(bits: &Bits) -> Vec<[i32; 3]> {
    let is_inside = |k: usize, j: usize, i: usize| bits.row(k, j)[i / 32] >> (i % 32) & 1 == 1;
    let [nz, ny, nx] = bits.shape;
    let mut vertices = Vec::new();
    // The last voxel along each axis is background and has no neighbour inside.
    for (k, j, i) in ndarray::indices((nz - 1, ny - 1, nx - 1)) {
        let here = is_inside(k, j, i);
        for [z, y, x] in [[1, 0, 0], [0, 1, 0], [0, 0, 1]] {
            if is_inside(k + z, j + y, i + x) != here {
                vertices.push([2 * k + z, 2 * j + y, 2 * i + x].map(|v| v as i32));
            }
        }
    }
    vertices
}

/// The vertices that can be corners of the convex hull: those that are corners of a hull in each of the
/// three planes across the axes that they lie in. Given the lines along x of a mask.
pub(super) fn candidates(along_x: &LineEnds) -> Vec<Point> {
    let mut of_both = along_x.corners_across_z().corners_along_z();
    // By x, and of each x in the order of lines along it.
    of_both.sort_unstable_by_key(|&[y, z, x]| (x, z, y));
    let planes = of_both.chunk_by(|p, q| p[2] == q[2]);
    let corners = planes.flat_map(|plane| {
        let x = plane[0][2];
        let hull = planar::lattice_hull(plane.iter().map(|&[y, z, _]| [z, y]).collect());
        hull.into_iter().map(move |[z, y]| [z, y, x])
    });
    corners.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::families::morphology::hull::Hull;
    use crate::families::morphology::line_ends::planar_diameters_mm;
    use crate::kernels::Isa;
    use ndarray::Array3;
    use proptest::prelude::*;

    proptest! {
        /// The chosen vertices have the hull and the diameters that all of them have.
        #[test]
        fn the_chosen_vertices_are_enough(
            shape in [1..5usize, 1..6usize, 1..45usize],
            voxels in prop::collection::vec(0..9u8, 4 * 5 * 44),
            filled in 1..9u8,
        ) {
            let n: usize = shape.iter().product();
            let mask = Array3::from_shape_vec(shape, voxels[..n].to_vec()).unwrap().mapv(|v| v < filled);
            let bits = Bits::new(mask.view());
            let all: Vec<Point> = vertices(&bits).iter().map(|v| v.map(i64::from)).collect();
            let along_x = LineEnds::along_x(&bits);
            let few = candidates(&along_x);
            prop_assert!(few.iter().all(|p| all.contains(p)));
            let half = [0.5, 0.7, 1.1];
            match (Hull::new(&all, half), Hull::new(&few, half)) {
                (Some(a), Some(b)) => {
                    prop_assert_eq!(a.volume_mm3(), b.volume_mm3());
                    prop_assert_eq!(a.diameter_mm(Isa::best()), b.diameter_mm(Isa::Scalar));
                }
                (a, b) => prop_assert!(a.is_none() && b.is_none() && !mask.iter().any(|&m| m)),
            }
            let diameters = planar_diameters_mm(&bits, &along_x, half);
            for (axis, [b, c]) in [[1, 2], [0, 2], [0, 1]].into_iter().enumerate() {
                let mut plain = 0.0f64;
                for p in &all {
                    for q in all.iter().filter(|q| q[axis] == p[axis]) {
                        let along = |a: usize| ((p[a] - q[a]) as f64 * half[a]).powi(2);
                        plain = plain.max(along(b) + along(c));
                    }
                }
                prop_assert!((diameters[axis] - plain.sqrt()).abs() < 1e-12);
            }
        }
    }
}
