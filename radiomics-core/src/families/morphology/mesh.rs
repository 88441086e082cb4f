//! The surface of a mask by marching cubes at level 0.5 (IBSI 1, "Morphological features").

use ndarray::{Array3, ArrayView3};

use super::cubes::{Cube, Point, cubes};
use super::hull::Hull;
use super::planar;
use crate::grid::Window;
use crate::settings::FaceRule;

/// A triangle mesh round the voxels of a mask, through the middles between voxel centres
/// inside and outside of it. The mask is taken to be surrounded by background.
///
/// Triangles are not stored: how often each of the 256 cubes occurs, and where, gives volume
/// and area. Both are exact up to the last rounding, since all points are in half voxels.
#[derive(Clone, Debug)]
pub struct Mesh {
    spacing_mm: [f64; 3],
    rule: FaceRule,
    /// Number of cubes of each kind, and the sum of their places in voxels.
    places: Vec<(i64, Point)>,
    vertices: Vec<[i32; 3]>,
}

impl Mesh {
    /// The mesh of a mask (z, y, x). A mask without voxels gives a mesh without triangles.
    pub fn new(mask: ArrayView3<'_, bool>, spacing_mm: [f64; 3], rule: FaceRule) -> Self {
        let padded = match Window::bounding(mask) {
            Some(window) => padded(mask, window),
            None => Array3::default((2, 2, 2)),
        };
        Self { spacing_mm, rule, places: places(&padded), vertices: vertices(&padded) }
    }

    /// Volume inside of the mesh in mm³: the sum of the signed tetrahedra that the triangles span
    /// with a point (IBSI 1, RNU0). Where that point lies matters only for a mesh with gaps; it
    /// is the voxel before the first one of the mask's bounding box, along each axis.
    pub fn volume_mm3(&self) -> f64 {
        let determinant: i128 = self
            .cubes()
            .map(|(cube, &(count, place))| {
                let moved: i128 = (0..3).map(|a| 2 * i128::from(place[a]) * i128::from(cube.normal[a])).sum();
                i128::from(count) * i128::from(cube.determinant) + moved
            })
            .sum();
        // Six tetrahedra fill a parallelepiped, eight half voxels a voxel.
        determinant as f64 / 48.0 * self.spacing_mm.iter().product::<f64>()
    }

    /// Area of the triangles in mm² (IBSI 1, C0JK).
    pub fn area_mm2(&self) -> f64 {
        self.cubes()
            .map(|(cube, &(count, _))| {
                let normals = cube.normals.iter();
                count as f64 * normals.map(|&n| length_mm2(n, self.spacing_mm)).sum::<f64>() / 8.0
            })
            .sum()
    }

    /// Largest distance between vertices in mm; 0 for a mesh without triangles.
    pub fn diameter_mm(&self) -> f64 {
        Hull::of_mesh(self).map_or(0.0, |hull| hull.diameter_mm())
    }

    /// Largest distance in mm between vertices that share their coordinate along an axis, for
    /// the axes (z, y, x): in slices, columns and rows. 0 where no plane has two vertices.
    pub fn planar_diameters_mm(&self) -> [f64; 3] {
        std::array::from_fn(|axis| {
            let [b, c] = [(axis + 1) % 3, (axis + 2) % 3];
            let mut points: Vec<[i64; 3]> =
                self.vertices.iter().map(|v| [v[axis], v[b], v[c]].map(i64::from)).collect();
            points.sort_unstable();
            let half = [self.spacing_mm[b] / 2.0, self.spacing_mm[c] / 2.0];
            let planes = points.chunk_by(|p, q| p[0] == q[0]);
            planes.map(|plane| planar::diameter(plane.iter().map(|p| [p[1], p[2]]), half)).fold(0.0, f64::max)
        })
    }

    /// Vertices in half voxels, counted from the voxel before the bounding box.
    pub fn vertices(&self) -> &[[i32; 3]] {
        &self.vertices
    }

    /// Distance between voxel centres (z, y, x) in mm.
    pub fn spacing_mm(&self) -> [f64; 3] {
        self.spacing_mm
    }

    fn cubes(&self) -> impl Iterator<Item = (&'static Cube, &(i64, Point))> {
        cubes(self.rule).iter().zip(&self.places)
    }
}

/// Length of a vector product of half-voxel vectors, times 4, in mm².
pub(super) fn length_mm2(normal: Point, spacing_mm: [f64; 3]) -> f64 {
    let [z, y, x] = spacing_mm;
    let [a, b, c] = normal.map(|n| n as f64);
    ((a * y * x).powi(2) + (b * z * x).powi(2) + (c * z * y).powi(2)).sqrt()
}

/// The bounding box with a voxel of background on every side.
fn padded(mask: ArrayView3<'_, bool>, window: Window) -> Array3<bool> {
    let [nz, ny, nx] = window.shape;
    let ([k, j, i], [ke, je, ie]) = (window.start, window.end());
    let mut padded = Array3::default((nz + 2, ny + 2, nx + 2));
    padded.slice_mut(ndarray::s![1..=nz, 1..=ny, 1..=nx]).assign(&mask.slice(ndarray::s![
        k..ke,
        j..je,
        i..ie
    ]));
    padded
}

