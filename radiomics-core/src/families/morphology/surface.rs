//! The triangles of a mesh, for whoever wants to show them.

use std::collections::HashMap;

use super::cubes::{Point, triangles_of};
use super::mesh::Mesh;
use crate::error::Result;
use crate::region::roi::Roi;
use crate::runtime::Runtime;
use crate::settings::FaceRule;
use crate::work;

/// The surface mesh of a region: what its volume and area are computed of.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Surface {
    /// Positions (z, y, x) in mm.
    pub vertices_mm: Vec<[f64; 3]>,
    /// Three vertices of each triangle, counter-clockwise as seen from outside, where x, y and z are right-handed.
    pub triangles: Vec<[u32; 3]>,
}

/// The surface of a region's morphological mask, where the region lies in space; one step of a job. A region
/// without voxels has none.
///
/// ```
/// use radiomics_core::{FaceRule, Pool, Runtime, Settings, example, morphology, preprocess};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let phantom = example::DigitalPhantom::new();
/// let (pool, settings) = (Pool::new(1)?, Settings::ibsi_configuration("digital_phantom")?);
/// let runtime = Runtime::new(&pool);
/// let region =
///     preprocess::prepare_on(&phantom.image(), &phantom.mask(), 1, &settings, 0.0, &runtime)?;
/// let surface = morphology::surface(&region.roi, FaceRule::InsideApart, &runtime)?;
/// // A closed surface has three edges for two triangles.
/// assert!(surface.vertices_mm.len() > 100 && surface.triangles.len().is_multiple_of(2));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::Cancelled`](crate::Error::Cancelled) and [`Error::OutOfMemory`](crate::Error::OutOfMemory).
pub fn surface(roi: &Roi, rule: FaceRule, runtime: &Runtime) -> Result<Surface> {
    runtime.run(1, |_| {
        let mesh = Mesh::new(roi.morphological().view(), roi.grid().spacing_mm, rule);
        let (points, mut triangles) = welded(&mesh, rule);
        // They are counter-clockwise in indices (z, y, x), which are left-handed if the axes of the grid are right-handed.
        if is_right_handed(&roi.grid().direction) {
            triangles.iter_mut().for_each(|triangle| triangle.swap(1, 2));
        }
        // Half voxels from the voxel before the region's box.
        let start = roi.region().start.map(|s| s as f64 - 1.0);
        let place = |point: &[i32; 3]| {
            roi.grid().position_mm(std::array::from_fn(|a| start[a] + f64::from(point[a]) / 2.0))
        };
        Ok(Surface { vertices_mm: points.iter().map(place).collect(), triangles })
    })
}

/// Whether the directions of three axes are right-handed, in the order of the components; (x, y, z) and (z, y, x) are
/// alike in that.
fn is_right_handed(direction: &[[f64; 3]; 3]) -> bool {
    let [a, b, c] = direction;
    let cross = [b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0]];
    a.iter().zip(cross).map(|(a, n)| a * n).sum::<f64>() > 0.0
}

/// Vertices in half voxels, each once, and the triangles between them.
fn welded(mesh: &Mesh, rule: FaceRule) -> (Vec<[i32; 3]>, Vec<[u32; 3]>) {
    let kinds: Vec<Vec<[Point; 3]>> = (0..=255).map(|inside| triangles_of(inside, rule)).collect();
    let (mut points, mut triangles) = (Vec::new(), Vec::new());
    let mut numbers: HashMap<[i32; 3], u32> = HashMap::new();
    let mut slice = 0;
    mesh.each_cube(&mut |corner, kind| {
        if corner[0] != slice {
            slice = corner[0];
            work::check();
        }
        for triangle in &kinds[usize::from(kind)] {
            triangles.push(triangle.map(|point| {
                let at = std::array::from_fn(|a| 2 * corner[a] as i32 + point[a] as i32);
                *numbers.entry(at).or_insert_with(|| {
                    points.push(at);
                    u32::try_from(points.len() - 1).expect("fewer vertices than four thousand million")
                })
            }));
        }
    });
    (points, triangles)
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::super::cubes::{cross, minus};
    use super::*;

    /// The signed volume in (x, y, z) is positive if triangles are counter-clockwise from outside.
    #[test]
    fn triangles_are_seen_from_outside_whatever_the_axes() {
        let phantom = crate::example::DigitalPhantom::new();
        let pool = crate::runtime::Pool::new(1).unwrap();
        let runtime = Runtime::new(&pool);
        let settings = crate::settings::Settings::ibsi_configuration("digital_phantom").unwrap();
        let (image, mask) = (phantom.image(), phantom.mask());
        let region = crate::preprocess::prepare_on(&image, &mask, 1, &settings, 0.0, &runtime).unwrap();
        let volume = |direction: [[f64; 3]; 3]| {
            let mut roi = region.roi.clone();
            roi.grid.direction = direction;
            let made = surface(&roi, FaceRule::InsideApart, &runtime).unwrap();
            let corner = |&v: &u32| {
                let [z, y, x] = made.vertices_mm[v as usize];
                [x, y, z]
            };
            let six = |triangle: &[u32; 3]| {
                let [a, b, c] = [0, 1, 2].map(|n| corner(&triangle[n]));
                let cross = [b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0]];
                a.iter().zip(cross).map(|(a, n)| a * n).sum::<f64>()
            };
            made.triangles.iter().map(six).sum::<f64>() / 6.0
        };
        let mm3 =
            Mesh::new(region.roi.morphological().view(), region.roi.grid().spacing_mm, FaceRule::InsideApart)
                .volume_mm3();
        for direction in [
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            [[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            [[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]],
            [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
        ] {
            let found = volume(direction);
            assert!((found - mm3).abs() < 1e-9 * mm3, "{found} {mm3} {direction:?}");
        }
    }

    /// Volume and area of the triangles are the mesh's own, and so are the vertices.
    #[test]
    fn triangles_enclose_what_the_mesh_does() {
        let mut state = 7_u32;
        let mask = Array3::from_shape_simple_fn((5, 6, 37), || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 30 != 0
        });
        for rule in [FaceRule::InsideApart, FaceRule::ComplementSymmetric] {
            let spacing = [1.5, 1.0, 0.7];
            let mesh = Mesh::new(mask.view(), spacing, rule);
            let (points, triangles) = welded(&mesh, rule);
            let mm = |v: u32| -> [f64; 3] {
                std::array::from_fn(|a| f64::from(points[v as usize][a]) / 2.0 * spacing[a])
            };
            let (mut volume, mut area) = (0.0, 0.0);
            for triangle in &triangles {
                let whole = triangle.map(|v| points[v as usize].map(i64::from));
                assert_ne!(cross(minus(whole[1], whole[0]), minus(whole[2], whole[0])), [0; 3]);
                let [a, b, c] = triangle.map(mm);
                let [u, v]: [[f64; 3]; 2] = [b, c].map(|p| std::array::from_fn(|i| p[i] - a[i]));
                let normal =
                    [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
                area += normal.iter().map(|n| n * n).sum::<f64>().sqrt() / 2.0;
                volume += a.iter().zip(normal).map(|(a, n)| a * n).sum::<f64>() / 6.0;
            }
            assert!((area - mesh.area_mm2()).abs() < 1e-9 * area, "{area} {}", mesh.area_mm2());
            assert!((volume - mesh.volume_mm3()).abs() < 1e-9 * area, "{volume} {}", mesh.volume_mm3());
            let (mut own, mut of_mesh) = (points.clone(), mesh.vertices().to_vec());
            own.sort();
            of_mesh.sort();
            assert_eq!(own, of_mesh);
        }
    }
}
