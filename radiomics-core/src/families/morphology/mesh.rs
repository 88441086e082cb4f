//! The surface of a mask by marching cubes at level 0.5 (IBSI 1, "Morphological features").

use std::sync::OnceLock;

use ndarray::ArrayView3;

use super::bits::Bits;
use super::cubes::{Point, cubes};
use super::line_ends::{LineEnds, planar_diameters_mm};
use super::outline;
use crate::settings::FaceRule;
use crate::work::loops;

/// A triangle mesh round the voxels of a mask, through the middles between voxel centres
/// inside and outside of it. The mask is taken to be surrounded by background.
///
/// Triangles are not stored: how often each of the 256 cubes occurs, and where, gives volume
/// and area. Both are exact up to the last rounding, since all points are in half voxels.
#[derive(Clone, Debug)]
pub struct Mesh {
    spacing_mm: [f64; 3],
    rule: FaceRule,
    bits: Bits,
    surface: Surface,
    vertices: OnceLock<Vec<[i32; 3]>>,
    along_x: OnceLock<LineEnds>,
}

/// The cubes that the surface of a mask cuts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Surface {
    /// Number of cubes of each of the 256 kinds.
    counts: [u64; 256],
    /// Six times the volume inside of the surface, in half voxels.
    determinant: i128,
}

impl Mesh {
    /// The mesh of a mask (z, y, x). A mask without voxels gives a mesh without triangles.
    pub fn new(mask: ArrayView3<'_, bool>, spacing_mm: [f64; 3], rule: FaceRule) -> Self {
        Self::of_bits(Bits::new(mask), spacing_mm, rule)
    }

    pub(super) fn of_bits(bits: Bits, spacing_mm: [f64; 3], rule: FaceRule) -> Self {
        let surface = Surface::new(&bits, rule);
        Self { spacing_mm, rule, bits, surface, vertices: OnceLock::new(), along_x: OnceLock::new() }
    }

    /// Volume inside of the mesh in mm³: the sum of the signed tetrahedra that the triangles span
    /// with a point (IBSI 1, RNU0). Where that point lies matters only for a mesh with gaps; it
    /// is the voxel before the first one of the mask's bounding box, along each axis.
    pub fn volume_mm3(&self) -> f64 {
        // Six tetrahedra fill a parallelepiped, eight half voxels a voxel.
        self.surface.determinant as f64 / 48.0 * self.spacing_mm.iter().product::<f64>()
    }

    /// Area of the mesh's triangles in mm² (IBSI 1, C0JK).
    pub fn area_mm2(&self) -> f64 {
        let kinds = cubes(self.rule).iter().zip(&self.surface.counts).filter(|(_, count)| **count > 0);
        kinds
            .map(|(cube, &count)| {
                let normals = cube.normals.iter();
                count as f64 * normals.map(|&n| length_mm2(n, self.spacing_mm)).sum::<f64>() / 8.0
            })
            .sum()
    }

    /// Largest distance in mm between vertices that share their coordinate along an axis, for
    /// the axes (z, y, x): in slices, columns and rows. 0 where no plane has two vertices.
    pub fn planar_diameters_mm(&self) -> [f64; 3] {
        planar_diameters_mm(&self.bits, self.along_x(), self.spacing_mm.map(|s| s / 2.0))
    }

    /// Vertices (z, y, x) in half voxels, counted from the voxel before the mask's bounding box.
    pub fn vertices(&self) -> &[[i32; 3]] {
        self.vertices.get_or_init(|| outline::vertices(&self.bits))
    }

    /// Distance between voxel centres (z, y, x) in mm.
    pub fn spacing_mm(&self) -> [f64; 3] {
        self.spacing_mm
    }

    /// Calls `each` with the first corner and the kind of every cube that the surface cuts, in (z, y, x) order.
    pub(super) fn each_cube(&self, each: &mut dyn FnMut([usize; 3], u8)) {
        let bits = &self.bits;
        let is_inside = |[z, y, x]: [usize; 3]| bits.row(z, y)[x / 32] >> (x % 32) & 1 == 1;
        let [nz, ny, nx] = bits.shape.map(|n| n - 1);
        for z in 0..nz {
            for y in 0..ny {
                for x in 0..nx {
                    let corner = |c: usize| is_inside([z + (c >> 2), y + (c >> 1 & 1), x + (c & 1)]);
                    let kind = (0..8).fold(0_u8, |kind, c| kind | u8::from(corner(c)) << c);
                    if kind != 0 && kind != 255 {
                        each([z, y, x], kind);
                    }
                }
            }
        }
    }

    /// The ends of the lines of vertices along x.
    pub(super) fn along_x(&self) -> &LineEnds {
        self.along_x.get_or_init(|| LineEnds::along_x(&self.bits))
    }
}

impl Surface {
    /// The surface of a mask. Its sums are of whole numbers, and so the same in any order.
    fn new(bits: &Bits, rule: FaceRule) -> Self {
        let table = Table::new(rule);
        let empty = || Self { counts: [0; 256], determinant: 0 };
        let sums = loops::folded(0..bits.shape[0] - 1, 1, empty, |sum, z| sum.add_slice(bits, z, &table));
        sums.into_iter().fold(empty(), |mut a, b| {
            a.counts.iter_mut().zip(b.counts).for_each(|(a, b)| *a += b);
            a.determinant += b.determinant;
            a
        })
    }