fn places(mask: &Array3<bool>) -> Vec<(i64, Point)> {
    let mut places = vec![(0, [0; 3]); 256];
    let (nz, ny, _) = mask.dim();
    for (k, j) in ndarray::indices((nz - 1, ny - 1)) {
        let rows = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(z, y)| mask.slice(ndarray::s![k + z, j + y, ..]));
        let mut column = 0usize;
        for (i, (((a, b), c), d)) in rows[0].iter().zip(rows[1]).zip(rows[2]).zip(rows[3]).enumerate() {
            // Bits 0, 2, 4, 6 hold the corners at x, bits 1, 3, 5, 7 those at x + 1.
            let next = usize::from(*a) | usize::from(*b) << 2 | usize::from(*c) << 4 | usize::from(*d) << 6;
            let cube = column | next << 1;
            if i > 0 && cube != 0 && cube != 255 {
                let (count, place) = &mut places[cube];
                *count += 1;
                for (sum, at) in place.iter_mut().zip([k, j, i - 1]) {
                    *sum += at as i64;
                }
            }
            column = next;
        }
    }
    places
}

fn vertices(mask: &Array3<bool>) -> Vec<[i32; 3]> {
    let (nz, ny, nx) = mask.dim();
    let mut vertices = Vec::new();
    // The last voxel along each axis is background and has no neighbour inside.
    for (k, j, i) in ndarray::indices((nz - 1, ny - 1, nx - 1)) {
        let here = mask[[k, j, i]];
        for [z, y, x] in [[1, 0, 0], [0, 1, 0], [0, 0, 1]] {
            if mask[[k + z, j + y, i + x]] != here {
                vertices.push([2 * k + z, 2 * j + y, 2 * i + x].map(|v| v as i32));
            }
        }
    }
    vertices
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use ndarray::arr3;

    #[test]
    fn a_voxel_is_an_octahedron() {
        // Six vertices half a voxel from the centre:      ◇
        let mesh = Mesh::new(arr3(&[[[true]]]).view(), [1.0, 2.0, 3.0], FaceRule::InsideApart);
        assert_eq!(mesh.vertices().len(), 6);
        assert_relative_eq!(mesh.volume_mm3(), 6.0 / 6.0);
        let side: f64 = 0.5 * (9.0f64 + 2.25 + 1.0).sqrt();
        assert!(mesh.area_mm2() > side);
        let cubic = Mesh::new(arr3(&[[[true]]]).view(), [1.0; 3], FaceRule::InsideApart);
        assert_relative_eq!(cubic.area_mm2(), 3f64.sqrt(), max_relative = 1e-14);
    }

    #[test]
    fn two_voxels_and_an_l() {
        // ■■   A prism of half the cross-section of a voxel between two half octahedra.
        let two = Mesh::new(arr3(&[[[true, true]]]).view(), [1.0; 3], FaceRule::InsideApart);
        assert_relative_eq!(two.volume_mm3(), 1.0 / 6.0 + 0.5, max_relative = 1e-14);
        // ■    Two such prisms, of which the octahedron at the bend takes 1/6 only once, and a
        // ■■   quarter of a voxel that the fans round the bend fill.
        let l = Mesh::new(arr3(&[[[true, false], [true, true]]]).view(), [1.0; 3], FaceRule::InsideApart);
        assert_relative_eq!(l.volume_mm3(), 1.0 / 6.0 + 2.0 * 0.5 + 0.25, max_relative = 1e-14);
        assert_eq!(l.planar_diameters_mm()[0], 5f64.sqrt());
    }

    #[test]
    fn only_the_closed_mesh_looks_the_same_in_a_mirror() {
        // ■·  ·■
        // ·■  ■·   Two octahedra, unless a cube joins them and its neighbour does not.
        let mask = arr3(&[[[true, false], [false, true]]]);
        let mirrored = arr3(&[[[false, true], [true, false]]]);
        let area = |mask: &Array3<bool>, rule| Mesh::new(mask.view(), [1.0; 3], rule).area_mm2();
        for mask in [&mask, &mirrored] {
            assert_relative_eq!(area(mask, FaceRule::InsideApart), 2.0 * 3f64.sqrt(), max_relative = 1e-14);
        }
        let symmetric = |mask| area(mask, FaceRule::ComplementSymmetric);
        assert_relative_eq!(symmetric(&mask), 2.0 * 3f64.sqrt(), max_relative = 1e-14);
        assert_relative_eq!(symmetric(&mirrored), 2.5 * 3f64.sqrt(), max_relative = 1e-14);
    }

    #[test]
    fn an_empty_mask_has_no_surface() {
        let mesh = Mesh::new(Array3::default((2, 0, 1)).view(), [1.0; 3], FaceRule::InsideApart);
        assert_eq!((mesh.volume_mm3(), mesh.area_mm2()), (0.0, 0.0));
        assert_eq!(mesh.planar_diameters_mm(), [0.0; 3]);
    }
}