    /// Adds the cubes between the slices z and z + 1. Six times the volume under a cube at (z, y, x) is
    /// `determinant` + 2·(z, y, x)·`normal`.
    fn add_slice(&mut self, bits: &Bits, z: usize, table: &Table) {
        // Two tables in turn: cubes of one kind follow each other, and would wait for the
        // count just written.
        let mut counts = [[0u32; 256]; 2];
        for y in 0..bits.shape[1] - 1 {
            let rows = [bits.row(z, y), bits.row(z, y + 1), bits.row(z + 1, y), bits.row(z + 1, y + 1)];
            let mut sums = [0i64; 4];
            for w in bits.words() {
                // Bit b and the one after it are the corners at x and x + 1.
                let [p, q, r, s] = rows.map(|row| u64::from(row[w]) | u64::from(row[w + 1]) << 32);
                let (any, all) = (p | q | r | s, p & q & r & s);
                let mut cut = (any | any >> 1) & !(all & all >> 1) & 0xFFFF_FFFF;
                if cut == 0 {
                    continue;
                }
                let (mut of_word, mut moved) = ([0i32; 4], 0);
                while cut != 0 {
                    let b = cut.trailing_zeros();
                    cut &= cut - 1;
                    let kind = (p >> b & 3) | (q >> b & 3) << 2 | (r >> b & 3) << 4 | (s >> b & 3) << 6;
                    counts[b as usize & 1][kind as usize] += 1;
                    let entry = table.0[kind as usize];
                    of_word.iter_mut().zip(entry).for_each(|(sum, term)| *sum += term);
                    moved += b as i32 * entry[3];
                }
                let [determinant, nz, ny, nx] = of_word.map(i64::from);
                let moved = i64::from(moved) + 32 * w as i64 * nx;
                sums.iter_mut().zip([determinant, nz, ny, moved]).for_each(|(sum, term)| *sum += term);
            }
            let [determinant, nz, ny, moved] = sums.map(i128::from);
            self.determinant += determinant + 2 * (z as i128 * nz + y as i128 * ny + moved);
        }
        let [even, odd] = counts;
        for ((sum, even), odd) in self.counts.iter_mut().zip(even).zip(odd) {
            *sum += u64::from(even) + u64::from(odd);
        }
    }
}

/// For each of the 256 kinds of cubes, its `determinant` and its `normal` (z, y, x).
struct Table([[i32; 4]; 256]);

impl Table {
    fn new(rule: FaceRule) -> Self {
        let cubes = cubes(rule);
        Self(std::array::from_fn(|kind| {
            let [z, y, x] = cubes[kind].normal;
            [cubes[kind].determinant, z, y, x].map(|v| v as i32)
        }))
    }
}

/// Length of a vector product of half-voxel vectors, times 4, in mm².
pub(super) fn length_mm2(normal: Point, spacing_mm: [f64; 3]) -> f64 {
    let [z, y, x] = spacing_mm;
    let [a, b, c] = normal.map(|n| n as f64);
    ((a * y * x).powi(2) + (b * z * x).powi(2) + (c * z * y).powi(2)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use ndarray::{Array3, arr3};
    use proptest::prelude::*;

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

    /// The surface by its definition, cube by cube: number of each kind, and what lies under them.
    fn plain(mask: &Array3<bool>, rule: FaceRule) -> Surface {
        let mut surface = Surface { counts: [0; 256], determinant: 0 };
        let (nz, ny, nx) = mask.dim();
        for (k, j, i) in ndarray::indices((nz + 1, ny + 1, nx + 1)) {
            let inside = |c: usize| {
                let corner = [k + (c >> 2), j + (c >> 1 & 1), i + (c & 1)];
                // Places count from the background before the box.
                let voxel = corner.map(|v| v.wrapping_sub(1));
                mask.get(voxel).is_some_and(|&m| m)
            };
            let kind: usize = (0..8).filter(|&c| inside(c)).map(|c| 1 << c).sum();
            if kind != 0 && kind != 255 {
                let cube = &cubes(rule)[kind];
                let moved: i64 = (0..3).map(|a| 2 * [k, j, i][a] as i64 * cube.normal[a]).sum();
                surface.counts[kind] += 1;
                surface.determinant += i128::from(cube.determinant + moved);
            }
        }
        surface
    }

    proptest! {
        #[test]
        fn packed_cubes_are_the_cubes(
            voxels in prop::collection::vec(0..9u8, 3 * 4 * 70),
            filled in 1..9u8,
        ) {
            let mut mask = Array3::from_shape_vec((3, 4, 70), voxels).unwrap().mapv(|v| v < filled);
            mask[[0, 0, 0]] = true;
            mask[[2, 3, 69]] = true;
            for rule in [FaceRule::InsideApart, FaceRule::ComplementSymmetric] {
                prop_assert_eq!(Surface::new(&Bits::new(mask.view()), rule), plain(&mask, rule));
            }
        }
    }
}
